"""The README's request is run as it stands there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.command import Command

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.mark.engine
def test_the_request_of_the_readme_becomes_what_its_command_asks_for(atolye: Command, tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    (request,) = re.findall(r"```json\n(.*?)```", text, flags=re.DOTALL)
    (command,) = re.findall(r"^\$ atolye (generate params .*)$", text, flags=re.MULTILINE)
    (tmp_path / "request.json").write_text(request, encoding="utf-8")
    ran = atolye(*command.split(), cwd=tmp_path)
    assert ran.status == 0, ran.stderr
    kinds = {a["kind"] for a in json.loads((tmp_path / "out" / "job.json").read_text())["artefacts"]}
    assert kinds == {"model.fcstd", "solid.step", "mesh.stl", "provenance.json"}


def test_every_file_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (README.parent / link).exists()] == []

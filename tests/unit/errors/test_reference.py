"""The reference of errors is made from the catalogue and current."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from atolye.errors import catalogue

ROOT = Path(__file__).resolve().parents[3]
GENERATOR = ROOT / "tools" / "gen_docs.py"


@pytest.fixture(scope="module")
def gen_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gen_docs", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_pages_are_current(gen_docs: ModuleType) -> None:
    assert [path.name for path in gen_docs.outdated()] == [], "run: make docs"


def test_every_code_is_described_once_in_both_languages() -> None:
    text = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^### (\S+)$", text, flags=re.M)) == sorted(catalogue())
    for item in catalogue().values():
        assert f"- tr: {item.message_tr}\n- en: {item.message_en}" in text
        assert all(f"]({link.url})" in text for link in item.links)


def test_every_link_of_the_overview_leads_to_a_section() -> None:
    text = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    anchors = {heading.lower() for heading in re.findall(r"^### (\S+)$", text, flags=re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) == anchors


def test_the_check_fails_and_names_a_page_that_is_not_current(
    gen_docs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gen_docs, "ROOT", tmp_path)
    monkeypatch.setattr(gen_docs, "REFERENCE", tmp_path / "docs")
    assert gen_docs.main(["--check"]) == 1
    assert "docs/errors.md" in capsys.readouterr().out
    assert gen_docs.main([]) == 0
    assert gen_docs.main(["--check"]) == 0


def test_a_cell_cannot_break_its_table(gen_docs: ModuleType) -> None:
    assert gen_docs.table(["a"], [["x|y\nz"]]).splitlines()[-1] == "| x\\|y z |"


def test_the_generator_runs_by_itself() -> None:
    done = subprocess.run(
        [sys.executable, str(GENERATOR), "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    assert "--check" in done.stdout

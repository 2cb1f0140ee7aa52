"""What the shipped prompts become in FreeCAD: valid solids with the volume and the box worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from atolye.designs.canonical import CanonicalRequest
from atolye.designs.service import canonicalise
from atolye.engine import Engine
from atolye.prompts.evaluation import Built, evaluate, load
from atolye.prompts.local import read

pytestmark = [pytest.mark.engine]

SET = Path(__file__).resolve().parents[1] / "data" / "prompt" / "valid"
EVERY_LANGUAGE = pytest.mark.parametrize("language", ["tr", "en"])


@EVERY_LANGUAGE
@pytest.mark.spec("14.23", "02.90", "06.38")
def test_every_clear_prompt_becomes_the_solid_worked_out_by_hand(
    engine: Engine, language: str, tmp_path: Path
) -> None:
    made: dict[str, Built] = {}

    def build(request: CanonicalRequest, _: Mapping[str, Any]) -> Built:
        if request.sha256 not in made:
            folder = tmp_path / str(len(made))
            folder.mkdir()
            small = canonicalise({**request.as_dict(), "exports": ["brep"]})
            made[request.sha256] = _measured(engine.run(small.to_wire(), folder).result["metrics"])
        return made[request.sha256]

    cases = load(SET / f"{language}.jsonl")
    report = evaluate(cases, lambda prompt, spoken: read(prompt, language=spoken), build=build).as_dict()
    assert report["wrong"] == []
    assert report["all"]["valid_rate"] == 1.0
    assert report["all"]["largest_volume_error"] < 1e-6


def _measured(metrics: dict[str, Any]) -> Built:
    display = metrics["display"]
    low, high = display["bbox_mm"]["min"], display["bbox_mm"]["max"]
    x, y, z = (top - bottom for bottom, top in zip(low, high, strict=True))
    return Built(metrics["solids"] >= 1, display["volume_mm3"], (x, y, z))

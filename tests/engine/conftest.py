"""What the engine's tests share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.closed_forms.family_cases import CASES, GEARS, REFUSED
from tests.support.engine_jobs import BLOCK, request_for
from tests.support.inside import run_inside

__all__ = ["BLOCK", "STEP_CASES", "Families", "families", "request_for"]

STEP_CASES = ("block_odd", "shaft_keyed", "plate_rounded", "bearing_6204", "gear_z12", "enclosure_closed")


@dataclass(frozen=True)
class Families:
    """What the engine measured on every case, and the folder with its files."""

    folder: Path
    cases: dict[str, Any]
    refused: dict[str, Any]


@pytest.fixture(scope="session")
def families(tmp_path_factory: pytest.TempPathFactory) -> Families:
    """All cases of the part families, built by one process inside the engine."""
    folder = tmp_path_factory.mktemp("families")
    cases = [
        {
            "name": case.name,
            "family": case.family,
            "fields": case.fields,
            "edits": case.edits,
            "step": case.name in STEP_CASES,
        }
        for case in (*CASES, *GEARS)
    ]
    refused = {name: [family, fields] for name, (family, fields, _) in REFUSED.items()}
    (folder / "cases.json").write_text(json.dumps({"cases": cases, "refused": refused}))
    run_inside(Path(__file__).with_name("measure_families.py"), folder)
    answer = json.loads((folder / "measured.json").read_text())
    return Families(folder, answer["cases"], answer["refused"])

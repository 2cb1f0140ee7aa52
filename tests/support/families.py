"""Builds all cases of the part families in the engine, once, and gives what was measured on them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.closed_forms.family_cases import CASES, GEARS, REFUSED, Case
from tests.support.inside import run_inside

STEP_CASES = ("block_odd", "shaft_keyed", "plate_rounded", "bearing_6204", "gear_z12", "enclosure_closed")
"""Cases that are also written as STEP, ``<name>.step`` in the folder."""

_SCRIPT = Path(__file__).resolve().parents[1] / "engine" / "measure_families.py"


@dataclass(frozen=True)
class Families:
    """What the engine measured on every case, and the folder with its files."""

    folder: Path
    cases: dict[str, Any]
    refused: dict[str, Any]


@cache
def measured_families(base: Path) -> Families:
    """One process inside the engine builds everything, in a new folder below ``base``."""
    folder = base / "families"
    folder.mkdir()
    order = {
        "cases": [_order(case) for case in _all_cases()],
        "refused": {name: [family, fields] for name, (family, fields, _) in REFUSED.items()},
    }
    (folder / "cases.json").write_text(json.dumps(order))
    run_inside(_SCRIPT, folder)
    answer = json.loads((folder / "measured.json").read_text())
    return Families(folder, answer["cases"], answer["refused"])


def _all_cases() -> Iterable[Case]:
    return (*CASES, *GEARS)


def _order(case: Case) -> dict[str, Any]:
    return {
        "name": case.name,
        "family": case.family,
        "fields": case.fields,
        "edits": case.edits,
        "step": case.name in STEP_CASES,
    }

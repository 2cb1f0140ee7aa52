"""Builds all cases of the part families in the engine, once, and gives what was measured on them."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
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


def measured_families(factory: pytest.TempPathFactory) -> Families:
    """What one process inside the engine measured; the first worker that asks starts it, others wait."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return _measured(shared / "families")


@cache
def _measured(folder: Path) -> Families:
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "measured.json").exists():
            (folder / "cases.json").write_text(json.dumps(_order_for_all()))
            run_inside(_SCRIPT, folder)
    answer = json.loads((folder / "measured.json").read_text())
    return Families(folder, answer["cases"], answer["refused"])


def _order_for_all() -> dict[str, Any]:
    return {
        "cases": [_order(case) for case in (*CASES, *GEARS)],
        "refused": {name: [family, fields] for name, (family, fields, _) in REFUSED.items()},
    }


def _order(case: Case) -> dict[str, Any]:
    return {
        "name": case.name,
        "family": case.family,
        "fields": case.fields,
        "edits": case.edits,
        "step": case.name in STEP_CASES,
    }

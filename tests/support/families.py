"""Builds all cases of the part families in the engine, once, and gives what was measured on them."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from atolye.designs.families import registry
from atolye.designs.family import PartFamily
from atolye.designs.service import canonicalise
from atolye.designs.standards.bearings import BEARINGS
from atolye.designs.standards.hexagon_fasteners import FASTENERS
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
    service: dict[str, Any]


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
    return Families(folder, answer["cases"], answer["refused"], answer["service"])


def _order_for_all() -> dict[str, Any]:
    return {
        "cases": [_order(case) for case in (*CASES, *GEARS)],
        "service": {name: [part.key, part.kernel_fields()] for name, part in service_parts().items()},
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


@cache
def service_parts() -> dict[str, PartFamily]:
    """What the service sends for every family's example and for every row of the standards' tables."""
    raws = {f"example {key}": dict(family.example) for key, family in registry().items()}
    raws |= {f"bearing {code}": {"family": "deep_groove_bearing", "code": code} for code in BEARINGS}
    for family, standards, size in (
        ("hex_screw", ("DIN 933", "ISO 4017"), "{}x50"),
        ("hex_nut", ("DIN 934", "ISO 4032"), "{}"),
    ):
        for standard, thread in product(standards, FASTENERS):
            name = f"{standard} {thread}"
            raws[name] = {"family": family, "size": size.format(thread), "standard": standard}
    return {name: canonicalise({"material": "steel", **raw}).part for name, raw in raws.items()}

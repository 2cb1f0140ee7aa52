"""Cases of the manufacturability checks: solids made in the engine, once for the whole test run."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.inside import run_inside

_SCRIPT = Path(__file__).resolve().parents[1] / "engine" / "measure_manufacturability.py"

MILLING = {
    "min_wall_mm": 0.8,
    "tool_access": 1.0,
    "min_internal_radius_mm": 1.5,
    "max_hole_depth_ratio": 10.0,
}
MOULDING = {"min_draft_deg": 1.0, "mould_release": 1.0}
PRINTING = {"max_overhang_deg": 45.0, "max_bridge_mm": 10.0}


@dataclass(frozen=True)
class Solid:
    """A solid of ``engine/measure_manufacturability.py``, and the rules it is checked against."""

    solid: str
    rules: dict[str, float]
    arguments: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        return json.dumps([self.solid, self.arguments, self.rules], sort_keys=True)


Report = dict[str, Any]

_REGISTERED: dict[str, Solid] = {}


def solid(name: str, rules: dict[str, float], *arguments: Any) -> Solid:
    """A case; made when the module is imported, so that one process in the engine serves all of them."""
    case = Solid(name, rules, arguments)
    return _REGISTERED.setdefault(case.name, case)


def report_of(case: Solid, factory: pytest.TempPathFactory) -> Report:
    """What the checks said; the first worker that asks starts the engine, others wait."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    found: Report = _reports(shared / "manufacturability", tuple(sorted(_REGISTERED)))[case.name]
    return found


@cache
def _reports(folder: Path, names: tuple[str, ...]) -> dict[str, Report]:
    """The reports on the named cases; the engine is asked only for those that no worker has asked for yet."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = _read(folder / "known.json")
        missing = [name for name in names if name not in known]
        if missing:
            work = folder / f"run{len(known)}"
            work.mkdir()
            (work / "order.json").write_text(json.dumps([_as_order(_REGISTERED[name]) for name in missing]))
            run_inside(_SCRIPT, work)
            known |= json.loads((work / "seen.json").read_text())
            (folder / "known.json").write_text(json.dumps(known))
    return known


def _read(path: Path) -> dict[str, Report]:
    return json.loads(path.read_text()) if path.exists() else {}


def _as_order(case: Solid) -> dict[str, Any]:
    return {"name": case.name, "solid": case.solid, "with": case.arguments, "rules": case.rules}


def found(report: Report, code: str) -> list[dict[str, Any]]:
    """The findings of one kind, worst first."""
    return [one for one in (*report["errors"], *report["warnings"]) if one["code"] == code]

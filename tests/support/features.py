"""Builds all cases of the feature tree in the engine, once, and gives what was measured on them."""

from __future__ import annotations

import fcntl
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from atolye.designs.canonical import CanonicalRequest
from atolye.designs.service import canonicalise
from tests.closed_forms.feature_cases import CASES, REFUSALS, Case, Refusal
from tests.support.inside import run_inside

_SCRIPT = Path(__file__).resolve().parents[1] / "engine" / "measure_features.py"

Measured = dict[str, Any]


@cache
def requests() -> dict[str, CanonicalRequest]:
    """What the service makes of every case."""
    return {case.name: canonicalise(case.request()) for case in (*CASES, *REFUSALS)}


def measured_features(factory: pytest.TempPathFactory) -> Measured:
    """What one process inside the engine measured; the first worker that asks starts it, others wait."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return _measured(shared / "features")


@cache
def _measured(folder: Path) -> Measured:
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "measured.json").exists():
            orders = [_order(case) for case in (*CASES, *REFUSALS)]
            (folder / "cases.json").write_text(json.dumps(orders))
            run_inside(_SCRIPT, folder)
    found: Measured = json.loads((folder / "measured.json").read_text())
    return found


def _order(case: Case | Refusal) -> dict[str, Any]:
    fields = requests()[case.name].part.kernel_fields()
    return {"name": case.name, "fields": fields, "edits": getattr(case, "edits", {})}

"""The same feature tree gives the same bytes, whatever process builds it, wherever its numbers lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from atolye.designs.service import canonicalise
from atolye.engine import Engine
from atolye.wire import Request
from tests.closed_forms.feature_cases import CASES
from tests.support.inside import run_inside

pytestmark = pytest.mark.engine

PROBE = Path(__file__).with_name("probe_kernel.py")
NAMES = (
    "box_spun_by_an_expression",
    "pad_of_a_slanted_slot",
    "pad_of_a_constrained_sketch",
    "pad_of_a_spline",
    "pocket_through_a_side",
    "sweep_along_a_bent_path",
    "grid_of_holes",
    "cut_by_a_pattern_of_loose_tools",
)
SURROUNDINGS = {
    "plain": {},
    "elsewhere": {"TZ": "America/Caracas", "PYTHONHASHSEED": "4711", "HOME": "/job", "USER": "somebody"},
}


def wires() -> dict[str, Request]:
    cases = {case.name: case for case in CASES}
    return {
        name: canonicalise({**cases[name].request(), "exports": ["fcstd", "step", "stl"]}).to_wire()
        for name in NAMES
    }


def seen_by(order: dict[str, Any], folder: Path) -> Any:
    (folder / "order.json").write_text(json.dumps(order))
    run_inside(PROBE, folder)
    return json.loads((folder / "seen.json").read_text())


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    order = {"case": "bytes", "requests": wires(), "surroundings": SURROUNDINGS}
    return seen_by(order, tmp_path_factory.mktemp("feature_bytes"))


@pytest.mark.parametrize("name", NAMES)
def test_other_processes_and_jailed_jobs_give_the_same_bytes(
    seen: Any, engine: Engine, tmp_path: Path, name: str
) -> None:
    plain = seen["plain"][name]["files"]
    assert sorted(plain) == ["mesh.stl", "model.FCStd", "solid.step"]
    assert seen["elsewhere"][name]["files"] == plain
    finished = engine.run(wires()[name], tmp_path)
    assert {event["file"]: event["sha256"] for event in finished.artefacts} == plain


def test_sketches_are_solved_alike_wherever_their_numbers_lie_in_memory(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    sketched = ("pad_of_a_slanted_slot", "pad_of_a_constrained_sketch", "sweep_along_a_bent_path")
    order = {
        "case": "heap",
        "requests": {name: wires()[name] for name in sketched},
        "builds": 8,
        "careless": sketched[0],
    }
    found = seen_by(order, tmp_path_factory.mktemp("feature_heap"))
    assert found["settled"] == dict.fromkeys(sketched, 1)

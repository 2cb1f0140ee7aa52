"""The same request gives the same bytes, whatever process, place or time zone it runs in."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from atolye.engine import Engine
from atolye.kernel.seed import PATH as SEED
from atolye.wire import EXPORT_FILES
from tests.engine.conftest import BLOCK, request_for
from tests.support.inside import run_inside

pytestmark = pytest.mark.engine

PROBE = Path(__file__).with_name("probe_kernel.py")

BRACKET = {"leg_a": 60.0, "leg_b": 40.0, "width": 30.0, "thickness": 5.0, "fillet_radius": 4.0}
BEARING = {
    "designation": "604",
    "bore": 4.0,
    "outer_diameter": 12.0,
    "width": 4.0,
    "ball_count": 7,
    "ball_diameter": 2.0,
    "pitch_diameter": 8.0,
    "inner_shoulder_diameter": 7.0,
    "outer_shoulder_diameter": 9.2,
    "groove_radius": 1.04,
}
SHAFT = {
    "steps": [{"diameter": 20.0, "length": 30.0}, {"diameter": 30.0, "length": 60.0}],
    "chamfer": 1.0,
    "keyway": {"width": 8.0, "depth": 4.0, "length": 32.0, "position": 60.0, "step": 1},
}
REQUESTS = {
    "block": request_for("block_with_hole", BLOCK, tuple(EXPORT_FILES)),
    "moved": request_for("block_with_hole", {**BLOCK, "length": 100.002}, tuple(EXPORT_FILES)),
    "bracket": request_for("l_bracket", BRACKET, tuple(EXPORT_FILES)),
    "bearing": request_for("deep_groove_bearing", BEARING, ("model.fcstd", "solid.step", "mesh.3mf")),
}
SURROUNDINGS = {
    "plain": {},
    "tokyo": {"TZ": "Asia/Tokyo", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1"},
    "folder": {"TZ": "America/Caracas", "PYTHONHASHSEED": "4711", "HOME": "/job", "USER": "somebody"},
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("bytes")
    order = {"case": "bytes", "requests": REQUESTS, "surroundings": SURROUNDINGS}
    (folder / "order.json").write_text(json.dumps(order))
    run_inside(PROBE, folder)
    return json.loads((folder / "seen.json").read_text())


@pytest.mark.spec("06.01", "06.33", "06.36", "09.01", "09.11")
@pytest.mark.parametrize("part", REQUESTS)
def test_every_export_has_the_same_bytes_in_other_processes_time_zones_and_folders(
    seen: Any, part: str
) -> None:
    assert len(seen["plain"][part]["files"]) == len(REQUESTS[part]["exports"])
    for name in SURROUNDINGS:
        assert seen[name][part]["files"] == seen["plain"][part]["files"], name


@pytest.mark.spec("06.24", "06.28", "09.09")
@pytest.mark.parametrize("part", REQUESTS)
def test_a_jailed_job_gives_the_bytes_of_a_bare_process(
    seen: Any, engine: Engine, tmp_path: Path, part: str
) -> None:
    finished = engine.run(REQUESTS[part], tmp_path)
    jailed = {event["file"]: event["sha256"] for event in finished.artefacts}
    assert jailed == seen["plain"][part]["files"]


@pytest.mark.spec("15.16", "15.21")
def test_topology_hashes_agree_between_processes_and_tell_parts_apart(seen: Any) -> None:
    def hashes(surroundings: str, part: str) -> dict[str, str]:
        listed = seen[surroundings][part]["topology"]["hashes"]
        return {entry["path"]: entry["hash"] for entry in listed}

    assert hashes("plain", "block") == hashes("folder", "block")
    block, moved = hashes("plain", "block"), hashes("plain", "moved")
    assert block.keys() == moved.keys()
    changed = {path for path in block if block[path] != moved[path]}
    assert "Cut/Solid1" in changed
    # the end at x = 0 is the same face in both
    faces = {path for path in block if "/Face" in path}
    assert len(faces - changed) == 1


@pytest.mark.spec("10.07")
def test_metrics_agree_between_processes_to_the_last_digit(seen: Any) -> None:
    assert json.dumps(seen["plain"]["bracket"]["metrics"]) == json.dumps(seen["tokyo"]["bracket"]["metrics"])


@pytest.mark.spec("06.05")
def test_a_sketch_is_solved_alike_wherever_its_numbers_lie_in_memory(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("heap")
    requests = {name: REQUESTS[name] for name in ("bracket", "bearing")}
    requests["shaft"] = request_for("shaft", SHAFT)
    order = {"case": "heap", "requests": requests, "builds": 12, "careless": "bearing"}
    (folder / "order.json").write_text(json.dumps(order))
    run_inside(PROBE, folder)
    seen = json.loads((folder / "seen.json").read_text())
    assert seen["settled"] == dict.fromkeys(requests, 1)
    assert seen["unsettled"] > 1, "the churned heap provokes nothing, so the line above proves nothing"


def test_the_seed_document_is_what_its_tool_makes(seen: Any) -> None:
    assert seen["plain"]["seed"] == hashlib.sha256(Path(SEED).read_bytes()).hexdigest()

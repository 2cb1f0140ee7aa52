"""Metrics against closed forms, their rounding, and what else the result says of a part."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from atolye.engine import Engine
from atolye.wire import Event
from tests.engine.conftest import BLOCK, request_for
from tests.engine.test_kernel_determinism import BEARING

pytestmark = pytest.mark.engine

DENSITY = 2700.0  # kg/m³, of every request here
BORE_MM3 = math.pi * 5.0**2 * 30.0
BLOCK_MM3 = 100.0 * 50.0 * 30.0 - BORE_MM3
SPHERE = {"diameter": 25.0}
CONE = {"base_diameter": 20.0, "top_diameter": 0.0, "height": 30.0}
CYLINDER = {"diameter": 20.0, "length": 50.0}


@pytest.fixture(scope="module")
def results(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The result of each part, with the events that came before it."""
    parts = {
        "block": ("block_with_hole", BLOCK),
        "sphere": ("sphere", SPHERE),
        "cone": ("cone", CONE),
        "cylinder": ("cylinder", CYLINDER),
        "bearing": ("deep_groove_bearing", BEARING),
    }
    made = {}
    for name, (family, fields) in parts.items():
        events: list[Event] = []
        request = request_for(family, fields, ("mesh.stl",))
        finished = engine.run(request, tmp_path_factory.mktemp(name), on_event=events.append)
        made[name] = {**finished.result, "events": events}
    return made


def metrics_of(results: dict[str, Any], part: str) -> dict[str, Any]:
    metrics: dict[str, Any] = results[part]["metrics"]
    return metrics


@pytest.mark.spec("06.25", "06.37", "10.01", "10.02", "10.11")
def test_a_block_with_a_hole_measures_as_its_closed_form(results: dict[str, Any]) -> None:
    metrics = metrics_of(results, "block")
    counts = {name: metrics[name] for name in ("solids", "shells", "faces", "edges", "vertices")}
    assert counts == {"solids": 1, "shells": 1, "faces": 7, "edges": 15, "vertices": 10}
    assert metrics["surface_closed"] is True
    area_mm2 = 2 * (100 * 50 + 100 * 30 + 50 * 30) - 2 * math.pi * 25 + 2 * math.pi * 5 * 30
    assert abs(metrics["volume_m3"] - BLOCK_MM3 * 1e-9) <= 0.5e-12 + 1e-20
    assert abs(metrics["area_m2"] - area_mm2 * 1e-6) <= 0.5e-12 + 1e-17
    assert abs(metrics["mass_kg"] - BLOCK_MM3 * 1e-9 * DENSITY) <= 0.5e-9 + 1e-16
    assert metrics["bbox"] == {
        "min": [0.0, 0.0, 0.0],
        "max": [0.1, 0.05, 0.03],
        "size": [0.1, 0.05, 0.03],
        "center": [0.05, 0.025, 0.015],
    }
    assert metrics["center_of_mass_m"] == [0.05, 0.025, 0.015]
    assert math.isclose(metrics["display"]["volume_mm3"], BLOCK_MM3, rel_tol=1e-11)
    assert math.isclose(metrics["display"]["area_mm2"], area_mm2, rel_tol=1e-11)
    assert metrics["display"]["bbox_mm"] == {"min": [0.0, 0.0, 0.0], "max": [100.0, 50.0, 30.0]}


@pytest.mark.spec("10.02")
@pytest.mark.parametrize(
    ("part", "low", "high"),
    [
        ("sphere", [-12.5, -12.5, -12.5], [12.5, 12.5, 12.5]),
        ("cone", [-10.0, -10.0, 0.0], [10.0, 10.0, 30.0]),
        ("cylinder", [-10.0, -10.0, 0.0], [10.0, 10.0, 50.0]),
        ("bearing", [-6.0, -6.0, -2.0], [6.0, 6.0, 2.0]),
    ],
)
def test_the_bounding_box_touches_the_surface(
    results: dict[str, Any], part: str, low: list[float], high: list[float]
) -> None:
    box = metrics_of(results, part)["display"]["bbox_mm"]
    assert np.allclose(box["min"], low, atol=1e-9)
    assert np.allclose(box["max"], high, atol=1e-9)


def solid_cylinder(mass: float, radius: float, length: float) -> tuple[float, float]:
    """Moments across and along the axis."""
    return mass * (3 * radius**2 + length**2) / 12, mass * radius**2 / 2


@pytest.mark.spec("06.25")
def test_inertia_is_about_the_centre_of_mass_in_kilograms_and_metres(results: dict[str, Any]) -> None:
    mass = DENSITY * math.pi * 0.01**2 * 0.05
    across, along = solid_cylinder(mass, 0.01, 0.05)
    found = metrics_of(results, "cylinder")["display"]["inertia_kg_m2"]
    assert np.allclose(found, np.diag([across, across, along]), rtol=1e-10, atol=1e-15)
    a, b, c = 0.1, 0.05, 0.03
    box = DENSITY * a * b * c / 12
    bore_across, bore_along = solid_cylinder(DENSITY * BORE_MM3 * 1e-9, 0.005, 0.03)
    wanted = (
        box * (b**2 + c**2) - bore_across,
        box * (a**2 + c**2) - bore_across,
        box * (a**2 + b**2) - bore_along,
    )
    assert np.allclose(
        metrics_of(results, "block")["display"]["inertia_kg_m2"], np.diag(wanted), rtol=1e-10, atol=1e-15
    )


@pytest.mark.spec("10.05")
def test_several_solids_are_measured_as_one_body(results: dict[str, Any]) -> None:
    metrics = metrics_of(results, "bearing")
    assert (metrics["solids"], metrics["shells"]) == (9, 9)
    assert np.allclose(metrics["display"]["center_of_mass_mm"], 0.0, atol=1e-9)
    inertia = np.array(metrics["display"]["inertia_kg_m2"])
    # seven balls in a circle and two rings look alike from every side across the axis
    assert math.isclose(inertia[0, 0], inertia[1, 1], rel_tol=1e-9)
    assert inertia[2, 2] > inertia[0, 0]
    assert math.isclose(
        metrics["mass_kg"], metrics["display"]["volume_mm3"] * 1e-9 * DENSITY, abs_tol=0.5e-9 + 1e-15
    )


@pytest.mark.spec("10.07", "10.04")
@pytest.mark.parametrize("part", ["block", "sphere", "cone", "cylinder", "bearing"])
def test_stored_values_are_si_on_their_grid(results: dict[str, Any], part: str) -> None:
    metrics = metrics_of(results, part)
    lengths = [*metrics["center_of_mass_m"], *(x for corner in metrics["bbox"].values() for x in corner)]
    grids = [(metrics["volume_m3"], "1e-12"), (metrics["mass_kg"], "1e-9"), *((x, "1e-9") for x in lengths)]
    for value, grid in grids:
        assert (Decimal(repr(value)) / Decimal(grid)) % 1 == 0
    assert metrics["metrics_version"] == 1


@pytest.mark.spec("10.03", "10.10")
def test_the_metrics_name_the_tessellation_and_the_stl_that_was_counted(results: dict[str, Any]) -> None:
    metrics = metrics_of(results, "block")
    written = next(event for event in results["block"]["events"] if event["event"] == "artefact")
    assert metrics["stl_sha256"] == written["sha256"]
    assert metrics["triangles"] == written["metadata"]["triangles"]
    assert metrics["stl_params"]["linear_deflection_mm"] == 0.1
    assert len(metrics["stl_params_sha256"]) == 64


@pytest.mark.spec("10.05")
def test_the_material_that_the_mass_rests_on_is_named(results: dict[str, Any]) -> None:
    material = metrics_of(results, "block")["material"]
    assert material["density_kg_m3"] == DENSITY
    assert {"material_name", "density_source", "density_raw"} <= set(material)


@pytest.mark.spec("10.06", "06.06")
def test_stages_come_in_order_with_rising_progress_and_a_duration_each(results: dict[str, Any]) -> None:
    stages = [event for event in results["block"]["events"] if event["event"] == "stage"]
    names = list(dict.fromkeys(event["stage"] for event in stages))
    assert names == ["open", "build", "recompute", "check", "tessellate", "export", "measure"]
    progress = [event["progress"] for event in stages]
    assert progress == sorted(progress)
    assert 0 < progress[0] < progress[-1] < 1
    timings = results["block"]["timings_ms"]
    assert set(names) <= set(timings)
    assert sum(timings[name] for name in names) <= timings["total"] * 1.001


@pytest.mark.spec("15.14", "15.15", "15.16", "15.21")
def test_every_part_of_the_shape_has_a_path_and_a_hash(results: dict[str, Any]) -> None:
    topology = results["block"]["topology"]
    kinds = [entry["kind"] for entry in topology["hashes"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "Solid": 1,
        "Shell": 1,
        "Face": 7,
        "Edge": 15,
        "Vertex": 10,
    }
    paths = [entry["path"] for entry in topology["hashes"]]
    assert len(set(paths)) == len(paths) == topology["count"]
    assert "Cut/Face7" in paths
    # all the parts of a block differ in size or place
    assert len({entry["hash"] for entry in topology["hashes"]}) == len(paths)
    assert topology["truncated"] is False


@pytest.mark.spec("15.24")
def test_the_index_of_the_document_lists_objects_by_name_with_label_and_type(results: dict[str, Any]) -> None:
    index = results["block"]["topology"]["document_index"]
    assert [entry["name"] for entry in index] == ["Block", "Cut", "Hole", "Parameters"]
    assert {entry["name"]: entry["type"] for entry in index}["Cut"] == "Part::Cut"


@pytest.mark.spec("09.10", "01.16", "06.05")
def test_the_provenance_says_what_could_change_a_byte(results: dict[str, Any]) -> None:
    provenance = results["block"]["provenance"]
    assert {"freecad", "occt", "python", "numpy", "zlib"} <= set(provenance["exporter"])
    assert provenance["environment"]["occt_threads"] == 1
    assert provenance["environment"]["parallel_boolean"] is False
    assert provenance["environment"]["parallel_mesh"] is False
    assert provenance["environment"]["preferences"]["Units/UserSchema"] == 0
    assert len(provenance["request_sha256"]) == 64


def test_a_coarser_deflection_gives_fewer_triangles_and_the_same_exact_metrics(
    engine: Engine, results: dict[str, Any], tmp_path: Path
) -> None:
    request = request_for("sphere", SPHERE, ("mesh.stl",))
    request["mesh"] = {"linear_deflection_mm": 1.0, "angular_deflection_deg": 20.0, "relative": False}
    coarse = engine.run(request, tmp_path).result["metrics"]
    fine = metrics_of(results, "sphere")
    assert coarse["triangles"] < fine["triangles"] / 4
    assert coarse["volume_m3"] == fine["volume_m3"]
    assert math.isclose(fine["display"]["volume_mm3"], math.pi * 25.0**3 / 6, rel_tol=1e-11)

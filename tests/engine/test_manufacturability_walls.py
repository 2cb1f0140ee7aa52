"""The thinnest wall is measured to its closed form and found where it is; what is no wall is left alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.support.manufacturability import Report, Solid, found, report_of, solid

pytestmark = pytest.mark.engine

MIN_WALL_MM = 0.8
WALL = {"min_wall_mm": MIN_WALL_MM}
ANY = None  # a coordinate along which the wall is equally thin
EXACT_MM = 2e-4  # the closed forms are met far better than the 1 % that is asked for


def _turned(point: tuple[float, float, float]) -> tuple[float, float, float]:
    """A point of ``oblique`` in ``oblique_turned``: 37° about (1, 2, 3) at (3, 5, 7), after Rodrigues."""
    axis, centre, angle = np.array((1, 2, 3)) / math.sqrt(14), np.array((3, 5, 7)), math.radians(37)
    arm = np.array(point) - centre
    turned = arm * math.cos(angle) + np.cross(axis, arm) * math.sin(angle)
    x, y, z = centre + turned + axis * (axis @ arm) * (1 - math.cos(angle))
    return float(x), float(y), float(z)


LEANING = 24.2 + 0.05 * 10 - 4 * math.hypot(1, 0.05) - 20
ROUND = math.hypot(9.8, 10.9) - 14
ROUND_AT = (20 + (8 + ROUND / 2) * 9.8 / (ROUND + 14), 20, 20 - (8 + ROUND / 2) * 10.9 / (ROUND + 14))
CROOKED_BALL = 0.8 - math.sqrt(0.14)

WALLS: list[tuple[str, float, tuple[float | None, float | None, float | None]]] = [
    ("web_between_holes", 0.6, (25.3, 20, ANY)),
    ("web_between_leaning_holes", LEANING, (20 + LEANING / 2, 20, 0)),
    ("web_between_crossing_holes", 0.5, (35.25, 20, 10)),
    ("hole_beside_a_pocket", 0.7, (40.35, 20, ANY)),
    ("hole_under_a_surface", 0.4, (ANY, 20, 0.2)),
    ("blind_hole_floor", 0.6, (ANY, ANY, 0.3)),
    ("tapered", 0.5, (1.5, 40, ANY)),
    ("tapered_one_side", 0.5, (0.25, 40, ANY)),
    ("tapered_loft", 0.6, (1.5, ANY, 30)),
    ("tapered_pin", 0.5, (0, 0, 20)),
    ("oblique", 0.5, (20.15, ANY, 9.8)),
    ("between_round_pockets", ROUND, ROUND_AT),
    ("hollow_sphere", 0.5, (ANY, ANY, ANY)),
    ("crooked_hollow_sphere", CROOKED_BALL, tuple(x * 9.787 / math.sqrt(0.14) for x in (0.3, 0.2, 0.1))),
    ("thin_ring", 0.4, (ANY, ANY, ANY)),
    ("crooked_ring", 0.3, (9.85, 0, ANY)),
    ("cone_shell", 0.6 * math.cos(math.atan(0.25)), (ANY, ANY, ANY)),
    ("pipe_bend", 0.5, (ANY, ANY, ANY)),
    ("necked_shaft", 0.6, (0, 0, 10)),
    ("freeform_pin", 0.5, (0, 0, ANY)),
    ("pin_of_two_halves", 0.5, (0, 0, ANY)),
    ("thin_wire_ring", 0.5, (ANY, ANY, 0)),
    ("rounded_rib", 0.6, (ANY, 0, ANY)),
    ("slot_inside_a_wall", 0.7, (ANY, ANY, ANY)),
]  # fmt: skip
CASES = {name: solid(name, WALL) for name, _, _ in WALLS}
TURNED = solid("oblique_turned", WALL)

GEAR = {
    "module": 0.5,
    "teeth": 20,
    "face_width": 5,
    "bore_diameter": 3,
    "pressure_angle_deg": 20,
    "profile_shift": 0,
}
SCREW = {
    "designation": "M3x10",
    "diameter": 3,
    "length": 10,
    "head_height": 2,
    "across_flats": 5.5,
    "pitch": 0.5,
}
NO_WALLS = [
    solid("chamfered_box", WALL),
    solid("filleted_box", WALL),
    solid("knife", WALL),
    solid("sharp_cone", WALL),
    solid("narrow_slot", WALL),
    solid("ridge", WALL),
    solid("bearing", WALL),
    solid("countersunk", WALL),
    solid("lens", WALL),
    solid("stepped", WALL),
    solid("family", WALL, "spur_gear", GEAR),
    solid("family", WALL, "hex_screw", SCREW),
]
BLOCK = {"length": 100, "width": 50, "height": 30, "hole_diameter": 10}
THICK = [
    (solid("family", WALL, "block_with_hole", BLOCK), 20.0),
    (solid("family", WALL, "tube", {"outer_diameter": 30, "inner_diameter": 24, "length": 40}), 3.0),
    (solid("family", WALL, "box", {"length": 7, "width": 5, "height": 3}), 3.0),
    (solid("bearing", WALL), 2.4),
]
PLATE = solid("many_holes", WALL, 5)


@pytest.mark.spec("06.34", "06.09", "06.13")
@pytest.mark.parametrize(("name", "thickness", "place"), WALLS, ids=[name for name, _, _ in WALLS])
def test_a_thin_wall_is_measured_and_found_in_its_place(
    name: str, thickness: float, place: tuple[float | None, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    report = report_of(CASES[name], tmp_path_factory)
    assert not report["valid"]
    worst = found(report, "WALL_TOO_THIN")[0]
    assert worst["measured"] == pytest.approx(thickness, abs=EXACT_MM)
    assert worst["required"] == MIN_WALL_MM
    assert (worst["severity"], worst["unit"]) == ("error", "mm")
    for expected, got in zip(place, worst["point_mm"], strict=True):
        assert expected is ANY or got == pytest.approx(expected, abs=0.02)
    assert report["measured"]["min_wall_mm"] == worst["measured"]


def test_a_wall_seen_only_obliquely_is_the_same_however_the_part_lies(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    straight = found(report_of(CASES["oblique"], tmp_path_factory), "WALL_TOO_THIN")[0]
    turned = found(report_of(TURNED, tmp_path_factory), "WALL_TOO_THIN")[0]
    assert turned["measured"] == pytest.approx(straight["measured"], abs=EXACT_MM)
    x, y, z = turned["point_mm"]
    ends = [np.array(_turned((20.15, y, 9.8))) for y in (0, 20)]  # the wall runs the whole width of the part
    along = (ends[1] - ends[0]) / 20
    offset = np.array((x, y, z)) - ends[0]
    assert np.linalg.norm(offset - along * (offset @ along)) < 0.02
    assert -0.01 < offset @ along < 20.01


@pytest.mark.spec("06.34")
@pytest.mark.parametrize(
    "case", NO_WALLS, ids=lambda case: "-".join([case.solid, *map(str, case.arguments[:1])])
)
def test_edges_tips_gaps_and_neighbouring_bodies_are_no_walls(
    case: Solid, tmp_path_factory: pytest.TempPathFactory
) -> None:
    report = report_of(case, tmp_path_factory)
    assert report["is_valid_shape"]
    assert report["errors"] == []
    assert report["valid"]


@pytest.mark.spec("06.07")
@pytest.mark.parametrize(("case", "thickness"), THICK, ids=lambda value: getattr(value, "solid", str(value)))
def test_the_thinnest_wall_of_a_good_part_is_told_too(
    case: Solid, thickness: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    report = report_of(case, tmp_path_factory)
    assert report["valid"]
    assert report["measured"]["min_wall_mm"] == pytest.approx(thickness, abs=EXACT_MM)


def test_every_web_of_a_perforated_plate_is_counted_and_the_thinnest_are_listed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    report = report_of(PLATE, tmp_path_factory)
    webs, rims = 2 * 5 * 4, 4 * 5  # between neighbours, 0.6 mm; to the sides, 0.3 mm
    assert report["measured"]["counts"] == {"WALL_TOO_THIN": webs + rims}
    listed = found(report, "WALL_TOO_THIN")
    assert len(listed) == 20
    assert {round(wall["measured"], 6) for wall in listed} == {0.3}


def test_both_faces_of_a_wall_are_named_as_freecad_names_them(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    report = report_of(CASES["web_between_holes"], tmp_path_factory)
    wall = found(report, "WALL_TOO_THIN")[0]
    kinds = {name: report["faces"][name] for name in (wall["face"], wall["other_face"])}
    assert sorted(kinds.values()) == [["Cylinder", 4.0], ["Cylinder", 5.0]]


@pytest.mark.parametrize("case", [*CASES.values(), *NO_WALLS], ids=lambda case: case.solid)
def test_checks_change_nothing_and_say_the_same_twice(
    case: Solid, tmp_path_factory: pytest.TempPathFactory
) -> None:
    report: Report = report_of(case, tmp_path_factory)
    seen: dict[str, Any] = {name: report[name] for name in ("same_again", "untouched")}
    assert seen == {"same_again": True, "untouched": True}

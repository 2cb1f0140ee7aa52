"""A tool along ±Z reaches every face or is told where it does not; inner corners are measured against it."""

from __future__ import annotations

import math

import pytest

from tests.support.manufacturability import MILLING, Solid, found, report_of, solid

pytestmark = pytest.mark.engine

SHARP = solid("pocket", MILLING, 0)
TIGHT = solid("pocket", MILLING, 1.2)
WIDE = solid("pocket", MILLING, 1.5)
FREEFORM = solid("freeform_pocket", {**MILLING, "min_internal_radius_mm": 6.0})
SHARP_ANYWAY = solid("pocket", {**MILLING, "tool_access": 0.0}, 0)
T_SLOT = solid("t_slot", MILLING)
CROSS = solid("cross_drilled", MILLING)
CAVITY = solid("inner_cavity", MILLING)
DEEP = solid("deep_hole", MILLING)
BLOCK = {"length": 100, "width": 50, "height": 30, "hole_diameter": 2}
BRACKET = {"leg_a": 60, "leg_b": 50, "width": 40, "thickness": 5, "fillet_radius": 0}
FLANGE = {
    "outer_diameter": 120, "thickness": 12, "bore_diameter": 40,
    "bolt_circle_diameter": 90, "bolt_count": 6, "bolt_hole_diameter": 2.5,
}  # fmt: skip
ENCLOSURE = {"length": 60, "width": 40, "height": 20, "wall_thickness": 2, "open_top": True}
NUT = {"designation": "M3", "diameter": 3, "height": 2.4, "across_flats": 5.5, "pitch": 0.5}
SHAFT = {
    "steps": [{"diameter": 20, "length": 30}, {"diameter": 30, "length": 60}], "chamfer": 1,
    "keyway": {"width": 8, "depth": 4, "length": 40, "position": 60, "step": 2},
}  # fmt: skip
KEYWAY = solid("family", MILLING, "shaft", SHAFT)
REACHED = [
    solid("lens", MILLING),
    solid("stepped", MILLING),
    solid("many_holes", {"tool_access": 1.0, "min_internal_radius_mm": 20.0}, 3),
    solid("family", MILLING, "block_with_hole", {**BLOCK, "height": 15}),
    solid("family", MILLING, "l_bracket", BRACKET),
    solid("family", MILLING, "flange", FLANGE),
    solid("family", MILLING, "hex_nut", NUT),
    solid("family", MILLING, "enclosure", ENCLOSURE),
]  # fmt: skip


@pytest.mark.spec("06.11", "06.34")
@pytest.mark.parametrize(
    "case", REACHED, ids=lambda case: "-".join([case.solid, *map(str, case.arguments[:1])])
)
def test_what_is_open_upwards_or_downwards_is_reached(
    case: Solid, tmp_path_factory: pytest.TempPathFactory
) -> None:
    report = report_of(case, tmp_path_factory)
    assert found(report, "TOOL_NO_ACCESS") == []
    assert report["measured"]["reachable_share"] == 1.0


@pytest.mark.parametrize(
    "case", [one for one in REACHED if one.arguments[:1] != ("enclosure",)], ids=lambda case: case.name
)
def test_round_through_holes_are_drilled_and_not_judged_by_the_end_mill(
    case: Solid, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert found(report_of(case, tmp_path_factory), "INTERNAL_RADIUS_TOO_SMALL") == []


@pytest.mark.spec("06.11", "06.34")
def test_the_shoulders_of_a_t_slot_cannot_be_reached(tmp_path_factory: pytest.TempPathFactory) -> None:
    report = report_of(T_SLOT, tmp_path_factory)
    assert not report["valid"]
    hidden = found(report, "TOOL_NO_ACCESS")
    for one in hidden:
        x, _, z = one["point_mm"]
        assert 10 <= x <= 30
        assert not 15.1 < x < 24.9  # the slot itself is open
        assert 5 <= z <= 10
        assert (one["severity"], one["measured"], one["required"]) == ("error", 0.0, 1.0)
    assert len(hidden) == 6  # two ceilings, two side walls, and the floor on either side of the slot


@pytest.mark.spec("06.11")
def test_the_roof_of_a_cross_hole_cannot_be_reached(tmp_path_factory: pytest.TempPathFactory) -> None:
    (hidden,) = found(report_of(CROSS, tmp_path_factory), "TOOL_NO_ACCESS")
    assert hidden["measured"] < 0.1
    _, y, z = hidden["point_mm"]
    assert math.hypot(y - 15, z - 15) == pytest.approx(5, abs=0.05)


def test_a_closed_cavity_cannot_be_reached_at_all(tmp_path_factory: pytest.TempPathFactory) -> None:
    hidden = found(report_of(CAVITY, tmp_path_factory), "TOOL_NO_ACCESS")
    assert [one["measured"] for one in hidden] == [0.0] * 6


def test_a_keyway_on_the_side_of_an_upright_shaft_cannot_be_reached(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    hidden = found(report_of(KEYWAY, tmp_path_factory), "TOOL_NO_ACCESS")
    assert hidden
    assert all(one["point_mm"][0] > 10.9 for one in hidden)


@pytest.mark.spec("06.11", "06.34")
def test_sharp_inner_corners_have_no_radius(tmp_path_factory: pytest.TempPathFactory) -> None:
    corners = found(report_of(SHARP, tmp_path_factory), "INTERNAL_RADIUS_TOO_SMALL")
    assert {tuple(one["point_mm"][:2]) for one in corners} == {(10, 10), (10, 30), (30, 10), (30, 30)}
    for one in corners:
        assert (one["measured"], one["required"], one["severity"]) == (0.0, 1.5, "error")
        assert one["face"] != one["other_face"]


@pytest.mark.spec("06.11")
def test_a_rounded_inner_corner_is_measured(tmp_path_factory: pytest.TempPathFactory) -> None:
    corners = found(report_of(TIGHT, tmp_path_factory), "INTERNAL_RADIUS_TOO_SMALL")
    assert [one["measured"] for one in corners] == [1.2] * 4
    for one in corners:
        x, y, _ = one["point_mm"]
        assert min(abs(x - 10), abs(x - 30)) < 1.2
        assert min(abs(y - 10), abs(y - 30)) < 1.2


def test_a_corner_with_just_the_tools_radius_passes(tmp_path_factory: pytest.TempPathFactory) -> None:
    report = report_of(WIDE, tmp_path_factory)
    assert report["valid"]
    assert report["measured"]["min_internal_radius_mm"] == pytest.approx(1.5)


def test_the_hollow_of_a_freeform_face_is_measured_by_its_curvature(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    corners = found(report_of(FREEFORM, tmp_path_factory), "INTERNAL_RADIUS_TOO_SMALL")
    assert corners
    for one in corners:
        assert one["measured"] == pytest.approx(5.0, rel=0.01)


def test_no_tool_along_z_is_asked_for_when_its_access_is_switched_off(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    report = report_of(SHARP_ANYWAY, tmp_path_factory)
    assert report["valid"]
    assert report["measured"]["counts"] == {}


@pytest.mark.spec("06.34")
def test_a_hole_too_deep_to_drill_is_a_warning_and_passes(tmp_path_factory: pytest.TempPathFactory) -> None:
    report = report_of(DEEP, tmp_path_factory)
    assert report["valid"]
    (hole,) = found(report, "HOLE_TOO_DEEP")
    assert (hole["severity"], hole["measured"], hole["required"]) == ("warning", 25.0, 10.0)
    assert hole["point_mm"] == [15, 15, 50]

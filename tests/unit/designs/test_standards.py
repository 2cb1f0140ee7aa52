"""The tables of standards: spot values, and what must hold between their columns."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from atolye.designs.standards import bearings, gear_modules, hexagon_fasteners, keyways, metric_threads


@pytest.mark.parametrize(
    ("thread", "holes"),
    [("M3", (3.2, 3.4, 3.6)), ("M6", (6.4, 6.6, 7.0)), ("M8", (8.4, 9.0, 10.0)), ("M24", (25.0, 26.0, 28.0))],
)
def test_clearance_holes_are_those_of_iso_273(thread: str, holes: tuple[float, float, float]) -> None:
    row = metric_threads.CLEARANCE_HOLES[thread]
    assert (row.fine_mm, row.medium_mm, row.coarse_mm) == holes


def test_a_clearance_hole_is_wider_than_its_thread_and_coarser_ones_are_wider() -> None:
    rows = list(metric_threads.CLEARANCE_HOLES.items())
    for thread, hole in rows:
        assert float(thread[1:]) < hole.fine_mm < hole.medium_mm < hole.coarse_mm
    assert all(one.medium_mm < other.medium_mm for (_, one), (_, other) in pairwise(rows))


@pytest.mark.parametrize(
    ("text", "thread"),
    [("M8", "M8"), ("m 8", "M8"), ("M2,5", "M2.5"), ("M10.0", "M10"), ("8", None), ("M", None)],
)
def test_a_thread_is_read_from_its_designation(text: str, thread: str | None) -> None:
    assert metric_threads.thread_of(text) == thread


@pytest.mark.spec("06.16")
@pytest.mark.parametrize(
    ("thread", "pitch", "head", "flats", "din_flats", "nut", "din_nut"),
    [
        ("M3", 0.5, 2.0, 5.5, 5.5, 2.4, 2.4),
        ("M8", 1.25, 5.3, 13, 13, 6.8, 6.5),
        ("M10", 1.5, 6.4, 16, 17, 8.4, 8),
        ("M12", 1.75, 7.5, 18, 19, 10.8, 10),
        ("M22", 2.5, 14, 34, 32, 19.4, 18),
        ("M24", 3.0, 15, 36, 36, 21.5, 19),
    ],
)
def test_fasteners_have_the_sizes_of_their_standards(
    thread: str, pitch: float, head: float, flats: float, din_flats: float, nut: float, din_nut: float
) -> None:
    row = hexagon_fasteners.FASTENERS[thread]
    assert (row.pitch_mm, row.head_height_mm) == (pitch, head)
    assert (row.iso_flats_mm, row.din_flats_mm) == (flats, din_flats)
    assert (row.iso_nut_height_mm, row.din_nut_height_mm) == (nut, din_nut)


def test_the_standards_differ_in_the_widths_that_iso_272_changed_and_only_there() -> None:
    differing = {
        thread for thread, row in hexagon_fasteners.FASTENERS.items() if row.iso_flats_mm != row.din_flats_mm
    }
    assert differing == {"M10", "M12", "M14", "M22"}


def test_fasteners_grow_and_leave_metal_around_the_thread() -> None:
    rows = list(hexagon_fasteners.FASTENERS.items())
    for thread, row in rows:
        assert row.diameter_mm == float(thread[1:])
        assert min(row.iso_flats_mm, row.din_flats_mm) > 1.4 * row.diameter_mm
        assert row.din_nut_height_mm <= row.iso_nut_height_mm < row.diameter_mm
        assert row.pitch_mm < row.diameter_mm / 4
    for (_, one), (_, other) in pairwise(rows):
        assert one.head_height_mm < other.head_height_mm
        assert one.iso_flats_mm < other.iso_flats_mm


@pytest.mark.parametrize(
    ("diameter", "width", "depth"),
    [
        (6, 2, 1.2),
        (8, 2, 1.2),
        (8.001, 3, 1.8),
        (20, 6, 3.5),
        (22, 6, 3.5),
        (30, 8, 4.0),
        (50, 14, 5.5),
        (500, 100, 31),
    ],
)
def test_keyways_are_those_of_din_6885(diameter: float, width: float, depth: float) -> None:
    found = keyways.keyway_for(diameter)
    assert found is not None
    assert (found.width_mm, found.depth_mm) == (width, depth)


def test_keyways_cover_six_to_five_hundred_millimetres_without_a_gap() -> None:
    assert keyways.keyway_for(5.999) is None
    assert keyways.keyway_for(500.001) is None
    for one, other in pairwise(keyways.KEYWAYS):
        assert one.up_to_mm == other.above_mm
        assert one.width_mm < other.width_mm
    for row in keyways.KEYWAYS:
        assert (
            0.5 * row.key_height_mm <= row.depth_mm <= 0.65 * row.key_height_mm
        )  # a key stands about half out
        assert row.width_mm < row.above_mm / 2 + 1


@pytest.mark.spec("06.17")
@pytest.mark.parametrize(
    ("code", "sizes"),
    [
        ("608", (8, 22, 7)), ("625", (5, 16, 5)), ("6000", (10, 26, 8)), ("6004", (20, 42, 12)),
        ("6020", (100, 150, 24)), ("6200", (10, 30, 9)), ("6205", (25, 52, 15)), ("6220", (100, 180, 34)),
        ("6300", (10, 35, 11)), ("6306", (30, 72, 19)), ("6320", (100, 215, 47)),
    ],
)  # fmt: skip
def test_bearings_have_their_boundary_dimensions(code: str, sizes: tuple[float, float, float]) -> None:
    row = bearings.BEARINGS[code]
    assert (row.bore_mm, row.outer_diameter_mm, row.width_mm) == sizes


def test_every_usual_bearing_is_there_and_its_code_names_its_bore() -> None:
    special = {"00": 10, "01": 12, "02": 15, "03": 17}
    for series in ("60", "62", "63"):
        for number in range(21):
            row = bearings.BEARINGS[f"{series}{number:02}"]
            assert row.bore_mm == special.get(f"{number:02}", 5 * number)
    for code, row in bearings.BEARINGS.items():
        if len(code) == 3:
            assert row.bore_mm == int(code[2])


def test_heavier_series_are_larger_at_the_same_bore() -> None:
    for number in range(21):
        light, medium, heavy = (bearings.BEARINGS[f"{series}{number:02}"] for series in ("60", "62", "63"))
        assert light.outer_diameter_mm < medium.outer_diameter_mm < heavy.outer_diameter_mm
        assert light.width_mm <= medium.width_mm < heavy.width_mm


@pytest.mark.spec("06.17")
@pytest.mark.parametrize("code", sorted(bearings.BEARINGS))
def test_balls_fit_their_rings_and_each_other(code: str) -> None:
    outside = bearings.BEARINGS[code]
    inside = bearings.inside_of(outside)
    ball, pitch = inside.ball_diameter_mm, inside.pitch_diameter_mm
    chord = pitch * math.sin(math.pi / inside.ball_count)
    assert chord > 1.05 * ball  # room for a cage between evenly spaced balls
    assert 5 <= inside.ball_count <= 20
    bottom_inner, bottom_outer = pitch - ball, pitch + ball
    assert outside.bore_mm < bottom_inner < inside.inner_shoulder_diameter_mm < pitch
    assert pitch < inside.outer_shoulder_diameter_mm < bottom_outer < outside.outer_diameter_mm
    assert 0.5 * ball < inside.groove_radius_mm < 0.55 * ball
    # The groove ends at the shoulder inside the ring's width.
    height = (inside.inner_shoulder_diameter_mm - bottom_inner) / 2
    half_width = math.sqrt(inside.groove_radius_mm**2 - (inside.groove_radius_mm - height) ** 2)
    assert 2 * half_width < outside.width_mm
    assert ball < outside.width_mm


def test_modules_of_gears_are_those_of_iso_54() -> None:
    assert {1.0, 1.5, 2.0, 2.75, 50.0} <= gear_modules.STANDARD_MM
    assert not {1.3, 2.1, 3.3} & gear_modules.STANDARD_MM
    assert not set(gear_modules.SERIES_I_MM) & set(gear_modules.SERIES_II_MM)

"""Holes in a plate: where they are, and that they fit."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atolye.designs.holes import MOST_HOLES, TOUCHING_MM
from atolye.designs.service import canonicalise
from atolye.errors import AtolyeError

PLATE: dict[str, Any] = {"family": "plate", "length": 100, "width": 60, "thickness": 5, "material": "S235JR"}


def positions(*holes: dict[str, Any], **plate: Any) -> list[list[float]]:
    wire = canonicalise({**PLATE, **plate, "holes": list(holes)}).to_wire()
    return [position for group in wire["design"]["fields"]["holes"] for position in group["positions"]]


def refusal(*holes: dict[str, Any], **plate: Any) -> AtolyeError:
    with pytest.raises(AtolyeError) as caught:
        canonicalise({**PLATE, **plate, "holes": list(holes)})
    return caught.value


def test_a_hole_in_the_middle() -> None:
    assert positions({"kind": "center", "diameter": 10}) == [[50.0, 30.0]]


def test_four_holes_at_the_corners() -> None:
    expected = [[10.0, 10.0], [90.0, 10.0], [90.0, 50.0], [10.0, 50.0]]
    assert positions({"kind": "corners", "diameter": 6, "margin": 10}) == expected
    uneven = positions({"kind": "corners", "diameter": 6, "edge_distance": 10, "edge_distance_y": 15})
    assert uneven == [[10.0, 15.0], [90.0, 15.0], [90.0, 45.0], [10.0, 45.0]]


def test_a_grid_is_centred_and_runs_row_by_row() -> None:
    grid = positions({"kind": "grid", "diameter": 6, "rows": 2, "columns": 3, "pitch_x": 20, "pitch_y": 30})
    assert grid == [[30.0, 15.0], [50.0, 15.0], [70.0, 15.0], [30.0, 45.0], [50.0, 45.0], [70.0, 45.0]]


def test_a_grid_by_its_edges_is_the_grid_by_its_pitches() -> None:
    plate = {
        **PLATE,
        "holes": [{"kind": "grid", "diameter": 6, "rows": 3, "columns": 5, "edge_distance": 10}],
    }
    by_pitch = {"kind": "grid", "diameter": 6, "rows": 3, "columns": 5, "pitch_x": 20, "pitch_y": 20}
    assert canonicalise(plate).sha256 == canonicalise({**PLATE, "holes": by_pitch}).sha256


def test_a_single_row_needs_no_pitch_across() -> None:
    assert positions({"kind": "grid", "diameter": 6, "rows": 1, "columns": 2, "pitch": 40}) == [
        [30.0, 30.0],
        [70.0, 30.0],
    ]
    error = refusal({"kind": "grid", "diameter": 6, "rows": 2, "columns": 2, "pitch_x": 40})
    assert (error.code, error.field) == ("VALIDATION_MISSING_FIELD", "holes[0].pitch_y")


def test_a_grid_by_pitch_and_by_edge_at_once_is_a_conflict() -> None:
    error = refusal(
        {"kind": "grid", "diameter": 6, "rows": 2, "columns": 2, "pitch": 30, "edge_distance": 10}
    )
    assert error.code == "VALIDATION_CONFLICT"


def test_a_bolt_circle_starts_at_its_angle() -> None:
    circle = positions(
        {"kind": "bolt_circle", "diameter": 5, "circle_diameter": 40, "count": 4, "start_angle_deg": 90}
    )
    assert circle == [[50.0, 50.0], [30.0, 30.0], [50.0, 10.0], [70.0, 30.0]]


@pytest.mark.parametrize(
    "where",
    [
        {"positions": [[10, 20]]}, {"position": [10, "2 cm"]}, {"konum": {"x": 10, "y": 20}},
        {"x": "1 cm", "y": 20}, {"konumlar": [{"X": 10, "Y": 20}]},
    ],
)  # fmt: skip
def test_a_point_may_be_written_in_several_ways(where: dict[str, Any]) -> None:
    assert positions({"diameter": 5, **where}) == [[10.0, 20.0]]


@pytest.mark.parametrize(
    ("turkish", "english"),
    [
        ({"tür": "merkez", "çap": "M6"}, {"kind": "center", "diameter": 6.6}),
        (
            {"tür": "köşeler", "çap": 5, "kenar mesafesi": 9},
            {"kind": "corners", "diameter": 5, "edge_distance": 9},
        ),
        (
            {"tür": "ızgara", "çap": 5, "satır": 2, "sütun": 2, "aralık": 20},
            {"kind": "grid", "diameter": 5, "rows": 2, "columns": 2, "pitch": 20},
        ),
        (
            {"tür": "delik dairesi", "çap": 5, "daire çapı": 30, "adet": 6},
            {"kind": "bolt_circle", "diameter": 5, "circle_diameter": 30, "count": 6},
        ),
        (
            {"tür": "konum", "çap": 5, "konumlar": [[9, 9]]},
            {"kind": "at", "diameter": 5, "positions": [[9, 9]]},
        ),
    ],
)
@pytest.mark.spec("06.27")
def test_holes_have_turkish_names(turkish: dict[str, Any], english: dict[str, Any]) -> None:
    one = canonicalise({**PLATE, "delikler": [turkish]})
    assert one.sha256 == canonicalise({**PLATE, "holes": [english]}).sha256


def test_the_fields_say_the_kind_when_only_one_fits_and_a_lone_diameter_does_not() -> None:
    assert positions({"diameter": 6, "edge_distance": 10}) == positions(
        {"kind": "corners", "diameter": 6, "edge_distance": 10}
    )
    error = refusal({"diameter": 6})
    assert (error.code, error.field) == ("VALIDATION_MISSING_FIELD", "holes[0].kind")
    assert refusal({"kind": "spiral", "diameter": 6}).field == "holes[0].kind"
    assert refusal({"kind": "center", "diameter": 6, "rows": 2}).field == "holes[0].rows"


def test_a_thread_stands_for_its_clearance_hole() -> None:
    request = canonicalise({**PLATE, "holes": [{"kind": "center", "diameter": "m 8"}]})
    assert request.fields["holes"][0]["diameter"] == 9.0
    assert refusal({"kind": "center", "diameter": "M9"}).code == "VALIDATION_UNKNOWN_SIZE"


@pytest.mark.parametrize("x", [2.5, 97.5, 0, -3, 100, 500])
def test_a_hole_that_touches_the_edge_is_refused(x: float) -> None:
    error = refusal({"kind": "at", "diameter": 5, "positions": [[50, 30], [x, 30]]})
    assert (error.code, error.field) == ("VALIDATION_HOLE_OUTSIDE", "holes[0].positions[1]")


def test_a_rounded_corner_takes_its_room() -> None:
    near = {"kind": "at", "diameter": 4, "positions": [[4.5, 4.5]]}
    assert positions(near) == [[4.5, 4.5]]
    # Centre of the corner's arc at (15, 15): 14.85 mm from the hole, so that it ends 1.85 mm outside.
    assert refusal(near, corner_radius=15).code == "VALIDATION_HOLE_OUTSIDE"


def test_holes_that_touch_overlap() -> None:
    error = refusal({"kind": "at", "diameter": 10, "positions": [[30, 30], [40, 30]]})
    assert (error.code, error.details["distance"], error.details["required"]) == (
        "VALIDATION_HOLES_OVERLAP",
        10.0,
        10.0,
    )
    assert len(positions({"kind": "at", "diameter": 10, "positions": [[30, 30], [40.01, 30]]})) == 2


@given(st.lists(st.tuples(st.floats(20, 80), st.floats(15, 45), st.floats(0.1, 20)), min_size=2, max_size=12))
@settings(deadline=None)
def test_overlap_is_found_just_when_two_circles_meet(holes: list[tuple[float, float, float]]) -> None:
    rounded = [(round(x, 6), round(y, 6), round(d, 6)) for x, y, d in holes]
    meet = any(
        math.hypot(a[0] - b[0], a[1] - b[1]) <= (a[2] + b[2]) / 2 + TOUCHING_MM
        for index, a in enumerate(rounded)
        for b in rounded[:index]
    )
    raw = [{"kind": "at", "diameter": d, "positions": [[x, y]]} for x, y, d in rounded]
    if meet:
        assert refusal(*raw).code == "VALIDATION_HOLES_OVERLAP"
    else:
        assert len(positions(*raw)) == len(raw)


def test_as_many_holes_as_allowed_and_not_one_more() -> None:
    plate = {"length": 1000, "width": 1000}
    grid = {"kind": "grid", "diameter": 2, "rows": 50, "columns": MOST_HOLES // 50, "pitch": 15}
    assert len(positions(grid, **plate)) == MOST_HOLES
    error = refusal(grid, {"kind": "at", "diameter": 1, "positions": [[3, 3]]}, **plate)
    assert (error.code, error.details["value"]) == ("VALIDATION_TOO_MANY", MOST_HOLES + 1)
    huge = {"kind": "grid", "diameter": 2, "rows": 1000, "columns": 1000, "pitch": 1}
    assert refusal(huge).code == "VALIDATION_TOO_MANY"


def test_ten_thousand_points_are_refused_before_they_are_read() -> None:
    error = refusal({"kind": "at", "diameter": 1, "positions": [[1, 1]] * 10_000})
    assert (error.code, error.field) == ("VALIDATION_TOO_MANY", "holes[0].positions")

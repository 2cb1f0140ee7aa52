"""What is regular about a group of holes is recognised from its positions."""

from __future__ import annotations

import math
from typing import Any

import pytest

from atolye.kernel.build.elements.layouts import (
    MAX_PARAMETER_HOLES,
    Free,
    Grid,
    Layout,
    Ring,
    Single,
    recognise,
)

SIZE = (200.0, 100.0)


def _layout(kind: str, positions: list[list[float]], **stated: Any) -> Layout:
    return recognise({"kind": kind, "diameter": 5.0, "positions": positions, **stated}, SIZE, "hole1")


def _rounded_circle(count: int, diameter: float, start_deg: float) -> list[list[float]]:
    turns = [math.radians(start_deg + 360 * number / count) for number in range(count)]
    return [
        [round(100 + diameter / 2 * math.cos(t), 6), round(50 + diameter / 2 * math.sin(t), 6)] for t in turns
    ]


def test_a_hole_in_the_middle_follows_the_plate() -> None:
    layout = _layout("center", [[100.0, 50.0]])
    assert isinstance(layout, Single)
    assert (layout.x, layout.y) == ("length / 2", "width / 2")
    assert layout.parameters == {"hole1_diameter": (5.0, "mm")}


@pytest.mark.parametrize("stated", [{"circle_diameter": 33.3, "start_angle_deg": 17.0}, {}])
def test_a_bolt_circle_has_the_measures_that_were_asked_for_in_spite_of_rounding(
    stated: dict[str, float],
) -> None:
    layout = _layout("bolt_circle", _rounded_circle(7, 33.3, 17.0), **stated)
    assert isinstance(layout, Ring)
    exact = 1e-12 if stated else 1e-5
    assert layout.parameters["hole1_circle_diameter"][0] == pytest.approx(33.3, abs=exact)
    assert layout.parameters["hole1_start_angle"][0] == pytest.approx(17.0, abs=exact)
    assert layout.parameters["hole1_count"] == (7.0, "")


def test_a_measure_that_the_positions_contradict_is_not_believed() -> None:
    layout = _layout("bolt_circle", _rounded_circle(6, 40.0, 0.0), circle_diameter=44.0)
    assert layout.parameters["hole1_circle_diameter"] == (40.0, "mm")


def test_a_grid_out_of_order_is_a_grid_and_an_uneven_one_is_not() -> None:
    even = [[10.0, 10.0], [30.0, 10.0], [20.0, 10.0], [20.0, 40.0], [10.0, 40.0], [30.0, 40.0]]
    layout = _layout("grid", even)
    assert isinstance(layout, Grid)
    assert layout.parameters["hole1_pitch_x"] == (10.0, "mm")
    assert layout.parameters["hole1_pitch_y"] == (30.0, "mm")
    uneven = [[x + (0.001 if x == 20.0 else 0.0), y] for x, y in even]
    assert isinstance(_layout("grid", uneven), Free)


def test_corners_of_unequal_distance_stay_free() -> None:
    assert isinstance(_layout("corners", [[10, 10], [190, 10], [190, 90], [10, 90]]), Grid)
    assert isinstance(_layout("corners", [[10, 10], [190, 10], [190, 90], [11, 90]]), Free)


@pytest.mark.parametrize("count", [MAX_PARAMETER_HOLES, MAX_PARAMETER_HOLES + 1])
def test_many_free_holes_keep_their_positions_out_of_the_spreadsheet(count: int) -> None:
    layout = _layout("at", [[1.0 + 3 * n, 2.0] for n in range(count)])
    assert isinstance(layout, Free)
    bound = count if count <= MAX_PARAMETER_HOLES else 0
    assert len(layout.coordinates) == bound
    assert len(layout.parameters) == 1 + 2 * bound

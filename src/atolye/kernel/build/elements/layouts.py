"""How a group of holes lies on a plate, in parameters and expressions.

A group comes with its positions. What is regular about them is recognised here, so that a grid stays a grid
when somebody changes its pitch in FreeCAD; positions that follow no rule stay free. Measures that are half of
the plate's follow the plate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

Size = tuple[float, float]
Parameters = dict[str, tuple[float, str]]

SAME_MM: Final = 5e-6
"""Positions are rounded to 1e-6 mm; what differs by less than a few of that is meant to be equal."""

MAX_PARAMETER_HOLES: Final = 40
"""Free groups with more holes keep their positions as the dimensions of their sketch alone: the time that
FreeCAD takes to bind expressions grows with the square of their number."""

_DIGITS: Final = 6


@dataclass(frozen=True)
class Layout:
    """A group of holes.

    Attributes:
        prefix: of its aliases and of its objects' names.
        diameter: expression.
        parameters: alias → value and unit.
    """

    prefix: str
    diameter: str
    parameters: Parameters


@dataclass(frozen=True)
class Single(Layout):
    """One hole, or the one that a pattern repeats; expressions of its centre."""

    x: str
    y: str


@dataclass(frozen=True)
class Grid(Single):
    """Even columns and rows; expressions of their counts and of the distance from first to last."""

    columns: str
    rows: str
    extent_x: str
    extent_y: str


@dataclass(frozen=True)
class Ring(Single):
    """Even steps round a centre; expressions."""

    count: str
    centre_x: str
    centre_y: str


@dataclass(frozen=True)
class Free(Layout):
    """Any positions in mm; ``coordinates`` are their aliases, or empty where there are too many."""

    coordinates: list[tuple[str, str]]
    positions: list[tuple[float, float]]
    diameter_mm: float


def recognise(group: Mapping[str, Any], size: Size, prefix: str) -> Layout:
    """The most regular layout of the group's kind that has exactly its positions.

    Args:
        group: ``kind`` (``center``, ``corners``, ``grid``, ``bolt_circle`` or ``at``), ``diameter``,
            ``positions`` (n, 2) in mm, n ≥ 1; what it states besides (``circle_diameter``, ``pitch_x`` …)
            is preferred to the same measure taken from the rounded positions.
        size: the plate's length and width in mm.
    """
    made = _Group(group, size, prefix)
    layouts = {"corners": made.corners, "grid": made.grid, "bolt_circle": made.ring}
    return layouts.get(group["kind"], made.free)() or made.free()


class _Group:
    def __init__(self, group: Mapping[str, Any], size: Size, prefix: str) -> None:
        self.stated, self.size, self.prefix = group, size, prefix
        self.points = [(float(x), float(y)) for x, y in group["positions"]]
        self.diameter_mm: float = group["diameter"]
        self.parameters: Parameters = {}
        self.diameter = self.parameter("diameter", self.diameter_mm)

    def parameter(self, name: str, value: float, unit: str = "mm") -> str:
        """A parameter of the group; returns its alias."""
        alias = f"{self.prefix}_{name}"
        self.parameters[alias] = (round(value, _DIGITS), unit)
        return alias

    def measure(self, name: str, taken: float, tolerance: float = SAME_MM) -> float:
        """What the group states under that name, if the positions agree; else what was taken from them."""
        value = self.stated.get(name)
        return taken if value is None or abs(value - taken) > tolerance else float(value)

    def free(self) -> Layout:
        if len(self.points) == 1:
            ((x, y),) = self.points
            return Single(self.prefix, self.diameter, self.parameters, self.along(0, x), self.along(1, y))
        coordinates = [
            (self.parameter(f"x{number}", x), self.parameter(f"y{number}", y))
            for number, (x, y) in enumerate(self.points, start=1)
            if len(self.points) <= MAX_PARAMETER_HOLES
        ]
        return Free(self.prefix, self.diameter, self.parameters, coordinates, self.points, self.diameter_mm)

    def along(self, axis: int, value: float) -> str:
        """The coordinate as an expression: half of the plate's side, or a parameter of its own."""
        if abs(value - self.size[axis] / 2) < SAME_MM:
            return f"{_SIDES[axis]} / 2"
        return self.parameter("xy"[axis], value)

    def corners(self) -> Layout | None:
        xs, ys = _distinct(x for x, _ in self.points), _distinct(y for _, y in self.points)
        insets = xs[0], ys[0]
        expected = [[inset, side - inset] for inset, side in zip(insets, self.size, strict=True)]
        if len(self.points) != 4 or not (_same(xs, expected[0]) and _same(ys, expected[1])):
            return None
        x, y = (self.parameter(f"inset_{axis}", inset) for axis, inset in zip("xy", insets, strict=True))
        extents = [f"{side} - 2 * {inset}" for side, inset in zip(_SIDES, (x, y), strict=True)]
        return Grid(self.prefix, self.diameter, self.parameters, x, y, "2", "2", *extents)

    def grid(self) -> Layout | None:
        xs, ys = _distinct(x for x, _ in self.points), _distinct(y for _, y in self.points)
        complete = len(self.points) > 1 and len(xs) * len(ys) == len(self.points)
        if not (complete and _is_even(xs) and _is_even(ys)):
            return None
        columns, extent_x, x = self._row("columns", 0, xs)
        rows, extent_y, y = self._row("rows", 1, ys)
        return Grid(self.prefix, self.diameter, self.parameters, x, y, columns, rows, extent_x, extent_y)

    def _row(self, count_name: str, axis: int, values: list[float]) -> tuple[str, str, str]:
        """Expressions of count, extent and first coordinate along one axis."""
        count = self.parameter(count_name, float(len(values)), "")
        steps = max(len(values) - 1, 1)
        name = f"pitch_{'xy'[axis]}"
        pitch = self.parameter(name, self.measure(name, (values[-1] - values[0]) / steps))
        extent = f"({count} - 1) * {pitch}"
        if abs(values[0] + values[-1] - self.size[axis]) < SAME_MM:
            return count, extent, f"({_SIDES[axis]} - {extent}) / 2"
        return count, extent, self.parameter("xy"[axis], values[0])

    def ring(self) -> Layout | None:
        count = len(self.points)
        if count < 2:
            return None
        cx, cy = (self._centre(axis) for axis in (0, 1))
        radius, start = self._first_of_ring(cx, cy)
        expected = [
            (cx + radius * math.cos(turn), cy + radius * math.sin(turn))
            for turn in (start + 2 * math.pi * step / count for step in range(count))
        ]
        if any(math.dist(a, b) > SAME_MM for a, b in zip(self.points, expected, strict=True)):
            return None
        x, y = self.along(0, cx), self.along(1, cy)
        half = f"{self.parameter('circle_diameter', 2 * radius)} / 2"
        angle = self.parameter("start_angle", math.degrees(start), "deg")
        return Ring(
            self.prefix,
            self.diameter,
            self.parameters,
            f"{x} + {half} * cos({angle})",
            f"{y} + {half} * sin({angle})",
            self.parameter("count", float(count), ""),
            x,
            y,
        )

    def _centre(self, axis: int) -> float:
        """Middle of the holes along an axis in mm; exactly the plate's where it is that."""
        taken, middle = (
            math.fsum(point[axis] for point in self.points) / len(self.points),
            self.size[axis] / 2,
        )
        return middle if abs(taken - middle) < SAME_MM else taken

    def _first_of_ring(self, cx: float, cy: float) -> tuple[float, float]:
        """Radius in mm, and angle in radians, of the first hole."""
        x, y = self.points[0]
        radius = self.measure("circle_diameter", 2 * math.hypot(x - cx, y - cy)) / 2
        angle = math.degrees(math.atan2(y - cy, x - cx))
        return radius, math.radians(self.measure("start_angle_deg", angle, math.degrees(SAME_MM / radius)))


_SIDES: Final = ("length", "width")


def _distinct(values: Iterable[float]) -> list[float]:
    """The values in order, those that are the same only once."""
    result: list[float] = []
    for value in sorted(values):
        if not result or value - result[-1] > SAME_MM:
            result.append(value)
    return result


def _same(values: list[float], expected: list[float]) -> bool:
    return len(values) == len(expected) and all(
        abs(a - b) < SAME_MM for a, b in zip(values, sorted(expected), strict=True)
    )


def _is_even(values: list[float]) -> bool:
    steps = [b - a for a, b in pairwise(values)]
    return all(abs(step - steps[0]) < SAME_MM for step in steps)

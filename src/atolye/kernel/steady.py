"""Makes a solved sketch independent of where its numbers happen to lie in memory.

Numbers that constraints make equal (the ends of curves that meet, the heights of a horizontal line's ends)
are one unknown to FreeCAD's sketch solver, and it starts from the value of whichever of them has the lowest
address. Where they differ in their last bits, as the end of a line and the computed end of an arc do, two
processes get two results. Here they are made equal, bit for bit, before the solver sees them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import FreeCAD as App

SKETCH: Final = "Sketcher::SketchObject"

_START, _END = 1, 2
_POINT_NAMES: Final = {_START: "StartPoint", _END: "EndPoint", 3: "Center"}
_LINE: Final = "Part::GeomLineSegment"
_POINT: Final = "Part::GeomPoint"

Number = tuple[int, int, str]
"""A coordinate in a sketch: index of the curve, which of its points, ``x`` or ``y``."""


def settle(sketch: Any) -> None:
    """Gives equal numbers of a sketch the same bits; the curves move by less than the solver's tolerance.

    The ends of arcs and the centres of circles are computed or drive other numbers, so they stay and the
    ends of lines follow them.
    """
    curves = list(sketch.Geometry)
    changed = False
    for group in _groups(list(_equalities(sketch.Constraints, len(curves)))):
        numbers = sorted(group, key=lambda number: (_follows(curves[number[0]]), number))
        value = getattr(_point(curves, numbers[0]), numbers[0][2])
        for number in numbers[1:]:
            if _follows(curves[number[0]]) and getattr(_point(curves, number), number[2]) != value:
                _set(curves, number, value)
                changed = True
    if changed:
        sketch.Geometry = curves


def _follows(curve: Any) -> bool:
    return curve.TypeId in (_LINE, _POINT)


def _equalities(constraints: list[Any], count: int) -> Iterator[tuple[Number, Number]]:
    """Pairs of numbers that constraints make equal; those with axes and external curves are left out."""
    for constraint in constraints:
        one, other = (constraint.First, constraint.FirstPos), (constraint.Second, constraint.SecondPos)
        if constraint.Type in ("Horizontal", "Vertical") and constraint.FirstPos == 0:
            one, other = (constraint.First, _START), (constraint.First, _END)
        if not (0 <= one[0] < count and 0 <= other[0] < count):
            continue
        # a tangent between two ends makes them meet, one between two curves does not
        meet = constraint.Type == "Coincident" or (
            constraint.Type in ("Tangent", "Perpendicular") and one[1] > 0 and other[1] > 0
        )
        if meet or constraint.Type == "Vertical":
            yield (*one, "x"), (*other, "x")
        if meet or constraint.Type == "Horizontal":
            yield (*one, "y"), (*other, "y")


def _groups(pairs: list[tuple[Number, Number]]) -> list[list[Number]]:
    """The numbers in groups of equal ones, in the order of the pairs."""
    group_of: dict[Number, list[Number]] = {}
    for one, other in pairs:
        ours, theirs = group_of.setdefault(one, [one]), group_of.setdefault(other, [other])
        if ours is not theirs:
            ours.extend(theirs)
            group_of.update(dict.fromkeys(theirs, ours))
    unique = {id(group): group for group in group_of.values()}
    return list(unique.values())


def _point(curves: list[Any], number: Number) -> Any:
    curve, position, _ = number
    shape = curves[curve]
    if shape.TypeId == _POINT:
        return App.Vector(shape.X, shape.Y, shape.Z)
    return getattr(shape, _POINT_NAMES[position])


def _set(curves: list[Any], number: Number, value: float) -> None:
    curve, position, axis = number
    point = _point(curves, number)
    setattr(point, axis, value)
    if curves[curve].TypeId == _POINT:
        curves[curve].X, curves[curve].Y = point.x, point.y
    else:
        setattr(curves[curve], _POINT_NAMES[position], point)

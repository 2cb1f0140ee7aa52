"""Sketches that are fully constrained: geometry first, then named constraints that expressions drive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import FreeCAD as App
import Part
import Sketcher

from atolye.kernel.errors import KernelError
from atolye.kernel.session import Session

START: Final = 1
END: Final = 2
CENTRE: Final = 3
"""Points of a sketch's curves."""

ORIGIN: Final = (-1, 1)
"""The sketch's origin as (geometry, point)."""

X_AXIS: Final = -1
Y_AXIS: Final = -2

XZ_PLANE: Final = ((1.0, 0.0, 0.0), 90.0)
"""Sketch x is the part's X, sketch y its Z."""

BACK_XZ_PLANE: Final = ((0.0, 1.0, 1.0), 180.0)
"""Sketch x is the part's −X, sketch y its Z."""

YZ_PLANE: Final = ((1.0, 1.0, 1.0), 120.0)
"""Sketch x is the part's Y, sketch y its Z; the sketch looks along +X."""

Point2 = tuple[float, float]


def line(start: Point2, end: Point2) -> Any:
    """A straight line between two points (x, y)."""
    return Part.LineSegment(App.Vector(*start, 0), App.Vector(*end, 0))


def circle(centre: Point2, radius: float) -> Any:
    """A full circle."""
    return Part.Circle(App.Vector(*centre, 0), App.Vector(0, 0, 1), radius)


def arc(centre: Point2, radius: float, start_rad: float, end_rad: float) -> Any:
    """An arc that runs counter-clockwise from one angle to the other."""
    return Part.ArcOfCircle(circle(centre, radius), start_rad, end_rad)


def polygon(points: Iterable[Point2]) -> list[Any]:
    """The closed chain of lines through the points."""
    corners = list(points)
    return [line(a, b) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]


def closed_chain(count: int) -> list[Any]:
    """Constraints that join the end of each of the first ``count`` curves to the start of the next."""
    return [
        Sketcher.Constraint("Coincident", index, END, (index + 1) % count, START) for index in range(count)
    ]


def add_driven(
    session: Session, sketch: Any, dimensions: Mapping[str, tuple[Any, str]], others: Iterable[Any] = ()
) -> None:
    """Constrain the sketch fully.

    Args:
        dimensions: name → constraint and the expression that drives it; an empty expression drives nothing.
        others: constraints without a dimension.

    Raises:
        KernelError: ``FC_SKETCH_OVERCONSTRAINED`` or ``FC_SKETCH_UNDERCONSTRAINED``.
    """
    for name, (constraint, _) in dimensions.items():
        constraint.Name = name
    sketch.addConstraint([*others, *(constraint for constraint, _ in dimensions.values())])
    for name, (_, expression) in dimensions.items():
        if expression:
            session.bind(sketch, f"Constraints.{name}", expression)
    _require_full_constraint(sketch)


def _require_full_constraint(sketch: Any) -> None:
    """Check that nothing in the sketch can move.

    Raises:
        KernelError: ``FC_SKETCH_OVERCONSTRAINED`` or ``FC_SKETCH_UNDERCONSTRAINED``.
    """
    if sketch.solve() != 0:
        raise KernelError(
            "FC_SKETCH_OVERCONSTRAINED", "model", f"{sketch.Name} cannot be solved", object=sketch.Name
        )
    if not sketch.FullyConstrained:
        raise KernelError(
            "FC_SKETCH_UNDERCONSTRAINED", "model", f"{sketch.Name} can still move", object=sketch.Name
        )

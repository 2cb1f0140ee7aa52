"""Round through holes along Z in a body, and their patterns."""

from __future__ import annotations

from typing import Any

from atolye.kernel.build.elements.bodies import origin_axis
from atolye.kernel.build.elements.cutters import OVERHANG
from atolye.kernel.session import Session


def add_hole(
    session: Session, body: Any, name: str, *, diameter: str, depth: str, x: str = "0 mm", y: str = "0 mm"
) -> Any:
    """A hole from z = 0 up through ``depth``.

    Args:
        diameter, depth, x, y: expressions.
    """
    hole = session.add("PartDesign::SubtractiveCylinder", name, parent=body, Refine=False)
    session.bind(hole, "Radius", f"({diameter}) / 2")
    session.bind(hole, "Height", f"{depth} + 2 * {OVERHANG}")
    session.bind(hole, "Placement.Base.x", x)
    session.bind(hole, "Placement.Base.y", y)
    session.bind(hole, "Placement.Base.z", f"-{OVERHANG}")
    return hole


def polar_pattern(session: Session, body: Any, name: str, hole: Any, *, count: str, axis: Any = None) -> Any:
    """The hole repeated evenly round an axis; by default the body's Z.

    Args:
        count: expression.
        axis: object whose direction and place are the axis.
    """
    pattern = session.add("PartDesign::PolarPattern", name, parent=body, Refine=False)
    pattern.Originals = [hole]
    body.Tip = pattern  # a pattern moves the tip only once it has originals
    pattern.Axis = (axis or origin_axis(body, "Z"), [""])
    session.bind(pattern, "Occurrences", count)
    return pattern


def grid_pattern(
    session: Session,
    body: Any,
    name: str,
    hole: Any,
    *,
    columns: str,
    rows: str,
    extent_x: str,
    extent_y: str,
) -> Any:
    """The hole repeated evenly along +X and +Y, in one cut.

    Args:
        columns, rows: expressions of the counts.
        extent_x, extent_y: expressions of the distance from the first to the last.
    """
    pattern = session.add("PartDesign::LinearPattern", name, parent=body, Refine=False)
    pattern.Originals = [hole]
    body.Tip = pattern
    pattern.Direction = (origin_axis(body, "X"), [""])
    pattern.Direction2 = (origin_axis(body, "Y"), [""])
    pattern.Mode = pattern.Mode2 = "Extent"
    session.bind(pattern, "Occurrences", columns)
    session.bind(pattern, "Occurrences2", rows)
    session.bind(pattern, "Length", extent_x)
    session.bind(pattern, "Length2", extent_y)
    return pattern

"""Holes at free positions: circles of a constrained sketch, extruded and cut in one operation."""

from __future__ import annotations

from typing import Any

import FreeCAD as App
import Sketcher

from atolye.kernel.build.elements import sketches
from atolye.kernel.build.elements.cutters import OVERHANG
from atolye.kernel.build.elements.layouts import Free
from atolye.kernel.session import Session


def add_drilling(session: Session, part: Any, group: Free) -> Any:
    """``part`` with through holes along Z; the plate's thickness is the parameter ``thickness``.

    The holes must not overlap: the solids of a boolean's tool may not run into each other.
    """
    name = group.prefix.capitalize()
    sketch = _add_sketch(session, f"{name}Sketch", group)
    tool = session.add(
        "Part::Extrusion",
        f"{name}Tool",
        Base=sketch,
        DirMode="Custom",
        Dir=App.Vector(0, 0, 1),
        Solid=True,
        FaceMakerClass="Part::FaceMakerSimple",  # one face a circle; nothing is nested here
    )
    session.bind(tool, "LengthFwd", f"thickness + {OVERHANG}")
    session.bind(tool, "LengthRev", OVERHANG)
    return session.add("Part::Cut", f"{name}Cut", Base=part, Tool=tool, Refine=False)


def _add_sketch(session: Session, name: str, group: Free) -> Any:
    sketch = session.add("Sketcher::SketchObject", name)
    sketch.addGeometry([sketches.circle(position, group.diameter_mm / 2) for position in group.positions])
    equal = [Sketcher.Constraint("Equal", 0, circle) for circle in range(1, len(group.positions))]
    drivers = group.coordinates or [("", "")] * len(group.positions)
    dimensions = {"Diameter": (Sketcher.Constraint("Diameter", 0, group.diameter_mm), group.diameter)}
    for circle, (position, aliases) in enumerate(zip(group.positions, drivers, strict=True)):
        for axis, letter in enumerate("XY"):
            distance = _distance(circle, axis, position[axis])
            dimensions[f"{letter}{circle + 1}"] = (distance, aliases[axis])
    sketches.add_driven(session, sketch, dimensions, equal)
    return sketch


def _distance(circle: int, axis: int, value_mm: float) -> Any:
    """From the sketch's origin to the circle's centre along x (0) or y (1)."""
    kind = ("DistanceX", "DistanceY")[axis]
    return Sketcher.Constraint(kind, *sketches.ORIGIN, circle, sketches.CENTRE, value_mm)

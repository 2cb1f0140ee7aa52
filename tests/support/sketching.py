"""Pieces of FreeCAD scripts that several tests put together."""

from __future__ import annotations

HEAD = """\
import FreeCAD as App
import Part
import Sketcher
import math
V = App.Vector
doc = App.newDocument()
"""

RECTANGLE = """
def rectangle(body, name, width, height, x=0.0, y=0.0, z=0.0):
    sketch = body.newObject("Sketcher::SketchObject", name)
    sketch.Placement = App.Placement(V(0, 0, z), App.Rotation())
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    for i in range(4):
        a, b = corners[i], corners[(i + 1) % 4]
        sketch.addGeometry(Part.LineSegment(V(a[0], a[1], 0), V(b[0], b[1], 0)), False)
    for i in range(4):
        sketch.addConstraint(Sketcher.Constraint("Coincident", i, 2, (i + 1) % 4, 1))
    for i in (0, 2):
        sketch.addConstraint(Sketcher.Constraint("Horizontal", i))
        sketch.addConstraint(Sketcher.Constraint("Vertical", i + 1))
    sketch.addConstraint(Sketcher.Constraint("DistanceX", 0, 1, 0, 2, width))
    sketch.addConstraint(Sketcher.Constraint("DistanceY", 1, 1, 1, 2, height))
    sketch.addConstraint(Sketcher.Constraint("DistanceX", -1, 1, 0, 1, x))
    sketch.addConstraint(Sketcher.Constraint("DistanceY", -1, 1, 0, 1, y))
    return sketch


def disc(body, name, radius, x, y, z=0.0):
    sketch = body.newObject("Sketcher::SketchObject", name)
    sketch.Placement = App.Placement(V(0, 0, z), App.Rotation())
    sketch.addGeometry(Part.Circle(V(x, y, 0), V(0, 0, 1), radius), False)
    sketch.addConstraint(Sketcher.Constraint("Radius", 0, radius))
    sketch.addConstraint(Sketcher.Constraint("DistanceX", -1, 1, 0, 3, x))
    sketch.addConstraint(Sketcher.Constraint("DistanceY", -1, 1, 0, 3, y))
    return sketch


def pad(body, sketch, length, name="Pad"):
    made = body.newObject("PartDesign::Pad", name)
    made.Profile = sketch
    made.Length = length
    return made


def axis(body, role):
    return [obj for obj in body.Origin.OriginFeatures if obj.Role == role][0]


body = doc.addObject("PartDesign::Body", "Body")
"""
"""Fully constrained rectangles and discs, a pad, and a body."""


def part_design(text: str) -> str:
    """A script that works in ``body``."""
    return f"{HEAD}{RECTANGLE}{text}\ndoc.recompute()\n"


def part(text: str) -> str:
    """A script of the Part workbench."""
    return f"{HEAD}{text}\ndoc.recompute()\n"

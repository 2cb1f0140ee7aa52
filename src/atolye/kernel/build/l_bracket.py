"""An angle bracket."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import Sketcher

from atolye.kernel.build.elements import sketches
from atolye.kernel.build.elements.bodies import add_body
from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """A body: Profile and Pad; outer corner edge on the Y axis.

    The inner fillet is an arc of the profile: a reference to the edge would not outlive every change.

    Args:
        fields: ``leg_a`` (along +X), ``leg_b`` (along +Z), both with the thickness, ``width`` (+Y),
            ``thickness``, ``fillet_radius`` of the inner edge (0 = sharp), in mm.
    """
    names = ["leg_a", "leg_b", "width", "thickness"]
    if fields["fillet_radius"]:
        names.append("fillet_radius")
    session.parameters({name: (fields[name], "mm") for name in names})
    body = add_body(session)
    profile = _add_profile(session, body, fields)
    pad = session.add("PartDesign::Pad", "Pad", parent=body, Profile=profile, Reversed=True)
    session.bind(pad, "Length", "width")
    return body


def _add_profile(session: Session, body: Any, fields: Mapping[str, Any]) -> Any:
    """Sketch x is X, sketch y is Z; the curves go round from the outer corner, the fillet comes last."""
    a, b, t, r = (fields[name] for name in ("leg_a", "leg_b", "thickness", "fillet_radius"))
    sketch = session.add("Sketcher::SketchObject", "Profile", parent=body)
    session.place(sketch, rotation=sketches.XZ_PLANE)
    outer = [(0.0, b), (0.0, 0.0), (a, 0.0), (a, t)]
    sketch.addGeometry(
        [
            *(sketches.line(start, end) for start, end in pairwise(outer)),
            sketches.line((a, t), (t + r, t)),
            sketches.line((t, t + r), (t, b)),
            sketches.line((t, b), (0.0, b)),
        ]
    )
    dimensions = {
        "LegA": (Sketcher.Constraint("DistanceX", 1, sketches.START, 1, sketches.END, a), "leg_a"),
        "ThicknessA": (Sketcher.Constraint("DistanceY", 2, sketches.START, 2, sketches.END, t), "thickness"),
        "LegB": (Sketcher.Constraint("DistanceY", 0, sketches.END, 0, sketches.START, b), "leg_b"),
        "ThicknessB": (Sketcher.Constraint("DistanceX", 5, sketches.END, 5, sketches.START, t), "thickness"),
    }
    inner = [Sketcher.Constraint("Coincident", 3, sketches.END, 4, sketches.START)]
    if r:
        sketch.addGeometry(sketches.arc((t + r, t + r), r, math.pi, 1.5 * math.pi))
        inner = [
            Sketcher.Constraint("Tangent", 3, sketches.END, 6, sketches.END),
            Sketcher.Constraint("Tangent", 6, sketches.START, 4, sketches.START),
        ]
        dimensions["FilletRadius"] = (Sketcher.Constraint("Radius", 6, r), "fillet_radius")
    sketches.add_driven(session, sketch, dimensions, [*_frame(), *inner])
    return sketch


def _frame() -> list[Any]:
    """What holds the six straight edges together, but for the inner corner."""
    joints = [(0, 1), (1, 2), (2, 3), (4, 5), (5, 0)]
    return [
        *(
            Sketcher.Constraint("Coincident", one, sketches.END, other, sketches.START)
            for one, other in joints
        ),
        *(Sketcher.Constraint("Horizontal", index) for index in (1, 3, 5)),
        *(Sketcher.Constraint("Vertical", index) for index in (0, 2, 4)),
        Sketcher.Constraint("Coincident", 1, sketches.START, *sketches.ORIGIN),
    ]

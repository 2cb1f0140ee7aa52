"""An angle bracket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import Sketcher

from atolye.kernel.build.elements import sketches
from atolye.kernel.build.elements.bodies import add_body
from atolye.kernel.build.elements.edges import all_of, edges_where, is_parallel_to, passes_through
from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """A body: Profile, Pad and, with a radius, Fillet; outer corner edge on the Y axis.

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
    if fields["fillet_radius"]:
        _add_fillet(session, body, pad, fields["thickness"])
    return body


def _add_profile(session: Session, body: Any, fields: Mapping[str, Any]) -> Any:
    a, b, t = fields["leg_a"], fields["leg_b"], fields["thickness"]
    sketch = session.add("Sketcher::SketchObject", "Profile", parent=body)
    session.place(sketch, rotation=sketches.XZ_PLANE)
    sketch.addGeometry(sketches.polygon([(0.0, 0.0), (a, 0.0), (a, t), (t, t), (t, b), (0.0, b)]))
    fixed = [
        *sketches.closed_chain(6),
        *(Sketcher.Constraint("Horizontal", index) for index in (0, 2, 4)),
        *(Sketcher.Constraint("Vertical", index) for index in (1, 3, 5)),
        Sketcher.Constraint("Coincident", 0, sketches.START, *sketches.ORIGIN),
    ]
    dimensions = {
        "LegA": Sketcher.Constraint("DistanceX", 0, sketches.START, 0, sketches.END, a),
        "ThicknessA": Sketcher.Constraint("DistanceY", 1, sketches.START, 1, sketches.END, t),
        "LegB": Sketcher.Constraint("DistanceY", 5, sketches.END, 5, sketches.START, b),
        "ThicknessB": Sketcher.Constraint("DistanceX", 4, sketches.END, 4, sketches.START, t),
    }
    paths = sketches.add_named(sketch, dimensions, fixed)
    for name, alias in zip(dimensions, ("leg_a", "thickness", "leg_b", "thickness"), strict=True):
        session.bind(sketch, paths[name], alias)
    sketches.require_full_constraint(sketch)
    return sketch


def _add_fillet(session: Session, body: Any, pad: Any, thickness_mm: float) -> None:
    session.recompute()
    inner = all_of(is_parallel_to(1), passes_through(thickness_mm, thickness_mm))
    edges = edges_where(pad, inner, count=1)
    fillet = session.add("PartDesign::Fillet", "Fillet", parent=body, Base=(pad, edges), Refine=False)
    session.bind(fillet, "Radius", "fillet_radius")

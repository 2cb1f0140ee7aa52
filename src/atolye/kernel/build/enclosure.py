"""A rectangular enclosure of even wall thickness, open at the top or closed all round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atolye.kernel.build.elements.cutters import OVERHANG
from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """Outside − Cavity; corner at the origin.

    Args:
        fields: ``length``, ``width``, ``height`` (outside), ``wall_thickness`` in mm; ``open_top``: without
            a lid. A closed cavity is an inner shell of the solid.
    """
    session.parameters(
        {name: (fields[name], "mm") for name in ("length", "width", "height", "wall_thickness")}
    )
    outside = session.add("Part::Box", "Outside")
    session.bind(outside, "Length", "length")
    session.bind(outside, "Width", "width")
    session.bind(outside, "Height", "height")
    cavity = session.add("Part::Box", "Cavity")
    session.bind(cavity, "Length", "length - 2 * wall_thickness")
    session.bind(cavity, "Width", "width - 2 * wall_thickness")
    depth = f"height - wall_thickness + {OVERHANG}" if fields["open_top"] else "height - 2 * wall_thickness"
    session.bind(cavity, "Height", depth)
    for axis in "xyz":
        session.bind(cavity, f"Placement.Base.{axis}", "wall_thickness")
    return session.add("Part::Cut", "Cut", Base=outside, Tool=cavity, Refine=False)

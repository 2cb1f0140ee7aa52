"""A rectangular block with a round hole through its middle, along Z."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atolye.kernel.build.elements.cutters import OVERHANG
from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """Block − Hole; corner at the origin.

    Args:
        fields: ``length``, ``width``, ``height``, ``hole_diameter`` in mm.
    """
    session.parameters(
        {name: (fields[name], "mm") for name in ("length", "width", "height", "hole_diameter")}
    )
    block = session.add("Part::Box", "Block")
    session.bind(block, "Length", "length")
    session.bind(block, "Width", "width")
    session.bind(block, "Height", "height")
    hole = session.add("Part::Cylinder", "Hole")
    session.bind(hole, "Radius", "hole_diameter / 2")
    session.bind(hole, "Height", f"height + 2 * {OVERHANG}")
    session.bind(hole, "Placement.Base.x", "length / 2")
    session.bind(hole, "Placement.Base.y", "width / 2")
    session.bind(hole, "Placement.Base.z", f"-{OVERHANG}")
    return session.add("Part::Cut", "Cut", Base=block, Tool=hole, Refine=False)

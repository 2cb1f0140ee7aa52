"""A round tube."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atolye.kernel.build.elements.cutters import OVERHANG
from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """Outside − Inside along +Z from the origin.

    Args:
        fields: ``outer_diameter``, ``inner_diameter``, ``length`` in mm.
    """
    session.parameters(
        {name: (fields[name], "mm") for name in ("outer_diameter", "inner_diameter", "length")}
    )
    outside = session.add("Part::Cylinder", "Outside")
    session.bind(outside, "Radius", "outer_diameter / 2")
    session.bind(outside, "Height", "length")
    inside = session.add("Part::Cylinder", "Inside")
    session.bind(inside, "Radius", "inner_diameter / 2")
    session.bind(inside, "Height", f"length + 2 * {OVERHANG}")
    session.bind(inside, "Placement.Base.z", f"-{OVERHANG}")
    return session.add("Part::Cut", "Cut", Base=outside, Tool=inside, Refine=False)

"""A cone or a frustum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """One cone along +Z from the origin; a frustum when the top has a diameter.

    Args:
        fields: ``base_diameter``, ``top_diameter`` (0 for a point), ``height`` in mm. Equal diameters make a
            cylinder.
    """
    session.parameters({name: (fields[name], "mm") for name in ("base_diameter", "top_diameter", "height")})
    cone = session.add("Part::Cone", "Cone")
    session.bind(cone, "Radius1", "base_diameter / 2")
    session.bind(cone, "Radius2", "top_diameter / 2")
    session.bind(cone, "Height", "height")
    return cone

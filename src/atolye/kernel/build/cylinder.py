"""A round bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """One cylinder along +Z from the origin.

    Args:
        fields: ``diameter``, ``length`` in mm.
    """
    session.parameters({name: (fields[name], "mm") for name in ("diameter", "length")})
    cylinder = session.add("Part::Cylinder", "Cylinder")
    session.bind(cylinder, "Radius", "diameter / 2")
    session.bind(cylinder, "Height", "length")
    return cylinder

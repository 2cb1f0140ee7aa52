"""A ball."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """One exact sphere about the origin.

    Args:
        fields: ``diameter`` in mm.
    """
    session.parameters({"diameter": (fields["diameter"], "mm")})
    sphere = session.add("Part::Sphere", "Sphere")
    session.bind(sphere, "Radius", "diameter / 2")
    return sphere

"""A rectangular block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """One box with its corner at the origin.

    Args:
        fields: ``length``, ``width``, ``height`` in mm.
    """
    session.parameters({name: (fields[name], "mm") for name in ("length", "width", "height")})
    block = session.add("Part::Box", "Block")
    session.bind(block, "Length", "length")
    session.bind(block, "Width", "width")
    session.bind(block, "Height", "height")
    return block

"""Part Design bodies: a chain of features, each standing on the one before."""

from __future__ import annotations

from typing import Any

from atolye.kernel.session import Session


def add_body(session: Session, name: str = "Body", *, several_solids: bool = False) -> Any:
    """An empty body at the origin.

    Args:
        several_solids: whether its shape may fall into separate solids; a part that does so by accident
            then fails in the recompute instead of being delivered in pieces.
    """
    return session.add("PartDesign::Body", name, AllowCompound=several_solids)


def origin_axis(body: Any, letter: str) -> Any:
    """The body's own axis ``X``, ``Y`` or ``Z``, as a reference for patterns and revolutions."""
    role = f"{letter}_Axis"
    return next(feature for feature in body.Origin.OriginFeatures if feature.Role == role)

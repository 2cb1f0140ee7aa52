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


def add_feature(session: Session, body: Any, type_id: str, name: str, **properties: Any) -> Any:
    """The next feature of the body; the one before it becomes invisible."""
    before = body.Tip
    feature = session.add(type_id, name, parent=body, **properties)
    if before is not None:
        before.Visibility = False
    return feature


def origin_axis(body: Any, letter: str) -> Any:
    """The body's own axis ``X``, ``Y`` or ``Z``, as a reference for patterns and revolutions."""
    role = f"{letter}_Axis"
    return next(feature for feature in body.Origin.OriginFeatures if feature.Role == role)

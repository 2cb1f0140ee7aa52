"""A round flange with a bore and holes on a bolt circle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atolye.kernel.build.elements.bodies import add_body
from atolye.kernel.build.elements.holes import add_hole, polar_pattern
from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """A body: Disc, Bore, BoltHole and its polar pattern; axis +Z from the origin, first hole on +X.

    Args:
        fields: ``outer_diameter``, ``thickness``, ``bore_diameter``, ``bolt_circle_diameter``,
            ``bolt_hole_diameter`` in mm, ``bolt_count``.
    """
    names = ("outer_diameter", "thickness", "bore_diameter", "bolt_circle_diameter", "bolt_hole_diameter")
    session.parameters(
        {**{name: (fields[name], "mm") for name in names}, "bolt_count": (fields["bolt_count"], "")}
    )
    body = add_body(session)
    disc = session.add("PartDesign::AdditiveCylinder", "Disc", parent=body)
    session.bind(disc, "Radius", "outer_diameter / 2")
    session.bind(disc, "Height", "thickness")
    add_hole(session, body, "Bore", diameter="bore_diameter", depth="thickness")
    hole = add_hole(
        session,
        body,
        "BoltHole",
        diameter="bolt_hole_diameter",
        depth="thickness",
        x="bolt_circle_diameter / 2",
    )
    polar_pattern(session, body, "BoltHoles", hole, count="bolt_count")
    return body

"""Hexagonal prisms of bolts and nuts."""

from __future__ import annotations

from typing import Any

from atolye.kernel.session import Session


def add_hexagon(session: Session, name: str, *, across_flats: str, height: str) -> Any:
    """A regular hexagonal prism on z = 0 along +Z, two of its flats perpendicular to X.

    Args:
        across_flats, height: expressions.
    """
    prism = session.add("Part::Prism", name, Polygon=6)
    session.place(prism, rotation=((0.0, 0.0, 1.0), 30.0))  # FreeCAD puts a corner on +X
    session.bind(prism, "Circumradius", f"{across_flats} / (2 * cos(30 deg))")
    session.bind(prism, "Height", height)
    return prism

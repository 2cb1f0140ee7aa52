"""A hexagon head screw threaded to the head (DIN 933, ISO 4017), its thread as a plain cylinder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atolye.kernel.build.elements.facts import state_facts
from atolye.kernel.build.elements.hexagon import add_hexagon
from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """Head + Shank; the head's bearing face at z = 0, the shank below it.

    Args:
        fields: ``diameter`` (major), ``length``, ``head_height``, ``across_flats`` in mm drive the
            model; ``designation`` and ``pitch`` are facts of it.
    """
    names = ("diameter", "length", "head_height", "across_flats")
    session.parameters({name: (fields[name], "mm") for name in names})
    head = add_hexagon(session, "Head", across_flats="across_flats", height="head_height")
    shank = session.add("Part::Cylinder", "Shank")
    session.bind(shank, "Radius", "diameter / 2")
    session.bind(shank, "Height", "length")
    session.bind(shank, "Placement.Base.z", "-length")
    screw = session.add("Part::Fuse", "Screw", Base=head, Tool=shank, Refine=False)
    state_facts(screw, "Standard", Designation=fields["designation"], PitchMm=float(fields["pitch"]))
    return screw

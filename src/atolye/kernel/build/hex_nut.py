"""A hexagon nut (DIN 934, ISO 4032), its thread as a plain bore of the major diameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atolye.kernel.build.elements.cutters import OVERHANG
from atolye.kernel.build.elements.facts import state_facts
from atolye.kernel.build.elements.hexagon import add_hexagon
from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """Hexagon − Bore, on z = 0 along +Z.

    Args:
        fields: ``diameter`` (bore), ``height``, ``across_flats`` in mm drive the model;
            ``designation`` and ``pitch`` are facts of it.
    """
    names = ("diameter", "height", "across_flats")
    session.parameters({name: (fields[name], "mm") for name in names})
    hexagon = add_hexagon(session, "Hexagon", across_flats="across_flats", height="height")
    bore = session.add("Part::Cylinder", "Bore")
    session.bind(bore, "Radius", "diameter / 2")
    session.bind(bore, "Height", f"height + 2 * {OVERHANG}")
    session.bind(bore, "Placement.Base.z", f"-{OVERHANG}")
    nut = session.add("Part::Cut", "Nut", Base=hexagon, Tool=bore, Refine=False)
    state_facts(nut, "Standard", Designation=fields["designation"], PitchMm=float(fields["pitch"]))
    return nut

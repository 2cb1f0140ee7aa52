"""A spur gear with involute teeth, as a rack of ISO 53 profile A generates them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import FreeCAD as App

from atolye.kernel.build.elements.facts import state_facts
from atolye.kernel.build.gearing.profile import profile_wire
from atolye.kernel.build.gearing.teeth import Tooth, ToothError
from atolye.kernel.errors import KernelError
from atolye.kernel.session import Session


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """UnitProfile, scaled by the module, extruded round a bore; axis +Z from z = 0, a tooth on +X.

    Module, face width and bore drive the model. An expression cannot make an involute, so the number of
    teeth, the pressure angle and the profile shift are facts of UnitProfile.

    Args:
        fields: ``module``, ``face_width``, ``bore_diameter`` (0 = none) in mm, ``teeth``,
            ``pressure_angle_deg``, ``profile_shift`` (coefficient x).

    Raises:
        KernelError: a code ``GEAR_…``: there is no such tooth, or no rim round the bore.
    """
    tooth = Tooth(fields["teeth"], math.radians(fields["pressure_angle_deg"]), fields["profile_shift"])
    _require(tooth, fields)
    names = ["module", "face_width", *(["bore_diameter"] if fields["bore_diameter"] else [])]
    session.parameters({name: (fields[name], "mm") for name in names})
    section = _add_profile(session, tooth, fields)
    if fields["bore_diameter"]:
        bore = session.add("Part::Circle", "Bore")
        session.bind(bore, "Radius", "bore_diameter / 2")
        section = session.add("Part::Compound", "Section", Links=[section, bore])
    gear = session.add(
        "Part::Extrusion", "Gear", Base=section, DirMode="Custom", Dir=App.Vector(0, 0, 1), Solid=True
    )
    gear.FaceMakerClass = "Part::FaceMakerBullseye"  # the bore as a hole in the face; a cut takes far longer
    session.bind(gear, "LengthFwd", "face_width")
    return gear


def _require(tooth: Tooth, fields: Mapping[str, Any]) -> None:
    try:
        tooth.require()
    except ToothError as error:
        raise KernelError(error.code, "model", str(error), **error.values) from error
    root_mm = 2 * tooth.root_radius * fields["module"]
    if fields["bore_diameter"] >= root_mm:
        raise KernelError(
            "GEAR_BORE_TOO_LARGE",
            "model",
            f"a bore of {fields['bore_diameter']} mm leaves no rim inside a root circle of {root_mm} mm",
            field="bore_diameter",
            bore_diameter=fields["bore_diameter"],
            root_diameter=root_mm,
        )


def _add_profile(session: Session, tooth: Tooth, fields: Mapping[str, Any]) -> Any:
    unit = session.add("Part::Feature", "UnitProfile", Shape=profile_wire(tooth))
    state_facts(
        unit,
        "Gear",
        Teeth=fields["teeth"],
        PressureAngleDeg=float(fields["pressure_angle_deg"]),
        ProfileShift=float(fields["profile_shift"]),
    )
    profile = session.add("Part::Scale", "Profile", Base=unit, Uniform=True)
    session.bind(profile, "UniformScale", "module / 1 mm")
    return profile

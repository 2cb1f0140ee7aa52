"""A deep groove ball bearing (DIN 625): two rings with toroidal raceways and the balls, without a cage."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import FreeCAD as App
import Sketcher

from atolye.kernel.build.elements import sketches
from atolye.kernel.build.elements.bodies import add_body
from atolye.kernel.build.elements.facts import state_facts
from atolye.kernel.build.elements.holes import polar_pattern
from atolye.kernel.errors import KernelError
from atolye.kernel.session import Session

RADIAL_CLEARANCE_MM: Final = 0.012  # lies in group CN of ISO 5753-1 for every bore from 2.5 to 100 mm
"""Play of the balls between the raceways, measured across the diameter."""

_LENGTHS: Final = (
    "bore",
    "outer_diameter",
    "width",
    "ball_diameter",
    "pitch_diameter",
    "inner_shoulder_diameter",
    "outer_shoulder_diameter",
    "groove_radius",
)


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """A compound of InnerRing, OuterRing and Balls; axis +Z, mid-plane at z = 0, first ball on +X.

    The raceways' centres stand off the pitch circle so that the balls have the play of a real bearing.

    Args:
        fields: ``bore``, ``outer_diameter``, ``width``, ``ball_diameter``, ``pitch_diameter``,
            ``inner_shoulder_diameter``, ``outer_shoulder_diameter``, ``groove_radius`` in mm,
            ``ball_count``; ``designation`` is a fact of the compound.

    Raises:
        KernelError: ``BEARING_GEOMETRY_INVALID`` when balls and rings do not fit each other.
    """
    _require_fit(fields)
    session.parameters(
        {
            **{name: (fields[name], "mm") for name in _LENGTHS},
            "radial_clearance": (RADIAL_CLEARANCE_MM, "mm"),
            "ball_count": (float(fields["ball_count"]), ""),
        }
    )
    inner, outer = _rings(fields)
    parts = [_add_ring(session, fields, inner), _add_ring(session, fields, outer), _add_balls(session)]
    bearing = session.add("Part::Compound", "Bearing", Links=parts)
    state_facts(bearing, "Standard", Designation=fields["designation"])
    return bearing


@dataclass(frozen=True)
class _Ring:
    """Radii of a ring's section in mm, each with its expression: rim, shoulder, centre of the groove."""

    name: str
    rim: tuple[float, str]
    shoulder: tuple[float, str]
    groove: tuple[float, str]


def _rings(fields: Mapping[str, Any]) -> tuple[_Ring, _Ring]:
    offset_mm = _offset_mm(fields)
    offset = "(groove_radius - ball_diameter / 2 - radial_clearance / 4)"
    pitch_mm = fields["pitch_diameter"] / 2
    return (
        _Ring(
            "InnerRing",
            (fields["bore"] / 2, "bore / 2"),
            (fields["inner_shoulder_diameter"] / 2, "inner_shoulder_diameter / 2"),
            (pitch_mm + offset_mm, f"pitch_diameter / 2 + {offset}"),
        ),
        _Ring(
            "OuterRing",
            (fields["outer_diameter"] / 2, "outer_diameter / 2"),
            (fields["outer_shoulder_diameter"] / 2, "outer_shoulder_diameter / 2"),
            (pitch_mm - offset_mm, f"pitch_diameter / 2 - {offset}"),
        ),
    )


def _offset_mm(fields: Mapping[str, Any]) -> float:
    """From the pitch circle to a groove's centre, away from that groove.

    A quarter of the clearance lies between ball and groove on each of the four sides of a diameter.
    """
    return float(fields["groove_radius"] - fields["ball_diameter"] / 2 - RADIAL_CLEARANCE_MM / 4)


def _require_fit(fields: Mapping[str, Any]) -> None:
    """Check that the grooves embrace the balls, stay inside the rings, and that no two balls touch.

    Raises:
        KernelError: ``BEARING_GEOMETRY_INVALID`` naming the condition.
    """
    groove, ball = fields["groove_radius"], fields["ball_diameter"]
    spacing = fields["pitch_diameter"] * math.sin(math.pi / fields["ball_count"])
    inner, outer = _rings(fields)
    conditions = {
        "groove_radius": _offset_mm(fields) >= 0,
        "ball_count": fields["ball_count"] >= 2 and spacing > ball,
        "inner_shoulder_diameter": inner.rim[0]
        < inner.groove[0] - groove
        < inner.shoulder[0]
        < inner.groove[0],
        "outer_shoulder_diameter": outer.groove[0]
        < outer.shoulder[0]
        < outer.groove[0] + groove
        < outer.rim[0],
        "width": all(_half_groove_mm(ring, groove) < fields["width"] / 2 for ring in (inner, outer)),
    }
    for field, holds in conditions.items():
        if not holds:
            raise KernelError(
                "BEARING_GEOMETRY_INVALID", "model", f"{field} does not fit the bearing", field=field
            )


def _half_groove_mm(ring: _Ring, groove_radius_mm: float) -> float:
    """Half of the groove's width at the shoulder."""
    return math.sqrt(max(groove_radius_mm**2 - (ring.groove[0] - ring.shoulder[0]) ** 2, 0.0))


def _add_ring(session: Session, fields: Mapping[str, Any], ring: _Ring) -> Any:
    sketch = session.add("Sketcher::SketchObject", f"{ring.name}Profile")
    session.place(sketch, rotation=sketches.XZ_PLANE)
    sketch.addGeometry(_section(ring, fields["width"] / 2, fields["groove_radius"]))
    fixed = [
        *sketches.closed_chain(6),
        *(Sketcher.Constraint("Vertical", index) for index in (2, 4)),
        *(Sketcher.Constraint("Horizontal", index) for index in (1, 5)),
        Sketcher.Constraint("PointOnObject", 3, sketches.CENTRE, sketches.X_AXIS),
        Sketcher.Constraint("Symmetric", 0, sketches.START, 0, sketches.END, sketches.X_AXIS),
        Sketcher.Constraint("Equal", 2, 4),
    ]
    sketches.add_driven(session, sketch, _dimensions(ring, fields), fixed)
    return session.add(
        "Part::Revolution", ring.name, Source=sketch, Axis=App.Vector(0, 0, 1), Angle=360, Solid=True
    )


def _section(ring: _Ring, half_width: float, groove_radius: float) -> list[Any]:
    """Rim, face, shoulder, groove, shoulder, face: sketch x is the radius, sketch y is Z."""
    rim, shoulder, centre = ring.rim[0], ring.shoulder[0], ring.groove[0]
    half_groove = _half_groove_mm(ring, groove_radius)
    angle = math.atan2(half_groove, shoulder - centre)
    start, end = (angle, 2 * math.pi - angle) if shoulder < centre else (-angle, angle)
    bottom, top = (half_groove, -half_groove) if shoulder < centre else (-half_groove, half_groove)
    first, last = (half_width, -half_width) if shoulder < centre else (-half_width, half_width)
    return [
        sketches.line((rim, last), (rim, first)),
        sketches.line((rim, first), (shoulder, first)),
        sketches.line((shoulder, first), (shoulder, bottom)),
        sketches.arc((centre, 0.0), groove_radius, start, end),
        sketches.line((shoulder, top), (shoulder, last)),
        sketches.line((shoulder, last), (rim, last)),
    ]


def _dimensions(ring: _Ring, fields: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    def distance(curve: int, point: int, value: float) -> Any:
        return Sketcher.Constraint("DistanceX", *sketches.ORIGIN, curve, point, value)

    # the rim's line runs upwards on one ring and downwards on the other; a distance must be positive
    upwards = ring.shoulder[0] < ring.groove[0]
    lower, upper = (sketches.START, sketches.END) if upwards else (sketches.END, sketches.START)
    return {
        "Rim": (distance(0, sketches.START, ring.rim[0]), ring.rim[1]),
        "Shoulder": (distance(2, sketches.START, ring.shoulder[0]), ring.shoulder[1]),
        "Groove": (distance(3, sketches.CENTRE, ring.groove[0]), ring.groove[1]),
        "GrooveRadius": (Sketcher.Constraint("Radius", 3, fields["groove_radius"]), "groove_radius"),
        "Width": (Sketcher.Constraint("DistanceY", 0, lower, 0, upper, fields["width"]), "width"),
    }


def _add_balls(session: Session) -> Any:
    body = add_body(session, "Balls", several_solids=True)
    ball = session.add("PartDesign::AdditiveSphere", "Ball", parent=body)
    session.bind(ball, "Radius", "ball_diameter / 2")
    session.bind(ball, "Placement.Base.x", "pitch_diameter / 2")
    polar_pattern(session, body, "BallCircle", ball, count="ball_count")
    return body

"""Inner corners that an end mill along Z cannot cut, and holes too deep to drill."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from atolye.kernel.check.faces import Face, Floats, Samples, Solids, array, unit
from atolye.kernel.check.findings import Finding, finding

RADIUS_CODE: Final = "INTERNAL_RADIUS_TOO_SMALL"
DEPTH_CODE: Final = "HOLE_TOO_DEEP"

TOOL_AXIS: Final = np.array((0.0, 0.0, 1.0))

UPRIGHT: Final = math.sin(math.radians(0.5))
"""Sine of the lean up to which a face counts as cut by the side of the tool."""

MIN_BEND: Final = math.sin(math.radians(10.0))
"""Sine of the bend from which on two sides make an inner corner; flatter ones the tool leaves round."""

CURVE_SAMPLES: Final = 129

RADIUS_TOLERANCE: Final = 1e-6
FULL_TURN: Final = 2 * math.pi - 1e-3


class Corner(NamedTuple):
    """An inner corner: its radius (mm, 0 when sharp), where, and on which faces."""

    radius: float
    point: Floats
    faces: list[str]


class Hole(NamedTuple):
    """A round hole, bore by bore: axis, radius and where it begins and ends along the axis (mm)."""

    faces: list[Face]
    radius: float
    low: float
    high: float
    turn: float


def check(solids: Solids, min_radius_mm: float) -> tuple[list[Finding], float | None]:
    """Finds the inner corners along Z that are tighter than the tool.

    Whole round holes are left out: they are drilled.

    Returns:
        the findings, and the smallest inner radius in mm (``None`` without inner corners).
    """
    corners = [*_sharp(solids), *_rounded(solids)]
    findings = [
        finding(
            RADIUS_CODE,
            "error",
            corner.point,
            corner.faces,
            measured=corner.radius,
            required=min_radius_mm,
            unit="mm",
        )
        for corner in corners
        if corner.radius < min_radius_mm * (1 - RADIUS_TOLERANCE)
    ]
    return findings, min((corner.radius for corner in corners), default=None)


def check_depth(solids: Solids, max_ratio: float) -> tuple[list[Finding], float | None]:
    """Finds round holes deeper than ``max_ratio`` times their diameter, and the largest such ratio."""
    findings, deepest = [], None
    for hole in holes(solids):
        ratio = (hole.high - hole.low) / (2 * hole.radius)
        deepest = ratio if deepest is None else max(deepest, ratio)
        if ratio <= max_ratio * (1 + RADIUS_TOLERANCE):
            continue
        face = hole.faces[0]
        foot = face.centre - face.axis * float(np.dot(face.centre, face.axis))
        place = foot + face.axis * (hole.low + hole.high) / 2
        names = [part.name for part in hole.faces[:2]]
        findings.append(
            finding(DEPTH_CODE, "warning", place, names, measured=ratio, required=max_ratio, unit="1")
        )
    return findings, deepest


def holes(solids: Solids) -> list[Hole]:
    """The round holes that go all the way round, whether their wall is one face or several."""
    groups: dict[tuple[Any, ...], list[Face]] = {}
    for face in solids.faces:
        if face.kind == "cylinder" and face.concave:
            groups.setdefault(_bore_key(face), []).append(face)
    return [hole for faces in groups.values() for hole in _merged(faces) if hole.turn >= FULL_TURN]


def _merged(faces: list[Face]) -> Iterator[Hole]:
    """Faces on one bore as holes: those whose lengths overlap or touch belong together."""
    spans = sorted(((*_extent(face), face) for face in faces), key=lambda span: (span[0], span[2].index))
    group: list[Face] = []
    low = high = 0.0
    for start, end, face in spans:
        if group and start > high + 1e-6:
            yield _hole(group, low, high)
            group = []
        if not group:
            low, high = start, end
        group.append(face)
        high = max(high, end)
    yield _hole(group, low, high)


def _hole(faces: list[Face], low: float, high: float) -> Hole:
    """The hole, with the least turn by which its wall goes round averaged over its length."""
    covered = sum(_turn(face) * (end - start) for face in faces for start, end in [_extent(face)])
    turn = covered / (high - low) if high > low else 0.0
    return Hole(faces, float(faces[0].surface.Radius), low, high, turn)


def _turn(face: Face) -> float:
    return face.range[1] - face.range[0]


def _extent(face: Face) -> tuple[float, float]:
    """Where a cylinder reaches along its own axis, measured from the point nearest to the origin."""
    along = face.axis if _leads(face.axis) else -face.axis
    ends = sorted(float(np.dot(face.centre + face.axis * v, along)) for v in face.range[2:])
    return ends[0], ends[1]


def _leads(axis: Floats) -> bool:
    """Whether an axis points the way that stands for both of its senses."""
    return tuple(np.round(axis, 6)) > tuple(np.round(-axis, 6))


def _bore_key(face: Face) -> tuple[Any, ...]:
    axis = face.axis if _leads(face.axis) else -face.axis
    foot = face.centre - axis * float(np.dot(face.centre, axis))
    rounded = [round(float(x), 5) + 0.0 for x in (*axis, *foot, face.surface.Radius)]
    return (face.solid, *rounded)


def _sharp(solids: Solids) -> Iterator[Corner]:
    """Straight edges along Z in which two upright faces meet from inside."""
    for first, edge, second, twin in solids.meetings():
        if edge.Curve.TypeId != "Part::GeomLine":
            continue
        middle = (edge.FirstParameter + edge.LastParameter) / 2
        if abs(float(np.dot(unit(array(edge.tangentAt(middle))), TOOL_AXIS))) < 1 - 1e-6:
            continue
        one = first.tangents(edge, middle)
        if not (_upright(one.normal) and _upright(second.tangents(twin, middle).normal)):
            continue
        if float(np.dot(second.tangents(twin, middle).into, one.normal)) > MIN_BEND:
            faces = sorted((first, second), key=lambda face: face.index)
            yield Corner(0.0, array(edge.valueAt(middle)), [face.name for face in faces])


def _rounded(solids: Solids) -> Iterator[Corner]:
    """Hollow upright faces that are not whole holes."""
    drilled = {face.index for hole in holes(solids) for face in hole.faces}
    for face in solids.faces:
        if face.index in drilled or face.kind in ("plane", "sphere", "torus", "cone"):
            continue
        if face.kind == "cylinder":
            if face.concave and abs(float(np.dot(face.axis, TOOL_AXIS))) > 1 - 1e-6:
                yield Corner(float(face.surface.Radius), _middle(face), [face.name])
        elif (tightest := _tightest(face)) is not None:
            yield tightest


def _middle(face: Face) -> Floats:
    u_min, u_max, v_min, v_max = face.range
    return array(face.shape.valueAt((u_min + u_max) / 2, (v_min + v_max) / 2))


def _tightest(face: Face) -> Corner | None:
    """The smallest hollow radius of an upright freeform face."""
    samples = _along_curve(face) if face.kind == "extrusion" and face.fills_range else face.samples(256)
    if not all(_upright(normal) for normal in samples.normals):
        return None
    bends = np.array([_hollow(face, u, v) for u, v in samples.uv.tolist()])
    row = int(np.argmax(np.round(bends, 9)))
    return Corner(1.0 / bends[row], samples.points[row], [face.name]) if bends[row] > 1e-9 else None


def _along_curve(face: Face) -> Samples:
    """Samples of an extrusion along its curve, both ends among them: there a fillet is often tightest."""
    u_min, u_max, v_min, v_max = face.range
    u = np.linspace(u_min, u_max, CURVE_SAMPLES)
    return face.at(np.stack((u, np.full(len(u), (v_min + v_max) / 2)), axis=-1))


def _hollow(face: Face, u: float, v: float) -> float:
    """Largest curvature (1/mm) towards the air at a point; 0 where the face is flat or bulges."""
    surface = face.surface
    raw = array(surface.normal(u, v))
    sense = 1.0 if float(np.dot(raw, face.normal_at(u, v))) > 0.0 else -1.0
    return float(max(0.0, *(sense * surface.curvature(u, v, kind) for kind in ("Min", "Max"))))


def _upright(normal: Floats) -> bool:
    return abs(float(np.dot(normal, TOOL_AXIS))) < UPRIGHT

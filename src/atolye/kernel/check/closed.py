"""Chords between planes and cylinders in closed form: holes in plates, tubes, boxes, flanges."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from atolye.kernel.check.chords import MAX_TAPER_DEG, Chord
from atolye.kernel.check.faces import CONFUSION_MM, Face, Floats, unit

PARALLEL: Final = 1 - 1e-10
"""Cosine from which on two directions count as parallel (1e-5 rad)."""

OPPOSITE_TURN: Final = math.radians(180.0 - MAX_TAPER_DEG)
"""A round face that turns less has no two points that look away from each other."""

FULL_TURN: Final = 2 * math.pi - 1e-6


def lower_bound(first: Face, second: Face) -> float:
    """A distance below which two faces cannot have a wall between them, from their surfaces alone; mm."""
    kinds = {first.kind, second.kind}
    if first is second:
        return _own_bound(first)
    if kinds == {"plane"} and abs(float(np.dot(first.normal, second.normal))) > PARALLEL:
        return abs(_height(first, second))
    if kinds == {"cylinder"} and _parallel(first.axis, second.axis):
        between = float(np.linalg.norm(_between_axes(first, second)))
        one, two = first.surface.Radius, second.surface.Radius
        return float(max(0.0, between - one - two, abs(one - two) - between))
    return 0.0


def chord(first: Face, second: Face) -> Chord | None:
    """The chord between two faces where their shapes give it directly; else ``None``."""
    if first is second:
        return _across(first)
    if first.kind == "plane" and second.kind == "plane":
        return _between_planes(first, second)
    if first.kind == "cylinder" and second.kind == "cylinder":
        return _between_cylinders(first, second)
    if first.kind == "plane" and second.kind == "cylinder":
        return _between_plane_and_cylinder(first, second)
    if first.kind == "cylinder" and second.kind == "plane":
        return _between_plane_and_cylinder(second, first)
    return None


def _own_bound(face: Face) -> float:
    """The least distance between opposite points of one face."""
    if face.kind in ("cylinder", "sphere"):
        return math.inf if face.concave else 2 * float(face.surface.Radius)
    if face.kind == "torus":
        tube, ring = face.surface.MinorRadius, face.surface.MajorRadius
        return float(2 * (ring - tube)) if face.concave else float(2 * tube)
    return math.inf if face.kind == "plane" else 0.0


def _parallel(one: Floats, two: Floats) -> bool:
    return abs(float(np.dot(one, two))) > PARALLEL


def _height(plane: Face, other: Face) -> float:
    """Height of a parallel plane above ``plane``, along its outward normal."""
    return float(np.dot(other.segments[0][0, 0] - plane.segments[0][0, 0], plane.normal))


def _between_axes(first: Face, second: Face) -> Floats:
    """The way from one axis to a parallel one, square to both."""
    way = second.centre - first.centre
    return way - first.axis * float(np.dot(way, first.axis))


def _between_planes(first: Face, second: Face) -> Chord | None:
    """Parallel planes that overlap: their offset, near the middle of what they share."""
    if float(np.dot(first.normal, second.normal)) > -PARALLEL:
        return None
    samples = first.samples(144)
    opposite = samples.points + first.normal * _height(first, second)
    shared = np.flatnonzero(second.contains_uv(second.plane_uv(opposite)))
    if not len(shared):
        return None
    middle = samples.points[shared].mean(axis=0)
    row = shared[int(np.argmin(np.round(np.linalg.norm(samples.points[shared] - middle, axis=1), 6)))]
    return Chord(first, second, samples.points[row], opposite[row])


def _span(face: Face, along: Floats) -> tuple[float, float] | None:
    """Where an untrimmed cylinder all the way round reaches along a direction; ``None`` for any other."""
    u_min, u_max, v_min, v_max = face.range
    if u_max - u_min < FULL_TURN or not face.fills_range:
        return None
    low, high = (float(np.dot(face.centre + face.axis * v, along)) for v in (v_min, v_max))
    return min(low, high), max(low, high)


def _between_cylinders(first: Face, second: Face) -> Chord | None:
    """Two whole cylinders with parallel axes: a web between holes, or the wall of a (crooked) tube."""
    if not _parallel(first.axis, second.axis):
        return None
    spans = _span(first, first.axis), _span(second, first.axis)
    if spans[0] is None or spans[1] is None:
        return None
    low, high = max(spans[0][0], spans[1][0]), min(spans[0][1], spans[1][1])
    if high - low < CONFUSION_MM:
        return None
    way = _between_axes(first, second)
    apart = float(np.linalg.norm(way))
    towards = way / apart if apart > CONFUSION_MM else _square_to(first.axis)
    level = first.axis * ((low + high) / 2 - float(np.dot(first.centre, first.axis)))
    one, two = first.surface.Radius, second.surface.Radius
    if first.concave and second.concave:
        if apart <= one + two:
            return None
        start, end = towards * one, way - towards * two
    elif one > two and second.concave and not first.concave:
        start, end = towards * one, way + towards * two
    elif two > one and first.concave and not second.concave:
        start, end = -towards * one, way - towards * two
    else:
        return None
    base = first.centre + level
    return Chord(first, second, base + start, base + end)


def _between_plane_and_cylinder(plane: Face, cylinder: Face) -> Chord | None:
    """A hole that runs along a plane side, or a round side opposite to a flat."""
    if abs(float(np.dot(plane.normal, cylinder.axis))) > 1e-5:
        return None
    span = _span(cylinder, cylinder.axis)
    if span is None or not cylinder.concave:
        return None
    middle = cylinder.centre + cylinder.axis * (sum(span) / 2 - float(np.dot(cylinder.centre, cylinder.axis)))
    end = middle + plane.normal * cylinder.surface.Radius
    height = float(np.dot(end - plane.segments[0][0, 0], plane.normal))
    start = end - plane.normal * height
    if height > -CONFUSION_MM or not plane.contains_uv(plane.plane_uv(start[None]))[0]:
        return None
    return Chord(plane, cylinder, start, end)


def _across(face: Face) -> Chord | None:
    """A pin's or a ball's diameter."""
    if face.kind not in ("cylinder", "sphere") or face.concave:
        return None
    u_min, u_max, v_min, v_max = face.range
    v = (v_min + v_max) / 2 if face.kind == "cylinder" else 0.0
    middle = (u_min + u_max) / 2
    uv = np.array(((middle - math.pi / 2, v), (middle + math.pi / 2, v)))
    if u_max - u_min < math.pi or not face.contains_uv(uv).all():
        return None
    ends = face.at(uv).points
    return Chord(face, face, ends[0], ends[1])


def _square_to(axis: Floats) -> Floats:
    """A direction square to an axis, always the same for the same axis."""
    base = np.eye(3)[int(np.argmin(np.round(np.abs(axis), 9)))]
    return unit(np.cross(axis, base))

"""Undersides of a printed part: which need support, and which can be bridged.

The part is printed as it stands, along +Z. A flat underside whose threads can be laid from one wall to
another is a bridge, and only its span counts; every other underside counts by its angle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from atolye.kernel.check.faces import Bools, Face, Floats, Rows, Solids, unit
from atolye.kernel.check.findings import Finding, finding

OVERHANG_CODE: Final = "OVERHANG_NEEDS_SUPPORT"
BRIDGE_CODE: Final = "BRIDGE_TOO_LONG"

UP: Final = np.array((0.0, 0.0, 1.0))
BED_MM: Final = 1e-3
"""Faces this close to the lowest point lie on the bed."""

ANGLE_TOLERANCE_DEG: Final = 0.01
FLAT: Final = math.cos(math.radians(1.0))
STEEP: Final = math.sin(math.radians(30.0))
"""A wall that goes down from a ceiling's edge at least this steeply carries threads laid on it."""


def check(
    solids: Solids, max_overhang_deg: float | None, max_bridge_mm: float | None
) -> tuple[list[Finding], dict[str, float]]:
    """Finds undersides that lean out from the vertical too far, and bridges that span too much.

    Returns:
        the warnings, and ``max_overhang_deg`` and ``max_bridge_mm`` as measured, where there are any.
    """
    findings: list[Finding] = []
    measured: dict[str, float] = {}
    for face in solids.faces:
        span = bridge_span(face, solids) if max_bridge_mm is not None else None
        if span is not None and max_bridge_mm is not None:
            measured["max_bridge_mm"] = max(span, measured.get("max_bridge_mm", 0.0))
            findings += _bridge(face, span, max_bridge_mm)
        elif max_overhang_deg is not None:
            worst = _steepest(face, solids, max_overhang_deg)
            if worst is not None:
                measured["max_overhang_deg"] = max(worst[0], measured.get("max_overhang_deg", 0.0))
                findings += _overhang(face, *worst, max_overhang_deg)
    return findings, measured


def _bridge(face: Face, span: float, allowed: float) -> Iterator[Finding]:
    if span > allowed * (1 + 1e-6):
        yield finding(
            BRIDGE_CODE, "warning", _middle(face), [face.name], measured=span, required=allowed, unit="mm"
        )


def _overhang(face: Face, angle: float, point: Floats, allowed: float) -> Iterator[Finding]:
    if angle > allowed + ANGLE_TOLERANCE_DEG:
        yield finding(
            OVERHANG_CODE, "warning", point, [face.name], measured=angle, required=allowed, unit="deg"
        )


def _steepest(face: Face, solids: Solids, allowed: float) -> tuple[float, Floats] | None:
    """The largest angle from the vertical of a face's undersides off the bed (degrees), and the place."""
    even = face.leans_evenly(UP)
    if even and face.normal[2] > -1e-9:
        return None
    samples = face.samples(64 if even else 400)
    heights = samples.points[:, 2] - solids.low[2]
    off_bed = (heights > BED_MM) & (samples.normals[:, 2] < 0.0)
    if not off_bed.any():
        return None
    angles = np.degrees(np.arcsin(np.clip(-samples.normals[:, 2], 0.0, 1.0)))
    bad: Bools = off_bed & (angles > allowed + ANGLE_TOLERANCE_DEG)
    rows = np.flatnonzero(bad if bad.any() else off_bed)
    return _largest(face, rows, angles, samples.points, samples.uv)


def _largest(face: Face, rows: Rows, angles: Floats, points: Floats, uv: Floats) -> tuple[float, Floats]:
    """The largest angle among some samples, made exact by looking closer about the sample it is at."""
    best = rows[int(np.argmax(np.round(angles[rows], 6)))]
    angle, place = float(angles[best]), points[best]
    if face.leans_evenly(UP):
        middle = np.linalg.norm(points[rows] - points[rows].mean(axis=0), axis=1)
        return angle, points[rows[int(np.argmin(np.round(middle, 6)))]]
    low, high = face.uv_box
    reach = (high - low) / face.grid_shape(400)
    centre = uv[best]
    for _ in range(4):
        grid = np.stack(np.meshgrid(*([np.linspace(-1, 1, 5)] * 2), indexing="ij"), axis=-1).reshape(-1, 2)
        near = np.clip(centre + grid * reach, low, high)
        near = near[face.contains_uv(near)]
        if not len(near):
            break
        samples = face.at(near)
        lean = np.degrees(np.arcsin(np.clip(-samples.normals[:, 2], 0.0, 1.0)))
        pick = int(np.argmax(np.round(lean, 6)))
        if lean[pick] > angle:
            angle, place, centre = float(lean[pick]), samples.points[pick], near[pick]
        reach = reach / 2
    return angle, place


def bridge_span(face: Face, solids: Solids) -> float | None:
    """The unsupported length of the threads that can be laid under a flat ceiling, mm.

    Threads all run in one direction; of the directions in which every thread ends on a wall at both ends, the
    one with the shortest longest thread counts. ``None`` when the face is no ceiling, lies on the bed, or
    has no such direction (a cantilever, or a ceiling with an opening): it needs support.
    """
    if face.kind != "plane" or face.normal[2] > -FLAT or face.box[0, 2] - solids.low[2] <= BED_MM:
        return None
    pieces, owners = face.segments
    carried = [_is_carried(face, place, solids) for place in range(len(face.edges))]
    borne = np.array([carried[owner] for owner in owners])
    flat = pieces[:, :, :2]
    spans = [_longest_thread(flat, borne, direction) for direction in _directions(flat)]
    return min((span for span in spans if span is not None), default=None)


def _is_carried(face: Face, place: int, solids: Solids) -> bool:
    """Whether a wall goes down from an edge of a ceiling."""
    met = solids.neighbour(face, place)
    if met is None:
        return False
    other, twin = met
    middle = (twin.FirstParameter + twin.LastParameter) / 2
    return float(other.tangents(twin, middle).into[2]) < -STEEP


def _directions(pieces: Floats) -> list[Floats]:
    """Directions worth trying: along and square to every side, each once."""
    found: list[Floats] = [np.array((1.0, 0.0)), np.array((0.0, 1.0))]
    for way in pieces[:, 1] - pieces[:, 0]:
        along = unit(way)
        for direction in (along, np.array((-along[1], along[0]))):
            if all(abs(float(np.dot(direction, known))) < 1 - 1e-4 for known in found):
                found.append(direction)
    return found


def _longest_thread(pieces: Floats, borne: Bools, direction: Floats) -> float | None:
    """The longest thread in one direction; ``None`` when one ends in the air."""
    across = np.array((-direction[1], direction[0]))
    levels, along = pieces @ across, pieces @ direction
    rows = np.unique(np.round(levels, 9))
    step = 1e-6 * max(float(rows[-1] - rows[0]), 1e-9)
    longest = 0.0
    for level in np.concatenate((rows[:-1] + step, rows[1:] - step)):
        hit = (levels[:, 0] > level) != (levels[:, 1] > level)
        share = (level - levels[hit, 0]) / (levels[hit, 1] - levels[hit, 0])
        places = along[hit, 0] + share * (along[hit, 1] - along[hit, 0])
        order = np.argsort(places)
        if not borne[hit][order].all():
            return None
        longest = max(longest, float((places[order][1::2] - places[order][0::2]).max(initial=0.0)))
    return longest


def _middle(face: Face) -> Floats:
    points = face.samples(64).points
    apart = np.linalg.norm(points - points.mean(axis=0), axis=1)
    return points[int(np.argmin(np.round(apart, 6)))]

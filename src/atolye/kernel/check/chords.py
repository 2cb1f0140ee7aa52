"""Chords through the material, and which of them are walls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import Part

from atolye.kernel.check.faces import (
    CONFUSION_MM,
    Face,
    Floats,
    Solids,
    Tangents,
    array,
    unit,
    vector,
)

OPPOSED: Final = 0.01
"""Cosine from which on two normals count as looking away from each other at all."""

MAX_TAPER_DEG: Final = 36.0
"""A wall's two sides may be this far from parallel. Teeth, ridges and threads are steeper: the two flanks of
a rack's tooth make 40° (ISO 53), those of a gear's tooth more, those of a thread 60° (ISO 68-1)."""

MAX_LEAN_DEG: Final = 45.0
"""How far the shortest line between the sides of a tapered wall may lean from their normals."""

GRAZING: Final = 0.02
"""Cosine below which a direction counts as running along a face."""

TAPER: Final = math.cos(math.radians(MAX_TAPER_DEG))
_LEAN = math.cos(math.radians(MAX_LEAN_DEG))


@dataclass(eq=False)
class Chord:
    """A line from ``start`` on ``first`` to ``end`` on ``second``, mm."""

    first: Face
    second: Face
    start: Floats
    end: Floats

    @cached_property
    def length(self) -> float:
        return float(np.linalg.norm(self.end - self.start))

    @cached_property
    def direction(self) -> Floats:
        return unit(self.end - self.start)


def nearest(first: Face, second: Face) -> Chord:
    """The shortest line between two faces, through whatever lies between them."""
    _, ends, _ = first.shape.distToShape(second.shape)
    starts = np.array([array(start) for start, _ in ends])
    stops = np.array([array(end) for _, end in ends])
    chord = Chord(first, second, starts[0], stops[0])
    return _centred(chord, starts, stops)


def _centred(chord: Chord, starts: Floats, stops: Floats) -> Chord:
    """Of equally short lines the one in their middle, if the faces are that near there too."""
    if len(starts) == 1:
        return chord
    middle = Chord(chord.first, chord.second, starts.mean(axis=0), stops.mean(axis=0))
    if abs(middle.length - chord.length) > CONFUSION_MM:
        return chord
    on_faces = _lies_on(chord.first, middle.start) and _lies_on(chord.second, middle.end)
    return middle if on_faces else chord


def _lies_on(face: Face, point: Floats) -> bool:
    uv = np.array([face.uv_at(point)])
    return bool(face.contains_uv(uv)[0]) and bool(
        np.linalg.norm(array(face.shape.valueAt(*uv[0])) - point) < 10 * CONFUSION_MM
    )


def is_wall(chord: Chord, solids: Solids) -> bool:
    """Whether the material along the chord is a wall.

    It is one when the chord runs through material only, and either cannot be shortened by moving an end
    over any face at hand (a bottleneck), or joins two sides that face away from each other up to
    :data:`MAX_TAPER_DEG` (a tapered wall is thinnest at its end, where moving on would leave the side).
    """
    ends = (
        _End(chord.first, chord.start, chord.direction, solids),
        _End(chord.second, chord.end, -chord.direction, solids),
    )
    if not all(end.enters for end in ends):
        return False
    if not (all(end.is_nearest for end in ends) or _is_tapered(*ends)):
        return False
    return not _is_crossed(chord, solids)


def _is_tapered(one: _End, two: _End) -> bool:
    return (
        float(np.dot(one.normal, two.normal)) <= -TAPER
        and float(np.dot(one.direction, one.normal)) <= -_LEAN
        and float(np.dot(two.direction, two.normal)) <= -_LEAN
    )


class _End:
    """One end of a chord: the face there, its neighbours, and the direction into the material."""

    def __init__(self, face: Face, point: Floats, direction: Floats, solids: Solids) -> None:
        self.direction = direction
        self.normal = face.normal_at(*face.uv_at(point))
        self._around = list(_around(face, point, solids))

    @property
    def enters(self) -> bool:
        """Whether the chord goes into the material here."""
        if float(np.dot(self.direction, self.normal)) > -GRAZING:
            return False
        return all(
            float(np.dot(self.direction, other.normal)) <= GRAZING
            for other in self._around
            if float(np.dot(other.into, self.normal))
            < -GRAZING  # a convex edge: both sides bound the material
        )

    @property
    def is_nearest(self) -> bool:
        """Whether moving the end over a neighbouring face makes the chord no shorter."""
        return all(float(np.dot(other.into, self.direction)) <= GRAZING for other in self._around)


def _around(face: Face, point: Floats, solids: Solids) -> list[Tangents]:
    """How the neighbours lie whose edges run through a point of the face."""
    found = []
    for place in _edges_near(face, point):
        met = solids.neighbour(face, place)
        parameter = _parameter_at(face.edges[place], point) if met is not None else None
        if met is not None and parameter is not None:
            found.append(met[0].tangents(met[1], parameter))
    return found


def _parameter_at(edge: Any, point: Floats) -> float | None:
    """The parameter of a point on an edge; ``None`` when the edge does not touch it."""
    first, last = edge.FirstParameter, edge.LastParameter
    parameter = edge.Curve.parameter(vector(point))
    if edge.Curve.isPeriodic():
        period = edge.Curve.period()
        parameter += math.ceil((first - parameter) / period - 1e-9) * period
    parameter = min(max(parameter, first), last)
    apart = np.linalg.norm(array(edge.valueAt(parameter)) - point)
    return float(parameter) if apart <= 10 * CONFUSION_MM else None


def _edges_near(face: Face, point: Floats) -> list[int]:
    """The edges whose polygons pass the point closely enough for the edge itself to touch it."""
    pieces, owners = face.segments
    start, way = pieces[:, 0], pieces[:, 1] - pieces[:, 0]
    squared = np.maximum((way**2).sum(axis=1), CONFUSION_MM**2)
    along = np.clip(((point - start) * way).sum(axis=1) / squared, 0.0, 1.0)
    apart = np.linalg.norm(start + along[:, None] * way - point, axis=1)
    near = apart <= 0.25 * np.sqrt(squared) + 10 * CONFUSION_MM
    return sorted({owners[row] for row in np.flatnonzero(near)})


def _is_crossed(chord: Chord, solids: Solids) -> bool:
    """Whether another face cuts the chord: then there is air on the way."""
    low = np.minimum(chord.start, chord.end) - CONFUSION_MM
    high = np.maximum(chord.start, chord.end) + CONFUSION_MM
    boxes = solids.boxes
    touched = (boxes[:, 0] <= high).all(axis=1) & (boxes[:, 1] >= low).all(axis=1)
    for row in np.flatnonzero(touched):
        face = solids.faces[row]
        if face is chord.first or face is chord.second or face.solid != chord.first.solid:
            continue
        if _crosses(face, chord):
            return True
    return False


def _crosses(face: Face, chord: Chord) -> bool:
    if face.kind == "plane":
        return _crosses_plane(face, chord)
    line: Any = Part.makeLine(vector(chord.start), vector(chord.end))
    distance, ends, _ = line.distToShape(face.shape)
    if distance > CONFUSION_MM:
        return False
    return any(_is_inner(array(point), chord) and _is_steep(face, array(point), chord) for point, _ in ends)


def _crosses_plane(face: Face, chord: Chord) -> bool:
    slope = float(np.dot(chord.direction, face.normal))
    if abs(slope) <= GRAZING:
        return False
    along = float(np.dot(face.segments[0][0, 0] - chord.start, face.normal)) / slope
    point = chord.start + along * chord.direction
    return _is_inner(point, chord) and bool(face.polygon.contains(face.plane_uv(point[None]))[0])


def _is_inner(point: Floats, chord: Chord) -> bool:
    along = float(np.dot(point - chord.start, chord.direction)) / chord.length
    return 1e-3 < along < 1 - 1e-3


def _is_steep(face: Face, point: Floats, chord: Chord) -> bool:
    return abs(float(np.dot(face.normal_at(*face.uv_at(point)), chord.direction))) > GRAZING

"""The thinnest walls of a solid, measured on the exact surfaces.

A wall is a *chord*: a straight line through the material from a point of one face to a point of another (or
of the same one), which cannot be made shorter by moving its ends about. What is not a wall is decided
by how the ends lie (:mod:`atolye.kernel.check.chords`): at a wedge, a chamfer or a tooth's tip the distance
between the faces goes to nothing, or to the width of the tip, but their outer sides do not face away
from each other.

Pairs of faces are taken in the order of a lower bound of their distance, so that only pairs that could hold
a wall thinner than asked for are measured: in closed form where both faces are planes or cylinders,
else with OCCT's extrema, else (a face against itself or its neighbour) from samples and then exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from atolye.kernel.check import closed, local
from atolye.kernel.check.chords import OPPOSED, TAPER, Chord, is_wall, nearest
from atolye.kernel.check.faces import CONFUSION_MM, Face, Floats, Solids
from atolye.kernel.check.findings import Finding, finding

CODE: Final = "WALL_TOO_THIN"

LOOK_FURTHER: Final = 4.0
"""Factor by which the search widens until it finds the thinnest wall of a part without thin ones."""

MAX_FURTHER_PAIRS: Final = 40
"""Pairs measured at most only to tell how thick the thinnest wall of a good part is."""

SAME_PLACE_MM: Final = 1e-4


class Walls(NamedTuple):
    """The walls thinner than asked for, thinnest first; and the thinnest wall found at all, if any was."""

    thin: list[Chord]
    thinnest: Chord | None


def check(solids: Solids, min_wall_mm: float) -> tuple[list[Finding], float | None]:
    """Finds every wall thinner than ``min_wall_mm``.

    Returns:
        the findings, thinnest first, and the thickness of the thinnest wall in mm (``None`` when none is thin
        and there is no other, as in a sharp cone, or it does not show among the nearest pairs of faces).
    """
    walls = find(solids, min_wall_mm)
    findings = [
        finding(
            CODE,
            "error",
            (chord.start + chord.end) / 2,
            _names(chord),
            measured=chord.length,
            required=min_wall_mm,
            unit="mm",
        )
        for chord in walls.thin
    ]
    return findings, walls.thinnest.length if walls.thinnest else None


def find(solids: Solids, limit_mm: float) -> Walls:
    """Measures the walls up to ``limit_mm``; beyond it only until the thinnest one is known."""
    pairs = _Pairs(solids)
    thin = list(_measured(pairs.within(limit_mm), solids, limit_mm))
    if thin:
        kept = _without_twins(sorted(thin, key=lambda chord: chord.length))
        return Walls(kept, kept[0])
    return Walls([], _thinnest_beyond(pairs, solids, limit_mm))


def _measured(pairs: Iterator[tuple[float, Face, Face]], solids: Solids, limit: float) -> Iterator[Chord]:
    for _, first, second in pairs:
        chord = between(first, second, solids, limit)
        if chord is not None and chord.length < limit * (1 - 1e-9):
            yield chord


def _thinnest_beyond(pairs: _Pairs, solids: Solids, limit: float) -> Chord | None:
    """The thinnest wall of a part that has none below ``limit``."""
    best: Chord | None = None
    far, spent = max(limit, CONFUSION_MM), 0
    while best is None and far < solids.size and spent < MAX_FURTHER_PAIRS:
        far = far * LOOK_FURTHER
        for bound, first, second in pairs.within(far, TAPER):
            if (best is not None and bound >= best.length) or spent >= MAX_FURTHER_PAIRS:
                break
            spent += 1
            chord = between(first, second, solids, best.length if best else far, deep=False)
            if chord is not None and chord.length < (best.length if best else math.inf):
                best = chord
    return best


def between(first: Face, second: Face, solids: Solids, limit: float, *, deep: bool = True) -> Chord | None:
    """The thinnest wall between two faces of a solid, if there is one thinner than ``limit``.

    Args:
        second: may be ``first``: a pin's face is opposite to itself.
        deep: search from samples too where the shortest distance of two faces is no wall.
    """
    known = closed.chord(first, second)
    if known is not None and is_wall(known, solids):
        return known
    if first is not second and not first.meets(second):
        chord = nearest(first, second)
        if chord.length >= limit:
            return None
        if chord.length > CONFUSION_MM and is_wall(chord, solids):
            return chord
    return local.thinnest(first, second, solids, limit) if deep or first is second else None


class _Pairs:
    """Pairs of faces of one solid that may have a wall between them, nearest first."""

    def __init__(self, solids: Solids) -> None:
        self._faces = solids.faces
        self._boxes = solids.boxes
        self._solid = np.array([face.solid for face in solids.faces])

    def within(self, far: float, least: float = OPPOSED) -> Iterator[tuple[float, Face, Face]]:
        """Pairs whose distance has a lower bound below ``far``, with that bound.

        Args:
            least: how far normals of the two must look away from each other (cosine).
        """
        found = []
        for place, face in enumerate(self._faces):
            gaps = self._gaps(place)
            rows = np.flatnonzero((gaps < far) & (self._solid == face.solid))
            for row in rows[rows >= place].tolist():
                other = self._faces[row]
                bound = max(float(gaps[row]), closed.lower_bound(face, other))
                if bound < far and may_face_away(face, other, least):
                    found.append((bound, place, row))
        found.sort()
        for bound, place, row in found:
            yield bound, self._faces[place], self._faces[row]

    def _gaps(self, place: int) -> Floats:
        """(n,) distance of every face's box from one face's box."""
        low, high = self._boxes[place]
        apart = np.maximum(self._boxes[:, 0] - high, low - self._boxes[:, 1])
        return np.sqrt((np.maximum(apart, 0.0) ** 2).sum(axis=1))


def may_face_away(first: Face, second: Face, least: float = OPPOSED) -> bool:
    """Whether material can lie between the faces, judged without measuring.

    Some normals must look away from each other, and each face must reach behind the other.
    """
    if first.kind == "plane" and second.kind == "plane":
        return first is not second and not first.meets(second) and _planes_face_away(first, second, least)
    if first is second and first.kind == "cylinder":
        return not first.concave and first.range[1] - first.range[0] > closed.OPPOSITE_TURN
    if _parallel_to_normal(first, second) or _parallel_to_normal(second, first):
        return False
    return _samples_face_away(first, second, TAPER if first is second else least)


def _planes_face_away(first: Face, second: Face, least: float) -> bool:
    return (
        float(np.dot(first.normal, second.normal)) < -least
        and _reaches_behind(second, first)
        and _reaches_behind(first, second)
    )


def _reaches_behind(face: Face, plane: Face) -> bool:
    """Whether part of a plane face lies on the material's side of another plane."""
    corners = face.segments[0][:, 0]
    heights = (corners - plane.segments[0][0, 0]) @ plane.normal
    return bool(heights.min() < -CONFUSION_MM)


def _parallel_to_normal(plane: Face, cylinder: Face) -> bool:
    """A cylinder upright on a plane: their normals are square to each other."""
    if plane.kind != "plane" or cylinder.kind != "cylinder":
        return False
    return abs(float(np.dot(plane.normal, cylinder.axis))) > 1 - 1e-9


def _samples_face_away(first: Face, second: Face, least: float) -> bool:
    one, two = first.coarse, second.coarse
    way = two.points[None, :] - one.points[:, None]
    leaving = np.einsum("ijk,ik->ij", way, one.normals) < -CONFUSION_MM
    arriving = np.einsum("ijk,jk->ij", way, two.normals) > CONFUSION_MM
    away = one.normals @ two.normals.T < -least
    return bool((leaving & arriving & away).any())


def _without_twins(chords: list[Chord]) -> list[Chord]:
    """The chords, each place once: at a diagonal web several pairs of faces have the same ends."""
    kept: list[Chord] = []
    seen: set[tuple[float, ...]] = set()
    for chord in chords:
        ends = sorted((tuple(_rounded(chord.start)), tuple(_rounded(chord.end))))
        key = ends[0] + ends[1]
        if key not in seen:
            seen.add(key)
            kept.append(chord)
    return kept


def _rounded(point: Floats) -> list[float]:
    return [round(float(x) / SAME_PLACE_MM) * 1.0 for x in point]


def _names(chord: Chord) -> list[str]:
    if chord.first is chord.second:
        return [chord.first.name]
    return [face.name for face in sorted((chord.first, chord.second), key=lambda face: face.index)]

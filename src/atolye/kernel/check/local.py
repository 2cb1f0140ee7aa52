"""The thinnest place between faces that also meet, or of one face against itself.

The shortest distance of such faces is no measure: it is nothing where they meet. So opposite samples give
first guesses, and from each the two ends move over the exact surfaces as long as that shortens the chord.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from atolye.kernel.check.chords import TAPER, Chord, is_wall
from atolye.kernel.check.faces import CONFUSION_MM, Face, Floats, Rows, Samples, Solids, array

SAMPLES: Final = 256
STARTS: Final = 2
"""Places from which a search begins, the thinnest first."""

MAX_MOVES: Final = 2000
FINEST: Final = 3e-5
"""Size of the last moves, as a share of the samples' grid step."""

LEAST_THICKNESS: Final = 1e-3
"""Share of the first guess below which a chord has run into the edge where the faces meet."""

ASIDE: Final = 1.5
"""How far beside the normal the opposite sample may lie, in steps of the samples' grid."""


def thinnest(first: Face, second: Face, solids: Solids, limit: float) -> Chord | None:
    """The shortest wall between two faces, from samples; ``None`` when none is below ``limit``."""
    best: Chord | None = None
    for ends in _starts(first, second, limit):
        chord = _wall_from(ends, solids)
        if chord is not None and chord.length < (best.length if best else limit):
            best = chord
    return best


def _wall_from(ends: _Ends, solids: Solids) -> Chord | None:
    """The wall that a search from two opposite points arrives at.

    Between two sides the shortest chord is looked for. Where a round side closes on itself that chord would
    slide off round the bend, so there the chord is kept square to the sides as far as they allow.
    """
    for square in (False, True) if ends[0].face is not ends[1].face else (True,):
        chord = _Search(ends, square=square).shortest()
        if chord is not None and is_wall(chord, solids):
            return chord
    return None


def _starts(first: Face, second: Face, limit: float) -> Iterator[_Ends]:
    """Opposite samples, the thinnest first and well apart from each other."""
    one, two = first.samples(SAMPLES), second.samples(SAMPLES)
    step = max(_step_mm(one), _step_mm(two))
    rows, columns, thickness = _opposite(one, two, step, limit)
    taken = np.empty((0, 3))
    for pick in np.argsort(thickness, kind="stable").tolist():
        start, end = one.points[rows[pick]], two.points[columns[pick]]
        if len(taken) and (np.linalg.norm(taken - start, axis=1) < 4 * step).any():
            continue
        if len(taken) >= 2 * STARTS:
            return
        taken = np.vstack((taken, start, end))
        yield _End(first, *one.uv[rows[pick]].tolist()), _End(second, *two.uv[columns[pick]].tolist())


def _step_mm(samples: Samples) -> float:
    return float(np.sqrt(samples.areas.max()))


def _opposite(one: Samples, two: Samples, step: float, limit: float) -> tuple[Rows, Rows, Floats]:
    """Pairs of samples with material between them: their rows, columns, and thickness along the normal."""
    way = two.points[None] - one.points[:, None]
    depth = -np.einsum("ijk,ik->ij", way, one.normals)
    arriving = np.einsum("ijk,jk->ij", way, two.normals)
    aside = np.sqrt(np.maximum((way**2).sum(axis=2) - depth**2, 0.0))
    fits = one.normals @ two.normals.T <= -TAPER
    fits &= (depth > CONFUSION_MM) & (arriving > CONFUSION_MM)
    fits &= (depth < limit + step) & (aside <= ASIDE * step + depth)
    rows, columns = np.nonzero(fits)
    return rows, columns, np.round(depth[rows, columns] + 0.1 * aside[rows, columns], 9)


class _End(NamedTuple):
    """A point on a face by its parameters."""

    face: Face
    u: float
    v: float

    @property
    def point(self) -> Any:
        return self.face.shape.valueAt(self.u, self.v)

    def moved(self, du: float, dv: float) -> _End:
        """The end after a move, held inside the face's parameter range (or led round where it closes)."""
        low, high = self.face.uv_box
        u, v = self.u + du, self.v + dv
        if not self.face.surface.isUPeriodic():
            u = min(max(u, float(low[0])), float(high[0]))
        if not self.face.surface.isVPeriodic():
            v = min(max(v, float(low[1])), float(high[1]))
        return _End(self.face, u, v)

    def along(self, way: Any) -> _End:
        """The end after it has followed a small movement in space, as far as its surface lets it."""
        along_u, along_v = self.face.shape.derivative1At(self.u, self.v)
        uu, uv, vv = along_u.dot(along_u), along_u.dot(along_v), along_v.dot(along_v)
        bottom = uu * vv - uv * uv
        if bottom <= 0.0:
            return self
        wu, wv = along_u.dot(way), along_v.dot(way)
        return self.moved((wu * vv - wv * uv) / bottom, (wv * uu - wu * uv) / bottom)

    def is_on_face(self) -> bool:
        return bool(self.face.contains_uv(np.array(((self.u, self.v),)))[0])


_Ends = tuple[_End, _End]


class _Search:
    """Moves the two ends of a chord over their surfaces until no move makes it better.

    A compass search: each end alone, and both together in the same direction (so that a chord can slide along
    a wall that tapers), with steps that double after a success and shrink when nothing helps.

    Args:
        square: a chord counts as longer the more it leans from the normals of its ends, and its ends stay on
            sides that face away from each other.
    """

    def __init__(self, ends: _Ends, *, square: bool) -> None:
        self._ends = ends
        self._square = square
        self._worth = self._judge(*ends)
        self._first_worth = self._worth
        self._steps = tuple(_grid_step(end.face) for end in ends)

    def shortest(self) -> Chord | None:
        """The chord at the end of the search; ``None`` when its ends have met."""
        share, moves = 1.0, 0
        while share > FINEST and moves < MAX_MOVES:
            moves += 1
            share = min(share * 2, 1.0) if self._improve(share) else share / 4
            if self._worth < LEAST_THICKNESS * self._first_worth:
                return None
        start, end = (array(one.point) for one in self._ends)
        return Chord(self._ends[0].face, self._ends[1].face, start, end)

    def _judge(self, start: _End, end: _End) -> float:
        way = end.point - start.point
        length = float(way.Length)
        if not self._square or length == 0.0:
            return length
        normals = [one.face.shape.normalAt(one.u, one.v) for one in (start, end)]
        if normals[0].dot(normals[1]) > -TAPER:
            return math.inf
        cosines = [float(way.dot(normal)) / length for normal in normals]
        return length * (1.0 + sum(1.0 - cosine * cosine for cosine in cosines))

    def _improve(self, share: float) -> bool:
        """Makes the best of the possible moves; false when none helps."""
        best, worth = None, self._worth * (1 - 1e-12)
        for start, end in self._moves(share):
            candidate = self._judge(start, end)
            if candidate < worth and start.is_on_face() and end.is_on_face():
                best, worth = (start, end), candidate
        if best is None:
            return False
        self._ends, self._worth = best, worth
        return True

    def _moves(self, share: float) -> Iterator[_Ends]:
        start, end = self._ends
        here = start.point
        for du, dv in _compass(self._steps[0], share):
            moved = start.moved(du, dv)
            yield moved, end
            yield moved, end.along(moved.point - here)
        for du, dv in _compass(self._steps[1], share):
            yield start, end.moved(du, dv)


def _grid_step(face: Face) -> tuple[float, float]:
    low, high = face.uv_box
    columns, rows = face.grid_shape(SAMPLES)
    return float(high[0] - low[0]) / columns, float(high[1] - low[1]) / rows


def _compass(step: tuple[float, float], share: float) -> Iterator[tuple[float, float]]:
    du, dv = share * step[0], share * step[1]
    yield from ((du, 0.0), (-du, 0.0), (0.0, dv), (0.0, -dv))

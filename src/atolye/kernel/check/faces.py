"""The faces of a shape as the checks see them: exact samples, polygons of plane faces, neighbours.

Nothing here meshes the shape: the pipeline's own tessellation must not depend on whether checks ran, and
OCCT's mesher needs seconds for a plane with hundreds of holes. Samples are taken on the exact surfaces.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import FreeCAD as App
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

CONFUSION_MM: Final = 1e-7  # OCCT Precision::Confusion
CIRCLE_STEP_RAD: Final = math.pi / 24
"""Largest arc that one straight piece of a polygon stands for; its sagitta is 0.2 % of the radius."""

SAME_AREA: Final = 1e-5
"""Relative difference up to which a face counts as all of its range; the rule of integration is as good."""

ANGLE_SLACK: Final = 1e-9
"""How far parameters may miss the end of their range and still count as on it."""

CELL_RAD: Final = math.pi / 6
"""Largest turn between neighbouring samples of a round face."""

FREEFORM_PIECES: Final = 32
BLOCK: Final = 256
"""Points that are tested against a polygon at once."""

_KINDS: Final = {
    "Part::GeomPlane": "plane",
    "Part::GeomCylinder": "cylinder",
    "Part::GeomCone": "cone",
    "Part::GeomSphere": "sphere",
    "Part::GeomToroid": "torus",
    "Part::GeomSurfaceOfExtrusion": "extrusion",
}


INTEGRAL_PIECES: Final = 4
_TURNING: Final = {"torus": [0, 1], "extrusion": []}
"""Parameters that are angles."""


class Samples(NamedTuple):
    """Points on a face: positions (n, 3) mm, outward unit normals (n, 3), areas (n,) mm², (u, v) (n, 2)."""

    points: Floats
    normals: Floats
    areas: Floats
    uv: Floats


class Tangents(NamedTuple):
    """How a face lies at a point of its border: outward normal, and the direction along it, inwards."""

    normal: Floats
    into: Floats


def array(vector: Any) -> Floats:
    """A FreeCAD vector as (3,) floats."""
    return np.array((vector.x, vector.y, vector.z))


def vector(point: Sequence[float] | Floats) -> Any:
    """Three numbers as a FreeCAD vector."""
    return App.Vector(float(point[0]), float(point[1]), float(point[2]))


def unit(direction: Floats) -> Floats:
    """The direction with length 1; a zero vector stays zero."""
    length = float(np.linalg.norm(direction))
    return direction / length if length > 0.0 else direction


@dataclass(eq=False)
class Face:
    """One face of one solid.

    Args:
        index: its place in ``shape.Faces``, from 0.
        solid: which solid it bounds; walls exist only inside one solid.
        shape: the ``Part.Face``.
        edges: its edges, oriented as they run round it, without those shrunk to a point.
        edge_ids: a number for each edge, the same for the other face that it bounds.
    """

    index: int
    solid: int
    shape: Any
    edges: list[Any]
    edge_ids: list[int]

    @property
    def name(self) -> str:
        """The name that FreeCAD gives it, such as ``Face6``."""
        return f"Face{self.index + 1}"

    @cached_property
    def surface(self) -> Any:
        return self.shape.Surface

    @cached_property
    def kind(self) -> str:
        """``plane``, ``cylinder``, ``cone``, ``sphere``, ``torus``, ``extrusion`` or ``freeform``."""
        return _KINDS.get(self.surface.TypeId, "freeform")

    @cached_property
    def box(self) -> Floats:
        """(2, 3): smallest and largest coordinates."""
        bound = self.shape.BoundBox
        return np.array(((bound.XMin, bound.YMin, bound.ZMin), (bound.XMax, bound.YMax, bound.ZMax)))

    @cached_property
    def range(self) -> tuple[float, float, float, float]:
        """Smallest and largest u and v."""
        return tuple(self.shape.ParameterRange)

    def meets(self, other: Face) -> bool:
        """Whether the two share an edge."""
        return not set(self.edge_ids).isdisjoint(other.edge_ids)

    @cached_property
    def _frame(self) -> tuple[Floats, Floats, Floats]:
        """Of a plane: the point at (0, 0) and the directions of u and v."""
        along_u, along_v = self.shape.derivative1At(0.0, 0.0)
        return array(self.shape.valueAt(0.0, 0.0)), array(along_u), array(along_v)

    @cached_property
    def normal(self) -> Floats:
        """The outward normal at the middle of the parameter range; of a plane, everywhere."""
        u_min, u_max, v_min, v_max = self.range
        return self.normal_at((u_min + u_max) / 2, (v_min + v_max) / 2)

    @cached_property
    def segments(self) -> tuple[Floats, list[int]]:
        """The border as straight pieces (m, 2, 3), and for each piece the number of its edge."""
        pieces, owners = [], []
        for number, edge in enumerate(self.edges):
            points = np.array([(p.x, p.y, p.z) for p in edge.discretize(Number=_piece_count(edge) + 1)])
            pieces.append(np.stack((points[:-1], points[1:]), axis=1))
            owners += [number] * (len(points) - 1)
        return (np.concatenate(pieces) if pieces else np.empty((0, 2, 3))), owners

    @cached_property
    def polygon(self) -> Polygon:
        """Of a plane: the border in (u, v)."""
        return Polygon(self.plane_uv(self.segments[0]))

    @cached_property
    def concave(self) -> bool:
        """Of a cylinder, cone, sphere or torus: whether the air is on the inner side (a hole, not a pin)."""
        u_min, u_max, v_min, v_max = self.range
        u, v = (u_min + u_max) / 2, (v_min + v_max) / 2
        return bool(np.dot(self.normal_at(u, v), self._from_centre(u, v)) < 0.0)

    def _from_centre(self, u: float, v: float) -> Floats:
        point = array(self.shape.valueAt(u, v))
        if self.kind == "sphere":
            return point - self.centre
        radial = point - self.centre - self.axis * np.dot(point - self.centre, self.axis)
        if self.kind == "torus":
            return point - self.centre - unit(radial) * self.surface.MajorRadius
        return radial

    def leans_evenly(self, direction: Floats) -> bool:
        """Whether every normal makes the same angle with a direction, as on an upright cylinder or cone."""
        if self.kind in ("cylinder", "cone"):
            return abs(float(np.dot(self.axis, direction))) > 1 - 1e-9
        return self.kind == "plane"

    @cached_property
    def axis(self) -> Floats:
        return unit(array(self.surface.Axis))

    @cached_property
    def centre(self) -> Floats:
        return array(self.surface.Center)

    def plane_uv(self, points: Floats) -> Floats:
        """(u, v) of points (…, 3) on a plane face; points off the plane are projected."""
        origin, along_u, along_v = self._frame
        offset = points - origin
        return np.stack((offset @ along_u, offset @ along_v), axis=-1)

    def normal_at(self, u: float, v: float) -> Floats:
        return array(self.shape.normalAt(u, v))

    def uv_at(self, point: Floats) -> tuple[float, float]:
        """(u, v) of the surface's point nearest to ``point``, in the face's range where it is periodic."""
        u, v = self.surface.parameter(vector(point))
        u_min, u_max, v_min, v_max = self.range
        return _into_range(u, u_min, u_max, self.surface, "U"), _into_range(
            v, v_min, v_max, self.surface, "V"
        )

    def contains_uv(self, uv: Floats) -> Bools:
        """Which of the (n, 2) parameters lie on the face."""
        if self.kind == "plane":
            return self.polygon.contains(uv)
        if self.fills_range:
            return self._range_contains(uv)
        test = self.shape.isPartOfDomain
        return np.fromiter((test(float(u), float(v)) for u, v in uv), np.bool_, len(uv))

    @cached_property
    def fills_range(self) -> bool:
        """Of a surface of revolution or extrusion: whether the face is the whole of its range, untrimmed."""
        if self.kind == "freeform":
            return False
        u_min, u_max, v_min, v_max = self.range
        if self.kind == "extrusion":
            whole = (v_max - v_min) * _integral(lambda u: self._at(u, v_min)[2], u_min, u_max)
        else:
            whole = (u_max - u_min) * _integral(lambda v: self._at(0.0, v)[2], v_min, v_max)
        return math.isclose(whole, self.shape.Area, rel_tol=SAME_AREA)

    def _range_contains(self, uv: Floats) -> Bools:
        """Which parameters lie in the range, angles up to whole turns."""
        low, high = self.uv_box
        beyond = uv - low
        turning = _TURNING.get(self.kind, [0])
        beyond[:, turning] = (beyond[:, turning] + ANGLE_SLACK) % (2 * math.pi) - ANGLE_SLACK
        return np.asarray(((beyond >= -ANGLE_SLACK) & (beyond <= high - low + ANGLE_SLACK)).all(axis=1))

    def samples(self, count: int = 64) -> Samples:
        """About ``count`` points, evenly over the face; never none, however small the face is."""
        for factor in (1, 16, 256):
            found = self._grid(count * factor)
            if len(found.points):
                return found
        return self._grid(count, whole=True)

    def _grid(self, count: int, *, whole: bool = False) -> Samples:
        low, high = self.uv_box
        columns, rows = self.grid_shape(count)
        step = (high - low) / (columns, rows)
        u = low[0] + step[0] * (np.arange(columns) + 0.5)
        v = low[1] + step[1] * (np.arange(rows) + 0.5)
        uv = np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1).reshape(-1, 2)
        if not whole:
            uv = uv[self.contains_uv(uv)]
        return self.at(uv, float(step[0] * step[1]))

    @cached_property
    def uv_box(self) -> tuple[Floats, Floats]:
        if self.kind == "plane":
            corners = self.polygon.pieces.reshape(-1, 2)
            return corners.min(axis=0), corners.max(axis=0)
        u_min, u_max, v_min, v_max = self.range
        return np.array((u_min, v_min)), np.array((u_max, v_max))

    def grid_shape(self, count: int) -> tuple[int, int]:
        """Columns in u and rows in v, so that the cells are about square and no turn is seen too coarsely."""
        low, high = self.uv_box
        width, height = np.maximum((high - low) * self._scale, CONFUSION_MM)
        least_u, least_v = (
            _least_cells(*self.range[:2], self._turns[0]),
            _least_cells(*self.range[2:], self._turns[1]),
        )
        columns = int(
            np.clip(round(math.sqrt(count * width / height)), least_u, max(least_u, count // least_v))
        )
        return columns, max(least_v, round(count / columns))

    @cached_property
    def _scale(self) -> Floats:
        """(2,) mm per unit of u and of v, in the middle of the face."""
        low, high = self.uv_box
        middle = (low + high) / 2
        return np.array([float(d.Length) for d in self.shape.derivative1At(*map(float, middle))])

    @cached_property
    def _turns(self) -> tuple[bool, bool]:
        """Whether u and whether v may bend the face."""
        if self.kind == "plane":
            return False, False
        return True, self.kind not in ("cylinder", "cone")

    def at(self, uv: Floats, cell: float = 0.0) -> Samples:
        """The samples at given parameters (n, 2); ``cell`` is the size of a grid cell in (u, v)."""
        if self.kind == "plane":
            origin, along_u, along_v = self._frame
            points = origin + uv[:, :1] * along_u + uv[:, 1:] * along_v
            return Samples(points, np.tile(self.normal, (len(uv), 1)), np.full(len(uv), cell), uv)
        if self.kind == "extrusion":
            return self._extruded(uv, cell)
        if self.kind != "freeform":
            return self._revolved(uv, cell)
        points, normals, areas = (np.empty((len(uv), 3)), np.empty((len(uv), 3)), np.empty(len(uv)))
        for row, (u, v) in enumerate(uv.tolist()):
            points[row], normals[row], areas[row] = self._at(u, v)
        return Samples(points, normals, areas * cell, uv)

    def _at(self, u: float, v: float) -> tuple[Any, Any, float]:
        """Point, outward normal, and area per unit of u and v."""
        along_u, along_v = self.shape.derivative1At(u, v)
        return self.shape.valueAt(u, v), self.shape.normalAt(u, v), along_u.cross(along_v).Length

    def _extruded(self, uv: Floats, cell: float) -> Samples:
        """Samples of an extrusion: those on its curve, moved along."""
        v = self.range[2]
        columns, places = np.unique(uv[:, 0], return_inverse=True)
        on_curve = [self._at(u, v) for u in columns.tolist()]
        points = np.array([tuple(point) for point, _, _ in on_curve])
        normals = np.array([tuple(normal) for _, normal, _ in on_curve])
        areas = np.array([area for _, _, area in on_curve]) * cell
        along = array(self.shape.derivative1At(float(uv[0, 0]), v)[1])
        return Samples(points[places] + (uv[:, 1:] - v) * along, normals[places], areas[places], uv)

    def _revolved(self, uv: Floats, cell: float) -> Samples:
        """Samples of a surface of revolution: those at u = 0, turned about the axis."""
        rows, places = np.unique(uv[:, 1], return_inverse=True)
        at_zero = [self._at(0.0, v) for v in rows.tolist()]
        (right, ahead), axis = self._turned_frame, self.axis
        offsets = np.array([tuple(point) for point, _, _ in at_zero]) - self.centre
        normals = np.array([tuple(normal) for _, normal, _ in at_zero])
        areas = np.array([area for _, _, area in at_zero]) * cell
        outwards = np.cos(uv[:, :1]) * right + np.sin(uv[:, :1]) * ahead

        def turned(arrows: Floats) -> Floats:
            return (arrows @ right)[places, None] * outwards + (arrows @ axis)[places, None] * axis

        return Samples(self.centre + turned(offsets), turned(normals), areas[places], uv)

    @cached_property
    def _turned_frame(self) -> tuple[Floats, Floats]:
        """Of a surface of revolution: the directions away from the axis at u = 0 and at a quarter turn."""
        middle = (self.range[2] + self.range[3]) / 2
        found = []
        for u in (0.0, math.pi / 2):
            offset = array(self.shape.valueAt(u, middle)) - self.centre
            found.append(unit(offset - self.axis * float(np.dot(offset, self.axis))))
        return found[0], found[1]

    @cached_property
    def coarse(self) -> Samples:
        """Few samples, the border's among them: enough to tell which way the face looks."""
        if self.kind != "plane" and self.fills_range:
            low, high = self.uv_box
            columns, rows = self.grid_shape(24)
            u, v = np.linspace(low[0], high[0], columns + 1), np.linspace(low[1], high[1], rows + 1)
            return self.at(np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1).reshape(-1, 2))
        inner = self.samples(16)
        border = self.segments[0].mean(axis=1)
        border = border[:: max(1, len(border) // 24)]
        if self.kind == "plane":
            uv = self.plane_uv(border)
        else:
            uv = np.array([self.uv_at(point) for point in border]).reshape(-1, 2)
        return Samples(*(np.concatenate(both) for both in zip(inner, self.at(uv), strict=True)))

    def tangents(self, edge: Any, parameter: float) -> Tangents:
        """The face's normal at a point of one of its (oriented) edges, and the way into it from there."""
        point = edge.valueAt(parameter)
        along = unit(array(edge.tangentAt(parameter)))
        if edge.Orientation == "Reversed":
            along = -along
        normal = self.normal_at(*self.uv_at(array(point)))
        return Tangents(normal, unit(np.cross(normal, along)))


@dataclass(frozen=True)
class Solids:
    """All faces that bound solids, and which faces meet in which edge."""

    faces: list[Face]

    @cached_property
    def boxes(self) -> Floats:
        """(n, 2, 3): the faces' boxes."""
        return np.array([face.box for face in self.faces]).reshape(-1, 2, 3)

    @cached_property
    def low(self) -> Floats:
        return self.boxes[:, 0].min(axis=0)

    @cached_property
    def high(self) -> Floats:
        return self.boxes[:, 1].max(axis=0)

    @cached_property
    def size(self) -> float:
        """The diagonal of the box, mm."""
        return float(np.linalg.norm(self.high - self.low))

    @cached_property
    def by_edge(self) -> dict[int, list[tuple[Face, Any]]]:
        """Number of an edge to the faces that it bounds, each with the edge oriented as in that face."""
        found: dict[int, list[tuple[Face, Any]]] = {}
        for face in self.faces:
            for number, edge in zip(face.edge_ids, face.edges, strict=True):
                found.setdefault(number, []).append((face, edge))
        return found

    def meetings(self) -> Iterator[tuple[Face, Any, Face, Any]]:
        """Every edge in which two different faces meet."""
        for users in self.by_edge.values():
            if len(users) == 2 and users[0][0] is not users[1][0]:
                (first, edge), (second, twin) = users
                yield first, edge, second, twin

    def neighbour(self, face: Face, place: int) -> tuple[Face, Any] | None:
        """The face beyond ``face.edges[place]``, with the edge as it runs there; none at a seam."""
        for other, twin in self.by_edge[face.edge_ids[place]]:
            if other is not face:
                return other, twin
        return None


class _Numbers:
    """Numbers sub-shapes, the same sub-shape always alike; hashes alone may collide."""

    def __init__(self) -> None:
        self._known: dict[int, list[tuple[Any, int]]] = {}
        self._count = 0

    def __getitem__(self, shape: Any) -> int:
        alike = self._known.setdefault(shape.hashCode(), [])
        for known, number in alike:
            if known.isSame(shape):
                return number
        alike.append((shape, self._count))
        self._count += 1
        return self._count - 1


def solids_of(shape: Any) -> Solids:
    """The faces of a shape that bound its solids, named as in the shape.

    Loose faces and shells are left out: they have no inside.
    """
    names, edges = _Numbers(), _Numbers()
    for face in shape.Faces:
        names[face]
    found = []
    for number, solid in enumerate(shape.Solids):
        for face in solid.Faces:
            border = [edge for edge in face.Edges if not edge.Degenerated]
            found.append(Face(names[face], number, face, border, [edges[edge] for edge in border]))
    return Solids(found)


class Polygon:
    """Closed loops in a plane, given as straight pieces (m, 2, 2) in any order."""

    def __init__(self, pieces: Floats) -> None:
        self.pieces = pieces
        self._low, self._high = pieces[:, :, 1].min(axis=1), pieces[:, :, 1].max(axis=1)

    def contains(self, points: Floats) -> Bools:
        """Which points (n, 2) lie inside, by the even-odd rule."""
        result = np.zeros(len(points), np.bool_)
        order = np.argsort(points[:, 1], kind="stable")
        for start in range(0, len(points), BLOCK):
            rows = order[start : start + BLOCK]
            block = points[rows]
            near = (self._high >= block[0, 1]) & (self._low <= block[-1, 1])
            result[rows] = self._crossings(self.pieces[near], block) % 2 == 1
        return result

    @staticmethod
    def _crossings(pieces: Floats, points: Floats) -> Rows:
        """How many pieces each point sees in the direction of +u."""
        (u0, v0), (u1, v1) = pieces[:, 0].T, pieces[:, 1].T
        u, v = points[:, :1], points[:, 1:]
        spans = (v0 > v) != (v1 > v)
        rise = np.where(v1 == v0, 1.0, v1 - v0)
        return np.count_nonzero(spans & (u < u0 + (v - v0) * (u1 - u0) / rise), axis=1)


def _piece_count(edge: Any) -> int:
    curve = edge.Curve.TypeId
    if curve == "Part::GeomLine":
        return 1
    if curve == "Part::GeomCircle":
        turn = edge.LastParameter - edge.FirstParameter
        return max(2, math.ceil(turn / CIRCLE_STEP_RAD))
    return FREEFORM_PIECES


def _integral(height: Callable[[float], float], low: float, high: float) -> float:
    """Integral over an interval, by Gauss's rule on :data:`INTEGRAL_PIECES` equal parts."""
    places, weights = np.polynomial.legendre.leggauss(8)
    half = (high - low) / 2 / INTEGRAL_PIECES
    middles = low + half * (2 * np.arange(INTEGRAL_PIECES) + 1)
    heights = [[height(float(middle + half * place)) for place in places] for middle in middles]
    return float(half * (np.array(heights) @ weights).sum())


def _least_cells(low: float, high: float, bends: bool) -> int:
    """Fewest samples along a parameter: enough to see how a bent face turns."""
    if not bends:
        return 2
    return min(12, max(4, math.ceil(abs(high - low) / CELL_RAD)))


def _into_range(value: float, low: float, high: float, surface: Any, letter: str) -> float:
    """Moves a parameter of a periodic surface by whole periods into the face's range."""
    if low <= value <= high or not getattr(surface, f"is{letter}Periodic")():
        return float(value)
    period = getattr(surface, f"{letter}Period")()
    moved = value + math.ceil((low - value) / period - 1e-9) * period
    return float(moved)

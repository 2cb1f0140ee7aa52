"""Finds the edges and faces that selectors mean on a shape, always in the shape's own order.

Filters come first, then ``position``, then ``near``. Seams (where a closed face meets itself) and
degenerated edges are no edges for a criterion; an index still reaches them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import FreeCAD as App
import Part

from atolye.kernel.build.featuring.tree import Operation, failed, value_of

ALIKE_MM: Final = 1e-5
"""Measures that differ by less are the same to a selector."""

ALIKE_RELATIVE: Final = 1e-6
"""The same for areas, relative."""

PARALLEL: Final = 1e-6
"""Sine of the largest angle between directions that count as one."""

SMOOTH: Final = 1e-4
"""Sine of the angle between two faces below which their edge is neither convex nor concave."""

MOST_LISTED: Final = 20

_SURFACES: Final = {
    "Part::GeomPlane": "plane",
    "Part::GeomCylinder": "cylinder",
    "Part::GeomCone": "cone",
    "Part::GeomSphere": "sphere",
    "Part::GeomToroid": "torus",
}
_CURVES: Final = {
    "Part::GeomLine": "line",
    "Part::GeomCircle": "circle",
    "Part::GeomEllipse": "ellipse",
}
_WORDS: Final = {"Edge": ("edge", "kenar"), "Face": ("face", "yüz")}


@dataclass(frozen=True)
class Candidate:
    """An edge or a face with its name."""

    name: str
    element: Any


def edges(operation: Operation, shape: Any, selectors: Sequence[Mapping[str, Any]], below: str) -> list[str]:
    """Names of the edges that any of the selectors means, in the shape's order."""
    return _selected(operation, "Edge", shape, selectors, below)


def faces(operation: Operation, shape: Any, selectors: Sequence[Mapping[str, Any]], below: str) -> list[str]:
    """Names of the faces that any of the selectors means, in the shape's order."""
    return _selected(operation, "Face", shape, selectors, below)


def one_face(operation: Operation, shape: Any, selectors: Sequence[Mapping[str, Any]], below: str) -> str:
    """The name of the only face that is meant.

    Raises:
        KernelError: ``FEATURE_SELECTION_COUNT`` when there are several.
    """
    found = faces(operation, shape, selectors, below)
    if len(found) != 1:
        raise _count_error(operation, "Face", below, 1, found)
    return found[0]


def _selected(
    operation: Operation, what: str, shape: Any, selectors: Sequence[Mapping[str, Any]], below: str
) -> list[str]:
    found: set[str] = set()
    for number, selector in enumerate(selectors):
        place = f"{below}[{number}]" if len(selectors) > 1 else below
        found.update(_Search(operation, what, shape, place).run(selector))
    return sorted(found, key=lambda name: int(name[4:]))


class _Search:
    """One selector on one shape."""

    def __init__(self, operation: Operation, what: str, shape: Any, below: str) -> None:
        self.operation, self.what, self.shape, self.below = operation, what, shape, below
        elements = shape.Edges if what == "Edge" else shape.Faces
        self.all = [Candidate(f"{what}{n}", element) for n, element in enumerate(elements, start=1)]

    def run(self, selector: Mapping[str, Any]) -> list[str]:
        found = self._indexed(selector["index"]) if "index" in selector else self._real()
        for name, criterion in selector.items():
            if name in _FILTERS:
                found = [each for each in found if _FILTERS[name](each.element, criterion)]
        if "on_face" in selector:
            found = self._on_faces(found, selector["on_face"])
        if "convexity" in selector:
            found = [each for each in found if _convexity(self.shape, each.element) == selector["convexity"]]
        if "position" in selector:
            found = _farthest(found, selector["position"])
        if "near" in selector:
            found = self._nearest(found, selector["near"])
        names = [each.name for each in found]
        self._judge(names, selector.get("expect"))
        return names

    def _indexed(self, indices: Sequence[int]) -> list[Candidate]:
        for index in indices:
            if index > len(self.all):
                raise self._error("FEATURE_SELECTION_INDEX", index=index, count=len(self.all))
        return [self.all[index - 1] for index in indices]

    def _real(self) -> list[Candidate]:
        if self.what == "Face":
            return self.all
        seams = {
            edge.hashCode()
            for face in self.shape.Faces
            for edge in face.Edges
            if edge.isSeam(face) or edge.Degenerated
        }
        return [each for each in self.all if each.element.hashCode() not in seams]

    def _on_faces(self, found: list[Candidate], selectors: Sequence[Mapping[str, Any]]) -> list[Candidate]:
        names = faces(self.operation, self.shape, selectors, f"{self.below}.on_face")
        bounding = [edge for name in names for edge in self.shape.getElement(name).Edges]
        return [each for each in found if any(each.element.isSame(edge) for edge in bounding)]

    def _nearest(self, found: list[Candidate], point: Sequence[Any]) -> list[Candidate]:
        if not found:
            return []
        vertex = Part.Vertex(*(value_of(part) for part in point))
        distances = [each.element.distToShape(vertex)[0] for each in found]
        least = min(distances)
        nearest = [
            each for each, distance in zip(found, distances, strict=True) if distance < least + ALIKE_MM
        ]
        if len(nearest) > 1:
            raise self._error("FEATURE_SELECTION_TIED", elements=_listed([each.name for each in nearest]))
        return nearest

    def _judge(self, names: list[str], expected: int | None) -> None:
        if not names:
            available = _listed([_described(each) for each in self._real()])
            raise self._error("FEATURE_SELECTION_EMPTY", available=available)
        if expected is not None and len(names) != expected:
            raise _count_error(self.operation, self.what, self.below, expected, names)

    def _error(self, code: str, **details: Any) -> Exception:
        what, what_tr = _WORDS[self.what]
        return failed(
            code, self.operation, f"{code} {details}", below=self.below, what=what, what_tr=what_tr, **details
        )


def _count_error(operation: Operation, what: str, below: str, expected: int, names: list[str]) -> Exception:
    word, word_tr = _WORDS[what]
    return failed(
        "FEATURE_SELECTION_COUNT",
        operation,
        f"{len(names)} instead of {expected}",
        below=below,
        what=word,
        what_tr=word_tr,
        expected=expected,
        found=len(names),
        elements=_listed(names),
    )


def _listed(names: list[str]) -> str:
    more = f" … (+{len(names) - MOST_LISTED})" if len(names) > MOST_LISTED else ""
    return (", ".join(names[:MOST_LISTED]) or "–") + more


def _described(candidate: Candidate) -> str:
    """Such as ``Edge3 (line, 20 mm)``."""
    element = candidate.element
    if isinstance(element, Part.Face):
        return f"{candidate.name} ({_surface(element)}, {element.Area:.6g} mm²)"
    return f"{candidate.name} ({_curve(element)}, {element.Length:.6g} mm)"


# ---- what elements are ------------------------------------------------------------------------------


def _surface(face: Any) -> str:
    return _SURFACES.get(face.Surface.TypeId, "spline")


def _curve(edge: Any) -> str:
    return _CURVES.get(edge.Curve.TypeId, "spline")


def _kind(element: Any) -> str:
    return _surface(element) if isinstance(element, Part.Face) else _curve(element)


def _radius(element: Any) -> float:
    geometry = element.Surface if isinstance(element, Part.Face) else element.Curve
    return float(getattr(geometry, "Radius", math.nan))


def _is_normal(face: Any, direction: Sequence[float]) -> bool:
    if _surface(face) != "plane":
        return False
    u0, u1, v0, v1 = face.ParameterRange
    normal = face.normalAt((u0 + u1) / 2, (v0 + v1) / 2)
    wanted = App.Vector(*direction)
    return normal.cross(wanted).Length < PARALLEL and normal.dot(wanted) > 0


def _is_parallel(edge: Any, direction: Sequence[float]) -> bool:
    if _curve(edge) != "line":
        return False
    return edge.Curve.Direction.cross(App.Vector(*direction)).Length < PARALLEL


def _same(measured: float, wanted: float) -> bool:
    return abs(measured - wanted) < ALIKE_MM


def _same_area(measured: float, wanted: float) -> bool:
    return abs(measured - wanted) <= ALIKE_RELATIVE * max(1.0, wanted)


_FILTERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "type": lambda element, kind: _kind(element) == kind,
    "normal": _is_normal,
    "parallel": _is_parallel,
    "length": lambda edge, length: _same(edge.Length, value_of(length)),
    "length_min": lambda edge, length: edge.Length > value_of(length) - ALIKE_MM,
    "length_max": lambda edge, length: edge.Length < value_of(length) + ALIKE_MM,
    "radius": lambda element, radius: _same(_radius(element), value_of(radius)),
    "radius_min": lambda element, radius: _radius(element) > value_of(radius) - ALIKE_MM,
    "radius_max": lambda element, radius: _radius(element) < value_of(radius) + ALIKE_MM,
    "area": lambda face, area: _same_area(face.Area, area),
    "area_min": lambda face, area: face.Area >= area * (1 - ALIKE_RELATIVE),
    "area_max": lambda face, area: face.Area <= area * (1 + ALIKE_RELATIVE),
}


def _farthest(found: list[Candidate], position: str) -> list[Candidate]:
    """Those whose centre lies farthest along an axis, all that are equally far."""
    sign = 1.0 if position.startswith("max") else -1.0
    axis = "xyz".index(position[-1])
    places = [sign * each.element.CenterOfMass[axis] for each in found]
    if not places:
        return []
    most = max(places)
    return [each for each, place in zip(found, places, strict=True) if place > most - ALIKE_MM]


def _convexity(shape: Any, edge: Any) -> str:
    """``convex``, ``concave``, or ``smooth`` where the faces meet without a corner."""
    meeting = [face for face in shape.Faces if any(each.isSame(edge) for each in face.Edges)]
    if len(meeting) != 2:
        return "smooth"
    first, last = edge.ParameterRange
    middle = edge.valueAt((first + last) / 2)
    tangent = edge.tangentAt((first + last) / 2)
    one, other = (_normal_at(face, middle) for face in meeting)
    if one.cross(other).Length < SMOOTH:
        return "smooth"
    return "convex" if one.dot(_into(meeting[1], middle, other.cross(tangent), edge)) < 0 else "concave"


def _normal_at(face: Any, point: Any) -> Any:
    return face.normalAt(*face.Surface.parameter(point))


def _into(face: Any, point: Any, across: Any, edge: Any) -> Any:
    """Of the two directions across an edge the one that leads into the face."""
    step = min(0.01, edge.Length / 100)
    inside = face.isPartOfDomain(*face.Surface.parameter(point + across * step))
    return across if inside else across * -1.0

"""Sketches of a feature tree: curves, and the given constraints or those that hold it as it is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

import FreeCAD as App
import Part
import Sketcher

from atolye.kernel.build.elements import sketches
from atolye.kernel.build.featuring import selection
from atolye.kernel.build.featuring.tree import Operation, Quantity, Tree, failed, scaled, value_of

MEETING_MM: Final = 1e-6
"""Points that are closer than this are meant to meet."""

LEVEL: Final = 1e-9
"""Coordinates that differ by less, in mm, are one."""

PARALLEL: Final = 1e-6
"""Sine of the angle to the vertical below which a face's normal is vertical."""

Point = tuple[int, int]
"""Curve and point of it."""


def sketch_in(tree: Tree, name: str, operation: Operation) -> Any:
    """The sketch of an id, in the body of the operation that uses it; drawn there when it is not yet.

    Raises:
        KernelError: as :func:`draw`.
    """
    key = (name, operation["body"])
    if key not in tree.sketches:
        draw(tree, tree.operations[name], operation)
    return tree.sketches[key]


def draw(tree: Tree, plan: Operation, user: Operation) -> Any:
    """Draws a sketch in the body of its user.

    Raises:
        KernelError: ``FC_SKETCH_OVERCONSTRAINED`` with the constraints at fault,
            ``FC_SKETCH_UNDERCONSTRAINED`` when it was to be fully constrained, ``FEATURE_SELECTION_…``.
    """
    body = tree.body(user)
    name = f"Sketch{list(tree.operations).index(plan['id']) + 1}"
    others = sum(1 for sketch, _ in tree.sketches if sketch == plan["id"])
    sketch = tree.session.add(
        "Sketcher::SketchObject", f"{name}_{others + 1}" if others else name, parent=body
    )
    sketch.Label = plan["id"] if not others else f"{plan['id']} ({others + 1})"
    tree.sketches[plan["id"], user["body"]] = sketch
    _place(tree, sketch, body, plan, user)
    curves = [_curve(curve) for curve in plan["curves"]]
    for geometry, curve in zip(curves, plan["curves"], strict=True):
        sketch.addGeometry(geometry, curve["construction"])
    constraining = _Constraining(tree, sketch, plan)
    constraining.run()
    tree.session.recompute()
    return sketch


# ---- where it lies ----------------------------------------------------------------------------------


def _place(tree: Tree, sketch: Any, body: Any, plan: Operation, user: Operation) -> None:
    if plan["face"] is not None:
        _place_on_face(tree, sketch, plan, user)
        return
    sketch.AttachmentSupport = [(tree.plane(body, plan["plane"]), "")]
    sketch.MapMode = "FlatFace"
    offset = plan["offset"]
    if offset is None:
        return
    if plan["plane"] == "xz":  # FreeCAD's XZ plane looks along −Y
        offset = scaled(offset, -1.0)
    sketch.AttachmentOffset = App.Placement(App.Vector(0, 0, value_of(offset)), App.Rotation())
    if isinstance(offset, Mapping):
        sketch.setExpression("AttachmentOffset.Base.z", tree.text(offset))


def _place_on_face(tree: Tree, sketch: Any, plan: Operation, user: Operation) -> None:
    """Attached within one body; in another body it stands where the face is now."""
    tip = tree.tip(plan)
    name = selection.one_face(plan, tip.Shape, plan["face"], ".face")
    face = tip.Shape.getElement(name)
    if face.Surface.TypeId != "Part::GeomPlane":
        raise failed(
            "FEATURE_SELECTION_EMPTY",
            plan,
            f"{name} is not plane",
            below=".face",
            what="plane face",
            what_tr="düz yüz",
            available=name,
        )
    wanted = _seen_from_outside(face)
    if user["body"] != plan["body"]:
        sketch.Placement = wanted
        return
    sketch.AttachmentSupport = [(tip, name)]
    sketch.MapMode = "FlatFace"
    tree.session.recompute()
    sketch.AttachmentOffset = sketch.Placement.inverse() * wanted


def _seen_from_outside(face: Any) -> Any:
    """The plane of a face with +Z up, or +X to the right where it is level; the part's origin on it."""
    u0, u1, v0, v1 = face.ParameterRange
    normal = face.normalAt((u0 + u1) / 2, (v0 + v1) / 2)
    up = App.Vector(0, 0, 1)
    is_level = up.cross(normal).Length < PARALLEL
    right = App.Vector(1, 0, 0) if is_level else up.cross(normal).normalize()
    upward = normal.cross(right)
    rotation = App.Rotation(right, upward, normal, "ZXY")
    origin = normal * face.CenterOfMass.dot(normal)
    return App.Placement(origin, rotation)


# ---- curves -----------------------------------------------------------------------------------------


def _numbers(place: Iterable[Quantity]) -> tuple[float, float]:
    x, y = (value_of(each) for each in place)
    return (x, y)


def _curve(curve: Mapping[str, Any]) -> Any:
    match curve["kind"]:
        case "line":
            return sketches.line(_numbers(curve["start"]), _numbers(curve["end"]))
        case "circle":
            return sketches.circle(_numbers(curve["center"]), value_of(curve["radius"]))
        case "arc":
            return _arc(curve)
    return _spline(curve)


def _arc(curve: Mapping[str, Any]) -> Any:
    (x, y), (x0, y0), (x1, y1) = (_numbers(curve[name]) for name in ("center", "start", "end"))
    start, end = math.atan2(y0 - y, x0 - x), math.atan2(y1 - y, x1 - x)
    return sketches.arc((x, y), math.dist((x, y), (x0, y0)), start, end if end > start else end + 2 * math.pi)


def _spline(curve: Mapping[str, Any]) -> Any:
    spline = Part.BSplineCurve()
    points = [App.Vector(*_numbers(place), 0) for place in curve["places"]]
    spline.interpolate(Points=points, PeriodicFlag=curve["closed"])
    return spline


# ---- constraints ------------------------------------------------------------------------------------


@dataclass
class _Corner:
    """Points that meet, and where."""

    points: list[Point]
    place: list[Quantity]
    fixed: bool = False
    """Whether something else holds it, such as a spline that cannot move."""


@dataclass
class _Classes:
    """Disjoint sets of corners that share a coordinate."""

    parent: list[int]

    def find(self, one: int) -> int:
        while self.parent[one] != one:
            one = self.parent[one]
        return one

    def join(self, one: int, other: int) -> bool:
        """Whether they were apart before."""
        first, second = sorted((self.find(one), self.find(other)))
        self.parent[second] = first
        return first != second


@dataclass
class _Constraining:
    tree: Tree
    sketch: Any
    plan: Operation
    made: list[Any] = field(default_factory=list)
    driven: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    """Names of constraints with the quantities that drive them."""
    path_of: dict[int, str] = field(default_factory=dict)
    """Number of a constraint, from 1, with its path below the operation."""

    def run(self) -> None:
        for number, constraint in enumerate(self.plan["constraints"]):
            self._add_given(constraint, f".constraints[{number}]")
        corners = self._corners()
        if self.plan["as_drawn"]:
            self._hold(corners)
        self.sketch.addConstraint(self.made)
        for name, quantity in self.driven:
            self.sketch.setExpression(f"Constraints.{name}", self.tree.text(quantity))
        self._judge()

    def add(self, kind: str, *of: int | float, quantity: Quantity | None = None) -> None:
        """Adds a constraint; the quantity drives its value."""
        if quantity is None:
            self.made.append(Sketcher.Constraint(kind, *of))
            return
        value = value_of(quantity)
        constraint = Sketcher.Constraint(kind, *of, math.radians(value) if kind == "Angle" else value)
        name = f"{kind}{len(self.made) + 1}"
        constraint.Name = name
        self.made.append(constraint)
        if isinstance(quantity, Mapping):
            self.driven.append((name, quantity))

    # ---- as they were given ---------------------------------------------------------------------------

    def _add_given(self, constraint: Mapping[str, Any], path: str) -> None:
        kind = _KINDS[constraint["type"]]
        of = [
            number for curve, point in constraint["of"] for number in ((curve, point) if point else (curve,))
        ]
        self.add(kind, *of, quantity=constraint.get("value"))
        self.path_of[len(self.made)] = path

    # ---- as it is drawn -------------------------------------------------------------------------------

    def _corners(self) -> list[_Corner]:
        """The ends of the curves, joined where they meet and no given constraint joins them yet."""
        corners: list[_Corner] = []
        joined = self._already_joined()
        for number, curve in enumerate(self.plan["curves"]):
            for point, place in _points_of(curve):
                corner = next((each for each in corners if _meet(each.place, place)), None)
                if corner is None:
                    corner = _Corner([], list(place))
                    corners.append(corner)
                elif joined.join((number, point), corner.points[0]):
                    self.add("Coincident", number, point, *corner.points[0])
                corner.points.append((number, point))
                corner.place = [_driven_one(a, b) for a, b in zip(corner.place, place, strict=True)]
                corner.fixed = corner.fixed or curve["kind"] == "spline"
        return corners

    def _already_joined(self) -> _Joined:
        joined = _Joined({})
        for constraint in self.plan["constraints"]:
            points = [tuple(each) for each in constraint["of"]]
            if constraint["type"] in ("coincident", "tangent", "perpendicular") and all(
                point for _, point in points
            ):
                joined.join(points[0], points[1])
        return joined

    def _hold(self, corners: list[_Corner]) -> None:
        """One dimension for every coordinate that differs; level and upright lines share theirs."""
        index = {point: number for number, corner in enumerate(corners) for point in corner.points}
        classes = [_Classes(list(range(len(corners)))) for _ in "xy"]
        held = [{number for number, corner in enumerate(corners) if corner.fixed} for _ in "xy"]
        for number, curve in enumerate(self.plan["curves"]):
            if curve["kind"] == "spline":
                self.add("Block", number)
            elif curve["kind"] == "line":
                ends = index[number, sketches.START], index[number, sketches.END]
                self._share(number, ends, corners, classes, held)
        for axis in (0, 1):
            self._dimension(axis, corners, classes[axis], held[axis])
        for number, curve in enumerate(self.plan["curves"]):
            if curve["kind"] == "circle":
                self.add("Radius", number, quantity=curve["radius"])
            elif curve["kind"] == "arc":
                self._hold_centre(number, curve)

    def _share(
        self,
        number: int,
        ends: tuple[int, int],
        corners: list[_Corner],
        classes: list[_Classes],
        held: list[set[int]],
    ) -> None:
        """A line along an axis: both of its ends have the same x, or the same y."""
        one, other = (corners[end].place for end in ends)
        for axis, kind in ((1, "Horizontal"), (0, "Vertical")):
            roots = {classes[axis].find(end) for end in ends}
            if len(roots) < 2 or roots <= held[axis] or not _equal(one[axis], other[axis]):
                continue
            classes[axis].join(*ends)
            if roots & held[axis]:
                held[axis].add(classes[axis].find(ends[0]))
            self.add(kind, number)

    def _dimension(self, axis: int, corners: list[_Corner], classes: _Classes, held: set[int]) -> None:
        for number, corner in enumerate(corners):
            if classes.find(number) == number and number not in held:
                self._hold_at(axis, corner.points[0], corner.place[axis])

    def _hold_centre(self, number: int, curve: Mapping[str, Any]) -> None:
        """The centre lies on the bisector of the ends already; its coordinate that varies more is held."""
        (x0, y0), (x1, y1) = (_numbers(curve[name]) for name in ("start", "end"))
        axis = 0 if abs(y1 - y0) >= abs(x1 - x0) else 1
        self._hold_at(axis, (number, sketches.CENTRE), curve["center"][axis])

    def _hold_at(self, axis: int, point: Point, quantity: Quantity) -> None:
        if not isinstance(quantity, Mapping) and abs(quantity) < LEVEL:
            self.add("PointOnObject", *point, sketches.Y_AXIS if axis == 0 else sketches.X_AXIS)
        else:
            self.add("DistanceX" if axis == 0 else "DistanceY", *sketches.ORIGIN, *point, quantity=quantity)

    # ---- judgement ------------------------------------------------------------------------------------

    def _judge(self) -> None:
        if self.sketch.solve() != 0:
            at_fault = [*self.sketch.ConflictingConstraints, *self.sketch.RedundantConstraints]
            paths = [self.path_of[number] for number in at_fault if number in self.path_of]
            raise failed(
                "FC_SKETCH_OVERCONSTRAINED",
                self.plan,
                f"constraints {at_fault} of {self.sketch.Name} conflict or are redundant",
                below=paths[0] if paths else "",
                constraints=[f"{self.plan['place']}{path}" for path in paths],
            )
        if self.plan["require_constrained"] and not self.sketch.FullyConstrained:
            raise failed(
                "FC_SKETCH_UNDERCONSTRAINED",
                self.plan,
                f"{self.sketch.Name} can still move",
                degrees_of_freedom=int(getattr(self.sketch, "DoF", 0)),
            )


@dataclass
class _Joined:
    """Points of curves that constraints join."""

    parent: dict[Any, Any]

    def find(self, point: Any) -> Any:
        while self.parent.get(point, point) != point:
            point = self.parent[point]
        return point

    def join(self, one: Any, other: Any) -> bool:
        """Whether they were apart before."""
        first, second = self.find(tuple(one)), self.find(tuple(other))
        if first == second:
            return False
        self.parent[second] = first
        return True


_KINDS: Final = {
    "distance": "Distance",
    "distance_x": "DistanceX",
    "distance_y": "DistanceY",
    "angle": "Angle",
    "radius": "Radius",
    "diameter": "Diameter",
    "coincident": "Coincident",
    "parallel": "Parallel",
    "perpendicular": "Perpendicular",
    "horizontal": "Horizontal",
    "vertical": "Vertical",
    "tangent": "Tangent",
    "equal": "Equal",
    "symmetric": "Symmetric",
    "point_on_object": "PointOnObject",
    "block": "Block",
}


def _points_of(curve: Mapping[str, Any]) -> list[tuple[int, list[Quantity]]]:
    """The points of a curve that others can meet."""
    if curve["kind"] == "circle":
        return [(sketches.CENTRE, curve["center"])]
    if curve["kind"] == "spline":
        ends = (curve["places"][0], curve["places"][-1])
        return [] if curve["closed"] else list(zip((sketches.START, sketches.END), ends, strict=True))
    return [(sketches.START, curve["start"]), (sketches.END, curve["end"])]


def _meet(one: Iterable[Quantity], other: Iterable[Quantity]) -> bool:
    return math.dist(_numbers(one), _numbers(other)) < MEETING_MM


def _equal(one: Quantity, other: Quantity) -> bool:
    """Whether two coordinates are the same now and whatever the parameters are."""
    if isinstance(one, Mapping) or isinstance(other, Mapping):
        return (
            isinstance(one, Mapping)
            and isinstance(other, Mapping)
            and one["expression"] == other["expression"]
        )
    return abs(one - other) < LEVEL


def _driven_one(one: Quantity, other: Quantity) -> Quantity:
    """Of two coordinates that meet, the one that the parameters drive."""
    return one if isinstance(one, Mapping) else other


# ---- profiles ---------------------------------------------------------------------------------------


def require_profile(operation: Operation, sketch: Any, name: str) -> None:
    """Refuses a sketch whose curves do not close, or touch each other anywhere but at their ends.

    FreeCAD makes some solid of such a sketch, but not the one that was drawn.

    Raises:
        KernelError: ``FEATURE_PROFILE_OPEN`` or ``FEATURE_PROFILE_CROSSES``.
    """
    _require_closed(operation, sketch, name)
    edges = [(edge, edge.BoundBox) for edge in sketch.Shape.Edges]
    for _, box in edges:
        box.enlarge(MEETING_MM)
    for (one, near), (other, far) in combinations(edges, 2):
        place = _crossing(one, other) if near.intersect(far) else None
        if place is not None:
            raise failed(
                "FEATURE_PROFILE_CROSSES",
                operation,
                f"curves of {name} cross",
                sketch=name,
                x=round(place.x, 3),
                y=round(place.y, 3),
            )


def _crossing(one: Any, other: Any) -> Any:
    """Where two curves touch other than at a common end, in the part's coordinates; ``None`` if nowhere."""
    distance, pairs, _ = one.distToShape(other)
    if distance > MEETING_MM:
        return None
    return next((point for point, _ in pairs if not (_is_end(point, one) and _is_end(point, other))), None)


def _is_end(point: Any, edge: Any) -> bool:
    return not edge.isClosed() and any(
        point.distanceToPoint(vertex.Point) < 10 * MEETING_MM for vertex in edge.Vertexes
    )


def _require_closed(operation: Operation, sketch: Any, name: str) -> None:
    ends: list[Any] = []
    for edge in sketch.Shape.Edges:
        if not edge.isClosed():
            ends.extend((edge.firstVertex().Point, edge.lastVertex().Point))
    loose = [
        point for point in ends if sum(1 for other in ends if point.distanceToPoint(other) < MEETING_MM) != 2
    ]
    if loose or not sketch.Shape.Edges:
        raise failed(
            "FEATURE_PROFILE_OPEN", operation, f"{len(loose)} loose ends", sketch=name, gaps=len(loose)
        )

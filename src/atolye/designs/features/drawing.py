"""From the curves of a sketch to plain lines, arcs, circles and splines, and from names to their numbers.

A coordinate stays an expression wherever it was one, so that the parameters drive what is derived, too: the
corners of a rectangle, the centre of an arc.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from atolye.designs.family import Checks
from atolye.designs.features import dimensions, expressions
from atolye.designs.features.expressions import ANGLE, LENGTH, Binary, Call, Literal, Node
from atolye.designs.features.operations import Sketch
from atolye.designs.features.sketching import (
    LENGTHS_DUE,
    VALUES_DUE,
    Arc,
    Circle,
    Constraint,
    Curve,
    Line,
    Polygon,
    Polyline,
    Rectangle,
    Slot,
    Spline,
)
from atolye.designs.features.values import Value
from atolye.designs.words import fold, nearest, shown

START: Final = 1
END: Final = 2
CENTRE: Final = 3
WHOLE: Final = 0
"""Points of a curve, as FreeCAD's sketches number them."""

_POINT_WORDS: Final = {
    fold(word): point
    for point, words in {
        START: ("start", "başlangıç", "p1", "from"),
        END: ("end", "bitiş", "son", "p2", "to"),
        CENTRE: ("center", "centre", "merkez"),
    }.items()
    for word in words
}
_ORIGIN: Final = {fold(word) for word in ("origin", "orijin", "başlangıç noktası", "0")}
_X_AXIS: Final = {fold(word) for word in ("x_axis", "x", "x ekseni", "h_axis")}
_Y_AXIS: Final = {fold(word) for word in ("y_axis", "y", "y ekseni", "v_axis")}

SMALLEST_MM: Final = 1e-4
"""Curves shorter than this are none."""

MEETING_MM: Final = 1e-6
"""Points of a drawing that are closer than this are meant to meet."""

Place = tuple[Node, Node]
Reference = tuple[int, int]
"""Number of a curve and point of it; −1 is the x axis (its start the origin), −2 the y axis."""


# ---- arithmetic of expressions ----------------------------------------------------------------------


def _node(value: Value) -> Node:
    return value.node if value.node is not None else Literal(value.number, value.dimension)


def _place(point: tuple[Value, Value] | None) -> Place:
    return (
        (Literal(0.0, LENGTH), Literal(0.0, LENGTH)) if point is None else (_node(point[0]), _node(point[1]))
    )


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Combines expressions; what has no name in it becomes a number at once."""

    values: Mapping[str, float]

    def number(self, node: Node) -> float:
        return expressions.evaluate(node, self.values)

    def of(self, operator: str, left: Node, right: Node) -> Node:
        if operator in "+-" and isinstance(right, Literal) and right.value == 0:
            return left
        return self._short(Binary(operator, left, right))

    def plus(self, left: Node, right: Node) -> Node:
        if isinstance(left, Literal) and left.value == 0:
            return right
        return self.of("+", left, right)

    def minus(self, left: Node, right: Node) -> Node:
        return self.of("-", left, right)

    def times(self, node: Node, factor: float) -> Node:
        return node if factor == 1 else self.of("*", node, Literal(factor))

    def half(self, node: Node) -> Node:
        return self.of("/", node, Literal(2.0))

    def product(self, left: Node, right: Node) -> Node:
        return self.of("*", left, right)

    def quotient(self, left: Node, right: Node) -> Node:
        return self.of("/", left, right)

    def call(self, function: str, argument: Node) -> Node:
        return self._short(Call(function, (argument,)))

    def turned(self, centre: Place, radius: Node, angle: Node) -> Place:
        """The point at an angle on a circle."""
        return (
            self.plus(centre[0], self.product(radius, self.call("cos", angle))),
            self.plus(centre[1], self.product(radius, self.call("sin", angle))),
        )

    def _short(self, node: Node) -> Node:
        if any(expressions.names_in(node)):
            return node
        dimension = dimensions.dimension_of(node, {})
        if dimension not in expressions.UNITS:
            return node
        return Literal(expressions.evaluate(node, {}), dimension)

    def data(self, node: Node) -> Any:
        """A coordinate as the kernel receives it."""
        number = self.number(node)
        if any(expressions.names_in(node)):
            return {"expression": expressions.written(node), "value": number}
        return number + 0.0


# ---- curves -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Drawing:
    """The plain curves of a sketch, and what can be named in it."""

    arithmetic: Arithmetic
    checks: Checks
    path: str
    curves: list[dict[str, Any]] = field(default_factory=list)
    named: dict[str, tuple[int, Mapping[int, int]]] = field(default_factory=dict)
    """Folded name of a curve → its number, and which of its points are meant by start and end."""
    shown_names: list[str] = field(default_factory=list)

    def add(
        self,
        name: str,
        kind: str,
        *,
        construction: bool,
        points: Mapping[int, int] | None = None,
        **data: Any,
    ) -> None:
        """Adds one plain curve.

        Args:
            points: for a curve that runs the other way than it was drawn, its points by those meant.
        """
        if fold(name) in self.named or not fold(name):
            self.checks.error("FEATURE_ID_TAKEN", self.path, value=name)
        self.named[fold(name)] = (len(self.curves), points or {})
        self.shown_names.append(name)
        coordinates = {key: self._data(value) for key, value in data.items()}
        self.curves.append({"kind": kind, "construction": construction, **coordinates})

    def _data(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return [self._data(each) for each in value]
        return self.arithmetic.data(value)

    def line(self, name: str, start: Place, end: Place, *, construction: bool) -> None:
        length = math.dist(self._numbers(start), self._numbers(end))
        if length < SMALLEST_MM:
            self.checks.error("FEATURE_CURVE_DEGENERATE", self.path, value=name)
        self.add(name, "line", construction=construction, start=start, end=end)

    def arc(
        self,
        name: str,
        centre: Place,
        start: Place,
        end: Place,
        *,
        construction: bool,
        clockwise: bool = False,
    ) -> None:
        """An arc about a centre; clockwise ones are drawn the other way round."""
        points = {START: END, END: START} if clockwise else {}
        if clockwise:
            start, end = end, start
        middle, first, last = (self._numbers(each) for each in (centre, start, end))
        radius = math.dist(middle, first)
        if radius < SMALLEST_MM or math.dist(first, last) < SMALLEST_MM:
            self.checks.error("FEATURE_CURVE_DEGENERATE", self.path, value=name)
        elif abs(radius - math.dist(middle, last)) > MEETING_MM * max(1.0, radius):
            self.checks.error(
                "FEATURE_ARC_MISMATCH",
                self.path,
                value=name,
                first=round(radius, 6),
                second=round(math.dist(middle, last), 6),
            )
        self.add(name, "arc", construction=construction, points=points, center=centre, start=start, end=end)

    def _numbers(self, place: Place) -> tuple[float, float]:
        return (self.arithmetic.number(place[0]), self.arithmetic.number(place[1]))


def _draw_line(drawing: Drawing, curve: Line, name: str) -> None:
    drawing.line(name, _place(curve.start), _place(curve.end), construction=bool(curve.construction))


def _draw_polyline(drawing: Drawing, curve: Polyline, name: str) -> None:
    places = [_place(point) for point in curve.points]
    closed = curve.closed is not False
    if closed and _same(drawing, places[0], places[-1]):
        places.pop()
    ends = [*places[1:], places[0]] if closed else places[1:]
    for number, (start, end) in enumerate(zip(places, ends, strict=False), start=1):
        drawing.line(f"{name}.{number}", start, end, construction=bool(curve.construction))


def _same(drawing: Drawing, one: Place, other: Place) -> bool:
    x0, y0, x1, y1 = (drawing.arithmetic.number(node) for node in (*one, *other))
    return math.dist((x0, y0), (x1, y1)) < MEETING_MM


def _draw_circle(drawing: Drawing, curve: Circle, name: str) -> None:
    sums = drawing.arithmetic
    radius = _radius(sums, curve.radius, curve.diameter)
    drawing.add(
        name, "circle", construction=bool(curve.construction), center=_place(curve.center), radius=radius
    )


def _radius(sums: Arithmetic, radius: Value | None, diameter: Value | None) -> Node:
    if radius is not None:
        return _node(radius)
    assert diameter is not None  # one of the two is required
    return sums.half(_node(diameter))


def _draw_arc(drawing: Drawing, curve: Arc, name: str) -> None:
    sums, construction = drawing.arithmetic, bool(curve.construction)
    form = curve.form()
    if form is None:
        drawing.checks.error("FEATURE_ARC_FORM", drawing.path, value=name)
        return
    if form == "angles":
        _draw_arc_by_angles(drawing, curve, name)
        return
    start, end = _place(curve.start), _place(curve.end)
    clockwise = bool(curve.clockwise)
    if form == "center":
        centre = _place(curve.center)
    elif form == "radius":
        assert curve.radius is not None
        centre = _centre_by_radius(sums, start, end, _node(curve.radius), clockwise)
    else:
        through = _place(curve.through)
        centre = _centre_through(sums, start, through, end)
        clockwise = _turn(drawing, start, through, end) < 0
    drawing.arc(name, centre, start, end, construction=construction, clockwise=clockwise)


def _draw_arc_by_angles(drawing: Drawing, curve: Arc, name: str) -> None:
    assert curve.radius is not None
    assert curve.start_angle is not None
    assert curve.end_angle is not None
    sums, centre, radius = drawing.arithmetic, _place(curve.center), _node(curve.radius)
    drawing.arc(
        name,
        centre,
        sums.turned(centre, radius, _node(curve.start_angle)),
        sums.turned(centre, radius, _node(curve.end_angle)),
        construction=bool(curve.construction),
        clockwise=bool(curve.clockwise),
    )


def _centre_by_radius(sums: Arithmetic, start: Place, end: Place, radius: Node, clockwise: bool) -> Place:
    """On the left of the way from start to end, for the shorter arc counter-clockwise."""
    dx, dy = sums.minus(end[0], start[0]), sums.minus(end[1], start[1])
    square = sums.plus(sums.product(dx, dx), sums.product(dy, dy))
    reach = sums.call("sqrt", sums.minus(sums.product(radius, radius), sums.quotient(square, Literal(4.0))))
    share = sums.quotient(reach, sums.call("sqrt", square))
    side = -1.0 if clockwise else 1.0
    mid_x, mid_y = sums.half(sums.plus(start[0], end[0])), sums.half(sums.plus(start[1], end[1]))
    return (
        sums.minus(mid_x, sums.times(sums.product(dy, share), side)),
        sums.plus(mid_y, sums.times(sums.product(dx, share), side)),
    )


def _centre_through(sums: Arithmetic, a: Place, b: Place, c: Place) -> Place:
    """The centre of the circle through three points, from the first point on."""
    bx, by = sums.minus(b[0], a[0]), sums.minus(b[1], a[1])
    cx, cy = sums.minus(c[0], a[0]), sums.minus(c[1], a[1])
    twice = sums.times(sums.minus(sums.product(bx, cy), sums.product(by, cx)), 2.0)
    b2 = sums.plus(sums.product(bx, bx), sums.product(by, by))
    c2 = sums.plus(sums.product(cx, cx), sums.product(cy, cy))
    x = sums.quotient(sums.minus(sums.product(cy, b2), sums.product(by, c2)), twice)
    y = sums.quotient(sums.minus(sums.product(bx, c2), sums.product(cx, b2)), twice)
    return (sums.plus(a[0], x), sums.plus(a[1], y))


def _turn(drawing: Drawing, a: Place, b: Place, c: Place) -> float:
    """Positive when the way through the points turns counter-clockwise."""
    (ax, ay), (bx, by), (cx, cy) = (drawing._numbers(each) for each in (a, b, c))
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


def _draw_spline(drawing: Drawing, curve: Spline, name: str) -> None:
    places = tuple(_place(point) for point in curve.points)
    closed = bool(curve.closed)
    if closed and _same(drawing, places[0], places[-1]):
        places = places[:-1]
    if any(_same(drawing, one, other) for one, other in pairwise(places)):
        drawing.checks.error("FEATURE_CURVE_DEGENERATE", drawing.path, value=name)
    drawing.add(name, "spline", construction=bool(curve.construction), points=None, places=places)
    drawing.curves[-1]["closed"] = closed


def _draw_rectangle(drawing: Drawing, curve: Rectangle, name: str) -> None:
    sums, width, height = drawing.arithmetic, _node(curve.width), _node(curve.height)
    if curve.corner is not None and curve.center is not None:
        fields = f"{drawing.path}.corner, {drawing.path}.center"
        drawing.checks.error("VALIDATION_CONFLICT", drawing.path, fields=fields)
    if curve.corner is not None:
        x0, y0 = _place(curve.corner)
        x1, y1 = sums.plus(x0, width), sums.plus(y0, height)
    else:
        x, y = _place(curve.center)
        x0, x1 = sums.minus(x, sums.half(width)), sums.plus(x, sums.half(width))
        y0, y1 = sums.minus(y, sums.half(height)), sums.plus(y, sums.half(height))
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    sides = ("bottom", "right", "top", "left")
    for side, start, end in zip(sides, corners, [*corners[1:], corners[0]], strict=True):
        drawing.line(f"{name}.{side}", start, end, construction=bool(curve.construction))


def _draw_polygon(drawing: Drawing, curve: Polygon, name: str) -> None:
    sums, sides = drawing.arithmetic, int(curve.sides.number)
    if curve.sides.node is not None:
        drawing.checks.error("FEATURE_NOT_DRIVEN", f"{drawing.path}.sides", value=curve.sides.expression)
    turn = Literal(0.0, ANGLE) if curve.angle is None else _node(curve.angle)
    if curve.across_flats is not None:
        radius = sums.quotient(_node(curve.across_flats), Literal(2 * math.cos(math.pi / sides)))
        turn = sums.plus(Literal(180.0 / sides, ANGLE), turn)
    else:
        radius = _radius(sums, curve.radius, curve.diameter)
    centre = _place(curve.center)
    corners = [
        sums.turned(centre, radius, sums.plus(Literal(360.0 * k / sides, ANGLE), turn)) for k in range(sides)
    ]
    for number, (start, end) in enumerate(zip(corners, [*corners[1:], corners[0]], strict=True), start=1):
        drawing.line(f"{name}.{number}", start, end, construction=bool(curve.construction))


def _draw_slot(drawing: Drawing, curve: Slot, name: str) -> None:
    """Two straight sides and two half circles; the sides are left and right of the way from start to end."""
    sums = drawing.arithmetic
    start, end, radius = _place(curve.start), _place(curve.end), sums.half(_node(curve.width))
    dx, dy = sums.minus(end[0], start[0]), sums.minus(end[1], start[1])
    length = sums.call("sqrt", sums.plus(sums.product(dx, dx), sums.product(dy, dy)))
    if sums.number(length) < SMALLEST_MM:
        drawing.checks.error("FEATURE_CURVE_DEGENERATE", drawing.path, value=name)
        return
    across = (
        _scaled(sums, dy, radius, length, dx, negative=True),
        _scaled(sums, dx, radius, length, dy, negative=False),
    )
    corners = {
        (end_name, side): (sums.of(sign, place[0], across[0]), sums.of(sign, place[1], across[1]))
        for end_name, place in (("start", start), ("end", end))
        for side, sign in (("left", "+"), ("right", "-"))
    }
    construction = bool(curve.construction)
    drawing.line(
        f"{name}.right", corners["start", "right"], corners["end", "right"], construction=construction
    )
    drawing.arc(
        f"{name}.end", end, corners["end", "right"], corners["end", "left"], construction=construction
    )
    drawing.line(f"{name}.left", corners["end", "left"], corners["start", "left"], construction=construction)
    drawing.arc(
        f"{name}.start", start, corners["start", "left"], corners["start", "right"], construction=construction
    )


def _scaled(sums: Arithmetic, part: Node, radius: Node, length: Node, other: Node, *, negative: bool) -> Node:
    """``±part / length * radius``; for a slot along an axis simply ``±radius`` or 0."""
    sign = -1.0 if negative else 1.0
    if sums.number(part) == 0 and isinstance(part, Literal):
        return Literal(0.0, LENGTH)
    if sums.number(other) == 0 and isinstance(other, Literal):
        return sums.times(radius, math.copysign(sign, sign * sums.number(part)))
    return sums.times(sums.product(sums.quotient(part, length), radius), sign)


_DRAWN_BY: Final[dict[type[Curve], Callable[[Drawing, Any, str], None]]] = {
    Line: _draw_line,
    Polyline: _draw_polyline,
    Arc: _draw_arc,
    Circle: _draw_circle,
    Spline: _draw_spline,
    Rectangle: _draw_rectangle,
    Polygon: _draw_polygon,
    Slot: _draw_slot,
}


def draw(sketch: Sketch, path: str, values: Mapping[str, float], checks: Checks) -> dict[str, Any]:
    """The curves and constraints of a sketch as the kernel receives them.

    Args:
        sketch: with all of its values resolved.
        values: the parameters' values.
    """
    sums = Arithmetic(values)
    drawing = Drawing(sums, checks, path)
    for number, curve in enumerate(sketch.curves, start=1):
        drawing.path = f"{path}.curves[{number - 1}]"
        try:
            _DRAWN_BY[type(curve)](drawing, curve, curve.id or f"c{number}")
        except expressions.ExpressionError as problem:
            checks.error(problem.code, drawing.path, **{"value": curve.kind, **problem.params})
    constraints = [
        _constraint(drawing, each, f"{path}.constraints[{number}]")
        for number, each in enumerate(sketch.constraints or ())
    ]
    return {
        "curves": drawing.curves,
        "constraints": [each for each in constraints if each is not None],
        "as_drawn": not sketch.constraints,
        "require_constrained": bool(sketch.require_constrained),
    }


# ---- constraints ------------------------------------------------------------------------------------

_OPERANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "distance": ("c", "pp", "pc"),
    "distance_x": ("c", "p", "pp"),
    "distance_y": ("c", "p", "pp"),
    "angle": ("c", "cc"),
    "radius": ("c",),
    "diameter": ("c",),
    "coincident": ("pp",),
    "parallel": ("cc",),
    "perpendicular": ("cc", "pp"),
    "horizontal": ("c", "pp"),
    "vertical": ("c", "pp"),
    "tangent": ("cc", "pp"),
    "equal": ("cc",),
    "symmetric": ("ppc", "ppp"),
    "point_on_object": ("pc",),
    "block": ("c",),
}
"""What each constraint takes: points (p) and curves (c)."""


def _constraint(drawing: Drawing, constraint: Constraint, path: str) -> dict[str, Any] | None:
    words = [word for word in (constraint.a, constraint.b, constraint.about) if word is not None]
    found = [_reference(drawing, word, path) for word in words]
    references = [each for each in found if each is not None]
    if len(references) < len(words):
        return None
    kinds = "".join("c" if point == WHOLE else "p" for _, point in references)
    allowed = _OPERANDS[constraint.type]
    due = constraint.type in VALUES_DUE
    if kinds not in allowed or due != (constraint.value is not None):
        expected = {
            f"expected_{language}": " | ".join(
                _operands_in_words(each, language, due=due) for each in allowed
            )
            for language in _WORDS_FOR
        }
        drawing.checks.error("FEATURE_CONSTRAINT_OPERANDS", path, value=constraint.type, **expected)
        return None
    made: dict[str, Any] = {"type": constraint.type, "of": [list(each) for each in references]}
    if constraint.value is not None:
        _judge_value(drawing, constraint, path)
        made["value"] = drawing.arithmetic.data(_node(constraint.value))
    return made


def _judge_value(drawing: Drawing, constraint: Constraint, path: str) -> None:
    assert constraint.value is not None
    number = constraint.value.number
    if constraint.type in LENGTHS_DUE - {"distance_x", "distance_y"} and number <= 0:
        drawing.checks.error(
            "VALIDATION_RANGE_VIOLATION", f"{path}.value", value=number, minimum=0, maximum=100000, unit="mm"
        )


_WORDS_FOR: Final = {
    "tr": {"p": "nokta", "c": "eğri", "v": "değer"},
    "en": {"p": "point", "c": "curve", "v": "value"},
}


def _operands_in_words(kinds: str, language: str, *, due: bool) -> str:
    return ", ".join(_WORDS_FOR[language][kind] for kind in (*kinds, *("v" if due else "")))


def _reference(drawing: Drawing, word: str, path: str) -> Reference | None:
    """``c1`` is a curve, ``c1.start`` a point of it."""
    whole = fold(word)
    if whole in _ORIGIN:
        return (-1, START)
    if whole in _X_AXIS:
        return (-1, WHOLE)
    if whole in _Y_AXIS:
        return (-2, WHOLE)
    if whole in drawing.named:
        return (drawing.named[whole][0], WHOLE)
    name, _, last = word.rpartition(".")
    point = _POINT_WORDS.get(fold(last))
    if point is not None and fold(name) in drawing.named:
        number, points = drawing.named[fold(name)]
        return (number, points.get(point, point))
    known = {fold(each): each for each in drawing.shown_names}
    near = nearest(word, known)
    drawing.checks.error(
        "FEATURE_UNKNOWN_CURVE",
        path,
        value=shown(word),
        nearest=", ".join(near or drawing.shown_names[:10]) or "–",
    )
    return None

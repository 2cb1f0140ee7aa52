"""What a sketch is made of: curves and constraints, as they are written."""

# ruff: noqa: RUF009 - fields, not values

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from atolye.designs.features.values import (
    FIXED_PLACE,
    PLACE,
    Scalar,
    Value,
    Vector,
    Vectors,
    angle_field,
    as_expression,
    count_field,
    flag_field,
    size_field,
    vector_field,
    word_field,
)
from atolye.designs.fields import UNREAD, Angle, Choice, Length, Reading, Spec, declared
from atolye.designs.findings import At
from atolye.designs.model import Given, Model, add_given, field_of, read_model, refuse_unknown
from atolye.designs.units import ANGLES, Unit
from atolye.designs.words import fold, nearest, shown

MOST_CURVES: Final = 400
MOST_CONSTRAINTS: Final = 1200
MOST_POINTS: Final = 200

Point = tuple[Value, Value]

KIND_KEYS: Final = frozenset(map(fold, ("kind", "type", "shape", "curve", "tür", "tip", "şekil")))


@dataclass(frozen=True, kw_only=True)
class Curve(Model):
    """Base of the curves of a sketch; coordinates are those of the sketch, in mm."""

    kind: ClassVar[str]
    called: ClassVar[tuple[str, ...]]

    id: str | None = word_field(("ad", "isim", "kimlik"), ("id", "name"), "outline")
    construction: bool | None = flag_field(("yapım", "yardımcı"), ("construction", "reference"))

    def values(self) -> dict[str, Any]:
        return {"kind": self.kind, **super().values()}


@dataclass(frozen=True, kw_only=True)
class Line(Curve):
    """A straight line between two points."""

    kind: ClassVar[str] = "line"
    called: ClassVar[tuple[str, ...]] = ("çizgi", "doğru", "segment")
    start: Point = vector_field(("başlangıç",), ("start", "from", "p1"), axes="xy")
    end: Point = vector_field(("bitiş", "son"), ("end", "to", "p2"), axes="xy")


@dataclass(frozen=True, kw_only=True)
class Polyline(Curve):
    """Lines from point to point; closed unless ``closed`` is false."""

    kind: ClassVar[str] = "polyline"
    called: ClassVar[tuple[str, ...]] = ("lines", "profile", "path", "çoklu çizgi", "çizgiler", "profil")
    points: tuple[Point, ...] = declared(
        Vectors(
            tr=("noktalar",),
            en=("points", "vertices"),
            item=Vector(axes="xy", item=PLACE),
            least=2,
            most=MOST_POINTS,
        )
    )
    closed: bool | None = flag_field(("kapalı",), ("closed",))


@dataclass(frozen=True, kw_only=True)
class Arc(Curve):
    """A circular arc, counter-clockwise unless ``clockwise``.

    By start, end and center; by start, end and a point it goes through; by start, end and radius (the
    shorter arc); or by center, radius and two angles.
    """

    kind: ClassVar[str] = "arc"
    called: ClassVar[tuple[str, ...]] = ("yay",)
    center: Point | None = vector_field(("merkez",), ("center", "centre"), axes="xy", required=False)
    radius: Value | None = size_field(("yarıçap",), ("radius", "r"), required=False)
    start: Point | None = vector_field(("başlangıç",), ("start", "from"), axes="xy", required=False)
    end: Point | None = vector_field(("bitiş", "son"), ("end", "to"), axes="xy", required=False)
    through: Point | None = vector_field(
        ("geçtiği nokta", "ara nokta"), ("through", "mid", "middle", "via"), axes="xy", required=False
    )
    start_angle: Value | None = angle_field(
        ("başlangıç açısı",), ("start angle", "angle1"), -720, 720, required=False
    )
    end_angle: Value | None = angle_field(
        ("bitiş açısı",), ("end angle", "angle2"), -720, 720, required=False
    )
    clockwise: bool | None = flag_field(("saat yönünde",), ("clockwise", "cw"))

    def form(self) -> str | None:
        """Which of the ways is meant; ``None`` when it is none of them, or more than one."""
        given = frozenset(
            name
            for name in ("center", "radius", "start", "end", "through", "start_angle", "end_angle")
            if getattr(self, name) is not None
        )
        return ARC_FORMS.get(given)


ARC_FORMS: Final[Mapping[frozenset[str], str]] = {
    frozenset(("start", "end", "center")): "center",
    frozenset(("start", "end", "through")): "through",
    frozenset(("start", "end", "radius")): "radius",
    frozenset(("center", "radius", "start_angle", "end_angle")): "angles",
}


@dataclass(frozen=True, kw_only=True)
class Circle(Curve):
    """A full circle."""

    kind: ClassVar[str] = "circle"
    called: ClassVar[tuple[str, ...]] = ("çember", "daire")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("diameter", "radius"),)
    center: Point | None = vector_field(("merkez",), ("center", "centre"), axes="xy", required=False)
    diameter: Value | None = size_field(("çap",), ("diameter", "d", "ø", "dia"), required=False)
    radius: Value | None = size_field(("yarıçap",), ("radius", "r"), required=False)


@dataclass(frozen=True, kw_only=True)
class Spline(Curve):
    """A smooth curve through points; its points are fixed, so they take no expressions."""

    kind: ClassVar[str] = "spline"
    called: ClassVar[tuple[str, ...]] = ("eğri", "bspline", "b-spline", "curve")
    points: tuple[Point, ...] = declared(
        Vectors(
            tr=("noktalar",),
            en=("points", "through"),
            item=Vector(axes="xy", item=FIXED_PLACE),
            least=2,
            most=MOST_POINTS,
        )
    )
    closed: bool | None = flag_field(("kapalı",), ("closed", "periodic"))


@dataclass(frozen=True, kw_only=True)
class Rectangle(Curve):
    """A rectangle along the axes, by its corner of least x and y or by its centre (the origin if neither)."""

    kind: ClassVar[str] = "rectangle"
    called: ClassVar[tuple[str, ...]] = ("dikdörtgen", "rect", "square", "kare")
    width: Value = size_field(("genişlik", "en", "x uzunluğu"), ("width", "length", "w"))
    height: Value = size_field(("yükseklik", "boy", "y uzunluğu"), ("height", "h"))
    corner: Point | None = vector_field(("köşe",), ("corner", "position"), axes="xy", required=False)
    center: Point | None = vector_field(("merkez",), ("center", "centre"), axes="xy", required=False)


@dataclass(frozen=True, kw_only=True)
class Polygon(Curve):
    """A regular polygon; its first corner lies at ``angle`` from x, or its flats do with ``across_flats``."""

    kind: ClassVar[str] = "polygon"
    called: ClassVar[tuple[str, ...]] = ("çokgen", "düzgün çokgen", "regular polygon")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("diameter", "radius", "across_flats"),)
    sides: Value = count_field(("kenar sayısı", "kenar"), ("sides", "count", "n"), 3, 60)
    diameter: Value | None = size_field(
        ("çap", "dış çap"), ("diameter", "circumscribed diameter"), required=False
    )
    radius: Value | None = size_field(("yarıçap",), ("radius", "circumradius"), required=False)
    across_flats: Value | None = size_field(
        ("anahtar ağzı",), ("across flats", "inscribed diameter"), required=False
    )
    center: Point | None = vector_field(("merkez",), ("center", "centre"), axes="xy", required=False)
    angle: Value | None = angle_field(("açı",), ("angle", "rotation"), -360, 360, required=False)


@dataclass(frozen=True, kw_only=True)
class Slot(Curve):
    """A slot with round ends, by the centres of its ends."""

    kind: ClassVar[str] = "slot"
    called: ClassVar[tuple[str, ...]] = ("yarık", "kanal", "uzun delik", "obround")
    start: Point = vector_field(("başlangıç",), ("start", "from"), axes="xy")
    end: Point = vector_field(("bitiş", "son"), ("end", "to"), axes="xy")
    width: Value = size_field(("genişlik", "en", "çap"), ("width", "diameter"))


CURVES: Final = {kind.kind: kind for kind in (Line, Polyline, Arc, Circle, Spline, Rectangle, Polygon, Slot)}


# ---- constraints ------------------------------------------------------------------------------------

CONSTRAINTS: Final[Mapping[str, tuple[str, ...]]] = {
    "distance": ("mesafe", "uzaklık", "uzunluk", "length"),
    "distance_x": ("x mesafesi", "yatay mesafe", "horizontal distance"),
    "distance_y": ("y mesafesi", "dikey mesafe", "vertical distance"),
    "angle": ("açı",),
    "radius": ("yarıçap",),
    "diameter": ("çap",),
    "coincident": ("çakışık", "çakıştır"),
    "parallel": ("paralel",),
    "perpendicular": ("dik",),
    "horizontal": ("yatay",),
    "vertical": ("dikey", "düşey"),
    "tangent": ("teğet",),
    "equal": ("eşit",),
    "symmetric": ("simetrik", "simetri", "symmetry"),
    "point_on_object": ("üzerinde", "nokta üzerinde", "on", "point on"),
    "block": ("sabit", "sabitle", "fixed", "lock"),
}
"""The allowed constraints with their other names."""

LENGTHS_DUE: Final = frozenset(("distance", "distance_x", "distance_y", "radius", "diameter"))
VALUES_DUE: Final = LENGTHS_DUE | {"angle"}


@dataclass(frozen=True, kw_only=True)
class Dimension(Spec):
    """The value of a constraint: a length, or an angle where a unit or the constraint says so."""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        return _LENGTH_VALUE.read(raw, at, reading, unit)

    def schema(self) -> dict[str, Any]:
        return _LENGTH_VALUE.schema()


_LENGTH_VALUE: Final = Scalar(number=Length(minimum=-1e5, maximum=1e5))
_ANGLE_VALUE: Final = Scalar(number=Angle(minimum=-360, maximum=360))


@dataclass(frozen=True, kw_only=True)
class Constraint(Model):
    """A relation between points and curves: ``a``, ``b`` and, for symmetry, ``about``.

    A curve is named by its id (``c1``, ``c2`` … where it has none), a point as ``c1.start``, ``c1.end``,
    ``c1.center`` or ``origin``; the axes are ``x_axis`` and ``y_axis``.
    """

    type: str = declared(
        Choice(tr=("tür", "tip", "kısıt"), en=("type", "kind", "constraint"), choices=CONSTRAINTS)
    )
    a: str = word_field(("birinci", "ilk"), ("a", "first", "of", "curve", "line"), "c1.start", required=True)
    b: str | None = word_field(("ikinci",), ("b", "second", "to", "with"), "c2.end")
    about: str | None = word_field(("göre", "eksen"), ("about", "third", "c"), "y_axis")
    value: Value | None = declared(
        Dimension(tr=("değer", "ölçü"), en=("value", "dimension"), required=False, unit="mm")
    )


@dataclass(frozen=True, kw_only=True)
class AnyConstraint(Spec):
    """A constraint; an angle's value is read as an angle."""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        given = _given(raw, Constraint, at, reading)
        if given is None:
            return UNREAD
        value = given.get("value")
        word = given["type"].raw if "type" in given else None
        angular = isinstance(word, str) and fold(word) in map(fold, ("angle", *CONSTRAINTS["angle"]))
        if value is None or not angular:
            made = read_model(Constraint, given, at, reading)
            return UNREAD if made is None else made
        rest = {name: each for name, each in given.items() if name != "value"}
        read = _ANGLE_VALUE.read(value.raw, value.at, reading, value.unit or self._unit(value.raw))
        made = read_model(Constraint, rest, at, reading)
        return UNREAD if made is None else _with_value(made, read)

    def schema(self) -> dict[str, Any]:
        return Constraint.schema()

    def _unit(self, raw: Any) -> Unit | None:
        return ANGLES["deg"] if as_expression(raw) is None else None


def _with_value(constraint: Constraint, value: Value) -> Constraint:
    return Constraint(
        type=constraint.type, a=constraint.a, b=constraint.b, about=constraint.about, value=value
    )


# ---- reading ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Variant(Spec):
    """An object of one of several kinds, named in it by one of some keys."""

    kinds: Mapping[str, type[Any]] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    key: str = "kind"

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        if not isinstance(raw, Mapping):
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="{…}")
            return UNREAD
        kind, rest = self.kind_of(raw, at, reading)
        if kind is None:
            return UNREAD
        given = _given(rest, kind, at, reading)
        made = None if given is None else read_model(kind, given, at, reading)
        return UNREAD if made is None else made

    def kind_of(
        self, raw: Mapping[str, Any], at: At, reading: Reading
    ) -> tuple[type[Any] | None, Mapping[str, Any]]:
        """The kind that an object names, and the rest of the object."""
        named = [key for key in raw if fold(str(key)) in self.keys]
        rest = {key: value for key, value in raw.items() if key not in named}
        if not named:
            known = ", ".join(self.kinds)
            prefix = f"{at.typed}.{self.key}"
            reading.findings.error(
                "VALIDATION_MISSING_FIELD",
                at.child(self.key).path,
                name_tr=f"{prefix} ({known})",
                name_en=f"{prefix} ({known})",
            )
            return None, rest
        if len(named) > 1:
            reading.error("VALIDATION_CONFLICT", at.child(self.key), fields=", ".join(map(shown, named)))
            return None, rest
        word = raw[named[0]]
        choices = {key: kind.called for key, kind in self.kinds.items()}
        found = Choice(choices=choices).match(word)
        if found is None:
            near = nearest(word, self._names()) if isinstance(word, str) else []
            known = ", ".join([*near, *(key for key in self.kinds if key not in near)])
            place = at.child(self.key, shown(named[0]))
            reading.error("VALIDATION_UNKNOWN_VALUE", place, value=shown(word), known=known, candidates=near)
        return (None if found is None else self.kinds[found]), rest

    def _names(self) -> dict[str, str]:
        return {fold(name): key for key, kind in self.kinds.items() for name in (key, *kind.called)}

    def schema(self) -> dict[str, Any]:
        made = []
        for key, kind in self.kinds.items():
            schema = kind.schema()
            schema["properties"] = {self.key: {"enum": [key, *kind.called]}, **schema["properties"]}
            schema["required"] = [self.key, *schema["required"]]
            made.append(schema)
        return {"anyOf": made}


@dataclass(frozen=True, kw_only=True)
class Several(Spec):
    """A list of objects, all read even when some are wrong."""

    item: Spec = field(default_factory=Spec)
    least: int = 0
    most: int = 100

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        several = [raw] if isinstance(raw, Mapping) else raw
        if not isinstance(several, list | tuple) or len(several) < self.least:
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="[{…}]")
            return UNREAD
        if len(several) > self.most:
            reading.error("VALIDATION_TOO_MANY", at, value=len(several), limit=self.most)
            return UNREAD
        made = tuple(self.item.read(each, at.item(index), reading) for index, each in enumerate(several))
        return UNREAD if any(each is UNREAD for each in made) else made

    def schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "items": self.item.schema(),
            "minItems": self.least,
            "maxItems": self.most,
        }


def _given(raw: Any, model: type[Model], at: At, reading: Reading) -> dict[str, Given] | None:
    if not isinstance(raw, Mapping):
        reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="{…}")
        return None
    given: dict[str, Given] = {}
    for key, value in raw.items():
        found = field_of(model.names(), str(key))
        if found is None:
            refuse_unknown(str(key), at, model.names(), reading)
        elif value is not None:
            add_given(given, found[0], Given(value, at.child(found[0], shown(key)), found[1]), reading)
    return given


ANY_CURVE: Final = Variant(kinds=CURVES, keys=KIND_KEYS, key="kind")

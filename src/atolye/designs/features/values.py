"""Values of the operations' fields: plain numbers, or expressions between the named parameters."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from atolye.designs.features import expressions, parsing
from atolye.designs.features.expressions import ANGLE, LENGTH, PURE, Dimension, ExpressionError, Node
from atolye.designs.fields import (
    LARGEST_SIZE_MM,
    SMALLEST_SIZE_MM,
    UNREAD,
    Angle,
    Choice,
    Count,
    Flag,
    Length,
    Number,
    Reading,
    Spec,
    Word,
    declared,
)
from atolye.designs.findings import At
from atolye.designs.model import Model
from atolye.designs.numbers import rounded
from atolye.designs.units import Unit
from atolye.designs.words import fold, shown

FARTHEST_MM: Final = 1e5
"""How far from the origin a point may be given."""

LONGEST_ID: Final = 40

_EXPRESSION_KEYS: Final = frozenset(map(fold, ("expression", "expr", "formula", "ifade", "formül")))
_VALUE_KEYS: Final = frozenset(map(fold, ("value", "değer")))
_UNIT_KEYS: Final = frozenset(map(fold, ("unit", "birim")))


@dataclass(frozen=True)
class Value(Model):
    """A number in mm, degrees or pieces; ``expression`` drives it where there is one.

    Until the parameters are resolved, a value with a ``node`` has no number.
    """

    number: float = math.nan
    expression: str | None = None
    node: Node | None = field(default=None, compare=False)
    at: At = field(default_factory=At, compare=False)
    limits: Number = field(default_factory=Number, compare=False)
    bare_mm: float = field(default=1.0, compare=False)
    """The request's unit of length, which bare numbers are in."""
    claimed: float | None = field(default=None, compare=False)
    """The number that was written beside the expression; it must be what the expression gives."""
    constant: bool = field(default=False, compare=False)
    """Whether nothing can drive the field, so that only its number is kept."""

    def values(self) -> Any:
        """The number alone, or the expression with it."""
        if self.expression is None:
            return self.number
        return {"expression": self.expression, "value": self.number}

    @property
    def dimension(self) -> Dimension:
        return dimension_of_limits(self.limits)


def dimension_of_limits(limits: Number) -> Dimension:
    """The dimension that a field of this kind has."""
    if isinstance(limits, Length):
        return LENGTH
    return ANGLE if isinstance(limits, Angle) else PURE


def as_expression(raw: Any) -> tuple[str, Any] | None:
    """The expression in a raw value, and the number that stands beside it; ``None`` for a plain quantity."""
    if isinstance(raw, Mapping):
        by_name = {fold(str(key)): value for key, value in raw.items()}
        found = [value for key, value in by_name.items() if key in _EXPRESSION_KEYS]
        beside = [value for key, value in by_name.items() if key in _VALUE_KEYS]
        known = _EXPRESSION_KEYS | _VALUE_KEYS | _UNIT_KEYS
        if len(found) != 1 or len(beside) > 1 or not isinstance(found[0], str) or not by_name.keys() <= known:
            return None
        return found[0], beside[0] if beside else None
    if isinstance(raw, str) and not parsing.looks_like_quantity(raw) and raw.strip():
        text = raw.strip()
        return text[1:] if text.startswith("=") else text, None
    return None


@dataclass(frozen=True, kw_only=True)
class Scalar(Spec):
    """A number that may be an expression; ``number`` says which numbers are allowed."""

    number: Number = field(default_factory=Number)
    constant: bool = False
    """Whether an expression gives its number only, because FreeCAD cannot be made to follow it there."""
    plain: bool = False
    """Whether it takes no parameters at all."""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        reading.findings.typed.setdefault(at.path, at.typed)
        found = as_expression(raw)
        if found is None:
            value = self.number.read(raw, at, reading, unit)
            return Value(math.nan if value is UNREAD else value, limits=self.number, at=at)
        text, claimed = found
        try:
            node = parsing.parse(text)
        except ExpressionError as problem:
            reading.error(problem.code, at, **{"value": shown(text), **problem.params})
            return Value(limits=self.number, at=at)
        if self.plain and any(expressions.names_in(node)):
            reading.error("FEATURE_NOT_DRIVEN", at, value=shown(text))
            return Value(limits=self.number, at=at)
        return Value(
            expression=text,
            node=node,
            at=at,
            limits=self.number,
            bare_mm=float((unit or reading.unit).factor),
            claimed=float(claimed) if isinstance(claimed, int | float) else None,
            constant=self.constant,
        )

    def schema(self) -> dict[str, Any]:
        expression = {
            "type": "object",
            "properties": {"expression": {"type": "string"}, "value": {"type": "number"}},
            "required": ["expression"],
        }
        return {"anyOf": [*self.number.schema()["anyOf"], expression]}


@dataclass(frozen=True, kw_only=True)
class Vector(Spec):
    """A point or a direction: ``[x, y, z]`` or ``{"x": …, "y": …}``; what is left out is 0."""

    axes: str = "xyz"
    item: Scalar = field(default_factory=Scalar)

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        if isinstance(raw, Mapping):
            by_name = {fold(str(key)): value for key, value in raw.items()}
            if by_name.keys() <= set(self.axes) and by_name:
                raw = [by_name.get(axis, 0) for axis in self.axes]
        if isinstance(raw, str) and raw.count(";") == len(self.axes) - 1:
            raw = [part.strip() for part in raw.strip(" ()[]").split(";")]
        if not isinstance(raw, list | tuple) or not self._fits(len(raw)):
            reading.error(
                "VALIDATION_INVALID_TYPE", at, value=shown(raw), expected=f"[{', '.join(self.axes)}]"
            )
            return UNREAD
        whole = [*raw, *[0] * (len(self.axes) - len(raw))]
        return tuple(self.item.read(each, at.item(index), reading, unit) for index, each in enumerate(whole))

    def schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "items": self.item.schema(),
            "minItems": 2,
            "maxItems": len(self.axes),
        }

    def _fits(self, count: int) -> bool:
        return count == len(self.axes) or (len(self.axes) == 3 and count == 2)


@dataclass(frozen=True, kw_only=True)
class Vectors(Spec):
    """A list of points."""

    item: Vector = field(default_factory=Vector)
    least: int = 2
    most: int = 200

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        if not isinstance(raw, list | tuple) or len(raw) < self.least:
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="[[x, y], …]")
            return UNREAD
        if len(raw) > self.most:
            reading.error("VALIDATION_TOO_MANY", at, value=len(raw), limit=self.most)
            return UNREAD
        made = tuple(self.item.read(each, at.item(index), reading, unit) for index, each in enumerate(raw))
        return UNREAD if any(each is UNREAD for each in made) else made

    def schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "items": self.item.schema(),
            "minItems": self.least,
            "maxItems": self.most,
        }


@dataclass(frozen=True, kw_only=True)
class Id(Spec):
    """The id of an operation; ``sketch:profile1`` is ``profile1``."""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        text = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
        if isinstance(text, str):
            head, _, tail = text.partition(":")
            text = tail if tail and fold(head) in ("sketch", "wire", "eskiz", "profil", "profile") else text
            text = " ".join(text.split())
            if 0 < len(text) <= LONGEST_ID and fold(text) and text.isprintable():
                return text
        reading.error("FEATURE_NAME_INVALID", at, value=shown(raw))
        return UNREAD

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": LONGEST_ID}


@dataclass(frozen=True, kw_only=True)
class Ids(Spec):
    """One id or a list of them."""

    least: int = 1
    most: int = 100

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        several = raw if isinstance(raw, list | tuple) else [raw]
        if not self.least <= len(several) <= self.most:
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="[id, …]")
            return UNREAD
        made = tuple(Id().read(each, at.item(index), reading) for index, each in enumerate(several))
        return UNREAD if any(each is UNREAD for each in made) else made

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [Id().schema(), {"type": "array", "items": Id().schema(), "minItems": self.least}]}


_SIGNED_AXES: Final[dict[str, tuple[float, float, float]]] = {
    "x": (1.0, 0.0, 0.0),
    "y": (0.0, 1.0, 0.0),
    "z": (0.0, 0.0, 1.0),
    "-x": (-1.0, 0.0, 0.0),
    "-y": (0.0, -1.0, 0.0),
    "-z": (0.0, 0.0, -1.0),
}


@dataclass(frozen=True, kw_only=True)
class Direction(Spec):
    """``"x"``, ``"-z"`` or a vector ``[dx, dy, dz]``; comes out as a unit vector or the name of an axis."""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        if isinstance(raw, str):
            return self._named(raw, at, reading)
        if not isinstance(raw, list | tuple) or len(raw) != 3:
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="x | -z | [dx, dy, dz]")
            return UNREAD
        parts = [Number(minimum=-1e6, maximum=1e6).read(each, at, reading) for each in raw]
        length = math.hypot(*parts)
        if math.isnan(length) or length < 1e-9:
            if length < 1e-9:
                reading.error("VALIDATION_INVALID_TYPE", at, value="[0, 0, 0]", expected="[dx, dy, dz]")
            return UNREAD
        whole = tuple(rounded(part / length) for part in parts)
        return next((name for name, vector in _SIGNED_AXES.items() if vector == whole), whole)

    def schema(self) -> dict[str, Any]:
        numbers = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}
        return {"anyOf": [{"enum": list(_SIGNED_AXES)}, numbers]}

    def _named(self, raw: str, at: At, reading: Reading) -> Any:
        text = raw.strip().replace("−", "-")
        letter = fold(text.removesuffix("ekseni").removesuffix("axis"))
        if letter in ("x", "y", "z") and text[:1] in "+-xyzXYZ":
            return f"-{letter}" if text.startswith("-") else letter
        reading.error("VALIDATION_UNKNOWN_VALUE", at, value=shown(raw), known=", ".join(_SIGNED_AXES))
        return UNREAD


def direction_vector(direction: Any) -> tuple[float, float, float]:
    """The unit vector of a direction that was read."""
    return _SIGNED_AXES[direction] if isinstance(direction, str) else tuple(direction)


# ---- fields -----------------------------------------------------------------------------------------

_SIZE: Final = Length(minimum=SMALLEST_SIZE_MM, maximum=LARGEST_SIZE_MM)
_SIZE_OR_ZERO: Final = Length(minimum=SMALLEST_SIZE_MM, maximum=LARGEST_SIZE_MM, zero=True)
_PLACE: Final = Length(minimum=-FARTHEST_MM, maximum=FARTHEST_MM)
PLACE: Final = Scalar(number=_PLACE)
"""A coordinate."""

MEASURED_PLACE: Final = Scalar(number=_PLACE, constant=True)
"""A coordinate that something is compared with."""

FIXED_PLACE: Final = Scalar(number=_PLACE, plain=True)
"""A coordinate that nothing can drive."""

Names = tuple[str, ...]


def size_field(tr: Names, en: Names, *, required: bool = True, zero: bool = False) -> Any:
    """A size of 0.1–1000 mm."""
    number = _SIZE_OR_ZERO if zero else _SIZE
    return _scalar(number, tr, en, required)


def place_field(tr: Names, en: Names, *, required: bool = True) -> Any:
    """A coordinate or an offset."""
    return _scalar(_PLACE, tr, en, required)


def angle_field(tr: Names, en: Names, minimum: float, maximum: float, *, required: bool = True) -> Any:
    """An angle in degrees."""
    return _scalar(Angle(minimum=minimum, maximum=maximum), tr, en, required)


def count_field(tr: Names, en: Names, minimum: int, maximum: int, *, required: bool = True) -> Any:
    """A number of things."""
    return _scalar(Count(minimum=minimum, maximum=maximum), tr, en, required)


def number_field(tr: Names, en: Names, minimum: float, maximum: float, *, required: bool = True) -> Any:
    """A number without a unit."""
    return _scalar(Number(minimum=minimum, maximum=maximum), tr, en, required)


def measure_field(tr: Names, en: Names) -> Any:
    """A measure that something is compared with; it drives nothing."""
    number = Length(minimum=0.0, maximum=FARTHEST_MM)
    return declared(Scalar(tr=tr, en=en, required=False, number=number, unit=number.unit, constant=True))


def area_field(tr: Names, en: Names) -> Any:
    """An area in mm² that something is compared with."""
    return declared(Number(tr=tr, en=en, required=False, minimum=0.0, maximum=1e12))


def vector_field(tr: Names, en: Names, *, axes: str = "xyz", required: bool = True) -> Any:
    """A point."""
    return declared(Vector(tr=tr, en=en, required=required, axes=axes, item=PLACE, unit="mm"))


def flag_field(tr: Names, en: Names) -> Any:
    """Yes or no; no when it is left out."""
    return declared(Flag(tr=tr, en=en, required=False))


def choice_field(
    tr: Names, en: Names, choices: Mapping[str, tuple[str, ...]], *, required: bool = False
) -> Any:
    """One of a few words."""
    return declared(Choice(tr=tr, en=en, choices=choices, required=required))


def id_field(tr: Names, en: Names, *, required: bool = False) -> Any:
    return declared(Id(tr=tr, en=en, required=required))


def ids_field(tr: Names, en: Names, *, required: bool = False, least: int = 1) -> Any:
    return declared(Ids(tr=tr, en=en, required=required, least=least))


def direction_field(tr: Names, en: Names, *, required: bool = False) -> Any:
    return declared(Direction(tr=tr, en=en, required=required))


def word_field(tr: Names, en: Names, example: str, *, required: bool = False) -> Any:
    return declared(Word(tr=tr, en=en, required=required, example=example))


def _scalar(number: Number, tr: Names, en: Names, required: bool) -> Any:
    return declared(Scalar(tr=tr, en=en, required=required, number=number, unit=number.unit))


# ---- walking ----------------------------------------------------------------------------------------


def mapped(model: Any, change: Callable[[Value], Value]) -> Any:
    """A copy of a model, or of a tuple of them, with every value in it changed."""
    if isinstance(model, Value):
        return change(model)
    if isinstance(model, tuple):
        return tuple(mapped(each, change) for each in model)
    if isinstance(model, Model):
        changed = {name: mapped(getattr(model, name), change) for name in model.specs()}
        return dataclasses.replace(model, **changed)
    return model


def values_in(model: Any) -> Iterator[Value]:
    """Every value below a model, or below a tuple of them."""
    if isinstance(model, Value):
        yield model
    elif isinstance(model, tuple):
        for each in model:
            yield from values_in(each)
    elif isinstance(model, Model):
        for name in model.specs():
            yield from values_in(getattr(model, name))


def number_of(value: Value | None, otherwise: float = 0.0) -> float:
    """The number of an optional value."""
    return otherwise if value is None else value.number

"""The kinds of field that a part can have: how each is read, in which range, and how its schema looks.

A field is declared where its model is, as the default of a dataclass field::

    length: float = size(tr=("uzunluk", "boy"), en=("length",))

Numbers come out in millimetres and degrees, rounded to 1e-6.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from atolye.designs.findings import At, Findings
from atolye.designs.numbers import (
    AmbiguousNumberError,
    UnreadableNumberError,
    exact,
    read_quantity,
    rounded,
)
from atolye.designs.units import ANGLES, LENGTHS, Unit, angle_unit, length_unit
from atolye.designs.words import fold, shown

SMALLEST_SIZE_MM: Final = 0.1
LARGEST_SIZE_MM: Final = 1000.0

UNKNOWN: Final = math.nan
"""Stands for a number that could not be read or is out of range. Every comparison with it is false, so
that the checks between fields find nothing about it, and whatever else is wrong is still found."""

UNREAD: Final = object()
"""Stands for anything else that could not be read."""

_VALUE_KEYS: Final = frozenset(fold(name) for name in ("value", "değer"))
_UNIT_KEYS: Final = frozenset(fold(name) for name in ("unit", "units", "birim"))


@dataclass(slots=True)
class Reading:
    """What reading a request needs to know and where it puts what it finds."""

    findings: Findings
    unit: Unit = LENGTHS["mm"]
    """Unit of numbers without one."""
    family: str = ""

    def error(self, code: str, at: At, **params: Any) -> None:
        self.findings.typed[at.path] = at.typed
        self.findings.error(code, at.path, **params)


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What is known of a field: its names, whether it must be given, what it is when it is not."""

    tr: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    required: bool = True
    default: Any = None
    unread: Any = UNREAD
    """What a value that cannot be read counts as."""
    unit: str = ""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        """The value of a field, or :attr:`unread` after an error was added.

        Args:
            unit: unit that the field's own key named (``length_cm``); numbers without one are in it.
        """
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """JSON schema of what may be written."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Number(Spec):
    """A number in a range, perhaps with a unit; ``zero`` allows 0 besides the range."""

    minimum: float = -math.inf
    maximum: float = math.inf
    zero: bool = False
    unread: Any = UNKNOWN

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> float:
        try:
            value = rounded(self._exact(raw, reading, unit))
        except AmbiguousNumberError as doubt:
            first, second = doubt.readings
            reading.error("VALIDATION_AMBIGUOUS_NUMBER", at, value=shown(raw), first=first, second=second)
        except UnreadableNumberError:
            reading.error("VALIDATION_INVALID_NUMBER", at, value=shown(raw))
        except _UnknownUnitError as problem:
            reading.error("VALIDATION_UNIT_MISMATCH", at, value=shown(problem.args[0]), known=self._known())
        else:
            if not math.isfinite(value):
                reading.error("VALIDATION_INVALID_NUMBER", at, value=shown(raw))
                return UNKNOWN
            return value if self._is_in_range(value, at, reading) else UNKNOWN
        return UNKNOWN

    def schema(self) -> dict[str, Any]:
        bounds = {"minimum": self.minimum, "maximum": self.maximum}
        number: dict[str, Any] = {
            "type": "number",
            **{key: value for key, value in bounds.items() if math.isfinite(value)},
        }
        choices = [{"const": 0}] if self.zero and self.minimum > 0 else []
        return {"anyOf": [number, *choices, {"type": "string"}]}

    def _exact(self, raw: Any, reading: Reading, unit: Unit | None) -> Fraction:
        if isinstance(raw, Mapping):
            raw, unit = self._value_and_unit(raw, unit)
        if not isinstance(raw, str):
            return exact(raw) * self._factor(unit, reading)
        value, written = read_quantity(raw)
        if written:
            unit = self._unit_of(written)
        return value * self._factor(unit, reading)

    def _value_and_unit(self, raw: Mapping[str, Any], unit: Unit | None) -> tuple[Any, Unit | None]:
        """Reads ``{"value": 4.17, "unit": "cm"}``."""
        by_name = {fold(str(key)): value for key, value in raw.items()}
        if len(by_name) != len(raw) or not by_name.keys() <= _VALUE_KEYS | _UNIT_KEYS:
            raise UnreadableNumberError
        values = [value for key, value in by_name.items() if key in _VALUE_KEYS]
        units = [value for key, value in by_name.items() if key in _UNIT_KEYS]
        if len(values) != 1 or len(units) > 1 or isinstance(values[0], Mapping):
            raise UnreadableNumberError
        return values[0], self._unit_of(units[0]) if units else unit

    def _unit_of(self, written: Any) -> Unit:
        found = self._lookup(written) if isinstance(written, str) else None
        if found is None:
            raise _UnknownUnitError(written)
        return found

    def _lookup(self, written: str) -> Unit | None:
        return None

    def _factor(self, unit: Unit | None, reading: Reading) -> Fraction:
        return Fraction(1)

    def _known(self) -> str:
        return "–"

    def _is_in_range(self, value: float, at: At, reading: Reading) -> bool:
        if self.minimum <= value <= self.maximum or (self.zero and value == 0):
            return True
        reading.error(
            "VALIDATION_RANGE_VIOLATION",
            at,
            value=value,
            minimum=_plain(self.minimum),
            maximum=_plain(self.maximum),
            unit=self.unit,
        )
        return False


@dataclass(frozen=True, kw_only=True)
class Length(Number):
    """A length; ``bare`` is the unit of plain numbers where it is not the request's."""

    unit: str = "mm"
    bare: str | None = None

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> float:
        if isinstance(raw, str):
            raw = _without_diameter_sign(raw, at)
            raw = _feet_and_inches(raw) or raw
        return super().read(raw, at, reading, unit)

    def _lookup(self, written: str) -> Unit | None:
        return length_unit(written)

    def _factor(self, unit: Unit | None, reading: Reading) -> Fraction:
        return (unit or (LENGTHS[self.bare] if self.bare else reading.unit)).factor

    def _known(self) -> str:
        return ", ".join(LENGTHS)


@dataclass(frozen=True, kw_only=True)
class Angle(Number):
    """An angle; plain numbers are degrees."""

    unit: str = "deg"

    def _lookup(self, written: str) -> Unit | None:
        return angle_unit(written)

    def _factor(self, unit: Unit | None, reading: Reading) -> Fraction:
        return (unit or ANGLES["deg"]).factor

    def _known(self) -> str:
        return ", ".join(ANGLES)


@dataclass(frozen=True, kw_only=True)
class Count(Number):
    """A whole number; ``"6 adet"`` is one too."""

    unread: Any = UNREAD

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        value = super().read(raw, at, reading, None)
        if math.isnan(value):
            return UNREAD
        if value != int(value):
            reading.error("VALIDATION_NOT_INTEGER", at, value=shown(raw))
            return UNREAD
        return int(value)

    def schema(self) -> dict[str, Any]:
        number = {"type": "integer", "minimum": int(self.minimum), "maximum": int(self.maximum)}
        return {"anyOf": [number, {"type": "string"}]}

    def _lookup(self, written: str) -> Unit | None:
        return _PIECES if fold(written) in _PIECES.names else None


_PIECES: Final = Unit(
    "pieces", Fraction(1), ("adet", "tane", "pcs", "pieces", "piece", "diş", "dis", "teeth")
)


@dataclass(frozen=True, kw_only=True)
class Flag(Spec):
    """Yes or no."""

    yes: tuple[str, ...] = ("true", "evet", "yes", "açık", "open", "var", "on")
    no: tuple[str, ...] = ("false", "hayır", "no", "kapalı", "closed", "yok", "off")

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        if isinstance(raw, bool):
            return raw
        word = fold(raw) if isinstance(raw, str) else None
        if word in {fold(name) for name in self.yes}:
            return True
        if word in {fold(name) for name in self.no}:
            return False
        reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="true / false")
        return self.unread

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "boolean"}, {"enum": [*self.yes, *self.no]}]}


@dataclass(frozen=True, kw_only=True)
class Choice(Spec):
    """One of a few words; each has synonyms."""

    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def match(self, raw: Any) -> str | None:
        """The choice that a word stands for."""
        if not isinstance(raw, str):
            return None
        word = fold(raw)
        return next((key for key, names in self.choices.items() if word in map(fold, (key, *names))), None)

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        found = self.match(raw)
        if found is None:
            known = ", ".join(self.choices)
            reading.error("VALIDATION_UNKNOWN_VALUE", at, value=shown(raw), known=known)
            return self.unread
        return found

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "examples": list(self.choices)}


@dataclass(frozen=True, kw_only=True)
class Word(Spec):
    """A short text whose meaning the model itself knows, such as a designation."""

    longest: int = 40
    example: str = ""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 10**12:
            raw = str(raw)
        if isinstance(raw, str) and 0 < len(raw.strip()) <= self.longest:
            return raw.strip()
        reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected=f"“{self.example}”")
        return self.unread

    def schema(self) -> dict[str, Any]:
        examples = {"examples": [self.example]} if self.example else {}
        return {"type": ["string", "integer"], "maxLength": self.longest, **examples}


class _UnknownUnitError(Exception):
    """The text after a number is no unit that the field takes."""


def _plain(value: float) -> float | int:
    return int(value) if math.isfinite(value) and value == int(value) else value


_DIAMETER_SIGNS: Final = "Øø⌀"


def _without_diameter_sign(text: str, at: At) -> str:
    """``Ø20`` as 20 in a field that is a diameter; elsewhere the sign stays and is refused."""
    bare = text.strip()
    if bare[:1] in _DIAMETER_SIGNS and at.path.endswith("diameter"):
        return bare[1:]
    return text


def _feet_and_inches(text: str) -> str | None:
    """Reads ``5' 6"`` as inches."""
    feet, sign, rest = text.strip().partition("'")
    if not sign or not rest.strip().endswith('"') or not feet.strip().isdecimal():
        return None
    inches, unit = rest.strip()[:-1].strip(), "in"
    try:
        value, none = read_quantity(inches)
    except ValueError:
        return None
    if none or value < 0 or len(feet) > 9:
        return None
    total = 12 * int(feet) + value
    return f"{total.numerator}/{total.denominator} {unit}" if total.denominator < 10**9 else None


def declared(spec: Spec) -> Any:
    """A dataclass field that carries its spec; optional ones have their default."""
    if spec.required:
        return field(metadata={"spec": spec})
    if isinstance(spec.default, tuple | list | dict):
        return field(default_factory=lambda: type(spec.default)(spec.default), metadata={"spec": spec})
    return field(default=spec.default, metadata={"spec": spec})


def size(
    tr: tuple[str, ...],
    en: tuple[str, ...],
    *,
    required: bool = True,
    default: Any = None,
    bare: str | None = None,
) -> Any:
    """The size of a feature: 0.1–1000 mm; one that is 0 by default may be 0."""
    return declared(
        Length(
            tr=tr,
            en=en,
            required=required,
            default=default,
            minimum=SMALLEST_SIZE_MM,
            maximum=LARGEST_SIZE_MM,
            zero=default == 0,
            bare=bare,
        )
    )


def position(tr: tuple[str, ...], en: tuple[str, ...], *, required: bool = True) -> Any:
    """A place along an axis: any length, to be checked against the part."""
    return declared(Length(tr=tr, en=en, required=required, minimum=-1e6, maximum=1e6))


def angle(
    tr: tuple[str, ...], en: tuple[str, ...], *, default: float, minimum: float = -360, maximum: float = 360
) -> Any:
    """An angle in degrees that has a default."""
    return declared(Angle(tr=tr, en=en, required=False, default=default, minimum=minimum, maximum=maximum))


def count_of(
    tr: tuple[str, ...], en: tuple[str, ...], *, minimum: int, maximum: int, required: bool = True
) -> Any:
    """A number of things."""
    return declared(Count(tr=tr, en=en, required=required, minimum=minimum, maximum=maximum))


def specs_of(model: type) -> dict[str, Spec]:
    """The fields of a model by name, in order."""
    return {f.name: f.metadata["spec"] for f in dataclasses.fields(model) if "spec" in f.metadata}

"""A part in the making: what was said of it, what was taken from that, what stays unclear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from atolye.designs.notes import Warning
from atolye.designs.numbers import rounded
from atolye.designs.units import LENGTHS, Unit
from atolye.errors import AtolyeError
from atolye.prompts.local.choices import Choices
from atolye.prompts.local.holes import HoleGroup
from atolye.prompts.local.notes import reading_note
from atolye.prompts.local.quantities import Measure
from atolye.prompts.local.scanner import Scan
from atolye.prompts.local.tokens import Token

TWICE: Final = frozenset(("radius", "outer_radius", "inner_radius", "base_radius", "top_radius"))
"""Sizes that are half of the diameter that a field wants."""


@dataclass(slots=True)
class Stated:
    """A size with its number."""

    key: str
    numbers: tuple[Measure, ...]
    token: Token
    used: bool = False


@dataclass(slots=True)
class Draft:
    """What is said of a part. Builders take from it; what is left over was not understood."""

    scan: Scan
    choices: Choices
    unit: Unit
    other_unit: Unit | None
    """Unit of the numbers that have one, when that is not the unit of bare ones."""
    sizes: list[Stated] = field(default_factory=list)
    dims: list[Stated] = field(default_factory=list)
    groups: list[HoleGroup] = field(default_factory=list)
    phrases: list[list[Token]] = field(default_factory=list)
    flags: dict[str, Token] = field(default_factory=dict)
    threads: list[Token] = field(default_factory=list)
    causes: list[AtolyeError] = field(default_factory=list)
    notes: list[Warning] = field(default_factory=list)
    step_counts: list[Token] = field(default_factory=list)
    bare: list[Token] = field(default_factory=list)
    """Where numbers without a unit were taken as lengths."""

    # ---- numbers --------------------------------------------------------------------------------------

    def mm(self, number: Measure, token: Token) -> Fraction:
        """A length in millimetres; a person must say which when its digits or its unit are doubtful."""
        number = self._decided(number, token)
        if number.unit is None:
            if self.other_unit is not None:
                taken = self.choices.of("unit", self.unit.key, self.other_unit.key)
                return number.mm((self.unit, self.other_unit)[taken])
            self.bare.append(token)
        return number.mm(self.unit)

    def plain(self, number: Measure, token: Token) -> Fraction:
        """A number that is no length."""
        return self._decided(number, token).value

    def _decided(self, number: Measure, token: Token) -> Measure:
        if number.doubt is None:
            return number
        inches = number.doubt[1].endswith("inch")  # “10 in steel”: often only one of them can be made
        taken = self.choices.of(f"{token.start}:{number.value}", *number.doubt, strict=not inches)
        return _as_chosen(number, number.doubt[taken])

    # ---- what was said --------------------------------------------------------------------------------

    def said(self, token: Token) -> str:
        return self.scan.said(token.start, token.end)

    def find(self, *keys: str) -> list[Stated]:
        """The sizes of these names that nobody has taken."""
        return [each for each in self.sizes if each.key in keys and not each.used]

    def has(self, *keys: str) -> bool:
        return bool(self.find(*keys))

    def take(self, *keys: str) -> float | None:
        """A length in mm, from the first of the names that was said; said twice, it must be the same."""
        for key in keys:
            found = self.find(key)
            if found:
                return self._one([(self._length(each), each) for each in found])
        return None

    def take_number(self, *keys: str) -> float | None:
        """A number that is no length."""
        for key in keys:
            found = self.find(key)
            if found:
                return self._one([(self.plain(each.numbers[0], each.token), each) for each in found])
        return None

    def take_all(self, key: str) -> list[float]:
        """Every length of a name, in the order of the text."""
        found = self.find(key)
        for each in found:
            each.used = True
        return [mm(self._length(each)) for each in found]

    def take_dims(self, *lengths: int) -> tuple[float, ...] | None:
        """The only sizes that are multiplied with each other, in mm."""
        found = [each for each in self.free_dims() if len(each.numbers) in lengths]
        if not found:
            return None
        values = {tuple(mm(self.mm(one, each.token)) for one in each.numbers): each for each in found}
        if len(values) > 1:
            self.contradict(*(each.token for each in list(values.values())[:2]))
        for each in found:
            each.used = True
        return next(iter(values))

    def free_dims(self) -> list[Stated]:
        """Sizes that are multiplied with each other, of the part itself, that nobody has taken."""
        return [each for each in self.dims if not each.used and each.key != "keyway"]

    def _length(self, stated: Stated) -> Fraction:
        value = self.mm(stated.numbers[0], stated.token)
        return value * 2 if stated.key in TWICE else value

    def _one(self, found: list[tuple[Fraction, Stated]]) -> float:
        for _, each in found:
            each.used = True
        first = found[0]
        other = next((each for each in found if each[0] != first[0]), None)
        if other is not None:
            self.contradict(first[1].token, other[1].token)
        return mm(first[0])

    # ---- findings -------------------------------------------------------------------------------------

    def contradict(self, first: Token, second: Token) -> None:
        self.causes.append(
            AtolyeError("READING_CONTRADICTION", first=self.said(first), second=self.said(second))
        )

    def unassigned(self, token: Token) -> None:
        said = self.said(token)
        self.causes.append(AtolyeError("READING_UNASSIGNED", details={"words": said}, value=said))

    def unavailable(self, token: Token | HoleGroup) -> None:
        said = self.scan.said(token.start, token.end)
        self.causes.append(AtolyeError("READING_FEATURE_UNAVAILABLE", details={"words": said}, value=said))

    def missing(self, field_name: str, turkish: str, english: str) -> None:
        self.causes.append(
            AtolyeError(
                "VALIDATION_MISSING_FIELD",
                field=field_name,
                name_tr=f"{turkish} ({field_name})",
                name_en=english,
            )
        )

    def assume(self, field_name: str, value: Any, token: Token | HoleGroup) -> None:
        """Notes what the words do not say outright."""
        because = self.scan.said(token.start, token.end)
        self.notes.append(reading_note("READING_ASSUMED", field_name, value, because))

    def leftovers(self) -> None:
        """Whatever nobody took is asked about, never dropped."""
        for each in (*self.sizes, *self.dims):
            if not each.used and each.key == "depth" and self.groups:
                self.unavailable(each.token)  # a hole that does not go through
            elif not each.used:
                self.unassigned(each.token)
        for token in self.threads:
            self.unassigned(token)


def mm(value: Fraction) -> float:
    """As a request states it."""
    return rounded(value)


def tidy(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what was not said; whole numbers as such."""
    return {name: _tidy(value) for name, value in fields.items() if value is not None}


def _tidy(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return tidy(value)
    if isinstance(value, list | tuple):
        return [_tidy(each) for each in value]
    return value


def _as_chosen(number: Measure, label: str) -> Measure:
    unit = number.unit
    digits = label.strip()
    for ending, key in ((" inch", "in"), ('"', "in"), (" mm", "mm")):
        if digits.endswith(ending):
            digits, unit = digits.removesuffix(ending).strip(), LENGTHS[key]
    try:
        value = Fraction(digits)
    except (ValueError, ZeroDivisionError):
        value = number.value
    return Measure(value, unit, number.ending, number.bare, number.diameter, number.degrees)


def first_token(tokens: Iterable[Token], kind: str) -> Token | None:
    return next((token for token in tokens if token.kind == kind), None)

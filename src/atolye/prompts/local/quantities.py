"""Numbers, number words and units as they stand in a sentence: “100,5 mm”, “1 1/4 inch”, “yüz elli”."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from atolye.designs.numbers import AmbiguousNumberError, UnreadableNumberError, read_quantity
from atolye.designs.units import LENGTHS, Unit, length_unit
from atolye.designs.words import fold, shown

LONGEST_SHOWN_DIGITS: Final = 20
_NO_UNIT: Final = frozenset(("ayak", "fit"))
"""Names of units that mean something else in a sentence about parts."""

_UNITS: Final = "|".join(
    sorted(
        {fold(name) for unit in LENGTHS.values() for name in unit.names} - _NO_UNIT,
        key=lambda name: (-len(name), name),
    )
)
_CASES: Final = (
    r"(?:l[iu][kg](?:l[ae]r)?(?:[iu]n?)?(?:d[ae]n?|[ae])?|l[iu]|[yn]?[ae]|[ysn]?[iu]|n?[dt][ae]n?|n?[iu]n|s?[ae]r"
    r"|[dt][iu]r)"
)
"""Endings of a number or a unit: “20'lik”, “50'ye”, “10'ar”, “mm'den”."""

NUMBER: Final = re.compile(
    rf"""
    (?P<number>
        (?:(?<![\w.,)/°"'])[+-])?
        (?: (?:\d{{1,4}}(?:\s+|-))?\d{{1,3}}\s?/\s?\d{{1,3}}(?![\d/])
          | (?:\d{{1,4}}\s?)?[¼½¾⅓⅔⅛⅜⅝⅞]
          | \d+(?:[.,]\d+)*
          | (?<![\d\w])[.,]\d+
        )
    )
    (?:
        (?:\s*(?P<half>bucuk)(?![a-z]))?
        (?:\s?'?\s?s?[ae]r(?=\s+[a-z]))?
        (?: (?:\s*-?\s*(?P<unit>{_UNITS})|\s*(?P<sign>''|"))
            (?: (?:\s*'\s*|(?<=[a-z]{{2}})|(?<="))(?P<unit_ending>{_CASES}))?
          | \s*(?P<degree>°|derece|degrees?|deg)(?:l[iu]k)?
          | \s?'\s?(?P<after>{_CASES})
          | \s(?P<apart>l[iu]k)(?=\s|$|[,;.])
          | (?P<bare_after>l[iu]k|l[iu]|[yn]?[ae]|[iu]|s?[ae]r|[dt][ae]n?)
        )?
    )
    (?!(?!x\s*(?:[\dø.,¼½¾⅓⅔⅛⅜⅝⅞]|m\s?\d))[a-z0-9ø])
    """,
    re.VERBOSE | re.ASCII,
)

_TURKISH: Final = {
    "bir": 1, "iki": 2, "uc": 3, "dort": 4, "bes": 5, "alti": 6, "yedi": 7, "sekiz": 8, "dokuz": 9, "on": 10,
    "yirmi": 20, "otuz": 30, "kirk": 40, "elli": 50, "altmis": 60, "yetmis": 70, "seksen": 80, "doksan": 90,
    "yuz": 100, "bin": 1000,
}  # fmt: skip
_ENGLISH: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
}  # fmt: skip
_LARGE: Final = frozenset((100, 1000))
DOUBTFUL: Final = frozenset(("bir", "on", "alti", "yuz", "bin", "one", "uc"))
"""Number words that are other words, too (“on”, “altı”: below, “yüz”: face, “uç”: end)."""
_FRACTIONS: Final = {
    "half": Fraction(1, 2),
    "quarter": Fraction(1, 4),
    "third": Fraction(1, 3),
    "eighth": Fraction(1, 8),
    "sixteenth": Fraction(1, 16),
    "yarim": Fraction(1, 2),
    "ceyrek": Fraction(1, 4),
}
_TURKISH_RUN: Final = re.compile("(?:" + "|".join(sorted(_TURKISH, key=lambda word: -len(word))) + ")+")


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a sentence."""

    value: Fraction
    unit: Unit | None = None
    ending: str = ""
    """Its Turkish ending, folded."""
    bare: bool = False
    """Whether it is a plain whole number: it may count things."""
    diameter: bool = False
    """Whether Ø stands before it."""
    degrees: bool = False
    doubt: tuple[str, str] | None = None
    """Two readings of the digits."""

    def mm(self, unit: Unit) -> Fraction:
        """In millimetres; a number without a unit is in ``unit``."""
        return self.value * (self.unit or unit).factor

    @property
    def count(self) -> int | None:
        return int(self.value) if self.bare and self.value.denominator == 1 and self.value >= 0 else None


def measure(match: re.Match[str], *, turkish: bool) -> Measure:
    """The number of a :data:`NUMBER` match.

    Args:
        turkish: whether a point before three digits may separate thousands.
    """
    digits = match["number"].strip()
    written = match["unit"] or match["sign"]
    unit = length_unit(written) if written else None
    doubt = None
    try:
        value, _ = read_quantity(digits)
    except AmbiguousNumberError as two:
        value, doubt = Fraction(two.readings[0]), two.readings
    except UnreadableNumberError:
        value, doubt = Fraction(0), (shown(digits)[:LONGEST_SHOWN_DIGITS] + "…", "–")
    if turkish and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits):
        doubt = (digits, digits.replace(".", ""))
    if match["half"]:
        value += Fraction(1, 2)
    doubt = doubt or _doubtful_fraction(digits, unit)
    ending = match["unit_ending"] or match["after"] or match["apart"] or match["bare_after"] or ""
    bare = digits.isdecimal() and written is None and not match["degree"] and not match["half"]
    return Measure(
        value,
        unit,
        ending,
        bare and not ending.startswith("l"),
        degrees=match["degree"] is not None,
        doubt=doubt,
    )


def _doubtful_fraction(digits: str, unit: Unit | None) -> tuple[str, str] | None:
    """“1/2” alone is half a millimetre to nobody, and “60/40” is two numbers."""
    if "/" not in digits:
        vulgar = unit is None and any(sign in "¼½¾⅓⅔⅛⅜⅝⅞" for sign in digits)
        return (f"{digits} mm", f"{digits} inch") if vulgar else None
    over, _, under = digits.rpartition("/")
    top, bottom = int(re.split(r"[\s-]+", over.strip())[-1]), int(under)
    inches = bottom in (2, 4, 8, 16, 32, 64) and top < bottom
    if inches and unit is not None and unit.key in ("in", "ft", "cm", "m"):
        return None
    return (f'{digits}"', digits.replace("/", " ; "))


def spelled(words: Sequence[str]) -> tuple[Fraction, int] | None:
    """The number that a row of folded words begins with, and of how many words it is."""
    return _turkish(words) or _english(words)


def _turkish(words: Sequence[str]) -> tuple[Fraction, int] | None:
    if words[0] in ("yarim", "ceyrek"):
        return _FRACTIONS[words[0]], 1
    parts: list[int] = []
    used = 0
    for word in words:
        if not _TURKISH_RUN.fullmatch(word):
            break
        pieces = _split(word)
        if pieces is None or not _continue(parts, pieces):
            break
        parts += pieces
        used += 1
    if not parts:
        return None
    value = Fraction(_sum(parts))
    if used < len(words) and words[used] == "bucuk":
        return value + Fraction(1, 2), used + 1
    return value, used


def _continue(parts: Sequence[int], more: Sequence[int]) -> bool:
    """Whether further words belong to the same number: “twenty five” is one, “yirmi otuz” are two."""
    chain = [*parts, *more]
    return all(
        (b in _LARGE and a < b) or (a in _LARGE and b < a) or (a in range(10, 100, 10) and b < 10)
        for a, b in pairwise(chain)
    )


def _split(word: str) -> list[int] | None:
    """“yuzelli” is 100 and 50."""
    if word in _TURKISH:
        return [_TURKISH[word]]
    for name, value in _TURKISH.items():
        if word.startswith(name) and (rest := _split(word[len(name) :])) is not None:
            return [value, *rest]
    return None


def _english(words: Sequence[str]) -> tuple[Fraction, int] | None:
    start = (
        1
        if words[0] == "a" and len(words) > 1 and words[1] in ("hundred", "half", "quarter", "thousand")
        else 0
    )
    if words[start] in _FRACTIONS:
        used = start + 1
        if words[used : used + 1] in (["a"], ["an"]):
            used += 1
        elif words[used : used + 2] in (["of", "an"], ["of", "a"]):
            used += 2
        return _FRACTIONS[words[start]], used
    parts: list[int] = []
    used = start
    while used < len(words):
        word = words[used]
        if word in _ENGLISH:
            if not _continue(parts, [_ENGLISH[word]]):
                break
            parts.append(_ENGLISH[word])
        elif not (
            word == "and"
            and parts
            and parts[-1] in _LARGE
            and words[used + 1 : used + 2]
            and words[used + 1] in _ENGLISH
        ):
            break
        used += 1
    if not parts:
        return None
    return _with_fraction(Fraction(_sum(parts)), words, used)


def _with_fraction(value: Fraction, words: Sequence[str], used: int) -> tuple[Fraction, int]:
    """“one and a half”, “three quarters of an inch”."""
    rest = list(words[used : used + 4])
    for part, fraction in _FRACTIONS.items():
        if rest[:3] == ["and", "a", part]:
            return value + fraction, used + 3
        if rest[:2] == ["and", part]:
            return value + fraction, used + 2
        if rest[:1] in ([part], [part + "s"]) and fraction != Fraction(1, 2):
            more = 2 if rest[1:3] in (["of", "an"], ["of", "a"]) else 0
            return value * fraction, used + 1 + more
    return value, used


def _sum(parts: Sequence[int]) -> int:
    """“two hundred fifty” and “iki yüz elli”: what stands before hundred or thousand multiplies it."""
    total = group = 0
    for part in parts:
        if part == 1000:
            total, group = total + max(group, 1) * 1000, 0
        elif part == 100:
            group = max(group, 1) * 100
        else:
            group += part
    return total + group


UNIT_WORDS: Final[Mapping[str, Unit]] = {
    fold(name): unit for unit in LENGTHS.values() for name in unit.names if fold(name) not in _NO_UNIT
}
"""Units by folded name."""

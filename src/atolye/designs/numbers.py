"""Reads numbers as people write them: decimal comma or point, thousands, fractions.

Exact from end to end (``Fraction``), so that ``"4,17 cm"`` and ``41.7`` are the same number, and
independent of the process' locale.
"""

from __future__ import annotations

import math
import re
import unicodedata
from fractions import Fraction
from typing import Any, Final

DECIMALS: Final = 6
"""Every number of a canonical request is rounded to 1e-6."""

LONGEST: Final = 64
"""Characters of a written quantity; a longer text is not one."""

_QUANTITY: Final = re.compile(
    r"""
    (?P<sign>[+-]?)\s*
    (?: (?:(?P<whole>\d{1,9})(?:\s+|-))?(?P<over>\d{1,9})\s*/\s*(?P<under>\d{1,9})
      | (?P<scientific>\d{1,20}(?:\.\d{1,20})?[eE][+-]?\d{1,3})
      | (?P<spaced>\d{1,3}(?:\ \d{3})+(?:[.,]\d+)?)
      | (?P<plain>\d[\d.,]*|[.,]\d+)
    )
    \s*(?P<unit>[^\d\s.,/][^\d]*)?
    """,
    re.VERBOSE | re.ASCII,
)
_GROUPED: Final = {sign: re.compile(rf"\d{{1,3}}(?:\{sign}\d{{3}})+", re.ASCII) for sign in ".,"}
_SAME: Final = str.maketrans({"−": "-", "–": "-", "″": '"', "”": '"', "“": '"', "′": "'", "’": "'", "⁄": "/"})


class UnreadableNumberError(ValueError):
    """The text is no number."""


class AmbiguousNumberError(ValueError):
    """The text is two numbers, according to who reads it; ``readings`` says which."""

    def __init__(self, decimal: str, thousands: str) -> None:
        self.readings = (decimal, thousands)
        super().__init__(f"{decimal} or {thousands}")


def read_quantity(text: str) -> tuple[Fraction, str]:
    """Splits ``"1 1/2 inch"`` into number and unit (``""`` when there is none).

    A single comma before exactly three digits (``1,234``) is a decimal comma here and a thousands comma
    there, so it is refused; ``0,125`` and ``1234,567`` cannot be thousands, ``1.234,5`` and ``1,234.5`` say
    which is which. A single point is the decimal point.

    Raises:
        UnreadableNumberError: no number, or something besides a number and a unit.
        AmbiguousNumberError: two readings.
    """
    if len(text) > LONGEST:
        raise UnreadableNumberError
    match = _QUANTITY.fullmatch(_plain_characters(text))
    if match is None:
        raise UnreadableNumberError
    value = _magnitude(match)
    return (-value if match["sign"] == "-" else value), (match["unit"] or "").strip()


def exact(value: Any) -> Fraction:
    """A JSON number as it is written: 0.1 is one tenth.

    Raises:
        UnreadableNumberError: a boolean, an infinity, not-a-number or no number at all.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnreadableNumberError
    if isinstance(value, int):
        return Fraction(value)
    if not math.isfinite(value):
        raise UnreadableNumberError
    return Fraction(repr(value))


def rounded(value: Fraction | float) -> float:
    """To 1e-6, half to even; minus zero is zero. Too large a number becomes infinity."""
    try:
        return round(value * 10**DECIMALS) / 10**DECIMALS + 0.0
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _plain_characters(text: str) -> str:
    """Compatibility forms (full-width digits, ½, no-break space) as plain ones; ``10²`` stays no number."""
    made = []
    for letter in text.strip().translate(_SAME):
        if unicodedata.category(letter) == "No":  # ½ is 1/2, but ² is not 2
            if "<fraction>" not in unicodedata.decomposition(letter):
                raise UnreadableNumberError
            made.append(" ")
        made.append(letter)
    return unicodedata.normalize("NFKC", "".join(made)).translate(_SAME).strip()


def _magnitude(match: re.Match[str]) -> Fraction:
    if match["under"] is not None:
        return _fraction(match["whole"], match["over"], match["under"])
    if match["scientific"] is not None:
        return Fraction(match["scientific"])
    if match["spaced"] is not None:
        return Fraction(match["spaced"].replace(" ", "").replace(",", "."))
    return _separated(match["plain"])


def _fraction(whole: str | None, over: str, under: str) -> Fraction:
    if int(under) == 0:
        raise UnreadableNumberError
    return Fraction(int(whole or 0)) + Fraction(int(over), int(under))


def _separated(digits: str) -> Fraction:
    """A number with points and commas, either of which may be the decimal sign."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        decimal, group = (".", ",") if digits.rfind(".") > digits.rfind(",") else (",", ".")
        whole, _, part = digits.rpartition(decimal)
        if not part or not _GROUPED[group].fullmatch(whole):
            raise UnreadableNumberError
        return Fraction(f"{whole.replace(group, '')}.{part}")
    if points + commas > 1:
        sign = "." if points else ","
        if not _GROUPED[sign].fullmatch(digits):
            raise UnreadableNumberError
        return Fraction(digits.replace(sign, ""))
    if commas:
        return _with_comma(digits)
    if digits.endswith("."):
        raise UnreadableNumberError
    return Fraction(f"0{digits}")


def _with_comma(digits: str) -> Fraction:
    whole, _, part = digits.partition(",")
    if not part:
        raise UnreadableNumberError
    if len(part) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0"):
        raise AmbiguousNumberError(f"{whole}.{part}", f"{whole}{part}")
    return Fraction(f"{whole or '0'}.{part}")

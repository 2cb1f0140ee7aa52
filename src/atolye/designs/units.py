"""The one table of units: what they are called in Turkish and English, and their exact factors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from atolye.designs.words import fold


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of length or of angle; ``factor`` leads to millimetres or degrees."""

    key: str
    factor: Fraction
    names: tuple[str, ...]


LENGTHS: Final = {
    unit.key: unit
    for unit in (
        Unit(
            "um",
            Fraction(1, 1000),
            (
                "um",
                "μm",
                "mikron",
                "mikrometre",
                "micron",
                "microns",
                "micrometer",
                "micrometers",
                "micrometre",
                "micrometres",
            ),
        ),
        Unit(
            "mm",
            Fraction(1),
            ("mm", "milimetre", "milim", "millimeter", "millimeters", "millimetre", "millimetres"),
        ),
        Unit(
            "cm",
            Fraction(10),
            ("cm", "santimetre", "santim", "centimeter", "centimeters", "centimetre", "centimetres"),
        ),
        Unit("m", Fraction(1000), ("m", "metre", "mt", "meter", "meters", "metres")),
        # International inch and foot, exact since 1959.
        Unit("in", Fraction(127, 5), ("in", "inch", "inches", "inç", "parmak")),
        Unit("ft", Fraction(1524, 5), ("ft", "foot", "feet", "fit", "ayak")),
    )
}
"""Units of length by key, with factors to millimetres."""

ANGLES: Final = {
    unit.key: unit
    for unit in (
        Unit("deg", Fraction(1), ("deg", "derece", "degree", "degrees")),
        Unit("rad", Fraction(180 / math.pi), ("rad", "radyan", "radian", "radians")),
    )
}
"""Units of angle by key, with factors to degrees."""

_SIGNS: Final = {'"': "in", "''": "in", "'": "ft"}


def _index(units: dict[str, Unit]) -> dict[str, Unit]:
    return {fold(name): unit for unit in units.values() for name in unit.names}


_LENGTH_NAMES: Final = _index(LENGTHS)
_ANGLE_NAMES: Final = _index(ANGLES)


def length_unit(text: str) -> Unit | None:
    """The unit of length that a person means by ``"mm"``, ``"İnç"``, ``'"'``, ``"santimetre"`` …"""
    written = text.strip().rstrip(".")
    if written in _SIGNS:
        return LENGTHS[_SIGNS[written]]
    return _LENGTH_NAMES.get(fold(written)) if _only_letters(written) else None


def angle_unit(text: str) -> Unit | None:
    """The unit of angle that a person means by ``"°"``, ``"derece"``, ``"rad"`` …"""
    written = text.strip().rstrip(".")
    if written == "°":
        return ANGLES["deg"]
    return _ANGLE_NAMES.get(fold(written)) if _only_letters(written) else None


def _only_letters(text: str) -> bool:
    """Folding drops signs; a unit with signs in it (``mm²``, ``1/in``) is another unit."""
    return all(letter.isalpha() for letter in text.replace("̇", "")) and bool(text)

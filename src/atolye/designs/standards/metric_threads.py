"""Metric threads and the holes that let them through.

Sources: ISO 261 (coarse pitches), ISO 273:1979 (clearance holes for bolts and screws).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_DESIGNATION: Final = re.compile(r"\s*[mM]\s*(\d{1,3}(?:[.,]\d)?)\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class ClearanceHole:
    """Diameters in mm that let a thread through: ISO 273, columns fine, medium, coarse."""

    fine_mm: float
    medium_mm: float
    coarse_mm: float


CLEARANCE_HOLES: Final = {
    "M1.6": ClearanceHole(1.7, 1.8, 2.0),
    "M2": ClearanceHole(2.2, 2.4, 2.6),
    "M2.5": ClearanceHole(2.7, 2.9, 3.1),
    "M3": ClearanceHole(3.2, 3.4, 3.6),
    "M3.5": ClearanceHole(3.7, 3.9, 4.2),
    "M4": ClearanceHole(4.3, 4.5, 4.8),
    "M5": ClearanceHole(5.3, 5.5, 5.8),
    "M6": ClearanceHole(6.4, 6.6, 7.0),
    "M7": ClearanceHole(7.4, 7.6, 8.0),
    "M8": ClearanceHole(8.4, 9.0, 10.0),
    "M10": ClearanceHole(10.5, 11.0, 12.0),
    "M12": ClearanceHole(13.0, 13.5, 14.5),
    "M14": ClearanceHole(15.0, 15.5, 16.5),
    "M16": ClearanceHole(17.0, 17.5, 18.5),
    "M18": ClearanceHole(19.0, 20.0, 21.0),
    "M20": ClearanceHole(21.0, 22.0, 24.0),
    "M22": ClearanceHole(23.0, 24.0, 26.0),
    "M24": ClearanceHole(25.0, 26.0, 28.0),
    "M27": ClearanceHole(28.0, 30.0, 32.0),
    "M30": ClearanceHole(31.0, 33.0, 35.0),
    "M33": ClearanceHole(34.0, 36.0, 38.0),
    "M36": ClearanceHole(37.0, 39.0, 42.0),
    "M39": ClearanceHole(40.0, 42.0, 45.0),
    "M42": ClearanceHole(43.0, 45.0, 48.0),
    "M45": ClearanceHole(46.0, 48.0, 52.0),
    "M48": ClearanceHole(50.0, 52.0, 56.0),
    "M52": ClearanceHole(54.0, 56.0, 62.0),
    "M56": ClearanceHole(58.0, 62.0, 66.0),
    "M60": ClearanceHole(62.0, 66.0, 70.0),
    "M64": ClearanceHole(66.0, 70.0, 74.0),
}
"""Clearance holes by thread."""


def thread_of(text: str) -> str | None:
    """The designation that a person means by ``"m8"`` or ``"M 2,5"``; ``None`` for any other text."""
    match = _DESIGNATION.fullmatch(text)
    return None if match is None else f"M{match[1].replace(',', '.')}".removesuffix(".0")

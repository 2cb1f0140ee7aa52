"""Hexagon head screws and nuts, product grades A and B, coarse thread.

Sources: ISO 4017:2014 and DIN 933:1987 (screws threaded to the head), ISO 4032:2012 (style 1) and
DIN 934:1987 (nuts). ISO took other widths across flats than DIN for M10, M12, M14 and M22
(ISO 272:1982), and ISO nuts are higher. Head heights are the nominal ones, nut heights the maxima,
which are their nominal sizes. M3.5, M14, M18 and M22 are non-preferred.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_SIZE: Final = re.compile(
    r"\s*(?P<thread>[mM]\s*\d{1,3}(?:[.,]\d)?)\s*(?:[xX×*]\s*(?P<length>\d{1,4}(?:[.,]\d{1,2})?)\s*(?:mm)?\s*)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Fastener:
    """Sizes in mm of the screw and the nut of a thread."""

    diameter_mm: float
    pitch_mm: float
    head_height_mm: float
    """k"""
    iso_flats_mm: float
    """s by ISO 272"""
    din_flats_mm: float
    """s by DIN 933/934"""
    iso_nut_height_mm: float
    """m by ISO 4032"""
    din_nut_height_mm: float
    """m by DIN 934"""
    shortest_mm: float
    """Shortest and longest nominal length of ISO 4017"""
    longest_mm: float


#                     d     P     k     s    s DIN  m    m DIN  l from, to
FASTENERS: Final = {
    "M3": Fastener(3.0, 0.5, 2.0, 5.5, 5.5, 2.4, 2.4, 6, 30),
    "M3.5": Fastener(3.5, 0.6, 2.4, 6.0, 6.0, 2.8, 2.8, 8, 35),
    "M4": Fastener(4.0, 0.7, 2.8, 7.0, 7.0, 3.2, 3.2, 8, 40),
    "M5": Fastener(5.0, 0.8, 3.5, 8.0, 8.0, 4.7, 4.0, 10, 50),
    "M6": Fastener(6.0, 1.0, 4.0, 10.0, 10.0, 5.2, 5.0, 12, 60),
    "M8": Fastener(8.0, 1.25, 5.3, 13.0, 13.0, 6.8, 6.5, 16, 80),
    "M10": Fastener(10.0, 1.5, 6.4, 16.0, 17.0, 8.4, 8.0, 20, 100),
    "M12": Fastener(12.0, 1.75, 7.5, 18.0, 19.0, 10.8, 10.0, 25, 120),
    "M14": Fastener(14.0, 2.0, 8.8, 21.0, 22.0, 12.8, 11.0, 30, 140),
    "M16": Fastener(16.0, 2.0, 10.0, 24.0, 24.0, 14.8, 13.0, 30, 200),
    "M18": Fastener(18.0, 2.5, 11.5, 27.0, 27.0, 15.8, 15.0, 35, 180),
    "M20": Fastener(20.0, 2.5, 12.5, 30.0, 30.0, 18.0, 16.0, 40, 200),
    "M22": Fastener(22.0, 2.5, 14.0, 34.0, 32.0, 19.4, 18.0, 45, 200),
    "M24": Fastener(24.0, 3.0, 15.0, 36.0, 36.0, 21.5, 19.0, 50, 200),
}
"""Fasteners by thread, M3–M24."""

PREFERRED_LENGTHS_MM: Final = frozenset(
    (
        6,
        8,
        10,
        12,
        16,
        20,
        25,
        30,
        35,
        40,
        45,
        50,
        55,
        60,
        65,
        70,
        80,
        90,
        100,
        110,
        120,
        130,
        140,
        150,
        160,
        180,
        200,
    )
)
"""Nominal lengths of ISO 4017 in its range for these threads."""

SCREW_STANDARDS: Final = {"ISO 4017": ("4017", "EN ISO 4017", "DIN EN ISO 4017"), "DIN 933": ("933",)}
NUT_STANDARDS: Final = {"ISO 4032": ("4032", "EN ISO 4032", "DIN EN ISO 4032"), "DIN 934": ("934",)}

SCREW_MATERIAL: Final = "steel_property_class_8_8"
NUT_MATERIAL: Final = "steel_nut_class_8"


def split_size(text: str) -> tuple[str, str | None] | None:
    """``"M8×20"`` as thread and length text; the length is ``None`` when only a thread is named."""
    match = _SIZE.fullmatch(text)
    if match is None:
        return None
    thread = "M" + match["thread"].strip()[1:].strip().replace(",", ".").removesuffix(".0")
    return thread, match["length"]

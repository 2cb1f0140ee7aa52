"""Keyways for parallel keys, high form. Source: DIN 6885-1:1968 (ISO/R 773:1969)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Keyway:
    """Shaft diameters from (exclusive) to (inclusive), key section b × h and depth t1 in the shaft; mm."""

    above_mm: float
    up_to_mm: float
    width_mm: float
    key_height_mm: float
    depth_mm: float


KEYWAYS: Final = (
    Keyway(6, 8, 2, 2, 1.2),
    Keyway(8, 10, 3, 3, 1.8),
    Keyway(10, 12, 4, 4, 2.5),
    Keyway(12, 17, 5, 5, 3.0),
    Keyway(17, 22, 6, 6, 3.5),
    Keyway(22, 30, 8, 7, 4.0),
    Keyway(30, 38, 10, 8, 5.0),
    Keyway(38, 44, 12, 8, 5.0),
    Keyway(44, 50, 14, 9, 5.5),
    Keyway(50, 58, 16, 10, 6.0),
    Keyway(58, 65, 18, 11, 7.0),
    Keyway(65, 75, 20, 12, 7.5),
    Keyway(75, 85, 22, 14, 9.0),
    Keyway(85, 95, 25, 14, 9.0),
    Keyway(95, 110, 28, 16, 10.0),
    Keyway(110, 130, 32, 18, 11.0),
    Keyway(130, 150, 36, 20, 12.0),
    Keyway(150, 170, 40, 22, 13.0),
    Keyway(170, 200, 45, 25, 15.0),
    Keyway(200, 230, 50, 28, 17.0),
    Keyway(230, 260, 56, 32, 20.0),
    Keyway(260, 290, 63, 32, 20.0),
    Keyway(290, 330, 70, 36, 22.0),
    Keyway(330, 380, 80, 40, 25.0),
    Keyway(380, 440, 90, 45, 28.0),
    Keyway(440, 500, 100, 50, 31.0),
)


def keyway_for(shaft_diameter_mm: float) -> Keyway | None:
    """The keyway of a shaft's diameter; ``None`` outside 6–500 mm. 6 mm itself takes the smallest."""
    for keyway in KEYWAYS:
        if keyway.above_mm < shaft_diameter_mm <= keyway.up_to_mm:
            return keyway
    return KEYWAYS[0] if shaft_diameter_mm == KEYWAYS[0].above_mm else None

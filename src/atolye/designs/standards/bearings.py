"""Deep groove ball bearings: boundary dimensions of the series 60, 62 and 63.

Sources: ISO 15:2017 and DIN 625-1:2011 for d, D and B. They fix the outside only; balls, grooves and
shoulders are every maker's own, so they follow a rule of ours, :func:`inside_of`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Bearing:
    """Boundary dimensions in mm: bore d, outside diameter D, width B."""

    bore_mm: float
    outer_diameter_mm: float
    width_mm: float


@dataclass(frozen=True, slots=True)
class Inside:
    """What the standard leaves open; lengths in mm."""

    ball_count: int
    ball_diameter_mm: float
    pitch_diameter_mm: float
    inner_shoulder_diameter_mm: float
    outer_shoulder_diameter_mm: float
    groove_radius_mm: float


_SIZES: Final = """
603 3 9 3      604 4 12 4     605 5 14 5     606 6 17 6     607 7 19 6     608 8 22 7     609 9 24 7
6000 10 26 8   6001 12 28 8   6002 15 32 9   6003 17 35 10  6004 20 42 12  6005 25 47 12  6006 30 55 13
6007 35 62 14  6008 40 68 15  6009 45 75 16  6010 50 80 16  6011 55 90 18  6012 60 95 18  6013 65 100 18
6014 70 110 20 6015 75 115 20 6016 80 125 22 6017 85 130 22 6018 90 140 24 6019 95 145 24 6020 100 150 24
623 3 10 4     624 4 13 5     625 5 16 5     626 6 19 6     627 7 22 7     628 8 24 8     629 9 26 8
6200 10 30 9   6201 12 32 10  6202 15 35 11  6203 17 40 12  6204 20 47 14  6205 25 52 15  6206 30 62 16
6207 35 72 17  6208 40 80 18  6209 45 85 19  6210 50 90 20  6211 55 100 21 6212 60 110 22 6213 65 120 23
6214 70 125 24 6215 75 130 25 6216 80 140 26 6217 85 150 28 6218 90 160 30 6219 95 170 32 6220 100 180 34
634 4 16 5     635 5 19 6
6300 10 35 11  6301 12 37 12  6302 15 42 13  6303 17 47 14  6304 20 52 15  6305 25 62 17  6306 30 72 19
6307 35 80 21  6308 40 90 23  6309 45 100 25 6310 50 110 27 6311 55 120 29 6312 60 130 31 6313 65 140 33
6314 70 150 35 6315 75 160 37 6316 80 170 39 6317 85 180 41 6318 90 190 43 6319 95 200 45 6320 100 215 47
"""
"""Code, d, D and B in mm."""


def _table() -> dict[str, Bearing]:
    words = _SIZES.split()
    rows = zip(words[::4], words[1::4], words[2::4], words[3::4], strict=True)
    return {code: Bearing(float(bore), float(outer), float(width)) for code, bore, outer, width in rows}


BEARINGS: Final = _table()
"""Bearings by code."""

MATERIAL: Final = "steel_100cr6"

_BALL_SHARE: Final = 0.3  # of D - d: what makers of these series come close to (0.28–0.32)
_FILLING_ANGLE_DEG: Final = (
    195.0  # arc of balls that a Conrad assembly lets in (Harris, Rolling Bearing Analysis)
)
_CONFORMITY: Final = 0.52  # groove radius over ball diameter, usual 0.515–0.53 (Harris)
_SHOULDER_SHARE: Final = 0.25  # height of a shoulder over the groove's bottom, of the ball's diameter


def inside_of(bearing: Bearing) -> Inside:
    """Balls, grooves and shoulders by rule.

    The pitch circle is midway between bore and outside. A ball takes 0.3 of D − d, which leaves each ring
    0.1 of D − d under its groove. As many balls go in as a Conrad assembly can fill:
    1 + ⌊φ / 2 asin(Dw / dm)⌋ with φ = 195°, so that neighbours on the full circle never touch.
    """
    pitch = (bearing.bore_mm + bearing.outer_diameter_mm) / 2
    ball = _BALL_SHARE * (bearing.outer_diameter_mm - bearing.bore_mm)
    pitch_angle_deg = 2 * math.degrees(math.asin(ball / pitch))
    return Inside(
        ball_count=1 + math.floor(_FILLING_ANGLE_DEG / pitch_angle_deg),
        ball_diameter_mm=ball,
        pitch_diameter_mm=pitch,
        inner_shoulder_diameter_mm=pitch - ball + 2 * _SHOULDER_SHARE * ball,
        outer_shoulder_diameter_mm=pitch + ball - 2 * _SHOULDER_SHARE * ball,
        groove_radius_mm=_CONFORMITY * ball,
    )

"""Modules of cylindrical gears. Source: ISO 54:1996, series I (preferred) and II."""

from __future__ import annotations

from typing import Final

SERIES_I_MM: Final = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 32, 40, 50)
SERIES_II_MM: Final = (1.125, 1.375, 1.75, 2.25, 2.75, 3.5, 4.5, 5.5, 6.5, 7, 9, 11, 14, 18, 22, 28, 36, 45)
SMALL_MM: Final = (0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Below 1 mm, which ISO 54 leaves out: DIN 780-1, series 1, from 0.1."""

STANDARD_MM: Final = frozenset(float(module) for module in (*SMALL_MM, *SERIES_I_MM, *SERIES_II_MM))

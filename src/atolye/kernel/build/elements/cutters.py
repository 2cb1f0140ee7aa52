"""How far cutting tools stand out of what they cut."""

from __future__ import annotations

from typing import Final

OVERHANG_MM: Final = 1.0
"""A tool that ended in the plane of a face would leave the boolean to judge coincident faces."""

OVERHANG: Final = f"{OVERHANG_MM:g} mm"
"""The same for expressions."""

"""Which FreeCAD and which OCCT are accepted: the one place that says so."""

from __future__ import annotations

from typing import Final

from atolye.errors import AtolyeError

FREECAD_ACCEPTED: Final = ((1, 1), (1, 1))
"""First and last accepted series, major and minor, both included."""
OCCT_ACCEPTED: Final = ((7, 8), (7, 9))


def _series(version: str) -> tuple[int, int]:
    major, minor, *_ = version.split(".")
    return int(major), int(minor)


def accepted(version: str, series: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    """Whether a version such as ``7.9.2`` belongs to the accepted series."""
    first, last = series
    try:
        return first <= _series(version) <= last
    except ValueError:
        return False


def range_text(series: tuple[tuple[int, int], tuple[int, int]]) -> str:
    """The accepted series for people: ``1.1.x`` or ``7.8.x–7.9.x``."""
    first, last = (".".join(map(str, each)) + ".x" for each in series)
    return first if first == last else f"{first}–{last}"


def check_versions(freecad: str, occt: str) -> None:
    """Refuse an engine outside the accepted range.

    Raises:
        AtolyeError: ``CONFIG_FREECAD_VERSION_MISMATCH``.
    """
    for name, found, series in (("FreeCAD", freecad, FREECAD_ACCEPTED), ("OCCT", occt, OCCT_ACCEPTED)):
        if not accepted(found, series):
            expected = range_text(series)
            raise AtolyeError(
                "CONFIG_FREECAD_VERSION_MISMATCH",
                details={"program": name, "found": found, "expected": expected},
                program=name, found=found, expected=expected,
            )  # fmt: skip

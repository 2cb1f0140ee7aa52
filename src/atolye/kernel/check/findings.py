"""What a check reports: one rule broken at one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NotRequired, TypedDict

import numpy as np

from atolye.kernel.check.faces import Floats

Severity = Literal["error", "warning"]

MAX_FINDINGS_PER_CODE: Final = 20
"""The worst ones of each kind are listed; ``count`` in ``measured`` tells how many there were."""

PLACE_DECIMALS: Final = 6
"""Positions are given to 1e-6 mm and values to 1e-6 of their unit, so that they are the same everywhere."""


class Finding(TypedDict):
    """One broken rule: where (mm, part frame), on which faces, and what was measured against what."""

    code: str
    severity: Severity
    point_mm: list[float]
    face: str
    other_face: NotRequired[str]
    measured: float
    required: float
    unit: Literal["mm", "deg", "1"]


def finding(
    code: str,
    severity: Severity,
    point: Floats,
    faces: Sequence[str],
    *,
    measured: float,
    required: float,
    unit: Literal["mm", "deg", "1"],
) -> Finding:
    """Makes a finding; ``faces`` names one face or two."""
    place = [round(float(x), PLACE_DECIMALS) + 0.0 for x in np.asarray(point)]
    made = Finding(
        code=code,
        severity=severity,
        point_mm=place,
        face=faces[0],
        measured=round(float(measured), PLACE_DECIMALS) + 0.0,
        required=required,
        unit=unit,
    )
    if len(faces) > 1:
        made["other_face"] = faces[1]
    return made


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the order of how far they are from what is required, then by place."""
    return sorted(findings, key=lambda f: (f["code"], -_excess(f), f["point_mm"], f["face"]))


def _excess(found: Finding) -> float:
    scale = max(abs(found["required"]), 1e-9)
    return round(abs(found["measured"] - found["required"]) / scale, 9)

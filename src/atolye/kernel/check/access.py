"""Whether a tool along ±Z, or a two-part mould, reaches every face."""

from __future__ import annotations

from typing import Final

import numpy as np

from atolye.kernel.check.faces import Bools, Solids
from atolye.kernel.check.findings import Finding, Severity, finding
from atolye.kernel.check.upright import Rays

MAX_HIDDEN_SHARE: Final = 0.02
"""Share of a face that may be hidden: rays that graze a rim are not told apart from it any more finely."""


def check(solids: Solids, code: str, severity: Severity) -> tuple[list[Finding], float]:
    """Finds the faces that can be reached neither from +Z nor from −Z.

    Returns:
        the findings (``measured`` is the share of the face that is reached, 1 is required), and the share
        of the part's whole area that is reached.
    """
    rays = Rays(solids)
    findings: list[Finding] = []
    hidden_area = whole_area = 0.0
    for face in solids.faces:
        spots = rays.spots(face)
        hidden: Bools = ~(rays.free(spots, upwards=True) | rays.free(spots, upwards=False))
        area = float(spots.areas.sum())
        share = float(spots.areas[hidden].sum()) / area if area > 0.0 else 0.0
        whole_area += area
        if share <= MAX_HIDDEN_SHARE:
            continue
        hidden_area += share * area
        points = spots.points[hidden]
        middle = np.linalg.norm(points - points.mean(axis=0), axis=1)
        place = points[int(np.argmin(np.round(middle, 6)))]
        findings.append(
            finding(code, severity, place, [face.name], measured=1.0 - share, required=1.0, unit="1")
        )
    return findings, 1.0 - hidden_area / whole_area if whole_area else 1.0

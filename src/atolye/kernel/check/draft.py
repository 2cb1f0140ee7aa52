"""Draft of a moulded or cast part: how far each face leans from the direction in which the mould opens."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from atolye.kernel.check.faces import Face, Floats, Solids
from atolye.kernel.check.findings import Finding, finding

CODE: Final = "DRAFT_TOO_SMALL"

PULL: Final = np.array((0.0, 0.0, 1.0))
"""The mould opens along ±Z of the part's frame."""

STRIP_SHARE: Final = 0.05
"""A round face may be steeper than asked for over this share of its area: a ball, or a fillet that runs out
into the parting line, has such a strip of no height (1.7 % of a ball's area lies below 1°)."""

ANGLE_TOLERANCE_DEG: Final = 0.01


class Draft(NamedTuple):
    """The smallest draft of a face (degrees) and where it is."""

    angle_deg: float
    point: Floats


def check(solids: Solids, min_draft_deg: float) -> tuple[list[Finding], float | None]:
    """Finds every face whose draft against ±Z is below ``min_draft_deg``.

    Returns:
        the findings, and the smallest draft of any face in degrees (0 for an upright wall).
    """
    findings, smallest = [], None
    for face in solids.faces:
        draft = of_face(face, min_draft_deg)
        smallest = draft.angle_deg if smallest is None else min(smallest, draft.angle_deg)
        if draft.angle_deg < min_draft_deg - ANGLE_TOLERANCE_DEG:
            findings.append(
                finding(
                    CODE,
                    "error",
                    draft.point,
                    [face.name],
                    measured=draft.angle_deg,
                    required=min_draft_deg,
                    unit="deg",
                )
            )
    return findings, smallest


def of_face(face: Face, min_draft_deg: float) -> Draft:
    """The draft of a face: of all of it, or, on a round face, of all but a thin strip."""
    samples = face.samples(_count(face))
    angles = np.degrees(np.arcsin(np.clip(np.abs(samples.normals @ PULL), 0.0, 1.0)))
    steep = angles < min_draft_deg - ANGLE_TOLERANCE_DEG
    if samples.areas[steep].sum() <= STRIP_SHARE * samples.areas.sum():
        angles = np.where(steep, np.inf, angles)
    least = float(angles.min())
    rows = np.flatnonzero(angles <= least + ANGLE_TOLERANCE_DEG)
    middle = samples.points[rows].mean(axis=0)
    row = rows[int(np.argmin(np.round(np.linalg.norm(samples.points[rows] - middle, axis=1), 6)))]
    return Draft(least, samples.points[row])


def _count(face: Face) -> int:
    """Samples that tell a strip of no height from one that matters."""
    if face.leans_evenly(PULL):
        return 64
    return 1024 if face.kind in ("extrusion", "freeform") else 4096

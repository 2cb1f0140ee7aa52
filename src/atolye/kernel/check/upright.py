"""What lies straight above or below a point: rays along ±Z against the faces of a part.

A ray counts as stopped where it *enters* the material. Round faces are met as facets and the borders of plane
faces as polygons, so a point just over a hollow may lie a little inside them; its ray then leaves them first.
"""

from __future__ import annotations

from typing import Any, Final

import MeshPart
import numpy as np
import Part

from atolye.kernel.check.faces import BLOCK, Bools, Face, Floats, Samples, Solids

FACET_ANGLE_RAD: Final = 0.26
"""About 24 facets to a turn."""

UPRIGHT: Final = 1e-6
"""Height of a unit normal below which a face counts as upright: nothing can be met on it along Z."""

SPOTS: Final = 64


class Rays:
    """The faces of a part, ready to be met by rays along Z."""

    def __init__(self, solids: Solids) -> None:
        self._clearance = min(max(1e-4 * solids.size, 1e-4), 1e-2)
        self._planes = [f for f in solids.faces if f.kind == "plane" and abs(f.normal[2]) > UPRIGHT]
        facets = [_facets(f) for f in solids.faces if f.kind != "plane" and not _is_upright_cylinder(f)]
        self._corners = np.concatenate(facets) if facets else np.empty((0, 3, 3))

    def spots(self, face: Face) -> Samples:
        """Samples of a face, lifted off it a little."""
        samples = face.samples(SPOTS)
        return samples._replace(points=samples.points + self._clearance * samples.normals)

    def free(self, spots: Samples, *, upwards: bool) -> Bools:
        """From which spots a ray along +Z, or −Z, leaves the part without meeting it."""
        sign = 1.0 if upwards else -1.0
        met = spots.normals[:, 2] * sign < -UPRIGHT  # straight into the face itself
        for plane in self._planes:
            if plane.normal[2] * sign < 0.0:
                met |= _meets_plane(plane, spots.points, sign)
        if len(self._corners):
            self._meet_facets(spots.points, sign, met)
        return ~met

    def _meet_facets(self, points: Floats, sign: float, met: Bools) -> None:
        order = np.lexsort((points[:, 1], points[:, 0]))
        for start in range(0, len(points), BLOCK):
            rows = order[start : start + BLOCK]
            met[rows] |= _enters_facets(self._corners, points[rows], sign)


def _is_upright_cylinder(face: Face) -> bool:
    return face.kind == "cylinder" and abs(float(face.axis[2])) > 1 - 1e-9


def _facets(face: Face) -> Floats:
    """(n, 3, 3) corners of the facets of a round face, turned outwards."""
    alone: Any = Part.Compound([face.shape.copy(True, False)])
    mesh = MeshPart.meshFromShape(
        Shape=alone, LinearDeflection=1e3, AngularDeflection=FACET_ANGLE_RAD, Relative=False
    )
    points, triangles = mesh.Topology
    corners = np.array([(p.x, p.y, p.z) for p in points]).reshape(-1, 3)
    return corners[np.array(triangles, dtype=np.intp).reshape(-1, 3)]


def _meets_plane(plane: Face, points: Floats, sign: float) -> Bools:
    met = np.zeros(len(points), np.bool_)
    low, high = plane.box
    rows = np.flatnonzero(((points[:, :2] >= low[:2]) & (points[:, :2] <= high[:2])).all(axis=1))
    rise = ((plane.segments[0][0, 0] - points[rows]) @ plane.normal) / plane.normal[2]
    rows, rise = rows[rise * sign > 0.0], rise[rise * sign > 0.0]
    if not len(rows):
        return met
    there = points[rows]
    there[:, 2] += rise
    met[rows] = plane.polygon.contains(plane.plane_uv(there))
    return met


def _enters_facets(corners: Floats, points: Floats, sign: float) -> Bools:
    """Which points (n, 3) see the outer side of a facet in the direction of ``sign`` along Z."""
    flat = corners[:, :, :2]
    near = (flat.max(axis=1) >= points[:, :2].min(axis=0)).all(axis=1)
    near &= (flat.min(axis=1) <= points[:, :2].max(axis=0)).all(axis=1)
    a, b, c = corners[near].transpose(1, 0, 2)
    ab, ac = b - a, c - a
    doubled = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]  # the facet's normal along Z, times twice its area
    facing = doubled * sign < 0.0
    a, ab, ac, doubled = a[facing], ab[facing], ac[facing], doubled[facing]
    x, y = points[:, :1] - a[:, 0], points[:, 1:2] - a[:, 1]
    s = (x * ac[:, 1] - y * ac[:, 0]) / doubled
    t = (y * ab[:, 0] - x * ab[:, 1]) / doubled
    rise = (a[:, 2] + s * ab[:, 2] + t * ac[:, 2] - points[:, 2:]) * sign
    return np.asarray(((s >= 0.0) & (t >= 0.0) & (s + t <= 1.0) & (rise > 0.0)).any(axis=1))

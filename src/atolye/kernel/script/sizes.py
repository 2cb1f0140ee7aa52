"""How large a finished solid is, whichever way it lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from atolye.kernel.script.rules import SIZE_MM, dimension

_MOST_FACES: Final = 64
"""Plane faces whose directions are tried, the largest first."""
_SLACK_MM: Final = 1e-6
_AXES: Final = ("X", "Y", "Z")

Array = npt.NDArray[np.float64]


def check(solids: list[Any]) -> None:
    """Refuses solids that are too small or too large, each measured across its own flat faces.

    A solid is too thin when it is thinner than the least size along an axis or across one of its plane faces.
    It is too large when it fits into no cube of the greatest size, laid along the axes or along two of its
    edges.

    Raises:
        KernelError: ``DIMENSION_ERROR`` with the size that is out of bounds.
    """
    for number, solid in enumerate(solids, start=1):
        _check_solid(f"solid{number}", solid)


def _check_solid(name: str, solid: Any) -> None:
    least, most = SIZE_MM
    box = solid.optimalBoundingBox(False)
    along_axes = np.array([box.XLength, box.YLength, box.ZLength])
    if along_axes.min() < least - _SLACK_MM:
        axis = int(along_axes.argmin())
        raise dimension(f"{name}.{_AXES[axis]}", float(along_axes[axis]))
    frames = list(_frames(solid))
    points = _points(solid)
    for frame in frames:
        thickness_mm = float(np.ptp(points @ frame[2]))
        if thickness_mm < least - _SLACK_MM:
            raise dimension(f"{name}.thickness", thickness_mm)
    if along_axes.max() <= most + _SLACK_MM:
        return
    for frame in frames:
        if np.ptp(points @ frame.T, axis=0).max() <= most + _SLACK_MM:
            return
    axis = int(along_axes.argmax())
    raise dimension(f"{name}.{_AXES[axis]}", float(along_axes[axis]))


def _points(solid: Any) -> Array:
    """(n, 3) points on the surface, mm: exact on plane faces, within a hundredth on curved ones."""
    points, _triangles = solid.tessellate(0.01 * max(1.0, solid.BoundBox.DiagonalLength / 100))
    return np.array([tuple(point) for point in points], dtype=np.float64)


def _frames(solid: Any) -> Iterator[Array]:
    """(3, 3) right-handed frames, axes in rows: an edge of a plane face, and across it."""
    plane = [face for face in solid.Faces if face.Surface.TypeId == "Part::GeomPlane"]
    plane.sort(key=lambda face: -face.Area)
    for face in plane[:_MOST_FACES]:
        normal = np.array(tuple(face.Surface.Axis))
        straight = [
            edge for edge in face.Edges if edge.Curve.TypeId == "Part::GeomLine" and edge.Length > _SLACK_MM
        ]
        if straight:
            edge = max(straight, key=lambda each: each.Length)
            along = np.array(tuple(edge.Curve.Direction))
        else:
            along = np.cross(normal, np.eye(3)[int(np.abs(normal).argmin())])
        along = along / np.linalg.norm(along)
        yield np.array([along, np.cross(normal, along), normal])

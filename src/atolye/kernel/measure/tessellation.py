"""The one tessellation of a part, which the STL, the GLB, the pictures and the triangle count share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, Final

import MeshPart
import numpy as np
import Part

from atolye.kernel import preferences
from atolye.kernel.errors import KernelError
from atolye.kernel.measure.arrays import Floats, Ints
from atolye.kernel.measure.parts import Parts

_TINY: Final = 1e-12
"""Below this length a vector has no direction, as the radius at the tip of a cone."""


@dataclass(frozen=True)
class Tessellation:
    """Triangles of a closed surface, in mm.

    Attributes:
        faces: the shape's faces, solid by solid.
        solids: first face of each solid and the one after its last.
        points: (n, 3) corner positions, shared between the faces of a solid that meet there.
        triangles: (m, 3) indices into ``points``, counter-clockwise seen from outside.
        face_of_triangle: (m,) index of each triangle's face in ``faces``, ascending.
        algorithm: OCCT's triangulation that made it.
    """

    faces: list[Any] = field(repr=False)
    solids: tuple[tuple[int, int], ...]
    points: Floats
    triangles: Ints
    face_of_triangle: Ints
    linear_deflection_mm: float
    angular_deflection_deg: float
    relative: bool
    algorithm: str

    @property
    def parameters(self) -> dict[str, Any]:
        """How it was made, for metadata and golden comparison."""
        return {
            "linear_deflection_mm": self.linear_deflection_mm,
            "angular_deflection_deg": self.angular_deflection_deg,
            "relative": self.relative,
            "parallel": False,
            "algorithm": self.algorithm,
        }

    def bodies(self) -> list[Tessellation]:
        """The closed surfaces, one a solid, each with points of its own."""
        return [self] if len(self.solids) == 1 else [self._body(*ends) for ends in self.solids]

    def _body(self, first_face: int, last_face: int) -> Tessellation:
        mine = (self.face_of_triangle >= first_face) & (self.face_of_triangle < last_face)
        used, triangles = np.unique(self.triangles[mine], return_inverse=True)
        return replace(
            self,
            faces=self.faces[first_face:last_face],
            solids=((0, last_face - first_face),),
            points=self.points[used],
            triangles=triangles.reshape(-1, 3),
            face_of_triangle=self.face_of_triangle[mine] - first_face,
        )

    @cached_property
    def triangle_normals(self) -> Floats:
        """(m, 3) unit normals of the triangles; zero where a triangle has no area."""
        corners = self.points[self.triangles]
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        return _unit(cross)

    @cached_property
    def surface(self) -> SurfaceMesh:
        """The same triangles with corners of their own for each face, and the faces' true normals."""
        return _surface_mesh(self)


@dataclass(frozen=True, slots=True)
class SurfaceMesh:
    """Corners that belong to one face each, so that edges stay sharp.

    Attributes:
        points: (k, 3) positions in mm.
        normals: (k, 3) unit normals of the exact surface, pointing out of the solid.
        triangles: (m, 3) indices into ``points``.
    """

    points: Floats
    normals: Floats
    triangles: Ints


def tessellate(
    parts: Parts, *, linear_deflection_mm: float, angular_deflection_deg: float, relative: bool
) -> Tessellation:
    """Tessellates the solids of a part, each a closed surface of its own.

    Raises:
        KernelError: ``FC_MESH_FAILED`` when no algorithm gives a closed surface.
    """
    for algorithm in (preferences.MESH_ALGORITHM, preferences.FALLBACK_MESH_ALGORITHM):
        preferences.use_mesh_algorithm(algorithm)
        meshes = [
            MeshPart.meshFromShape(
                Shape=solid,
                LinearDeflection=linear_deflection_mm,
                AngularDeflection=math.radians(angular_deflection_deg),
                Relative=relative,
                Segments=True,
            )
            for solid in parts.solids
        ]
        faces = parts.faces_of_solids
        if all(_is_whole(mesh, own) for mesh, own in zip(meshes, faces, strict=True)):
            return Tessellation(
                [face for own in faces for face in own],
                _ranges([len(own) for own in faces]),
                *_joined([_arrays(mesh) for mesh in meshes]),
                linear_deflection_mm,
                angular_deflection_deg,
                relative,
                algorithm,
            )
    raise KernelError("FC_MESH_FAILED", "mesh", "the tessellation is not a closed surface")


def _ranges(counts: list[int]) -> tuple[tuple[int, int], ...]:
    ends = list(accumulate(counts, initial=0))
    return tuple(pairwise(ends))


def _is_whole(mesh: Any, faces: list[Any]) -> bool:
    return bool(mesh.CountFacets and mesh.isSolid() and mesh.countSegments() == len(faces))


def _arrays(mesh: Any) -> tuple[Floats, Ints, Ints]:
    points, facets = mesh.Topology
    segments = [mesh.getSegment(index) for index in range(mesh.countSegments())]
    order = np.concatenate([np.asarray(segment, dtype=np.int64) for segment in segments])
    return (
        np.array([(point.x, point.y, point.z) for point in points], dtype=np.float64) + 0.0,  # no -0.0
        np.array(facets, dtype=np.int64)[order],
        np.repeat(np.arange(len(segments)), [len(segment) for segment in segments]),
    )


def _joined(parts: list[tuple[Floats, Ints, Ints]]) -> tuple[Floats, Ints, Ints]:
    """The meshes of several solids behind one another, without merging their points."""
    points, triangles, face_of_triangle = [], [], []
    point_count = face_count = 0
    for own_points, own_triangles, own_faces in parts:
        points.append(own_points)
        triangles.append(own_triangles + point_count)
        face_of_triangle.append(own_faces + face_count)
        point_count += len(own_points)
        face_count += int(own_faces[-1]) + 1
    return np.concatenate(points), np.concatenate(triangles), np.concatenate(face_of_triangle)


# ---- normals -------------------------------------------------------------------------------------


def _surface_mesh(mesh: Tessellation) -> SurfaceMesh:
    keys = mesh.face_of_triangle[:, None] * len(mesh.points) + mesh.triangles
    corners, triangles = np.unique(keys, return_inverse=True)
    triangles = triangles.reshape(-1, 3)
    face, point = np.divmod(corners, len(mesh.points))
    points = mesh.points[point]
    averaged = _averaged_normals(mesh, points, triangles)
    normals = np.empty_like(points)
    bounds = np.searchsorted(face, np.arange(len(mesh.faces) + 1))
    for index, occt_face in enumerate(mesh.faces):
        part = slice(bounds[index], bounds[index + 1])
        exact = _face_normals(occt_face, points[part])
        normals[part] = _oriented(exact, averaged[part])
    return _with_split_tips(SurfaceMesh(points, normals, triangles), mesh.triangle_normals)


def _with_split_tips(surface: SurfaceMesh, triangle_normals: Floats) -> SurfaceMesh:
    """Gives each triangle a corner of its own, with its own normal, where the surface has none.

    At the tip of a cone every side has another direction; one normal for all would be right for none.
    """
    tips = np.abs(surface.normals).sum(axis=1) < 0.5
    triangle, corner = np.nonzero(tips[surface.triangles])
    if not len(triangle):
        return surface
    points = np.concatenate([surface.points, surface.points[surface.triangles[triangle, corner]]])
    normals = np.concatenate([surface.normals, triangle_normals[triangle]])
    triangles = surface.triangles.copy()
    triangles[triangle, corner] = len(surface.points) + np.arange(len(triangle))
    used, renumbered = np.unique(triangles, return_inverse=True)
    return SurfaceMesh(points[used], normals[used], renumbered.reshape(-1, 3))


def _averaged_normals(mesh: Tessellation, points: Floats, triangles: Ints) -> Floats:
    """Normals from the triangles at each corner, within one face; the reference for the outside."""
    total = np.zeros_like(points)
    for corner in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(
                triangles[:, corner], weights=mesh.triangle_normals[:, axis], minlength=len(points)
            )
    return _unit(total)


def _oriented(exact: Floats, averaged: Floats) -> Floats:
    """Turns a face's normals to the outside, which the average of the triangles knows."""
    agreement = float((exact * averaged).sum())
    return exact if agreement >= 0.0 else -exact


def _face_normals(face: Any, points: Floats) -> Floats:
    """Normals of the face's surface at points on it, up to one sign for the whole face."""
    surface = face.Surface
    formula = _FORMULAS.get(surface.TypeId)
    return formula(surface, points) if formula else _sampled_normals(face, points)


def _plane(surface: Any, points: Floats) -> Floats:
    return np.broadcast_to(_vector(surface.Axis), points.shape)


def _cylinder(surface: Any, points: Floats) -> Floats:
    radial, _ = _split(points - _vector(surface.Center), _vector(surface.Axis))
    return _unit(radial)


def _cone(surface: Any, points: Floats) -> Floats:
    axis = _vector(surface.Axis)
    radial, along = _split(points - _vector(surface.Apex), axis)
    # On the nappe ahead of the apex the normal leans back by the half angle.
    half_angle = abs(surface.SemiAngle)
    direction = _unit(radial)
    normal = direction * math.cos(half_angle) - axis * (np.sign(along) * math.sin(half_angle))[:, None]
    at_apex = np.abs(direction).sum(axis=1) < 0.5
    return np.where(at_apex[:, None], 0.0, normal)


def _sphere(surface: Any, points: Floats) -> Floats:
    return _unit(points - _vector(surface.Center))


def _torus(surface: Any, points: Floats) -> Floats:
    relative = points - _vector(surface.Center)
    radial, _ = _split(relative, _vector(surface.Axis))
    return _unit(relative - _unit(radial) * surface.MajorRadius)


_FORMULAS: Final[dict[str, Callable[[Any, Floats], Floats]]] = {
    "Part::GeomPlane": _plane,
    "Part::GeomCylinder": _cylinder,
    "Part::GeomCone": _cone,
    "Part::GeomSphere": _sphere,
    "Part::GeomToroid": _torus,
}
"""Surfaces whose normals have a closed form, so that no point needs a call into OCCT."""


def _sampled_normals(face: Any, points: Floats) -> Floats:
    """Normals of a free-form surface at the parameters of the face's own triangulation.

    Finding the parameters of a point in space takes OCCT hundreds of times as long. Zero where a point is
    none of the triangulation's corners.
    """
    surface = face.Surface
    normals = {}
    for parameter in face.getUVNodes():
        try:
            place, normal = surface.value(*parameter), surface.normal(*parameter)
        except Part.OCCError:  # a pole, which has no normal
            continue
        normals[_place(place.x, place.y, place.z)] = (normal.x, normal.y, normal.z)
    nowhere = (0.0, 0.0, 0.0)
    return np.array([normals.get(_place(*point), nowhere) for point in points.tolist()], dtype=np.float64)


def _place(x: float, y: float, z: float) -> tuple[int, int, int]:
    """Coordinates as whole numbers of 2 µm: the shared points are in single precision."""
    return round(x * 500.0), round(y * 500.0), round(z * 500.0)


def _vector(vector: Any) -> Floats:
    return np.array((vector.x, vector.y, vector.z), dtype=np.float64)


def _split(relative: Floats, axis: Floats) -> tuple[Floats, Floats]:
    """Parts of vectors across and along an axis: (n, 3) and (n,)."""
    along = (relative * axis).sum(axis=1)
    return relative - along[:, None] * axis, along


def _unit(vectors: Floats) -> Floats:
    """Vectors of length one; zero where there is no direction."""
    length = np.sqrt((vectors * vectors).sum(axis=1))
    safe = np.where(length > _TINY, length, 1.0)
    return np.where((length > _TINY)[:, None], vectors / safe[:, None], 0.0)

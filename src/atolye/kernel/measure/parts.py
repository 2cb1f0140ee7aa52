"""The parts of a shape, taken out of it once: every access to ``shape.Faces`` makes new objects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class SolidProperties:
    """Exact properties of one solid; each costs OCCT an integration.

    Attributes:
        inertia_mm5: (3, 3) second moments about ``centre_mm``, density one, axes of the part.
    """

    volume_mm3: float
    centre_mm: Vector
    inertia_mm5: tuple[Vector, Vector, Vector]


class Parts:
    """A shape with the lists of its parts.

    Attributes:
        faces_of_solids: the faces, solid by solid; what a valid part consists of.
    """

    def __init__(self, shape: Any) -> None:
        self.shape = shape
        self.solids: list[Any] = shape.Solids
        self.shells: list[Any] = shape.Shells
        self.faces: list[Any] = shape.Faces
        self.edges: list[Any] = shape.Edges
        self.vertices: list[Any] = shape.Vertexes
        self.faces_of_solids: list[list[Any]] = [self._faces_of(solid) for solid in self.solids]

    def _faces_of(self, solid: Any) -> list[Any]:
        all_of_them = solid.countSubElements("Face") == len(self.faces)
        return self.faces if all_of_them else list(solid.Faces)

    @cached_property
    def properties(self) -> list[SolidProperties]:
        """Volume, centre and inertia of each solid."""
        return [_properties(solid) for solid in self.solids]


def _properties(solid: Any) -> SolidProperties:
    a = solid.MatrixOfInertia.A  # 4 × 4, row by row
    return SolidProperties(
        solid.Volume, tuple(solid.CenterOfMass), ((a[0], a[1], a[2]), (a[4], a[5], a[6]), (a[8], a[9], a[10]))
    )

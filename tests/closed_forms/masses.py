"""Volume, centre of mass and inertia of simple bodies by formula, and sums of them after Steiner.

Density 1; lengths in mm. Nothing here knows FreeCAD or the product.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

ORIGIN = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Mass:
    """Volume, first moments (3,) and second moments (3, 3) ∫ r rᵀ dV, both about the origin.

    Second moments add and move by simple rules; the inertia tensor follows from them.
    """

    volume: float
    first: Any
    second: Any

    def __add__(self, other: Mass) -> Mass:
        return Mass(self.volume + other.volume, self.first + other.first, self.second + other.second)

    def __sub__(self, other: Mass) -> Mass:
        return self + Mass(-other.volume, -other.first, -other.second)

    def moved(self, x: float, y: float, z: float) -> Mass:
        shift = np.array([x, y, z])
        cross = np.outer(shift, self.first)
        return Mass(
            self.volume,
            self.first + self.volume * shift,
            self.second + cross + cross.T + self.volume * np.outer(shift, shift),
        )

    def permuted(self, *axes: int) -> Mass:
        """The body with its axes renamed: new axis i is the old axis ``axes[i]``."""
        order = list(axes)
        return Mass(self.volume, self.first[order], self.second[np.ix_(order, order)])

    @property
    def centre(self) -> Any:
        return self.first / self.volume

    @property
    def inertia(self) -> Any:
        """Inertia tensor (3, 3) about the centre of mass, with negative products off the diagonal."""
        central = self.second - self.volume * np.outer(self.centre, self.centre)
        return np.trace(central) * np.eye(3) - central


def body(volume: float, centre: Any, central_second: Any) -> Mass:
    """From the second moments about the body's own centre of mass."""
    still = Mass(volume, np.zeros(3), np.asarray(central_second, dtype=float))
    return still.moved(*centre)


def box(x: float, y: float, z: float) -> Mass:
    """A corner at the origin."""
    volume = x * y * z
    return body(volume, (x / 2, y / 2, z / 2), np.diag([x * x, y * y, z * z]) * volume / 12)


def cylinder(diameter: float, height: float) -> Mass:
    """Along +Z from the origin."""
    r, volume = diameter / 2, math.pi * diameter**2 / 4 * height
    return body(volume, (0, 0, height / 2), np.diag([r * r / 4, r * r / 4, height**2 / 12]) * volume)


def frustum(base_diameter: float, top_diameter: float, height: float) -> Mass:
    """Along +Z from the origin; ∫ r² and ∫ z over discs of radius a + (b − a) z / h."""
    a, b, h = base_diameter / 2, top_diameter / 2, height
    volume = math.pi * h * (a * a + a * b + b * b) / 3
    first_z = math.pi * h * h * (a * a + 2 * a * b + 3 * b * b) / 12
    second_z = math.pi * h**3 * (a * a + 3 * a * b + 6 * b * b) / 30
    second_r = math.pi * h * (a**4 + a**3 * b + a * a * b * b + a * b**3 + b**4) / 20
    return Mass(volume, np.array([0, 0, first_z]), np.diag([second_r, second_r, second_z]))


def sphere(diameter: float) -> Mass:
    volume = math.pi * diameter**3 / 6
    return body(volume, ORIGIN, np.eye(3) * volume * (diameter / 2) ** 2 / 5)


def hexagon(across_flats: float, height: float) -> Mass:
    """A regular hexagonal prism along +Z from the origin."""
    side = across_flats / math.sqrt(3)
    area = math.sqrt(3) / 2 * across_flats**2
    plane = 5 * math.sqrt(3) / 16 * side**4
    return body(
        area * height, (0, 0, height / 2), np.diag([plane * height, plane * height, area * height**3 / 12])
    )


def spandrel(radius: float, height: float) -> Mass:
    """What a fillet fills, or a round corner loses: the square of side r at the origin in the first quadrant,
    less the quarter disc about its far corner; along +Z."""
    r, h = radius, height
    area, centroid = math.pi * r * r / 4, 4 * r / (3 * math.pi)
    second, product = math.pi * r**4 / 16, r**4 / 8  # of a quarter disc about the disc's centre
    quarter = Mass(
        area * h,
        np.array([-centroid * area * h, -centroid * area * h, area * h * h / 2]),
        np.array(
            [
                [second * h, product * h, -centroid * area * h * h / 2],
                [product * h, second * h, -centroid * area * h * h / 2],
                [-centroid * area * h * h / 2, -centroid * area * h * h / 2, area * h**3 / 3],
            ]
        ),
    )
    return box(r, r, h) - quarter.moved(r, r, 0)


def mirrored(mass: Mass, x: int = 1, y: int = 1, z: int = 1) -> Mass:
    """Reflected: −1 for the axes to turn round."""
    signs = np.array([x, y, z], dtype=float)
    return Mass(mass.volume, mass.first * signs, mass.second * np.outer(signs, signs))


def revolved(outer: Any, inner: Any, z: Any, weights: Any) -> Mass:
    """Between two radii given at quadrature points z (n,) along the axis, weights (n,)."""
    area = math.pi * (outer**2 - inner**2)
    radial = math.pi * (outer**4 - inner**4) / 4  # ∫ x² over the ring, and the same for y²
    second = np.diag([weights @ radial, weights @ radial, weights @ (area * z * z)])
    return Mass(float(weights @ area), np.array([0, 0, weights @ (area * z)]), second)


def gauss(low: float, high: float, points: int = 64) -> tuple[Any, Any]:
    """Gauss-Legendre nodes and weights (n,) on an interval."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    half = (high - low) / 2
    return low + half * (nodes + 1), weights * half

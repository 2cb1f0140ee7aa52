"""The truth about spur gears, found without the formulas of the builder.

The involute follows from its own definition; the fillet is found by brute force: the rack is rolled past the
gear and the widest gap it leaves at a radius is searched. Lengths in mm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.closed_forms.masses import gauss


def inv(angle: Any) -> Any:
    return np.tan(angle) - angle


@dataclass(frozen=True)
class Gear:
    module: float
    teeth: int
    pressure_angle_deg: float
    profile_shift: float

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Gear:
        return cls(**{name: fields[name] for name in cls.__dataclass_fields__})

    @property
    def alpha(self) -> float:
        return math.radians(self.pressure_angle_deg)

    @property
    def reference(self) -> float:
        return self.module * self.teeth / 2

    @property
    def base(self) -> float:
        return self.reference * math.cos(self.alpha)

    @property
    def tip(self) -> float:
        return self.reference + self.module * (1 + self.profile_shift)

    @property
    def root(self) -> float:
        return self.reference - self.module * (1.25 - self.profile_shift)

    @property
    def base_pitch(self) -> float:
        return math.pi * self.module * math.cos(self.alpha)

    def span(self, count: int) -> float:
        """Base tangent length over ``count`` teeth (DIN 3960)."""
        rolled = (count - 0.5) * math.pi + self.teeth * float(inv(self.alpha))
        shifted = 2 * self.profile_shift * self.module * math.sin(self.alpha)
        return self.module * math.cos(self.alpha) * rolled + shifted

    @property
    def span_count(self) -> int:
        """Teeth to span so that the jaws touch near the middle of the flanks."""
        reach = math.acos(self.base / (self.reference + self.profile_shift * self.module))
        ideal = (math.tan(reach) - float(inv(self.alpha))) / math.pi * self.teeth
        return max(2, round(ideal + 0.5 - 2 * self.profile_shift * math.tan(self.alpha) / math.pi))

    def involute_half_angle(self, radius: Any) -> Any:
        """Half of a tooth's angle at the radii, on its involute."""
        thickness = math.pi / 2 + 2 * self.profile_shift * math.tan(self.alpha)
        return thickness / self.teeth + inv(self.alpha) - inv(np.arccos(np.minimum(self.base / radius, 1.0)))

    # ---- by brute force -----------------------------------------------------------------------

    def rack_half_width(self, height: Any) -> Any:
        """Half of the rack's tooth at heights above the gear's reference circle: ISO 53 profile A.

        The flank, but no more than the tip's rounding allows; nothing below the tip.
        """
        m, a = self.module, self.alpha
        depth = self.profile_shift * m - height  # below the rack's datum line
        flank = math.pi * m / 4 - depth * math.tan(a)
        largest = (math.pi / 4 - 1.25 * math.tan(a)) * math.cos(a) / (1 - math.sin(a))
        rho = m * min(0.38, largest)
        centre_depth = 1.25 * m - rho
        centre = math.pi * m / 4 - centre_depth * math.tan(a) - rho / math.cos(a)
        below = np.clip(depth - centre_depth, -rho, rho)
        rounded = centre + np.sqrt(rho**2 - below**2)
        on_arc = depth > centre_depth + rho * math.sin(a)
        return np.where(depth > 1.25 * m + 1e-12, -np.inf, np.where(on_arc, rounded, flank))

    def gap_half_angle(self, radius: Any) -> Any:
        """Half of the gap's angle at each radius (n,): the most that any position of the rack takes away."""
        radius = np.asarray(radius, dtype=float)[:, None]
        lowest = self.root - self.reference
        reach = np.arccos(np.clip((self.reference + lowest) / radius, -1, 1))
        low, high = -reach, reach
        for _ in range(6):  # each time around the best of 401 positions
            place = low + (high - low) * np.linspace(0, 1, 401)[None, :]
            height = np.maximum(radius * np.cos(place) - self.reference, lowest)
            taken = place - (radius * np.sin(place) - self.rack_half_width(height)) / self.reference
            best = np.argmax(taken, axis=1)[:, None]
            step = (high - low) / 400
            middle = np.take_along_axis(place, best, axis=1)
            low, high = np.maximum(middle - 2 * step, -reach), np.minimum(middle + 2 * step, reach)
        return taken.max(axis=1)

    def tooth_half_angle(self, radius: Any) -> Any:
        return math.pi / self.teeth - self.gap_half_angle(radius)

    def moments(self) -> tuple[float, float]:
        """Area, and polar second moment about the axis, of the profile without a bore."""
        nodes, weights = [], []
        for piece in range(40):  # √-spaced from the root circle, where the fillet starts along the circle
            at, weight = gauss(piece / 40, (piece + 1) / 40, 12)
            nodes.append(self.root + (self.tip - self.root) * at**2)
            weights.append(weight * 2 * at * (self.tip - self.root))
        radius, weight = np.concatenate(nodes), np.concatenate(weights)
        gap = 2 * self.teeth * self.gap_half_angle(radius)
        area = math.pi * self.tip**2 - float(weight @ (gap * radius))
        return area, math.pi / 2 * self.tip**4 - float(weight @ (gap * radius**3))

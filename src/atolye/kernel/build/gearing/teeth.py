"""The transverse profile of a spur gear as its rack generates it, for module 1.

Sources: ISO 21771:2007 and DIN 3960:1987 (names and the involute), ISO 53:1998 (the rack, profile A),
Litvin and Fuentes, Gear Geometry and Applied Theory (2004), 6.5-6.8 (the fillet as the envelope of the rack's
rounded tip, undercut).

The tooth is centred on the real axis; everything here is its flank on the positive side. The other flank is
the mirror image. Lengths are multiples of the module; curves are functions to complex points with their first
two derivatives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from atolye.kernel.build.gearing.roots import bisect

ADDENDUM: Final = 1.0  # ISO 53 haP*
DEDENDUM: Final = 1.25  # ISO 53 hfP* = haP* + c*, c* = 0.25
TIP_RADIUS: Final = 0.38  # ISO 53 rhofP*, profile A

_SHORTEST_ARC: Final = 1e-6
"""Root arcs shorter than this (in modules) are left out: the fillets of a gap then meet in its middle."""


class ToothError(ValueError):
    """There is no such tooth; ``code`` and ``values`` say why, for the error catalogue."""

    def __init__(self, code: str, message: str, **values: float) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


def involute_function(angle_rad: float) -> float:
    """inv(α) = tan α - α."""
    return math.tan(angle_rad) - angle_rad


@dataclass(frozen=True)
class Tooth:
    """A tooth of a gear of module 1.

    Args:
        teeth: z.
        pressure_angle_rad: α of the rack.
        shift: x, profile shift coefficient.
    """

    teeth: int
    pressure_angle_rad: float
    shift: float

    # ---- circles ------------------------------------------------------------------------------

    @property
    def reference_radius(self) -> float:
        return self.teeth / 2

    @property
    def base_radius(self) -> float:
        return self.reference_radius * math.cos(self.pressure_angle_rad)

    @property
    def tip_radius(self) -> float:
        return self.reference_radius + ADDENDUM + self.shift

    @property
    def root_radius(self) -> float:
        return self.reference_radius - DEDENDUM + self.shift

    # ---- the rack's tip -----------------------------------------------------------------------

    @cached_property
    def rack_tip_radius(self) -> float:
        """ρ: that of ISO 53, or the largest that fits between the rack's flanks."""
        sine, cosine = math.sin(self.pressure_angle_rad), math.cos(self.pressure_angle_rad)
        land = math.pi / 4 - DEDENDUM * math.tan(self.pressure_angle_rad)
        return min(TIP_RADIUS, land * cosine / (1 - sine))

    @cached_property
    def rack_tip_centre(self) -> tuple[float, float]:
        """Centre of the rounding: along the pitch line from the gap's middle, and outwards from that line."""
        radius, angle = self.rack_tip_radius, self.pressure_angle_rad
        along = math.pi / 4 - (DEDENDUM - radius) * math.tan(angle) - radius / math.cos(angle)
        return (along if along > _SHORTEST_ARC else 0.0), self.shift - DEDENDUM + radius

    # ---- curves -------------------------------------------------------------------------------

    @cached_property
    def base_half_angle(self) -> float:
        """Half of the tooth's angular thickness at the base circle (ψb)."""
        thickness = math.pi / 2 + 2 * self.shift * math.tan(self.pressure_angle_rad)
        return thickness / self.teeth + involute_function(self.pressure_angle_rad)

    def involute(self, roll: Any) -> tuple[Any, Any, Any]:
        """The involute at the roll angle t (radians; 0 at the base circle, growing outwards)."""
        turn = self.base_radius * np.exp(1j * (self.base_half_angle - roll))
        return turn * (1 + 1j * roll), turn * roll, turn * (1 - 1j * roll)

    def fillet(self, slope: Any) -> tuple[Any, Any, Any]:
        """The fillet at the slope τ of the rack's rounding: 0 at its lowest point, cot α at its flank.

        In every position the common normal of rack and gear goes through the pitch point, which gives the
        rack's displacement, linear in τ; the gear turns by that over its reference radius.
        """
        rho, (_, outward), radius = self.rack_tip_radius, self.rack_tip_centre, self.reference_radius
        secant2 = 1 + np.square(slope)
        depth, depth1 = rho / np.sqrt(secant2) - outward, -rho * slope / secant2**1.5
        depth2 = -rho * (3 - 2 * secant2) / secant2**2.5
        point = radius - depth - 1j * depth * slope
        point1, point2 = -depth1 - 1j * (depth1 * slope + depth), -depth2 - 1j * (depth2 * slope + 2 * depth1)
        turn1 = -outward / radius
        rotation = np.exp(1j * (self.root_half_angle + turn1 * slope))
        return (
            rotation * point,
            rotation * (point1 + 1j * turn1 * point),
            rotation * (point2 + 2j * turn1 * point1 - turn1**2 * point),
        )

    # ---- where the curves meet ----------------------------------------------------------------

    @property
    def tip_roll(self) -> float:
        """t at the tip circle."""
        return math.sqrt((self.tip_radius / self.base_radius) ** 2 - 1)

    @cached_property
    def form_roll(self) -> float:
        """t that the end of the rack's straight flank generates; negative when it undercuts the tooth."""
        angle = self.pressure_angle_rad
        lowest = self.rack_tip_centre[1] - self.rack_tip_radius * math.sin(angle)
        return math.tan(angle) + lowest / (self.reference_radius * math.sin(angle) * math.cos(angle))

    @property
    def is_undercut(self) -> bool:
        return self.form_roll < 0

    @cached_property
    def meeting(self) -> tuple[float, float]:
        """(t, τ) where involute and fillet meet: tangentially, or crossing where the tooth is undercut.

        Raises:
            ToothError: ``GEAR_TEETH_UNDERCUT``: the fillet cuts the involute away up to the tip.
        """
        flank = 1 / math.tan(self.pressure_angle_rad)
        if not self.is_undercut:
            return self.form_roll, flank
        lowest = bisect(lambda slope: self._fillet_radius(slope) - self.base_radius, 0.0, flank)
        slope = bisect(self._fillet_beyond_involute, lowest, flank)
        roll = math.sqrt(max((self._fillet_radius(slope) / self.base_radius) ** 2 - 1, 0.0))
        if roll >= self.tip_roll:
            raise ToothError(
                "GEAR_TEETH_UNDERCUT", "undercut leaves nothing of the involute", teeth=self.teeth
            )
        return roll, slope

    def _fillet_radius(self, slope: float) -> float:
        return float(abs(self.fillet(slope)[0]))

    def _fillet_beyond_involute(self, slope: float) -> float:
        """Angle about the gear's centre by which the fillet lies outside of the flank; negative: inside."""
        point = self.fillet(slope)[0]
        roll = math.sqrt(max((abs(point) / self.base_radius) ** 2 - 1, 0.0))
        return float(np.angle(point)) - (self.base_half_angle - roll + math.atan(roll))

    # ---- what makes it a tooth ----------------------------------------------------------------

    @property
    def tip_half_angle(self) -> float:
        """Half of the tooth's angular thickness at the tip circle."""
        return self.base_half_angle - self.tip_roll + math.atan(self.tip_roll)

    @property
    def root_half_angle(self) -> float:
        """Angle from the tooth's middle to where its fillet leaves the root circle."""
        return math.pi / self.teeth - self.rack_tip_centre[0] / self.reference_radius

    @property
    def has_root_arc(self) -> bool:
        """Whether an arc of the root circle lies between the fillets of a gap."""
        return self.rack_tip_centre[0] > 0

    def require(self) -> None:
        """Check that the tooth exists.

        Raises:
            ToothError: ``GEAR_RACK_IMPOSSIBLE`` (α too large for the rack's depth), ``GEAR_TEETH_POINTED``
                (no thickness at the tip), ``GEAR_TEETH_UNDERCUT`` (no involute, or no neck, is left).
        """
        if self.rack_tip_radius <= 0 or self.root_radius <= 0:
            raise ToothError(
                "GEAR_RACK_IMPOSSIBLE",
                "the rack's flanks meet above its tip, or nothing is left inside the root circle",
                pressure_angle_deg=math.degrees(self.pressure_angle_rad),
                teeth=self.teeth,
            )
        if self.tip_radius <= self.base_radius or self.tip_half_angle <= 0:
            thickness = (
                2 * self.tip_radius * self.tip_half_angle if self.tip_radius > self.base_radius else 0.0
            )
            raise ToothError(
                "GEAR_TEETH_POINTED",
                "the teeth have no thickness at the tip",
                thickness_in_modules=thickness,
                profile_shift=self.shift,
                teeth=self.teeth,
            )
        neck = np.angle(self.fillet(np.linspace(0.0, self.meeting[1], 200))[0]).min()
        if neck <= 0:
            raise ToothError("GEAR_TEETH_UNDERCUT", "undercut severs the tooth", teeth=self.teeth)

"""An involute spur gear with the basic rack of ISO 53, profile A."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from atolye.designs.family import Checks, PartFamily, Text
from atolye.designs.fields import LARGEST_SIZE_MM, Angle, Number, count_of, declared, size
from atolye.designs.numbers import rounded
from atolye.designs.standards.gear_modules import STANDARD_MM

ADDENDUM: Final = 1.0  # in modules, ISO 53 profile A
DEDENDUM: Final = 1.25
THIN_TIP: Final = 0.2  # in modules; thinner tips chip when hardened (ISO/TR 4467 wants 0.2–0.4)
FEWEST_TEETH: Final = 6
MOST_TEETH: Final = 300


@dataclass(frozen=True)
class SpurGear(PartFamily):
    key: ClassVar[str] = "spur_gear"
    title: ClassVar[Text] = Text(tr="Düz dişli", en="Spur gear")
    frame: ClassVar[Text] = Text(
        tr="Eksen +Z; taban z = 0; bir diş +X üzerinde ortalı.",
        en="Axis +Z; base at z = 0; a tooth centred on +X.",
    )
    also_called: ClassVar[tuple[str, ...]] = ("dişli", "düz dişli çark", "gear", "spur wheel")
    rotational: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {
        "family": "spur_gear",
        "module": 2,
        "teeth": 24,
        "face_width": 20,
        "bore_diameter": 12,
        "material": "C45",
    }

    module: float = size(tr=("modül",), en=("module", "m"), bare="mm")
    teeth: int = count_of(
        tr=("diş sayısı", "diş", "z"),
        en=("teeth", "tooth count", "number of teeth"),
        minimum=FEWEST_TEETH,
        maximum=MOST_TEETH,
    )
    face_width: float = size(
        tr=("diş genişliği", "genişlik", "kalınlık"), en=("face width", "width", "thickness")
    )
    bore_diameter: float = size(
        tr=("delik çapı", "göbek çapı", "mil çapı"),
        en=("bore diameter", "bore", "hole diameter"),
        required=False,
        default=0.0,
    )
    pressure_angle_deg: float = declared(
        Angle(
            tr=("kavrama açısı", "basınç açısı"), en=("pressure angle",),
            required=False, default=20.0, minimum=14.5, maximum=30.0,
        )
    )  # fmt: skip
    profile_shift: float = declared(
        Number(
            tr=("profil kaydırma", "profil kaydırma katsayısı"),
            en=("profile shift", "profile shift coefficient"),
            required=False, default=0.0, minimum=-0.6, maximum=1.0,
        )
    )  # fmt: skip

    @property
    def tip_diameter_mm(self) -> float:
        return self.module * (self.teeth + 2 * ADDENDUM + 2 * self.profile_shift)

    @property
    def root_diameter_mm(self) -> float:
        return self.module * (self.teeth - 2 * DEDENDUM + 2 * self.profile_shift)

    def check(self, checks: Checks) -> None:
        if self.tip_diameter_mm > LARGEST_SIZE_MM:
            checks.smaller(
                "module", self.module, self.module * LARGEST_SIZE_MM / self.tip_diameter_mm, "teeth"
            )
        if self.bore_diameter > 0:
            checks.smaller("bore_diameter", self.bore_diameter, self.root_diameter_mm, "d_f")
        self._check_tip(checks)
        self._check_undercut(checks)
        if self.module not in STANDARD_MM and not math.isnan(self.module):
            checks.note("NOT_PREFERRED", "module", self.module, "ISO 54")

    def _check_tip(self, checks: Checks) -> None:
        thickness = tip_thickness_mm(self.module, self.teeth, self.pressure_angle_deg, self.profile_shift)
        if thickness <= 0:
            checks.error(
                "VALIDATION_GEAR_POINTED",
                "profile_shift",
                value=self.profile_shift,
                thickness=rounded(thickness),
            )
        elif thickness < THIN_TIP * self.module:
            because = f"s_a = {thickness:.3f} mm < {THIN_TIP} m"
            checks.note("GEAR_THIN_TIP", "profile_shift", self.profile_shift, because)

    def _check_undercut(self, checks: Checks) -> None:
        """The rack's tip cuts below the base circle when z < 2 (1 − x) / sin² α."""
        fewest = 2 * (ADDENDUM - self.profile_shift) / math.sin(math.radians(self.pressure_angle_deg)) ** 2
        if self.teeth < fewest - 1 and not math.isnan(
            fewest
        ):  # practice allows the slight one of 17 teeth less one
            because = f"z < {fewest:.1f}"
            checks.note("GEAR_UNDERCUT", "teeth", self.teeth, because)

    def envelope_mm(self) -> tuple[float, float, float]:
        return (self.tip_diameter_mm, self.tip_diameter_mm, self.face_width)


def tip_thickness_mm(module_mm: float, teeth: int, pressure_angle_deg: float, profile_shift: float) -> float:
    """Tooth thickness on the tip circle in mm; 0 or less is a pointed tooth.

    ISO 21771: s_a = d_a (s / d + inv α − inv α_a).
    """
    alpha = math.radians(pressure_angle_deg)
    pitch = module_mm * teeth
    tip = module_mm * (teeth + 2 * ADDENDUM + 2 * profile_shift)
    thickness = module_mm * (math.pi / 2 + 2 * profile_shift * math.tan(alpha))
    ratio = pitch * math.cos(alpha) / tip
    alpha_tip = math.acos(ratio) if ratio < 1 else 0.0
    return tip * (thickness / pitch + _involute(alpha) - _involute(alpha_tip))


def _involute(angle: float) -> float:
    return math.tan(angle) - angle

"""A deep groove ball bearing by DIN 625 / ISO 15."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from atolye.designs.family import Checks, PartFamily, Text
from atolye.designs.fields import Choice, Word, declared
from atolye.designs.model import Given
from atolye.designs.numbers import rounded
from atolye.designs.standards.bearings import BEARINGS, MATERIAL, inside_of
from atolye.designs.words import nearest, shown

STANDARD: Final = Choice(
    tr=("standart", "norm"),
    en=("standard",),
    required=False,
    default="DIN 625",
    choices={"DIN 625": ("625", "DIN 625-1"), "ISO 15": ("15",)},
)


@dataclass(frozen=True)
class DeepGrooveBearing(PartFamily):
    key: ClassVar[str] = "deep_groove_bearing"
    title: ClassVar[Text] = Text(tr="Sabit bilyalı rulman", en="Deep groove ball bearing")
    frame: ClassVar[Text] = Text(tr="Eksen +Z; orta düzlem z = 0.", en="Axis +Z; the middle plane at z = 0.")
    also_called: ClassVar[tuple[str, ...]] = (
        "rulman",
        "yatak",
        "bilyalı rulman",
        "bearing",
        "ball bearing",
        "DIN 625",
    )
    rotational: ClassVar[bool] = True
    standard_material: ClassVar[tuple[str, str] | None] = (MATERIAL, "ISO 683-17")
    example: ClassVar[Mapping[str, Any]] = {"family": "deep_groove_bearing", "code": "6204"}

    code: str = declared(
        Word(
            tr=("kod", "rulman kodu", "rulman no", "boyut"),
            en=("code", "bearing code", "designation", "size"),
            example="6204",
        )
    )
    standard: str = declared(STANDARD)

    @classmethod
    def accepts(cls, given: Mapping[str, Given]) -> bool:
        raw = given["code"].raw
        named = isinstance(raw, int | str) and re.fullmatch(r"\s*\d{3,4}\s*", str(raw)[:20]) is not None
        return named and ("standard" not in given or STANDARD.match(given["standard"].raw) is not None)

    def complete(self, checks: Checks) -> PartFamily:
        if self.code not in BEARINGS:
            near = nearest(self.code, BEARINGS.keys())
            known = ", ".join(BEARINGS)
            checks.error(
                "VALIDATION_UNKNOWN_SIZE",
                "code",
                value=shown(self.code),
                standard=self.standard,
                known=known,
                nearest=near,
            )
        return self

    def kernel_fields(self) -> dict[str, Any]:
        outside = BEARINGS[self.code]
        inside = inside_of(outside)
        return {
            "designation": f"{self.standard} {self.code}",
            "bore": outside.bore_mm,
            "outer_diameter": outside.outer_diameter_mm,
            "width": outside.width_mm,
            "ball_count": inside.ball_count,
            "ball_diameter": rounded(inside.ball_diameter_mm),
            "pitch_diameter": rounded(inside.pitch_diameter_mm),
            "inner_shoulder_diameter": rounded(inside.inner_shoulder_diameter_mm),
            "outer_shoulder_diameter": rounded(inside.outer_shoulder_diameter_mm),
            "groove_radius": rounded(inside.groove_radius_mm),
        }

    def envelope_mm(self) -> tuple[float, float, float]:
        outside = BEARINGS[self.code]
        return (outside.outer_diameter_mm, outside.outer_diameter_mm, outside.width_mm)

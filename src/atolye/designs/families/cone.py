"""A cone, or a frustum of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from atolye.designs.family import AXIS, Checks, PartFamily, Text
from atolye.designs.fields import size


@dataclass(frozen=True, kw_only=True)
class Cone(PartFamily):
    key: ClassVar[str] = "cone"
    title: ClassVar[Text] = Text(tr="Koni", en="Cone")
    frame: ClassVar[Text] = AXIS
    also_called: ClassVar[tuple[str, ...]] = ("kesik koni", "frustum", "truncated cone")
    rotational: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {
        "family": "cone",
        "base_diameter": 40,
        "top_diameter": 15,
        "height": 30,
        "material": "brass",
    }

    base_diameter: float = size(tr=("taban çapı", "alt çap"), en=("base diameter", "bottom diameter"))
    top_diameter: float = size(
        tr=("üst çap", "tepe çapı"), en=("top diameter", "upper diameter"), required=False, default=0.0
    )
    height: float = size(tr=("yükseklik", "uzunluk", "boy"), en=("height", "length"))

    def check(self, checks: Checks) -> None:
        if self.top_diameter == self.base_diameter:
            checks.error(
                "VALIDATION_EQUAL_DIAMETERS", "top_diameter", value=self.top_diameter, other="base_diameter"
            )

    def envelope_mm(self) -> tuple[float, float, float]:
        largest = max(self.base_diameter, self.top_diameter)
        return (largest, largest, self.height)

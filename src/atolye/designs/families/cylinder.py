"""A plain cylinder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from atolye.designs.family import AXIS, PartFamily, Text
from atolye.designs.fields import size


@dataclass(frozen=True)
class Cylinder(PartFamily):
    key: ClassVar[str] = "cylinder"
    title: ClassVar[Text] = Text(tr="Silindir", en="Cylinder")
    frame: ClassVar[Text] = AXIS
    also_called: ClassVar[tuple[str, ...]] = ("disk", "disc", "pim", "pin", "rod", "çubuk")
    rotational: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {
        "family": "cylinder",
        "diameter": 25,
        "length": 80,
        "material": "C45",
    }

    diameter: float = size(tr=("çap",), en=("diameter", "dia", "ø"))
    length: float = size(tr=("uzunluk", "boy", "yükseklik"), en=("length", "height"))

    def envelope_mm(self) -> tuple[float, float, float]:
        return (self.diameter, self.diameter, self.length)

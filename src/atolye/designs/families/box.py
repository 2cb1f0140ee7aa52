"""A plain rectangular block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from atolye.designs.family import CORNER, PartFamily, Text
from atolye.designs.fields import size


@dataclass(frozen=True)
class Box(PartFamily):
    key: ClassVar[str] = "box"
    title: ClassVar[Text] = Text(tr="Kutu", en="Box")
    frame: ClassVar[Text] = CORNER
    also_called: ClassVar[tuple[str, ...]] = (
        "prizma",
        "dikdörtgen prizma",
        "blok",
        "block",
        "cuboid",
        "prism",
    )
    example: ClassVar[Mapping[str, Any]] = {
        "family": "box",
        "length": 60,
        "width": 40,
        "height": 20,
        "material": "S235JR",
    }

    length: float = size(tr=("uzunluk", "boy"), en=("length",))
    width: float = size(tr=("genişlik", "en"), en=("width",))
    height: float = size(tr=("yükseklik",), en=("height",))

    def envelope_mm(self) -> tuple[float, float, float]:
        return (self.length, self.width, self.height)

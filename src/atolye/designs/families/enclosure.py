"""A box with walls of one thickness, open at the top or closed all round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from atolye.designs.family import CORNER, Checks, PartFamily, Text
from atolye.designs.fields import Flag, declared, size


@dataclass(frozen=True)
class Enclosure(PartFamily):
    key: ClassVar[str] = "enclosure"
    title: ClassVar[Text] = Text(tr="Muhafaza", en="Enclosure")
    frame: ClassVar[Text] = CORNER
    also_called: ClassVar[tuple[str, ...]] = (
        "kasa",
        "gövde kutusu",
        "housing",
        "case",
        "hollow box",
        "içi boş kutu",
    )
    example: ClassVar[Mapping[str, Any]] = {
        "family": "enclosure",
        "length": 90,
        "width": 60,
        "height": 35,
        "wall_thickness": 2.5,
        "open_top": True,
        "material": "ABS",
    }

    length: float = size(tr=("uzunluk", "boy", "dış uzunluk"), en=("length", "outer length"))
    width: float = size(tr=("genişlik", "en", "dış genişlik"), en=("width", "outer width"))
    height: float = size(tr=("yükseklik", "dış yükseklik"), en=("height", "outer height"))
    wall_thickness: float = size(
        tr=("et kalınlığı", "duvar kalınlığı", "cidar kalınlığı"), en=("wall thickness", "wall")
    )
    open_top: bool = declared(Flag(tr=("üstü açık", "açık üst", "üst açık"), en=("open top", "open")))

    def check(self, checks: Checks) -> None:
        sides = {"length / 2": self.length / 2, "width / 2": self.width / 2}
        sides["height" if self.open_top else "height / 2"] = self.height / (1 if self.open_top else 2)
        name, limit = min(sides.items(), key=lambda side: side[1])
        checks.smaller("wall_thickness", self.wall_thickness, limit, name)

    def envelope_mm(self) -> tuple[float, float, float]:
        return (self.length, self.width, self.height)

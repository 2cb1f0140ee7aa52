"""A rectangular block with a round through hole in the middle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from atolye.designs.family import Checks, PartFamily, Text
from atolye.designs.fields import size
from atolye.designs.holes import hole_size


@dataclass(frozen=True)
class BlockWithHole(PartFamily):
    key: ClassVar[str] = "block_with_hole"
    title: ClassVar[Text] = Text(tr="Delikli blok", en="Block with a hole")
    frame: ClassVar[Text] = Text(
        tr="Köşe başlangıç noktasında; uzunluk +X, genişlik +Y, yükseklik +Z; ortada Z boyunca geçen delik.",
        en="Corner at the origin; length +X, width +Y, height +Z; the hole through the middle, along Z.",
    )
    also_called: ClassVar[tuple[str, ...]] = (
        "delikli prizma",
        "delikli kutu",
        "block with hole",
        "prism with hole",
    )
    example: ClassVar[Mapping[str, Any]] = {
        "family": "block_with_hole",
        "length": 100,
        "width": 50,
        "height": 30,
        "hole_diameter": 10,
        "material": "aluminium",
        "process": "milling",
    }

    length: float = size(tr=("uzunluk", "boy"), en=("length",))
    width: float = size(tr=("genişlik", "en"), en=("width",))
    height: float = size(tr=("yükseklik", "kalınlık"), en=("height", "thickness"))
    hole_diameter: float = hole_size(
        ("delik çapı", "delik"), ("hole diameter", "hole", "bore", "bore diameter")
    )

    def check(self, checks: Checks) -> None:
        name, narrowest = min((("length", self.length), ("width", self.width)), key=lambda side: side[1])
        checks.smaller("hole_diameter", self.hole_diameter, narrowest, name)

    def envelope_mm(self) -> tuple[float, float, float]:
        return (self.length, self.width, self.height)

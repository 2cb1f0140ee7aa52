"""An angle bracket of two legs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from atolye.designs.family import Checks, PartFamily, Text
from atolye.designs.fields import size


@dataclass(frozen=True)
class LBracket(PartFamily):
    key: ClassVar[str] = "l_bracket"
    title: ClassVar[Text] = Text(tr="L braket", en="L bracket")
    frame: ClassVar[Text] = Text(
        tr="Dış köşe kenarı Y ekseninde; a kolu +X, b kolu +Z, genişlik +Y yönünde.",
        en="Outer corner edge on the Y axis; leg a along +X, leg b along +Z, width along +Y.",
    )
    also_called: ClassVar[tuple[str, ...]] = ("köşebent", "L köşebent", "angle bracket", "angle")
    example: ClassVar[Mapping[str, Any]] = {
        "family": "l_bracket",
        "leg_a": 50,
        "leg_b": 40,
        "width": 30,
        "thickness": 5,
        "fillet_radius": 4,
        "material": "S235JR",
    }

    leg_a: float = size(tr=("a kolu", "kol a", "yatay kol"), en=("leg a", "leg 1", "a leg"))
    leg_b: float = size(tr=("b kolu", "kol b", "dikey kol"), en=("leg b", "leg 2", "b leg"))
    width: float = size(tr=("genişlik", "en"), en=("width",))
    thickness: float = size(tr=("kalınlık", "et kalınlığı"), en=("thickness",))
    fillet_radius: float = size(
        tr=("iç radyüs", "iç yarıçap", "kavis yarıçapı", "radyüs"),
        en=("fillet radius", "inner radius", "fillet"),
        required=False,
        default=0.0,
    )

    def check(self, checks: Checks) -> None:
        name, shorter = min((("leg_a", self.leg_a), ("leg_b", self.leg_b)), key=lambda leg: leg[1])
        checks.smaller("thickness", self.thickness, shorter, name)
        if self.thickness < shorter and self.fillet_radius > 0:
            inside = f"{name} - thickness"
            checks.smaller("fillet_radius", self.fillet_radius, shorter - self.thickness, inside)

    def envelope_mm(self) -> tuple[float, float, float]:
        return (self.leg_a, self.width, self.leg_b)

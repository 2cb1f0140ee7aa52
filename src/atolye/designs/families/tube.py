"""A round tube."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from atolye.designs.family import AXIS, Checks, PartFamily, Text
from atolye.designs.fields import size
from atolye.designs.model import known
from atolye.designs.numbers import rounded


@dataclass(frozen=True)
class Tube(PartFamily):
    key: ClassVar[str] = "tube"
    title: ClassVar[Text] = Text(tr="Boru", en="Tube")
    frame: ClassVar[Text] = AXIS
    also_called: ClassVar[tuple[str, ...]] = (
        "pipe",
        "burç",
        "bush",
        "bushing",
        "halka",
        "ring",
        "kovan",
        "sleeve",
    )
    rotational: ClassVar[bool] = True
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("inner_diameter", "wall_thickness"),)
    example: ClassVar[Mapping[str, Any]] = {
        "family": "tube",
        "outer_diameter": 30,
        "wall_thickness": 2.5,
        "length": 120,
        "material": "S235JR",
    }

    outer_diameter: float = size(tr=("dış çap",), en=("outer diameter", "outside diameter", "od"))
    length: float = size(tr=("uzunluk", "boy", "yükseklik"), en=("length", "height"))
    inner_diameter: float | None = size(
        tr=("iç çap",), en=("inner diameter", "inside diameter", "bore", "id"), required=False
    )
    wall_thickness: float | None = size(
        tr=("et kalınlığı", "duvar kalınlığı", "cidar kalınlığı", "kalınlık"),
        en=("wall thickness", "wall", "thickness"),
        required=False,
    )

    def complete(self, checks: Checks) -> Tube:
        """Two of three sizes make the tube; the canonical ones are both diameters."""
        if self.wall_thickness is None:
            return self
        if self.inner_diameter is not None:
            fields = "inner_diameter, wall_thickness"
            checks.error("VALIDATION_CONFLICT", "wall_thickness", fields=fields)
        checks.smaller("wall_thickness", self.wall_thickness, self.outer_diameter / 2, "outer_diameter / 2")
        inner = self.outer_diameter - 2 * self.wall_thickness
        known_inner = rounded(inner) if known(inner) and inner > 0 else None
        return Tube(self.outer_diameter, self.length, known_inner)

    def check(self, checks: Checks) -> None:
        if self.inner_diameter is not None:
            checks.smaller("inner_diameter", self.inner_diameter, self.outer_diameter, "outer_diameter")

    def envelope_mm(self) -> tuple[float, float, float]:
        return (self.outer_diameter, self.outer_diameter, self.length)

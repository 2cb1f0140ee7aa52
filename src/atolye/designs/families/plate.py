"""A flat plate with rounded corners and holes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from atolye.designs.family import CORNER, Checks, PartFamily, Text
from atolye.designs.fields import declared, size
from atolye.designs.holes import (
    MOST_HOLES,
    AnyHoles,
    Hole,
    Holes,
    check_apart,
    check_inside,
)
from atolye.designs.model import Items, known, with_values
from atolye.designs.numbers import rounded


@dataclass(frozen=True)
class Plate(PartFamily):
    key: ClassVar[str] = "plate"
    title: ClassVar[Text] = Text(tr="Plaka", en="Plate")
    frame: ClassVar[Text] = CORNER
    also_called: ClassVar[tuple[str, ...]] = ("levha", "sac", "sheet", "delikli plaka", "perforated plate")
    example: ClassVar[Mapping[str, Any]] = {
        "family": "plate",
        "length": 120,
        "width": 80,
        "thickness": 8,
        "corner_radius": 6,
        "holes": [
            {"kind": "corners", "diameter": "M6", "edge_distance": 12},
            {"kind": "center", "diameter": 30},
        ],
        "material": "aluminium",
        "process": "milling",
    }

    length: float = size(tr=("uzunluk", "boy"), en=("length",))
    width: float = size(tr=("genişlik", "en"), en=("width",))
    thickness: float = size(tr=("kalınlık", "et kalınlığı"), en=("thickness",))
    corner_radius: float = size(
        tr=("köşe yarıçapı", "köşe radyüsü", "radyüs"),
        en=("corner radius", "radius"),
        required=False,
        default=0.0,
    )
    holes: tuple[Holes, ...] = declared(
        Items(
            tr=("delikler", "delik"),
            en=("holes", "hole"),
            required=False,
            default=(),
            item=AnyHoles(),
            most=MOST_HOLES,
        )
    )

    def complete(self, checks: Checks) -> Plate:
        resolved = tuple(
            group.resolved(self.length, self.width, f"holes[{index}]", checks)
            for index, group in enumerate(self.holes)
        )
        return with_values(self, holes=resolved)

    def check(self, checks: Checks) -> None:
        name, narrowest = min((("length", self.length), ("width", self.width)), key=lambda side: side[1])
        checks.smaller("corner_radius", self.corner_radius, narrowest / 2, f"{name} / 2")
        number = sum(group.number() for group in self.holes)
        if number > MOST_HOLES:
            checks.error("VALIDATION_TOO_MANY", "holes", value=number, limit=MOST_HOLES)
            return
        holes = [hole for index, group in enumerate(self.holes) for hole in self._expanded(index, group)]
        readable = [hole for hole in holes if known(hole.x, hole.y, hole.diameter)]
        check_inside(readable, self.length, self.width, self.corner_radius, checks)
        check_apart(readable, checks)

    def kernel_fields(self) -> dict[str, Any]:
        groups = [
            {
                **group.values(),
                "positions": [[rounded(x), rounded(y)] for x, y in group.points(self.length, self.width)],
            }
            for group in self.holes
        ]
        return {**self.values(), "holes": groups}

    def _expanded(self, index: int, group: Holes) -> list[Hole]:
        return [
            Hole(x, y, group.diameter, f"holes[{index}]{group.path_of(each)}")
            for each, (x, y) in enumerate(group.points(self.length, self.width))
        ]

    def envelope_mm(self) -> tuple[float, float, float]:
        return (self.length, self.width, self.thickness)

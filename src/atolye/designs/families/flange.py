"""A round flange with a bore and bolt holes on a circle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from atolye.designs.family import Checks, PartFamily, Text
from atolye.designs.fields import count_of, size
from atolye.designs.holes import hole_size
from atolye.designs.numbers import rounded

MOST_BOLTS = 360


@dataclass(frozen=True)
class Flange(PartFamily):
    key: ClassVar[str] = "flange"
    title: ClassVar[Text] = Text(tr="Flanş", en="Flange")
    frame: ClassVar[Text] = Text(
        tr="Eksen +Z; taban merkezi başlangıç noktasında; ilk cıvata deliği +X üzerinde.",
        en="Axis +Z; centre of the base at the origin; the first bolt hole on +X.",
    )
    rotational: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {
        "family": "flange",
        "outer_diameter": 120,
        "thickness": 14,
        "bore_diameter": 50,
        "bolt_circle_diameter": 90,
        "bolt_count": 6,
        "bolt_hole_diameter": "M10",
        "material": "S355J2",
    }

    outer_diameter: float = size(tr=("dış çap",), en=("outer diameter", "outside diameter", "od"))
    thickness: float = size(tr=("kalınlık", "yükseklik"), en=("thickness", "height"))
    bore_diameter: float = size(
        tr=("iç çap", "göbek çapı", "göbek deliği", "merkez delik çapı", "merkez deliği"),
        en=("bore diameter", "bore", "inner diameter", "id"),
    )
    bolt_circle_diameter: float = size(
        tr=("cıvata dairesi çapı", "delik dairesi çapı", "cıvata dairesi", "delik dairesi", "eksen çapı"),
        en=("bolt circle diameter", "bolt circle", "pcd", "bcd", "pitch circle diameter"),
    )
    bolt_count: int = count_of(
        tr=("cıvata sayısı", "delik sayısı", "cıvata adedi", "delik adedi"),
        en=("bolt count", "bolts", "number of bolts", "hole count"),
        minimum=1,
        maximum=MOST_BOLTS,
    )
    bolt_hole_diameter: float = hole_size(
        ("cıvata deliği çapı", "cıvata deliği", "delik çapı", "cıvata"),
        ("bolt hole diameter", "bolt hole", "hole diameter", "bolt"),
    )

    def check(self, checks: Checks) -> None:
        checks.smaller("bore_diameter", self.bore_diameter, self.outer_diameter, "outer_diameter")
        checks.smaller(
            "bolt_circle_diameter",
            self.bolt_circle_diameter,
            self.outer_diameter - self.bolt_hole_diameter,
            "outer_diameter - bolt_hole_diameter",
        )
        checks.larger(
            "bolt_circle_diameter",
            self.bolt_circle_diameter,
            self.bore_diameter + self.bolt_hole_diameter,
            "bore_diameter + bolt_hole_diameter",
        )
        self._check_apart(checks)

    def _check_apart(self, checks: Checks) -> None:
        """Neighbouring bolt holes are a chord apart."""
        if self.bolt_count < 2:
            return
        chord = self.bolt_circle_diameter * math.sin(math.pi / self.bolt_count)
        if chord <= self.bolt_hole_diameter:
            checks.error(
                "VALIDATION_HOLES_OVERLAP",
                "bolt_count",
                other="bolt_hole_diameter",
                distance=rounded(chord),
                required=self.bolt_hole_diameter,
            )

    def envelope_mm(self) -> tuple[float, float, float]:
        return (self.outer_diameter, self.outer_diameter, self.thickness)

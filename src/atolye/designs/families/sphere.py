"""A ball."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from atolye.designs.family import PartFamily, Text
from atolye.designs.fields import size


@dataclass(frozen=True)
class Sphere(PartFamily):
    key: ClassVar[str] = "sphere"
    title: ClassVar[Text] = Text(tr="Küre", en="Sphere")
    frame: ClassVar[Text] = Text(tr="Merkez başlangıç noktasında.", en="Centre at the origin.")
    also_called: ClassVar[tuple[str, ...]] = ("bilya", "top", "ball")
    rotational: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {"family": "sphere", "diameter": 30, "material": "1.4301"}

    diameter: float = size(tr=("çap", "küre çapı"), en=("diameter", "dia", "ø", "sphere diameter"))

    def envelope_mm(self) -> tuple[float, float, float]:
        return (self.diameter, self.diameter, self.diameter)

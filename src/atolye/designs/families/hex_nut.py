"""A hexagon nut by ISO 4032 or DIN 934."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from atolye.designs.family import Checks, PartFamily, Text
from atolye.designs.fields import Choice, Word, declared
from atolye.designs.model import Given
from atolye.designs.standards.hexagon_fasteners import FASTENERS, NUT_MATERIAL, NUT_STANDARDS, split_size
from atolye.designs.words import shown

STANDARD: Final = Choice(
    tr=("standart", "norm"),
    en=("standard", "code"),
    required=False,
    default="ISO 4032",
    choices=NUT_STANDARDS,
)


@dataclass(frozen=True)
class HexNut(PartFamily):
    key: ClassVar[str] = "hex_nut"
    title: ClassVar[Text] = Text(tr="Altıgen somun", en="Hexagon nut")
    frame: ClassVar[Text] = Text(
        tr="Eksen +Z; taban z = 0; düz yüzler X eksenine dik.",
        en="Axis +Z; base at z = 0; flats normal to X.",
    )
    also_called: ClassVar[tuple[str, ...]] = (
        "somun",
        "altıköşe somun",
        "nut",
        "hex nut",
        "DIN 934",
        "ISO 4032",
    )
    standard_material: ClassVar[tuple[str, str] | None] = (NUT_MATERIAL, "ISO 898-2, 8")
    example: ClassVar[Mapping[str, Any]] = {"family": "hex_nut", "size": "M8"}

    size: str = declared(Word(tr=("boyut", "ölçü", "anma ölçüsü"), en=("size", "designation"), example="M8"))
    standard: str = declared(STANDARD)

    @classmethod
    def accepts(cls, given: Mapping[str, Given]) -> bool:
        raw = given["size"].raw
        split = split_size(raw) if isinstance(raw, str) else None
        thread = split is not None and split[1] is None
        return thread and ("standard" not in given or STANDARD.match(given["standard"].raw) is not None)

    def complete(self, checks: Checks) -> PartFamily:
        split = split_size(self.size)
        if split is None or split[1] is not None or split[0] not in FASTENERS:
            known = ", ".join(FASTENERS)
            checks.error(
                "VALIDATION_UNKNOWN_SIZE", "size", value=shown(self.size), standard=self.standard, known=known
            )
            return self
        return HexNut(split[0], self.standard)

    def kernel_fields(self) -> dict[str, Any]:
        sizes, din = FASTENERS[self.size], self.standard.startswith("DIN")
        return {
            "designation": f"{self.standard} {self.size}",
            "diameter": sizes.diameter_mm,
            "height": sizes.din_nut_height_mm if din else sizes.iso_nut_height_mm,
            "across_flats": sizes.din_flats_mm if din else sizes.iso_flats_mm,
            "pitch": sizes.pitch_mm,
        }

    def envelope_mm(self) -> tuple[float, float, float]:
        fields = self.kernel_fields()
        return (fields["across_flats"], fields["across_flats"] / 3**0.5 * 2, fields["height"])

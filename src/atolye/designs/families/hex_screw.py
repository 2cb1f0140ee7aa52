"""A hexagon head screw by ISO 4017 or DIN 933."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from atolye.designs.family import Checks, PartFamily, Text
from atolye.designs.fields import Choice, Reading, Word, declared
from atolye.designs.fields import size as size_of
from atolye.designs.model import Given
from atolye.designs.standards.hexagon_fasteners import (
    FASTENERS,
    PREFERRED_LENGTHS_MM,
    SCREW_MATERIAL,
    SCREW_STANDARDS,
    split_size,
)
from atolye.designs.words import shown

STANDARD: Final = Choice(
    tr=("standart", "norm"),
    en=("standard", "code"),
    required=False,
    default="ISO 4017",
    choices=SCREW_STANDARDS,
)


@dataclass(frozen=True)
class HexScrew(PartFamily):
    key: ClassVar[str] = "hex_screw"
    title: ClassVar[Text] = Text(tr="Altıgen başlı cıvata", en="Hexagon head screw")
    frame: ClassVar[Text] = Text(
        tr="Eksen +Z; başın oturma yüzü z = 0; baş +Z, gövde −Z tarafında; düz yüzler X eksenine dik.",
        en="Axis +Z; bearing face of the head at z = 0; head on the +Z side, shank on −Z; flats normal to X.",
    )
    also_called: ClassVar[tuple[str, ...]] = (
        "cıvata",
        "vida",
        "altıköşe cıvata",
        "screw",
        "bolt",
        "hex bolt",
        "DIN 933",
        "ISO 4017",
    )
    standard_material: ClassVar[tuple[str, str] | None] = (SCREW_MATERIAL, "ISO 898-1, 8.8")
    example: ClassVar[Mapping[str, Any]] = {"family": "hex_screw", "size": "M8x20"}

    size: str = declared(
        Word(tr=("boyut", "ölçü", "anma ölçüsü"), en=("size", "designation"), example="M8x20")
    )
    length: float | None = size_of(tr=("uzunluk", "boy"), en=("length",), required=False)
    standard: str = declared(STANDARD)

    @classmethod
    def prepare(cls, given: dict[str, Given], reading: Reading) -> dict[str, Given]:
        """Takes the length out of ``M8x20``; it is in mm whatever the request's units are."""
        split = _split(given)
        if split is None or split[1] is None:
            return given
        size_given = given["size"]
        if "length" in given:
            both = f"{size_given.at.typed}, {given['length'].at.typed}"
            reading.error("VALIDATION_CONFLICT", given["length"].at, fields=shown(both))
            return {**given, "size": Given(split[0], size_given.at)}
        length = Given(f"{split[1]} mm", size_given.at.__class__("length", size_given.at.typed))
        return {**given, "size": Given(split[0], size_given.at), "length": length}

    @classmethod
    def accepts(cls, given: Mapping[str, Given]) -> bool:
        split = _split(given)
        length = split is not None and (split[1] is not None or "length" in given)
        return length and ("standard" not in given or STANDARD.match(given["standard"].raw) is not None)

    def complete(self, checks: Checks) -> PartFamily:
        split = split_size(self.size)
        thread = split[0] if split else self.size
        if thread not in FASTENERS:
            known = ", ".join(FASTENERS)
            checks.error(
                "VALIDATION_UNKNOWN_SIZE", "size", value=shown(self.size), standard=self.standard, known=known
            )
            return self
        if self.length is None:
            checks.error(
                "VALIDATION_MISSING_FIELD",
                "length",
                name_tr=f"uzunluk (length; {thread}x…)",
                name_en=f"length ({thread}x…)",
            )
        else:
            self._note_length(thread, self.length, checks)
        return HexScrew(thread, self.length, self.standard)

    def values(self) -> dict[str, Any]:
        """The designation holds thread and length, as in ``M8x20``."""
        length = re.sub(r"\.0$", "", str(self.length))
        return {"size": f"{self.size}x{length}", "standard": self.standard}

    def kernel_fields(self) -> dict[str, Any]:
        sizes = FASTENERS[self.size]
        flats = sizes.din_flats_mm if self.standard.startswith("DIN") else sizes.iso_flats_mm
        return {
            "designation": f"{self.standard} {self.values()['size']}",
            "diameter": sizes.diameter_mm,
            "length": self.length,
            "head_height": sizes.head_height_mm,
            "across_flats": flats,
            "pitch": sizes.pitch_mm,
        }

    def envelope_mm(self) -> tuple[float, float, float]:
        fields = self.kernel_fields()
        corners = fields["across_flats"] / 3**0.5 * 2
        return (fields["across_flats"], corners, fields["length"] + fields["head_height"])

    def _note_length(self, thread: str, length: float, checks: Checks) -> None:
        sizes = FASTENERS[thread]
        if length not in PREFERRED_LENGTHS_MM or not sizes.shortest_mm <= length <= sizes.longest_mm:
            because = f"ISO 4017: {sizes.shortest_mm}–{sizes.longest_mm} mm"
            checks.note("NOT_PREFERRED", "length", length, because)


def _split(given: Mapping[str, Given]) -> tuple[str, str | None] | None:
    raw = given["size"].raw if "size" in given else None
    return split_size(raw) if isinstance(raw, str) else None

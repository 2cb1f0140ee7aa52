"""A stepped shaft, perhaps with chamfered ends and a keyway."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, ClassVar

from atolye.designs.family import Checks, PartFamily, Text
from atolye.designs.fields import count_of, declared, position, size
from atolye.designs.model import Item, Items, Model, known, with_values
from atolye.designs.numbers import rounded
from atolye.designs.standards.keyways import keyway_for

MOST_STEPS = 50


@dataclass(frozen=True)
class Step(Model):
    """A cylinder of the shaft."""

    diameter: float = size(tr=("çap",), en=("diameter", "dia", "ø"))
    length: float = size(tr=("uzunluk", "boy"), en=("length",))


@dataclass(frozen=True)
class Keyway(Model):
    """A closed, round-ended slot; what is not given of its section follows from DIN 6885-1."""

    length: float = size(tr=("uzunluk", "boy", "kama boyu"), en=("length",))
    width: float | None = size(tr=("genişlik", "en"), en=("width",), required=False)
    depth: float | None = size(tr=("derinlik",), en=("depth",), required=False)
    position: float | None = position(
        tr=("konum", "merkez konumu"), en=("position", "z", "center"), required=False
    )
    step: int | None = count_of(
        tr=("basamak", "kademe"), en=("step", "step index"), minimum=1, maximum=MOST_STEPS, required=False
    )
    """Counts from 1."""


@dataclass(frozen=True)
class Shaft(PartFamily):
    key: ClassVar[str] = "shaft"
    title: ClassVar[Text] = Text(tr="Mil", en="Shaft")
    frame: ClassVar[Text] = Text(
        tr="Eksen +Z; ilk uç merkezi başlangıç noktasında; basamaklar +Z boyunca; kama kanalı +X yanında.",
        en="Axis +Z; first end's centre at the origin; steps follow along +Z; the keyway on the +X side.",
    )
    also_called: ClassVar[tuple[str, ...]] = ("şaft", "kademeli mil", "stepped shaft", "axle")
    rotational: ClassVar[bool] = True
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("diameter", "steps"), ("length", "steps"))
    example: ClassVar[Mapping[str, Any]] = {
        "family": "shaft",
        "steps": [
            {"diameter": 20, "length": 30},
            {"diameter": 30, "length": 60},
            {"diameter": 20, "length": 25},
        ],
        "chamfer": 1,
        "keyway": {"step": 2, "length": 36},
        "material": "C45",
    }

    diameter: float | None = size(
        tr=("çap", "mil çapı"), en=("diameter", "dia", "ø", "shaft diameter"), required=False
    )
    length: float | None = size(tr=("uzunluk", "boy"), en=("length",), required=False)
    steps: tuple[Step, ...] = declared(
        Items(
            tr=("basamaklar", "kademeler"), en=("steps", "sections"),
            required=False, default=(), item=Item(model=Step), least=1, most=MOST_STEPS,
        )
    )  # fmt: skip
    chamfer: float = size(tr=("pah",), en=("chamfer",), required=False, default=0.0)
    keyway: Keyway | None = declared(  # noqa: RUF009 (a field, not a value)
        Item(tr=("kama kanalı", "kama"), en=("keyway", "key"), required=False, model=Keyway)
    )

    def complete(self, checks: Checks) -> Shaft:
        shaft = self
        if self.steps and (self.diameter is not None or self.length is not None):
            single = "diameter" if self.diameter is not None else "length"
            checks.error("VALIDATION_CONFLICT", single, fields=f"{single}, steps")
        if self.diameter is not None and self.length is not None and not self.steps:
            shaft = Shaft(steps=(Step(self.diameter, self.length),), chamfer=self.chamfer, keyway=self.keyway)
        if shaft.keyway is None or not shaft.steps:
            return shaft
        return with_values(shaft, keyway=shaft._resolved(shaft.keyway, checks))

    def check(self, checks: Checks) -> None:
        if self.chamfer > 0 and self.steps:
            self._check_chamfer(checks)
        if self.keyway is not None and self.keyway.step is not None and self.keyway.step <= len(self.steps):
            self._check_keyway(self.keyway, self.keyway.step - 1, checks)

    def kernel_fields(self) -> dict[str, Any]:
        return {"keyway": None, **self.values()}

    def envelope_mm(self) -> tuple[float, float, float]:
        widest = max(step.diameter for step in self.steps)
        return (widest, widest, sum(step.length for step in self.steps))

    def _ends(self) -> list[float]:
        """z of the ends of all steps, from 0 on, in mm."""
        return [0.0, *accumulate(step.length for step in self.steps)]

    def _resolved(self, keyway: Keyway, checks: Checks) -> Keyway:
        """Fills in the step, the place and, by DIN 6885-1, the section."""
        index = self._step_of(keyway, checks)
        if index is None:
            return keyway
        step, start = self.steps[index], self._ends()[index]
        place = keyway.position
        if place is None:
            place = rounded(start + step.length / 2) if known(start, step.length) else math.nan
            checks.note("DEFAULT_ASSUMED", "keyway.position", place, f"steps[{index}], L / 2")
        width, depth = keyway.width, keyway.depth
        if width is None or depth is None:
            width, depth = self._standard_section(keyway, index, checks)
        return Keyway(keyway.length, width, depth, place, index + 1)

    def _step_of(self, keyway: Keyway, checks: Checks) -> int | None:
        """Index of the step that the slot is in."""
        if keyway.step is not None:
            if keyway.step <= len(self.steps):
                return keyway.step - 1
            checks.error("VALIDATION_TOO_MANY", "keyway.step", value=keyway.step, limit=len(self.steps))
            return None
        if len(self.steps) == 1:
            return 0
        if keyway.position is not None:
            ends = self._ends()
            for index in range(len(self.steps)):
                if ends[index] <= keyway.position <= ends[index + 1]:
                    return index
        checks.error(
            "VALIDATION_MISSING_FIELD",
            "keyway.step",
            name_tr="kama kanalı.basamak (keyway.step)",
            name_en="keyway.step",
        )
        return None

    def _standard_section(self, keyway: Keyway, index: int, checks: Checks) -> tuple[float, float]:
        diameter = self.steps[index].diameter
        found = keyway_for(diameter)
        if found is None:
            if known(diameter):
                missing = "width" if keyway.width is None else "depth"
                checks.error(
                    "VALIDATION_UNKNOWN_SIZE",
                    f"keyway.{missing}",
                    value=diameter,
                    standard="DIN 6885-1",
                    known="6–500 mm",
                )
            return math.nan, math.nan
        because = f"DIN 6885-1, d = {diameter} mm"
        if keyway.width is None:
            checks.note("STANDARD_VALUE", "keyway.width", float(found.width_mm), because)
        if keyway.depth is None:
            checks.note("STANDARD_VALUE", "keyway.depth", found.depth_mm, because)
        return (
            float(found.width_mm) if keyway.width is None else keyway.width,
            float(found.depth_mm) if keyway.depth is None else keyway.depth,
        )

    def _check_chamfer(self, checks: Checks) -> None:
        first, last = self.steps[0], self.steps[-1]
        share = 2 if len(self.steps) == 1 else 1
        for name, step in (("steps[0]", first), (f"steps[{len(self.steps) - 1}]", last)):
            limit = min(step.diameter / 2, step.length / share)
            if self.chamfer >= limit:
                checks.smaller("chamfer", self.chamfer, limit, name)
                return

    def _check_keyway(self, keyway: Keyway, index: int, checks: Checks) -> None:
        step, start, end = self.steps[index], self._ends()[index], self._ends()[index + 1]
        width, depth = keyway.width, keyway.depth
        if width is None or depth is None or keyway.position is None:
            return
        checks.smaller("keyway.width", width, step.diameter, f"steps[{index}].diameter")
        checks.smaller("keyway.depth", depth, step.diameter / 2, f"steps[{index}].diameter / 2")
        checks.larger("keyway.length", keyway.length, width, "keyway.width")
        first, last = keyway.position - keyway.length / 2, keyway.position + keyway.length / 2
        if index == 0:
            start += self.chamfer
        if index == len(self.steps) - 1:
            end -= self.chamfer
        if first <= start or last >= end:
            places = {"first": first, "last": last, "start": start, "end": end}
            checks.error(
                "VALIDATION_KEYWAY_POSITION",
                "keyway.position",
                step=index + 1,
                **{name: rounded(value) for name, value in places.items() if known(value)},
            )

"""Ways to make a part, and the machines that do it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from atolye.designs.words import fold, nearest

Envelope = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Process:
    """A way to make a part."""

    key: str
    name_tr: str
    name_en: str
    names: tuple[str, ...]

    def describe(self, language: str) -> dict[str, Any]:
        """JSON-safe description."""
        name = self.name_tr if language == "tr" else self.name_en
        return {"key": self.key, "name": name, "names": list(self.names)}


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of the catalogue. Lengths in mm; a lathe has a swing instead of travels."""

    key: str
    name: str
    names: tuple[str, ...]
    processes: tuple[str, ...]
    travel_mm: Envelope | None
    largest_diameter_mm: float
    largest_length_mm: float
    tool_diameters_mm: tuple[float, ...]

    @property
    def smallest_tool_mm(self) -> float | None:
        """Diameter of the slimmest tool; ``None`` where tools have none."""
        return min(self.tool_diameters_mm, default=None)

    def takes(self, envelope_mm: Envelope, *, rotational: bool) -> bool:
        """Whether a part fits, however it is turned."""
        if self.travel_mm is not None:
            pairs = zip(sorted(envelope_mm), sorted(self.travel_mm), strict=True)
            return all(extent <= travel for extent, travel in pairs)
        return any(self._swings(envelope_mm, axis, rotational and axis == 2) for axis in range(3))

    def room(self) -> str:
        """The largest part, as messages say it."""
        if self.travel_mm is not None:
            return " × ".join(f"{travel:g}" for travel in self.travel_mm)
        return f"Ø {self.largest_diameter_mm:g} × {self.largest_length_mm:g}"

    def _swings(self, envelope_mm: Envelope, axis: int, is_round: bool) -> bool:
        across = [extent for index, extent in enumerate(envelope_mm) if index != axis]
        diameter = max(across) if is_round else math.hypot(*across)
        return envelope_mm[axis] <= self.largest_length_mm and diameter <= self.largest_diameter_mm

    def describe(self, language: str) -> dict[str, Any]:
        """JSON-safe description; names of machines are the same in every language."""
        return {"key": self.key, "name": self.name, "processes": list(self.processes), "room_mm": self.room()}


@cache
def processes() -> Mapping[str, Process]:
    """Every process by key."""
    return MappingProxyType(
        {
            key: Process(key, table["name_tr"], table["name_en"], tuple(table["names"]))
            for key, table in _data("processes.toml").items()
        }
    )


@cache
def machines() -> Mapping[str, Machine]:
    """Every machine by key."""
    return MappingProxyType({key: _machine(key, table) for key, table in _data("machines.toml").items()})


def find_process(text: str) -> Process | None:
    """The process that a person means."""
    key = _process_names().get(fold(text))
    return None if key is None else processes()[key]


def find_machine(text: str) -> Machine | None:
    """The machine that a person means."""
    key = _machine_names().get(fold(text))
    return None if key is None else machines()[key]


def nearest_machines(text: str) -> list[str]:
    """Names of the machines that look most like a text; all of them when none does."""
    return nearest(text, _machine_names()) or [machine.key for machine in machines().values()]


@cache
def _process_names() -> dict[str, str]:
    named = {
        key: (key, process.name_tr, process.name_en, *process.names) for key, process in processes().items()
    }
    return _index(named)


@cache
def _machine_names() -> dict[str, str]:
    return _index({key: (key, machine.name, *machine.names) for key, machine in machines().items()})


def _index(named: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, names in named.items():
        for name in map(fold, names):
            if found.setdefault(name, key) != key:
                raise ValueError(f"{name} names both {found[name]} and {key}")
    return found


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("atolye.designs.data").joinpath(name).read_text(encoding="utf-8"))


def _machine(key: str, table: Mapping[str, Any]) -> Machine:
    travel = table.get("travel_mm")
    unknown = sorted(set(table["processes"]) - processes().keys())
    if unknown:
        raise ValueError(f"{key}: {', '.join(unknown)}")
    return Machine(
        key=key,
        name=table["name"],
        names=tuple(table["names"]),
        processes=tuple(table["processes"]),
        travel_mm=None if travel is None else (float(travel[0]), float(travel[1]), float(travel[2])),
        largest_diameter_mm=float(table.get("largest_diameter_mm", math.inf)),
        largest_length_mm=float(table.get("largest_length_mm", math.inf)),
        tool_diameters_mm=tuple(float(each) for each in table["tool_diameters_mm"]),
    )

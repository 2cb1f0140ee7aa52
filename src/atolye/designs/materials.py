"""The materials: what they are called, what they weigh, how they behave."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from atolye.designs.words import fold, nearest
from atolye.errors import AtolyeError

DATA_SHA256: Final = "32a01249382e2dd773ca056b4c2ffb7084320e8e70a8b8a40dc3004853d3fa34"
"""Pin of ``data/materials.toml``: a material with another density than the tested one is another product."""

_PLAUSIBLE: Final = {
    "density_kg_m3": (800.0, 23000.0),
    "youngs_modulus_gpa": (0.5, 450.0),
    "poisson_ratio": (0.0, 0.5),
    "yield_mpa": (5.0, 3000.0),
    "conductivity_w_mk": (0.05, 450.0),
    "expansion_um_mk": (1.0, 300.0),
    "specific_heat_j_kgk": (100.0, 3000.0),
}
"""Ranges that solids have; a value outside is in another unit than the file says."""

_TEXTS: Final = ("name_tr", "name_en", "group")
_LISTS: Final = ("names", "processes")
_OPTIONAL: Final = ("classes",)


@dataclass(frozen=True, slots=True)
class Material:
    """One material; values at 20 °C, in the units that the names say."""

    key: str
    name_tr: str
    name_en: str
    names: tuple[str, ...]
    classes: tuple[str, ...]
    """Bare words, such as “çelik”, for which this is the default grade."""
    group: str
    processes: frozenset[str]
    density_kg_m3: float
    youngs_modulus_gpa: float
    poisson_ratio: float
    yield_mpa: float
    conductivity_w_mk: float
    expansion_um_mk: float
    specific_heat_j_kgk: float
    rgba: tuple[float, float, float, float]

    def describe(self, language: str) -> dict[str, Any]:
        """JSON-safe description for lists of materials."""
        return {
            "key": self.key,
            "name": self.name_tr if language == "tr" else self.name_en,
            "name_tr": self.name_tr,
            "name_en": self.name_en,
            "names": [*self.names, *self.classes],
            "group": self.group,
            "processes": sorted(self.processes),
            **{name: getattr(self, name) for name in _PLAUSIBLE},
            "rgba": list(self.rgba),
        }


@dataclass(frozen=True, slots=True)
class Found:
    """A material that a person named; ``by_class`` when only its class was named."""

    material: Material
    by_class: bool


@cache
def materials() -> Mapping[str, Material]:
    """Every material by key.

    Raises:
        AtolyeError: ``CONFIG_MATERIAL_DATA`` when the data are not the pinned ones or not sound.
    """
    content = files("atolye.designs.data").joinpath("materials.toml").read_bytes()
    if hashlib.sha256(content).hexdigest() != DATA_SHA256:
        raise AtolyeError("CONFIG_MATERIAL_DATA", problem="materials.toml: sha256")
    return MappingProxyType(parse(content.decode("utf-8")))


def parse(content: str) -> dict[str, Material]:
    """Reads material data; every value is checked against what its unit allows.

    Raises:
        AtolyeError: ``CONFIG_MATERIAL_DATA`` naming the material and the key.
    """
    try:
        tables = tomllib.loads(content)
    except tomllib.TOMLDecodeError as problem:
        raise AtolyeError("CONFIG_MATERIAL_DATA", problem=str(problem)) from None
    return {key: _material(key, table) for key, table in tables.items()}


def find_material(text: str) -> Found | None:
    """The material that a person means: a grade, a class, or both (``"alüminyum 6061"``)."""
    grades, classes = _grades(), _classes()
    word = fold(text)
    if word in grades:
        return Found(materials()[grades[word]], by_class=False)
    if word in classes:
        return Found(materials()[classes[word]], by_class=True)
    return _class_and_grade(word)


def nearest_materials(text: str) -> list[str]:
    """Keys of the materials whose names look most like a text."""
    return nearest(text, {**_classes(), **_grades()}, most=4)


def _class_and_grade(word: str) -> Found | None:
    """Takes the class from either end of a name; the rest must be a grade of the same group."""
    for name, key in _classes().items():
        rest = word.removeprefix(name) if word.startswith(name) else word.removesuffix(name)
        grade = _grades().get(rest) if rest != word else None
        if grade is not None and materials()[grade].group == materials()[key].group:
            return Found(materials()[grade], by_class=False)
    return None


@cache
def _grades() -> dict[str, str]:
    return _index(lambda each: (each.key, each.name_tr, each.name_en, *each.names))


@cache
def _classes() -> dict[str, str]:
    return _index(lambda each: each.classes)


def _index(names_of: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for material in materials().values():
        for name in map(fold, names_of(material)):
            if found.setdefault(name, material.key) != material.key:
                raise AtolyeError("CONFIG_MATERIAL_DATA", problem=f"{name}: {found[name]}, {material.key}")
    return found


def _material(key: str, table: Mapping[str, Any]) -> Material:
    wanted = {*_TEXTS, *_LISTS, *_PLAUSIBLE, "rgba"}
    if not wanted <= table.keys() <= wanted | set(_OPTIONAL):
        odd = sorted(wanted ^ (table.keys() - set(_OPTIONAL)))
        raise AtolyeError("CONFIG_MATERIAL_DATA", problem=f"{key}: {', '.join(odd)}")
    for name in _TEXTS:
        _require(isinstance(table[name], str) and bool(table[name]), key, name)
    for name in (*_LISTS, *_OPTIONAL):
        listed = table.get(name, [])
        _require(isinstance(listed, list) and all(isinstance(each, str) for each in listed), key, name)
    for name, (least, most) in _PLAUSIBLE.items():
        _require(_number(table[name]) and least <= table[name] <= most, key, name)
    rgba = table["rgba"]
    _require(
        isinstance(rgba, list) and len(rgba) == 4 and all(_number(c) and 0 <= c <= 1 for c in rgba),
        key,
        "rgba",
    )
    return Material(
        key=key,
        name_tr=table["name_tr"],
        name_en=table["name_en"],
        names=tuple(table["names"]),
        classes=tuple(table.get("classes", ())),
        group=table["group"],
        processes=frozenset(table["processes"]),
        rgba=(float(rgba[0]), float(rgba[1]), float(rgba[2]), float(rgba[3])),
        **{name: float(table[name]) for name in _PLAUSIBLE},
    )


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _require(sound: bool, key: str, name: str) -> None:
    if not sound:
        raise AtolyeError("CONFIG_MATERIAL_DATA", problem=f"{key}.{name}")

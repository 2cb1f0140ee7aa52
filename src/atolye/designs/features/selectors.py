"""Selection of edges and faces: by index, by name, or by what they are and where they lie.

A selector's criteria all hold together; several selectors are a union. The engine applies the filters first,
then ``position`` (the candidates farthest in a direction, all that are equally far), then ``near`` (the one
candidate nearest to a point; two equally near are an error). ``expect`` says how many there must be.
"""

# ruff: noqa: RUF009 - fields, not values

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from atolye.designs.features.values import (
    MEASURED_PLACE,
    Direction,
    Value,
    Vector,
    area_field,
    choice_field,
    direction_field,
    flag_field,
    measure_field,
)
from atolye.designs.fields import UNREAD, Count, Reading, Spec, declared
from atolye.designs.findings import At
from atolye.designs.model import Model, read_mapping
from atolye.designs.units import Unit
from atolye.designs.words import fold, shown

MOST_ELEMENTS: Final = 10_000
MOST_SELECTORS: Final = 200

_ALL: Final = frozenset(map(fold, ("all", "*", "hepsi", "tümü", "every", "bütün")))
_BY_KEYS: Final = frozenset(map(fold, ("by", "ölçüt", "göre")))
_VALUE_KEYS: Final = frozenset(map(fold, ("value", "değer")))
_BY: Final = {
    fold(name): key
    for key, names in {
        "length_min": ("length_gt", "length_ge", "uzunluk_büyük"),
        "length_max": ("length_lt", "length_le", "uzunluk_küçük"),
        "length": ("length", "length_eq", "uzunluk"),
        "radius": ("radius", "yarıçap"),
        "area_min": ("area_gt",),
        "area_max": ("area_lt",),
        "area": ("area", "alan"),
        "name": ("name", "ad", "isim"),
        "index": ("index", "indices", "sıra"),
        "parallel": ("parallel", "direction", "yön", "paralel"),
        "normal": ("normal",),
        "position": ("position", "konum"),
        "near": ("near", "yakın"),
        "type": ("type", "tür"),
        "on_face": ("on_face", "yüzde"),
    }.items()
    for name in names
}
"""``{"by": "length_gt", "value": 5}`` says the same as ``{"length_min": 5}``."""


@dataclass(frozen=True, kw_only=True)
class Indices(Spec):
    """Numbers of elements, from 1, in the order of the shape that the operation finds."""

    prefix: str = "Edge"

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        several = raw if isinstance(raw, list | tuple) else [raw]
        if not several or len(several) > MOST_SELECTORS:
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="[1, 2, …]")
            return UNREAD
        made = [self._one(each, at, reading) for each in several]
        return UNREAD if any(each is UNREAD for each in made) else tuple(sorted(set(made)))

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "integer", "minimum": 1}}

    def _one(self, raw: Any, at: At, reading: Reading) -> Any:
        if isinstance(raw, str) and fold(raw).startswith(fold(self.prefix)):
            raw = fold(raw).removeprefix(fold(self.prefix))
        return Count(minimum=1, maximum=MOST_ELEMENTS).read(raw, at, reading)


@dataclass(frozen=True, kw_only=True)
class Near(Spec):
    """A point of the part."""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        return Vector(item=MEASURED_PLACE).read(raw, at, reading, unit)

    def schema(self) -> dict[str, Any]:
        return Vector(item=MEASURED_PLACE).schema()


_POSITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "max_x": ("right", "sağ", "en sağ", "+x", ">x", "x max"),
    "min_x": ("left", "sol", "en sol", "-x", "<x", "x min"),
    "max_y": ("back", "arka", "+y", ">y", "y max"),
    "min_y": ("front", "ön", "-y", "<y", "y min"),
    "max_z": ("top", "üst", "en üst", "+z", ">z", "z max"),
    "min_z": ("bottom", "alt", "en alt", "-z", "<z", "z min"),
}


@dataclass(frozen=True, kw_only=True)
class Position(Spec):
    """``max_z``, ``top``, ``"<x"`` …"""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        text = raw.strip().lower() if isinstance(raw, str) else ""
        for key, names in _POSITIONS.items():
            if text in names or (text[:1] not in "+-<>" and fold(text) in map(fold, (key, *_words(names)))):
                return key
        reading.error("VALIDATION_UNKNOWN_VALUE", at, value=shown(raw), known=", ".join(_POSITIONS))
        return UNREAD

    def schema(self) -> dict[str, Any]:
        return {"enum": list(_POSITIONS)}


def _words(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name[0] not in "+-<>"]


def _indices(prefix: str) -> Any:
    return declared(
        Indices(
            tr=("sıra", "numara", "ad", "isim"),
            en=("index", "indices", "number", "name"),
            required=False,
            prefix=prefix,
        )
    )


def _position() -> Any:
    return declared(Position(tr=("konum", "yer"), en=("position", "at", "side", "extreme"), required=False))


def _near() -> Any:
    return declared(Near(tr=("yakın", "noktaya yakın"), en=("near", "nearest", "near point"), required=False))


def _expect() -> Any:
    return declared(
        Count(
            tr=("beklenen", "adet"),
            en=("expect", "expected", "count"),
            required=False,
            minimum=1,
            maximum=MOST_ELEMENTS,
        )
    )


@dataclass(frozen=True, kw_only=True)
class FaceSelector(Model):
    """Criteria for faces."""

    index: tuple[int, ...] | None = _indices("Face")
    all: bool | None = flag_field(("hepsi", "tümü"), ("all",))
    type: str | None = choice_field(
        ("tür", "yüzey türü"),
        ("type", "surface"),
        {
            "plane": ("düzlem", "planar", "flat", "düz"),
            "cylinder": ("silindir", "cylindrical", "silindirik"),
            "cone": ("koni", "conical", "konik"),
            "sphere": ("küre", "spherical", "küresel"),
            "torus": ("simit", "toroidal"),
            "spline": ("serbest", "freeform", "bspline"),
        },
    )
    normal: Any = direction_field(("normal", "yüzey normali"), ("normal", "direction", "facing"))
    """Outward normal of plane faces."""
    radius: Value | None = measure_field(("yarıçap",), ("radius", "r"))
    radius_min: Value | None = measure_field(("en küçük yarıçap",), ("radius min", "min radius"))
    radius_max: Value | None = measure_field(("en büyük yarıçap",), ("radius max", "max radius"))
    area: float | None = area_field(("alan",), ("area",))
    area_min: float | None = area_field(("en küçük alan",), ("area min", "min area"))
    area_max: float | None = area_field(("en büyük alan",), ("area max", "max area"))
    position: str | None = _position()
    near: Any = _near()
    expect: int | None = _expect()


@dataclass(frozen=True, kw_only=True)
class Selection(Spec):
    """One selector or several: ``3``, ``"Edge3"``, ``"all"``, ``{"position": "top"}``, or a list of those."""

    model: type[Any] = FaceSelector
    prefix: str = "Face"

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        several = raw if isinstance(raw, list | tuple) else [raw]
        if not several or len(several) > MOST_SELECTORS:
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="[…]")
            return UNREAD
        numbers = [each for each in several if self._is_number(each)]
        made = [
            self._one(each, at.item(position) if several is raw else at, reading)
            for position, each in enumerate(several)
            if not self._is_number(each)
        ]
        if numbers:
            found = Indices(prefix=self.prefix).read(numbers, at, reading)
            made.append(UNREAD if found is UNREAD else self.model(index=found))
        return UNREAD if any(each is UNREAD for each in made) else tuple(made)

    def schema(self) -> dict[str, Any]:
        one = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}, self.model.schema()]}
        return {"anyOf": [one, {"type": "array", "items": one}]}

    def _is_number(self, raw: Any) -> bool:
        if isinstance(raw, str):
            return fold(raw).removeprefix(fold(self.prefix)).isdecimal()
        return isinstance(raw, int | float) and not isinstance(raw, bool)

    def _one(self, raw: Any, at: At, reading: Reading) -> Any:
        if isinstance(raw, str):
            return self._named(raw, at, reading)
        if not isinstance(raw, Mapping):
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="{…}")
            return UNREAD
        made = read_mapping(self.model, _plain(raw, at, reading), at, reading)
        if made is not None and not made.values().keys() - {"expect"}:
            reading.error("FEATURE_SELECTOR_EMPTY", at)
            return UNREAD
        return UNREAD if made is None else made

    def _named(self, raw: str, at: At, reading: Reading) -> Any:
        """``all``, or a position, or the direction of a face's normal."""
        if fold(raw) in _ALL or raw.strip() == "*":
            return self.model(all=True)
        found = Position().read(raw, at, reading)
        return UNREAD if found is UNREAD else self.model(position=found)


def _plain(raw: Mapping[str, Any], at: At, reading: Reading) -> Mapping[str, Any]:
    """Rewrites ``{"by": …, "value": …}``."""
    by = [key for key in raw if fold(str(key)) in _BY_KEYS]
    if len(by) != 1 or not isinstance(raw[by[0]], str):
        return raw
    values = [key for key in raw if fold(str(key)) in _VALUE_KEYS]
    rest = {key: value for key, value in raw.items() if key not in (*by, *values)}
    word = fold(raw[by[0]])
    if word in _ALL:
        return {**rest, "all": True}
    criterion = _BY.get(word)
    if criterion is None or len(values) != 1:
        known = ", ".join(sorted(_BY))
        reading.error("VALIDATION_UNKNOWN_VALUE", at.child("by"), value=shown(raw[by[0]]), known=known)
        return rest
    return {**rest, "index" if criterion == "name" else criterion: raw[values[0]]}


@dataclass(frozen=True, kw_only=True)
class EdgeSelector(Model):
    """Criteria for edges."""

    index: tuple[int, ...] | None = _indices("Edge")
    all: bool | None = flag_field(("hepsi", "tümü"), ("all",))
    type: str | None = choice_field(
        ("tür", "eğri türü"),
        ("type", "curve"),
        {
            "line": ("doğru", "çizgi", "straight", "düz"),
            "circle": ("çember", "daire", "yay", "arc", "circular"),
            "ellipse": ("elips",),
            "spline": ("serbest", "bspline", "freeform"),
        },
    )
    parallel: Any = declared(
        Direction(
            tr=("paralel", "yön", "doğrultu"),
            en=("parallel", "direction", "parallel to", "axis"),
            required=False,
        )
    )
    length: Value | None = measure_field(("uzunluk", "boy"), ("length",))
    length_min: Value | None = measure_field(
        ("en kısa", "en küçük uzunluk"), ("length min", "min length", "longer than")
    )
    length_max: Value | None = measure_field(
        ("en uzun", "en büyük uzunluk"), ("length max", "max length", "shorter than")
    )
    radius: Value | None = measure_field(("yarıçap",), ("radius", "r"))
    radius_min: Value | None = measure_field(("en küçük yarıçap",), ("radius min", "min radius"))
    radius_max: Value | None = measure_field(("en büyük yarıçap",), ("radius max", "max radius"))
    convexity: str | None = choice_field(
        ("dışbükeylik", "bükey"),
        ("convexity",),
        {"convex": ("dışbükey", "outer", "dış"), "concave": ("içbükey", "inner", "iç")},
    )
    on_face: tuple[FaceSelector, ...] | None = declared(
        Selection(tr=("yüzde", "yüzün kenarları"), en=("on face", "of face", "face"), required=False)
    )
    position: str | None = _position()
    near: Any = _near()
    expect: int | None = _expect()


def edges_field(tr: tuple[str, ...], en: tuple[str, ...], *, required: bool = True) -> Any:
    """A selection of edges."""
    return declared(Selection(tr=tr, en=en, required=required, model=EdgeSelector, prefix="Edge"))


def faces_field(tr: tuple[str, ...], en: tuple[str, ...], *, required: bool = True) -> Any:
    """A selection of faces."""
    return declared(Selection(tr=tr, en=en, required=required))

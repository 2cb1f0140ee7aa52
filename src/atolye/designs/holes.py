"""Holes: their diameters, the ways to place them, and whether they fit the part and each other."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from atolye.designs.family import Checks
from atolye.designs.fields import (
    LARGEST_SIZE_MM,
    SMALLEST_SIZE_MM,
    UNREAD,
    Choice,
    Length,
    Reading,
    Spec,
    angle,
    count_of,
    declared,
    position,
    size,
)
from atolye.designs.findings import At
from atolye.designs.model import Given, Model, add_given, field_of, read_model, refuse_unknown
from atolye.designs.numbers import rounded
from atolye.designs.standards.metric_threads import CLEARANCE_HOLES, thread_of
from atolye.designs.units import Unit
from atolye.designs.words import fold, shown

MOST_HOLES: Final = 1000
"""Holes of a part; the kernel still cuts so many in its time."""

MOST_REPORTED: Final = 10
TOUCHING_MM: Final = 1e-6
"""Holes closer than this leave no web between them."""

HOLE_TR: Final = ("delik çapı", "çap", "vida", "diş")
HOLE_EN: Final = ("diameter", "hole diameter", "dia", "ø", "thread", "screw")

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class HoleSize(Length):
    """A hole's diameter, or a thread that must pass through it: ``"M6"`` is 6.6 mm by ISO 273, medium."""

    minimum: float = SMALLEST_SIZE_MM
    maximum: float = LARGEST_SIZE_MM

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> float:
        thread = thread_of(raw) if isinstance(raw, str) else None
        if thread is None:
            return super().read(raw, at, reading, unit)
        hole = CLEARANCE_HOLES.get(thread)
        if hole is None:
            known = ", ".join(CLEARANCE_HOLES)
            reading.error("VALIDATION_UNKNOWN_SIZE", at, value=shown(raw), standard="ISO 273", known=known)
            return float("nan")
        because = f"{thread}, ISO 273, medium / orta"
        reading.findings.note("STANDARD_VALUE", at.path, hole.medium_mm, because)
        return hole.medium_mm

    def schema(self) -> dict[str, Any]:
        return {**super().schema(), "examples": [6.6, "6,6 mm", "M6"]}


def hole_size(tr: tuple[str, ...], en: tuple[str, ...]) -> Any:
    """The diameter of a hole, as a field of a model."""
    return declared(HoleSize(tr=tr, en=en))


@dataclass(frozen=True, kw_only=True)
class Coordinates(Spec):
    """Points from the part's corner: ``[[x, y], …]``, ``[{"x": …, "y": …}, …]``, or one of them."""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        points = [raw] if _is_point(raw) else raw
        if not isinstance(points, list | tuple) or not points:
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="[[x, y], …]")
            return UNREAD
        if len(points) > MOST_HOLES:
            reading.error("VALIDATION_TOO_MANY", at, value=len(points), limit=MOST_HOLES)
            return UNREAD
        return tuple(_read_point(point, at.item(index), reading, unit) for index, point in enumerate(points))

    def schema(self) -> dict[str, Any]:
        number = {"type": ["number", "string"]}
        point = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
        return {"anyOf": [{"type": "array", "items": point, "maxItems": MOST_HOLES}, point]}


_COORDINATE: Final = Length(minimum=-1e6, maximum=1e6)


def _is_point(raw: Any) -> bool:
    if isinstance(raw, Mapping):
        return True
    return (
        isinstance(raw, list | tuple)
        and len(raw) == 2
        and not any(isinstance(x, list | tuple | Mapping) for x in raw)
    )


def _read_point(raw: Any, at: At, reading: Reading, unit: Unit | None) -> Point:
    if isinstance(raw, Mapping) and {fold(str(key)) for key in raw} == {"x", "y"} and len(raw) == 2:
        by_name = {fold(str(key)): value for key, value in raw.items()}
        raw = [by_name["x"], by_name["y"]]
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="[x, y]")
        return (math.nan, math.nan)
    x, y = (_COORDINATE.read(value, at.item(axis), reading, unit) for axis, value in enumerate(raw))
    return (x, y)


# ---- the ways to place holes in a rectangle -------------------------------------------------------


@dataclass(frozen=True)
class Holes(Model):
    """Holes of one diameter in a plate; ``points`` expands them, in mm from the plate's corner."""

    kind: ClassVar[str]
    called: ClassVar[tuple[str, ...]]
    diameter: float = hole_size(HOLE_TR, HOLE_EN)

    def number(self) -> int:
        """How many holes there are."""
        raise NotImplementedError

    def points(self, length_mm: float, width_mm: float) -> Iterator[Point]:
        raise NotImplementedError

    def resolved(self, length_mm: float, width_mm: float, path: str, checks: Checks) -> Holes:
        """With everything filled in that follows from the plate's size."""
        return self

    def path_of(self, index: int) -> str:
        """Path of one of the holes below the path of the group."""
        return ""

    def values(self) -> dict[str, Any]:
        return {"kind": self.kind, **super().values()}


@dataclass(frozen=True)
class CentreHole(Holes):
    """One hole in the middle."""

    kind: ClassVar[str] = "center"
    called: ClassVar[tuple[str, ...]] = (
        "centre",
        "middle",
        "central",
        "merkez",
        "orta",
        "ortada",
        "merkezde",
    )

    def number(self) -> int:
        return 1

    def points(self, length_mm: float, width_mm: float) -> Iterator[Point]:
        yield (length_mm / 2, width_mm / 2)


@dataclass(frozen=True)
class CornerHoles(Holes):
    """Four holes, each as far from its two edges."""

    kind: ClassVar[str] = "corners"
    called: ClassVar[tuple[str, ...]] = ("corner", "köşe", "köşeler", "köşelerde")
    edge_distance: float = size(
        tr=("kenar mesafesi", "kenar uzaklığı", "kenardan", "kenar payı", "kenar mesafesi x"),
        en=("edge distance", "margin", "edge", "offset", "inset", "edge distance x"),
    )
    edge_distance_y: float | None = size(
        tr=("kenar mesafesi y", "kenar uzaklığı y"), en=("edge distance y", "margin y"), required=False
    )

    def number(self) -> int:
        return 4

    def resolved(self, length_mm: float, width_mm: float, path: str, checks: Checks) -> Holes:
        same = self.edge_distance if self.edge_distance_y is None else self.edge_distance_y
        checks.smaller(f"{path}.edge_distance", self.edge_distance, length_mm / 2, "length / 2")
        checks.smaller(f"{path}.edge_distance", same, width_mm / 2, "width / 2")
        return CornerHoles(self.diameter, self.edge_distance, same)

    def points(self, length_mm: float, width_mm: float) -> Iterator[Point]:
        x, y = self.edge_distance, self.edge_distance_y or self.edge_distance
        yield from ((x, y), (length_mm - x, y), (length_mm - x, width_mm - y), (x, width_mm - y))


@dataclass(frozen=True)
class HoleGrid(Holes):
    """Rows (along Y) and columns (along X), centred in the plate.

    Spacing is given as pitches, or as the distances of the outermost holes from the edges.
    """

    kind: ClassVar[str] = "grid"
    called: ClassVar[tuple[str, ...]] = ("pattern", "array", "ızgara", "kafes", "dizi", "matris")
    rows: int = count_of(
        tr=("satır", "satır sayısı", "sıra"), en=("rows", "row count"), minimum=1, maximum=MOST_HOLES
    )
    columns: int = count_of(
        tr=("sütun", "sütun sayısı", "kolon"),
        en=("columns", "cols", "column count"),
        minimum=1,
        maximum=MOST_HOLES,
    )
    pitch_x: float | None = size(
        tr=("adım x", "aralık x", "x aralığı", "x adımı"),
        en=("pitch x", "spacing x", "x pitch", "x spacing"),
        required=False,
    )
    pitch_y: float | None = size(
        tr=("adım y", "aralık y", "y aralığı", "y adımı"),
        en=("pitch y", "spacing y", "y pitch", "y spacing"),
        required=False,
    )
    pitch: float | None = size(tr=("adım", "aralık"), en=("pitch", "spacing"), required=False)
    edge_distance: float | None = size(
        tr=("kenar mesafesi", "kenar uzaklığı"), en=("edge distance", "margin"), required=False
    )
    edge_distance_x: float | None = size(
        tr=("kenar mesafesi x", "kenar uzaklığı x"), en=("edge distance x", "margin x"), required=False
    )
    edge_distance_y: float | None = size(
        tr=("kenar mesafesi y", "kenar uzaklığı y"), en=("edge distance y", "margin y"), required=False
    )

    def number(self) -> int:
        return self.rows * self.columns

    def resolved(self, length_mm: float, width_mm: float, path: str, checks: Checks) -> Holes:
        pitch_x = self._pitch("x", self.columns, length_mm, path, checks)
        pitch_y = self._pitch("y", self.rows, width_mm, path, checks)
        return HoleGrid(self.diameter, self.rows, self.columns, pitch_x, pitch_y)

    def _pitch(self, axis: str, holes: int, extent_mm: float, path: str, checks: Checks) -> float | None:
        """The distance between neighbours along an axis; ``None`` for a single one."""
        options = {
            f"pitch_{axis}": getattr(self, f"pitch_{axis}"),
            "pitch": self.pitch,
            f"edge_distance_{axis}": getattr(self, f"edge_distance_{axis}"),
            "edge_distance": self.edge_distance,
        }
        given = {name: value for name, value in options.items() if value is not None}
        own = {name: value for name, value in given.items() if name.endswith(f"_{axis}")}
        chosen = own or given  # what is said of this axis goes before what is said of both
        if len(chosen) > 1:
            fields = ", ".join(f"{path}.{name}" for name in chosen)
            checks.error("VALIDATION_CONFLICT", f"{path}.{next(iter(chosen))}", fields=fields)
        if holes == 1:
            return None
        if not chosen:
            missing = f"pitch_{axis} | edge_distance_{axis}"
            checks.error(
                "VALIDATION_MISSING_FIELD",
                f"{path}.pitch_{axis}",
                name_tr=f"{path}.{missing}",
                name_en=f"{path}.{missing}",
                any_of=[f"pitch_{axis}", f"edge_distance_{axis}"],
            )
            return math.nan
        name, value = next(iter(chosen.items()))
        if name.startswith("pitch"):
            return float(value)
        checks.smaller(f"{path}.{name}", value, extent_mm / 2, "length / 2" if axis == "x" else "width / 2")
        return (
            rounded((extent_mm - 2 * value) / (holes - 1))
            if extent_mm == extent_mm and value == value
            else math.nan
        )

    def points(self, length_mm: float, width_mm: float) -> Iterator[Point]:
        step_x, step_y = self.pitch_x or 0.0, self.pitch_y or 0.0
        first_x = (length_mm - step_x * (self.columns - 1)) / 2
        first_y = (width_mm - step_y * (self.rows - 1)) / 2
        for row in range(self.rows):
            for column in range(self.columns):
                yield (first_x + column * step_x, first_y + row * step_y)


@dataclass(frozen=True)
class BoltCircle(Holes):
    """Holes evenly on a circle around the plate's middle; angles counter-clockwise from +X."""

    kind: ClassVar[str] = "bolt_circle"
    called: ClassVar[tuple[str, ...]] = (
        "circle", "polar", "bolt pattern", "pcd", "delik dairesi", "cıvata dairesi", "daire", "dairesel",
    )  # fmt: skip
    circle_diameter: float = size(
        tr=("daire çapı", "delik dairesi çapı", "cıvata dairesi çapı"),
        en=("circle diameter", "bolt circle diameter", "pcd", "pitch circle diameter"),
    )
    count: int = count_of(
        tr=("adet", "sayı", "delik sayısı", "delik adedi"),
        en=("count", "number", "holes", "quantity"),
        minimum=1,
        maximum=MOST_HOLES,
    )
    start_angle_deg: float = angle(tr=("başlangıç açısı", "açı"), en=("start angle", "angle"), default=0.0)

    def number(self) -> int:
        return self.count

    def points(self, length_mm: float, width_mm: float) -> Iterator[Point]:
        radius = self.circle_diameter / 2
        for index in range(self.count):
            turn = math.radians(self.start_angle_deg + 360 * index / self.count)
            yield (length_mm / 2 + radius * math.cos(turn), width_mm / 2 + radius * math.sin(turn))


@dataclass(frozen=True)
class PlacedHoles(Holes):
    """Holes at given points, from the plate's corner."""

    kind: ClassVar[str] = "at"
    called: ClassVar[tuple[str, ...]] = ("position", "points", "konum", "konumlar", "noktalar", "koordinat")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("positions", "x"), ("positions", "y"))
    positions: tuple[Point, ...] | None = declared(
        Coordinates(
            tr=("konumlar", "konum", "noktalar", "koordinatlar"),
            en=("positions", "position", "points", "coordinates"),
            required=False,
        )
    )
    x: float | None = position(tr=("x konumu",), en=("x",), required=False)
    y: float | None = position(tr=("y konumu",), en=("y",), required=False)

    def number(self) -> int:
        return len(self.positions or ())

    def resolved(self, length_mm: float, width_mm: float, path: str, checks: Checks) -> Holes:
        if self.x is None or self.y is None:
            return self
        if self.positions is not None:
            fields = f"{path}.positions, {path}.x, {path}.y"
            checks.error("VALIDATION_CONFLICT", f"{path}.positions", fields=fields)
        return PlacedHoles(self.diameter, ((self.x, self.y),))

    def points(self, length_mm: float, width_mm: float) -> Iterator[Point]:
        yield from self.positions or ()

    def path_of(self, index: int) -> str:
        return f".positions[{index}]"


KINDS: Final = {kind.kind: kind for kind in (CentreHole, CornerHoles, HoleGrid, BoltCircle, PlacedHoles)}
_KIND: Final = Choice(choices={key: kind.called for key, kind in KINDS.items()})
_KIND_KEYS: Final = frozenset(
    fold(name)
    for name in ("kind", "type", "layout", "placement", "tür", "tip", "yerleşim", "düzen", "dizilim")
)


@dataclass(frozen=True, kw_only=True)
class AnyHoles(Spec):
    """A group of holes; ``kind`` says how they are placed, unless the given fields leave only one kind."""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        if not isinstance(raw, Mapping):
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="{…}")
            return UNREAD
        kinds = [key for key in raw if fold(key) in _KIND_KEYS]
        rest = {key: value for key, value in raw.items() if key not in kinds}
        if len(kinds) > 1:
            reading.error("VALIDATION_CONFLICT", at.child("kind"), fields=", ".join(map(shown, kinds)))
            return UNREAD
        kind = (
            self._stated(raw[kinds[0]], at.child("kind", shown(kinds[0])), reading)
            if kinds
            else self._fitting(rest, at, reading)
        )
        return UNREAD if kind is None else self._read_as(kind, rest, at, reading)

    def schema(self) -> dict[str, Any]:
        made = []
        for key, kind in KINDS.items():
            schema = kind.schema()
            schema["properties"] = {"kind": {"enum": [key, *kind.called]}, **schema["properties"]}
            made.append(schema)
        return {"anyOf": made}

    def _stated(self, raw: Any, at: At, reading: Reading) -> type[Holes] | None:
        found = _KIND.read(raw, at, reading)
        return None if found is UNREAD else KINDS[found]

    def _fitting(self, raw: Mapping[str, Any], at: At, reading: Reading) -> type[Holes] | None:
        """The only kind that the fields fit. A lone diameter says nothing about the place."""
        known = [
            {found[0] for key in raw if (found := field_of(kind.names(), key))} for kind in KINDS.values()
        ]
        fitting = [
            kind
            for kind, given in zip(KINDS.values(), known, strict=True)
            if len(given) == len(raw) and len(given) > 1 and not kind.lacking(given)
        ]
        if len(fitting) == 1:
            return fitting[0]
        candidates = ", ".join(kind.kind for kind in fitting or KINDS.values())
        if fitting:
            reading.error("VALIDATION_AMBIGUOUS_KIND", at, candidates=candidates)
        else:
            prefix = f"{at.typed}." if at.typed else ""
            names = {"name_tr": f"{prefix}tür (kind): {candidates}", "name_en": f"{prefix}kind: {candidates}"}
            reading.findings.error("VALIDATION_MISSING_FIELD", at.child("kind").path, **names)
        return None

    def _read_as(self, kind: type[Holes], raw: Mapping[str, Any], at: At, reading: Reading) -> Any:
        given: dict[str, Given] = {}
        for key, value in raw.items():
            found = field_of(kind.names(), key)
            if found is None:
                refuse_unknown(key, at, kind.names(), reading)
            else:
                add_given(given, found[0], Given(value, at.child(found[0], shown(key)), found[1]), reading)
        made = read_model(kind, given, at, reading)
        return UNREAD if made is None else made


# ---- do they fit? ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hole:
    """One hole in a part's plane, in mm, and the path that a message names."""

    x: float
    y: float
    diameter: float
    path: str


def check_inside(
    holes: list[Hole], length_mm: float, width_mm: float, corner_radius_mm: float, checks: Checks
) -> None:
    """Every hole must leave some material at the edges and at the rounded corners."""
    reported = 0
    for hole in holes:
        if reported < MOST_REPORTED and _leaves(hole, length_mm, width_mm, corner_radius_mm):
            reported += 1
            checks.error(
                "VALIDATION_HOLE_OUTSIDE",
                hole.path,
                x=rounded(hole.x),
                y=rounded(hole.y),
                diameter=hole.diameter,
            )


def _leaves(hole: Hole, length_mm: float, width_mm: float, corner_radius_mm: float) -> bool:
    radius = hole.diameter / 2 + TOUCHING_MM
    if (
        hole.x - radius <= 0
        or hole.y - radius <= 0
        or hole.x + radius >= length_mm
        or hole.y + radius >= width_mm
    ):
        return True
    beyond_x = corner_radius_mm - min(hole.x, length_mm - hole.x)  # how far in the corner's square
    beyond_y = corner_radius_mm - min(hole.y, width_mm - hole.y)
    return beyond_x > 0 and beyond_y > 0 and math.hypot(beyond_x, beyond_y) + radius >= corner_radius_mm


def check_apart(holes: list[Hole], checks: Checks) -> None:
    """No two holes may touch. Neighbours are found on a square mesh as wide as the largest hole."""
    cell = max((hole.diameter for hole in holes), default=1.0) + 2 * TOUCHING_MM
    cells: dict[tuple[int, int], list[Hole]] = defaultdict(list)
    reported = 0
    for hole in holes:
        column, row = math.floor(hole.x / cell), math.floor(hole.y / cell)
        for other in _around(cells, column, row):
            required = (hole.diameter + other.diameter) / 2
            distance = math.hypot(hole.x - other.x, hole.y - other.y)
            if distance <= required + TOUCHING_MM:
                checks.error(
                    "VALIDATION_HOLES_OVERLAP",
                    hole.path,
                    other=other.path,
                    distance=rounded(distance),
                    required=rounded(required),
                )
                reported += 1
                break
        if reported == MOST_REPORTED:
            return
        cells[column, row].append(hole)


def _around(cells: Mapping[tuple[int, int], list[Hole]], column: int, row: int) -> Iterator[Hole]:
    for x in (column - 1, column, column + 1):
        for y in (row - 1, row, row + 1):
            yield from cells.get((x, y), ())

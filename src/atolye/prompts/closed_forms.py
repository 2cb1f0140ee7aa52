"""Volumes of the part families by formula, to judge a reading without building it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

Fields = Mapping[str, Any]


def volume_mm3(family: str, kernel_fields: Fields) -> float | None:
    """The volume of a part from what its builder gets; ``None`` without a formula (gears, bearings.

    Keyways).
    """
    formula = _FORMULAS.get(family)
    return None if formula is None else formula(kernel_fields)


def _disc(diameter: float) -> float:
    return math.pi * diameter**2 / 4


def _box(f: Fields) -> float:
    return float(f["length"] * f["width"] * f["height"])


def _block_with_hole(f: Fields) -> float:
    return float(_box(f) - _disc(f["hole_diameter"]) * f["height"])


def _plate(f: Fields) -> float:
    corners = (4 - math.pi) * f["corner_radius"] ** 2
    holes = sum(_disc(group["diameter"]) * len(group["positions"]) for group in f["holes"])
    return float((f["length"] * f["width"] - corners - holes) * f["thickness"])


def _enclosure(f: Fields) -> float:
    wall = f["wall_thickness"]
    depth = f["height"] - wall * (1 if f["open_top"] else 2)
    return float(_box(f) - (f["length"] - 2 * wall) * (f["width"] - 2 * wall) * depth)


def _cylinder(f: Fields) -> float:
    return float(_disc(f["diameter"]) * f["length"])


def _tube(f: Fields) -> float:
    return float((_disc(f["outer_diameter"]) - _disc(f["inner_diameter"])) * f["length"])


def _cone(f: Fields) -> float:
    a, b = f["base_diameter"], f["top_diameter"]
    return float(math.pi * f["height"] * (a * a + a * b + b * b) / 12)


def _sphere(f: Fields) -> float:
    return float(math.pi * f["diameter"] ** 3 / 6)


def _flange(f: Fields) -> float:
    bolts = f["bolt_count"] * _disc(f["bolt_hole_diameter"])
    return float((_disc(f["outer_diameter"]) - _disc(f["bore_diameter"]) - bolts) * f["thickness"])


def _shaft(f: Fields) -> float | None:
    if f["keyway"] is not None:
        return None
    chamfer = f["chamfer"]
    ends = sum(_chamfered_off(f["steps"][index]["diameter"], chamfer) for index in (0, -1))
    return sum(_cylinder(step) for step in f["steps"]) - ends


def _chamfered_off(diameter: float, chamfer: float) -> float:
    """What a chamfer of 45° takes from one end: a cylinder less a frustum."""
    inner = diameter - 2 * chamfer
    frustum = math.pi * chamfer * (diameter**2 + diameter * inner + inner**2) / 12
    return _disc(diameter) * chamfer - frustum


def _l_bracket(f: Fields) -> float:
    face = f["thickness"] * (f["leg_a"] + f["leg_b"] - f["thickness"])
    return float((face + (1 - math.pi / 4) * f["fillet_radius"] ** 2) * f["width"])


def _hexagon(across_flats: float) -> float:
    return math.sqrt(3) / 2 * across_flats**2


def _hex_screw(f: Fields) -> float:
    return float(_hexagon(f["across_flats"]) * f["head_height"] + _disc(f["diameter"]) * f["length"])


def _hex_nut(f: Fields) -> float:
    return float((_hexagon(f["across_flats"]) - _disc(f["diameter"])) * f["height"])


_FORMULAS: Final[dict[str, Callable[[Fields], float | None]]] = {
    "box": _box,
    "block_with_hole": _block_with_hole,
    "plate": _plate,
    "enclosure": _enclosure,
    "cylinder": _cylinder,
    "tube": _tube,
    "cone": _cone,
    "sphere": _sphere,
    "flange": _flange,
    "shaft": _shaft,
    "l_bracket": _l_bracket,
    "hex_screw": _hex_screw,
    "hex_nut": _hex_nut,
}

"""Parts that the family tests build, and what is changed in each afterwards.

Plain data: the engine's side reads it as JSON.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """A part, and a change made to its saved document's spreadsheet.

    Attributes:
        edits: alias → value that is set after reopening.
        changed: the fields that describe the part then.
    """

    name: str
    family: str
    fields: dict[str, Any]
    edits: dict[str, float] = field(default_factory=dict)
    changed: dict[str, Any] = field(default_factory=dict)

    @property
    def fields_after(self) -> dict[str, Any]:
        return {**self.fields, **(self.changed or self.edits)}


def _circle(x: float, y: float, diameter: float, count: int, start_deg: float = 0.0) -> list[list[float]]:
    turns = (math.radians(start_deg) + 2 * math.pi * number / count for number in range(count))
    return [
        [round(x + diameter / 2 * math.cos(t), 6), round(y + diameter / 2 * math.sin(t), 6)] for t in turns
    ]


def _grid(columns: int, rows: int, x: float, y: float, pitch_x: float, pitch_y: float) -> list[list[float]]:
    return [[x + pitch_x * column, y + pitch_y * row] for row in range(rows) for column in range(columns)]


def _corners(length: float, width: float, x: float, y: float) -> list[list[float]]:
    return [[x, y], [length - x, y], [length - x, width - y], [x, width - y]]


BLOCK = {"length": 73.3, "width": 41.7, "height": 19.9, "hole_diameter": 7.7}
FLANGE = {
    "outer_diameter": 115.0,
    "thickness": 16.3,
    "bore_diameter": 32.9,
    "bolt_circle_diameter": 85.0,
    "bolt_count": 7,
    "bolt_hole_diameter": 13.7,
}
BRACKET = {"leg_a": 61.3, "leg_b": 43.7, "width": 31.9, "thickness": 5.3, "fillet_radius": 0.0}
SHAFT_STEPS = [
    {"diameter": 24.7, "length": 31.3},
    {"diameter": 30.0, "length": 52.9},
    {"diameter": 30.0, "length": 10.1},
    {"diameter": 19.3, "length": 22.7},
]
KEYWAY = {"width": 8.0, "depth": 4.0, "length": 36.0, "position": 57.7, "step": 2}
PLATE = {"length": 197.3, "width": 103.9, "thickness": 8.7, "corner_radius": 0.0, "holes": []}
SCREW = {
    "designation": "M8x20",
    "diameter": 8.0,
    "length": 20.0,
    "head_height": 5.3,
    "across_flats": 13.0,
    "pitch": 1.25,
}
NUT = {"designation": "M8", "diameter": 8.0, "height": 6.8, "across_flats": 13.0, "pitch": 1.25}
BEARING = {
    "designation": "6204",
    "bore": 20.0,
    "outer_diameter": 47.0,
    "width": 14.0,
    "ball_count": 8,
    "ball_diameter": 7.938,
    "pitch_diameter": 33.5,
    "inner_shoulder_diameter": 28.8,
    "outer_shoulder_diameter": 38.2,
    "groove_radius": 4.128,
}

CASES: list[Case] = [
    Case("block_odd", "block_with_hole", BLOCK, {"length": 91.1, "hole_diameter": 11.3}),
    Case(
        "block_sample",
        "block_with_hole",
        {"length": 100.0, "width": 50.0, "height": 30.0, "hole_diameter": 10.0},
        {"height": 12.5},
    ),
    Case(
        "block_tiny",
        "block_with_hole",
        {"length": 0.7, "width": 0.5, "height": 0.3, "hole_diameter": 0.1},
        {"width": 0.9},
    ),
    Case("box_odd", "box", {"length": 73.3, "width": 41.7, "height": 19.9}, {"width": 12.1}),
    Case("cylinder_odd", "cylinder", {"diameter": 17.3, "length": 41.9}, {"diameter": 23.1}),
    Case(
        "cone_pointed", "cone", {"base_diameter": 31.7, "top_diameter": 0.0, "height": 43.3}, {"height": 11.9}
    ),
    Case(
        "cone_frustum",
        "cone",
        {"base_diameter": 31.7, "top_diameter": 12.9, "height": 43.3},
        {"top_diameter": 41.1},
    ),
    Case("sphere_odd", "sphere", {"diameter": 33.7}, {"diameter": 11.9}),
    Case(
        "tube_odd",
        "tube",
        {"outer_diameter": 33.7, "inner_diameter": 27.3, "length": 61.9},
        {"inner_diameter": 30.1, "length": 20.3},
    ),
    Case(
        "enclosure_open",
        "enclosure",
        {"length": 91.3, "width": 61.7, "height": 33.1, "wall_thickness": 2.3, "open_top": True},
        {"wall_thickness": 3.7},
    ),
    Case(
        "enclosure_closed",
        "enclosure",
        {"length": 91.3, "width": 61.7, "height": 33.1, "wall_thickness": 2.3, "open_top": False},
        {"height": 51.3},
    ),
    Case("bracket_sharp", "l_bracket", BRACKET, {"leg_b": 71.9, "thickness": 3.1}),
    Case(
        "bracket_round",
        "l_bracket",
        {**BRACKET, "fillet_radius": 6.1},
        {"leg_a": 80.3, "thickness": 7.7, "fillet_radius": 9.3},
    ),
    Case("flange_seven", "flange", FLANGE, {"bolt_count": 5, "bore_diameter": 41.3}),
    Case("flange_one", "flange", {**FLANGE, "bolt_count": 1}, {"thickness": 9.1}),
    Case(
        "shaft_plain",
        "shaft",
        {"steps": [{"diameter": 21.3, "length": 77.9}], "chamfer": 0.0, "keyway": None},
        {"step1_diameter": 33.1},
        {"steps": [{"diameter": 33.1, "length": 77.9}]},
    ),
    Case(
        "shaft_stepped",
        "shaft",
        {"steps": SHAFT_STEPS, "chamfer": 1.3, "keyway": None},
        {"chamfer": 0.7, "step3_length": 25.3},
        {
            "chamfer": 0.7,
            "steps": [*SHAFT_STEPS[:2], {"diameter": 30.0, "length": 25.3}, SHAFT_STEPS[3]],
        },
    ),
    Case(
        "shaft_keyed",
        "shaft",
        {"steps": SHAFT_STEPS, "chamfer": 1.3, "keyway": KEYWAY},
        {"keyway_depth": 5.1, "keyway_length": 29.3, "keyway_position": 60.1, "step4_diameter": 35.9},
        {
            "keyway": {**KEYWAY, "depth": 5.1, "length": 29.3, "position": 60.1},
            "steps": [*SHAFT_STEPS[:3], {"diameter": 35.9, "length": 22.7}],
        },
    ),
    Case("plate_plain", "plate", PLATE, {"thickness": 3.3}),
    Case(
        "plate_rounded",
        "plate",
        {
            **PLATE,
            "corner_radius": 9.7,
            "holes": [
                {"kind": "center", "diameter": 31.3, "positions": [[98.65, 51.95]]},
                {"kind": "corners", "diameter": 6.6, "positions": _corners(197.3, 103.9, 11.3, 12.7)},
            ],
        },
        {"length": 151.1, "corner_radius": 4.9},
        {
            "length": 151.1,
            "corner_radius": 4.9,
            "holes": [
                {"kind": "center", "diameter": 31.3, "positions": [[75.55, 51.95]]},
                {"kind": "corners", "diameter": 6.6, "positions": _corners(151.1, 103.9, 11.3, 12.7)},
            ],
        },
    ),
    Case(
        "plate_grid",
        "plate",
        {
            **PLATE,
            "holes": [{"kind": "grid", "diameter": 5.3, "positions": _grid(4, 3, 21.1, 17.3, 13.7, 19.1)}],
        },
        {"hole1_columns": 6, "hole1_pitch_y": 23.3},
        {"holes": [{"kind": "grid", "diameter": 5.3, "positions": _grid(6, 3, 21.1, 17.3, 13.7, 23.3)}]},
    ),
    Case(
        "plate_centred_grid",
        "plate",
        {
            **PLATE,
            "length": 200.0,
            "width": 100.0,
            "holes": [{"kind": "grid", "diameter": 5.3, "positions": _grid(3, 2, 80.0, 40.0, 20.0, 20.0)}],
        },
        {"length": 120.0, "hole1_diameter": 7.1},
        {
            "length": 120.0,
            "holes": [{"kind": "grid", "diameter": 7.1, "positions": _grid(3, 2, 40.0, 40.0, 20.0, 20.0)}],
        },
    ),
    Case(
        "plate_bolt_circle",
        "plate",
        {
            **PLATE,
            "holes": [
                {"kind": "bolt_circle", "diameter": 6.1, "positions": _circle(98.65, 51.95, 71.3, 5)},
                {"kind": "bolt_circle", "diameter": 3.3, "positions": _circle(30.7, 33.3, 27.1, 3, 20.0)},
                {
                    "kind": "bolt_circle",
                    "diameter": 4.7,
                    "circle_diameter": 93.1,
                    "start_angle_deg": 33.0,
                    "count": 4,
                    "positions": _circle(98.65, 51.95, 93.1, 4, 33.0),
                },
            ],
        },
        {"hole1_count": 8, "hole2_circle_diameter": 33.9, "width": 110.1},
        {
            "width": 110.1,
            "holes": [
                {"kind": "bolt_circle", "diameter": 6.1, "positions": _circle(98.65, 55.05, 71.3, 8)},
                {"kind": "bolt_circle", "diameter": 3.3, "positions": _circle(30.7, 33.3, 33.9, 3, 20.0)},
                {"kind": "bolt_circle", "diameter": 4.7, "positions": _circle(98.65, 55.05, 93.1, 4, 33.0)},
            ],
        },
    ),
    Case(
        "plate_free",
        "plate",
        {
            **PLATE,
            "corner_radius": 5.3,
            "holes": [
                {"kind": "at", "diameter": 7.7, "positions": [[30.1, 20.3], [61.7, 71.9], [140.3, 33.1]]},
                {"kind": "at", "diameter": 12.9, "positions": [[171.1, 80.7]]},
            ],
        },
        {"hole1_x2": 99.9, "hole1_diameter": 4.1, "thickness": 11.3, "hole2_y": 60.3},
        {
            "thickness": 11.3,
            "holes": [
                {"kind": "at", "diameter": 4.1, "positions": [[30.1, 20.3], [99.9, 71.9], [140.3, 33.1]]},
                {"kind": "at", "diameter": 12.9, "positions": [[171.1, 60.3]]},
            ],
        },
    ),
    Case(
        "plate_many_free",
        "plate",
        {
            **PLATE,
            "holes": [
                {
                    "kind": "at",
                    "diameter": 3.3,
                    "positions": [[9.1 + 9 * (n % 20), 9.3 + 9 * (n // 20) + n % 3] for n in range(60)],
                }
            ],
        },
        {"hole1_diameter": 2.9},
        {
            "holes": [
                {
                    "kind": "at",
                    "diameter": 2.9,
                    "positions": [[9.1 + 9 * (n % 20), 9.3 + 9 * (n // 20) + n % 3] for n in range(60)],
                }
            ]
        },
    ),
    Case(
        "plate_sieve",
        "plate",
        {
            **PLATE,
            "length": 210.0,
            "width": 210.0,
            "holes": [{"kind": "grid", "diameter": 4.0, "positions": _grid(20, 20, 10.0, 10.0, 10.0, 10.0)}],
        },
    ),
    Case("screw_m8", "hex_screw", SCREW, {"length": 45.0, "across_flats": 15.0}),
    Case(
        "screw_m24",
        "hex_screw",
        {
            "designation": "M24x100",
            "diameter": 24.0,
            "length": 100.0,
            "head_height": 15.0,
            "across_flats": 36.0,
            "pitch": 3.0,
        },
        {"diameter": 20.0},
    ),
    Case("nut_m8", "hex_nut", NUT, {"diameter": 9.0, "height": 4.0}),
    Case("bearing_6204", "deep_groove_bearing", BEARING, {"ball_count": 7, "width": 16.0}),
    Case(
        "bearing_6000",
        "deep_groove_bearing",
        {
            "designation": "6000",
            "bore": 10.0,
            "outer_diameter": 26.0,
            "width": 8.0,
            "ball_count": 7,
            "ball_diameter": 4.763,
            "pitch_diameter": 18.0,
            "inner_shoulder_diameter": 15.2,
            "outer_shoulder_diameter": 20.8,
            "groove_radius": 2.477,
        },
        {"outer_diameter": 28.0},
    ),
]


def gear(
    module: float,
    teeth: int,
    *,
    bore: float = 0.0,
    alpha: float = 20.0,
    shift: float = 0.0,
    face: float = 11.3,
) -> dict[str, Any]:
    return {
        "module": module,
        "teeth": teeth,
        "face_width": face,
        "bore_diameter": bore,
        "pressure_angle_deg": alpha,
        "profile_shift": shift,
    }


GEARS: list[Case] = [
    Case("gear_z20", "spur_gear", gear(2.0, 20, bore=10.0), {"face_width": 23.9, "bore_diameter": 12.3}),
    Case("gear_z17", "spur_gear", gear(2.5, 17), {"module": 4.0}),
    Case("gear_z12", "spur_gear", gear(3.0, 12, bore=8.0), {"module": 1.5}),
    Case("gear_z7", "spur_gear", gear(5.0, 7), {"face_width": 30.1}),
    Case("gear_shifted", "spur_gear", gear(1.75, 13, shift=0.4), {"module": 2.75}),
    Case("gear_thinned", "spur_gear", gear(10.0, 31, shift=-0.35, bore=61.7), {"bore_diameter": 80.0}),
    Case("gear_steep", "spur_gear", gear(3.7, 33, alpha=25.0, bore=20.0), {"module": 5.0}),
    Case("gear_flat", "spur_gear", gear(2.0, 40, alpha=14.5), {"module": 3.0}),
    Case("gear_z120", "spur_gear", gear(1.0, 120, bore=30.0), {"face_width": 5.0}),
    Case(
        "gear_at_the_limit_of_undercut",
        "spur_gear",
        gear(2.0, 16, shift=round(1 - 16 * math.sin(math.radians(20)) ** 2 / 2, 6)),
        {"module": 2.5},
    ),
]

REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "gear_pointed": ("spur_gear", gear(2.0, 8, shift=0.9), "GEAR_TEETH_POINTED"),
    "gear_of_four_teeth": ("spur_gear", gear(2.0, 4, shift=-0.4), "GEAR_TEETH_UNDERCUT"),
    "gear_too_steep": ("spur_gear", gear(2.0, 30, alpha=35.0), "GEAR_RACK_IMPOSSIBLE"),
    "gear_all_bore": ("spur_gear", gear(2.0, 20, bore=35.0), "GEAR_BORE_TOO_LARGE"),
    "plate_all_corner": ("plate", {**PLATE, "corner_radius": 51.95}, "FC_FILLET_CHAMFER_FAILED"),
    "bearing_of_crowded_balls": (
        "deep_groove_bearing",
        {**BEARING, "ball_count": 14},
        "BEARING_GEOMETRY_INVALID",
    ),
    "bearing_of_tight_grooves": (
        "deep_groove_bearing",
        {**BEARING, "groove_radius": 3.9},
        "BEARING_GEOMETRY_INVALID",
    ),
    "bearing_of_thin_rings": (
        "deep_groove_bearing",
        {**BEARING, "bore": 26.0},
        "BEARING_GEOMETRY_INVALID",
    ),
}

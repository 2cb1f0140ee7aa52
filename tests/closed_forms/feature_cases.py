"""Feature trees with the volumes that formulas give, as built and after an edit of their spreadsheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Case:
    """A request's parameters and operations; ``volume`` takes the parameters' plain values."""

    name: str
    operations: list[dict[str, Any]]
    volume: Callable[[Numbers], float]
    parameters: dict[str, Any] = field(default_factory=dict)
    edits: dict[str, float] = field(default_factory=dict)
    relative: float = 1e-9
    box: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    result: list[str] | None = None
    solids: int = 1
    loose_sketches: int = 0
    """Sketches that may still move."""

    @property
    def plain(self) -> dict[str, float]:
        """The parameters that are numbers."""
        return {name: value for name, value in self.parameters.items() if isinstance(value, int | float)}

    def request(self) -> dict[str, Any]:
        made: dict[str, Any] = {"parameters": self.parameters, "operations": self.operations}
        if self.result is not None:
            made["result"] = self.result
        return {"family": "features", "parameters": made, "material": "steel"}


def _rectangle(width: Any, height: Any, **more: Any) -> dict[str, Any]:
    return {"kind": "rectangle", "width": width, "height": height, **more}


def _sketch(name: str, *curves: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "op": "sketch", "curves": list(curves), **more}


LWH = {"L": 60, "W": 40, "H": 20}
BLOCK = {"id": "block", "op": "box", "length": "L", "width": "W", "height": "H"}


def _block(p: Numbers) -> float:
    return p["L"] * p["W"] * p["H"]


def _prismatoid(p: Numbers, top_length: float, top_width: float) -> float:
    length, width, height = p["L"], p["W"], p["H"]
    middle = (length + top_length) * (width + top_width) / 4
    return height / 6 * (length * width + 4 * middle + top_length * top_width)


def _frustum(base: float, top: float, height: float) -> float:
    return math.pi * height / 12 * (base**2 + base * top + top**2)


def _lens(radius: float, distance: float) -> float:
    """Common volume of two balls of one radius."""
    return math.pi * (4 * radius + distance) * (2 * radius - distance) ** 2 / 12


PRIMITIVES = [
    Case("box", [BLOCK], _block, LWH, {"L": 75, "H": 11}, box=((0, 0, 0), (60, 40, 20))),
    Case(
        "box_moved_and_laid",
        [{**BLOCK, "position": ["L", 5, "H / 2"], "axis": "x"}],
        _block,
        LWH,
        {"L": 70},
        # +Z turned to +X over the shortest way takes X to −Z
        box=((60, 5, 10 - 60), (80, 45, 10)),
    ),
    Case(
        "box_spun_by_an_expression",
        [{**BLOCK, "rotation": "turn * 2", "position": ["W", 0, 0]}],
        _block,
        {**LWH, "turn": "45 deg"},
        {"L": 70},
        box=((0, 0, 0), (40, 60, 20)),
    ),
    Case(
        "box_of_tangled_expressions",
        [{"op": "box", "length": "a", "width": "e", "height": "b + c"}],
        lambda p: (p["L"] - (p["W"] - 10) / 2 - 5) * (16 * p["W"] / 8) * (p["L"] / (p["W"] / 20) / 3 + 6),
        {
            **LWH,
            "a": "L - (W - 10)/2 - 5",
            "b": "L / (W / 20) / 3",
            "c": "max(3; round(W / 7), abs(-2 mm))",
            "e": "2^2^2 * W / 8 - -(-2^2 + 4)",
        },
        {"L": 66},
    ),
    Case(
        "cylinder",
        [{"op": "cylinder", "diameter": "d", "height": "3 * d", "axis": "-z", "position": [1, 2, 3]}],
        lambda p: math.pi / 4 * p["d"] ** 2 * 3 * p["d"],
        {"d": 12},
        {"d": 7.5},
        box=((-5, -4, -33), (7, 8, 3)),
    ),
    Case(
        "sphere",
        [{"op": "sphere", "radius": "r"}],
        lambda p: 4 / 3 * math.pi * p["r"] ** 3,
        {"r": 9.3},
        {"r": 4},
    ),
    Case(
        "cone",
        [{"op": "cone", "base_diameter": "b", "top_diameter": "b / 3", "height": 25}],
        lambda p: _frustum(p["b"], p["b"] / 3, 25),
        {"b": 18},
        {"b": 30},
    ),
    Case(
        "pointed_cone",
        [{"op": "koni", "taban çapı": 20, "üst çap": 0, "yükseklik": 15}],
        lambda p: _frustum(20, 0, 15),
    ),
    Case(
        "torus",
        [{"op": "torus", "major_radius": "R", "minor_radius": "R / 4"}],
        lambda p: 2 * math.pi**2 * p["R"] * (p["R"] / 4) ** 2,
        {"R": 20},
        {"R": 31},
        box=((-25, -25, -5), (25, 25, 5)),
    ),
    Case(
        "wedge",
        [
            {
                "op": "wedge", "length": "L", "width": "W", "height": "H",
                "top_length": "L / 2", "top_width": 10, "top_offset_x": 5, "top_offset_y": "W / 4",
            }
        ],
        lambda p: _prismatoid(p, p["L"] / 2, 10),
        LWH,
        {"L": 50},
        box=((0, 0, 0), (60, 40, 20)),
    ),
    Case(
        "roof",
        [{**BLOCK, "op": "wedge", "top_length": 0, "top_offset_x": "L / 2"}],
        lambda p: p["L"] * p["W"] * p["H"] / 2,
        LWH,
        {"W": 33},
    ),
    Case(
        "prism_by_across_flats",
        [{"op": "prism", "sides": 6, "across_flats": "s", "height": 10}],
        lambda p: math.sqrt(3) / 2 * p["s"] ** 2 * 10,
        {"s": 13},
        {"s": 17},
    ),
    Case(
        "prism_by_diameter",
        [{"op": "prism", "sides": "n", "diameter": 20, "height": 10}],
        lambda p: p["n"] / 2 * 100 * math.sin(2 * math.pi / p["n"]) * 10,
        {"n": 5},
        {"n": 8},
    ),
]  # fmt: skip


def _triangle_of(p: Numbers) -> float:
    return p["a"] * p["b"] / 2


SKETCHED = [
    Case(
        "pad_of_a_polygon",
        [
            _sketch("tri", {"kind": "polyline", "points": [[0, 0], ["a", 0], [0, "b"]]}),
            {"op": "pad", "sketch": "tri", "length": "h"},
        ],
        lambda p: _triangle_of(p) * p["h"],
        {"a": 30, "b": 20, "h": 7},
        {"a": 45, "b": 12, "h": 9},
        box=((0, 0, 0), (30, 20, 7)),
    ),
    Case(
        "pad_on_xz",
        [
            _sketch("r", _rectangle(20, 10, corner=[1, 2]), plane="xz", offset=4),
            {"op": "pad", "length": 5},
        ],
        lambda p: 1000.0,
        box=((1, 4, 2), (21, 9, 12)),
    ),
    Case(
        "pad_on_yz",
        [
            _sketch("r", _rectangle(20, 10, corner=[1, 2]), plane="yz", offset="o"),
            {"op": "pad", "length": 5},
        ],
        lambda p: 1000.0,
        {"o": 4},
        box=((4, 1, 2), (9, 21, 12)),
    ),
    Case(
        "pad_symmetric_and_two_sided",
        [
            _sketch("r", _rectangle(20, 10)),
            {"op": "pad", "length": 6, "symmetric": True},
            _sketch("s", _rectangle(4, 4)),
            {"op": "pad", "length": 5, "length2": 8},
        ],
        lambda p: 200 * 6 + 16 * (13 - 6),
        box=((-10, -5, -8), (10, 5, 5)),
    ),
    Case(
        "pad_tapered",
        [
            _sketch("s", _rectangle(20, 20)),
            {"op": "pad", "length": 10, "taper": "angle"},
        ],
        lambda p: (
            10
            / 3
            * (
                400
                + 400 * (1 + math.tan(math.radians(p["angle"])))
                + 400 * (1 + math.tan(math.radians(p["angle"]))) ** 2
            )
        ),
        {"angle": 10},
        {"angle": 5},
        relative=1e-7,
    ),
    Case(
        "pad_of_a_slot_with_a_hole",
        [
            _sketch(
                "s",
                {"kind": "slot", "start": [0, 0], "end": ["c", 0], "width": "w"},
                {"kind": "circle", "diameter": "w / 2"},
            ),
            {"op": "pad", "length": 4},
        ],
        lambda p: (p["c"] * p["w"] + math.pi / 4 * p["w"] ** 2 - math.pi / 16 * p["w"] ** 2) * 4,
        {"c": 25, "w": 10},
        {"c": 31, "w": 8},
    ),
    Case(
        "pad_of_a_slanted_slot",
        [
            _sketch("s", {"kind": "slot", "start": [1, 2], "end": ["a + 1", "b + 2"], "width": 6}),
            {"op": "pad", "length": 4},
        ],
        lambda p: (math.hypot(p["a"], p["b"]) * 6 + math.pi * 9) * 4,
        {"a": 12, "b": 9},
        {"a": 20, "b": 15},
    ),
    Case(
        "pad_of_arcs",
        [
            _sketch(
                "d",
                {"kind": "line", "start": ["-r", 0], "end": ["r", 0]},
                {"kind": "arc", "start": ["r", 0], "end": ["-r", 0], "through": [0, "r"]},
            ),
            {"op": "pad", "length": 3},
        ],
        lambda p: math.pi / 2 * p["r"] ** 2 * 3,
        {"r": 11},
        {"r": 6},
    ),
    Case(
        "pad_of_a_segment_by_radius",
        [
            _sketch(
                "d",
                {"kind": "line", "start": [-6, 0], "end": [6, 0]},
                {"kind": "arc", "start": [6, 0], "end": [-6, 0], "radius": 10},
            ),
            {"op": "pad", "length": 3},
        ],
        lambda p: 3 * (100 * math.asin(0.6) - 6 * 8),
        box=((-6, 0, 0), (6, 2, 3)),
    ),
    Case(
        "pad_of_a_quarter_by_angles",
        [
            _sketch(
                "q",
                {"kind": "arc", "center": [0, 0], "radius": "r", "start_angle": 0, "end_angle": 90},
                {"kind": "line", "start": [0, "r"], "end": [0, 0]},
                {"kind": "line", "start": [0, 0], "end": ["r", 0]},
            ),
            {"op": "pad", "length": 3},
        ],
        lambda p: math.pi / 4 * p["r"] ** 2 * 3,
        {"r": 8},
        {"r": 13},
    ),
    Case(
        "pad_of_a_hexagon",
        [
            _sketch("h", {"kind": "polygon", "sides": 6, "across_flats": "s"}),
            {"op": "pad", "length": 10},
        ],
        lambda p: math.sqrt(3) / 2 * p["s"] ** 2 * 10,
        {"s": 13},
        {"s": 19},
    ),
    Case(
        "pad_of_a_constrained_sketch",
        [
            _sketch(
                "s",
                {"kind": "line", "id": "base", "start": [0, 0], "end": [29, 1]},
                {"kind": "line", "id": "right", "start": [29, 1], "end": [31, 18]},
                {"kind": "line", "id": "top", "start": [31, 18], "end": [1, 19]},
                {"kind": "line", "id": "left", "start": [1, 19], "end": [0, 0]},
                constraints=[
                    {"type": "coincident", "a": "base.start", "b": "origin"},
                    {"type": "horizontal", "a": "base"},
                    {"type": "parallel", "a": "top", "b": "base"},
                    {"type": "perpendicular", "a": "base", "b": "right"},
                    {"type": "vertical", "a": "left"},
                    {"type": "distance", "a": "base", "value": "w"},
                    {"type": "distance_y", "a": "left.start", "value": "h"},
                ],
                require_constrained=True,
            ),
            {"op": "pad", "length": 5},
        ],
        lambda p: p["w"] * p["h"] * 5,
        {"w": 30, "h": 18},
        {"w": 42, "h": 10},
    ),
    Case(
        "pad_of_a_spline",
        [
            _sketch(
                "s",
                {"kind": "spline", "points": [[0, 0], [10, 4], [20, 0]]},
                {"kind": "line", "start": [20, 0], "end": [20, -10]},
                {"kind": "line", "start": [20, -10], "end": [0, -10]},
                {"kind": "line", "start": [0, -10], "end": [0, 0]},
            ),
            {"op": "pad", "length": 5},
        ],
        # the natural cubic through three points: ∫ is 5/8 of base × height for equal spans
        lambda p: 5 * (20 * 10 + 5 / 8 * 20 * 4),
        relative=2e-2,
    ),
    Case(
        "pocket_blind_into_the_top",
        [
            BLOCK,
            _sketch("s", {"kind": "circle", "center": ["L / 2", "W / 2"], "diameter": "d"}, face="top"),
            {"op": "pocket", "depth": "H / 4"},
        ],
        lambda p: _block(p) - math.pi / 4 * p["d"] ** 2 * p["H"] / 4,
        {**LWH, "d": 14},
        {"L": 80, "H": 28, "d": 9},
    ),
    Case(
        "pocket_through_a_side",
        [
            BLOCK,
            _sketch(
                "s",
                {"kind": "circle", "center": [10, 7], "diameter": 6},
                face={"normal": "-y", "type": "plane"},
            ),
            {"op": "pocket", "through": True},
        ],
        lambda p: _block(p) - math.pi * 9 * p["W"],
        LWH,
        {"W": 55},
    ),
    Case(
        "pocket_both_ways_from_a_plane",
        [
            BLOCK,
            _sketch(
                "s",
                {"kind": "circle", "center": ["L / 2", "W / 2"], "diameter": 6},
                plane="xy",
                offset="H / 2",
            ),
            {"op": "pocket", "through": True, "symmetric": True},
        ],
        lambda p: _block(p) - math.pi * 9 * p["H"],
        LWH,
        {"H": 31},
    ),
    Case(
        "revolution_by_pappus",
        [
            _sketch("p", _rectangle("w", 10, corner=["R - w / 2", 0]), plane="xz"),
            {"op": "revolution", "axis": "z"},
        ],
        lambda p: 2 * math.pi * p["R"] * p["w"] * 10,
        {"R": 25, "w": 8},
        {"R": 40, "w": 6},
    ),
    Case(
        "revolution_by_part",
        [
            _sketch("p", {"kind": "circle", "center": ["R", 0], "diameter": 6}),
            {"op": "revolution", "axis": "sketch_y", "angle": "a", "symmetric": True},
        ],
        lambda p: math.radians(p["a"]) * p["R"] * math.pi * 9,
        {"R": 25, "a": 120},
        {"R": 30, "a": 90},
    ),
    Case(
        "groove",
        [
            {"id": "rod", "op": "cylinder", "diameter": "D", "height": 50},
            _sketch("p", _rectangle("t", 4, corner=["D / 2 - t", 20]), plane="xz"),
            {"op": "groove", "axis": "z"},
        ],
        lambda p: math.pi / 4 * (p["D"] ** 2 * 50 - (p["D"] ** 2 - (p["D"] - 2 * p["t"]) ** 2) * 4),
        {"D": 30, "t": 3},
        {"D": 26, "t": 2},
    ),
    Case(
        "loft_between_squares",
        [
            _sketch("a", _rectangle("s", "s")),
            _sketch("b", _rectangle("s / 2", "s / 2"), offset="h"),
            {"op": "loft", "sections": ["a", "b"], "ruled": True},
        ],
        lambda p: p["h"] / 3 * (p["s"] ** 2 + p["s"] ** 2 / 4 + p["s"] ** 2 / 2),
        {"s": 20, "h": 30},
        {"s": 26, "h": 12},
    ),
    Case(
        "loft_between_circles",
        [
            _sketch("a", {"kind": "circle", "diameter": 30}),
            _sketch("b", {"kind": "circle", "diameter": 10}, offset=30),
            {"op": "loft", "profiles": ["sketch:a", "sketch:b"]},
        ],
        lambda p: _frustum(30, 10, 30),
        relative=1e-6,
    ),
    Case(
        "loft_that_cuts",
        [
            BLOCK,
            _sketch("a", _rectangle(10, 10, center=["L / 2", "W / 2"])),
            _sketch("b", _rectangle(20, 20, center=["L / 2", "W / 2"]), offset="H"),
            {"op": "loft", "sections": ["a", "b"], "mode": "cut", "ruled": True},
        ],
        lambda p: _block(p) - p["H"] / 3 * (100 + 200 + 400),
        LWH,
        {"H": 26},
    ),
    Case(
        "sweep_along_a_bent_path",
        [
            _sketch("p", {"kind": "circle", "diameter": "d"}, plane="yz"),
            _sketch(
                "path",
                {"kind": "line", "start": [0, 0], "end": ["a", 0]},
                {"kind": "arc", "start": ["a", 0], "end": ["a + r", "r"], "center": ["a", "r"]},
                {"kind": "line", "start": ["a + r", "r"], "end": ["a + r", "r + 15"]},
            ),
            {"op": "sweep", "profile": "p", "path": "path"},
        ],
        lambda p: math.pi / 4 * p["d"] ** 2 * (p["a"] + math.pi / 2 * p["r"] + 15),
        {"d": 6, "a": 20, "r": 12},
        {"d": 4, "a": 25, "r": 16},
        relative=1e-6,
    ),
    Case(
        "sweep_of_a_rectangle_along_an_s_curve",
        [
            _sketch("p", _rectangle(6, 4), plane="yz"),
            _sketch(
                "path",
                {"kind": "arc", "start": [0, 0], "end": [20, 20], "center": [0, 20]},
                {"kind": "arc", "start": [20, 20], "end": [40, 40], "center": [40, 20], "clockwise": True},
            ),
            {"op": "sweep", "profile": "p", "path": "path"},
        ],
        lambda p: 24 * 2 * math.pi / 2 * 20,
        relative=1e-5,
    ),
    Case(
        "helix_that_cuts_a_thread",
        [
            {"op": "cylinder", "diameter": 20, "height": 30},
            _sketch("v", {"kind": "polyline", "points": [[9, 4], [11, 3], [11, 5]]}, plane="xz"),
            {"op": "helix", "axis": "z", "pitch": 4, "height": 20, "mode": "cut"},
        ],
        # what lies within the rod is a triangle 1 mm wide and deep, its centroid 1/3 mm below the surface
        lambda p: math.pi * 100 * 30 - 5 * 2 * math.pi * (10 - 1 / 3) * 0.5,
        relative=1e-5,
    ),
    Case(
        "helix_to_the_left_by_its_height",
        [
            _sketch("p", {"kind": "circle", "center": [20, 0], "diameter": 5}, plane="xz"),
            {"op": "helix", "axis": "z", "pitch": "q", "height": 30, "left_handed": True},
        ],
        lambda p: 30 / p["q"] * 2 * math.pi * 20 * math.pi * 6.25,
        {"q": 8},
        {"q": 10},
        relative=1e-4,
    ),
    Case(
        "helix",
        [
            _sketch("p", {"kind": "circle", "center": ["R", 0], "diameter": 2}, plane="xz"),
            {"op": "helix", "axis": "z", "pitch": "q", "turns": 3},
        ],
        # a circle in the plane of the axis sweeps its area over 2πR a turn, whatever the pitch
        lambda p: 3 * math.pi * 2 * math.pi * p["R"],
        {"R": 15, "q": 6},
        {"R": 12, "q": 5},
        relative=1e-4,
    ),
]

DRESSED = [
    Case(
        "fillet_of_one_edge",
        [
            BLOCK,
            {"op": "fillet", "radius": "r", "edges": {"parallel": "x", "near": [30, 0, 20], "expect": 1}},
        ],
        lambda p: _block(p) - (1 - math.pi / 4) * p["r"] ** 2 * p["L"],
        {**LWH, "r": 4},
        {"r": 6, "L": 71},
    ),
    Case(
        "fillet_of_upright_edges",
        [BLOCK, {"op": "yuvarla", "yarıçap": "r", "kenarlar": {"paralel": "z", "beklenen": 4}}],
        lambda p: _block(p) - 4 * (1 - math.pi / 4) * p["r"] ** 2 * p["H"],
        {**LWH, "r": 4},
        {"r": 7, "H": 30},
    ),
    Case(
        "fillet_by_index",
        [
            {"id": "b", "op": "box", "length": 30, "width": 30, "height": 30},
            {"op": "fillet", "r": 2, "edges": [1, 3, 5]},
        ],
        lambda p: 30**3 - 3 * (1 - math.pi / 4) * 4 * 30,  # three upright edges of a box
    ),
    Case(
        "chamfers",
        [
            BLOCK,
            {"op": "chamfer", "size": "c", "edges": {"parallel": "z", "position": "left", "expect": 2}},
            {"op": "chamfer", "size": 2, "size2": 4, "edges": {"parallel": "z", "near": ["L", 0, 0]}},
            {"op": "chamfer", "size": 3, "angle": 45, "edges": {"parallel": "z", "near": ["L", "W", 0]}},
        ],
        lambda p: _block(p) - p["H"] * (2 * p["c"] ** 2 / 2 + 2 * 4 / 2 + 9 / 2),
        {**LWH, "c": 3},
        {"c": 5},
    ),
    Case(
        "draft_of_all_sides",
        [
            BLOCK,
            {
                "op": "draft",
                "angle": "a",
                "faces": [{"normal": "x"}, {"normal": "-x"}, {"normal": "y"}, {"normal": "-y"}],
                "neutral_plane": "xy",
            },
        ],
        lambda p: _prismatoid(
            p,
            p["L"] - 2 * p["H"] * math.tan(math.radians(p["a"])),
            p["W"] - 2 * p["H"] * math.tan(math.radians(p["a"])),
        ),
        {**LWH, "a": 8},
        {"a": 3, "H": 25},
    ),
    Case(
        "draft_outward_about_the_top",
        [
            BLOCK,
            {"op": "draft", "angle": 5, "faces": {"normal": "x"}, "neutral_face": "top", "outward": True},
        ],
        lambda p: _block(p) - p["H"] ** 2 / 2 * math.tan(math.radians(5)) * p["W"],
        LWH,
        {"H": 15},
    ),
    Case(
        "thickness_inward",
        [BLOCK, {"op": "thickness", "value": "t", "faces": "top"}],
        lambda p: _block(p) - (p["L"] - 2 * p["t"]) * (p["W"] - 2 * p["t"]) * (p["H"] - p["t"]),
        {**LWH, "t": 2},
        {"t": 3.5, "L": 66},
    ),
    Case(
        "thickness_outward",
        [BLOCK, {"op": "shell", "thickness": 1.5, "faces": {"position": "top"}, "outward": True}],
        lambda p: (p["L"] + 3) * (p["W"] + 3) * (p["H"] + 1.5) - _block(p),
        LWH,
        {"L": 66},
    ),
    Case(
        "fillet_of_concave_and_convex_edges",
        [
            {"id": "b", "op": "box", "length": 40, "width": 30, "height": 10},
            {"op": "box", "length": 20, "width": 30, "height": 25, "mode": "add"},
            {"op": "fillet", "radius": 4, "edges": {"convexity": "concave", "expect": 1}},
            {
                "op": "fillet",
                "radius": 3,
                "edges": {"on_face": "top", "parallel": "y", "convexity": "convex"},
            },
        ],
        lambda p: 30 * (40 * 10 + 20 * 15 + (1 - math.pi / 4) * 16 - 2 * (1 - math.pi / 4) * 9),
    ),
]


def _pin(name: str, diameter: Any, height: Any, position: list[Any], mode: str) -> dict[str, Any]:
    size = {"diameter": diameter, "height": height}
    return {"id": name, "op": "cylinder", **size, "position": position, "mode": mode}


def _ring_of_holes(p: Numbers) -> float:
    return math.pi / 4 * (p["D"] ** 2 - 6 * 9**2) * 8


PATTERNS = [
    Case(
        "linear_pattern_of_bosses",
        [
            {"id": "bar", "op": "box", "length": 100, "width": 20, "height": 5},
            _pin("boss", 8, 12, [10, 10, 0], "add"),
            {"op": "linear_pattern", "of": ["boss"], "direction": "x", "count": "n", "spacing": 15},
        ],
        lambda p: 100 * 20 * 5 + p["n"] * math.pi * 16 * 7,
        {"n": 4},
        {"n": 6},
    ),
    Case(
        "grid_of_holes",
        [
            BLOCK,
            _pin("hole", 4, "H", [8, 8, 0], "cut"),
            {
                "op": "linear_pattern", "of": "hole",
                "direction": "x", "count": 5, "length": "L - 16",
                "direction2": "y", "count2": 3, "spacing2": "(W - 16) / 2",
            },
        ],
        lambda p: _block(p) - 15 * math.pi * 4 * p["H"],
        LWH,
        {"L": 90, "W": 50},
    ),
    Case(
        "polar_pattern_of_holes",
        [
            {"id": "disc", "op": "cylinder", "diameter": "D", "height": 8},
            _sketch("s", {"kind": "circle", "center": ["D / 2 - 10", 0], "diameter": 9}, face="top"),
            {"id": "hole", "op": "pocket", "through": True},
            {"op": "polar_pattern", "of": ["hole"], "axis": "z", "count": 6},
        ],
        _ring_of_holes,
        {"D": 80},
        {"D": 100},
    ),
    Case(
        "mirror_of_the_whole_body",
        [
            {"op": "box", "length": "L", "width": "W", "height": "H"},
            {"op": "cylinder", "diameter": 10, "height": "H", "position": ["L", "W / 2", 0], "mode": "add"},
            {"op": "mirror", "plane": "yz"},
        ],
        lambda p: 2 * (_block(p) + math.pi * 25 / 2 * p["H"]),
        LWH,
        {"L": 50},
        box=((-65, 0, 0), (65, 40, 20)),
    ),
    Case(
        "mirror_of_a_feature_at_a_face",
        [
            BLOCK,
            {
                "id": "boss", "op": "box", "length": 10, "width": 10, "height": 5,
                "position": [50, 0, "H"], "mode": "add",
            },
            {"op": "mirror", "of": ["boss"], "face": {"normal": "x", "near": [60, 20, 10]}},
        ],
        lambda p: _block(p) + 2 * 500,  # the image hangs over the end and touches the boss
        LWH,
    ),
]  # fmt: skip

BOOLEANS = [
    Case(
        "fuse_of_two_balls",
        [
            {"id": "a", "op": "sphere", "radius": 10},
            {"id": "b", "op": "sphere", "radius": 10, "position": ["d", 0, 0]},
            {"op": "fuse", "a": "a", "b": "b"},
        ],
        lambda p: 2 * 4 / 3 * math.pi * 1000 - _lens(10, p["d"]),
        {"d": 8},
        {"d": 12},
    ),
    Case(
        "common_of_two_balls",
        [
            {"id": "a", "op": "sphere", "radius": 10},
            {"id": "b", "op": "sphere", "radius": 10, "position": ["d", 0, 0]},
            {"op": "kesişim", "a": "a", "b": "b"},
        ],
        lambda p: _lens(10, p["d"]),
        {"d": 8},
        {"d": 12},
        relative=1e-8,
    ),
    Case(
        "cut_of_a_hole",
        [
            BLOCK,
            {
                "id": "drill",
                "op": "cylinder",
                "diameter": 12,
                "height": "H + 2",
                "position": ["L / 2", "W / 2", -1],
            },
            {"id": "part", "op": "cut", "a": "block", "b": "drill"},
        ],
        lambda p: _block(p) - math.pi * 36 * p["H"],
        LWH,
        {"L": 90, "H": 10},
    ),
    Case(
        "cut_by_a_pattern_of_loose_tools",
        [
            {"id": "pin", "op": "cylinder", "diameter": 4, "height": 30, "position": [10, 10, -5]},
            {"op": "linear_pattern", "of": ["pin"], "direction": "x", "count": 4, "spacing": 12},
            {"id": "plate", "op": "box", "length": 60, "width": 20, "height": 6},
            {"op": "cut", "b": ["pin"]},
            {"op": "fillet", "radius": 3, "edges": {"parallel": "z", "type": "line", "expect": 4}},
        ],
        lambda p: 60 * 20 * 6 - 4 * math.pi * 4 * 6 - 4 * (1 - math.pi / 4) * 9 * 6,
    ),
    Case(
        "two_bodies_side_by_side",
        [
            {"id": "a", "op": "box", "length": 10, "width": 10, "height": 10},
            {"id": "b", "op": "sphere", "radius": 5, "position": [30, 5, 5]},
        ],
        lambda p: 1000 + 4 / 3 * math.pi * 125,
        result=["a", "b"],
        solids=2,
    ),
]

CASES = [*PRIMITIVES, *SKETCHED, *DRESSED, *PATTERNS, *BOOLEANS]


# ---- what cannot be built -----------------------------------------------------------------------------

PLATE = {"id": "b", "op": "box", "length": 60, "width": 40, "height": 20}
SQUARE = _rectangle(20, 20)
DISC = {"kind": "circle", "diameter": 5}
LINES = [
    {"kind": "line", "id": "l", "start": [0, 0], "end": [10, 0]},
    {"kind": "line", "start": [10, 0], "end": [0, 10]},
    {"kind": "line", "start": [0, 10], "end": [0, 0]},
]
SIX_OVER = _rectangle(20, 10, center=[7, 3])


@dataclass(frozen=True)
class Refusal:
    """Operations that the kernel refuses, with the code and the path that say so."""

    name: str
    operations: list[dict[str, Any]]
    code: str
    field: str
    result: list[str] | None = None

    def request(self) -> dict[str, Any]:
        made: dict[str, Any] = {"operations": self.operations}
        if self.result is not None:
            made["result"] = self.result
        return {"family": "features", "parameters": made, "material": "steel"}


def _fillet(edges: Any, radius: float = 2) -> dict[str, Any]:
    return {"op": "fillet", "radius": radius, "edges": edges}


def _pad(*curves: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [_sketch("s", *curves, **more), {"op": "pad", "length": 3}]


REFUSALS = [
    Refusal("fillet_too_large", [PLATE, _fillet("all", 25)], "FC_FILLET_CHAMFER_FAILED", "operations[1]"),
    Refusal("no_such_edge", [PLATE, _fillet([1, 99])], "FEATURE_SELECTION_INDEX", "operations[1].edges"),
    Refusal(
        "no_edge_matches", [PLATE, _fillet({"length": 17})], "FEATURE_SELECTION_EMPTY", "operations[1].edges"
    ),
    Refusal(
        "other_number_of_edges",
        [PLATE, _fillet([{"position": "top"}, {"parallel": "z", "expect": 2}])],
        "FEATURE_SELECTION_COUNT",
        "operations[1].edges[1]",
    ),
    Refusal(
        "two_edges_as_near",
        [PLATE, _fillet({"near": [30, 20, 10]})],
        "FEATURE_SELECTION_TIED",
        "operations[1].edges",
    ),
    Refusal(
        "two_faces_for_a_sketch",
        [PLATE, *_pad(DISC, face={"type": "plane"})],
        "FEATURE_SELECTION_COUNT",
        "operations[1].face",
    ),
    Refusal(
        "round_face_for_a_sketch",
        [{"op": "cylinder", "diameter": 9, "height": 9}, *_pad(DISC, face={"type": "cylinder"})],
        "FEATURE_SELECTION_EMPTY",
        "operations[1].face",
    ),
    Refusal("open_profile", _pad(*LINES[:2]), "FEATURE_PROFILE_OPEN", "operations[1]"),
    Refusal(
        "overlapping_profiles", _pad(_rectangle(20, 10), SIX_OVER), "FEATURE_PROFILE_CROSSES", "operations[1]"
    ),
    Refusal(
        "profile_that_touches_its_hole",
        _pad(_rectangle(20, 10), {"kind": "circle", "center": [8, 0], "diameter": 4}),
        "FEATURE_PROFILE_CROSSES",
        "operations[1]",
    ),
    Refusal(
        "pentagram",
        _pad({"kind": "polyline", "points": [[0, 10], [6, -8], [-10, 3], [10, 3], [-6, -8]]}),
        "FEATURE_PROFILE_CROSSES",
        "operations[1]",
    ),
    Refusal(
        "two_profiles", _pad(DISC, {**DISC, "center": [30, 0]}), "FEATURE_MULTIPLE_SOLIDS", "operations[1]"
    ),
    Refusal(
        "conflicting_constraints",
        _pad(
            *LINES,
            constraints=[
                {"type": "horizontal", "a": "l"},
                {"type": "distance", "a": "l", "value": 10},
                {"type": "distance_x", "a": "l", "value": 12},
            ],
        ),
        "FC_SKETCH_OVERCONSTRAINED",
        "operations[0].constraints[1]",
    ),
    Refusal(
        "redundant_constraints",
        _pad(
            DISC,
            constraints=[
                {"type": "radius", "a": "c1", "value": 2.5},
                {"type": "diameter", "a": "c1", "value": 5},
            ],
        ),
        "FC_SKETCH_OVERCONSTRAINED",
        "operations[0].constraints[1]",
    ),
    Refusal(
        "constraints_that_do_not_suffice",
        _pad(DISC, constraints=[{"type": "radius", "a": "c1", "value": 2.5}], require_constrained=True),
        "FC_SKETCH_UNDERCONSTRAINED",
        "operations[0]",
    ),
    Refusal(
        "pocket_into_the_air",
        [PLATE, _sketch("s", DISC, face="top"), {"op": "pocket", "length": 5, "reversed": True}],
        "FEATURE_NO_EFFECT",
        "operations[2]",
    ),
    Refusal(
        "boss_beside_the_part",
        [PLATE, {"op": "cylinder", "diameter": 5, "height": 5, "position": [100, 0, 0], "mode": "add"}],
        "FEATURE_MULTIPLE_SOLIDS",
        "operations[1]",
    ),
    Refusal(
        "cut_into_two",
        [
            PLATE,
            {"op": "box", "length": 5, "width": 60, "height": 40, "position": [20, -5, -5], "mode": "cut"},
        ],
        "FEATURE_MULTIPLE_SOLIDS",
        "operations[1]",
    ),
    Refusal(
        "cut_into_two_by_another_body",
        [
            PLATE,
            {"id": "k", "op": "box", "length": 5, "width": 60, "height": 40, "position": [20, -5, -5]},
            {"op": "cut", "a": "b", "b": "k"},
        ],
        "FEATURE_MULTIPLE_SOLIDS",
        "operations[2]",
    ),
    Refusal(
        "pattern_beyond_the_part",
        [
            PLATE,
            {"id": "p", "op": "cylinder", "diameter": 4, "height": 30, "position": [8, 8, 0], "mode": "add"},
            {"op": "linear_pattern", "of": ["p"], "direction": "x", "count": 5, "spacing": 20},
        ],
        "FEATURE_MULTIPLE_SOLIDS",
        "operations[2]",
    ),
    Refusal(
        "nothing_in_common",
        [
            PLATE,
            {"id": "k", "op": "sphere", "radius": 5, "position": [200, 0, 0]},
            {"op": "common", "a": "b", "b": "k"},
        ],
        "FEATURE_VANISHED",
        "operations[2]",
    ),
    Refusal(
        "all_cut_away",
        [
            PLATE,
            {"op": "box", "length": 80, "width": 60, "height": 40, "position": [-5, -5, -5], "mode": "cut"},
        ],
        "FEATURE_VANISHED",
        "operations[1]",
    ),
    Refusal(
        "loft_back_onto_itself",
        [
            *(_sketch(f"s{z}", _rectangle(9, 9), offset=z) for z in (0, 10, 20)),
            {"op": "loft", "sections": ["s0", "s10", "s20"], "closed": True},
        ],
        "FEATURE_VANISHED",
        "operations[3]",
    ),
    Refusal(
        "no_edges_but_a_seam",
        [{"op": "sphere", "radius": 9}, _fillet("all")],
        "FEATURE_SELECTION_EMPTY",
        "operations[1].edges",
    ),
    Refusal(
        "axis_through_the_profile",
        [_sketch("s", DISC), {"op": "revolution"}],
        "FEATURE_FAILED",
        "operations[1]",
    ),
    Refusal(
        "helix_into_itself",
        [
            _sketch("s", {**DISC, "center": [10, 0]}, plane="xz"),
            {"op": "helix", "axis": "z", "pitch": 2, "turns": 3},
        ],
        "FEATURE_SELF_INTERSECTION",
        "operations[1]",
    ),
    Refusal(
        "draft_of_the_neutral_face",
        [PLATE, {"op": "draft", "angle": 5, "faces": "top", "neutral_plane": "xy"}],
        "FEATURE_FAILED",
        "operations[1]",
    ),
    Refusal(
        "torus_through_its_middle", [{"op": "torus", "R1": 5, "R2": 7}], "FEATURE_FAILED", "operations[0]"
    ),
    Refusal(
        "bodies_inside_of_each_other",
        [PLATE, {"id": "k", "op": "sphere", "radius": 5}],
        "FEATURE_SOLIDS_OVERLAP",
        "result",
        result=["b", "k"],
    ),
]

"""Turns what was said of each kind of part into the fields of a family.

Every builder takes what it understands from the draft. It leaves the rest, so that it is asked about, and
gives a
field only where words say it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from atolye.designs.numbers import rounded
from atolye.designs.standards.bearings import BEARINGS
from atolye.designs.standards.hexagon_fasteners import FASTENERS
from atolye.designs.standards.metric_threads import CLEARANCE_HOLES
from atolye.prompts.local import tokens as t
from atolye.prompts.local.draft import Draft, Stated, mm
from atolye.prompts.local.holes import HoleGroup
from atolye.prompts.local.shafts import keyway_of, steps_of

Fields = dict[str, Any]
WALL_SHARE: Final = Fraction(1, 5)
"""A pipe's second number up to this share of the first is its wall; half of it and more is the bore."""


@dataclass(frozen=True, slots=True)
class Built:
    """A family with the fields that were said."""

    family: str
    fields: Fields


def build(part: str, draft: Draft) -> Built:
    """Builds what a part's name stands for."""
    return BUILDERS[part](draft)


# ---- numbers beside the part's name -------------------------------------------------------------------


def _loose(draft: Draft, field: str, taken: float | None) -> float | None:
    """“50 mm küre”: the number beside a part's name is its ruling size, unless that is stated."""
    found = draft.find("loose")
    if taken is not None or not found:
        return taken
    value = draft.take("loose")
    draft.assume(field, value, found[0].token)
    return value


# ---- flat and square parts ----------------------------------------------------------------------------


def plate(draft: Draft) -> Built:
    if "round" in draft.flags:
        return disc(draft)
    return _flat(
        draft, _sides(draft, "thickness", ("thickness", "height", "wall_thickness"), ruling="thickness")
    )


def flat_bar(draft: Draft) -> Built:
    """A flat bar is sold as width × thickness; its length comes apart or is the largest of three."""
    dims = draft.take_dims(3)
    if dims is not None:
        smallest, middle, largest = sorted(dims)
        return _flat(draft, {"length": largest, "width": middle, "thickness": smallest})
    pair = draft.take_dims(2)
    if pair is None:
        return plate(draft)
    length, thickness = draft.take("length"), draft.take("thickness", "wall_thickness")
    if thickness is not None and length is None:
        return _flat(draft, {"length": pair[0], "width": pair[1], "thickness": thickness})
    if thickness not in (None, min(pair)):
        draft.unassigned(draft.dims[0].token)
    return _flat(draft, {"length": length, "width": max(pair), "thickness": min(pair)})


def block(draft: Draft) -> Built:
    if draft.has("wall_thickness") or "hollow" in draft.flags:
        return enclosure(draft)
    return _block(draft, _sides(draft, "height", ("height", "thickness"), ruling="side"))


def box(draft: Draft) -> Built:
    """A box is solid, as the catalogue's family of that name, unless a wall is spoken of."""
    if {"hollow", "open_top", "closed"} & draft.flags.keys() or draft.has("wall_thickness"):
        return enclosure(draft)
    token = next((token for phrase in draft.phrases for token in phrase if token.kind == "p"), None)
    if token is not None:
        draft.assume("family", "box", token)
    return block(draft)


def cube(draft: Draft) -> Built:
    if draft.has("wall_thickness") or "hollow" in draft.flags:
        return enclosure(draft, cubic=True)
    return _block(draft, _cubic(draft))


def _cubic(draft: Draft) -> Fields:
    dims = draft.take_dims(3)
    if dims is not None:
        return dict(zip(("length", "width", "height"), dims, strict=True))
    stated = {key: draft.take(key) for key in ("length", "width", "height")}
    side = draft.take("side")
    values = {value for value in (side, *stated.values()) if value is not None}
    if not values:
        value = draft.take("loose")
        values = set() if value is None else {value}
    if len(values) == 1:
        side = values.pop()
        return {"length": side, "width": side, "height": side}
    return stated


def _sides(draft: Draft, third: str, thirds: tuple[str, ...], *, ruling: str) -> Fields:
    """Length, width and the third size, from names, from products and from numbers beside the part."""
    length, width, last = draft.take("length"), draft.take("width"), draft.take(*thirds)
    side = draft.take("side") if "square" in draft.flags or (length is None and width is None) else None
    if side is not None:
        if length not in (None, side) or width not in (None, side):
            draft.unassigned(next(each.token for each in draft.sizes if each.key == "side"))
        length, width = side, side
    dims = draft.take_dims(3) if length is None and width is None else None
    if dims is not None:
        length, width, last = _triple(draft, dims, third, last)
    elif length is None or width is None:
        pair = draft.take_dims(2)
        if pair is not None:
            length, width, last = _pair(draft, pair, length, width, last)
    if "square" in draft.flags and (length is None) != (width is None):
        length = width = length or width
    depth = draft.find("depth")
    if depth and None in (length, width, last):
        value = draft.take("depth")
        if length is None:
            length = value
        elif width is None:
            width = value
        else:
            last = value
        draft.assume("depth", value, depth[0].token)
    if ruling == "side":
        return {"length": length, "width": width, third: _loose(draft, third, last)}
    if "square" in draft.flags and length is None:
        length = width = _loose(draft, "length", None)
        return {"length": length, "width": width, third: last}
    return {"length": length, "width": width, third: _loose(draft, third, last)}


def _pair(
    draft: Draft, pair: tuple[float, ...], length: float | None, width: float | None, last: float | None
) -> tuple[float | None, float | None, float | None]:
    """Two multiplied sizes beside a named one: “boyu 200, 40x5”."""
    if length is None and width is None:
        return pair[0], pair[1], last
    if last is None and length is not None:
        return length, pair[0], pair[1]
    draft.unassigned(draft.dims[0].token)
    return length, width, last


def _triple(
    draft: Draft, dims: tuple[float, ...], third: str, last: float | None
) -> tuple[float, float, float]:
    """Length × width × thickness; which is which must be said when a plate's smallest is not the last."""
    stated = draft.dims[0]
    if last is not None and last != dims[2]:
        draft.contradict(stated.token, next(each.token for each in draft.sizes if each.used))
    length, width, height = dims
    smallest = min(dims)
    if third == "thickness" and smallest < height and last is None:
        rest = sorted(
            (size for index, size in enumerate(dims) if index != dims.index(smallest)), reverse=True
        )
        taken = draft.choices.of("order", _times(dims), _times((*rest, smallest)))
        if taken == 1:
            return rest[0], rest[1], smallest
    return length, width, height


def _times(sizes: tuple[float, ...]) -> str:
    return " × ".join(f"{size:g}" for size in sizes)


def _flat(draft: Draft, fields: Fields) -> Built:
    fields["corner_radius"] = _corner_radius(draft)
    fields["holes"] = [_plate_holes(draft, group, fields) for group in draft.groups] or None
    return Built("plate", fields)


def _block(draft: Draft, fields: Fields) -> Built:
    """A block with one hole in its middle is a family; with others or rounded corners, a thick plate."""
    groups = draft.groups
    radius = _corner_radius(draft)
    central = [
        group for group in groups if group.place == "center" or (group.place is None and not group.edges)
    ]
    if not groups and radius is None:
        return Built("box", fields)
    if (
        len(groups) == 1
        and central
        and (groups[0].count or 1) == 1
        and not groups[0].plural
        and radius is None
    ):
        if groups[0].place is None:
            draft.assume("hole", "L/2, W/2", groups[0])
        return Built("block_with_hole", {**fields, "hole_diameter": _hole_diameter(draft, groups[0])})
    fields = {"length": fields["length"], "width": fields["width"], "thickness": fields["height"]}
    fields["corner_radius"] = radius
    fields["holes"] = [_plate_holes(draft, group, fields) for group in groups]
    return Built("plate", fields)


def _corner_radius(draft: Draft) -> float | None:
    """Of rounded edges only the upright corners can be made; a radius without a place is theirs."""
    for each in draft.find("fillet:edge", "fillet:end", "fillet:inner"):
        each.used = True
        draft.unavailable(each.token)
    for each in draft.sizes:
        if each.key.startswith("chamfer") and not each.used:
            each.used = True
            draft.unavailable(each.token)
    found = [each for each in draft.sizes if each.key == "radius" and not each.used]
    for each in found:
        each.key = "corner_radius"
    for each in draft.find("fillet:corner", "fillet:any"):
        each.key = "corner_radius"
    return draft.take("corner_radius")


# ---- holes in a rectangle -----------------------------------------------------------------------------


def _hole_diameter(draft: Draft, group: HoleGroup) -> float | str | None:
    if group.diameter is None or isinstance(group.diameter, str):
        return group.diameter
    token = t.Token(t.NUMBER, group.start, group.end)
    value = draft.mm(group.diameter, token)
    if group.counted:
        draft.assume("hole diameter", mm(value), group)
    return mm(value * 2 if group.radius else value)


def _lengths(draft: Draft, group: HoleGroup, numbers: tuple[Any, ...]) -> list[float]:
    token = t.Token(t.NUMBER, group.start, group.end)
    return [mm(draft.mm(number, token)) for number in numbers]


def _plate_holes(draft: Draft, group: HoleGroup, plate_fields: Fields) -> Fields:
    _settle(draft, group)
    made: Fields = {"kind": None, "diameter": _hole_diameter(draft, group)}
    if group.place == "corners" and group.one_corner and not (group.each or group.plural or group.count == 4):
        group.place = None
    maker = _ARRANGEMENTS.get(group.place or "")
    if maker is None:
        return _unplaced(draft, group, made, plate_fields)
    return maker(draft, group, made, plate_fields)


def _settle(draft: Draft, group: HoleGroup) -> None:
    """What follows from the number of holes: four at equal distances from the edges are in the corners."""
    plain_edges = set(group.edges) <= {"", "corner", "corners", "long", "short"}
    every_corner = "corners" in group.edges and group.count is None
    if group.place is None and group.edges and plain_edges and (group.count == 4 or every_corner):
        group.place = "corners"
        draft.assume("holes.kind", "corners", group)
    if group.place in (None, "center") and group.grid is not None:
        group.place = "grid"
    if group.place in (None, "center") and group.edges and {"left", "right"} & group.edges.keys():
        group.place = "point"


def _center(draft: Draft, group: HoleGroup, made: Fields, plate_fields: Fields) -> Fields:
    if (group.count or 1) != 1 or group.pitch:
        draft.unassigned(t.Token(t.COUNT, group.start, group.end))
    return {**made, "kind": "center"}


def _corners(draft: Draft, group: HoleGroup, made: Fields, plate_fields: Fields) -> Fields:
    counted = group.corners_counted or (1 if group.each and group.count == 1 else None)
    number = (
        group.count if group.count is not None and not (group.count == 1 and (group.each or counted)) else 4
    )
    if (group.corners_counted or 4) != 4 or number != 4 or group.pitch:
        draft.unassigned(t.Token(t.COUNT, group.start, group.end))
    x, y = _edge_distances(draft, group, plate_fields)
    return {**made, "kind": "corners", "edge_distance": x, "edge_distance_y": None if y == x else y}


def _edge_distances(
    draft: Draft, group: HoleGroup, plate_fields: Fields
) -> tuple[float | None, float | None]:
    """Distances from the edges along X and along Y."""
    from_corners = group.edges.get("corners", group.edges.get("corner"))
    if from_corners is not None:
        draft.assume("holes.edge_distance", _lengths(draft, group, from_corners)[0], group)
    plain = group.edges.get("", from_corners)
    if plain is not None:
        values = _lengths(draft, group, plain)
        return values[0], values[-1]
    sides = {key: _lengths(draft, group, numbers)[0] for key, numbers in group.edges.items()}
    if set(sides) == {"long", "short"} and plate_fields.get("length") and plate_fields.get("width"):
        along_x, along_y = sides["short"], sides["long"]
        return (along_x, along_y) if plate_fields["length"] >= plate_fields["width"] else (along_y, along_x)
    if sides and len(set(sides.values())) == 1 and not {"long", "short"} & sides.keys():
        value = next(iter(sides.values()))
        return value, value
    horizontal = {value for key, value in sides.items() if key in ("left", "right")}
    vertical = {value for key, value in sides.items() if key in ("top", "bottom")}
    if len(horizontal) == 1 and len(vertical) == 1:
        return horizontal.pop(), vertical.pop()
    if sides:
        draft.unassigned(t.Token(t.EDGE, group.start, group.end))
    return None, None


def _on_circle(draft: Draft, group: HoleGroup, made: Fields, plate_fields: Fields) -> Fields:
    if group.pitch or group.grid:
        draft.unassigned(t.Token(t.PITCH, group.start, group.end))
    circle = None if group.circle is None else _lengths(draft, group, (group.circle,))[0]
    return {**made, "kind": "bolt_circle", "circle_diameter": circle, "count": group.count}


def _in_grid(draft: Draft, group: HoleGroup, made: Fields, plate_fields: Fields) -> Fields:
    rows, columns = group.grid or (None, None)
    if group.grid is not None and group.count not in (None, group.grid[0] * group.grid[1]):
        draft.unassigned(t.Token(t.COUNT, group.start, group.end))
    if group.grid is not None:
        draft.assume("holes.rows, holes.columns", f"{rows} × {columns}", group)
    return {**made, "kind": "grid", "rows": rows, "columns": columns, **_pitches(draft, group, plate_fields)}


def _pitches(draft: Draft, group: HoleGroup, plate_fields: Fields) -> Fields:
    if group.pitch is None:
        x, y = _edge_distances(draft, group, plate_fields)
        if x is None:
            return {}
        return {"edge_distance": x} if x == y else {"edge_distance_x": x, "edge_distance_y": y}
    values = _lengths(draft, group, group.pitch)
    if group.edges:
        draft.unassigned(t.Token(t.EDGE, group.start, group.end))
    return {"pitch": values[0]} if len(values) == 1 else {"pitch_x": values[0], "pitch_y": values[1]}


def _in_line(draft: Draft, group: HoleGroup, made: Fields, plate_fields: Fields) -> Fields:
    draft.assume("holes.rows", 1, group)
    pitches = _pitches(draft, group, plate_fields)
    return {**made, "kind": "grid", "rows": 1, "columns": group.count, **pitches}


def _at_point(draft: Draft, group: HoleGroup, made: Fields, plate_fields: Fields) -> Fields:
    if (group.count or 1) != 1:
        draft.unassigned(t.Token(t.COUNT, group.start, group.end))
    if group.point is not None:
        x, y = _lengths(draft, group, group.point)
        if group.edges:
            draft.unassigned(t.Token(t.EDGE, group.start, group.end))
        return {**made, "kind": "at", "positions": [[x, y]]}
    if group.corner is not None:
        _sides_of_corner(draft, group)
    return {**made, "kind": "at", "positions": [_from_sides(draft, group, plate_fields)]}


def _sides_of_corner(draft: Draft, group: HoleGroup) -> None:
    """“sol alt köşede kenarlardan 10 mm”: the distance holds for both edges of the corner."""
    distance = group.edges.pop("", group.edges.pop("corner", None))
    sides = (group.corner or "").split("-")
    if distance is None and not group.edges:
        draft.missing("holes.positions", "deliğin kenarlara uzaklığı", "distance of the hole from the edges")
    if distance is not None and len(sides) == 2:
        group.edges |= {sides[0]: distance[:1], sides[1]: distance[-1:]}


def _from_sides(draft: Draft, group: HoleGroup, plate_fields: Fields) -> list[float]:
    """A point by its distances from two edges: “sol kenardan 20, alt kenardan 30 mm”."""
    place: list[float] = []
    for low, high, extent in (("left", "right", "length"), ("bottom", "top", "width")):
        names = [name for name in (low, high) if name in group.edges]
        whole = plate_fields.get(extent)
        if len(names) != 1 or whole is None:
            draft.unassigned(t.Token(t.EDGE, group.start, group.end))
            return [0, 0]
        value = _lengths(draft, group, group.edges[names[0]])[0]
        place.append(value if names == [low] else rounded(whole - value))
    return place


def _unplaced(draft: Draft, group: HoleGroup, made: Fields, plate_fields: Fields) -> Fields:
    """A hole without a place is asked about: canonicalising names what is missing."""
    if group.edges or group.pitch:
        draft.unassigned(t.Token(t.EDGE, group.start, group.end))
    draft.missing(
        "holes.kind",
        "deliğin yeri: ortada, köşelerde, daire üzerinde, ızgara",
        "place of the hole: center, corners, circle, grid",
    )
    return {**made, "kind": "center"}


_ARRANGEMENTS: Final[dict[str, Callable[[Draft, HoleGroup, Fields, Fields], Fields]]] = {
    "center": _center,
    "corners": _corners,
    "circle": _on_circle,
    "grid": _in_grid,
    "line": _in_line,
    "point": _at_point,
}


# ---- hollow box ---------------------------------------------------------------------------------------


def enclosure(draft: Draft, *, cubic: bool = False) -> Built:
    wall = draft.take("wall_thickness", "thickness")
    fields = _cubic(draft) if cubic else _sides(draft, "height", ("height",), ruling="side")
    fields["wall_thickness"] = wall
    if "open_top" in draft.flags and "closed" in draft.flags:
        draft.contradict(draft.flags["open_top"], draft.flags["closed"])
    fields["open_top"] = True if "open_top" in draft.flags else False if "closed" in draft.flags else None
    _no_holes(draft)
    _no_edges(draft)
    return Built("enclosure", fields)


def _no_holes(draft: Draft) -> None:
    for group in draft.groups:
        draft.unavailable(group)


def _no_edges(draft: Draft) -> None:
    """Rounding and chamfers that this family does not have."""
    for each in draft.sizes:
        if not each.used and each.key.startswith(("fillet", "chamfer", "corner_radius")):
            each.used = True
            draft.unavailable(each.token)


# ---- round parts --------------------------------------------------------------------------------------


def _bore(draft: Draft) -> float | str | None:
    """The diameter of the only hole, when it runs along the axis."""
    central = [
        group
        for group in draft.groups
        if group.place == "center" and (group.count or 1) == 1 and not group.edges
    ]
    unplaced = [
        group
        for group in draft.groups
        if group.place is None and (group.count or 1) == 1 and not group.edges and not group.plural
    ]
    for group in draft.groups:
        if group not in central and group not in unplaced:
            draft.unavailable(group)
    if len(central) + len(unplaced) > 1:
        draft.unavailable((central + unplaced)[1])
    if not central and not unplaced:
        return None
    group = (central or unplaced)[0]
    if not central:
        draft.assume("inner_diameter", "axis", group)
    diameter = _hole_diameter(draft, group)
    if diameter is None:
        draft.missing("inner_diameter", "delik çapı", "hole diameter")
    return diameter


def cylinder(draft: Draft) -> Built:
    hollow = draft.has("wall_thickness", "inner_diameter", "inner_radius") or "hollow" in draft.flags
    if hollow or draft.groups:
        return _pierced(draft)
    diameter, length = _round_sizes(draft, ("length", "height", "thickness"))
    if draft.has("chamfer:any", "chamfer:end", "chamfer:edge", "chamfer:corner") or "keyway" in draft.flags:
        return _as_shaft(draft, {"diameter": diameter, "length": length})
    _no_edges(draft)
    return Built("cylinder", {"diameter": diameter, "length": length})


def disc(draft: Draft) -> Built:
    if any(group.place == "circle" for group in draft.groups):
        return flange(draft)
    if draft.groups or draft.has("inner_diameter", "inner_radius"):
        return _pierced(draft)
    diameter, length = _round_sizes(draft, ("thickness", "height", "length", "wall_thickness"))
    _no_edges(draft)
    return Built("cylinder", {"diameter": diameter, "length": length})


def _round_sizes(draft: Draft, lengths: tuple[str, ...]) -> tuple[float | None, float | None]:
    _rounding_is_radius(draft)
    diameter = draft.take("diameter", "outer_diameter", "radius", "outer_radius")
    length = draft.take(*lengths)
    if diameter is None and length is None:
        dims = draft.take_dims(2)
        if dims is not None:
            return dims[0], dims[1]
    if diameter is None:
        return _loose(draft, "diameter", None), length
    return diameter, _loose(draft, "length", length)  # “Ø16 mil 220 mm”


def _rounding_is_radius(draft: Draft) -> None:
    """“radyüs 20 silindir”: of a round part without a diameter it is half of that."""
    if (
        not draft.has("diameter", "outer_diameter", "radius", "outer_radius", "loose")
        and not draft.free_dims()
    ):
        for each in draft.find("fillet:any"):
            each.key = "radius"


def _pierced(draft: Draft) -> Built:
    """A cylinder or disc with a hole along its axis."""
    wall = draft.take("wall_thickness")
    diameter, length = _round_sizes(draft, ("length", "height", "thickness"))
    inner = _one_bore(draft, draft.take("inner_diameter", "inner_radius"), _bore(draft))
    _no_edges(draft)
    return _tube(draft, diameter, inner, wall, length)


def _one_bore(draft: Draft, inner: float | None, bore: float | str | None) -> Any:
    """An inside diameter and a hole in the middle are the same thing, so they must agree."""
    if inner is not None and bore is not None and inner != bore:
        draft.unassigned(t.Token("h", draft.groups[0].start, draft.groups[0].end))
    return bore if inner is None else inner


def _tube(draft: Draft, outer: float | None, inner: Any, wall: float | None, length: float | None) -> Built:
    if isinstance(inner, str):  # a thread: its clearance hole
        hole = CLEARANCE_HOLES.get(inner)
        inner = None if hole is None else hole.medium_mm
    if wall is not None and inner is not None and outer is not None and abs(outer - 2 * wall - inner) < 1e-6:
        wall = None
    if wall is not None and outer is None and inner is not None:
        outer, wall = (
            mm(Fraction(inner).limit_denominator(10**6) + 2 * Fraction(wall).limit_denominator(10**6)),
            None,
        )
    fields = {"outer_diameter": outer, "inner_diameter": inner, "wall_thickness": wall, "length": length}
    return Built("tube", fields)


def tube(draft: Draft) -> Built:
    return _ring_or_tube(draft, ("wall_thickness", "thickness"), ("length", "height"))


def bush(draft: Draft) -> Built:
    return _ring_or_tube(draft, ("wall_thickness", "thickness"), ("length", "height", "width"))


def ring(draft: Draft) -> Built:
    """Of a ring and a washer the thickness is along the axis, unless that is said apart."""
    if draft.has("length", "height", "width"):
        return bush(draft)
    return _ring_or_tube(draft, ("wall_thickness",), ("thickness",))


def _ring_or_tube(draft: Draft, walls: tuple[str, ...], lengths: tuple[str, ...]) -> Built:
    outer = draft.take("outer_diameter", "outer_radius")
    inner = draft.take("inner_diameter", "inner_radius")
    if outer is None:
        outer = draft.take("diameter", "radius")
    length, wall = draft.take(*lengths), draft.take(*walls)
    bore = _one_bore(draft, inner, _bore(draft))
    if outer is None:
        outer, bore, wall, length = _tube_dims(draft, bore, wall, length)
    if outer is None:
        outer = _loose(draft, "outer_diameter", None)
    else:
        length = _loose(draft, "length", length)
    _no_edges(draft)
    return _tube(draft, outer, bore, wall, length)


def _tube_dims(
    draft: Draft, inner: Any, wall: Any, length: float | None
) -> tuple[Any, Any, Any, float | None]:
    """“60x3 boru”, “24x13x2,5 pul”, “20x30x40 burç”: diameters, perhaps the wall, perhaps the length."""
    stated = next((each for each in draft.free_dims() if len(each.numbers) in (2, 3)), None)
    dims = draft.take_dims(2, 3)
    if dims is None or stated is None:
        return None, inner, wall, length
    if len(dims) == 2 and (inner is not None or wall is not None) and length is None:
        return dims[0], inner, wall, dims[1]
    if len(dims) == 3:
        if length is not None:
            draft.unassigned(stated.token)
        length = dims[2]
    outer, second = max(dims[0], dims[1]), min(dims[0], dims[1])
    if inner is not None or wall is not None:
        draft.unassigned(stated.token)
    if stated.numbers[1].diameter or 2 * second >= outer:
        return outer, second, wall, length
    if second > outer * float(WALL_SHARE):
        chosen = draft.choices.of("bore", f"iç çap / bore {second:g}", f"et kalınlığı / wall {second:g}")
        return (outer, second, wall, length) if chosen == 0 else (outer, inner, second, length)
    draft.assume("wall_thickness", second, stated.token)
    return outer, inner, second, length


def cone(draft: Draft) -> Built:
    base = draft.take("base_diameter", "base_radius")
    top = draft.take("top_diameter", "top_radius")
    base = draft.take("diameter", "outer_diameter", "radius") if base is None else base
    height = draft.take("height", "length")
    dims = draft.take_dims(2, 3) if base is None and height is None else None
    if dims is not None:
        base, height = dims[0], dims[-1]
        if len(dims) == 3 and top not in (None, dims[1]):
            draft.unassigned(draft.dims[0].token)
        top = dims[1] if len(dims) == 3 else top
    _no_holes(draft)
    _no_edges(draft)
    return Built("cone", {"base_diameter": base, "top_diameter": top, "height": height})


def sphere(draft: Draft) -> Built:
    _rounding_is_radius(draft)
    diameter = draft.take("diameter", "outer_diameter", "radius")
    _no_holes(draft)
    _no_edges(draft)
    return Built("sphere", {"diameter": _loose(draft, "diameter", diameter)})


def flange(draft: Draft) -> Built:
    fields: Fields = {
        "outer_diameter": draft.take("outer_diameter", "outer_radius", "diameter", "radius"),
        "thickness": draft.take("thickness", "height", "width", "length"),
        "bore_diameter": draft.take("inner_diameter", "inner_radius"),
    }
    dims = draft.take_dims(2, 3) if fields["outer_diameter"] is None else None
    if dims is not None:
        names = (
            ["outer_diameter", "thickness"]
            if fields["thickness"] is None
            else ["outer_diameter", "bore_diameter"]
        )
        names = ["outer_diameter", "bore_diameter", "thickness"] if len(dims) == 3 else names
        for name, value in zip(names, dims, strict=True):
            if fields[name] not in (None, value):
                draft.unassigned(draft.dims[0].token)
            fields[name] = value
    fields["outer_diameter"] = _loose(draft, "outer_diameter", fields["outer_diameter"])
    _no_edges(draft)
    for group in draft.groups:
        _flange_holes(draft, group, fields)
    return Built("flange", fields)


def _flange_holes(draft: Draft, group: HoleGroup, fields: Fields) -> None:
    """The hole in the middle is the bore; the others are the bolts'."""
    bolts = (
        group.place == "circle" or (group.count or 1) > 1 or isinstance(group.diameter, str) or group.plural
    )
    bore = group.place == "center" or (not bolts and fields["bore_diameter"] is None)
    if group.edges or group.pitch or group.place in ("corners", "grid", "line", "point"):
        draft.unavailable(group)
        return
    if bore and not isinstance(group.diameter, str):
        taken = fields["bore_diameter"]
        value = _hole_diameter(draft, group)
        if taken is not None and value is not None and taken != value:
            draft.unavailable(group)
        if group.place is None and not group.bore:
            draft.assume("bore_diameter", value, group)
        fields["bore_diameter"] = value if taken is None else taken
        return
    if "bolt_hole_diameter" in fields and fields["bolt_hole_diameter"] is not None:
        draft.unavailable(group)
        return
    fields["bolt_hole_diameter"] = _hole_diameter(draft, group)
    fields["bolt_count"] = group.count
    if group.circle is not None:
        fields["bolt_circle_diameter"] = _lengths(draft, group, (group.circle,))[0]


# ---- shafts, brackets, standard parts -----------------------------------------------------------------


def shaft(draft: Draft) -> Built:
    steps = steps_of(draft)
    for token in draft.step_counts:
        if token.number.count != max(len(steps), 1):
            draft.unassigned(token)
    if steps:
        return _as_shaft(draft, {"steps": steps})
    if (
        "hollow" in draft.flags or draft.has("inner_diameter", "wall_thickness")
    ) and "keyway" not in draft.flags:
        return _pierced(draft)
    _no_holes(draft)
    diameter, length = _round_sizes(draft, ("length", "height"))
    return _as_shaft(draft, {"diameter": diameter, "length": length})


def _as_shaft(draft: Draft, fields: Fields) -> Built:
    chamfer = draft.take("chamfer:any", "chamfer:end", "chamfer:edge", "chamfer:corner")
    keyway = keyway_of(draft)
    _no_edges(draft)
    if fields.get("steps"):
        _no_holes(draft)
    return Built("shaft", {**fields, "chamfer": chamfer, "keyway": keyway})


def bracket(draft: Draft) -> Built:
    """Legs × thickness is the usual name; the length along the edge is the family's width."""
    a, b = draft.take("leg_a"), draft.take("leg_b")
    thickness = _loose(draft, "thickness", draft.take("thickness", "wall_thickness"))
    width = draft.take("width", "length")
    legs = draft.find("leg")
    if a is None and b is None and legs:
        a, b = _legs(draft)
    pair = next(iter(draft.free_dims()), None)
    if a is None and b is None and pair is not None:
        a, b, thickness, width = _bracket_dims(draft, pair, thickness, width)
    fillet = draft.take("fillet:inner", "fillet:any")
    inner = draft.find("inner_radius", "radius")
    if fillet is None and inner:
        inner[0].key = "fillet:any"
        fillet = draft.take("fillet:any")
    _no_holes(draft)
    _no_edges(draft)
    fields = {"leg_a": a, "leg_b": b, "width": width, "thickness": thickness, "fillet_radius": fillet}
    return Built("l_bracket", fields)


def _legs(draft: Draft) -> tuple[float | None, float | None]:
    values = draft.take_all("leg")
    return (values[0], values[-1]) if len(values) <= 2 else (None, None)


def _bracket_dims(
    draft: Draft, stated: Stated, thickness: float | None, width: float | None
) -> tuple[Any, Any, float | None, float | None]:
    dims = draft.take_dims(2, 3, 4)
    if dims is None:
        return None, None, thickness, width
    if len(dims) == 2:
        return dims[0], dims[1], thickness, width
    if len(dims) == 4:
        if thickness is not None or width is not None:
            draft.unassigned(stated.token)
        return dims[0], dims[1], dims[2], dims[3]
    if thickness is not None and width is None:
        return dims[0], dims[1], thickness, dims[2]
    if thickness is not None and thickness != dims[2]:
        draft.unassigned(stated.token)
    if thickness is None and width is None and 3 * dims[2] > min(dims[:2]):
        return dims[0], dims[1], None, dims[2]  # too thick for a leg: the bracket's width
    return dims[0], dims[1], dims[2], width


def screw(draft: Draft) -> Built:
    fields: Fields = {"size": None, "length": None, "standard": _standard(draft)}
    if draft.threads:
        thread = draft.threads.pop(0)
        fields["size"], fields["length"] = _designation(draft, thread)
    length = draft.take("length", "height")
    if length is not None and fields["length"] is not None and length != fields["length"]:
        draft.contradict(thread, draft.sizes[0].token)
    fields["length"] = length if fields["length"] is None else fields["length"]
    fields["length"] = _loose(draft, "length", fields["length"])
    if fields["length"] is None and fields["size"] is not None:
        draft.missing("length", "uzunluk", "length")
    _no_holes(draft)
    return Built("hex_screw", fields)


def _designation(draft: Draft, thread: t.Token) -> tuple[str, float | None]:
    """“M8x20”; of “M8x1,25x20” the pitch must be the coarse one."""
    numbers = [Fraction(digits) for digits in thread.text.split("x") if digits]
    known = FASTENERS.get(thread.key)
    pitch = numbers[0] if len(numbers) == 2 or (numbers and numbers[0] < 3) else None
    if pitch is not None and known is not None and float(pitch) != known.pitch_mm:
        draft.unavailable(thread)
    lengths = numbers[1:] if pitch is not None else numbers
    return thread.key, mm(lengths[0]) if lengths else None


def _standard(draft: Draft) -> str | None:
    token = next((token for phrase in draft.phrases for token in phrase if token.kind == "S"), None)
    return None if token is None else " ".join(token.text.split())


def nut(draft: Draft) -> Built:
    size = None
    if draft.threads:
        thread = draft.threads.pop(0)
        size, length = _designation(draft, thread)
        if length is not None:
            draft.unassigned(thread)
    _no_holes(draft)
    return Built("hex_nut", {"size": size, "standard": _standard(draft)})


def bearing(draft: Draft) -> Built:
    codes = [token for phrase in draft.phrases for token in phrase if token.kind == "#"]
    code = codes[0].text if codes else None
    for other in codes:
        if other.text != code:
            draft.unassigned(other)
    standard = _standard(draft)
    if code is None:
        code = _bearing_by_sizes(draft)
    _no_holes(draft)
    return Built("deep_groove_bearing", {"code": code, "standard": standard})


def _bearing_by_sizes(draft: Draft) -> str | None:
    """The only bearing of the standard with three boundary dimensions."""
    inner: Any = draft.take("inner_diameter")
    outer = draft.take("outer_diameter", "diameter")
    if inner is None and len(draft.groups) == 1 and draft.groups[0].bore:
        inner = _hole_diameter(draft, draft.groups.pop())
    width = draft.take("width", "thickness", "height")
    dims = draft.take_dims(3) if inner is None and outer is None else None
    sizes = dims or (inner, outer, width)
    fitting = [
        code
        for code, each in BEARINGS.items()
        if (each.bore_mm, each.outer_diameter_mm, each.width_mm) == tuple(sizes)
    ]
    return fitting[0] if len(fitting) == 1 else None


def gear(draft: Draft) -> Built:
    teeth = draft.take_number("teeth")
    fields: Fields = {
        "module": draft.take("module"),
        "teeth": None if teeth is None else int(teeth) if teeth == int(teeth) else teeth,
        "face_width": draft.take("face_width", "width", "thickness", "height", "length"),
        "bore_diameter": draft.take("inner_diameter", "inner_radius"),
        "pressure_angle_deg": draft.take_number("pressure_angle", "angle"),
        "profile_shift": draft.take_number("profile_shift"),
    }
    if fields["module"] is None and draft.threads and not draft.threads[0].text:  # “m2 z20”
        fields["module"] = float(draft.threads.pop(0).key[1:])
    fields["bore_diameter"] = _one_bore(draft, fields["bore_diameter"], _bore(draft))
    loose = draft.find("loose")
    if fields["teeth"] is None and loose and loose[0].numbers[0].count is not None:
        fields["teeth"] = loose[0].numbers[0].count
        loose[0].used = True
        draft.assume("teeth", fields["teeth"], loose[0].token)
    _no_edges(draft)
    return Built("spur_gear", fields)


BUILDERS: Final[dict[str, Callable[[Draft], Built]]] = {
    "plate": plate,
    "flat_bar": flat_bar,
    "block": block,
    "box": box,
    "cube": cube,
    "enclosure": enclosure,
    "cylinder": cylinder,
    "pin": cylinder,
    "disc": disc,
    "washer": ring,
    "ring": ring,
    "tube": tube,
    "bush": bush,
    "shaft": shaft,
    "cone": cone,
    "sphere": sphere,
    "flange": flange,
    "bracket": bracket,
    "screw": screw,
    "nut": nut,
    "bearing": bearing,
    "gear": gear,
}
"""By the keys that the glossary's parts have."""

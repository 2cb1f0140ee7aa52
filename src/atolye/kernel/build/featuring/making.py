"""Operations that make or take away material: primitives, what comes from sketches, booleans."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import FreeCAD as App

from atolye.kernel.build.featuring.drawn import require_profile, sketch_in
from atolye.kernel.build.featuring.tree import Operation, Quantity, Tree, scaled, total, value_of

_UPRIGHT: Final = App.Vector(0, 0, 1)
_WEDGE_TURN: Final = App.Rotation(App.Vector(1, 1, 1), 120)
"""FreeCAD's wedge grows along its Y; turned so, its base lies in XY with its length along X."""


# ---- primitives -------------------------------------------------------------------------------------


def add_primitive(tree: Tree, operation: Operation) -> None:
    kind = operation["op"].capitalize()
    sign = "Subtractive" if operation["mode"] == "cut" else "Additive"
    obj = tree.add(operation, f"PartDesign::{sign}{kind}")
    for name, quantity in _SIZES[operation["op"]](operation).items():
        if name == "Polygon":
            tree.count(obj, name, quantity)
        else:
            tree.drive(obj, name, quantity)
    _stand(tree, obj, operation)


def _radius(operation: Operation, prefix: str = "") -> Quantity:
    radius = operation.get(f"{prefix}radius")
    found: Quantity = scaled(operation[f"{prefix}diameter"], 0.5) if radius is None else radius
    return found


def _box(operation: Operation) -> dict[str, Quantity]:
    return {name.capitalize(): operation[name] for name in ("length", "width", "height")}


def _wedge(operation: Operation) -> dict[str, Quantity]:
    """Along FreeCAD's X lies the width, along its Y the height, along its Z the length."""
    width, length = operation["width"], operation["length"]
    top_width = width if operation["top_width"] is None else operation["top_width"]
    x, y = (operation[name] or 0.0 for name in ("top_offset_x", "top_offset_y"))
    return {
        "Xmin": 0.0, "Ymin": 0.0, "Zmin": 0.0,
        "Xmax": width, "Ymax": operation["height"], "Zmax": length,
        "X2min": y, "X2max": total(y, top_width),
        "Z2min": x, "Z2max": total(x, operation["top_length"]),
    }  # fmt: skip


def _prism(operation: Operation) -> dict[str, Quantity]:
    sides, across = operation["sides"], operation["across_flats"]
    if across is None:
        radius = _radius(operation)
    elif isinstance(across, Mapping) or isinstance(sides, Mapping):
        text, count = (_term(each) for each in (across, sides))
        value = value_of(across) / 2 / math.cos(math.pi / value_of(sides))
        radius = {"expression": f"({text}) / 2 / cos(180 deg / ({count}))", "value": value}
    else:
        radius = across / 2 / math.cos(math.pi / sides)
    return {"Polygon": sides, "Circumradius": radius, "Height": operation["height"]}


def _term(quantity: Quantity) -> str:
    if isinstance(quantity, Mapping):
        return str(quantity["expression"])
    return str(quantity) if isinstance(quantity, int) else f"{quantity!r} mm"


_SIZES: Final[Mapping[str, Callable[[Operation], dict[str, Quantity]]]] = {
    "box": _box,
    "cylinder": lambda operation: {"Radius": _radius(operation), "Height": operation["height"]},
    "sphere": lambda operation: {"Radius": _radius(operation)},
    "cone": lambda operation: {
        "Radius1": _radius(operation, "base_"),
        "Radius2": _radius(operation, "top_"),
        "Height": operation["height"],
    },
    "torus": lambda operation: {
        "Radius1": _radius(operation, "major_"),
        "Radius2": _radius(operation, "minor_"),
    },
    "wedge": _wedge,
    "prism": _prism,
}


def _stand(tree: Tree, obj: Any, operation: Operation) -> None:
    """Turned about its own axis, the axis laid along its direction, then moved to its position."""
    position = operation["position"] or [0.0, 0.0, 0.0]
    axis = App.Vector(*(operation["axis"] or (0.0, 0.0, 1.0)))
    laid = App.Rotation(App.Vector(1, 0, 0), 180) if axis.z < -0.999999999 else App.Rotation(_UPRIGHT, axis)
    own = _WEDGE_TURN if operation["op"] == "wedge" else App.Rotation()
    angle = operation["angle"]
    turned = App.Rotation(_UPRIGHT, value_of(angle))
    obj.Placement = App.Placement(App.Vector(*(value_of(each) for each in position)), laid * turned * own)
    if isinstance(angle, Mapping):
        obj.setExpression("Placement", _placement_expression(tree, position, laid, angle, own))
        return
    for letter, quantity in zip("xyz", position, strict=True):
        if isinstance(quantity, Mapping):
            obj.setExpression(f"Placement.Base.{letter}", tree.text(quantity))


def _placement_expression(
    tree: Tree, position: list[Quantity], laid: Any, angle: Mapping[str, Any], own: Any
) -> str:
    place = "; ".join(tree.text(each) if isinstance(each, Mapping) else f"{each!r} mm" for each in position)
    turns = [_rotation_text(laid), f"rotation(vector(0; 0; 1); {tree.text(angle)})", _rotation_text(own)]
    return f"placement(vector({place}); {' * '.join(turns)})"


def _rotation_text(rotation: Any) -> str:
    axis = "; ".join(repr(part) for part in rotation.Axis)
    return f"rotation(vector({axis}); {math.degrees(rotation.Angle)!r} deg)"


# ---- from sketches ----------------------------------------------------------------------------------


def add_extrusion(tree: Tree, operation: Operation) -> None:
    """A pad or a pocket."""
    cuts = operation["mode"] == "cut"
    sketch = _profile(tree, operation, operation["sketch"])
    obj = tree.add(operation, "PartDesign::Pocket" if cuts else "PartDesign::Pad", Profile=sketch)
    through = operation.get("through")
    if through:
        obj.Type = "ThroughAll"
    tree.drive(obj, "Length", operation["length"])
    if operation["length2"] is not None:
        obj.SideType = "Two sides"
        tree.drive(obj, "Length2", operation["length2"])
    elif operation["symmetric"] and through:
        obj.SideType = "Two sides"
        obj.Type2 = "ThroughAll"
    elif operation["symmetric"]:
        obj.SideType = "Symmetric"
    tree.drive(obj, "TaperAngle", operation["taper"])
    if operation["length2"] is not None or operation["symmetric"]:
        tree.drive(obj, "TaperAngle2", operation["taper"])
    # FreeCAD's XZ plane looks along −Y, ours along +Y like the others
    looks_back = tree.operations[operation["sketch"]]["plane"] == "xz"
    obj.Reversed = bool(operation["reversed"]) != looks_back


def add_turning(tree: Tree, operation: Operation) -> None:
    """A revolution or a groove."""
    cuts = operation["mode"] == "cut"
    sketch = _profile(tree, operation, operation["sketch"])
    kind = "PartDesign::Groove" if cuts else "PartDesign::Revolution"
    obj = tree.add(operation, kind, Profile=sketch, ReferenceAxis=_axis(tree, operation, sketch))
    tree.drive(obj, "Angle", 360.0 if operation["angle"] is None else operation["angle"])
    obj.Midplane = bool(operation["symmetric"])
    obj.Reversed = bool(operation["reversed"])


def add_loft(tree: Tree, operation: Operation) -> None:
    first, *rest = (_profile(tree, operation, name) for name in operation["sections"])
    sign = "Subtractive" if operation["mode"] == "cut" else "Additive"
    tree.add(
        operation,
        f"PartDesign::{sign}Loft",
        Profile=first,
        Sections=[(section, [""]) for section in rest],
        Ruled=bool(operation["ruled"]),
        Closed=bool(operation["closed"]),
    )


def add_sweep(tree: Tree, operation: Operation) -> None:
    profile = _profile(tree, operation, operation["profile"])
    path = sketch_in(tree, operation["path"], operation)
    sign = "Subtractive" if operation["mode"] == "cut" else "Additive"
    obj = tree.add(operation, f"PartDesign::{sign}Pipe", Profile=profile)
    obj.Spine = (path, [f"Edge{number}" for number in range(1, len(path.Shape.Edges) + 1)])
    obj.Mode = "Frenet" if operation["frenet"] else "Standard"
    obj.Transition = _CORNERS[operation["corners"] or "right"]


_CORNERS: Final = {"transformed": "Transformed", "right": "Right corner", "round": "Round corner"}


def add_helix(tree: Tree, operation: Operation) -> None:
    sketch = _profile(tree, operation, operation["sketch"])
    sign = "Subtractive" if operation["mode"] == "cut" else "Additive"
    obj = tree.add(operation, f"PartDesign::{sign}Helix", Profile=sketch)
    obj.ReferenceAxis = _axis(tree, operation, sketch)
    by_height = operation["turns"] is None
    obj.Mode = "pitch-height-angle" if by_height else "pitch-turns-angle"
    tree.drive(obj, "Pitch", operation["pitch"])
    tree.drive(obj, "Height" if by_height else "Turns", operation["height" if by_height else "turns"])
    obj.LeftHanded = bool(operation["left_handed"])
    obj.Reversed = bool(operation["reversed"])
    obj.HasBeenEdited = True  # or the numbers above count as suggestions


def _profile(tree: Tree, operation: Operation, name: str) -> Any:
    sketch = sketch_in(tree, name, operation)
    require_profile(operation, sketch, name)
    return sketch


def _axis(tree: Tree, operation: Operation, sketch: Any) -> Any:
    """An axis of the body, or of the sketch (its upright one when none is named)."""
    name = operation["axis"] or "sketch_y"
    if name.startswith("sketch"):
        return (sketch, ["H_Axis" if name.endswith("x") else "V_Axis"])
    return (tree.axis(tree.body(operation), name), [""])


# ---- between bodies ---------------------------------------------------------------------------------


def combine(tree: Tree, operation: Operation) -> None:
    """A boolean of the body with others, which it takes up."""
    obj = tree.add(operation, "PartDesign::Boolean", Type=operation["op"].capitalize())
    obj.setObjects([tree.bodies[name] for name in operation["tools"]])


MAKERS: Final[Mapping[str, Callable[[Tree, Operation], None]]] = {
    **dict.fromkeys(_SIZES, add_primitive),
    **dict.fromkeys(("pad", "pocket"), add_extrusion),
    **dict.fromkeys(("revolution", "groove"), add_turning),
    "loft": add_loft,
    "sweep": add_sweep,
    "helix": add_helix,
    **dict.fromkeys(("fuse", "cut", "common"), combine),
}

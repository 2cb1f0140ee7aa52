"""Operations on a finished shape, and patterns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from atolye.kernel.build.featuring import selection
from atolye.kernel.build.featuring.tree import Operation, Quantity, Tree, scaled, value_of

Dresser = Callable[[Tree, Operation], None]


def add_fillet(tree: Tree, operation: Operation) -> None:
    obj = _on_edges(tree, operation, "PartDesign::Fillet")
    tree.drive(obj, "Radius", operation["radius"])


def add_chamfer(tree: Tree, operation: Operation) -> None:
    obj = _on_edges(tree, operation, "PartDesign::Chamfer")
    tree.drive(obj, "Size", operation["size"])
    if operation["size2"] is not None:
        obj.ChamferType = "Two distances"
        tree.drive(obj, "Size2", operation["size2"])
    elif operation["angle"] is not None:
        obj.ChamferType = "Distance and Angle"
        tree.drive(obj, "Angle", operation["angle"])
    obj.FlipDirection = bool(operation["flipped"])


def _on_edges(tree: Tree, operation: Operation, kind: str) -> Any:
    tip = tree.tip(operation)
    names = selection.edges(operation, tip.Shape, operation["edges"], ".edges")
    return tree.add(operation, kind, Base=(tip, names))


def add_draft(tree: Tree, operation: Operation) -> None:
    tip = tree.tip(operation)
    names = selection.faces(operation, tip.Shape, operation["faces"], ".faces")
    obj = tree.add(operation, "PartDesign::Draft", Base=(tip, names))
    obj.NeutralPlane = _plane_or_face(tree, operation, tip, "neutral_plane", "neutral_face")
    tree.drive(obj, "Angle", operation["angle"])
    obj.Reversed = bool(operation["outward"])


def add_thickness(tree: Tree, operation: Operation) -> None:
    tip = tree.tip(operation)
    names = selection.faces(operation, tip.Shape, operation["faces"], ".faces")
    obj = tree.add(operation, "PartDesign::Thickness", Base=(tip, names))
    tree.drive(obj, "Value", operation["value"])
    obj.Mode = "Skin"
    obj.Join = "Arc" if operation["corners"] == "round" else "Intersection"
    obj.Reversed = not operation["outward"]


def _plane_or_face(tree: Tree, operation: Operation, tip: Any, plane: str, face: str) -> Any:
    if operation[plane] is not None:
        return (tree.plane(tree.body(operation), operation[plane]), [""])
    return (tip, [selection.one_face(operation, tip.Shape, operation[face], f".{face}")])


# ---- patterns ---------------------------------------------------------------------------------------


def add_linear_pattern(tree: Tree, operation: Operation) -> None:
    obj = _pattern(tree, operation, "PartDesign::LinearPattern")
    body = tree.body(operation)
    obj.Direction = (tree.axis(body, operation["direction"]), [""])
    if operation["spacing"] is not None:
        obj.Mode = "Spacing"
        tree.drive(obj, "Offset", operation["spacing"])
    else:
        obj.Mode = "Extent"
        tree.drive(obj, "Length", operation["length"])
    tree.count(obj, "Occurrences", operation["count"])
    obj.Reversed = bool(operation["reversed"])
    if operation["direction2"] is not None:
        obj.Direction2 = (tree.axis(body, operation["direction2"]), [""])
        obj.Mode2 = "Extent"  # with "Spacing" FreeCAD 1.1 makes two rows, whatever their number is
        tree.drive(obj, "Length2", _extent(operation["spacing2"], operation["count2"]))
        tree.count(obj, "Occurrences2", operation["count2"])
        obj.Reversed2 = bool(operation["reversed2"])


def _extent(spacing: Quantity, count: Quantity) -> Quantity:
    """From the first of a row to the last."""
    gaps = value_of(count) - 1
    if not isinstance(count, Mapping):
        return scaled(spacing, gaps)
    distance = spacing["expression"] if isinstance(spacing, Mapping) else f"{spacing!r} mm"
    return {"expression": f"({distance}) * (({count['expression']}) - 1)", "value": value_of(spacing) * gaps}


def add_polar_pattern(tree: Tree, operation: Operation) -> None:
    obj = _pattern(tree, operation, "PartDesign::PolarPattern")
    obj.Axis = (tree.axis(tree.body(operation), operation["axis"]), [""])
    obj.Mode = "Extent"
    tree.drive(obj, "Angle", 360.0 if operation["angle"] is None else operation["angle"])
    tree.count(obj, "Occurrences", operation["count"])
    obj.Reversed = bool(operation["reversed"])


def add_mirror(tree: Tree, operation: Operation) -> None:
    tip = tree.tip(operation)
    plane = _plane_or_face(tree, operation, tip, "plane", "face")
    obj = _pattern(tree, operation, "PartDesign::Mirrored")
    obj.MirrorPlane = plane


def _pattern(tree: Tree, operation: Operation, kind: str) -> Any:
    """Repeats the named operations, or the whole shape as it is now."""
    originals = [tree.features[name] for name in operation["of"] or ()]
    obj = tree.add(operation, kind)
    if originals:
        obj.Originals = originals
    else:
        obj.TransformMode = "Whole shape"
    body = tree.body(operation)
    if body.Tip != obj:  # FreeCAD took it for a part of a MultiTransform
        obj.BaseFeature, body.Tip = body.Tip, obj
    return obj


DRESSERS: Final[Mapping[str, Dresser]] = {
    "fillet": add_fillet,
    "chamfer": add_chamfer,
    "draft": add_draft,
    "thickness": add_thickness,
    "linear_pattern": add_linear_pattern,
    "polar_pattern": add_polar_pattern,
    "mirror": add_mirror,
}

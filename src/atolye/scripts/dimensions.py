"""The sizes that a script states, and their limits of 0.1 to 1000 mm.

Sizes of features are limited; positions, offsets and tolerances are not. What loops, functions and lists
hide from this reading is measured on the finished shape.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from atolye.designs.numbers import AmbiguousNumberError, UnreadableNumberError, read_quantity
from atolye.designs.units import length_unit
from atolye.scripts.models import Finding, number_text
from atolye.scripts.partdesign import BodyContents, Made
from atolye.scripts.reading import Source
from atolye.scripts.signatures import SIZE_PROPERTIES, Parameter, is_zero_allowed, parameters

SMALLEST_MM: Final = 0.1
LARGEST_MM: Final = 1000.0
_SKETCH_ORIGIN: Final = -1  # geometry index of the sketch's own axes and origin
_FEATURE_LABELS: Final = {
    ("PartDesign::Pad", "Length"): "pad_length",
    ("PartDesign::Pad", "Length2"): "pad_length2",
    ("PartDesign::Pocket", "Length"): "pocket_depth",
    ("PartDesign::Pocket", "Length2"): "pocket_depth2",
    ("PartDesign::Hole", "Diameter"): "hole_diameter",
    ("PartDesign::Hole", "Depth"): "hole_depth",
    ("PartDesign::Fillet", "Radius"): "fillet_radius",
    ("PartDesign::Chamfer", "Size"): "chamfer_size",
    ("PartDesign::Thickness", "Value"): "wall_thickness",
}
_ANGLE_LABELS: Final = {
    ("PartDesign::Revolution", "Angle"): "revolution_angle_deg",
    ("PartDesign::Groove", "Angle"): "revolution_angle_deg",
    ("PartDesign::Pad", "TaperAngle"): "draft_deg",
    ("PartDesign::Pocket", "TaperAngle"): "draft_deg",
    ("PartDesign::Draft", "Angle"): "draft_deg",
    ("PartDesign::PolarPattern", "Angle"): "pattern_angle_deg",
    ("PartDesign::LinearPattern", "Occurrences"): "pattern_occurrences",
    ("PartDesign::PolarPattern", "Occurrences"): "pattern_occurrences",
}
_NOT_SIZES: Final = ("PartDesign::LinearPattern", "PartDesign::PolarPattern")


@dataclass(frozen=True, slots=True)
class Size:
    """A length that a script states."""

    label: str
    value_mm: float
    node: ast.expr
    limited: bool = True
    zero_allowed: bool = False

    @property
    def within_limits(self) -> bool:
        value = round(self.value_mm, 6)
        return not self.limited or SMALLEST_MM <= value <= LARGEST_MM or (self.zero_allowed and value == 0)


def examine(source: Source, contents: BodyContents) -> tuple[list[Finding], dict[str, float]]:
    """Findings about sizes out of their limits, and all sizes by label for ``script_meta.dims_mm``."""
    found: list[Finding] = []
    labelled: dict[str, float] = {}
    for size in sorted(_sizes(source, contents), key=lambda each: (each.node.lineno, each.node.col_offset)):
        if size.label:
            labelled[_free(size.label, labelled)] = round(size.value_mm, 6)
        if not size.within_limits:
            params = {"name": size.label, "value_mm": number_text(size.value_mm)}
            found.append(Finding("DIMENSION_ERROR", size.node.lineno, source.column(size.node), params))
    labelled |= _angles(contents)
    return found, labelled


def _free(label: str, taken: dict[str, float]) -> str:
    name, count = label, 1
    while name in taken:
        count += 1
        name = f"{label}_{count}"
    return name


def _sizes(source: Source, contents: BodyContents) -> Iterator[Size]:
    for node in source.of(ast.Call):
        yield from _sizes_of_call(node, contents)
    for made in contents.made:
        yield from _sizes_of_object(made, contents)


def _sizes_of_call(node: ast.Call, contents: BodyContents) -> Iterator[Size]:
    qualname = contents.names.resolve(node.func)
    if qualname == "Part.makeWedge":
        yield from _wedge(node, contents)
        return
    if qualname == "Part.makeLine":
        yield from _line(node, contents)
        return
    if isinstance(node.func, ast.Attribute) and node.func.attr == "extrude" and node.args:
        vector = contents.folder.vector(node.args[0])
        if vector is not None:
            yield Size("extrusion", math.hypot(*vector), node.args[0])
        return
    for value, parameter in parameters(node, contents.names):
        yield from _argument(node, value, parameter, contents)


def _argument(
    node: ast.Call, value: ast.expr, parameter: Parameter, contents: BodyContents
) -> Iterator[Size]:
    number = contents.folder.number(value)
    if number is None:
        return
    if parameter.role in ("size", "size_or_zero"):
        yield Size(parameter.label, float(number), value, zero_allowed=parameter.role == "size_or_zero")
    elif parameter.label == "wall_thickness":  # the sign says which way the wall grows
        yield Size(parameter.label, abs(float(number)), value)
    elif parameter.label in ("distancex", "distancey"):
        between = [contents.folder.number(argument) for argument in node.args[1:-1]]
        size = len(between) >= 3 and _SKETCH_ORIGIN not in between[::2]
        yield Size(parameter.label, abs(float(number)), value, limited=size, zero_allowed=True)


def _wedge(node: ast.Call, contents: BodyContents) -> Iterator[Size]:
    numbers = contents.folder.numbers(node.args[:10])
    if numbers is None or len(numbers) < 8:
        return
    low, high = numbers[0:3], numbers[5:8]
    for label, start, end, value in zip(("L", "W", "H"), low, high, node.args[5:8], strict=True):
        yield Size(label, float(end) - float(start), value)


def _line(node: ast.Call, contents: BodyContents) -> Iterator[Size]:
    if len(node.args) == 2:
        ends = [contents.folder.vector(argument) for argument in node.args]
        if ends[0] is not None and ends[1] is not None:
            yield Size("line_length", math.dist(ends[0], ends[1]), node.args[1])


def _sizes_of_object(made: Made, contents: BodyContents) -> Iterator[Size]:
    if made.type_id in _NOT_SIZES:
        return
    for name, node in made.values.items():
        label = _FEATURE_LABELS.get((made.type_id, name)) or SIZE_PROPERTIES.get(name)
        if label is None or (name == "Radius" and made.type_id == "Part::Fillet"):
            continue
        value = _length(node, contents)
        if value is not None:
            yield Size(label, value, node, zero_allowed=is_zero_allowed(made.type_id, name))


def _length(node: ast.expr, contents: BodyContents) -> float | None:
    """A number in mm, or a text with a unit as FreeCAD's quantities read it."""
    known = contents.folder.constant(node)
    if isinstance(known, str):
        return _quantity_mm(known)
    number = contents.folder.number(node)
    return None if number is None else float(number)


def _quantity_mm(text: str) -> float | None:
    try:
        value, unit_text = read_quantity(text)
    except (UnreadableNumberError, AmbiguousNumberError):
        return None
    unit = length_unit(unit_text) if unit_text else None
    if unit_text and unit is None:
        return None
    return float(value * (unit.factor if unit else Fraction(1)))


def _angles(contents: BodyContents) -> dict[str, float]:
    """Angles and counts of features, which ``dims_mm`` lists beside the lengths."""
    labelled: dict[str, float] = {}
    for made in contents.made:
        for name, node in made.values.items():
            label = _ANGLE_LABELS.get((made.type_id, name))
            value = contents.folder.number(node) if label else None
            if label is not None and value is not None:
                labelled[_free(label, labelled)] = round(float(value), 6)
        if made.type_id == "PartDesign::LinearPattern":
            spacing = contents.folder.number(made.values.get("Offset"))
            if spacing is not None:
                labelled[_free("pattern_spacing", labelled)] = round(float(spacing), 6)
    return labelled

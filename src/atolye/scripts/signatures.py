"""Which arguments and properties of FreeCAD's API are lengths, and what they are called.

Positions and keywords are those of FreeCAD 1.1's own functions (``Part``'s docstrings and sources); the
labels are those of ``script_meta.dims_mm``.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final, Literal

from atolye.scripts.names import Names

Role = Literal[
    "size", "size_or_zero", "distance", "position", "point", "points", "direction", "angle", "other"
]
"""``size``: 0.1 to 1000 mm; ``distance``, ``position``: lengths without that limit; ``point``: a vector."""


@dataclass(frozen=True, slots=True)
class Parameter:
    keyword: str
    role: Role
    label: str = ""


def _size(keyword: str, label: str, *, zero: bool = False) -> Parameter:
    return Parameter(keyword, "size_or_zero" if zero else "size", label)


_PNT: Final = Parameter("pnt", "point")
_DIR: Final = Parameter("dir", "direction")


def _angle(keyword: str) -> Parameter:
    return Parameter(keyword, "angle")


_ANGLES: Final = (_angle("angle1"), _angle("angle2"), _angle("angle3"))
_HELIX: Final = (_size("pitch", "pitch"), _size("height", "h"), _size("radius", "r"), _angle("angle"))

FUNCTIONS: Final[dict[str, tuple[Parameter, ...]]] = {
    "Part.makeBox": (_size("length", "L"), _size("width", "W"), _size("height", "H"), _PNT, _DIR),
    "Part.makePlane": (_size("length", "L"), _size("width", "W"), _PNT, _DIR),
    "Part.makeCylinder": (_size("radius", "r"), _size("height", "h"), _PNT, _DIR, _angle("angle")),
    "Part.makeCone": (
        _size("radius1", "r1", zero=True), _size("radius2", "r2", zero=True), _size("height", "h"),
        _PNT, _DIR, _angle("angle"),
    ),
    "Part.makeSphere": (_size("radius", "r"), _PNT, _DIR, *_ANGLES),
    "Part.makeTorus": (_size("radius1", "r1"), _size("radius2", "r2"), _PNT, _DIR, *_ANGLES),
    "Part.makeHelix": _HELIX,
    "Part.makeLongHelix": _HELIX,
    "Part.makeThread": (
        _size("pitch", "pitch"), _size("depth", "depth"), _size("height", "h"), _size("radius", "r")
    ),
    "Part.makeCircle": (
        _size("radius", "r"), Parameter("center", "point"), _DIR, _angle("angle1"), _angle("angle2")
    ),
    "Part.makeTube": (Parameter("path", "other"), _size("radius", "r")),
    "Part.makeWedge": tuple(
        Parameter(name, "position")
        for name in ("xmin", "ymin", "zmin", "z2min", "x2min", "xmax", "ymax", "zmax", "z2max", "x2max")
    ),
    "Part.makeLine": (Parameter("p1", "point"), Parameter("p2", "point")),
    "Part.makePolygon": (Parameter("points", "points"),),
    "Part.LineSegment": (Parameter("p1", "point"), Parameter("p2", "point")),
    "Part.Circle": (Parameter("center", "point"), _DIR, _size("radius", "r")),
    "Draft.make_circle": (_size("radius", "r"),),
    "Draft.make_rectangle": (_size("length", "L"), _size("height", "H")),
    "Draft.make_polygon": (Parameter("nfaces", "other"), _size("radius", "r")),
    "Draft.make_line": (Parameter("p1", "point"), Parameter("p2", "point")),
    "FreeCAD.Vector": (Parameter("x", "position"), Parameter("y", "position"), Parameter("z", "position")),
}  # fmt: skip
FUNCTIONS["FreeCAD.Base.Vector"] = FUNCTIONS["FreeCAD.Vector"]
for _new in ("circle", "rectangle", "line", "polygon"):
    FUNCTIONS[f"Draft.make{_new.capitalize()}"] = FUNCTIONS[f"Draft.make_{_new}"]

METHODS: Final[dict[str, tuple[Parameter, ...]]] = {
    "makeFillet": (_size("radius", "fillet_radius"),),
    "makeChamfer": (_size("size", "chamfer_size"),),
    "makeThickness": (Parameter("faces", "other"), Parameter("offset", "distance", "wall_thickness")),
    "makeOffsetShape": (Parameter("offset", "distance"),),
    "makeOffset2D": (Parameter("offset", "distance"),),
    "extrude": (Parameter("vector", "point", "extrusion"),),
    "translate": (Parameter("vector", "point"),),
    "translated": (Parameter("vector", "point"),),
}
"""Methods that no two kinds of value have in different meanings."""

VALUED_CONSTRAINTS: Final = frozenset({"Distance", "DistanceX", "DistanceY", "Radius", "Diameter"})

SIZE_PROPERTIES: Final = {
    "Length": "L", "Length2": "L2", "Width": "W", "Height": "H", "Radius": "r", "Radius1": "r1",
    "Radius2": "r2",
    "Diameter": "d", "Depth": "depth", "Size": "size", "Size2": "size2", "Pitch": "pitch",
    "Circumradius": "r",
    "LengthFwd": "L", "LengthRev": "L2", "HoleCutDiameter": "hole_cut_diameter",
    "HoleCutDepth": "hole_cut_depth",
    "MajorRadius": "r1", "MinorRadius": "r2",
}  # fmt: skip
"""Properties of document objects that are sizes, with their labels."""

MAY_BE_ZERO: Final = frozenset({"LengthRev", "Length2"})
_CONES: Final = ("Cone",)


def is_zero_allowed(type_id: str, name: str) -> bool:
    return name in MAY_BE_ZERO or (name in ("Radius1", "Radius2") and type_id.endswith(_CONES))


def parameters(node: ast.Call, names: Names) -> list[tuple[ast.expr, Parameter]]:
    """The arguments of a call to a known function or method, with what they are."""
    known = FUNCTIONS.get(names.resolve(node.func) or "")
    if known is None and isinstance(node.func, ast.Attribute) and names.resolve(node.func) is None:
        known = METHODS.get(node.func.attr)
    if known is None:
        return _constraint_value(node, names)
    found = []
    for argument, parameter in zip(node.args, known, strict=False):
        if isinstance(argument, ast.Starred):
            break
        found.append((argument, parameter))
    by_keyword = {parameter.keyword: parameter for parameter in known}
    found += [(word.value, by_keyword[word.arg]) for word in node.keywords if word.arg in by_keyword]
    return found


def _constraint_value(node: ast.Call, names: Names) -> list[tuple[ast.expr, Parameter]]:
    """The length at the end of ``Sketcher.Constraint('Distance', …, 20)``."""
    if names.resolve(node.func) != "Sketcher.Constraint" or len(node.args) < 3:
        return []
    kind = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
    if kind not in VALUED_CONSTRAINTS:
        return []
    sizes = kind in ("Distance", "Radius", "Diameter")
    role: Role = "size" if sizes else "position"
    return [(node.args[-1], Parameter("value", role, str(kind).lower()))]

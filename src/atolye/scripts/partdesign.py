"""What can be told of a script's bodies, sketches and features without running it, and the rules on it.

The finished document is checked again by the worker: degrees of freedom, the tip, single solids and
everything that loops and functions hide from a reading.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from atolye.scripts.folding import Folder
from atolye.scripts.kinds import Kinds
from atolye.scripts.models import Finding, number_text
from atolye.scripts.names import Names
from atolye.scripts.reading import Source

BODY: Final = "PartDesign::Body"
SKETCH: Final = "Sketcher::SketchObject"
BOOLEAN: Final = "PartDesign::Boolean"
CONSTRAINTS: Final = (
    "Distance", "Angle", "Coincident", "Parallel", "Perpendicular", "Horizontal", "Vertical", "Tangent",
    "Equal",
    "Symmetric", "Radius", "Diameter", "DistanceX", "DistanceY", "PointOnObject", "Block",
)  # fmt: skip
"""Kinds of sketch constraints that are allowed."""

DATUMS: Final = {"PartDesign::Plane": "planes", "PartDesign::Line": "axes", "PartDesign::Point": "points"}
_NO_FEATURES: Final = frozenset(
    {BODY, "PartDesign::CoordinateSystem", "PartDesign::ShapeBinder", "PartDesign::SubShapeBinder", *DATUMS}
)
_BINDERS: Final = frozenset({"PartDesign::ShapeBinder", "PartDesign::SubShapeBinder"})
_LINKS: Final = frozenset(
    [
        "Profile",
        "Base",
        "BaseFeature",
        "Originals",
        "Sections",
        "Spine",
        "AuxiliarySpine",
        "MirrorPlane",
        "Axis",
        "ReferenceAxis",
        "Direction",
        "UpToFace",
        "UpToShape",
        "AttachmentSupport",
        "Support",
        "NeutralPlane",
        "PullDirection",
        "Transformations",
    ]
)
"""Properties by which a feature stands on other objects."""

_PROFILED: Final = ("Pad", "Pocket", "Revolution", "Groove", "Hole", "AdditiveHelix", "SubtractiveHelix")
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    **{f"PartDesign::{name}": ("Profile",) for name in _PROFILED},
    "PartDesign::AdditiveLoft": ("Profile", "Sections"),
    "PartDesign::SubtractiveLoft": ("Profile", "Sections"),
    "PartDesign::AdditivePipe": ("Profile", "Spine"),
    "PartDesign::SubtractivePipe": ("Profile", "Spine"),
    "PartDesign::Fillet": ("Base",),
    "PartDesign::Chamfer": ("Base",),
    "PartDesign::Draft": ("Base",),
    "PartDesign::Thickness": ("Base",),
}
"""What a feature cannot do without."""

_PART_BOOLEANS: Final = frozenset(
    {"Part::Cut", "Part::Fuse", "Part::Common", "Part::MultiFuse", "Part::MultiCommon"}
)
_TAPERED: Final = {"TaperAngle": 45.0, "TaperAngle2": 45.0}
_TURNED: Final = frozenset({"PartDesign::Revolution", "PartDesign::Groove"})
MOST_OCCURRENCES: Final = 1000
SPACING_MM: Final = (0.1, 1000.0)


def is_feature(type_id: str) -> bool:
    """Whether a kind of object can be the tip of a body."""
    return type_id.startswith("PartDesign::") and type_id not in _NO_FEATURES


@dataclass(slots=True)
class Made:
    """A document object that a script makes."""

    variable: str
    """Name that the script gives it; empty when it keeps none."""
    type_id: str
    name: str
    """The object's own name."""
    call: ast.Call
    straight: bool
    """Made by a statement of the top level, so exactly once."""
    body: str = ""
    """Variable of the body that it is in, where known."""
    values: dict[str, ast.expr] = field(default_factory=dict)
    """Properties that are set, with the last value of each."""

    @property
    def shown(self) -> str:
        return self.name or self.variable or self.type_id


class BodyContents:
    """The document objects of one script."""

    def __init__(self, source: Source, names: Names, folder: Folder, kinds: Kinds) -> None:
        self.source, self.names, self.folder, self.kinds = source, names, folder, kinds
        self._calls = [node for node in source.of(ast.Call) if isinstance(node.func, ast.Attribute)]
        self.made = sorted(self._find(), key=lambda each: (each.call.lineno, each.call.col_offset))
        self.by_variable = {each.variable: each for each in self.made if each.variable}
        self._place_in_bodies()
        self._read_properties()
        self._handed_on = {
            argument.id
            for node in source.of(ast.Call)
            if isinstance(node.func, ast.Name)
            for argument in node.args
            if isinstance(argument, ast.Name)
        }

    @property
    def features(self) -> list[Made]:
        return [each for each in self.made if is_feature(each.type_id)]

    @property
    def bodies(self) -> list[Made]:
        return [each for each in self.made if each.type_id == BODY]

    @property
    def has_body(self) -> bool:
        """Whether the script makes a body or takes one that is there."""
        return bool(self.bodies) or any(
            _method(node) in ("getObject", "getObjectsByLabel", "findObjects") for node in self._calls
        )

    @property
    def homeless(self) -> list[ast.Call]:
        """Calls that make features and sketches outside any body."""
        return [
            each.call for each in self.made
            if not each.body and _method(each.call) == "addObject" and (is_feature(each.type_id)
            or each.type_id == SKETCH or each.type_id in DATUMS)
        ]  # fmt: skip

    def missing_tips(self, default_body: str) -> Iterator[tuple[str, str]]:
        """Bodies that the script sets no tip for, with the variable of their last feature."""
        homes = [each.variable for each in self.bodies if each.variable and each.straight]
        for body in [*homes, *([default_body] if default_body else [])]:
            owner = self.by_variable.get(body)
            if owner is not None and "Tip" in owner.values:
                continue
            inside = [
                each
                for each in self.features
                if each.body == body or (body == default_body and not each.body)
            ]
            if not inside or not all(each.straight and each.variable for each in inside):
                continue
            if self.names.bound[inside[-1].variable] == 1:
                yield body, inside[-1].variable

    def of(self, node: ast.expr | None) -> list[Made]:
        """The objects that an expression names."""
        if node is None:
            return []
        found = [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
        return [self.by_variable[name] for name in found if name in self.by_variable]

    def is_handed_on(self, made: Made) -> bool:
        """Whether a function of the script is given the object, so that it may set what is not seen here."""
        return made.variable in self._handed_on

    def _find(self) -> Iterator[Made]:
        straight = {id(statement) for statement in self.source.tree.body}
        kept: set[int] = set()
        for node in self.source.of(ast.Assign):
            if isinstance(node.value, ast.Call) and len(node.targets) == 1:
                target = node.targets[0]
                variable = target.id if isinstance(target, ast.Name) else ""
                made = self._made(node.value, variable, id(node) in straight)
                if made is not None:
                    kept.add(id(node.value))
                    yield made
        for call in self._calls:
            if id(call) not in kept:
                made = self._made(call, "", False)
                if made is not None:
                    yield made

    def _made(self, call: ast.Call, variable: str, straight: bool) -> Made | None:
        if _method(call) not in ("addObject", "newObject") or not call.args:
            return None
        type_id = self.folder.text(call.args[0])
        if type_id is None or "::" not in type_id:
            return None
        name = self.folder.text(call.args[1]) if len(call.args) > 1 else None
        if variable and self.names.bound[variable] != 1:
            variable = ""
        return Made(variable, type_id, name or "", call, straight)

    def _place_in_bodies(self) -> None:
        for each in self.made:
            owner = each.call.func.value if isinstance(each.call.func, ast.Attribute) else None
            if isinstance(owner, ast.Name) and self.kinds.type_id(owner) == BODY:
                each.body = owner.id
        for call in self._calls:
            if call.args and _method(call) in ("addObject", "addObjects", "addFeature"):
                assert isinstance(call.func, ast.Attribute)
                self._put(call.func.value, call.args[0])
        for node in self.source.of(ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr == "Group":
                    self._put(target.value, node.value)

    def _put(self, owner: ast.expr, contents: ast.expr) -> None:
        if isinstance(owner, ast.Name) and self.kinds.type_id(owner) == BODY:
            for each in self.of(contents):
                each.body = owner.id

    def _read_properties(self) -> None:
        for node in self.source.of(ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                    made = self.by_variable.get(target.value.id)
                    if made is not None:
                        made.values[target.attr] = node.value


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


class Rules:
    """The rules of PartDesign on one script, as far as they can be judged before it runs."""

    def __init__(self, source: Source, contents: BodyContents) -> None:
        self._source, self._contents = source, contents
        self._folder = contents.folder
        self._found: list[Finding] = []

    def findings(self) -> list[Finding]:
        self._constraints()
        for made in self._contents.made:
            self._angles(made)
            self._patterns(made)
            self._dependencies(made)
            self._part_boolean(made)
        self._cycles()
        self._tips()
        return self._found

    def _add(self, code: str, node: ast.AST, **params: Any) -> None:
        place = node if hasattr(node, "lineno") else self._source.tree
        line = getattr(place, "lineno", 1)
        column = self._source.column(place) if hasattr(place, "col_offset") else 1
        self._found.append(Finding(code, line, column, params))

    def _constraints(self) -> None:
        calls = self._source.of(ast.Call)
        for node, kind in constraint_calls(calls, self._contents.names, self._folder):
            if kind not in CONSTRAINTS:
                self._add("CONSTRAINT_UNSUPPORTED", node, name=kind)

    def _angles(self, made: Made) -> None:
        limits = dict(_TAPERED)
        if made.type_id == "PartDesign::Draft":
            limits["Angle"] = 45.0
        for name, limit in limits.items():
            value = self._number(made, name)
            if value is not None and abs(value) > limit:
                self._angle_error(made.values[name], name, value, -limit, limit)
        if made.type_id in _TURNED:
            value = self._number(made, "Angle")
            if value is not None and not 0 < value <= 360:
                self._angle_error(made.values["Angle"], "Angle", value, 0, 360)

    def _angle_error(self, node: ast.expr, name: str, value: float, low: float, high: float) -> None:
        self._add(
            "ANGLE_ERROR", node, name=name, value_deg=number_text(value), min_deg=number_text(low),
            max_deg=number_text(high),
        )  # fmt: skip

    def _patterns(self, made: Made) -> None:
        if made.type_id in ("PartDesign::LinearPattern", "PartDesign::PolarPattern"):
            count = self._number(made, "Occurrences")
            if count is not None and (count != int(count) or not 1 <= count <= MOST_OCCURRENCES):
                self._add(
                    "PATTERN_ERROR", made.values["Occurrences"], param="occurrences", value=number_text(count)
                )
        if made.type_id == "PartDesign::LinearPattern":
            node, spacing = self._spacing(made)
            if node is not None and spacing is not None and not SPACING_MM[0] <= spacing <= SPACING_MM[1]:
                self._add("PATTERN_ERROR", node, param="spacing_mm", value=number_text(spacing))
        elif made.type_id == "PartDesign::PolarPattern":
            angle = self._number(made, "Angle")
            if angle is not None and not 0 <= angle <= 360:
                self._add("PATTERN_ERROR", made.values["Angle"], param="angle_deg", value=number_text(angle))
        elif made.type_id == "PartDesign::Mirrored" and made.variable and not self._is_part_of_many(made):
            plane = made.values.get("MirrorPlane")
            if (plane is None and not self._contents.is_handed_on(made)) or isinstance(plane, ast.Constant):
                shown = "—" if plane is None else ast.unparse(plane)
                self._add("PATTERN_ERROR", plane or made.call, param="MirrorPlane", value=shown)

    def _spacing(self, made: Made) -> tuple[ast.expr | None, float | None]:
        """The distance between two occurrences: ``Offset``, or ``Length`` shared out."""
        if "Offset" in made.values:
            return made.values["Offset"], self._number(made, "Offset")
        length, count = self._number(made, "Length"), self._number(made, "Occurrences")
        if length is None:
            return None, None
        return made.values["Length"], length / (count - 1) if count is not None and count > 1 else length

    def _is_part_of_many(self, made: Made) -> bool:
        return any(
            made in self._contents.of(each.values.get("Transformations")) for each in self._contents.made
        )

    def _dependencies(self, made: Made) -> None:
        if not is_feature(made.type_id):
            return
        if made.variable and not self._contents.is_handed_on(made):
            for needed in _NEEDED.get(made.type_id, ()):
                value = made.values.get(needed)
                empty = isinstance(value, ast.Constant) and value.value is None
                empty = empty or (isinstance(value, ast.List | ast.Tuple) and not value.elts)
                if value is None or empty:
                    self._add(
                        "FEATURE_DEPENDENCY_ERROR", value or made.call, feature=made.shown, parent=needed
                    )
            if not made.body and self._contents.bodies and _method(made.call) == "addObject":
                self._add("FEATURE_DEPENDENCY_ERROR", made.call, feature=made.shown, parent="Body")
        if made.type_id == BOOLEAN:
            self._boolean(made)
        else:
            self._stands_in_its_body(made)

    def _stands_in_its_body(self, made: Made) -> None:
        for name in sorted(_LINKS & made.values.keys()):
            for parent in self._contents.of(made.values[name]):
                outside = bool(made.body) and parent.body != made.body and parent.type_id not in _BINDERS
                if outside and parent.type_id != BODY:
                    node = made.values[name]
                    self._add("FEATURE_DEPENDENCY_ERROR", node, feature=made.shown, parent=parent.shown)

    def _boolean(self, made: Made) -> None:
        tools = list(boolean_tools(self._contents, made))
        if not tools and made.variable and not self._contents.is_handed_on(made):
            self._add("BOOLEAN_BODY_ERROR", made.call, target=self._body_shown(made), tool="—")
        for node, tool in tools:
            if tool.type_id != BODY or tool.variable == made.body:
                self._add("BOOLEAN_BODY_ERROR", node, target=self._body_shown(made), tool=tool.shown)

    def _body_shown(self, made: Made) -> str:
        owner = self._contents.by_variable.get(made.body)
        return owner.shown if owner else made.body or "—"

    def _part_boolean(self, made: Made) -> None:
        if made.type_id not in _PART_BOOLEANS:
            return
        operands = [
            each for name in ("Base", "Tool", "Shapes") for each in self._contents.of(made.values.get(name))
        ]
        if any(each.type_id == BODY for each in operands):
            shown = [each.shown for each in operands] + ["—", "—"]
            self._add("BOOLEAN_BODY_ERROR", made.call, target=shown[0], tool=shown[1])

    def _cycles(self) -> None:
        parents = {
            each.variable: [
                parent.variable
                for name in sorted(_LINKS & each.values.keys())
                for parent in self._contents.of(each.values[name])
            ]
            for each in self._contents.made
            if each.variable
        }
        for child, parent in _circles(parents):
            first, second = self._contents.by_variable[child], self._contents.by_variable[parent]
            self._add("FEATURE_DEPENDENCY_ERROR", first.call, feature=first.shown, parent=second.shown)

    def _tips(self) -> None:
        for body in self._contents.bodies:
            tip = body.values.get("Tip")
            if tip is None:
                continue
            known = self._contents.of(tip)
            wrong = [
                each for each in known if not is_feature(each.type_id) or each.body not in ("", body.variable)
            ]
            if wrong or (isinstance(tip, ast.Constant) and tip.value is not None):
                parent = wrong[0].shown if wrong else ast.unparse(tip)
                self._add("FEATURE_DEPENDENCY_ERROR", tip, feature=f"{body.shown}.Tip", parent=parent)

    def _number(self, made: Made, name: str) -> float | None:
        return self._folder.number(made.values.get(name))


def _circles(parents: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """The links that close a circle, as pairs of an object and what it stands on."""
    done: set[str] = set()
    for start in parents:
        way = {start: iter(parents[start])} if start not in done else {}
        while way:
            last = next(reversed(way))
            parent = next(way[last], None)
            if parent is None:
                done.add(last)
                del way[last]
            elif parent in way:
                yield last, parent
            elif parent not in done:
                way[parent] = iter(parents.get(parent, ()))


def constraint_calls(
    calls: Iterable[ast.Call], names: Names, folder: Folder
) -> Iterator[tuple[ast.Call, str]]:
    """Every ``Sketcher.Constraint(kind, …)`` among some calls whose kind can be read."""
    for node in calls:
        if node.args and names.resolve(node.func) == "Sketcher.Constraint":
            kind = folder.text(node.args[0])
            if kind is not None:
                yield node, kind


def boolean_tools(contents: BodyContents, made: Made) -> Iterator[tuple[ast.expr, Made]]:
    """The objects that a PartDesign boolean is given."""
    for node in contents.source.of(ast.Call):
        if not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        owner = node.func.value
        of_this = isinstance(owner, ast.Name) and owner.id == made.variable
        if of_this and node.func.attr in ("addObject", "addObjects", "setObjects"):
            yield from ((node, tool) for tool in contents.of(node.args[0]))
    if "Group" in made.values:
        yield from ((made.values["Group"], tool) for tool in contents.of(made.values["Group"]))


_PARAMS: Final = {
    "Length": "length_mm", "Length2": "length2_mm", "Depth": "depth_mm", "Angle": "angle_deg",
    "TaperAngle": "draft_deg", "Occurrences": "occurrences", "Offset": "offset_mm", "Radius": "radius_mm",
    "Size": "size_mm", "Value": "value_mm", "Diameter": "diameter_mm", "Pitch": "pitch_mm",
    "Height": "height_mm",
}  # fmt: skip
_OPERATIONS: Final = {0: "Fuse", 1: "Cut", 2: "Common", "Fuse": "Fuse", "Cut": "Cut", "Common": "Common"}


def described(contents: BodyContents) -> dict[str, Any]:
    """The PartDesign part of ``script_meta``; what only a finished document tells is ``None``."""
    bodies = contents.bodies
    tips = {
        each.shown: _tip_of(each, contents) for each in bodies
    }  # fmt: skip
    return {
        "partdesign_features": [_feature(each, contents) for each in contents.features],
        "sketches": _sketches(contents),
        "bodies": {
            "count": len(bodies),
            "names": [each.shown for each in bodies],
            "tip_map": tips,
            "single_solid_ok": None,
        },
        "datums": {
            group: [_datum(each, contents) for each in contents.made if each.type_id == type_id]
            for type_id, group in DATUMS.items()
        },
        "booleans": [_boolean_described(each, contents) for each in contents.made if each.type_id == BOOLEAN],
    }


def _tip_of(body: Made, contents: BodyContents) -> str | None:
    known = contents.of(body.values.get("Tip"))
    return known[0].shown if known else None


def _body_name(made: Made, contents: BodyContents) -> str | None:
    owner = contents.by_variable.get(made.body)
    return owner.shown if owner else None


def _feature(made: Made, contents: BodyContents) -> dict[str, Any]:
    params: dict[str, float] = {}
    for name, node in made.values.items():
        value = contents.folder.number(node)
        if value is not None and name in _PARAMS:
            params[_param_name(made.type_id, name)] = round(value, 6)
    if made.type_id == "PartDesign::LinearPattern" and "length_mm" in params:
        gaps = params.get("occurrences", 2) - 1
        params["spacing_mm"] = round(params["length_mm"] / gaps, 6) if gaps > 0 else params["length_mm"]
    return {"name": made.shown, "class": made.type_id, "body": _body_name(made, contents), "params": params}


def _param_name(type_id: str, name: str) -> str:
    if type_id == "PartDesign::Pocket" and name == "Length":
        return "depth_mm"
    if type_id == "PartDesign::PolarPattern" and name == "Angle":
        return "sweep_angle_deg"
    if type_id == "PartDesign::LinearPattern" and name == "Offset":
        return "spacing_mm"
    return "draft_deg" if type_id == "PartDesign::Draft" and name == "Angle" else _PARAMS[name]


def _sketches(contents: BodyContents) -> list[dict[str, Any]]:
    counts: dict[str, Counter[str]] = {}
    for node in contents.source.of(ast.Call):
        sketch = node.func.value if isinstance(node.func, ast.Attribute) else None
        if isinstance(sketch, ast.Name) and _method(node) == "addConstraint":
            given = (each for argument in node.args for each in ast.walk(argument))
            calls = [each for each in given if isinstance(each, ast.Call)]
            kinds = [kind for _, kind in constraint_calls(calls, contents.names, contents.folder)]
            counts.setdefault(sketch.id, Counter()).update(kinds)
    return [
        {
            "name": each.shown,
            "body": _body_name(each, contents),
            "constraint_counts": {kind: counts.get(each.variable, Counter())[kind] for kind in CONSTRAINTS},
            "dof": None,
        }
        for each in contents.made
        if each.type_id == SKETCH
    ]


def _datum(made: Made, contents: BodyContents) -> dict[str, Any]:
    offset = made.values.get("AttachmentOffset")
    base = offset.args[0] if isinstance(offset, ast.Call) and offset.args else None
    vector = contents.folder.vector(base)
    return {
        "name": made.shown,
        "body": _body_name(made, contents),
        "offsets_mm": [round(float(value), 6) for value in vector] if vector else None,
    }


def _boolean_described(made: Made, contents: BodyContents) -> dict[str, Any]:
    kind = made.values.get("Type")
    known = contents.folder.constant(kind) if kind is not None else 0
    return {
        "target_body": _body_name(made, contents),
        "tool_bodies": [tool.shown for _, tool in boolean_tools(contents, made)],
        "operation": _OPERATIONS.get(known) if isinstance(known, int | str) else None,
        "result_single_solid": None,
    }

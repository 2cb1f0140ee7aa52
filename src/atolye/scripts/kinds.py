"""A guess at what kind of thing each name of a script holds; where it is not certain, nothing is said."""

from __future__ import annotations

import ast
from typing import Final

from atolye.scripts.folding import LONGEST_CHAIN, Folder
from atolye.scripts.names import Names
from atolye.scripts.surface import ANY_SHAPE, Surface

DOCUMENT: Final = "FreeCAD.Document"
DOCUMENT_NAME: Final = "doc"
"""Name of the document in a canonical script; a script may use it without making it."""

_MAKES_DOCUMENT: Final = frozenset({"FreeCAD.newDocument", "FreeCAD.activeDocument", "FreeCAD.getDocument"})
_SHAPE_METHODS: Final = frozenset(
    [
        "cut",
        "fuse",
        "common",
        "section",
        "extrude",
        "revolve",
        "mirror",
        "copy",
        "makeFillet",
        "makeChamfer",
        "makeThickness",
        "makeOffsetShape",
        "removeSplitter",
        "rotated",
        "translated",
        "scaled",
        "transformed",
        "cleaned",
        "defeaturing",
        "multiFuse",
    ]
)
"""Methods of shapes that return a shape; other kinds of value that have them return their own kind."""

_MADE_KINDS: Final = {
    "FreeCAD.Vector": "FreeCAD.Vector",
    "FreeCAD.Base.Vector": "FreeCAD.Vector",
    "FreeCAD.Placement": "FreeCAD.Placement",
    "FreeCAD.Base.Placement": "FreeCAD.Placement",
    "FreeCAD.Rotation": "FreeCAD.Rotation",
    "FreeCAD.Base.Rotation": "FreeCAD.Rotation",
    "FreeCAD.Matrix": "FreeCAD.Matrix",
    "FreeCAD.Base.Matrix": "FreeCAD.Matrix",
    "Sketcher.Constraint": "Sketcher.Constraint",
    "Mesh.Mesh": "Mesh.MeshObject",
}
_SHAPE_CLASSES: Final = frozenset(
    "Part." + name for name in ["Shape", "Solid", "Compound", "Shell", "Face", "Wire", "Edge", "Vertex"]
)
_NOT_SHAPES: Final = frozenset({"Part.makeSplitShape"})


class Kinds:
    """Kinds of the values of one script, as :meth:`Surface.members` names them."""

    def __init__(self, names: Names, surface: Surface, folder: Folder) -> None:
        self._names, self._surface, self._folder = names, surface, folder
        self._known: dict[str, str | None] = {}
        self._deep = 0

    def of(self, node: ast.expr) -> str | None:
        """The kind of an expression's value, or ``None`` when that is not certain."""
        if isinstance(node, ast.Name):
            return self.of_name(node.id)
        if isinstance(node, ast.Call):
            return self._of_call(node)
        if isinstance(node, ast.Attribute):
            if self._names.resolve(node) == "FreeCAD.ActiveDocument":
                return DOCUMENT
            if node.attr == "Shape":
                return ANY_SHAPE
        if isinstance(node, ast.BoolOp):
            kinds = {self.of(value) for value in node.values}
            return kinds.pop() if len(kinds) == 1 else None
        return None

    def of_name(self, name: str) -> str | None:
        """The kind that every value put into a name has."""
        if name == DOCUMENT_NAME and not self._names.bound[name]:
            return DOCUMENT
        if name not in self._known:
            values = self._names.assigned.get(name, [])
            if len(values) != self._names.bound[name] or self._deep >= LONGEST_CHAIN:
                return None
            self._known[name] = None  # while it is being found out
            self._deep += 1
            kinds = {self.of(value) for value in values}
            self._deep -= 1
            self._known[name] = kinds.pop() if len(kinds) == 1 else None
        return self._known[name]

    def type_id(self, node: ast.expr | None) -> str | None:
        """``PartDesign::Pad`` for an expression whose value is certainly a pad."""
        kind = self.of(node) if node is not None else None
        return kind.removeprefix("object:") if kind and kind.startswith("object:") else None

    def _of_call(self, node: ast.Call) -> str | None:
        qualname = self._names.resolve(node.func)
        if qualname is not None:
            return self._made_by(qualname)
        if not isinstance(node.func, ast.Attribute):
            return None
        method = node.func.attr
        if method in ("addObject", "newObject") and node.args:
            type_id = self._folder.text(node.args[0])
            return f"object:{type_id}" if type_id and self._surface.object_type(type_id) == "ok" else None
        if method in _SHAPE_METHODS and self.of(node.func.value) == ANY_SHAPE:
            return ANY_SHAPE
        return None

    def _made_by(self, qualname: str) -> str | None:
        if qualname in _MAKES_DOCUMENT:
            return DOCUMENT
        if qualname in _SHAPE_CLASSES or (qualname.startswith("Part.make") and qualname not in _NOT_SHAPES):
            return ANY_SHAPE
        return _MADE_KINDS.get(qualname)

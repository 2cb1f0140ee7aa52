"""What the names of a script stand for: modules, members of modules, or things of its own."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from atolye.scripts.reading import Source
from atolye.scripts.surface import Surface

USUAL_NAMES: Final = {
    "App": "FreeCAD",
    "FreeCAD": "FreeCAD",
    "Base": "FreeCAD.Base",
    "Part": "Part",
    "PartDesign": "PartDesign",
    "Sketcher": "Sketcher",
    "Draft": "Draft",
    "Import": "Import",
    "Mesh": "Mesh",
    "math": "math",
    "np": "numpy",
    "numpy": "numpy",
}
"""Names that everybody reads as this module; a script may not make them anything else."""

ALWAYS_THERE: Final = ("App", "Part")
"""Names that normalisation imports."""


@dataclass(slots=True)
class Names:
    """The names of one script, judged without regard to scope, so that no scope can hide anything."""

    modules: dict[str, str] = field(default_factory=dict)
    """Names that stand for a module, with its path, such as ``FreeCAD.Base``."""
    members: dict[str, str] = field(default_factory=dict)
    """Names that stand for a module's member, with its full name."""
    bound: Counter[str] = field(default_factory=Counter)
    """How often the script binds each name of its own."""
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    assigned: dict[str, list[ast.expr]] = field(default_factory=dict)
    """Values of the plain assignments to each name."""

    def resolve(self, node: ast.expr) -> str | None:
        """The full name of what an expression names in a module, such as ``FreeCAD.Base.Vector``."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        root = self.modules.get(node.id) or self.members.get(node.id)
        return ".".join([root, *reversed(parts)]) if root else None

    def only_value(self, name: str) -> ast.expr | None:
        """The value of a name that is given one exactly once, by a plain assignment."""
        values = self.assigned.get(name, [])
        return values[0] if len(values) == 1 and self.bound[name] == 1 else None


def collect(source: Source, surface: Surface) -> Names:
    """Finds out what every name of a script stands for."""
    names = Names(modules={name: USUAL_NAMES[name] for name in ALWAYS_THERE})
    names.bound.update(node.id for node in source.of(ast.Name) if not isinstance(node.ctx, ast.Load))
    names.bound.update(node.arg for node in source.of(ast.arg))
    names.bound.update(node.name for node in source.of(ast.ExceptHandler) if node.name)
    for function in source.of(ast.FunctionDef):
        names.bound[function.name] += 1
        names.functions[function.name] = function
    for assignment in source.of(ast.Assign):
        for target in assignment.targets:
            if isinstance(target, ast.Name):
                names.assigned.setdefault(target.id, []).append(assignment.value)
    for annotated in source.of(ast.AnnAssign):
        if isinstance(annotated.target, ast.Name) and annotated.value is not None:
            names.assigned.setdefault(annotated.target.id, []).append(annotated.value)
    imports: list[ast.Import | ast.ImportFrom] = [*source.of(ast.Import), *source.of(ast.ImportFrom)]
    for node in imports:
        names.modules.update(_imported_modules(node))
        names.members.update(_imported_members(node))
    _follow_aliases(names, surface)
    return names


def _imported_modules(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            path = "FreeCAD.Base" if alias.name == "Base" else alias.name
            yield alias.asname or alias.name.partition(".")[0], path
        elif node.module == "FreeCAD" and alias.name in ("Base", "Units", "Console"):
            yield alias.asname or alias.name, f"FreeCAD.{alias.name}"


def _imported_members(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            if not (node.module == "FreeCAD" and alias.name in ("Base", "Units", "Console")):
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _follow_aliases(names: Names, surface: Surface) -> None:
    """Lets ``V = App.Vector`` and ``a = App`` stand for what they name, if nothing else is ever put there."""
    seen: set[str] = set()
    for name in list(names.assigned):
        chain: list[str] = []
        while name not in seen and name not in names.modules and name not in names.members:
            seen.add(name)
            value = names.only_value(name)
            root = _root(value) if value is not None else None
            if root is None:
                break
            chain.append(name)
            name = root
        for alias in reversed(chain):
            _follow(names, surface, alias)


def _follow(names: Names, surface: Surface, alias: str) -> None:
    value = names.only_value(alias)
    qualname = names.resolve(value) if value is not None else None
    if qualname is None:
        return
    module, _, member = qualname.rpartition(".")
    if surface.is_module(qualname):
        names.modules[alias] = qualname
    elif surface.is_module(module) and surface.kind(module, member) in ("class", "function"):
        names.members[alias] = qualname


def _root(node: ast.expr) -> str | None:
    """The name that ``a.b.c`` begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None

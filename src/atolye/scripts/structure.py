"""Completes a script: imports, document, body, tip, display and recompute; each only where it is missing."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from atolye.scripts.folding import Folder
from atolye.scripts.kinds import DOCUMENT, Kinds
from atolye.scripts.names import Names
from atolye.scripts.partdesign import BodyContents
from atolye.scripts.reading import Source, characters_before
from atolye.scripts.surface import ANY_SHAPE, Surface

_ORDER: Final = ("FreeCAD", "Part", "PartDesign", "Sketcher", "Draft", "Import", "Mesh", "math", "numpy")
_NEW_DOCUMENT: Final = "doc = App.newDocument()"
_ACTIVE_DOCUMENT: Final = "doc = App.ActiveDocument"
_NEW_BODY: Final = "{name} = App.ActiveDocument.addObject('PartDesign::Body','Body')"


@dataclass(slots=True)
class Line:
    """A line of the script with the number of the user's line that it comes from; 0 where it was added."""

    text: str
    origin: int


class Structure:
    """The additions to one script whose values are in millimetres already."""

    def __init__(self, source: Source, surface: Surface, names: Names) -> None:
        self._source, self._names = source, names
        self._folder = Folder(self._names)
        self._kinds = Kinds(self._names, surface, self._folder)
        self._lines = [Line(text, number) for number, text in enumerate(source.lines, 1)]
        self._before: dict[int, list[str]] = {}
        """Lines to be added before a line (from 1)."""
        self._end: list[str] = []
        self._statements = Counter(_lines_of(source.tree.body))
        self._others = Counter(_lines_of(node for node in source.tree.body if not _is_import(node)))
        """How many statements of the top level stand in each line: all, and those that are no imports."""
        self._body = [node for node in source.tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]

    def lines(self) -> list[Line]:
        """The completed script."""
        start = self._place_of_imports()
        after_imports = self._document()
        after_imports += self._contents()
        imports = self._take_imports()
        self._show()
        self._recompute()
        return self._assemble(start, [*imports, *(Line(text, 0) for text in after_imports)])

    # -- imports

    def _place_of_imports(self) -> int:
        """Lines that stay above the imports: a docstring, or a heading of comments set off from the rest."""
        statements = self._source.tree.body
        first = statements[0] if statements else None
        if isinstance(first, ast.Import | ast.ImportFrom) and self._is_alone(first):
            return first.lineno - 1
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            return first.end_lineno or 0 if self._is_alone(first) else 0
        return _heading(self._source.lines[: first.lineno - 1] if first is not None else self._source.lines)

    def _is_alone(self, node: ast.stmt) -> bool:
        """Whether nothing but imports, or the statement itself, stands in the lines of a statement."""
        count = self._others if _is_import(node) else self._statements
        allowed = 0 if _is_import(node) else 1
        return all(
            count[line] <= allowed for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        )

    def _take_imports(self) -> list[Line]:
        """Takes the imports of the top level out of the text, one line each, sorted, with what is missing."""
        found: dict[tuple[int, int, str], Line] = {}
        for text, order in (("import FreeCAD as App", 0), ("import Part", 1)):
            found[(order, 0, text)] = Line(text, 0)
        for node in self._source.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom) and self._is_alone(node):
                remark = self._remark_of(node)
                for key, text in _single_imports(node):
                    line = found.setdefault(key, Line(text, node.lineno))
                    line.origin = line.origin or node.lineno
                    if remark:
                        line.text, remark = f"{line.text}  {remark}", ""
                for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    self._lines[number - 1] = Line("", -1)
        return [found[key] for key in sorted(found)]

    def _remark_of(self, node: ast.Import | ast.ImportFrom) -> str:
        """The comments in the lines of an import, as one; those of a line are taken once."""
        lines = [
            self._lines[number - 1] for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        ]
        words = [line.text.partition("#")[2].strip() for line in lines if line.origin != -1]
        text = " ".join(word for word in words if word)
        return f"# {text}" if text else ""

    # -- document

    def _document(self) -> list[str]:
        """Makes sure that ``doc`` names a document; returns lines to put after the imports."""
        creating = self._creating()
        using = creating or any(self._uses_document(node) for node in self._source.of(ast.Attribute))
        if self._is_bound("doc"):
            return []
        if not using:
            return [_NEW_DOCUMENT]
        first_use = next((node for node in self._body if _reads_outside_functions(node, "doc")), None)
        late = [node for node in creating if first_use is None or node.lineno <= first_use.lineno]
        if first_use is None:
            self._before_recompute(_ACTIVE_DOCUMENT)
            return []
        if late:
            self._add_after(late[-1], _ACTIVE_DOCUMENT)
            return []
        return [_ACTIVE_DOCUMENT]

    def _creating(self) -> list[ast.stmt]:
        """The statements of the top level that make a document, or define what does."""
        lines = [
            node.lineno
            for node in self._source.of(ast.Call)
            if self._names.resolve(node.func) == "FreeCAD.newDocument"
        ]
        lines.sort()
        return [
            node
            for node in self._body
            if bisect_left(lines, node.lineno) < bisect_right(lines, node.end_lineno or node.lineno)
        ]

    def _is_bound(self, name: str) -> bool:
        """Whether a name is bound at the top level."""
        if not self._names.bound[name]:
            return False
        if any(name in node.names for node in self._source.of(ast.Global)):
            return True
        inner = [(node.lineno, node.end_lineno or node.lineno) for node in self._source.of(ast.FunctionDef)]
        loops = {id(each.target) for each in self._source.of(ast.comprehension)}
        return any(
            node.id == name
            and isinstance(node.ctx, ast.Store)
            and id(node) not in loops
            and not any(first <= node.lineno <= last for first, last in inner)
            for node in self._source.of(ast.Name)
        )

    def _uses_document(self, node: ast.Attribute) -> bool:
        return self._names.resolve(node) in (
            "FreeCAD.ActiveDocument", "FreeCAD.activeDocument", "FreeCAD.getDocument",
        )  # fmt: skip

    # -- PartDesign

    def _contents(self) -> list[str]:
        """A body where features have none, and each body's tip; returns lines to put after the imports."""
        contents = BodyContents(self._source, self._names, self._folder, self._kinds)
        added: list[str] = []
        name = ""
        if contents.features and not contents.has_body:
            name = _free_name("body", self._names)
            line = _NEW_BODY.format(name=name)
            creating = self._creating()
            if creating:
                self._add_after(creating[-1], line)
            else:
                added.append(line)
            for call in contents.homeless:
                self._make_in_body(call, name)
        for body, tip in contents.missing_tips(default_body=name):
            self._before_recompute(f"{body}.Tip = {tip}")
        return added

    def _make_in_body(self, call: ast.Call, body: str) -> None:
        """``doc.addObject(…)`` of a feature that would belong to no body becomes ``body.newObject(…)``."""
        function = call.func
        if function.lineno != function.end_lineno:
            return
        line = self._lines[function.lineno - 1]
        start = characters_before(line.text, function.col_offset)
        end = characters_before(line.text, function.end_col_offset or 0)
        line.text = f"{line.text[:start]}{body}.newObject{line.text[end:]}"

    # -- display and recompute

    def _show(self) -> None:
        if not self._is_bound("result") or not self._is_shape("result"):
            return
        if not any(self._shows(node) for node in (*self._source.of(ast.Call), *self._source.of(ast.Assign))):
            self._before_recompute("Part.show(result)")

    def _is_shape(self, name: str) -> bool:
        """Whether the last thing put into a name of the top level is a shape."""
        if self._kinds.of_name(name) == ANY_SHAPE:
            return True
        values = self._names.assigned.get(name, [])
        return bool(values) and any(self._kinds.of(value) == ANY_SHAPE or self._looks_like_shape(value)
                                    for value in values)  # fmt: skip

    def _looks_like_shape(self, node: ast.expr) -> bool:
        """A boolean, a fillet … of something uncertain, or what a function of the script returns."""
        if isinstance(node, ast.Name):
            return self._is_shape(node.id) if node.id != "result" else False
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Attribute):
            return node.func.attr in _SHAPE_MAKERS
        function = self._names.functions.get(node.func.id) if isinstance(node.func, ast.Name) else None
        returned = (
            [each.value for each in ast.walk(function) if isinstance(each, ast.Return)] if function else []
        )
        return any(value is not None and self._kinds.of(value) == ANY_SHAPE for value in returned)

    def _shows(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Call) and self._names.resolve(node.func) == "Part.show" and node.args:
            return isinstance(node.args[0], ast.Name) and node.args[0].id == "result"
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id == "result":
            return any(
                isinstance(target, ast.Attribute) and target.attr == "Shape" for target in node.targets
            )
        return False

    def _recompute(self) -> None:
        if self._final_recompute() is None:
            self._end.append("doc.recompute()")

    def _final_recompute(self) -> ast.stmt | None:
        """The statement at the end that recomputes the document, if there is one and it stays the last."""
        last = self._body[-1] if self._body else None
        if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Call):
            return None
        function = last.value.func
        recomputes = isinstance(function, ast.Attribute) and function.attr == "recompute"
        if not recomputes or last.col_offset != 0 or last.value.args or last.value.keywords:
            return None
        assert isinstance(function, ast.Attribute)
        owner = function.value
        of_document = self._kinds.of(owner) == DOCUMENT or (isinstance(owner, ast.Name) and owner.id == "doc")
        starts_line = not self._source.lines[last.lineno - 1][: last.col_offset].strip()
        return last if of_document and starts_line else None

    def _before_recompute(self, text: str) -> None:
        final = self._final_recompute()
        if final is not None and not self._shares_line(final):
            self._before.setdefault(final.lineno, []).append(text)
        else:
            self._end.append(text)

    def _shares_line(self, node: ast.stmt) -> bool:
        return self._statements[node.lineno] > 1

    def _add_after(self, node: ast.stmt, text: str) -> None:
        self._before.setdefault((node.end_lineno or node.lineno) + 1, []).append(text)

    # -- the text

    def _assemble(self, start: int, head: list[Line]) -> list[Line]:
        made: list[Line] = []
        for number, line in enumerate([*self._lines, Line("", -1)], 1):
            if number == start + 1:
                made += head
                head = []
            made += [Line(text, 0) for text in self._before.get(number, ())]
            if line.origin != -1:
                made.append(line)
        while made and not made[-1].text.strip():
            made.pop()
        made += [Line(text, 0) for text in self._end]
        while made and not made[0].text.strip():
            made.pop(0)
        return made


_SHAPE_MAKERS: Final = frozenset(
    [
        "cut",
        "fuse",
        "common",
        "section",
        "extrude",
        "revolve",
        "makeFillet",
        "makeChamfer",
        "makeThickness",
        "makeOffsetShape",
        "removeSplitter",
    ]
)


def _lines_of(statements: Iterable[ast.stmt]) -> Iterator[int]:
    for node in statements:
        yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _heading(lines: list[str]) -> int:
    """How many of the lines before the first statement are comments with blank lines behind them."""
    number = 0
    while number < len(lines) and not lines[number].strip():
        number += 1
    start = number
    while number < len(lines) and lines[number].lstrip().startswith("#"):
        number += 1
    if number == start or number == len(lines) or lines[number].strip():
        return 0
    while number < len(lines) and not lines[number].strip():
        number += 1
    return number


def _single_imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[tuple[int, int, str], str]]:
    """Each import as a line of its own, with its place among the others."""
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        members = ", ".join(_alias_text(alias) for alias in node.names)
        text = f"from {module} import {members}"
        yield (_rank(module), 2, text), text
        return
    for alias in node.names:
        if alias.name == "Base":
            text = f"from FreeCAD import {_alias_text(alias)}"
            yield (0, 2, text), text
            continue
        text = f"import {_alias_text(alias)}"
        plain = text in ("import FreeCAD as App", "import Part")
        yield (_rank(alias.name), 0 if plain else 1, text), text


def _alias_text(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname and alias.asname != alias.name else alias.name


def _rank(module: str) -> int:
    top = module.partition(".")[0]
    return _ORDER.index(top) if top in _ORDER else len(_ORDER)


def _reads_outside_functions(node: ast.stmt, name: str) -> bool:
    """Whether a statement of the top level reads a global name, or defines a function that does."""
    if isinstance(node, ast.FunctionDef):
        own = {argument.arg for argument in ast.walk(node) if isinstance(argument, ast.arg)}
        own |= {
            each.id
            for each in ast.walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        if name in own:
            return False
    return any(
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load)
        for each in ast.walk(node)
    )


def _free_name(wanted: str, names: Names) -> str:
    name, count = wanted, 1
    while names.bound[name] or name in names.modules or name in names.members:
        count += 1
        name = f"{wanted}_{count}"
    return name

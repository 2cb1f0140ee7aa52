"""The first wall: every name, attribute, call and statement of a script against what is allowed.

An allowlist throughout. Names are resolved to the modules they stand for; a module may only stand before a
dot; an attribute of anything else has to be a known attribute of FreeCAD's objects or of Python's plain
data; methods that could smuggle something in may only be called where they stand, with arguments that can
be read here. The sandbox is the second wall and holds without this one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from atolye.scripts.folding import LARGEST_ARGUMENT, LARGEST_REPEAT, Folder, power_is_huge
from atolye.scripts.kinds import DOCUMENT, DOCUMENT_NAME, Kinds
from atolye.scripts.models import MOST_FINDINGS, Finding
from atolye.scripts.names import USUAL_NAMES, Names
from atolye.scripts.reading import Source, characters_before, doubtful_letters
from atolye.scripts.surface import Surface
from atolye.scripts.units import HELPERS

_HARMLESS: Final = frozenset((
    ast.Module, ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.While, ast.If, ast.Try,
    ast.ExceptHandler, ast.FunctionDef, ast.Return, ast.Pass, ast.Break, ast.Continue, ast.Assert, ast.Raise,
    ast.Delete, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.arguments, ast.arg, ast.keyword,
    ast.alias,
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Lambda, ast.Dict, ast.Set, ast.List,
    ast.Tuple,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.Call, ast.Constant,
    ast.Attribute, ast.Subscript, ast.Starred, ast.Name, ast.Slice, ast.JoinedStr, ast.FormattedValue,
    ast.NamedExpr,
    ast.Yield, ast.YieldFrom,
))  # fmt: skip
_SHOWN_AS: Final = {
    "ClassDef": "class", "With": "with", "AsyncWith": "async with", "AsyncFor": "async for", "Match": "match",
    "AsyncFunctionDef": "async def", "Await": "await", "TryStar": "except*",
}  # fmt: skip
_INTERNAL_TEXT: Final = re.compile(r"__[A-Za-z]\w*__")
_WIDE_FORMAT: Final = re.compile(r"\d{5,}")
_WIDE_PERCENT: Final = re.compile(r"%[-+ #0]*(?:\d{5,}|\d*\.\d{4,})")
_EXPRESSION: Final = re.compile(r"=?[\w\s.+\-*/^()%,;:<>?!=°'\"\[\]]{0,500}")
_EXPRESSION_WORD: Final = re.compile(r"[^\W\d]\w*(?=\s*\()|\b_\w*")
_EXPRESSION_FUNCTIONS: Final = frozenset(
    [
        "abs",
        "acos",
        "asin",
        "atan",
        "atan2",
        "cath",
        "ceil",
        "cos",
        "cosh",
        "exp",
        "floor",
        "hypot",
        "log",
        "log10",
        "max",
        "min",
        "mod",
        "pow",
        "round",
        "sin",
        "sinh",
        "sqrt",
        "sum",
        "tan",
        "tanh",
        "trunc",
        "average",
        "count",
        "stddev",
        "vector",
        "placement",
        "rotation",
        "create",
    ]
)
_NUMERIC_FORMAT: Final = re.compile(r"[\d.,+#]*[defgn%]")
_DIGITS: Final = "0123456789"
_ORIGIN_OBJECTS: Final = frozenset(
    {"Origin", "XY_Plane", "XZ_Plane", "YZ_Plane", "X_Axis", "Y_Axis", "Z_Axis"}
)
_MODULES_OF_FILES: Final = ("Import", "Mesh")


def examine(source: Source, surface: Surface, names: Names, *, canonical: bool = False) -> list[Finding]:
    """Every finding of the static rules on safety and on FreeCAD's API, in the order of the script.

    Args:
        canonical: the script has been normalised, so nothing will be mended any more.
    """
    gate = Gate(source, surface, names, canonical=canonical)
    found: dict[tuple[int, int, str], Finding] = {}
    for finding in (*doubtful_letters(source), *gate.findings()):
        found.setdefault((finding.line, finding.column, finding.code), finding)
    return [found[place] for place in sorted(found)][:MOST_FINDINGS]


class Gate:
    """Walks the tree of one script."""

    def __init__(self, source: Source, surface: Surface, names: Names, *, canonical: bool = False) -> None:
        self._source, self._surface, self._names = source, surface, names
        self._canonical = canonical
        self.folder = Folder(names)
        self.kinds = Kinds(names, surface, self.folder)
        self._before_dot: set[int] = set()
        self._called: set[int] = set()
        self._docstrings: set[int] = set()
        self._own_attributes = self._harmless(_added_names(source, self.folder))
        self._own_objects = self._harmless(_object_names(source, self.folder)) | _ORIGIN_OBJECTS
        self._texts_of_loops: dict[str, list[str] | None] = {}
        self._found: list[Finding] = []
        self._checks: dict[type[ast.AST], Callable[..., None]] = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.FunctionDef: self._function,
            ast.arg: self._argument,
            ast.ExceptHandler: self._handler,
            ast.Constant: self._constant,
            ast.BinOp: self._operation,
            ast.Global: self._declaration,
            ast.Nonlocal: self._declaration,
            ast.Expr: self._expression,
            ast.Compare: self._comparison,
            ast.FormattedValue: self._formatted,
            ast.Assign: self._assignment,
            ast.keyword: self._keyword,
        }

    def findings(self) -> list[Finding]:
        for node in self._source.nodes:  # a node comes before what is in it
            check = self._checks.get(type(node))
            if check is not None:
                check(node)
            elif type(node) not in _HARMLESS:
                kind = type(node).__name__
                self._refuse(node, _SHOWN_AS.get(kind, kind), "statement")
            if len(self._found) >= MOST_FINDINGS:
                break
        return self._found

    # -- reporting

    def _refuse(self, node: ast.AST, symbol: str, reason: str) -> None:
        self._report("SECURITY_VIOLATION", node, {"symbol": symbol[:120]}, reason)

    def _missing(self, node: ast.AST, qualname: str, suggestion: list[str], reason: str = "") -> None:
        params = {
            "qualname": qualname[:120],
            "version": self._surface.freecad,
            "suggestion": ", ".join(suggestion) or "—",
        }
        self._report("API_NOT_FOUND", node, params, reason)

    def _deprecated(self, node: ast.AST, qualname: str, instead: str) -> None:
        params = {"qualname": qualname, "suggestion": instead}
        self._found.append(Finding("API_DEPRECATED", *self._place(node), params, severity="warning"))

    def _report(self, code: str, node: ast.AST, params: dict[str, str], reason: str) -> None:
        line, column = self._place(node)
        self._found.append(Finding(code, line, column, params, reason))

    def _place(self, node: ast.AST) -> tuple[int, int]:
        """Line and column of a node, from 1; of an attribute, those of the name behind the dot."""
        if isinstance(node, ast.Attribute) and node.end_lineno and node.end_col_offset:
            text = self._source.lines[node.end_lineno - 1]
            return node.end_lineno, characters_before(text, node.end_col_offset) - len(node.attr) + 1
        return _line(node), self._source.column(node) if hasattr(node, "col_offset") else 1

    # -- names

    def _name(self, node: ast.Name) -> None:
        name = node.id
        if self._is_refused_name(node, name):
            return
        module = self._names.modules.get(name)
        if not isinstance(node.ctx, ast.Load):
            if (module or name in self._names.members or name in USUAL_NAMES) and not self._is_alias(name):
                self._refuse(node, name, "rebound")
            return
        if module is not None:
            if id(node) not in self._before_dot:
                self._refuse(node, name, "module_value")
        elif name in self._names.members:
            if self._names.members[name].rpartition(".")[2] in self._surface.call_only:
                self._only_called(node, self._names.members[name])
        elif not self._names.bound[name] and name not in self._surface.allowed_builtins:
            helper = name in HELPERS and id(node) in self._called
            if self._canonical or not (helper or name == DOCUMENT_NAME):  # normalisation provides those
                self._unbound(node, name)

    def _is_alias(self, name: str) -> bool:
        """Whether a name only ever stands for what it was given once, such as ``V = App.Vector``."""
        return name not in USUAL_NAMES and self._names.only_value(name) is not None

    def _is_refused_name(self, node: ast.AST, name: str) -> bool:
        if name.startswith("__"):
            if id(node) not in self._before_dot:
                self._refuse(node, name, "underscore")
            return True
        if name in self._surface.forbidden_names:
            self._refuse(node, name, "gui" if "Gui" in name else "builtin")
            return True
        return False

    def _unbound(self, node: ast.Name, name: str) -> None:
        if name in USUAL_NAMES:
            self._missing(node, name, [_import_line(name)], "unbound")
            return
        homes = [f"App.{name}"] if self._surface.module_member("FreeCAD", name) == "ok" else []
        homes += [f"Part.{name}"] if self._surface.module_member("Part", name) == "ok" else []
        known = set(self._names.bound) | self._surface.allowed_builtins
        self._missing(node, name, homes or self._surface.nearest(name, known), "unbound")

    def _function(self, node: ast.FunctionDef) -> None:
        if node.decorator_list:
            self._refuse(node.decorator_list[0], "@", "statement")
        self._own_name(node, node.name)

    def _argument(self, node: ast.arg) -> None:
        self._own_name(node, node.arg)

    def _handler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._own_name(node, node.name)

    def _declaration(self, node: ast.Global | ast.Nonlocal) -> None:
        for name in node.names:
            self._own_name(node, name)

    def _own_name(self, node: ast.AST, name: str) -> None:
        if self._is_refused_name(node, name):
            return
        if name in self._names.modules or name in self._names.members or name in USUAL_NAMES:
            self._refuse(node, name, "rebound")

    def _keyword(self, node: ast.keyword) -> None:
        if node.arg is not None and node.arg.startswith("_"):
            self._refuse(node, node.arg, "underscore")

    # -- imports

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name == "Base":
                if self._canonical:  # elsewhere normalisation makes it `from FreeCAD import Base`
                    self._missing(alias, "Base", ["from FreeCAD import Base"])
                continue
            top = alias.name.partition(".")[0]
            if top not in self._surface.importable:
                self._refuse(alias, alias.name, "import")
            elif top != alias.name:
                if top == "numpy":
                    self._refuse(alias, alias.name, "numpy")
                else:
                    self._missing(alias, alias.name, [top])
            self._imported_as(alias, alias.asname or top, top)

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if module in ("Base", "FreeCAD.Base") and not node.level:
            self._missing(node, module, ["from FreeCAD import Base"])
            return
        if node.level or not self._surface.is_module(module) or "." in module:
            self._refuse(node, f"{'.' * node.level}{module}", "import")
            return
        for alias in node.names:
            if alias.name == "*":
                self._refuse(alias, f"from {module} import *", "star")
            else:
                self._module_member(alias, module, alias.name)
                self._imported_as(alias, alias.asname or alias.name, f"{module}.{alias.name}")

    def _imported_as(self, node: ast.AST, name: str, target: str) -> None:
        if self._is_refused_name(node, name):
            return
        usual = USUAL_NAMES.get(name)
        known = self._names.modules.get(name) or self._names.members.get(name)
        same = known == target or known == f"FreeCAD.{target}"
        if (
            (usual and usual != target)
            or (name in self._names.bound and not self._is_alias(name))
            or not same
        ):
            self._refuse(node, name, "rebound")

    # -- attributes

    def _attribute(self, node: ast.Attribute) -> None:
        name = node.attr
        owner = self._names.resolve(node.value)
        if owner is not None:
            self._mark_before_dot(node.value)
        if name.startswith("_"):
            self._refuse(node, f"{owner or _source_of(node.value)}.{name}", "underscore")
        elif owner is not None and self._surface.is_module(owner):
            self._attribute_of_module(node, owner)
        elif isinstance(node.value, ast.Name) and node.value.id in self._surface.forbidden_names:
            return  # the name itself is refused
        else:
            self._attribute_of_value(node, owner)
        if name in self._surface.call_only:
            self._only_called(node, name)

    def _mark_before_dot(self, node: ast.expr) -> None:
        while isinstance(node, ast.Attribute):
            self._before_dot.add(id(node))
            node = node.value
        self._before_dot.add(id(node))

    def _attribute_of_module(self, node: ast.Attribute, module: str) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._refuse(node, f"{module}.{node.attr} =", "member")
            return
        self._module_member(node, module, node.attr)
        if self._surface.is_module(f"{module}.{node.attr}") and id(node) not in self._before_dot:
            parent_is_alias = any(
                self._names.only_value(name) is node
                for name in self._names.modules
                if name in self._names.assigned
            )
            if not parent_is_alias:
                self._refuse(node, f"{module}.{node.attr}", "module_value")

    def _module_member(self, node: ast.AST, module: str, name: str) -> None:
        qualname = f"{module}.{name}"
        verdict = self._surface.module_member(module, name)
        if verdict == "forbidden" or name.startswith("_"):
            reason = "numpy" if module == "numpy" else "file" if module in _MODULES_OF_FILES else "member"
            self._refuse(node, qualname, reason)
        elif verdict == "missing":
            known = self._surface.replacement(None, qualname)
            nearest = self._surface.nearest(name, self._surface.module_names(module))
            self._missing(node, qualname, [known] if known else [f"{module}.{each}" for each in nearest])
        elif (instead := self._surface.deprecation(module, name)) is not None:
            self._deprecated(node, qualname, instead)

    def _attribute_of_value(self, node: ast.Attribute, owner: str | None) -> None:
        name = node.attr
        kind = self._kind_of(node.value, owner)
        if name in self._own_attributes or (kind == DOCUMENT and name.rstrip(_DIGITS) in self._own_objects):
            return
        verdict = self._surface.value_attribute(name, kind)
        shown = f"{_shown_kind(kind) or _source_of(node.value)}.{name}"
        if verdict == "forbidden":
            if name == "ViewObject":
                self._missing(node, shown, [], "gui")
            else:
                self._refuse(node, shown, self._reason_against(name))
        elif verdict == "missing":
            known = self._surface.replacement(kind, name)
            members = (self._surface.members(kind) if kind else None) or self._surface.values
            near = self._surface.nearest(name, members & self._surface.values)
            self._missing(node, shown, [known] if known else near)
        elif (instead := self._surface.value_deprecation(name, kind)) is not None:
            self._deprecated(node, shown, instead)

    def _harmless(self, names: Iterable[str]) -> frozenset[str]:
        """Those of a script's own names under which nothing forbidden can be reached."""
        return frozenset(
            name
            for name in names
            if name.isidentifier() and not name.startswith("_") and self._may_be_added(name)
        )

    def _kind_of(self, node: ast.expr, owner: str | None) -> str | None:
        if owner is not None and self._surface.is_class(owner):
            known = owner.replace("FreeCAD.Base.", "FreeCAD.")
            return known if self._surface.members(known) is not None else None
        return self.kinds.of(node)

    def _reason_against(self, name: str) -> str:
        if name in ("format", "format_map"):
            return "format"
        return "member" if self._surface.is_listed(name) else "internal"

    def _only_called(self, node: ast.AST, name: str) -> None:
        if id(node) not in self._called:
            self._refuse(node, name, "call_only")

    # -- calls

    def _call(self, node: ast.Call) -> None:
        self._called.add(id(node.func))
        for argument in node.args:
            value = self.folder.number(argument)
            if value is not None and abs(value) > LARGEST_ARGUMENT:
                self._refuse(argument, _source_of(argument), "huge")
        if isinstance(node.func, ast.Attribute):
            method = node.func.attr
            qualname = self._names.resolve(node.func)
            if qualname == "Mesh.Mesh":
                self._mesh(node)
            elif method in ("addObject", "newObject"):
                self._new_object(node, method)
            elif method == "addProperty":
                self._new_property(node)
            elif method == "setExpression":
                self._set_expression(node)
            elif method == "set":
                self._set_cell(node)
        elif isinstance(node.func, ast.Name):
            odd = [keyword for keyword in node.keywords if keyword.arg not in ("sep", "end", "flush")]
            if node.func.id == "print" and odd:
                self._refuse(node, "print(file=…)", "file")
            if self._names.members.get(node.func.id) == "Mesh.Mesh":
                self._mesh(node)

    def _new_object(self, node: ast.Call, method: str) -> None:
        if not node.args and not node.keywords:
            return
        first = node.args[0] if node.args else _keyword(node, "type")
        kinds = self._texts(first)
        if kinds is None:
            of_document = isinstance(node.func, ast.Attribute) and self.kinds.of(node.func.value) == DOCUMENT
            if (
                of_document
                or method == "newObject"
                or len(node.args) + len(node.keywords) != 1
                or _is_starred(node)
            ):
                self._refuse(node, f"{method}(…)", "dynamic")
            return
        for type_id in kinds:
            self._object_type(first or node, type_id)
        extra = [keyword.arg for keyword in node.keywords if keyword.arg not in ("type", "name")]
        if len(node.args) > 2 or extra or _is_starred(node):
            self._refuse(node, f"{method}(…, objPy)", "extra_arguments")

    def _object_type(self, node: ast.AST, type_id: str) -> None:
        verdict = self._surface.object_type(type_id)
        if verdict == "forbidden":
            self._refuse(node, type_id, "object_kind")
        elif verdict == "missing":
            known = self._surface.replacement(None, type_id)
            if known is not None and not self._canonical:  # normalisation writes the name of today
                self._deprecated(node, type_id, known)
            else:
                self._missing(node, type_id, self._surface.nearest(type_id, self._surface.object_types))

    def _new_property(self, node: ast.Call) -> None:
        kinds = self._texts(node.args[0] if node.args else _keyword(node, "type"))
        wanted = self._texts(node.args[1] if len(node.args) > 1 else _keyword(node, "name"))
        if kinds is None or wanted is None or _is_starred(node):
            self._refuse(node, "addProperty(…)", "dynamic")
            return
        for kind in kinds:
            if kind not in self._surface.property_types:
                self._refuse(node, kind, "property_kind")
        for name in wanted:
            if not name.isidentifier() or name.startswith("_") or not self._may_be_added(name):
                self._refuse(node, name, "property_kind")

    def _may_be_added(self, name: str) -> bool:
        return self._surface.value_attribute(name, None) != "forbidden"

    def _set_expression(self, node: ast.Call) -> None:
        if len(node.args) not in (2, 3) or node.keywords or _is_starred(node):
            self._refuse(node, "setExpression(…)", "dynamic")
            return
        path, expression = self.folder.text(node.args[0]), node.args[1]
        if path is None or path.startswith("_") or "._" in path:
            self._refuse(node.args[0], "setExpression(…)", "dynamic")
        if isinstance(expression, ast.Constant) and expression.value is None:
            return
        self._check_expression(expression, always=True)

    def _set_cell(self, node: ast.Call) -> None:
        """A cell whose content begins with ``=`` is an expression; other content is only shown."""
        if self.kinds.type_id(node.func.value if isinstance(node.func, ast.Attribute) else None) not in (
            None, "Spreadsheet::Sheet",
        ):  # fmt: skip
            return
        if len(node.args) == 2 and not _is_starred(node) and not node.keywords:
            self._check_expression(node.args[1], always=False)
        elif node.keywords or _is_starred(node):
            self._refuse(node, "set(…)", "dynamic")

    def _check_expression(self, node: ast.expr, *, always: bool) -> None:
        text = self._readable_text(node)
        if text is None:
            self._refuse(node, _source_of(node), "dynamic")
        elif (always or text.lstrip().startswith("=")) and not _is_safe_expression(text):
            self._refuse(node, text, "expression")

    def _readable_text(self, node: ast.expr) -> str | None:
        """The text of an expression, where numbers that are only known at run time count as 0."""
        known = self.folder.constant(node)
        if known is not None:
            return str(known)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self._readable_text(node.left), self._readable_text(node.right)
            return left + right if left is not None and right is not None else None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str":
            return "0" if len(node.args) == 1 and self._is_number(node.args[0]) else None
        if isinstance(node, ast.JoinedStr):
            parts = [self._readable_part(part) for part in node.values]
            return None if None in parts else "".join(part for part in parts if part is not None)
        return None

    def _readable_part(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Constant):
            return str(node.value)
        if not isinstance(node, ast.FormattedValue) or node.conversion != -1:
            return None
        spec = node.format_spec
        if (
            isinstance(spec, ast.JoinedStr)
            and len(spec.values) == 1
            and isinstance(spec.values[0], ast.Constant)
        ):
            return "0" if _NUMERIC_FORMAT.fullmatch(str(spec.values[0].value)) else None
        known = self.folder.constant(node.value)
        return str(known) if known is not None else "0" if self._is_number(node.value) else None

    def _is_number(self, node: ast.expr) -> bool:
        if self.folder.number(node) is not None:
            return True
        calls = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        return calls and node.func.id in ("float", "int", "round", "abs", "len")  # type: ignore[attr-defined]

    def _mesh(self, node: ast.Call) -> None:
        """``Mesh.Mesh`` reads a file when it is given a text."""
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            value = argument
            if isinstance(value, ast.Name):
                value = self._names.only_value(value.id) or value
            tessellated = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)
            if not isinstance(value, ast.List | ast.Tuple | ast.ListComp) and not (
                tessellated and value.func.attr == "tessellate"  # type: ignore[attr-defined]
            ):
                self._refuse(argument, "Mesh.Mesh(…)", "file")

    def _texts(self, node: ast.expr | None) -> list[str] | None:
        """Every text that an expression can be: a constant, or the loop variable of a loop over constants."""
        if node is None:
            return None
        known = self.folder.text(node)
        if known is not None:
            return [known]
        if isinstance(node, ast.IfExp):
            branches = [self._texts(node.body), self._texts(node.orelse)]
            return None if None in branches else [text for each in branches for text in each or ()]
        if isinstance(node, ast.Name) and self._names.bound[node.id] == 1:
            if node.id not in self._texts_of_loops:
                self._texts_of_loops[node.id] = self._loop_texts(node.id)
            return self._texts_of_loops[node.id]
        return None

    def _loop_texts(self, name: str) -> list[str] | None:
        for loop in self._source.of(ast.For):
            if isinstance(loop.target, ast.Name | ast.Tuple):
                texts = _column_of(loop.target, loop.iter, name)
                if texts is not None:
                    return texts
        return None

    # -- everything else

    def _constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bytes):
            self._refuse(node, "b'…'", "text")
        elif isinstance(node.value, str) and id(node) not in self._docstrings:
            internal = _INTERNAL_TEXT.search(node.value)
            if internal is not None:
                self._refuse(node, internal[0], "text")
        elif isinstance(node.value, int) and abs(node.value) > 10**18:
            self._refuse(node, "10…0", "huge")

    def _operation(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Pow | ast.LShift):
            base, exponent = self.folder.number(node.left), self.folder.number(node.right)
            if (isinstance(node.op, ast.LShift) and exponent is not None and exponent > 60) or (
                isinstance(node.op, ast.Pow) and _is_power_tower(node, base, exponent)
            ):
                self._refuse(node, _source_of(node), "huge")
        elif isinstance(node.op, ast.Mult):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                times = self.folder.number(other)
                if times is not None and times > LARGEST_REPEAT and self._is_sequence(one):
                    self._refuse(node, _source_of(node), "huge")
        elif isinstance(node.op, ast.Mod):
            pattern = self.folder.text(node.left)
            if pattern is not None and _WIDE_PERCENT.search(pattern):
                self._refuse(node, pattern, "huge")

    def _is_sequence(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            node = self._names.only_value(node.id) or node
        return isinstance(node, ast.List | ast.Tuple | ast.JoinedStr) or self.folder.text(node) is not None

    def _expression(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            self._docstrings.add(id(node.value))

    def _comparison(self, node: ast.Compare) -> None:
        """``if __name__ == "__main__":`` is how many scripts begin their last part."""
        sides = [node.left, *node.comparators]
        if len(sides) == 2 and isinstance(node.ops[0], ast.Eq):
            for one, other in (sides, sides[::-1]):
                if isinstance(one, ast.Name) and one.id == "__name__" and isinstance(other, ast.Constant):
                    self._before_dot.add(id(one))
                    if other.value == "__main__":
                        self._docstrings.add(id(other))

    def _formatted(self, node: ast.FormattedValue) -> None:
        if isinstance(node.format_spec, ast.JoinedStr):
            for part in node.format_spec.values:
                if isinstance(part, ast.Constant) and _WIDE_FORMAT.search(str(part.value)):
                    self._refuse(node, str(part.value), "huge")

    def _assignment(self, node: ast.Assign) -> None:
        """The one place where a module may stand alone: ``a = App``, used as ``a.``."""
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if len(names) == len(node.targets) and all(self._is_alias(name) for name in names):
            if isinstance(node.value, ast.Name) and node.value.id in self._names.modules:
                self._before_dot.add(id(node.value))
            elif self._names.resolve(node.value) is not None and names[0] in self._names.members:
                self._called.add(id(node.value))


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 1)


def _shown_kind(kind: str | None) -> str | None:
    if kind is None:
        return None
    return kind.removeprefix("object:").rstrip("*")


def _source_of(node: ast.AST) -> str:
    """An expression as a message may repeat it."""
    try:
        text = ast.unparse(node)
    except (RecursionError, ValueError):
        return "…"
    return text if len(text) <= 60 else text[:59] + "…"


def _import_line(name: str) -> str:
    module = USUAL_NAMES[name]
    if module == "FreeCAD.Base":
        return "from FreeCAD import Base"
    return f"import {module}" if module == name else f"import {module} as {name}"


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def _is_starred(node: ast.Call) -> bool:
    return any(isinstance(argument, ast.Starred) for argument in node.args) or any(
        keyword.arg is None for keyword in node.keywords
    )


def _is_power_tower(node: ast.BinOp, base: float | None, exponent: float | None) -> bool:
    if base is not None and exponent is not None:
        return power_is_huge(base, exponent)
    return isinstance(node.right, ast.BinOp) and isinstance(node.right.op, ast.Pow) and base is not None


def _is_safe_expression(text: str) -> bool:
    """Whether a text of FreeCAD's expression language only computes, with names of its own document."""
    if not _EXPRESSION.fullmatch(text):
        return False
    return all(word in _EXPRESSION_FUNCTIONS for word in _EXPRESSION_WORD.findall(text))


def _column_of(target: ast.expr, values: ast.expr, name: str) -> list[str] | None:
    """The texts that a loop over literal rows gives to one of its variables."""
    if not isinstance(values, ast.List | ast.Tuple):
        return None
    if isinstance(target, ast.Name):
        cells = values.elts if target.id == name else []
    else:
        places = [place for place, each in enumerate(getattr(target, "elts", ()))
                  if isinstance(each, ast.Name) and each.id == name]  # fmt: skip
        rows = [row.elts for row in values.elts if isinstance(row, ast.Tuple | ast.List)]
        if not places or len(rows) != len(values.elts) or any(len(row) <= places[0] for row in rows):
            return None
        cells = [row[places[0]] for row in rows]
    texts = [cell.value for cell in cells if isinstance(cell, ast.Constant) and isinstance(cell.value, str)]
    return texts if texts and len(texts) == len(cells) else None


def _added_names(source: Source, folder: Folder) -> Iterator[str]:
    """Properties and spreadsheet aliases that the script itself adds."""
    for node in source.of(ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("addProperty", "setAlias"):
            name = folder.text(node.args[1]) if len(node.args) > 1 else None
            if name is not None:
                yield name


def _object_names(source: Source, folder: Folder) -> Iterator[str]:
    """Names that the script gives to its objects; a document has them as attributes, with digits if taken."""
    for node in source.of(ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("addObject", "newObject"):
            for argument in (*node.args[:2], *(word.value for word in node.keywords)):
                name = folder.text(argument)
                if name is not None:
                    yield name.rpartition("::")[2].rstrip(_DIGITS)

"""Brings the lengths of a script to millimetres, wherever it says that they are in another unit.

Three ways of saying so are read: a suffix of a name (``length_cm``, ``d_inch``, ``d_in``), a comment that
states the unit of its line (``# cm``), and calls like ``cm(2)``. A name with a suffix is converted as a
whole: each value that is put into it, and the suffix goes. Where that cannot be done without changing what
the script means (the script converts by hand, the value comes out of something unknown) the name is left
alone and a warning says so.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from atolye.designs.units import LENGTHS
from atolye.scripts.edits import Edits
from atolye.scripts.folding import Folder
from atolye.scripts.models import Conversion, Finding
from atolye.scripts.names import Names
from atolye.scripts.reading import Source
from atolye.scripts.remarks import in_millimetres, mentioned_unit, stated_unit, states_millimetres
from atolye.scripts.signatures import parameters
from atolye.scripts.surface import Surface

_SUFFIX: Final = re.compile(r"(?P<base>.*?[^\W_])(?:_(?:cm|inch|in))*_(?P<unit>cm|inch|in)", re.IGNORECASE)
_UNIT_OF: Final = {"cm": "cm", "inch": "in", "in": "in"}
MOST_TURNS: Final = 50
HELPERS: Final = {"cm": "cm", "inch": "in"}
"""Functions that scripts call as if they were there, and the unit of their argument."""

_Assignment = ast.Assign | ast.AnnAssign | ast.AugAssign
_NUMERIC_CALLS: Final = frozenset({"max", "min", "abs", "float"})
_LENGTH_ROLES: Final = frozenset({"size", "size_or_zero", "distance", "position"})


def factor(unit: str) -> Fraction:
    return LENGTHS[unit].factor


def suffix_of(name: str) -> tuple[str, str] | None:
    """``("length", "cm")`` for ``length_cm``."""
    match = _SUFFIX.fullmatch(name)
    return (match["base"], _UNIT_OF[match["unit"].lower()]) if match else None


class UnitConversion:
    """Finds what is to be converted in one script and writes it into ``edits``."""

    def __init__(
        self, source: Source, names: Names, surface: Surface, edits: Edits, remarks: dict[int, str]
    ) -> None:
        self._source, self._names, self._surface, self._edits = source, names, surface, edits
        self._remarks = remarks
        self._stated = {line: unit for line, text in remarks.items() if (unit := stated_unit(text))}
        self._folder = Folder(names)
        self._nodes = source.nodes
        self._loads = Counter(node.id for node in source.of(ast.Name) if isinstance(node.ctx, ast.Load))
        self._calls_of: dict[str, list[ast.Call]] = {}
        for call in source.of(ast.Call):
            if isinstance(call.func, ast.Name):
                self._calls_of.setdefault(call.func.id, []).append(call)
        self._times: dict[str, list[float]] = {}
        """The constants that each name is multiplied by or divided by."""
        self._directions: set[int] = set()
        """Vectors that are known to be no places."""
        self._values: dict[str, list[ast.expr]] = {}
        self._uncertain: set[str] = set()
        self._units: dict[str, str] = {}
        self._done: set[int] = set()
        self._helpers: set[int] = set()
        self._kept: set[str] = set()
        """Names whose values stay as they are because something about them is in doubt."""
        self._converted_lines: set[int] = set()
        self.conversions: list[Conversion] = []
        self.warnings: list[Finding] = []

    def run(self) -> None:
        self._helper_calls()
        if not self._stated and not any(suffix_of(name) for name in self._names.bound):
            self._mentions()
            return
        self._collect_values()
        self._look_at_products()
        self._look_at_vectors()
        self._choose()
        self._convert_names()
        self._convert_lines()
        self._mentions()

    def doubt_everything(self) -> None:
        """Converts nothing, and tells of every place that states a unit."""
        for name, node in self._first_places().items():
            if (found := suffix_of(name)) is not None:
                self._doubt(name, found[1], node)
        for line, unit in self._stated.items():
            self._uncertain_line(line, unit, "unit_kept")

    # -- cm(2)

    def _helper_calls(self) -> None:
        for node in self._nodes:
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in HELPERS
                and len(node.args) == 1
                and not node.keywords
                and self._means_conversion(node.func.id)
                and self._edits.reads(node, node.func.id)
            ):
                self._replace_helper(node, HELPERS[node.func.id])

    def _means_conversion(self, name: str) -> bool:
        """Whether a helper is not the script's own, or is and does just what its name says."""
        if not self._names.bound[name]:
            return True
        function = self._names.functions.get(name)
        if (
            function is None
            or self._names.bound[name] != 1
            or len(function.args.args) != 1
            or len(function.body) != 1
        ):
            return False
        last = function.body[0]
        if not isinstance(last, ast.Return) or not isinstance(last.value, ast.BinOp):
            return False
        sides = {ast.unparse(last.value.left), ast.unparse(last.value.right)}
        times = next((self._folder.number(side) for side in (last.value.left, last.value.right)
                      if self._folder.number(side) is not None), None)  # fmt: skip
        exact = times is not None and Fraction(str(times)) == factor(HELPERS[name])
        return isinstance(last.value.op, ast.Mult) and function.args.args[0].arg in sides and exact

    def _replace_helper(self, node: ast.Call, unit: str) -> None:
        argument = node.args[0]
        within = {known for name in _names_in(argument) if (known := self._unit_said_of(name))}
        if within - {unit}:
            return  # inches of centimetres: nobody knows what is meant
        value = self._folder.number(argument) if not within else None
        before = ast.unparse(node)
        self._helpers.add(id(node))
        if value is None or node.lineno != node.end_lineno:
            line, start, end = self._edits.place(node.func)
            self._edits.replace(line, start, end, "(")
            self._edits.wrap(node, "", f" * {_factor_text(unit)})")
            after = f"(({ast.unparse(argument)}) * {_factor_text(unit)})"
        else:
            after = _literal(value, unit)
            self._edits.replace_node(node, after)
        self._done.update(id(inner) for inner in ast.walk(node))
        self._note(node, unit, before, after)

    def _unit_said_of(self, name: str) -> str | None:
        """The unit that a name's suffix or the comment of one of its assignments states."""
        found = suffix_of(name)
        if found is not None:
            return found[1]
        lines = [value.end_lineno or 0 for value in self._names.assigned.get(name, ())]
        return next((self._stated[line] for line in lines if line in self._stated), None)

    # -- which names hold lengths in another unit

    def _collect_values(self) -> None:
        """Every value that is put into each name, and the names that also get others."""
        counted: dict[str, int] = {}

        def take(name: str, value: ast.expr | None, times: int = 1) -> None:
            counted[name] = counted.get(name, 0) + times
            if value is not None:
                self._values.setdefault(name, []).append(value)

        for node in self._nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                if isinstance(node.targets[0], ast.Name):
                    take(node.targets[0].id, node.value)
            elif isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name):
                if isinstance(node, ast.AnnAssign) or isinstance(node.op, ast.Add | ast.Sub):
                    take(node.target.id, node.value)
                elif isinstance(node.op, ast.Mult | ast.Div):
                    take(node.target.id, None)
            elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
                if isinstance(node.iter, ast.List | ast.Tuple):
                    take(node.target.id, node.iter)
            elif isinstance(node, ast.FunctionDef):
                self._parameters(node, take)
        self._uncertain = {name for name, times in self._names.bound.items() if counted.get(name) != times}

    def _parameters(self, function: ast.FunctionDef, take: object) -> None:
        """What a function's parameters are given: their defaults, and the arguments of every call."""
        assert callable(take)
        arguments = function.args
        ordered = [*arguments.posonlyargs, *arguments.args]
        calls = self._calls_of.get(function.name, [])
        mentions = self._loads[function.name]
        starred = any(isinstance(a, ast.Starred) for call in calls for a in call.args) or any(
            word.arg is None for call in calls for word in call.keywords
        )
        if mentions != len(calls) or starred or self._names.bound[function.name] != 1:
            return  # it is handed around: its parameters are given what cannot be seen here
        defaults = dict(
            zip([argument.arg for argument in ordered][::-1], arguments.defaults[::-1], strict=False)
        )
        defaults |= {
            argument.arg: default
            for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is not None
        }
        for argument in (*ordered, *arguments.kwonlyargs):
            take(argument.arg, defaults.get(argument.arg))
        for call in calls:
            for argument, value in zip(ordered, call.args, strict=False):
                take(argument.arg, value, 0)
            for word in call.keywords:
                if word.arg is not None:
                    take(word.arg, word.value, 0)

    def _choose(self) -> None:
        """The names that can be converted as a whole; one that cannot keeps those that it is made of, too."""
        suffixed = {name: found[1] for name in self._names.bound if (found := suffix_of(name))}
        chosen = {name: unit for name, unit in suffixed.items() if not self._is_inner_diameter(name, unit)}
        chosen |= {
            name: unit for name in self._values if name not in suffixed and (unit := self._comment_unit(name))
        }
        self._units = chosen
        self._drop_unreadable()
        changed, turns = True, 0
        while changed:
            changed, turns = False, turns + 1
            if turns > MOST_TURNS:  # a chain of doubts longer than any person writes
                self._units.clear()
            for name in list(self._units):
                if not self._convertible(name):
                    del self._units[name]
                    changed = True
            left_alone = [name for name in suffixed if name not in self._units]
            values = [value for name in left_alone for value in self._values.get(name, [])]
            inner = [name for value in values for name in _names_in(value)]
            for name in (*inner, *self._doubtful_names()):
                changed = changed or name not in self._kept
                self._kept.add(name)
                self._units.pop(name, None)
        places = self._first_places()
        for name, unit in suffixed.items():
            clear = unit == "cm" or not name.lower().endswith("_in") or self._numeric(name)
            if clear and name not in self._units and name in places:
                self._doubt(name, unit, places[name])

    def _doubtful_names(self) -> Iterator[str]:
        """The names in lines that state a unit and cannot be converted to it as a whole.

        They stay as they are, so that what is not understood now is not understood later either.
        """
        if not self._stated:
            return
        lines = self._doubtful_lines()
        for node in self._source.of(ast.Name):
            unit = self._stated.get(node.lineno)
            if unit is not None and (node.lineno in lines or self._units.get(node.id, unit) != unit):
                yield node.id
        for statement in self._assignments():
            if statement.end_lineno in lines and statement.value is not None:
                yield from _names_in(statement.value)
        for call in self._source.of(ast.Call):
            for value, _ in self._lengths_with_units(call):
                if value.end_lineno in lines:
                    yield from _names_in(value)

    def _doubtful_lines(self) -> set[int]:
        """Lines with a stated unit in which not every length can be converted."""
        lines: set[int] = set()
        lengths: set[int] = set()
        for call in self._source.of(ast.Call):
            for value, unit in self._lengths_with_units(call):
                lengths.add(value.end_lineno or 0)
                if not self._scalable(value, unit):
                    lines.add(value.end_lineno or 0)
        for statement in self._assignments():
            line = statement.end_lineno or 0
            if line in self._stated and line not in lengths and not self._may_scale(statement):
                lines.add(line)
        return lines

    def _assignments(self) -> Iterator[_Assignment]:
        yield from self._source.of(ast.Assign)
        yield from self._source.of(ast.AugAssign)
        yield from (node for node in self._source.of(ast.AnnAssign) if node.value is not None)

    def _is_inner_diameter(self, name: str, unit: str) -> bool:
        """``d_in`` beside ``d_out`` is an inner diameter, not one in inches."""
        if unit != "in" or not name.lower().endswith("_in"):
            return False
        base = name[:-3]
        return any(f"{base}{out}" in self._names.bound for out in ("_out", "_OUT", "_outer", "_dis", "_dış"))

    def _comment_unit(self, name: str) -> str | None:
        """The unit that the comments of all assignments to a name state, if they agree."""
        values = self._values[name]
        units = {self._stated.get(value.end_lineno or 0) for value in values}
        known = len(units) == 1 and len(values) == self._names.bound[name]
        return units.pop() if known else None

    def _numeric(self, name: str) -> bool:
        values = self._values.get(name, [])
        return bool(values) and all(self._folder.number(value) is not None for value in values)

    def _doubt(self, name: str, unit: str, node: ast.Name | ast.arg) -> None:
        params = {"name": name, "unit": "inch" if unit == "in" else unit}
        place = (node.lineno, self._source.column(node))
        self.warnings.append(Finding("SCRIPT_UNIT_UNCERTAIN", *place, params, "unit_kept", "warning"))

    def _first_places(self) -> dict[str, ast.Name | ast.arg]:
        """Where each name is first bound."""
        places: dict[str, ast.Name | ast.arg] = {}
        for argument in self._source.of(ast.arg):
            places.setdefault(argument.arg, argument)
        for node in self._source.of(ast.Name):
            if not isinstance(node.ctx, ast.Load):
                places.setdefault(node.id, node)
        return places

    def _drop_unreadable(self) -> None:
        """Names that stand where their text cannot be changed, and names that are converted by hand."""
        self._units = {name: unit for name, unit in self._units.items() if not self._is_hand_made(name, unit)}
        for node in self._nodes:
            if isinstance(node, ast.Name) and node.id in self._units and not self._edits.reads(node, node.id):
                del self._units[node.id]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in HELPERS:
                for name in _names_in(node):
                    self._units.pop(name, None)
            elif isinstance(node, ast.Global | ast.Nonlocal):
                for name in node.names:
                    self._units.pop(name, None)

    def _look_at_products(self) -> None:
        for node in self._source.of(ast.BinOp):
            if isinstance(node.op, ast.Mult | ast.Div):
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    plain = not any(self._unit_said_of(name) for name in _names_in(other))
                    times = self._folder.number(other) if plain else None
                    if times is not None and times > 0:
                        for name in _names_in(one):
                            self._times.setdefault(name, []).append(times)

    def _is_hand_made(self, name: str, unit: str) -> bool:
        """Whether the script itself converts what a name holds."""
        own = float(factor(unit))
        return any(_close(times, own) or _close(times, 1 / own) for times in self._times.get(name, ()))

    def _convertible(self, name: str) -> bool:
        if name in self._uncertain:
            return False
        unit, values = self._units[name], self._values.get(name, [])
        if any(self._contradicts(value.end_lineno or 0, unit) for value in values):
            return False
        return bool(values) and all(self._scalable(value, unit) for value in values)

    def _contradicts(self, line: int, unit: str) -> bool:
        """Whether the comment of a line states another unit than the name in it."""
        return self._stated.get(line, unit) != unit or states_millimetres(self._remarks.get(line, ""))

    def _scalable(self, node: ast.expr, unit: str) -> bool:
        """Whether an expression can be converted by multiplying the numbers in it."""
        if id(node) in self._helpers:
            return True  # its value is in millimetres already
        if isinstance(node, ast.Constant):
            return isinstance(node.value, int | float) and not isinstance(node.value, bool)
        if isinstance(node, ast.UnaryOp):
            return isinstance(node.op, ast.USub | ast.UAdd) and self._scalable(node.operand, unit)
        if isinstance(node, ast.List | ast.Tuple):
            return bool(node.elts) and all(self._scalable(each, unit) for each in node.elts)
        if isinstance(node, ast.Name):
            known = self._units.get(node.id)
            if known is not None or self._unit_said_of(node.id):
                return known == unit
            return self._folder.number(node) is not None
        if isinstance(node, ast.BinOp):
            return self._scaled_side(node, unit) is not None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _NUMERIC_CALLS:
            return not node.keywords and all(self._scalable(each, unit) for each in node.args)
        return self._is_own_number(node)

    def _is_own_number(self, node: ast.expr) -> bool:
        if any(self._unit_said_of(name) or name in HELPERS for name in _names_in(node)):
            return False
        return self._folder.number(node) is not None

    def _scaled_side(self, node: ast.BinOp, unit: str) -> tuple[ast.expr, ...] | None:
        """The operands that have to be multiplied for the result to be."""
        left, right = node.left, node.right
        if isinstance(node.op, ast.Add | ast.Sub):
            both = self._scalable(left, unit) and self._scalable(right, unit)
            return (left, right) if both else None
        lengths = [any(self._unit_said_of(name) for name in _names_in(side)) for side in (left, right)]
        if not any(lengths) and (id(left) in self._helpers or id(right) in self._helpers):
            return ()  # a multiple of what is in millimetres already
        if isinstance(node.op, ast.Div):
            return (left,) if not lengths[1] and self._scalable(left, unit) else None
        if not isinstance(node.op, ast.Mult) or all(lengths):
            return None
        if any(lengths):
            side = left if lengths[0] else right
        else:
            side = left if isinstance(left, ast.Constant) or not isinstance(right, ast.Constant) else right
        return (side,) if self._scalable(side, unit) else None

    # -- converting

    def _convert_names(self) -> None:
        new_names = self._new_names()
        for name, unit in self._units.items():
            for value in self._values[name]:
                self._scale(value, unit)
        for node in self._nodes:
            if isinstance(node, ast.Name) and node.id in new_names:
                self._edits.rename(node, node.id, new_names[node.id])
            elif isinstance(node, ast.arg) and node.arg in new_names:
                self._edits.rename(node, node.arg, new_names[node.arg])
            elif isinstance(node, ast.Call) and self._is_own_function(node.func):
                for word in node.keywords:
                    if word.arg in new_names:
                        self._edits.rename(word, word.arg, new_names[word.arg])

    def _is_own_function(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self._names.functions

    def _new_names(self) -> dict[str, str]:
        """Names without their suffixes, none of which is taken."""
        taken = {node.id for node in self._nodes if isinstance(node, ast.Name)}
        taken |= set(self._names.bound) | set(self._names.modules) | set(self._names.members)
        taken |= self._surface.allowed_builtins | self._surface.forbidden_names
        new_names: dict[str, str] = {}
        for name in self._units:
            found = suffix_of(name)
            if found is None:
                continue
            wanted, count = found[0], 1
            while wanted in taken or keyword.iskeyword(wanted) or not wanted.isidentifier():
                count += 1
                wanted = f"{found[0]}_{count}"
            taken.add(wanted)
            new_names[name] = wanted
        return new_names

    def _scale(self, node: ast.expr, unit: str) -> None:
        """Writes an expression so that its value is in millimetres."""
        if id(node) in self._done:
            return
        self._done.add(id(node))
        if id(node) in self._helpers:
            return
        if isinstance(node, ast.Constant):
            assert isinstance(node.value, int | float)
            after = _literal(node.value, unit)
            self._edits.replace_node(node, after)
            self._note(node, unit, node.value, float(after) if "." in after or "e" in after else int(after))
        elif isinstance(node, ast.UnaryOp):
            self._scale(node.operand, unit)
        elif isinstance(node, ast.List | ast.Tuple):
            for each in node.elts:
                self._scale(each, unit)
        elif isinstance(node, ast.BinOp) and (sides := self._scaled_side(node, unit)) is not None:
            for side in sides:
                self._scale(side, unit)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _NUMERIC_CALLS
        ):
            for each in node.args:
                self._scale(each, unit)
        elif not (isinstance(node, ast.Name) and node.id in self._units):
            self._edits.wrap(node, "(", f" * {_factor_text(unit)})")
            text = ast.unparse(node)
            self._note(node, unit, text, f"({text} * {_factor_text(unit)})")
        self._converted_lines.add(node.end_lineno or 0)

    def _convert_lines(self) -> None:
        """What stands before a comment that states a unit, other than plain names already dealt with."""
        if not self._stated:
            return
        doubtful = self._doubtful_lines()
        claimed: set[int] = set()
        for statement in self._assignments():
            unit = self._stated.get(statement.end_lineno or 0)
            if unit is not None and statement.end_lineno not in doubtful and self._may_scale(statement):
                assert statement.value is not None
                claimed.add(statement.end_lineno or 0)
                self._scale(statement.value, unit)
        for call in self._source.of(ast.Call):
            for value, unit in self._lengths_with_units(call):
                if value.end_lineno not in doubtful:
                    claimed.add(value.end_lineno or 0)
                    self._scale(value, unit)
        for line, unit in self._stated.items():
            if line in claimed:
                text, column = self._remarks[line], self._source.lines[line - 1].rfind(self._remarks[line])
                self._edits.replace(line, column, column + len(text), in_millimetres(text))
            else:
                self._uncertain_line(line, unit, "unit_kept")

    def _may_scale(self, node: _Assignment) -> bool:
        """Whether a statement with a stated unit assigns a length, to nothing converted by hand."""
        unit = self._stated[node.end_lineno or 0]
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if isinstance(node, ast.AugAssign) and not isinstance(node.op, ast.Add | ast.Sub):
            return False
        if any(isinstance(target, ast.Name) and target.id in self._kept for target in targets):
            return False
        for target in targets:
            if (
                isinstance(target, ast.Name)
                and target.id not in self._units
                and self._is_hand_made(target.id, unit)
            ):
                return False
            if isinstance(target, ast.Name) and suffix_of(target.id) and target.id not in self._units:
                return False
        assert node.value is not None
        return self._scalable(node.value, unit)

    def _lengths_with_units(self, node: ast.Call) -> Iterator[tuple[ast.expr, str]]:
        """The lengths among a call's arguments whose line ends with a stated unit."""
        if self._is_own_function(node.func):
            values = [*node.args, *(word.value for word in node.keywords)]
        elif id(node) in self._directions and self._is_vector(node):
            return
        else:
            values = [
                value for value, parameter in parameters(node, self._names) if parameter.role in _LENGTH_ROLES
            ]
        for value in values:
            unit = self._stated.get(value.end_lineno or 0)
            if unit is not None and not isinstance(value, ast.Starred):
                yield value, unit

    def _is_vector(self, node: ast.Call) -> bool:
        return self._names.resolve(node.func) in ("FreeCAD.Vector", "FreeCAD.Base.Vector")

    def _look_at_vectors(self) -> None:
        """Which vectors are the direction of an axis, or something unknown, and not a place or a way."""
        for node in self._source.of(ast.Call):
            roles = {id(value): parameter.role for value, parameter in parameters(node, self._names)}
            for value in (*node.args, *(word.value for word in node.keywords)):
                if isinstance(value, ast.Call) and roles.get(id(value)) != "point":
                    self._directions.add(id(value))

    # -- what is told

    def _note(self, node: ast.expr, unit: str, before: float | str, after: float | str) -> None:
        self._converted_lines.add(node.end_lineno or 0)
        column = self._source.column(node)
        self.conversions.append(
            Conversion("inch" if unit == "in" else unit, before, after, node.lineno, column)
        )

    def _mentions(self) -> None:
        """A line that assigns a number and speaks of another unit without stating it."""
        numbers = {node.end_lineno for node in self._source.of(ast.Assign) if _assigns_number(node)}
        for line, text in self._remarks.items():
            unit = mentioned_unit(text)
            if unit is None or line in self._stated or line in self._converted_lines:
                continue
            if line in numbers:
                self._uncertain_line(line, unit, "unit_unread")

    def _uncertain_line(self, line: int, unit: str, reason: str) -> None:
        code = self._source.lines[line - 1].partition("#")[0].strip()
        params = {"name": code.partition("=")[0].strip() or code, "unit": "inch" if unit == "in" else unit}
        self.warnings.append(Finding("SCRIPT_UNIT_UNCERTAIN", line, 1, params, reason, "warning"))


def _assigns_number(node: ast.Assign) -> bool:
    return isinstance(node.value, ast.Constant) and isinstance(node.value.value, int | float)


def _names_in(node: ast.AST) -> Iterator[str]:
    return (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-3 * abs(other)


def _factor_text(unit: str) -> str:
    exact = factor(unit)
    return str(exact.numerator) if exact.denominator == 1 else repr(float(exact))


def _literal(value: float, unit: str) -> str:
    """A number in millimetres as code, rounded to 1e-6; a whole one stays whole."""
    exact = Fraction(str(value)) * factor(unit)
    if isinstance(value, int) and exact.denominator == 1:
        return str(exact.numerator)
    return repr(round(float(exact), 6))

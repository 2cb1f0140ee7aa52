"""Works out the constants of a script: numbers and texts that are the same whenever it runs.

Names, arithmetic and a few functions of ``math`` are followed; loops, branches and calls of the script's own
functions are not, so what they make is measured on the finished shape instead.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable
from typing import Any, Final

from atolye.scripts.names import Names

LARGEST_POWER_DIGITS: Final = 15
LARGEST_REPEAT: Final = 100_000
LARGEST_ARGUMENT: Final = 10**8
LONGEST_CHAIN: Final = 20
"""What a script about a part of a metre needs, with room; beyond it lie only ways to use up memory."""

_FUNCTIONS: Final[dict[str, Callable[..., float]]] = {
    "math.sqrt": math.sqrt, "math.sin": math.sin, "math.cos": math.cos, "math.tan": math.tan,
    "math.asin": math.asin, "math.acos": math.acos, "math.atan": math.atan, "math.atan2": math.atan2,
    "math.radians": math.radians, "math.degrees": math.degrees, "math.hypot": math.hypot,
    "math.floor": math.floor, "math.ceil": math.ceil, "math.fabs": math.fabs,
    "numpy.sqrt": math.sqrt, "numpy.sin": math.sin, "numpy.cos": math.cos, "numpy.tan": math.tan,
    "numpy.floor": math.floor, "numpy.ceil": math.ceil, "numpy.abs": abs,
}  # fmt: skip
_BUILTINS: Final[dict[str, Callable[..., float]]] = {
    "abs": abs, "min": min, "max": max, "round": round, "float": float, "int": int
}  # fmt: skip
_CONSTANTS: Final = {"math.pi": math.pi, "math.tau": math.tau, "math.e": math.e, "numpy.pi": math.pi}

Number = int | float


class Folder:
    """Folds the expressions of one script."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[str, Number | str | None] = {}
        self._deep = 0

    def number(self, node: ast.expr | None) -> Number | None:
        """The number that an expression always is, if that can be told."""
        value = self.constant(node)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return value if math.isfinite(value) else None

    def text(self, node: ast.expr | None) -> str | None:
        value = self.constant(node)
        return value if isinstance(value, str) else None

    def constant(self, node: ast.expr | None) -> Number | str | None:
        """The number or text that an expression always is, if that can be told."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, int | float | str) else None
        if isinstance(node, ast.Name):
            return self._name(node.id)
        try:
            return self._folded(node)
        except (ArithmeticError, ValueError, TypeError):
            return None  # the script will fail there by itself

    def _folded(self, node: ast.expr | None) -> Number | str | None:
        if isinstance(node, ast.UnaryOp):
            value = self.number(node.operand)
            if value is None:
                return None
            return (
                -value if isinstance(node.op, ast.USub) else value if isinstance(node.op, ast.UAdd) else None
            )
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.Attribute):
            return _CONSTANTS.get(self._names.resolve(node) or "")
        if isinstance(node, ast.Call):
            return self._call(node)
        return None

    def _name(self, name: str) -> Number | str | None:
        if name in self._names.members:
            return _CONSTANTS.get(self._names.members[name])
        if name not in self._known:
            value = self._names.only_value(name)
            if value is None or self._deep >= LONGEST_CHAIN:
                return None
            self._known[name] = None  # a name that is made of itself is no constant
            self._deep += 1
            self._known[name] = self.constant(value)
            self._deep -= 1
        return self._known[name]

    def _operation(self, node: ast.BinOp) -> Number | str | None:
        left, right = self.constant(node.left), self.constant(node.right)
        if left is None or right is None:
            return None
        if isinstance(left, str) or isinstance(right, str):
            both = isinstance(left, str) and isinstance(right, str)
            return left + right if both and isinstance(node.op, ast.Add) else None  # type: ignore[operator]
        return _arithmetic(node.op, left, right)

    def _call(self, node: ast.Call) -> Number | None:
        if node.keywords:
            return None
        function = _FUNCTIONS.get(self._names.resolve(node.func) or "")
        if function is None and isinstance(node.func, ast.Name) and not self._names.bound[node.func.id]:
            function = _BUILTINS.get(node.func.id)
        if function is None:
            return None
        values = [self.number(argument) for argument in node.args]
        return function(*values) if values and None not in values else None

    def numbers(self, nodes: Iterable[ast.expr]) -> list[Number] | None:
        """The numbers of several expressions, if all of them can be told."""
        values = [self.number(node) for node in nodes]
        return None if None in values else [value for value in values if value is not None]

    def vector(self, node: ast.expr | None) -> list[Number] | None:
        """The components of ``App.Vector(x, y, z)``, or of a name for one."""
        if isinstance(node, ast.Name):
            node = self._names.only_value(node.id)
        if not isinstance(node, ast.Call) or self._names.resolve(node.func) not in _VECTORS:
            return None
        given = self.numbers(node.args)
        return [*given, 0.0, 0.0, 0.0][:3] if given is not None and not node.keywords else None


_VECTORS: Final = ("FreeCAD.Vector", "FreeCAD.Base.Vector")


def _arithmetic(operator: ast.operator, left: Number, right: Number) -> Number | None:
    if isinstance(operator, ast.Add):
        return left + right
    if isinstance(operator, ast.Sub):
        return left - right
    if isinstance(operator, ast.Mult):
        return left * right if abs(left) < 1e100 and abs(right) < 1e100 else None
    if isinstance(operator, ast.Div):
        return left / right
    if isinstance(operator, ast.FloorDiv):
        return left // right
    if isinstance(operator, ast.Mod):
        return left % right
    if isinstance(operator, ast.Pow) and not power_is_huge(left, right):
        power: Any = left**right
        return power if isinstance(power, int | float) else None
    return None


def power_is_huge(base: Number, exponent: Number) -> bool:
    """Whether a power has more digits than any number about a part needs."""
    return abs(base) > 1 and exponent * math.log10(abs(base)) > LARGEST_POWER_DIGITS

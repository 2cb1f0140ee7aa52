"""Expressions between named parameters: the tree, its value, and its canonical text.

That text is FreeCAD's own syntax, apart from the names, with a unit after every number that has one: it means
the same whatever the request's units were.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

LARGEST: Final = 1e12
"""Magnitude that no value of an expression may exceed on its way."""

Dimension = tuple[float, float]
"""Exponents of length and of angle."""

PURE: Final[Dimension] = (0.0, 0.0)
LENGTH: Final[Dimension] = (1.0, 0.0)
ANGLE: Final[Dimension] = (0.0, 1.0)
UNITS: Final = {PURE: "", LENGTH: "mm", ANGLE: "deg"}
"""The dimensions that a parameter or a field can have, with the unit that stands for each."""

FUNCTIONS: Final = ("min", "max", "sqrt", "sin", "cos", "tan", "abs", "round")

RESERVED: Final = frozenset({*FUNCTIONS, "mm", "deg", "pi"})
"""Words that canonical expressions use themselves."""

_NAME: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9_]{0,38}[A-Za-z0-9])?")


class ExpressionError(ValueError):
    """An expression that cannot be used; ``code`` and ``params`` are of the catalogue."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


# ---- the tree ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal:
    """A number in mm, degrees or without a unit; a bare one may still become a length or an angle."""

    value: float
    dimension: Dimension = PURE
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]


Node = Literal | Name | Negative | Binary | Call


def plain_name(name: str) -> str:
    """The name in ASCII letters: ``delik_çapı`` and ``delik_capi`` are one name."""
    letters = unicodedata.normalize("NFKD", name.strip().translate({0x131: "i", 0x130: "I"}))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def is_name(name: str) -> bool:
    """Whether a parameter may be called so: letters, digits and ``_``, a letter first and no ``_`` last."""
    return _NAME.fullmatch(name) is not None and name not in RESERVED


def names_in(node: Node) -> Iterator[str]:
    """The names of parameters in an expression, from left to right."""
    match node:
        case Name(name):
            yield name
        case Negative(operand):
            yield from names_in(operand)
        case Binary(_, left, right):
            yield from names_in(left)
            yield from names_in(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from names_in(argument)


# ---- values -----------------------------------------------------------------------------------------

_TRIGONOMETRY: Final[dict[str, Callable[[float], float]]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
}


def evaluate(node: Node, values: Mapping[str, float]) -> float:
    """The value in mm, degrees or without a unit.

    Raises:
        ExpressionError: ``FEATURE_EXPRESSION_VALUE``: a division by zero, the root of a negative number, or
            a number beyond all bounds.
    """
    try:
        value = _evaluated(node, values)
    except (ArithmeticError, ValueError):
        raise ExpressionError("FEATURE_EXPRESSION_VALUE") from None
    if isinstance(value, complex) or not abs(value) <= LARGEST:
        raise ExpressionError("FEATURE_EXPRESSION_VALUE")
    return float(value)


def _evaluated(node: Node, values: Mapping[str, float]) -> float:
    match node:
        case Literal(value):
            return value
        case Name(name):
            return values[name]
        case Negative(operand):
            return -_evaluated(operand, values)
        case Binary(operator, left, right):
            return _operated(operator, _evaluated(left, values), _evaluated(right, values))
        case Call(function, arguments):
            return _called(function, [_evaluated(argument, values) for argument in arguments])


def _operated(operator: str, left: float, right: float) -> float:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
    return math.pow(left, right)


def _called(function: str, arguments: list[float]) -> float:
    match function:
        case "min":
            return min(arguments)
        case "max":
            return max(arguments)
        case "abs":
            return abs(arguments[0])
        case "sqrt":
            return math.sqrt(arguments[0])
        case "round":  # half away from zero, as FreeCAD does
            return math.copysign(math.floor(abs(arguments[0]) + 0.5), arguments[0])
    return _TRIGONOMETRY[function](math.radians(arguments[0]))


# ---- writing ----------------------------------------------------------------------------------------

_TIGHTNESS: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


def written(node: Node) -> str:
    """The canonical text, which FreeCAD reads alike but for the names; read again, it is written the same."""
    match node:
        case Literal():
            return _literal(node)
        case Name(name):
            return name
        case Negative(operand):
            return f"-{_within(operand, 4)}"
        case Binary(operator, left, right):
            tightness = _TIGHTNESS[operator]
            spaced = "^" if operator == "^" else f" {operator} "
            first = _within(left, 4 if operator == "^" else tightness)
            return f"{first}{spaced}{_within(right, tightness + 1)}"
        case Call(function, arguments):
            return f"{function}({'; '.join(written(argument) for argument in arguments)})"


def _within(node: Node, tightness: int) -> str:
    """An operand, in parentheses where FreeCAD's order of operations would differ from ours."""
    loose = isinstance(node, Negative) or (isinstance(node, Literal) and node.value < 0)
    if isinstance(node, Binary):
        loose = _TIGHTNESS[node.operator] < tightness
    if isinstance(node, Literal) and node.dimension != PURE and tightness > 2:
        loose = True
    return f"({written(node)})" if loose else written(node)


def _literal(node: Literal) -> str:
    if node.value == math.pi and not node.bare:
        return "pi"
    number = (
        f"{node.value:.0f}" if node.value == int(node.value) and abs(node.value) < 1e15 else repr(node.value)
    )
    return f"{number} {UNITS[node.dimension]}".rstrip()

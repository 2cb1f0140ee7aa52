"""Expressions between named parameters: read, typed by their units, evaluated, written back canonically.

The grammar is small: numbers with or without a unit, names, ``+ - * / ^``, parentheses and a few functions.
A bare number becomes a length or an angle where one is due (``L + 5`` is ``L + 5 mm``); whatever remains is
written with its unit, so that the canonical text means the same whatever the request's units were. That text
is also FreeCAD's own syntax, apart from the names.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from atolye.designs.numbers import AmbiguousNumberError, UnreadableNumberError, read_quantity
from atolye.designs.units import angle_unit, length_unit
from atolye.designs.words import fold

LONGEST: Final = 240
"""Characters of an expression."""

DEEPEST: Final = 24
"""Levels of parentheses, signs and powers in an expression."""

LARGEST: Final = 1e12
"""Magnitude that no value of an expression may exceed on its way."""

Dimension = tuple[float, float]
"""Exponents of length and of angle."""

PURE: Final[Dimension] = (0.0, 0.0)
LENGTH: Final[Dimension] = (1.0, 0.0)
ANGLE: Final[Dimension] = (0.0, 1.0)
UNITS: Final = {PURE: "", LENGTH: "mm", ANGLE: "deg"}
"""The dimensions that a parameter or a field can have, with the unit that stands for each."""

_SAME: Final = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "″": '"', "”": '"', "“": '"'})
_OTHERS: Final = r"(?P<name>[^\W\d]\w*)|(?P<sign>\*\*|''|[-+*/^();,\"°])"
_TOKEN: Final = re.compile(
    rf"\s*(?:(?P<number>\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?|[.,]\d+(?:[eE][+-]?\d+)?)|{_OTHERS})"
)
_TOKEN_OF_CALL: Final = re.compile(
    rf"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|{_OTHERS})"
)
"""In a call a comma parts arguments."""
_OPERATORS: Final = frozenset("+-*/^();,×·÷−–°")
_NAME: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9_]{0,38}[A-Za-z0-9])?")

FUNCTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "min": ("en küçük", "minimum"),
    "max": ("en büyük", "maximum"),
    "sqrt": ("karekök", "kök"),
    "sin": ("sinüs",),
    "cos": ("kosinüs",),
    "tan": ("tanjant",),
    "abs": ("mutlak",),
    "round": ("yuvarla",),
}
"""Functions with their other names."""

RESERVED: Final = frozenset({*FUNCTIONS, "mm", "deg", "pi"})
"""Words that canonical expressions use themselves."""

_FUNCTION_NAMES: Final = {
    fold(name): function for function, names in FUNCTIONS.items() for name in (function, *names)
}


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


def looks_like_quantity(text: str) -> bool:
    """Whether a text is a plain number with a unit or none, rather than an expression."""
    try:
        _, unit = read_quantity(text)
    except AmbiguousNumberError:
        return True
    except UnreadableNumberError:
        return False
    return not _OPERATORS.intersection(unit.replace("°", ""))


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


# ---- reading ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int


def parse(text: str) -> Node:
    """The tree of an expression.

    Raises:
        ExpressionError: ``FEATURE_EXPRESSION_SYNTAX``, ``FEATURE_EXPRESSION_FUNCTION``,
            ``VALIDATION_UNIT_MISMATCH`` or ``VALIDATION_AMBIGUOUS_NUMBER``.
    """
    if len(text) > LONGEST:
        raise ExpressionError("FEATURE_EXPRESSION_TOO_LONG", limit=LONGEST)
    return _Parser(text).whole()


class _Parser:
    """Recursive descent; each method reads one rule of the grammar."""

    def __init__(self, text: str) -> None:
        self._text = text.translate(_SAME)
        self._tokens = _tokens(self._text)
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._sum()
        if self._peek() is not None:
            raise self._unexpected()
        return node

    def _sum(self) -> Node:
        node = self._product()
        while operator := self._take("+", "-"):
            node = Binary(operator, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while operator := self._take("*", "/"):
            node = Binary(operator, node, self._signed())
        return node

    def _signed(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError("FEATURE_EXPRESSION_TOO_DEEP", limit=DEEPEST)
        sign = self._take("+", "-")
        node = self._signed() if sign else self._power()
        self._depth -= 1
        return _negative(node) if sign == "-" else node

    def _power(self) -> Node:
        base = self._atom()
        return Binary("^", base, self._signed()) if self._take("^", "**") else base

    def _atom(self) -> Node:
        token = self._peek()
        if token is None or (token.kind == "sign" and token.text != "("):
            raise self._unexpected()
        self._next += 1
        if token.kind == "number":
            return self._number(token)
        if token.kind == "name":
            return self._call(token) if self._take("(") else _constant_or_name(token.text)
        node = self._sum()
        self._expect(")")
        return node

    def _number(self, token: _Token) -> Node:
        value = _value_of(token)
        unit = self._peek()
        if unit is None or not (unit.kind == "name" or unit.text in ('"', "''", "°")):
            return Literal(float(value), bare=True)
        self._next += 1
        if (length := length_unit(unit.text)) is not None:
            return Literal(float(value * length.factor), LENGTH)
        if (angle := angle_unit(unit.text)) is not None:
            return Literal(float(value * angle.factor), ANGLE)
        raise ExpressionError(
            "VALIDATION_UNIT_MISMATCH", value=unit.text, known="um, mm, cm, m, in, ft, deg, rad"
        )

    def _call(self, token: _Token) -> Node:
        function = _FUNCTION_NAMES.get(fold(token.text))
        if function is None:
            raise ExpressionError(
                "FEATURE_EXPRESSION_FUNCTION", value=token.text, known=", ".join(sorted(FUNCTIONS))
            )
        arguments = [self._sum()]
        while self._take(";", ","):
            arguments.append(self._sum())
        self._expect(")")
        if len(arguments) > 1 and function not in ("min", "max"):
            raise self._unexpected()
        return Call(function, tuple(arguments))

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, *signs: str) -> str:
        token = self._peek()
        if token is None or token.kind != "sign" or token.text not in signs:
            return ""
        self._next += 1
        return token.text

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise self._unexpected()

    def _unexpected(self) -> ExpressionError:
        token = self._peek()
        place, found = (len(self._text), "…") if token is None else (token.place, token.text)
        return _syntax_error(self._text, place, found)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    calls: list[bool] = []
    place = 0
    while place < len(text.rstrip()):
        match = (_TOKEN_OF_CALL if any(calls) else _TOKEN).match(text, place)
        if match is None:
            raise _syntax_error(text, place, text[place:].strip()[:1])
        token = _Token(str(match.lastgroup), match[str(match.lastgroup)], match.end() - len(match[0].strip()))
        if token.text == "(":
            calls.append(bool(found) and found[-1].kind == "name")
        elif token.text == ")" and calls:
            calls.pop()
        _refuse_doubtful_comma(text, token, found)
        found.append(token)
        place = match.end()
    return found


def _refuse_doubtful_comma(text: str, token: _Token, before: list[_Token]) -> None:
    """``min(1,5)`` has one argument here and two there."""
    if token.text != "," or not before or before[-1].kind != "number":
        return
    digits = re.match(r"\d+", text[token.place + 1 :])
    if digits and text[token.place - 1].isdigit():
        whole, part = before[-1].text, digits[0]
        raise ExpressionError(
            "VALIDATION_AMBIGUOUS_NUMBER",
            value=f"{whole},{part}",
            first=f"{whole}.{part}",
            second=f"{whole}; {part}",
        )


def _value_of(token: _Token) -> Fraction:
    try:
        value, _ = read_quantity(token.text)
    except AmbiguousNumberError as doubt:
        first, second = doubt.readings
        raise ExpressionError(
            "VALIDATION_AMBIGUOUS_NUMBER", value=token.text, first=first, second=second
        ) from None
    except UnreadableNumberError:
        raise ExpressionError("VALIDATION_INVALID_NUMBER", value=token.text) from None
    if value > LARGEST:
        raise ExpressionError("FEATURE_EXPRESSION_VALUE")
    return value


def _constant_or_name(text: str) -> Node:
    return Literal(math.pi) if text in ("pi", "π") else Name(plain_name(text))


def _negative(node: Node) -> Node:
    return replace(node, value=-node.value) if isinstance(node, Literal) else Negative(node)


def _syntax_error(text: str, place: int, found: str) -> ExpressionError:
    return ExpressionError("FEATURE_EXPRESSION_SYNTAX", value=text[:80], place=place + 1, found=found[:20])


# ---- units ------------------------------------------------------------------------------------------

Known = Mapping[str, Dimension]
"""Dimension of each name; a name that is left out is a bare number which may still become anything."""


def demands(node: Node, wanted: Dimension, known: Known) -> Iterator[tuple[str, Dimension]]:
    """What an expression of a wanted dimension demands of the names in it."""
    match node:
        case Name(name):
            yield name, wanted
        case Negative(operand):
            yield from demands(operand, wanted, known)
        case Binary("+" | "-", left, right):
            yield from _demands_of_equals((left, right), wanted, known)
        case Binary("*", left, right):
            yield from _demands_of_product(left, right, wanted, known)
        case Binary("/", left, right) if dimension_of(right, known) == PURE:
            yield from demands(left, wanted, known)
        case Call("min" | "max" | "abs" | "round", arguments):
            yield from _demands_of_equals(arguments, wanted, known)
        case Call("sin" | "cos" | "tan", arguments):
            yield from demands(arguments[0], ANGLE, known)


def _demands_of_equals(
    nodes: tuple[Node, ...], wanted: Dimension, known: Known
) -> Iterator[tuple[str, Dimension]]:
    own = {dimension_of(node, known) for node in nodes} - {PURE}
    shared = own.pop() if len(own) == 1 else wanted
    for node in nodes:
        yield from demands(node, shared, known)


def _demands_of_product(
    left: Node, right: Node, wanted: Dimension, known: Known
) -> Iterator[tuple[str, Dimension]]:
    """One factor has the dimension, the other is a number; two bare names tell nothing."""
    for one, other in ((left, right), (right, left)):
        if isinstance(other, Literal) or any(name in known for name in names_in(other)):
            if dimension_of(other, known) == PURE:
                yield from demands(one, wanted, known)
            elif dimension_of(other, known) == wanted:
                yield from demands(one, PURE, known)


def dimension_of(node: Node, known: Known) -> Dimension:
    """The dimension as far as it is known; what is bare counts as pure.

    Raises:
        ExpressionError: ``FEATURE_EXPRESSION_UNITS``.
    """
    match node:
        case Literal(_, dimension):
            return dimension
        case Name(name):
            return known.get(name, PURE)
        case Negative(operand):
            return dimension_of(operand, known)
        case Binary("+" | "-", left, right):
            return _shared((left, right), known)
        case Binary("*", left, right):
            return _combined(dimension_of(left, known), dimension_of(right, known), 1)
        case Binary("/", left, right):
            return _combined(dimension_of(left, known), dimension_of(right, known), -1)
        case Binary(_, left, right):
            return _powered(dimension_of(left, known), right)
        case Call("sqrt", arguments):
            length, angle = dimension_of(arguments[0], known)
            return (length / 2, angle / 2)
        case Call("sin" | "cos" | "tan"):
            return PURE
        case Call(_, arguments):
            return _shared(arguments, known)


def _shared(nodes: tuple[Node, ...], known: Known) -> Dimension:
    found = {dimension_of(node, known) for node in nodes} - {PURE}
    if len(found) > 1:
        one, other = sorted(found)[:2]
        raise ExpressionError("FEATURE_EXPRESSION_UNITS", found=unit_name(one), expected=unit_name(other))
    return found.pop() if found else PURE


def _combined(left: Dimension, right: Dimension, sign: int) -> Dimension:
    return (left[0] + sign * right[0], left[1] + sign * right[1])


def _powered(base: Dimension, exponent: Node) -> Dimension:
    if base == PURE:
        return PURE
    if not isinstance(exponent, Literal) or exponent.dimension != PURE:
        raise ExpressionError("FEATURE_EXPRESSION_UNITS", found=unit_name(base), expected="–")
    return (base[0] * exponent.value, base[1] * exponent.value)


def unit_name(dimension: Dimension) -> str:
    """The dimension as people read it: ``mm``, ``mm^2``, ``deg``, ``–``."""
    parts = [
        unit if exponent == 1 else f"{unit}^{exponent:g}"
        for unit, exponent in zip(("mm", "deg"), dimension, strict=True)
        if exponent
    ]
    return "·".join(parts) or "–"


def typed(node: Node, wanted: Dimension, known: Known, bare_mm: float) -> Node:
    """The expression with every bare number that must be a length or an angle made one.

    Args:
        bare_mm: the request's unit of length in mm.

    Raises:
        ExpressionError: ``FEATURE_EXPRESSION_UNITS``.
    """
    node = _settled(node, wanted, known, bare_mm)
    found = dimension_of(node, known)
    if found == wanted:
        return node
    if found == PURE:
        return _given_unit(node, wanted, bare_mm)
    raise ExpressionError("FEATURE_EXPRESSION_UNITS", found=unit_name(found), expected=unit_name(wanted))


def _settled(node: Node, wanted: Dimension, known: Known, bare_mm: float) -> Node:
    match node:
        case Negative(operand):
            return Negative(_settled(operand, wanted, known, bare_mm))
        case Binary("+" | "-", left, right):
            left, right = _agreed((left, right), wanted, known, bare_mm)
            return replace(node, left=left, right=right)
        case Binary(_, left, right):
            return replace(
                node,
                left=_settled(left, PURE, known, bare_mm),
                right=_settled(right, PURE, known, bare_mm),
            )
        case Call("sin" | "cos" | "tan", arguments):
            return replace(node, arguments=(typed(arguments[0], ANGLE, known, bare_mm),))
        case Call("sqrt", arguments):
            return replace(node, arguments=(_settled(arguments[0], PURE, known, bare_mm),))
        case Call(_, arguments):
            return replace(node, arguments=_agreed(arguments, wanted, known, bare_mm))
    return node


def _agreed(nodes: tuple[Node, ...], wanted: Dimension, known: Known, bare_mm: float) -> tuple[Node, ...]:
    """Terms of one sum: all of the dimension that one of them has, or else of the wanted one."""
    shared = _shared(nodes, known)
    if shared == PURE and all(isinstance(node, Literal) for node in nodes):
        return nodes
    if shared == PURE:
        shared = wanted if wanted in UNITS else PURE
    return tuple(typed(node, shared, known, bare_mm) for node in nodes)


def _given_unit(node: Node, wanted: Dimension, bare_mm: float) -> Node:
    if wanted not in UNITS:
        raise ExpressionError("FEATURE_EXPRESSION_UNITS", found="–", expected=unit_name(wanted))
    factor = bare_mm if wanted == LENGTH else 1.0
    if isinstance(node, Literal) and node.bare:
        return Literal(float(Fraction(repr(node.value)) * Fraction(repr(factor))), wanted)
    return Binary("*", node, Literal(factor, wanted))


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

"""Reads expressions: numbers with or without a unit, names, ``+ - * / ^``, parentheses, a few functions."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from atolye.designs.features.expressions import (
    ANGLE,
    FUNCTIONS,
    LARGEST,
    LENGTH,
    Binary,
    Call,
    ExpressionError,
    Literal,
    Name,
    Negative,
    Node,
    plain_name,
)
from atolye.designs.numbers import AmbiguousNumberError, UnreadableNumberError, read_quantity
from atolye.designs.units import angle_unit, length_unit
from atolye.designs.words import fold

LONGEST: Final = 240
"""Characters of an expression."""

DEEPEST: Final = 24
"""Levels of parentheses, signs and powers in an expression."""

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

_FUNCTION_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "min": ("en küçük", "minimum"),
    "max": ("en büyük", "maximum"),
    "sqrt": ("karekök", "kök"),
    "sin": ("sinüs",),
    "cos": ("kosinüs",),
    "tan": ("tanjant",),
    "abs": ("mutlak",),
    "round": ("yuvarla",),
}
_FUNCTION_NAMES: Final = {
    fold(name): function for function in FUNCTIONS for name in (function, *_FUNCTION_WORDS[function])
}


def looks_like_quantity(text: str) -> bool:
    """Whether a text is a plain number with a unit or none, rather than an expression."""
    try:
        _, unit = read_quantity(text)
    except AmbiguousNumberError:
        return True
    except UnreadableNumberError:
        return False
    return not _OPERATORS.intersection(unit.replace("°", ""))


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

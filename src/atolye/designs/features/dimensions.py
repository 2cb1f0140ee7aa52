"""Units in expressions: which dimension each has, and which bare numbers must become lengths or angles.

A bare number becomes a length or an angle where one is due: ``L + 5`` is ``L + 5 mm``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from atolye.designs.features.expressions import (
    ANGLE,
    LENGTH,
    PURE,
    UNITS,
    Binary,
    Call,
    Dimension,
    ExpressionError,
    Literal,
    Name,
    Negative,
    Node,
    names_in,
)

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

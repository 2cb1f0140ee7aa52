"""Expressions: what they mean, what they are written as, and what is refused."""

from __future__ import annotations

import ast
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atolye.designs.features.dimensions import typed
from atolye.designs.features.expressions import (
    ANGLE,
    LENGTH,
    PURE,
    ExpressionError,
    evaluate,
    is_name,
    names_in,
    plain_name,
    written,
)
from atolye.designs.features.parsing import DEEPEST, LONGEST, looks_like_quantity, parse

KNOWN = {"L": LENGTH, "W": LENGTH, "a": ANGLE, "n": PURE}
VALUES = {"L": 100.0, "W": 50.0, "a": 30.0, "n": 4.0}


def value(text: str, wanted: Any = LENGTH, bare_mm: float = 1.0) -> float:
    return evaluate(typed(parse(text), wanted, KNOWN, bare_mm), VALUES)


def refused(text: str, wanted: Any = LENGTH) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        value(text, wanted)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L / 10", 10),
        ("L - (W - 3)", 53),
        ("L - W - 3", 47),
        ("L / (W / 2 mm)", 4),
        ("2 * (L + 5)", 210),
        ("sqrt(L * W)", math.sqrt(5000)),
        ("(L + 1)^2 / W", 101**2 / 50),
        ("L * sin(a)", 50),
        ("L * cos(60)", 50),
        ("L * tan(45°)", 100),
        ("min(L; W; 70)", 50),
        ("max(L, 2 * W, 7)", 100),
        ("abs(W - L)", 50),
        ("round(L / 3)", 33),
        ("round(-2.5 mm)", -3),
        ("-2^2", -4),
        ("2^3^2", 512),
        ("2^-1", 0.5),
        ("--3", 3),
        ("12,5 mm + L", 112.5),
        ("L × 2 ÷ 4", 50),
        ("5 cm + 1 in + 2 mm", 77.4),
        ('2" + L', 150.8),
        ("karekök(L * W)", math.sqrt(5000)),
        ("pi * L", math.pi * 100),
        ("n * L", 400),
    ],
)
def test_an_expression_is_worth_what_mathematics_says(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected, rel=1e-12)


def test_bare_numbers_take_the_unit_of_the_request() -> None:
    assert value("L + 1", bare_mm=25.4) == pytest.approx(125.4)
    assert value("n + 1", bare_mm=25.4) == pytest.approx(127)
    assert value("L / 2", bare_mm=25.4) == pytest.approx(50)
    assert written(typed(parse("2 * (L + 1)"), LENGTH, KNOWN, 25.4)) == "2 * (L + 25.4 mm)"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("L +", "FEATURE_EXPRESSION_SYNTAX"),
        ("(L", "FEATURE_EXPRESSION_SYNTAX"),
        ("L W", "FEATURE_EXPRESSION_SYNTAX"),
        ("L.real", "FEATURE_EXPRESSION_SYNTAX"),
        ("L[0]", "FEATURE_EXPRESSION_SYNTAX"),
        ("L; W", "FEATURE_EXPRESSION_SYNTAX"),
        ("L if W else n", "FEATURE_EXPRESSION_SYNTAX"),
        ("sqrt(L; W)", "FEATURE_EXPRESSION_SYNTAX"),
        ("<<L>>.x", "FEATURE_EXPRESSION_SYNTAX"),
        ("eval(L)", "FEATURE_EXPRESSION_FUNCTION"),
        ("__import__(L)", "FEATURE_EXPRESSION_FUNCTION"),
        ("2 L", "VALIDATION_UNIT_MISMATCH"),
        ("3 kg + L", "VALIDATION_UNIT_MISMATCH"),
        ("L + 1,234", "VALIDATION_AMBIGUOUS_NUMBER"),
        ("min(1,5; L)", "VALIDATION_AMBIGUOUS_NUMBER"),
        ("1.2.3 + L", "VALIDATION_INVALID_NUMBER"),
        ("L * W", "FEATURE_EXPRESSION_UNITS"),
        ("L + a", "FEATURE_EXPRESSION_UNITS"),
        ("L^n", "FEATURE_EXPRESSION_UNITS"),
        ("sin(L)", "FEATURE_EXPRESSION_UNITS"),
        ("a", "FEATURE_EXPRESSION_UNITS"),
        ("L / 0", "FEATURE_EXPRESSION_VALUE"),
        ("sqrt(W * W - L * L)", "FEATURE_EXPRESSION_VALUE"),
        ("9^9^9", "FEATURE_EXPRESSION_VALUE"),
        ("L * 9e999", "FEATURE_EXPRESSION_VALUE"),
        ("(" * (DEEPEST + 1) + "L" + ")" * (DEEPEST + 1), "FEATURE_EXPRESSION_TOO_DEEP"),
        ("-" * 200 + "L", "FEATURE_EXPRESSION_TOO_DEEP"),
        ("L" + " + 1" * LONGEST, "FEATURE_EXPRESSION_TOO_LONG"),
    ],
)
def test_what_is_no_expression_is_refused_by_a_code(text: str, code: str) -> None:
    assert refused(text).code == code


def test_a_syntax_error_names_its_place() -> None:
    assert refused("L + * 2").params == {"value": "L + * 2", "place": 5, "found": "*"}


@pytest.mark.parametrize("text", ["12", "12,5 mm", "1 1/2 inch", "-3°", "45 derece", "1,234"])
def test_a_quantity_is_no_expression(text: str) -> None:
    assert looks_like_quantity(text)


@pytest.mark.parametrize("text", ["L", "10 * L", "10 mm + L", "5 mm - 2 mm", "2 (L)", "-L"])
def test_an_expression_is_no_quantity(text: str) -> None:
    assert not looks_like_quantity(text)


def test_names_are_plain_letters_and_none_of_the_words_of_expressions() -> None:
    assert plain_name("delik_çapı") == "delik_capi"
    assert plain_name("İç_ölçü") == "Ic_olcu"
    assert [name for name in ("L", "t", "r1", "wall_2", "m") if not is_name(name)] == []
    assert [
        name for name in ("", "1a", "a b", "a_", "mm", "pi", "sqrt", "_x", "a" * 50) if is_name(name)
    ] == []


# ---- properties ------------------------------------------------------------------------------------

NUMBERS = st.integers(1, 99).map(str) | st.sampled_from(["0.5", "2.25", "7.125"])
LEAVES = NUMBERS | st.sampled_from(["n", "k"])
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        )
        | st.tuples(inner, st.sampled_from("+-*/"), inner).map(" ".join)
        | inner.map(lambda each: f"-{each}")
        | inner.map(lambda each: f"-({each})^2")
        | inner.map(lambda each: f"abs({each})")
        | st.tuples(inner, inner).map(lambda parts: f"max({parts[0]}; {parts[1]})")
    ),
    max_leaves=6,
)
NAMED = {"n": 4.0, "k": 0.75}


def by_python(text: str) -> float:
    """The same text, read by Python's own parser."""
    tree = ast.parse(text.replace("^", "**").replace(";", ","), mode="eval")
    return float(eval(compile(tree, "", "eval"), {"abs": abs, "max": max}, NAMED))


@settings(deadline=None)
@given(TREES)
def test_every_expression_is_worth_what_another_parser_makes_of_it(text: str) -> None:
    if len(text) > LONGEST or text.count("(") + text.count("-") > DEEPEST:
        return
    try:
        expected = by_python(text)
    except ZeroDivisionError:
        return
    if not abs(expected) < 1e9:
        return
    assert evaluate(parse(text), NAMED) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(TREES)
def test_what_is_written_is_read_the_same_and_written_the_same(text: str) -> None:
    if len(text) > LONGEST or text.count("(") + text.count("-") > DEEPEST:
        return
    node = parse(text)
    again = written(node)
    if len(again) > LONGEST:
        return
    assert written(parse(again)) == again
    assert list(names_in(parse(again))) == list(names_in(node))

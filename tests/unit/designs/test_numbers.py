"""Numbers as people write them."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atolye.designs.numbers import (
    AmbiguousNumberError,
    UnreadableNumberError,
    exact,
    read_quantity,
    rounded,
)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("100", 100, ""),
        ("100,5 mm", Fraction(201, 2), "mm"),
        ("100.5mm", Fraction(201, 2), "mm"),
        ("4,17 cm", Fraction(417, 100), "cm"),
        (" 19,9 ", Fraction(199, 10), ""),
        (",5", Fraction(1, 2), ""),
        (".25 in", Fraction(1, 4), "in"),
        ("+3", 3, ""),
        ("-3", -3, ""),
        ("−3", -3, ""),
        ("1/8 inch", Fraction(1, 8), "inch"),
        ('1 1/2"', Fraction(3, 2), '"'),
        ("1-1/2 in", Fraction(3, 2), "in"),
        ('1½"', Fraction(3, 2), '"'),
        ("½ inç", Fraction(1, 2), "inç"),
        ("5/16″", Fraction(5, 16), '"'),
        ("1.234,5", Fraction(12345, 10), ""),
        ("1,234.5", Fraction(12345, 10), ""),
        ("1.234.567", 1234567, ""),
        ("1,234,567", 1234567, ""),
        ("12 345,6 mm", Fraction(123456, 10), "mm"),
        ("1\N{NO-BREAK SPACE}234 mm", 1234, "mm"),
        ("0,125", Fraction(1, 8), ""),
        ("1234,567", Fraction(1234567, 1000), ""),
        ("12,34", Fraction(1234, 100), ""),
        ("1.234", Fraction(1234, 1000), ""),
        ("1e2", 100, ""),
        ("2.5E-1 mm", Fraction(1, 4), "mm"),
        ("\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}", 12, ""),
    ],
)
def test_written_quantities_are_read_exactly(text: str, value: Fraction, unit: str) -> None:
    assert read_quantity(text) == (value, unit)


@pytest.mark.parametrize("text", ["1,234", "12,345", "123,456", "-1,234", "1,000"])
def test_one_comma_before_three_digits_has_two_readings(text: str) -> None:
    with pytest.raises(AmbiguousNumberError) as doubt:
        read_quantity(text)
    decimal, thousands = (Fraction(reading) for reading in doubt.value.readings)
    assert thousands == 1000 * decimal


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "abc", "mm", "NaN", "Infinity", "-inf", "1/0", "1.2.3", "1,2,3", "1,23,456", "1.234,5,6",
        "1,234.5.6", "5.", "5,", "--5", "1 2", "0x10", "1_000", "10²", "１²", "1e9999", "1" * 65, "१२",
        "1/2/3", "1,5/2",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UnreadableNumberError):
        read_quantity(text)


@pytest.mark.parametrize("value", [True, False, None, "1", [], {}, math.nan, math.inf, -math.inf])
def test_json_values_that_are_no_finite_number_are_refused(value: object) -> None:
    with pytest.raises(UnreadableNumberError):
        exact(value)


def test_a_json_number_is_what_is_written_not_its_binary_neighbour() -> None:
    assert exact(0.1) * 3 == Fraction(3, 10)


@pytest.mark.spec("03.47")
def test_rounding_is_to_a_millionth_half_to_even_without_minus_zero() -> None:
    assert rounded(Fraction("0.1234565")) == 0.123456
    assert rounded(Fraction("0.1234575")) == 0.123458
    assert str(rounded(Fraction("-0.0000001"))) == "0.0"
    assert rounded(Fraction(10) ** 400) == math.inf


@given(st.integers(0, 10**9), st.integers(0, 999_999))
def test_comma_and_point_and_groups_are_the_same_number(whole: int, millionths: int) -> None:
    value = Fraction(whole) + Fraction(millionths, 10**6)
    plain = f"{whole}.{millionths:06d}"
    grouped = f"{whole:,}.{millionths:06d}"
    turkish = grouped.translate(str.maketrans(",.", ".,"))
    assert read_quantity(plain)[0] == value
    assert read_quantity(plain.replace(".", ","))[0] == value
    assert read_quantity(grouped)[0] == value
    assert read_quantity(turkish)[0] == value


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        value, unit = read_quantity(text)
    except (UnreadableNumberError, AmbiguousNumberError):
        return
    assert isinstance(value, Fraction)
    assert unit == unit.strip()

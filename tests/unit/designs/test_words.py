"""Words and units, whatever the spelling."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atolye.designs.units import LENGTHS, angle_unit, length_unit
from atolye.designs.words import LONGEST_WORD, fold, nearest, shown


@pytest.mark.spec("14.24")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İ", "i"), ("I", "ı"), ("I", "i"), ("GENİŞLİK", "genişlik"), ("YÜKSEKLIK", "yükseklik"),
        ("Delik Çapı", "delik_capi"), ("DELİK-ÇAPI", "delikCapi"), ("hole  diameter", "HoleDiameter"),
        ("çelik", "ÇELİK"), ("şaft", "ŞAFT"), ("diş", "DİŞ"), ("ağ", "AĞ"),
        ("i\N{COMBINING DOT ABOVE}nç", "inç"), ("\N{FULLWIDTH LATIN SMALL LETTER M}m", "mm"),
    ],
)  # fmt: skip
def test_case_accents_and_separators_make_no_difference(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_word_too_long_to_be_a_name_names_nothing() -> None:
    assert fold("length" + " " * LONGEST_WORD) == ""


@pytest.mark.spec("06.27", "14.25")
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("mm", "mm"), ("MM", "mm"), ("milimetre", "mm"), ("Milimetre", "mm"), ("MİLİMETRE", "mm"),
        ("millimeters", "mm"), ("cm", "cm"), ("santimetre", "cm"), ("SANTİMETRE", "cm"), ("m", "m"),
        ("metre", "m"), ("in", "in"), ("inch", "in"), ("inches", "in"), ("inç", "in"), ("İNÇ", "in"),
        ("INÇ", "in"), ('"', "in"), ("''", "in"), ("ft", "ft"), ("'", "ft"), ("feet", "ft"), ("um", "um"),
        ("µm", "um"), ("μm", "um"), ("mikron", "um"), ("mm.", "mm"),
    ],
)  # fmt: skip
def test_units_are_known_by_their_turkish_and_english_names(text: str, key: str) -> None:
    unit = length_unit(text)
    assert unit is not None
    assert unit.key == key


@pytest.mark.parametrize("text", ["", "kg", "mm²", "mm2", "1/in", "yd", "m/s", "°", "mm mm"])
def test_other_units_are_no_length(text: str) -> None:
    assert length_unit(text) is None


@pytest.mark.spec("03.01")
def test_factors_to_millimetres_are_exact() -> None:
    factors = {key: unit.factor for key, unit in LENGTHS.items()}
    assert factors["in"] == Fraction("25.4")
    assert factors["ft"] == 12 * factors["in"]
    assert (factors["um"], factors["cm"], factors["m"]) == (Fraction(1, 1000), 10, 1000)


def test_angles_are_degrees_or_radians() -> None:
    degree, radian = angle_unit("°"), angle_unit("radyan")
    assert degree is not None
    assert radian is not None
    assert degree.factor == 1
    assert float(radian.factor) == pytest.approx(57.29577951308232, rel=1e-15)
    assert angle_unit("mm") is None


def test_the_nearest_known_name_comes_first() -> None:
    assert nearest("widht", ["length", "width", "height"])[0] == "width"
    assert nearest("genislk", {"genislik": "width", "uzunluk": "length"}) == ["width"]
    assert nearest("zzzz", ["length"]) == []
    assert nearest("inner", ["outer_diameter", "inner_diameter"]) == ["inner_diameter"]
    assert nearest("hole_diameter", {"hole": "holes", "length": "length"}) == ["holes"]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_what_a_message_repeats_is_one_short_printable_line(value: object) -> None:
    assert len(shown(value)) <= 81
    assert shown(value).isprintable()

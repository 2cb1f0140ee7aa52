"""Numbers, endings and the glossary that the reader works with."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from atolye.prompts.glossary import markdown, meanings, terms
from atolye.prompts.local.lexicon import corrected, look_up
from atolye.prompts.local.morphology import forms
from atolye.prompts.local.parts import BUILDERS
from atolye.prompts.local.quantities import NUMBER, measure, spelled
from atolye.prompts.local.tokens import LETTERS


def test_the_glossary_has_hundreds_of_terms_each_explained() -> None:
    assert len(terms()) >= 150
    assert len({term.tr for term in terms()}) >= 150
    for term in terms():
        assert term.tr
        assert term.en
        assert term.means


def test_the_glossarys_page_is_current() -> None:
    page = Path(__file__).resolve().parents[4] / "docs" / "reference" / "glossary.md"
    assert page.read_text(encoding="utf-8") == markdown()


@pytest.mark.spec("02.04")
@pytest.mark.parametrize(
    ("turkish", "english"),
    [("vida", "screw"), ("flanş", "flange"), ("mil", "shaft"), ("yatak", "bearing"), ("dişli", "gear")],
)
def test_the_terms_of_the_specification_are_in_it(turkish: str, english: str) -> None:
    assert english in {term.en for term in terms() if term.tr == turkish}


def test_every_part_has_a_builder_and_every_kind_a_letter() -> None:
    assert {meaning.key for meaning in meanings() if meaning.kind == "part"} == set(BUILDERS)
    assert {meaning.kind for meaning in meanings()} - {"word"} <= set(LETTERS)
    assert len(set(LETTERS.values())) == len(LETTERS) - 1  # odd holes and features are both refused


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("uzunlugunda", "uzunluk"),
        ("kalinlikta", "kalinlik"),
        ("genisligi", "genislik"),
        ("capli", "cap"),
        ("delikli", "delik"),
        ("deliginin", "delik"),
        ("koselerinde", "kose"),
        ("kenarlardan", "kenar"),
        ("kosebendi", "kosebent"),
        ("plakalarin", "plaka"),
        ("yuksekligindeki", "yukseklik"),
        ("holes", "hole"),
        ("boxes", "box"),
    ],
)
def test_endings_come_off(word: str, stem: str) -> None:
    assert stem in {form.stem for form in forms(word)}


def test_cases_are_told_apart() -> None:
    by_stem = {
        word: next(form for form in forms(word) if form.stem == "kenar")
        for word in ("kenardan", "kenarda", "kenara")
    }
    assert (by_stem["kenardan"].from_, by_stem["kenarda"].at, by_stem["kenara"].to) == (True, True, True)
    assert next(form for form in forms("deliksiz") if form.stem == "delik").without


@pytest.mark.parametrize(
    ("words", "value", "used"),
    [
        ("on iki", 12, 2),
        ("yuz elli", 150, 2),
        ("yuzelli", 150, 1),
        ("iki yuz elli bes", 255, 4),
        ("iki bucuk", Fraction(5, 2), 2),
        ("yirmi otuz", 20, 1),
        ("yarim", Fraction(1, 2), 1),
        ("one hundred and fifty", 150, 4),
        ("twenty five", 25, 2),
        ("one and a half", Fraction(3, 2), 4),
        ("half an", Fraction(1, 2), 2),
        ("three quarters of an", Fraction(3, 4), 4),
    ],
)
def test_number_words(words: str, value: Fraction, used: int) -> None:
    assert spelled(words.split()) == (value, used)


@pytest.mark.parametrize(
    ("text", "mm"),
    [
        ("100,5 mm", Fraction(201, 2)),
        ("1 1/4 inch", Fraction(127, 4)),
        ('1/2"', Fraction(127, 10)),
        ("2,5 cm", Fraction(25)),
        ("20 mm'lik", Fraction(20)),
        ("3 milimetrelik", Fraction(3)),
        ("10'ar mm", Fraction(10)),
        ("½ inch", Fraction(127, 10)),
    ],
)
def test_quantities_with_units_and_endings(text: str, mm: Fraction) -> None:
    from atolye.designs.units import LENGTHS

    match = NUMBER.match(text)
    assert match is not None
    assert measure(match, turkish=True).mm(LENGTHS["mm"]) == mm


@pytest.mark.parametrize("text", ["1,234", "60/40", "1/2", "1.500", "100,50,8"])
def test_digits_with_two_readings_are_doubted(text: str) -> None:
    match = NUMBER.match(text)
    assert match is not None
    assert measure(match, turkish=True).doubt is not None


def test_only_a_word_that_can_be_one_thing_is_corrected() -> None:
    near = corrected("uznluk")
    assert near is not None
    assert near.meant == "uzunluk"
    assert corrected("zipkin") is None
    assert corrected("mll") is None  # too short to tell


def test_the_longest_phrase_wins() -> None:
    hit = look_up(["et", "kalinligi"], 0)
    assert hit is not None
    assert (hit.words, hit.entries[0].key) == (2, "wall_thickness")

"""What the reader answers: what it assumed, did not understand and asks, and that it never guesses."""

from __future__ import annotations

import json
import time

import pytest

from atolye.designs.service import Defaults, canonicalise
from atolye.errors import AtolyeError
from atolye.prompts.local import read


def refusal(prompt: str) -> AtolyeError:
    with pytest.raises(AtolyeError) as refused:
        read(prompt)
    json.dumps(refused.value.body(), allow_nan=False)
    return refused.value


def codes(error: AtolyeError) -> set[str]:
    return {error.code, *(cause.code for cause in error.causes)}


@pytest.mark.spec("14.23", "06.27")
def test_the_sentence_of_the_specification_is_the_plate_it_describes() -> None:
    suggestion = read(
        "100,5 mm uzunluğunda, 20 mm genişliğinde plaka; ortada 10 mm delik; kalınlık 8 mm; "
        "malzeme: alüminyum 6061"
    )
    assert suggestion.reading.family == "plate"
    request = canonicalise(suggestion.request)
    assert (request.fields["length"], request.fields["width"], request.fields["thickness"]) == (
        100.5,
        20.0,
        8.0,
    )
    assert request.fields["holes"] == [{"kind": "center", "diameter": 10.0}]
    assert request.material.key == "aluminium_6061_t6"
    assert suggestion.warnings == ()
    assert suggestion.reading.not_understood == []


def test_a_thread_is_its_clearance_hole_and_says_so() -> None:
    assumed = read("100x60x8 çelik plaka, ortada M8 delik").reading.assumed
    assert {"field": "holes[0].diameter", "value": 9.0, "because": "M8, ISO 273, medium / orta"} in assumed


def test_what_is_assumed_names_field_value_and_words() -> None:
    suggestion = read("steel plate 100x60x8, four 9 mm holes 10 mm from the edges")
    (note,) = [each for each in suggestion.warnings if each.code == "READING_ASSUMED"]
    assert (note.severity, note.field, note.value) == ("info", "holes.kind", "corners")
    assert "four 9 mm holes 10 mm from the edges" in note.message_en


def test_numbers_without_a_unit_are_millimetres_with_a_note() -> None:
    (note,) = read("çelik küp 30").warnings[:1]
    assert (note.code, note.severity, note.value) == ("READING_UNIT_ASSUMED", "info", "mm")


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("100x50x8 çelik plaka, zıpkınlı", "zıpkınlı"),
        ("a flumoxed steel plate 100x50x8", "flumoxed"),
    ],
)
def test_words_that_may_carry_meaning_are_named_in_a_warning(prompt: str, words: str) -> None:
    suggestion = read(prompt)
    assert suggestion.reading.not_understood == [words]
    (doubt,) = [note for note in suggestion.warnings if note.severity == "warning"]
    assert doubt.because == words
    assert words in doubt.message_tr
    assert words in doubt.message_en


def test_a_misspelt_word_is_read_with_a_note() -> None:
    suggestion = read("uznluk 100 mm, genişlk 50 mm, kalınlık 8 mm çelik plaka")
    spelled = {note.because: note.value for note in suggestion.warnings if note.code == "READING_SPELLING"}
    assert spelled == {"uznluk": "uzunluk", "genişlk": "genislik"}
    assert {note.severity for note in suggestion.warnings} == {"info"}


def test_finish_tolerance_and_quantity_are_noted_and_not_modelled() -> None:
    plain, said = (
        read("100x60x12 mm C45 plaka"),
        read("5 adet 100x60x12 mm C45 plaka, eloksal, Ra 1,6, ±0,1 mm"),
    )
    assert canonicalise(plain.request).sha256 == canonicalise(said.request).sha256
    noted = {note.code: note.value for note in said.warnings if note.code == "READING_QUANTITY"}
    assert noted == {"READING_QUANTITY": 5}
    assert [note.because for note in said.warnings if note.code == "READING_NOT_MODELLED"] == [
        "eloksal",
        "Ra 1,6",
        "±0,1 mm",
    ]


# ---- missing --------------------------------------------------------------------------------------------


@pytest.mark.spec("12.04", "14.17", "02.25")
def test_every_missing_field_is_named_in_both_languages() -> None:
    error = refusal("çelik plaka, ortada 10 mm delik")
    assert (error.code, error.http_status) == ("AI_HINT_REQUIRED", 422)
    named = {cause.field: (cause.message_tr, cause.message_en) for cause in error.causes}
    assert set(named) == {"length", "width", "thickness"}
    assert named["thickness"] == (
        "Gerekli alan eksik: kalınlık (thickness)",
        "A required field is missing: thickness",
    )
    assert error.details["reading"]["fields"]["holes"] == [{"kind": "center", "diameter": 10}]


def test_a_context_gives_the_material_that_a_sentence_leaves_out() -> None:
    assert "material" in {cause.field for cause in refusal("küp 30 mm").causes}
    suggestion = read("küp 30 mm", context={"defaults": Defaults(material="C45")})
    assert suggestion.reading.fields == {"length": 30.0, "width": 30.0, "height": 30.0}


@pytest.mark.parametrize(
    "prompt",
    [
        "100x60x10 çelik plaka, 10 mm delik",
        "100x60x10 çelik plaka, köşede 8 mm delik, kenardan 10 mm",
        "100x60x10 çelik plaka, kenardan 15 mm mesafede 10 mm delik",
        "steel plate 100x60x10 with two 8 mm holes 40 mm apart",
    ],
)
def test_a_hole_without_a_clear_place_is_asked_about(prompt: str) -> None:
    error = refusal(prompt)
    assert error.code == "AI_HINT_REQUIRED"
    assert "holes.kind" in {cause.field for cause in error.causes}


# ---- two readings ---------------------------------------------------------------------------------------


@pytest.mark.spec("12.03", "14.17", "02.25")
def test_two_readings_are_both_shown_with_their_geometry() -> None:
    error = refusal("10x100x200 mm çelik plaka")
    assert (error.code, error.http_status) == ("AI_AMBIGUOUS", 425)
    boxes = [candidate["bbox_mm"] for candidate in error.details["candidates"]]
    assert boxes == [[10.0, 100.0, 200.0], [200.0, 100.0, 10.0]]
    assert {candidate["family"] for candidate in error.details["candidates"]} == {"plate"}


def test_digits_of_two_readings_are_asked_about_even_when_one_is_impossible() -> None:
    first, second = refusal("1,234 mm kalınlığında 100x50 mm çelik plaka").details["candidates"]
    assert first["fields"]["thickness"] == 1.234
    assert second == {"reading": "1234", "error": "VALIDATION_RANGE_VIOLATION"}


def test_a_point_before_three_digits_is_doubtful_in_turkish_alone() -> None:
    assert refusal("1.500 mm kalınlığında 100x50 mm çelik plaka").code == "AI_AMBIGUOUS"
    assert read("steel plate 100x50 mm, 1.500 mm thick").reading.fields["thickness"] == 1.5


def test_bare_numbers_beside_another_unit_are_asked_about() -> None:
    units = [
        candidate["fields"]["width"]
        for candidate in refusal("10 cm boyunda, 5 eninde, 2 kalınlığında çelik plaka").details["candidates"]
    ]
    assert units == [5.0, 50.0]


def test_of_two_readings_the_only_one_that_can_be_made_is_taken_with_a_note() -> None:
    suggestion = read("köşebent 40x40x4 boy 1 metre çelik")
    assert suggestion.reading.fields["leg_a"] == 40.0
    assert "READING_ONLY_POSSIBLE" in {note.code for note in suggestion.warnings}


# ---- never a wrong model in silence ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "prompt",
    [
        "100x60x10 çelik plaka, ortada 10 mm delik, 37 mm",
        "100x60x10 çelik plaka 30°",
        "100x60x10 çelik plaka 3 kg",
        "10-15 mm kalınlığında 100x60 çelik plaka",
        "mil 50 mm çap 200 mm çelik",
        "6204 ve 6205 rulman",
        "cıvata ve somun M8",
        "M6x16 somun",
        "çelik küp 20 mm, küre 10 mm",
        "100x60x10 çelik plaka, köşelerde 3 adet 8 mm delik, kenardan 10 mm",
        "100x60x10 çelik plaka, iki köşede 8 mm delik, kenardan 10 mm",
        "100x60x10 çelik plaka, 8 mm delik ortada değil köşede",
        "100 mm, uzunluk, 60 mm, genişlik, 10 mm, kalınlık plaka çelik",
        "kutu 100x60x40 2 mm abs",
        "60/40x100 burç bronz",
        "çelik mil çap 30 boy 200, enine 10 mm delik",
        "3 kademeli mil: Ø20x40, Ø30x60, C45",
        "100x60x10 çelik plaka, ortada 4 delik",
        "dişli modül 2 çap 40 genişlik 10 diş 20 çelik",
    ],
)
def test_nothing_is_dropped_in_silence(prompt: str) -> None:
    assert refusal(prompt).http_status in (409, 422, 425)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("100x50x8 çelik plaka, ortada M8 dişli delik", "dişli delik"),
        ("100x50x8 çelik plaka, ortada 5 mm derinliğinde 10 mm delik", "5 mm derinliğinde"),
        ("100x50x20 çelik blok, ortasında cep", "cep"),
        ("steel plate 100x60x10 with a slot in the middle", "slot"),
        ("kenarları 2 mm yuvarlatılmış 100x60x10 çelik plaka", "kenarları 2 mm yuvarlatılmış"),
        ("50x50x5 köşebent 100 mm boy çelik, ortada 10 mm delik", "ortada 10 mm delik"),
        ("kare delikli 100x60x10 çelik plaka", "kare delikli"),
    ],
)
def test_a_feature_that_no_family_has_is_refused_with_its_words(prompt: str, words: str) -> None:
    error = refusal(prompt)
    assert error.code == "READING_FEATURE_UNAVAILABLE"
    assert error.details["words"] == words


@pytest.mark.spec("02.22")
def test_a_part_that_no_family_makes_is_refused_with_what_can_be_made() -> None:
    error = refusal("3 adet dişli ile güç aktarım sistemi")
    assert error.code == "READING_PART_UNAVAILABLE"
    assert "Flanş" in error.message_tr


@pytest.mark.parametrize(
    ("prompt", "first", "second"),
    [
        (
            "uzunluk 100 mm, boy 120 mm, genişlik 50 mm, kalınlık 5 mm çelik plaka",
            "uzunluk 100 mm",
            "boy 120 mm",
        ),
        ("100x60x10 deliksiz çelik plaka, ortada 10 mm delik", "deliksiz", "ortada 10 mm delik"),
        ("100x60x10 çelik alüminyum plaka", "çelik", "alüminyum"),
    ],
)
def test_contradictions_are_quoted(prompt: str, first: str, second: str) -> None:
    error = refusal(prompt)
    assert (error.code, error.http_status) == ("READING_CONTRADICTION", 409)
    assert error.message_tr == f"Çelişen sözler: “{first}” ile “{second}”"


def test_the_same_said_twice_is_no_contradiction() -> None:
    fields = read("uzunluk 100 mm, boyu 10 cm, genişlik 50 mm, kalınlık 5 mm çelik plaka").reading.fields
    assert fields["length"] == 100.0


def test_an_unknown_material_is_refused_by_its_name() -> None:
    error = refusal("100x60x40 ahşap blok")
    assert (error.code, error.field) == ("VALIDATION_UNKNOWN_MATERIAL", "material")
    assert "ahşap" in error.message_tr


@pytest.mark.parametrize(
    ("prompt", "fields"),
    [
        (
            "plaka: 100 (uzunluk) x 60 (genişlik) x 10 (kalınlık), çelik",
            {"length": 100, "width": 60, "thickness": 10},
        ),
        (
            "çelik plaka 100x60x10, sağ üst köşede kenarlardan 10 mm mesafede 8 mm delik",
            {"holes": [{"kind": "at", "diameter": 8, "positions": [[90, 50]]}]},
        ),
        (
            "steel plate 100x60x10, hole dia 8 at (30, 40)",
            {"holes": [{"kind": "at", "diameter": 8, "positions": [[30, 40]]}]},
        ),
        ("100x60x10 çelik plaka, ortada 30 delik", {"holes": [{"kind": "center", "diameter": 30}]}),
        (
            "120x80x10 çelik plaka, köşelerde M6 delik, ortada 30 mm delik, kenardan 12 mm",
            {
                "holes": [
                    {"kind": "corners", "diameter": 6.6, "edge_distance": 12, "edge_distance_y": 12},
                    {"kind": "center", "diameter": 30},
                ]
            },
        ),
        (
            "flanş dış 100 iç 40 kalınlık 10 pcd 70 4 delik 9 mm çelik",
            {"bolt_count": 4, "bolt_circle_diameter": 70, "bolt_hole_diameter": 9, "bore_diameter": 40},
        ),
        (
            "mil Ø40 L200 kama kanalı genişliği 12 derinliği 5 boyu 50 çelik",
            {"keyway": {"width": 12, "depth": 5, "length": 50, "position": 100, "step": 1}},
        ),
        ("dişli M2 Z30 genişlik 20 çelik", {"module": 2, "teeth": 30, "face_width": 20}),
        ("silindir R20 yükseklik 50 çelik", {"diameter": 40, "length": 50}),
        ("boru dış 60 iç 50 boy 120 çelik", {"outer_diameter": 60, "inner_diameter": 50, "length": 120}),
    ],
)
def test_workshop_shorthand(prompt: str, fields: dict[str, object]) -> None:
    read_fields = read(prompt).reading.fields
    assert {name: read_fields[name] for name in fields} == fields


# ---- pure and quick -------------------------------------------------------------------------------------


def test_a_sentence_takes_less_than_five_milliseconds() -> None:
    prompt = (
        "flanş: dış çap 150 mm, iç çap 60 mm, kalınlık 16 mm, 110 mm delik dairesinde 8 adet M12 delik, S355"
    )
    read(prompt)
    times = []
    for _ in range(20):
        started = time.perf_counter()
        read(prompt)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.005


@pytest.mark.parametrize(
    "text",
    [
        "10 " * 6000,
        "uzunluk 10 genişlik 20 " * 800,
        "10x20x30 " * 2000,
        "1,234 mm plaka " * 1200,
        "alüminyum çelik " * 1200,
        "ortada 10 mm delik, " * 900,
        "1x" * 9000,
        "a1" * 9000,
        "(" * 19000,
        "'\"" * 9000,
    ],
    ids=lambda text: text[:12],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.perf_counter()
    refusal(text)
    assert time.perf_counter() - started < 10


@pytest.mark.locale_tr
@pytest.mark.spec("14.26", "14.14")
def test_the_locale_of_the_process_changes_nothing() -> None:
    import locale

    before = locale.setlocale(locale.LC_ALL)
    prompt = "İKİ YÜZ MM BOYUNDA, 100,5 MM ENİNDE, 8 MM KALINLIĞINDA ÇELİK PLAKA"
    expected = canonicalise(read(prompt).request).sha256
    try:
        assert locale.setlocale(locale.LC_ALL, "tr_TR.UTF-8") == "tr_TR.UTF-8"
        assert canonicalise(read(prompt).request).sha256 == expected
    finally:
        locale.setlocale(locale.LC_ALL, before)

"""One request, many spellings: language, units, order, case; and what is said about it."""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

import pytest

from atolye.designs.service import Defaults, canonicalise
from atolye.errors import AtolyeError
from atolye.wire import EXPORT_FILES, WIRE_VERSION

TURKISH = {
    "uzunluk": "73,3 mm",
    "genişlik": "4,17 cm",
    "yükseklik": "19,9",
    "delik çapı": "7,7",
    "malzeme": "alüminyum",
    "süreç": "frezeleme",
}
ENGLISH = {
    "length": 73.3,
    "width": "41.7 mm",
    "height": 19.9,
    "hole_diameter": "7.7 mm",
    "material": "aluminium",
    "process": "milling",
}
BOX = {"family": "box", "length": 100, "width": 50, "height": 30, "material": "S235JR"}


def refused(raw: Any, **options: Any) -> AtolyeError:
    with pytest.raises(AtolyeError) as caught:
        canonicalise(raw, **options)
    return caught.value


def found(error: AtolyeError) -> dict[str | None, str]:
    return {each.field: each.code for each in error.causes or (error,)}


@pytest.mark.spec("06.27", "14.25")
def test_the_turkish_and_the_english_twin_are_one_request() -> None:
    turkish, english = canonicalise(TURKISH), canonicalise(ENGLISH)
    assert turkish.sha256 == english.sha256
    assert turkish.to_wire() == english.to_wire()
    assert turkish.fields == {"length": 73.3, "width": 41.7, "height": 19.9, "hole_diameter": 7.7}
    assert (turkish.language_hint, english.language_hint) == ("tr", "en")


@pytest.mark.spec("14.24")
@pytest.mark.parametrize("spell", [str.upper, str.title, lambda key: key.replace(" ", "_").replace("ı", "i")])
def test_case_and_separators_of_keys_and_values_make_no_difference(spell: Any) -> None:
    upper = {spell(key): value for key, value in TURKISH.items()}
    upper.update({spell("malzeme"): spell("alüminyum"), spell("süreç"): spell("frezeleme")})
    assert canonicalise(upper).sha256 == canonicalise(TURKISH).sha256


@pytest.mark.spec("03.01")
def test_the_canonical_json_has_sorted_keys_and_its_hash_is_the_sha256() -> None:
    request = canonicalise(ENGLISH)
    text = request.canonical_json()
    assert json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text
    assert hashlib.sha256(text.encode()).hexdigest() == request.sha256
    assert json.loads(text) == request.as_dict()


def test_another_dimension_material_process_export_or_mesh_is_another_request() -> None:
    changed = [
        {"length": 73.300001},
        {"material": "7075"},
        {"process": None},
        {"exports": ["step"]},
        {"mesh": {"linear_deflection": 0.2}},
        {"manufacturing_checks": False},
        {"step_schema": "AP242"},
    ]
    hashes = {canonicalise({**ENGLISH, **change}).sha256 for change in ({}, *changed)}
    assert len(hashes) == 1 + len(changed)


@pytest.mark.spec("14.18", "03.01")
@pytest.mark.parametrize(
    "length",
    [25.4, "25,4", "25.4 mm", "2,54 cm", "0.0254 m", "25400 um", "1 inch", '1"', "1 in", "1 inç", "2/2 in",
     "0.08333333333333333 ft", {"value": 1, "unit": "inch"}, {"değer": "2,54", "birim": "cm"}],
)  # fmt: skip
def test_every_way_to_write_a_length_gives_the_same_request(length: Any) -> None:
    assert canonicalise({**BOX, "length": length}).sha256 == canonicalise({**BOX, "length": 25.4}).sha256


def test_bare_numbers_take_the_units_of_the_request_and_named_ones_their_own() -> None:
    inches = canonicalise({**BOX, "length": 2, "width": "30 mm", "height": "1/2", "units": "inch"})
    assert inches.fields == {"length": 50.8, "width": 30.0, "height": 12.7}
    assert inches.units == "in"
    assert inches.as_dict()["units"] == "mm"
    in_mm = canonicalise({**BOX, "length": 50.8, "width": 30, "height": 12.7})
    assert in_mm.sha256 == inches.sha256


def test_a_key_may_name_its_unit() -> None:
    keys = {"length_mm": 100, "uzunluk (mm)": 100, "length_cm": 10, "LENGTH [in]": "3.93700787401574803"}
    for key, value in keys.items():
        raw = {**{name: each for name, each in BOX.items() if name != "length"}, key: value}
        assert canonicalise(raw).fields["length"] == 100.0


def test_units_for_display_do_not_touch_the_part() -> None:
    request = canonicalise({**BOX, "display_units": "inç"})
    assert request.units == "in"
    assert request.sha256 == canonicalise(BOX).sha256


def test_fields_may_stand_in_parameters_and_null_is_not_given() -> None:
    nested = {"type": "params", "parameters": {"uzunluk": 100, "en": 50, "height": 30}, "process": None}
    assert canonicalise({**nested, "malzeme": "S235JR", "aile": "kutu"}).sha256 == canonicalise(BOX).sha256


@pytest.mark.spec("03.01")
@pytest.mark.parametrize("language", ["tr", "en"])
def test_missing_fields_are_422_and_all_named(language: str) -> None:
    error = refused({"family": "box", "length": 1, "language": language})
    assert (error.http_status, error.code) == (422, "VALIDATION_MISSING_FIELD")
    named = {error.field, *(each.field for each in error.causes)}
    assert named == {"width", "height", "material"}
    assert "genişlik (width)" in error.message_tr


@pytest.mark.spec("03.01", "12.04")
def test_without_a_family_the_nearest_ones_and_what_they_lack_are_named() -> None:
    error = refused({"outer_diameter": 30, "length": 100, "material": "steel"})
    assert (error.http_status, error.code) == (422, "AI_HINT_REQUIRED")
    assert error.details["candidates"] == [
        {"family": "tube", "missing": ["inner_diameter | wall_thickness"], "unknown": []}
    ]
    assert found(error) == {"inner_diameter": "VALIDATION_MISSING_FIELD"}


@pytest.mark.spec("03.01", "12.03")
def test_several_families_are_425_with_the_candidates() -> None:
    error = refused({"diameter": 20, "length": 100, "material": "C45"})
    assert (error.http_status, error.code) == (425, "AI_AMBIGUOUS")
    (cause,) = error.causes
    assert cause.details["candidates"] == "cylinder, shaft"
    named = canonicalise({"diameter": 20, "length": 100, "material": "C45", "part": "shaft"})
    assert named.family == "shaft"


@pytest.mark.spec("03.01")
@pytest.mark.parametrize("language", ["tr", "en"])
def test_a_number_of_two_readings_is_425_in_every_language(language: str) -> None:
    error = refused({**BOX, "length": "1,234", "language": language})
    assert (error.http_status, error.code, error.field) == (425, "AI_AMBIGUOUS", "length")
    assert "1.234" in error.causes[0].message_tr
    assert "1234" in error.causes[0].message_en


@pytest.mark.parametrize(
    ("raw", "family"),
    [
        ({"length": 1, "width": 1, "height": 1}, "box"),
        ({"length": 10, "width": 10, "height": 1, "hole_diameter": 2}, "block_with_hole"),
        ({"length": 1, "width": 1, "thickness": 1}, "plate"),
        ({"diameter": 1}, "sphere"),
        ({"diameter": 1, "height": 1}, "cylinder"),
        ({"base_diameter": 1, "height": 1}, "cone"),
        ({"outer_diameter": 9, "inner_diameter": 5, "length": 1}, "tube"),
        ({"steps": [{"diameter": 9, "length": 5}]}, "shaft"),
        ({"module": 1, "teeth": 20, "face_width": 5}, "spur_gear"),
        ({"size": "M8x20"}, "hex_screw"),
        ({"size": "M8", "length": 20}, "hex_screw"),
        ({"code": "DIN 933", "size": "M8x20"}, "hex_screw"),
        ({"size": "M8"}, "hex_nut"),
        ({"code": 6204}, "deep_groove_bearing"),
    ],
)
def test_the_only_family_that_the_fields_fit_is_meant(raw: dict[str, Any], family: str) -> None:
    request = canonicalise({**raw, "material": "steel"})
    assert request.family == family
    assert "FAMILY_INFERRED" in {each.code for each in request.warnings}


def test_an_unknown_field_is_named_with_its_nearest() -> None:
    error = refused({**BOX, "heigth": 3, "genislk": 3})
    every = {each.field: each for each in (error, *error.causes)}
    assert {each.code for each in every.values()} == {"VALIDATION_UNKNOWN_FIELD"}
    assert every["genislk"].details["candidates"] == ["width"]
    assert every["heigth"].details["candidates"][0] == "height"
    assert "height" in every["heigth"].message_tr


def test_the_same_field_under_two_names_is_a_conflict_even_when_they_agree() -> None:
    for raw in ({**BOX, "uzunluk": 100}, {**BOX, "parameters": {"length": 100}}):
        error = refused(raw)
        assert (error.http_status, error.code, error.field) == (409, "VALIDATION_CONFLICT", "length")


def test_everything_wrong_is_found_at_once_and_the_worst_comes_first() -> None:
    error = refused(
        {
            "family": "box",
            "length": "1,234",
            "width": "abc",
            "depth": 5,
            "material": "steel",
            "process": "3d_printing",
            "exports": ["docx"],
            "mesh": {"linear_deflection": 99},
        }
    )
    assert (error.code, error.field) == ("VALIDATION_MISSING_FIELD", "height")
    codes = [each.code for each in error.causes]
    assert codes[0] == "VALIDATION_UNKNOWN_FIELD"
    assert set(codes[1:4]) == {
        "VALIDATION_INVALID_NUMBER",
        "VALIDATION_UNSUPPORTED_FORMAT",
        "VALIDATION_RANGE_VIOLATION",
    }
    assert codes[4:] == ["VALIDATION_MATERIAL_PROCESS", "VALIDATION_AMBIGUOUS_NUMBER"]


@pytest.mark.spec("03.47")
def test_the_same_mistake_gives_the_same_words() -> None:
    raw = {**BOX, "length": 0, "material": "unobtainium", "widht": 3}
    assert refused(raw).body() == refused(dict(raw)).body()


@pytest.mark.parametrize("value", [0.1, "0,1 mm", 1000, "1 m", "1.000,0 mm"])
def test_the_ends_of_the_range_are_inside(value: Any) -> None:
    assert canonicalise({**BOX, "length": value}).fields["length"] in (0.1, 1000.0)


@pytest.mark.spec("14.18")
@pytest.mark.parametrize("value", [0, -1, 0.099999, 1000.000001, "100 m", "1/100", 10**400, -0.0])
def test_sizes_outside_a_tenth_to_a_thousand_millimetres_are_refused(value: Any) -> None:
    error = refused({**BOX, "length": value})
    assert (error.http_status, error.field) == (422, "length")


def test_a_hostile_request_is_refused_without_effort() -> None:
    many = {f"field{index}": "x" * 1000 for index in range(100_000)}
    began = time.perf_counter()
    assert refused({**BOX, **many}).code == "VALIDATION_TOO_MANY"
    unknown = {f"lenght{index}": 1 for index in range(150)}
    assert refused({**BOX, **unknown}).http_status == 422
    assert refused({**BOX, "family": "plate", "thickness": 1, "holes": [{}] * 100_000}).http_status == 422
    assert time.perf_counter() - began < 2.0


@pytest.mark.parametrize("raw", [None, [], "box", 3])
def test_what_is_no_object_is_no_request(raw: Any) -> None:
    assert refused(raw).code == "REQUEST_NOT_OBJECT"


def test_another_type_of_request_is_refused() -> None:
    assert found(refused({**BOX, "type": "prompt"})) == {"type": "VALIDATION_UNKNOWN_VALUE"}


@pytest.mark.spec("03.01")
def test_missing_and_ambiguous_are_said_in_exactly_these_words() -> None:
    missing = refused({"aile": "kutu", "uzunluk": 10, "genişlik": 5, "malzeme": "çelik"})
    assert missing.message_tr == "Gerekli alan eksik: yükseklik (height)"
    assert missing.message_en == "A required field is missing: height"
    (doubt,) = refused({**BOX, "length": "1,234"}).causes
    assert doubt.message_tr == "length = “1,234” iki türlü okunabilir: 1.234 ya da 1234"
    assert doubt.message_en == "length = “1,234” can be read in two ways: 1.234 or 1234"


@pytest.mark.locale_tr
@pytest.mark.spec("14.18", "14.24")
def test_the_locale_of_the_process_changes_nothing() -> None:
    script = (
        "import json, locale, sys\n"
        "assert locale.setlocale(locale.LC_ALL, '').startswith('tr_TR'), locale.setlocale(locale.LC_ALL)\n"
        "from atolye.designs.service import canonicalise\n"
        "print(canonicalise(json.loads(sys.stdin.read())).sha256)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(TURKISH),
        env={**os.environ, "LC_ALL": "tr_TR.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stderr == ""
    assert ran.stdout.strip() == canonicalise(ENGLISH).sha256


# ---- notes ---------------------------------------------------------------------------------------


def test_what_is_assumed_is_noted_with_field_value_and_source() -> None:
    raw = {"family": "plaka", "length": 50, "width": 50, "thickness": 5, "material": "çelik"}
    notes = {
        each.code: each for each in canonicalise({**raw, "holes": [{"tür": "orta", "çap": "M6"}]}).warnings
    }
    clearance = notes["STANDARD_VALUE"]
    assert (clearance.severity, clearance.field, clearance.value) == ("info", "holes[0].diameter", 6.6)
    assert "ISO 273" in clearance.because
    assert (notes["DEFAULT_GRADE"].value, notes["DEFAULT_GRADE"].because) == ("steel_s235jr", "çelik")
    assert (notes["DEFAULT_ASSUMED"].field, notes["DEFAULT_ASSUMED"].value) == ("corner_radius", 0.0)
    assert "NO_PROCESS" in notes
    for each in notes.values():
        assert each.because
        assert each.message_tr != each.message_en or each.code == "STANDARD_VALUE"


def test_the_context_fills_in_what_it_is_asked_for_and_says_so() -> None:
    context = Defaults(material="6082", process="milling", units="cm", exports=("solid.step",))
    raw = {"family": "box", "length": 10, "width": 5, "height": 3}
    request = canonicalise(raw, defaults=context)
    assert request.fields["length"] == 100.0
    assert request.material.key == "aluminium_6082_t6"
    assert request.process is not None
    assert [each.kind for each in request.exports] == ["solid.step"]
    assert {each.field for each in request.warnings if each.code == "CONTEXT_DEFAULT"} == {
        "material",
        "process",
    }


# ---- the wire ------------------------------------------------------------------------------------


def test_the_kernel_gets_everything_and_nothing_to_look_up() -> None:
    wire = canonicalise(ENGLISH).to_wire()
    assert (wire["wire"], wire["flow"]) == (WIRE_VERSION, "params")
    assert wire["design"]["family"] == "block_with_hole"
    assert wire["material"]["density_kg_m3"] == 2700.0
    assert len(wire["material"]["rgba"]) == 4
    assert wire["mesh"] == {"linear_deflection_mm": 0.1, "angular_deflection_deg": 5.0, "relative": False}
    assert [each["kind"] for each in wire["exports"]] == [
        "model.fcstd", "solid.step", "mesh.stl", "preview.glb", "picture.png",
    ]  # fmt: skip
    assert {each["kind"] for each in wire["exports"]} <= EXPORT_FILES.keys()
    assert json.loads(json.dumps(wire, allow_nan=False)) == wire


def test_reading_a_block_takes_less_than_three_milliseconds() -> None:
    canonicalise(TURKISH)
    times = []
    for _ in range(50):
        began = time.perf_counter()
        _ = canonicalise(TURKISH).sha256
        times.append(time.perf_counter() - began)
    assert statistics.median(times) < 0.003

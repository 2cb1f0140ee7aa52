"""From an answer to a request or a script: nothing lost, nothing made up."""

from __future__ import annotations

from typing import Any

import pytest

from atolye.designs.service import canonicalise
from atolye.errors import AtolyeError
from atolye.prompts.answers import Answer, UnreadableError
from atolye.prompts.ports import PromptContext, Proposal
from atolye.prompts.proposals import in_english, proposal_of

NOTHING = PromptContext()
SCRIPT = "import Part\nresult = Part.makeBox(10, 20, 5)\n"


def answer(parameters: dict[str, Any] | None = None, script: str | None = None, **more: Any) -> Answer:
    return Answer(
        **{"parameters": parameters or {}, "script_py": script, "units": "mm", "language": "tr", **more}
    )


def proposed(parameters: dict[str, Any] | None = None, script: str | None = None, **more: Any) -> Proposal:
    return proposal_of(answer(parameters, script, **more), NOTHING, source="openai m")


BOX = {"family": "box", "length": 10, "width": 20, "height": 5, "material": "steel"}


def test_a_family_with_its_fields_is_a_request() -> None:
    made = proposed(BOX)
    assert made.script is None
    assert made.request is not None
    assert canonicalise(made.request).sha256 == canonicalise(BOX).sha256
    assert made.reading.family == "box"
    assert made.reading.fields == {"length": 10, "width": 20, "height": 5}


def test_a_family_is_preferred_to_a_script_beside_it() -> None:
    assert proposed(BOX, SCRIPT).script is None


def test_fields_nested_once_more_are_found() -> None:
    nested = {"family": "box", "parameters": {"length": 10, "width": 20, "height": 5}, "material": "steel"}
    made = proposed(nested)
    assert made.request is not None
    assert canonicalise(made.request).sha256 == canonicalise(BOX).sha256


@pytest.mark.spec("02.59")
def test_operations_are_a_tree_of_features() -> None:
    tree = {
        "parameters": {"d": 12},
        "operations": [{"id": "pin", "op": "cylinder", "diameter": "d", "height": 30}],
        "material": "steel",
    }
    made = proposed(tree)
    assert made.request is not None
    canonical = canonicalise(made.request)
    assert canonical.family == "features"
    assert made.reading.family == "features"


@pytest.mark.spec("02.14", "02.55", "02.56", "02.58", "02.90")
def test_inches_become_millimetres_with_a_note() -> None:
    made = proposed(
        {
            "family": "tube",
            "outer_diameter": '2"',
            "wall_thickness": "1/8 inch",
            "length": "2 in",
            "material": "steel",
        }
    )
    assert made.request is not None
    canonical = canonicalise(made.request)
    assert canonical.fields["outer_diameter"] == 50.8
    assert canonical.fields["inner_diameter"] == pytest.approx(50.8 - 2 * 3.175, abs=1e-9)
    assert canonical.as_dict()["units"] == "mm"
    notes = {note.field: note for note in made.warnings if note.code == "UNITS_CONVERSION"}
    assert set(notes) == {"outer_diameter", "wall_thickness", "length"}
    assert notes["length"].because == "1 in = 25.4 mm"
    assert {note.severity for note in notes.values()} == {"info"}


@pytest.mark.spec("02.14", "02.31")
def test_bare_numbers_are_in_the_answers_unit() -> None:
    made = proposed(BOX | {"length": 1, "width": 2, "height": 0.5}, units="cm")
    assert made.request is not None
    assert canonicalise(made.request).fields == canonicalise(BOX).fields
    assert [note.field for note in made.warnings] == ["units"]


@pytest.mark.spec("02.36", "02.46", "02.60", "02.61", "02.62")
def test_exports_mesh_and_checks_reach_the_canonical_request() -> None:
    wanted = {
        "exports": [{"format": "STEP", "ap": "AP203"}, {"format": "IGES"}, {"format": "BREP"}],
        "mesh": {"linear_deflection": 0.2, "angular_deflection_deg": 15, "relative": False},
        "manufacturing_checks": {"min_wall_mm": 1.5, "min_draft_deg": 1, "tool_access": True},
    }
    made = proposed(BOX | wanted)
    assert made.request is not None
    canonical = canonicalise(made.request).as_dict()
    assert canonical["exports"] == [
        {"kind": "solid.step", "schema": "AP203"},
        {"kind": "solid.iges"},
        {"kind": "solid.brep"},
    ]
    assert canonical["mesh"] == {
        "linear_deflection_mm": 0.2,
        "angular_deflection_deg": 15.0,
        "relative": False,
    }
    assert canonical["manufacturing_checks"] == {
        "min_wall_mm": 1.5,
        "min_draft_deg": 1.0,
        "tool_access": True,
    }


@pytest.mark.spec("02.35", "02.46")
def test_standard_parts_and_templates_are_passed_on_and_said_not_to_be_in_the_model() -> None:
    later = {
        "standard_parts": [{"code": "DIN933", "size": "M8x20"}, {"code": "DIN934", "size": "M8"}],
        "templates": [{"id": "flange_v3", "s3": "s3://templates/flange_v3.FCStd"}],
    }
    made = proposed(BOX | later)
    assert dict(made.extras) == later
    assert [note.code for note in made.warnings] == ["AI_PART_NOT_INSERTED"] * 2
    assert {note.severity for note in made.warnings} == {"warning"}
    assert made.request is not None
    canonicalise(made.request)


@pytest.mark.spec("02.35")
def test_a_single_standard_part_is_made_itself() -> None:
    made = proposed({"standard_parts": [{"code": "DIN933", "size": "M8x20"}]})
    assert made.request is not None
    assert canonicalise(made.request).family == "hex_screw"
    assert made.warnings == ()


@pytest.mark.spec("02.46", "02.79")
def test_what_stands_beside_a_script_is_kept() -> None:
    beside = {
        "outer_d": 20,
        "exports": [{"format": "STEP", "ap": "AP214"}],
        "mesh": {"linear_deflection": 0.1},
        "manufacturing_checks": {"min_wall_mm": 2},
        "material": "steel",
    }
    made = proposed(beside, SCRIPT, intent="flanş betiği")
    assert made.script == SCRIPT
    assert {key: made.extras[key] for key in beside} == beside
    assert made.extras["intent"].startswith("flange ")


@pytest.mark.spec("02.32", "02.33", "02.44")
@pytest.mark.parametrize("size", [0.05, 1000.5, "45 in", [10, 2000]])
def test_a_length_beside_a_script_keeps_to_the_limits(size: Any) -> None:
    with pytest.raises(AtolyeError) as problem:
        proposed({"length": size}, SCRIPT)
    assert problem.value.code == "ERR-AI-451"
    assert problem.value.http_status == 403
    assert problem.value.details["cause"] == "DIMENSION_ERROR"
    assert problem.value.field == "parameters.length"


def test_counts_angles_and_offsets_are_no_lengths() -> None:
    proposed({"teeth": 2000, "angle": 0.01, "delik_adedi": 5000, "offset": -5000, "x": 0}, SCRIPT)


def test_a_script_in_another_unit_is_not_run() -> None:
    with pytest.raises(UnreadableError) as problem:
        proposed({}, SCRIPT, units="cm")
    assert problem.value.reason == "script_units"


def test_parameters_that_name_no_part_are_no_answer() -> None:
    with pytest.raises(UnreadableError) as problem:
        proposed({"length": 10})
    assert problem.value.reason == "no_part"


@pytest.mark.spec("02.13", "02.25")
def test_a_model_that_misses_sizes_raises_missing() -> None:
    with pytest.raises(AtolyeError) as problem:
        proposed({"family": "cylinder"}, requires_clarification=True, missing=("diameter", "length"))
    found = problem.value
    assert (found.code, found.http_status) == ("AI_HINT_REQUIRED", 422)
    assert [cause.field for cause in found.causes] == ["diameter", "length"]
    assert found.details["missing"] == ["diameter", "length"]


@pytest.mark.spec("02.13", "02.25")
def test_a_model_with_two_readings_raises_ambiguous() -> None:
    with pytest.raises(AtolyeError) as problem:
        proposed(BOX, requires_clarification=True, questions=("Çap iç çap mı?",))
    assert (problem.value.code, problem.value.http_status) == ("AI_AMBIGUOUS", 425)
    assert problem.value.details["questions"] == ["Çap iç çap mı?"]


@pytest.mark.spec("02.17", "02.33")
def test_what_the_model_assumed_is_a_doubt_that_names_the_model() -> None:
    made = proposed(BOX, warnings=("Kalınlık 5 mm varsayıldı.",))
    (note,) = made.warnings
    assert (note.code, note.severity, note.because) == ("AI_NOTE", "warning", "openai m")
    assert note.value == "Kalınlık 5 mm varsayıldı."
    assert note.value in note.message_tr
    assert note.value in note.message_en


def test_the_callers_own_fields_win() -> None:
    context = PromptContext(overrides={"exports": ["stl"]})
    made = proposal_of(answer(BOX | {"çıktılar": ["step"]}), context, source="m")
    assert made.request is not None
    assert [each.kind for each in canonicalise(made.request).exports] == ["mesh.stl"]


@pytest.mark.spec("02.15")
def test_the_glossary_is_applied_to_the_intent_and_never_to_a_script() -> None:
    assert in_english("flanş ve mil") == "flange ve shaft"
    script = "mil = 20\nimport Part\nresult = Part.makeCylinder(mil, 100)\n"
    assert proposed({}, script).script == script

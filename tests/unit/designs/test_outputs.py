"""What shall come out: exports, mesh, checks."""

from __future__ import annotations

from typing import Any

import pytest

from atolye.designs.models import ParamsRequest
from atolye.designs.outputs import FORMATS
from atolye.designs.service import canonicalise
from atolye.errors import AtolyeError
from atolye.wire import EXPORT_FILES

BOX = {"family": "box", "length": 100, "width": 50, "height": 30, "material": "S235JR"}


def refusal(**raw: Any) -> AtolyeError:
    with pytest.raises(AtolyeError) as caught:
        canonicalise({**BOX, **raw})
    return caught.value


def exports(**raw: Any) -> list[dict[str, str]]:
    return [dict(each) for each in canonicalise({**BOX, **raw}).to_wire()["exports"]]


def test_every_kind_of_export_can_be_asked_for() -> None:
    assert FORMATS.keys() == EXPORT_FILES.keys()
    assert [each["kind"] for each in exports(exports=[names[0] for names in FORMATS.values()])] == list(
        EXPORT_FILES
    )


@pytest.mark.spec("02.61")
@pytest.mark.parametrize(
    "asked",
    [
        [{"format": "STEP", "ap": "AP203"}, {"format": "IGES"}, {"format": "BREP"}],
        [{"kind": "solid.brep"}, "igs", {"biçim": "stp", "şema": "ap203"}],
        ["brep", "iges", {"format": "step", "schema": "203"}, "step"],
    ],
)
def test_exports_are_understood_in_every_form_and_put_in_order(asked: list[Any]) -> None:
    assert exports(exports=asked) == [
        {"kind": "solid.step", "schema": "AP203"},
        {"kind": "solid.iges"},
        {"kind": "solid.brep"},
    ]


def test_formats_may_be_one_text_and_the_schema_a_field_of_its_own() -> None:
    assert exports(çıktılar="stl, STEP", step_schema="AP242") == [
        {"kind": "solid.step", "schema": "AP242"},
        {"kind": "mesh.stl"},
    ]
    assert {"kind": "solid.step", "schema": "AP203"} in exports(step_schema="ap203")


@pytest.mark.spec("12.06")
def test_an_unknown_format_is_415() -> None:
    error = refusal(exports=["step", "docx"])
    assert (error.http_status, error.code, error.field) == (
        415,
        "VALIDATION_UNSUPPORTED_FORMAT",
        "exports[1]",
    )


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([], "VALIDATION_INVALID_TYPE"),
        (5, "VALIDATION_INVALID_TYPE"),
        ([{"ap": "AP203"}], "VALIDATION_INVALID_TYPE"),
        ([{"format": "STEP", "quality": 1}], "VALIDATION_INVALID_TYPE"),
        ([{"format": "STL", "ap": "AP203"}], "VALIDATION_CONFLICT"),
        ([{"format": "STEP", "ap": "AP203"}, {"format": "STEP", "ap": "AP214"}], "VALIDATION_CONFLICT"),
        ([{"format": "STEP", "ap": "AP9"}], "VALIDATION_UNKNOWN_VALUE"),
        (["step"] * 1000, "VALIDATION_TOO_MANY"),
    ],
)
@pytest.mark.spec("12.07")
def test_exports_that_make_no_sense_are_refused(asked: Any, code: str) -> None:
    assert refusal(exports=asked).code == code


def test_a_step_schema_without_step_is_a_conflict() -> None:
    assert refusal(exports=["stl"], step_schema="AP203").code == "VALIDATION_CONFLICT"


def test_the_provenance_comes_by_itself() -> None:
    assert exports(exports=["stl", "provenance"]) == [{"kind": "mesh.stl"}]


@pytest.mark.spec("02.62", "02.60")
@pytest.mark.parametrize(
    "mesh",
    [
        {"linear_deflection": 0.05, "angular_deflection_deg": 15, "relative": False},
        {"linear_deflection_mm": "0,05 mm", "angular_deflection": "15°"},
        {"doğrusal sapma": "50 um", "açısal sapma": "15 derece"},
    ],
)
def test_the_mesh_may_be_finer(mesh: dict[str, Any]) -> None:
    wire = canonicalise({**BOX, "parameters": {"mesh": mesh}}).to_wire()["mesh"]
    assert wire == {"linear_deflection_mm": 0.05, "angular_deflection_deg": 15.0, "relative": False}


@pytest.mark.parametrize("mesh", [{"linear_deflection": 0}, {"angular_deflection_deg": 180}, {"size": 1}, 5])
def test_a_mesh_out_of_range_is_refused(mesh: Any) -> None:
    assert refusal(mesh=mesh).http_status == 422


def test_a_deflection_in_units_of_the_request_stays_in_millimetres() -> None:
    wire = canonicalise(
        {**BOX, "length": 2, "units": "inch", "height": 1, "width": 1, "mesh": {"linear_deflection": 0.2}}
    )
    assert wire.mesh.linear_deflection_mm == 0.2


def test_the_checks_can_be_switched_off_and_said_to_be() -> None:
    milled = {**BOX, "process": "milling"}
    assert canonicalise(milled).to_wire()["manufacturing"] is not None
    off = canonicalise({**milled, "manufacturing_checks": False})
    assert off.to_wire()["manufacturing"] is None
    assert "CHECKS_OFF" in {each.code for each in off.warnings}
    assert canonicalise(BOX).to_wire()["manufacturing"] is None


@pytest.mark.spec("02.36")
def test_limits_of_the_caller_reach_the_validator() -> None:
    limits = {"min_wall_mm": "1,5", "min_draft_deg": 2, "tool_access": True}
    request = canonicalise({**BOX, "process": "milling", "parameters": {"manufacturing_checks": limits}})
    manufacturing = request.to_wire()["manufacturing"]
    assert manufacturing is not None
    assert (manufacturing["process"], manufacturing["material_group"]) == ("milling", "steel")
    assert manufacturing["rules"]["min_wall_mm"] == 1.5
    assert manufacturing["rules"]["min_draft_deg"] == 2.0
    assert canonicalise(request.as_dict()).sha256 == request.sha256
    without = canonicalise(
        {**BOX, "process": "milling", "manufacturing_checks": {"tool_access": "hayır"}}
    ).to_wire()
    assert without["manufacturing"] is not None
    assert "tool_access" not in without["manufacturing"]["rules"]
    assert "min_wall_mm" in without["manufacturing"]["rules"]


# ---- the Pydantic model --------------------------------------------------------------------------


@pytest.mark.spec("01.05")
def test_a_valid_params_model_is_a_request_that_can_be_built() -> None:
    model = ParamsRequest.model_validate({"uzunluk": "10 cm", "en": 50, "yükseklik": 30, "malzeme": "S235JR"})
    assert model.canonical.sha256 == canonicalise(BOX).sha256


@pytest.mark.spec("01.05")
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"length": -1}, 422),
        ({"units": "yd"}, 422),
        ({"material": "x"}, 422),
        ({"process": "3d_printing"}, 409),
    ],
)
def test_the_params_model_refuses_with_catalogued_errors(change: dict[str, Any], status: int) -> None:
    with pytest.raises(AtolyeError) as caught:
        ParamsRequest.model_validate({**BOX, **change})
    assert caught.value.http_status == status


@pytest.mark.spec("01.05")
def test_the_schema_of_the_params_model_lists_units_materials_and_families() -> None:
    properties = ParamsRequest.model_json_schema()["properties"]
    assert properties["type"]["const"] == "params"
    assert properties["units"]["examples"] == ["um", "mm", "cm", "m", "in", "ft"]
    assert "aluminium_6061_t6" in properties["material"]["examples"]
    assert "plate" in properties["family"]["examples"]
    assert set(properties["mesh"]["properties"]) == {
        "linear_deflection_mm",
        "angular_deflection_deg",
        "relative",
    }

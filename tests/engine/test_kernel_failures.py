"""Builders that fail, wrong shapes, exceeded limits: each a clear error, and nothing left open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from atolye.errors import entry
from tests.engine.conftest import BLOCK, request_for
from tests.support.inside import run_inside

pytestmark = pytest.mark.engine

PROBE = Path(__file__).with_name("probe_kernel.py")
EXPORTS = ("model.fcstd", "mesh.stl", "picture.png")

EXPECTED = {
    "raises": ("FC_RUNTIME", "model"),
    "open_shell": ("FC_GEOM_INVALID_SHAPE", "check"),
    "loose_face": ("FC_GEOM_INVALID_SHAPE", "check"),
    "inside_out": ("FC_GEOM_INVALID_SHAPE", "check"),
    "twisted": ("FC_GEOM_INVALID_SHAPE", "check"),
    "fillet_too_large": ("FC_FILLET_CHAMFER_FAILED", "recompute"),
    "alias_of_a_unit": ("FC_RUNTIME", "model"),
    "outward_link": ("FC_RUNTIME", "export"),
    "limit": ("FC_GEOM_LIMIT_EXCEEDED", "check"),
    "triangles": ("FC_GEOM_LIMIT_EXCEEDED", "mesh"),
    "unknown_family": ("FC_RUNTIME", "open"),
    "path_as_family": ("FC_RUNTIME", "open"),
    "another_wire": ("FC_RUNTIME", "open"),
    "unknown_export": ("FC_EXPORT_FAILED", "export"),
    "unknown_schema": ("FC_EXPORT_STEP_FAILED", "export"),
    "unmakeable": ("VALIDATION_MANUFACTURABILITY", "check"),
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("failures")
    order = {"case": "failures", "request": request_for("block_with_hole", BLOCK, EXPORTS)}
    (folder / "order.json").write_text(json.dumps(order))
    run_inside(PROBE, folder)
    return json.loads((folder / "seen.json").read_text())


def last(seen: Any, case: str) -> dict[str, Any]:
    event: dict[str, Any] = seen[case]["events"][-1]
    return event


@pytest.mark.spec("01.18", "12.109", "06.30", "18.06")
@pytest.mark.parametrize("case", EXPECTED)
def test_a_failure_ends_in_one_error_event_with_a_catalogued_code_and_its_phase(seen: Any, case: str) -> None:
    errors = [event for event in seen[case]["events"] if event["event"] == "error"]
    assert errors == [last(seen, case)]
    assert (errors[0]["code"], errors[0]["phase"]) == EXPECTED[case]
    assert entry(errors[0]["code"]).code == errors[0]["code"]
    assert errors[0]["exception_class"]
    assert errors[0]["message"]


@pytest.mark.spec("01.08", "01.17", "01.19")
@pytest.mark.parametrize("case", [*EXPECTED, "afterwards"])
def test_no_document_stays_open_after_a_job(seen: Any, case: str) -> None:
    assert seen[case]["open_documents"] == []


def test_a_job_after_all_the_failures_succeeds_in_the_same_process(seen: Any) -> None:
    assert last(seen, "afterwards")["event"] == "result"
    assert seen["afterwards"]["files"] == ["mesh.stl", "model.FCStd", "picture.png"]


@pytest.mark.spec("06.30")
def test_a_failure_of_the_geometry_kernel_is_tried_once_more_in_a_clean_document(seen: Any) -> None:
    stages = [event["stage"] for event in seen["fillet_too_large"]["events"] if event["event"] == "stage"]
    assert stages == ["open", "build", "recompute"] * 2
    assert last(seen, "fillet_too_large")["details"]["object"] == "Rounded"


def test_a_fault_of_a_builder_is_not_tried_again(seen: Any) -> None:
    stages = [event["stage"] for event in seen["raises"]["events"] if event["event"] == "stage"]
    assert stages == ["open", "build"]
    assert last(seen, "raises")["exception_class"] == "RuntimeError"


def test_an_invalid_shape_is_named_with_what_is_wrong(seen: Any) -> None:
    assert last(seen, "loose_face")["details"]["object"] == "Mixed"
    assert "belong to no solid" in last(seen, "loose_face")["message"]
    assert "inside out" in last(seen, "inside_out")["message"]


def test_a_limit_names_what_there_was_too_much_of(seen: Any) -> None:
    assert last(seen, "limit")["details"] == {"what": "faces", "count": 7, "limit": 6}


def test_rules_that_are_broken_travel_with_place_and_measure(seen: Any) -> None:
    details = last(seen, "unmakeable")["details"]
    assert details["count"] == len(details["errors"]) >= 1
    assert {"code", "measured", "required"} <= set(details["errors"][0])


@pytest.mark.spec("10.09")
def test_a_metric_that_cannot_be_computed_is_null_and_warned_of(seen: Any) -> None:
    metrics = last(seen, "no_density")["metrics"]
    assert metrics["mass_kg"] is None
    assert metrics["display"]["inertia_kg_m2"] is None
    assert metrics["volume_m3"] > 0
    warnings = [event for event in seen["no_density"]["events"] if event["event"] == "warning"]
    assert [(event["code"], event["field"]) for event in warnings] == [
        ("METRIC_UNAVAILABLE", "metrics.density_kg_m3")
    ]


@pytest.mark.spec("10.09")
def test_a_metric_that_fails_does_not_keep_the_artefacts_back(seen: Any) -> None:
    assert last(seen, "no_area")["metrics"]["bbox"] is None
    assert seen["no_area"]["files"] == ["mesh.stl", "model.FCStd", "picture.png"]


def test_a_picture_that_fails_is_a_warning_and_the_model_stays(seen: Any) -> None:
    assert last(seen, "no_picture")["event"] == "result"
    assert seen["no_picture"]["files"] == ["mesh.stl", "model.FCStd"]
    warnings = [event["code"] for event in seen["no_picture"]["events"] if event["event"] == "warning"]
    assert warnings == ["PICTURE_FAILED"]


@pytest.mark.spec("18.09")
def test_texts_in_a_document_are_cleaned_and_bounded_and_files_refused(seen: Any) -> None:
    labels = [entry["label"] for entry in last(seen, "dirty_texts")["topology"]["document_index"]]
    assert labels == ["a b " + 252 * "x"]
    assert last(seen, "outward_link")["details"]["property"] == "Source"

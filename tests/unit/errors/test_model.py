"""What a person and a program see of a failure."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from atolye.errors import AtolyeError, links
from atolye.errors.freecad import code_for, failure_from_event, first_meaningful_line


@pytest.mark.spec("12.95", "12.22")
def test_the_body_has_the_fields_of_the_schema_and_is_json() -> None:
    body = AtolyeError("FC_RUNTIME", details={"phase": "model"}).body(request_id="r-1", job_id="j-1")
    assert set(body) == {
        "code",
        "http_status",
        "message_tr",
        "message_en",
        "details",
        "suggestions",
        "remediation_links",
        "request_id",
        "job_id",
    }
    assert (body["request_id"], body["job_id"], body["details"]["component"]) == ("r-1", "j-1", "freecad")
    assert json.loads(json.dumps(body)) == body


def test_a_decimal_number_is_written_as_the_language_of_the_message_writes_it() -> None:
    error = AtolyeError("RATE_LIMITED", retry_after_s=1.5)
    assert "1,5 saniye" in error.message_tr
    assert "1.5 seconds" in error.message_en
    assert "0,3 " in AtolyeError("RATE_LIMITED", retry_after_s=0.1 + 0.2).message_tr


def test_a_value_that_the_raising_place_forgot_costs_no_more_than_itself() -> None:
    assert AtolyeError("RATE_LIMITED").message_en == "Too many requests; try again in ? seconds."


@pytest.mark.spec("12.96")
def test_details_are_masked_and_their_numbers_stay() -> None:
    details = {"path": "/home/ali/plan.step", "value": 12.5, "sent": {"token": "abc"}}
    cause = AtolyeError("FC_RUNTIME", field="x", details={"mail": "ali@ornek.com"})
    shown = AtolyeError("FC_RUNTIME", details=details, causes=(cause,)).body()["details"]
    assert shown["path"] == "[path redacted]/plan.step"
    assert shown["value"] == 12.5
    assert shown["sent"] == {"token": "[token redacted]"}
    assert shown["errors"][0]["details"] == {"mail": "[email redacted]"}


@pytest.fixture
def added_links(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "links.toml"
    links.use_file(path)
    yield path
    links.use_file(None)


def urls() -> list[str]:
    return [link["url"] for link in AtolyeError("FC_RUNTIME").body()["remediation_links"]]


@pytest.mark.spec("12.112")
def test_links_can_be_added_changed_and_taken_back_while_the_service_runs(added_links: Path) -> None:
    own = urls()
    added_links.write_text('[[FC_RUNTIME]]\ntitle = "Ours"\nurl = "https://intranet.example/a"\n')
    assert urls() == [*own, "https://intranet.example/a"]
    added_links.write_text('[[FC_RUNTIME]]\ntitle = "Ours"\nurl = "https://intranet.example/other"\n')
    os.utime(added_links, ns=(1, 1))
    assert urls() == [*own, "https://intranet.example/other"]
    added_links.unlink()
    assert urls() == own


@pytest.mark.parametrize(
    "wrong", ["not toml [", '[[FC_RUNTIME]]\ntitle = "x"\nurl = "http://plain"\n', "FC_RUNTIME = 3"]
)
def test_a_slip_in_the_file_of_links_does_not_cost_the_error_its_body(added_links: Path, wrong: str) -> None:
    own = urls()
    added_links.write_text(wrong)
    assert urls() == own


MESSAGES = [
    ("12.24", "BRep_API: command not done", "Part.OCCError", "FC_GEOM_INVALID_SHAPE"),
    ("12.24", "TopoDS::Face is null", "", "FC_GEOM_INVALID_SHAPE"),
    ("12.24", "Sketcher: Over-constrained", "", "FC_SKETCH_OVERCONSTRAINED"),
    ("12.24", "Sketcher: Under-constrained", "", "FC_SKETCH_UNDERCONSTRAINED"),
    ("12.24", "Sketcher: Conflicting constraints", "", "FC_SKETCH_OVERCONSTRAINED"),
    ("12.24", "App::Document::recompute failed", "", "FC_RECOMPUTE_FAILED"),
    ("12.24", "Links go out of scope", "", "FC_A4_LINK_SCOPE"),
    ("12.24", "Failed to make fillet", "", "FC_FILLET_CHAMFER_FAILED"),
    ("12.24", "Failed to make chamfer", "", "FC_FILLET_CHAMFER_FAILED"),
    ("12.24", "Mesher failed: non-manifold", "", "FC_MESH_FAILED"),
    ("12.24", "Illegal boolean operation", "", "FC_BOOLEAN_FAILED"),
    ("12.24", "Cannot import STEP", "", "FC_IMPORT_STEP_FAILED"),
    ("12.24", "Cannot import IGES", "", "FC_IMPORT_IGES_FAILED"),
    (
        "12.25",
        "Failed to make fillet: BRep_API: command not done",
        "Part.OCCError",
        "FC_FILLET_CHAMFER_FAILED",
    ),
    ("12.25", "recompute failed: Failed to make chamfer: Shape is null", "", "FC_FILLET_CHAMFER_FAILED"),
    ("12.25", "Cut (Part::Cut) could not be computed: BRep_API: command not done", "", "FC_BOOLEAN_FAILED"),
    (
        "12.25",
        "F (PartDesign::Fillet) could not be computed: Invalid edge link: Edge9",
        "",
        "FC_TOPONAMING_UNSTABLE",
    ),
    ("12.25", "recompute failed: Over-constrained sketch", "", "FC_SKETCH_OVERCONSTRAINED"),
    ("12.17", "Assembly solver failed: constraints cannot be solved", "", "FC_A4_UNSOLVED"),
]


@pytest.mark.parametrize(
    ("message", "exception_class", "code"),
    [pytest.param(*row, marks=pytest.mark.spec(spec_id)) for spec_id, *row in MESSAGES],
)
def test_a_message_is_mapped_to_its_most_specific_code(message: str, exception_class: str, code: str) -> None:
    assert code_for(message, exception_class) == code


def test_what_nothing_is_known_of_is_a_runtime_error() -> None:
    assert code_for("") == code_for("bang", "ValueError") == "FC_RUNTIME"


@pytest.mark.spec("12.12")
def test_a_fault_of_the_program_is_ours_even_when_it_happens_in_a_recompute() -> None:
    assert code_for("recompute failed", "RuntimeError", "recompute") == "FC_RECOMPUTE_FAILED"
    assert code_for("recompute failed", "AttributeError", "recompute") == "FC_RUNTIME"


@pytest.mark.spec("12.109")
@pytest.mark.parametrize(
    ("phase", "file_format", "code"),
    [
        ("import", "step", "FC_IMPORT_STEP_FAILED"),
        ("import", "IGES", "FC_IMPORT_IGES_FAILED"),
        ("export", "step", "FC_EXPORT_STEP_FAILED"),
        ("export", "stl", "FC_EXPORT_STL_FAILED"),
        ("export", "glb", "FC_EXPORT_FAILED"),
        ("mesh", "", "FC_MESH_FAILED"),
        ("recompute", "", "FC_RECOMPUTE_FAILED"),
    ],
)
def test_where_it_happened_decides_when_the_message_says_nothing(
    phase: str, file_format: str, code: str
) -> None:
    assert code_for("iostream error", "OSError", phase, file_format=file_format) == code


@pytest.mark.spec("12.110", "12.95", "01.18")
def test_the_kernels_event_becomes_an_error_with_phase_class_and_first_meaningful_line() -> None:
    error = failure_from_event(
        {
            "event": "error",
            "code": "FC_RECOMPUTE_FAILED",
            "phase": "recompute",
            "exception_class": "KernelError",
            "message": "\nF (Part::Fillet) could not be computed: /home/ali/x: BRep_API: command not done"
            "\nmore",
            "details": {"object": "F", "field": "fillet_radius"},
        }
    )
    assert (error.code, error.field) == ("FC_FILLET_CHAMFER_FAILED", "fillet_radius")
    details = error.body()["details"]
    assert (details["phase"], details["exception_class"], details["object"]) == (
        "recompute",
        "KernelError",
        "F",
    )
    assert details["engine_message"].startswith("F (Part::Fillet) could not be computed: [path redacted]/x")
    assert "more" not in details["engine_message"]


def test_a_code_that_the_kernel_is_sure_of_is_kept_and_an_unknown_one_is_told() -> None:
    assert (
        failure_from_event({"code": "FC_MESH_FAILED", "message": "Illegal boolean operation"}).code
        == "FC_MESH_FAILED"
    )
    unknown = failure_from_event({"code": "NO_SUCH_CODE", "message": "x", "details": {"code": 1, "self": 2}})
    assert (unknown.code, unknown.details["kernel_code"]) == ("FC_RUNTIME", "NO_SUCH_CODE")


def test_the_first_meaningful_line_skips_what_says_nothing() -> None:
    assert (
        first_meaningful_line("\n No error\nSelf-intersecting wire\nUnorientable") == "Self-intersecting wire"
    )
    assert len(first_meaningful_line("x" * 10_000)) == 500

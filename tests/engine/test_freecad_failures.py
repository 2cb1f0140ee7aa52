"""Every category of FreeCAD failure, provoked in the real engine, becomes the right error for a person."""

from __future__ import annotations

import io
import json
import logging
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from atolye.engine.locate import installed_root
from atolye.errors import AtolyeError
from atolye.errors.freecad import code_for, failure_from_event
from atolye.telemetry.logs import configure_logs, log_context, log_failure

pytestmark = pytest.mark.engine

EXPECTED = {
    "fillet_larger_than_the_part": ("FC_FILLET_CHAMFER_FAILED", 422),
    "chamfer_larger_than_the_part": ("FC_FILLET_CHAMFER_FAILED", 422),
    "fillet_of_a_body_too_large": ("FC_FILLET_CHAMFER_FAILED", 422),
    "fillet_of_a_foreign_edge": ("FC_FILLET_CHAMFER_FAILED", 422),
    "cut_with_nothing": ("FC_BOOLEAN_FAILED", 422),
    "union_with_nothing": ("FC_BOOLEAN_FAILED", 422),
    "general_fuse_of_nothing": ("FC_BOOLEAN_FAILED", 422),
    "fillet_without_its_feature": ("FC_GEOM_INVALID_SHAPE", 422),
    "cut_of_a_null_shape": ("FC_GEOM_INVALID_SHAPE", 422),
    "volume_of_a_null_shape": ("FC_GEOM_INVALID_SHAPE", 422),
    "self_intersecting_face": ("FC_GEOM_INVALID_SHAPE", 422),
    "self_intersecting_solid": ("FC_GEOM_INVALID_SHAPE", 422),
    "face_of_a_warped_wire": ("FC_GEOM_INVALID_SHAPE", 422),
    "box_without_length": ("FC_GEOM_INVALID_SHAPE", 422),
    "cone_without_taper": ("FC_GEOM_INVALID_SHAPE", 422),
    "curve_that_says_nothing": ("FC_GEOM_INVALID_SHAPE", 422),
    "pad_of_an_open_wire": ("FC_GEOM_INVALID_SHAPE", 422),
    "sketch_with_conflicting_constraints": ("FC_SKETCH_OVERCONSTRAINED", 409),
    "sketch_with_redundant_constraints": ("FC_SKETCH_OVERCONSTRAINED", 409),
    "sketch_over_constrained": ("FC_SKETCH_OVERCONSTRAINED", 409),
    "sketch_under_constrained": ("FC_SKETCH_UNDERCONSTRAINED", 409),
    "expression_in_a_circle": ("FC_RECOMPUTE_FAILED", 422),
    "spreadsheet_in_a_circle": ("FC_RECOMPUTE_FAILED", 422),
    "expression_of_nothing": ("FC_RECOMPUTE_FAILED", 422),
    "fault_of_the_program": ("FC_RUNTIME", 500),
    "step_of_nonsense": ("FC_IMPORT_STEP_FAILED", 422),
    "step_cut_short": ("FC_IMPORT_STEP_FAILED", 422),
    "step_without_shapes": ("FC_IMPORT_STEP_FAILED", 422),
    "iges_of_nonsense": ("FC_IMPORT_IGES_FAILED", 422),
    "iges_that_is_not_there": ("FC_IMPORT_IGES_FAILED", 422),
    "format_nobody_knows": ("VALIDATION_UNSUPPORTED_FORMAT", 415),
    "step_into_no_folder": ("FC_EXPORT_STEP_FAILED", 500),
    "step_of_a_null_shape": ("FC_EXPORT_STEP_FAILED", 500),
    "stl_into_no_folder": ("FC_EXPORT_STL_FAILED", 500),
    "iges_into_no_folder": ("FC_EXPORT_FAILED", 500),
    "mesh_without_deflection": ("FC_MESH_FAILED", 422),
    "mesher_that_is_not_built_in": ("FC_MESH_FAILED", 422),
    "mesh_not_manifold": ("FC_MESH_FAILED", 422),
    "edge_that_is_gone": ("FC_TOPONAMING_UNSTABLE", 409),
    "sketch_on_a_face_that_is_not_there": ("FC_TOPONAMING_UNSTABLE", 409),
    "link_to_a_part_that_was_removed": ("FC_A4_LINK_SCOPE", 409),
}

UNPROVOKED = {
    ("libFreeCADApp.so", "go out of the allowed scope", "FC_A4_LINK_SCOPE"),
    ("libFreeCADApp.so", " still touched after recompute", "FC_RECOMPUTE_FAILED"),
    ("libFreeCADApp.so", " missing element reference", "FC_TOPONAMING_UNSTABLE"),
    ("AssemblyApp.so", "Solve failed: ", "FC_A4_UNSOLVED"),
    ("AssemblyApp.so", "Assembly: Ignoring joint", "FC_A4_UNSOLVED"),
    ("_PartDesign.so", "Failed to create chamfer", "FC_FILLET_CHAMFER_FAILED"),
    ("_PartDesign.so", "Fillet operation failed.", "FC_FILLET_CHAMFER_FAILED"),
    ("_PartDesign.so", "Boolean operation failed", "FC_BOOLEAN_FAILED"),
    ("_PartDesign.so", "Error: Result is self intersecting", "FC_GEOM_INVALID_SHAPE"),
    ("Part.so", "Base shape is not valid for boolean operation", "FC_BOOLEAN_FAILED"),
    ("Mesh.so", "Export of STL mesh failed", "FC_EXPORT_STL_FAILED"),
}
"""Wordings that no small document provokes: the library that holds them, and the code they mean."""


@pytest.fixture(scope="module")
def engine_root() -> Path:
    """The root of the installed engine."""
    return installed_root()


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Where the logs of this test go."""
    root = logging.getLogger()
    handlers, level, stream = root.handlers[:], root.level, io.StringIO()
    configure_logs("info", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def heard(engine_root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What FreeCAD said in each case, from one process inside the sandbox."""
    job = tmp_path_factory.mktemp("provoke")
    shutil.copy(Path(__file__).with_name("provoke_failures.py"), job / "provoke.py")
    job.chmod(0o777)
    blas = ":".join(f"/usr/lib/x86_64-linux-gnu/{name}" for name in ("blas", "lapack"))
    environment = {"HOME": "/tmp", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LD_LIBRARY_PATH": blas}
    bind = [
        "--ro-bind",
        str(engine_root),
        "/",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--tmpfs",
        "/tmp",
        "--bind",
        str(job),
        "/job",
    ]
    names = [part for name, value in environment.items() for part in ("--setenv", name, value)]
    walls = ["--unshare-all", "--uid", "1000", "--gid", "1000", "--die-with-parent", "--clearenv", *names]
    done = subprocess.run(
        ["bwrap", *bind, *walls, "/usr/bin/python3", "/job/provoke.py"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line.pop("case"): line for line in lines}


@pytest.fixture(params=sorted(EXPECTED))
def case(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def failure(case: str, heard: dict[str, dict[str, Any]]) -> AtolyeError:
    """The error that a job would end with."""
    said = heard[case]
    assert said["failed"], "FreeCAD no longer refuses this"
    details = {"file_format": said["file_format"]} if said["file_format"] else {}
    return failure_from_event({"event": "error", "code": "FC_RUNTIME", **said, "details": details})


@pytest.mark.spec("12.114", "12.115", "12.116", "12.25", "01.18")
def test_a_provoked_failure_gets_its_code_and_status(case: str, failure: AtolyeError) -> None:
    assert (failure.code, failure.http_status) == EXPECTED[case]


@pytest.mark.spec("12.117", "12.118", "12.95")
def test_a_provoked_failure_is_explained_in_both_languages_with_advice_and_links(
    failure: AtolyeError,
) -> None:
    body = failure.body(request_id="r-1", job_id="j-1")
    assert body["message_tr"] != body["message_en"]
    assert min(len(body["message_tr"]), len(body["message_en"])) > 20
    assert all(advice["tr"] and advice["en"] for advice in body["suggestions"])
    assert body["suggestions"]
    assert body["details"]["phase"]
    if failure.code.startswith("FC_"):
        assert all(link["url"].startswith("https://wiki.freecad.org/") for link in body["remediation_links"])
        assert body["remediation_links"]


@pytest.mark.spec("12.119", "12.120", "12.107")
def test_a_provoked_failure_is_logged_with_its_class_and_ids_and_without_personal_data(
    failure: AtolyeError, heard: dict[str, dict[str, Any]], case: str, logged: io.StringIO
) -> None:
    with log_context(request_id="r-1", job_id="j-1"):
        try:
            raise RuntimeError(f"{heard[case]['message']} /home/veli/x.step veli@ornek.com") from failure
        except RuntimeError as raised:
            log_failure(failure, exception=raised, duration_ms=1.5)
    line = json.loads(logged.getvalue())
    assert (line["request_id"], line["job_id"], line["error_code"]) == ("r-1", "j-1", failure.code)
    assert line["exception_class"] == "RuntimeError"
    assert line["stacktrace_sanitized"] is True
    assert line["stacktrace"]
    assert "veli" not in logged.getvalue()


@pytest.mark.spec("12.24")
@pytest.mark.parametrize(("library", "wording", "code"), sorted(UNPROVOKED))
def test_a_wording_that_cannot_be_provoked_is_still_in_the_engines_libraries(
    engine_root: Path, library: str, wording: str, code: str
) -> None:
    assert wording.encode() in (engine_root / "usr/lib/freecad-python3/lib" / library).read_bytes()
    assert code_for(wording) == code


def test_all_cases_were_heard(heard: dict[str, dict[str, Any]]) -> None:
    assert sorted(heard) == sorted(EXPECTED)

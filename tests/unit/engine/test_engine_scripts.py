"""What is believed of the process that runs a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from atolye.engine import Limits, scripts
from atolye.engine.exchange import Transcript
from atolye.wire import Event
from tests.support.scripts import script_request

SOURCE = "import Part\nx = 1\nbox = Part.makeBox(1, 1, 1).makeFillet(5, edges)\n"
LEFT = {"solid.brep": {"size_bytes": 10, "sha256": "0"}}


def transcript(*, error: Event | None = None, outcome: str = "finished", **exit_: Any) -> Transcript:
    found = {
        "outcome": outcome, "files": LEFT, "uncollected": None, "disk_exhausted": False, "signal": None,
        "exit_code": None, "reason": "", "wall_ms": 100.0, "cpu_ms": 50.0,
    } | exit_  # fmt: skip
    return Transcript(result={"event": "result", "object": "Shape"}, error=error, exit=found)


def told(error: Event, *, origin: str = "user") -> Any:
    found = scripts.failure(transcript(error=error), Limits(), script_request(SOURCE, origin=origin))
    assert found is not None
    return found


def error(code: str, **details: Any) -> Event:
    return {
        "event": "error", "code": code, "phase": "model", "exception_class": "KernelError",
        "message": str(details.get("cause", "")), "details": details,
    }  # fmt: skip


def test_only_known_stages_and_bounded_lines_are_passed_on() -> None:
    heard: list[Event] = []
    relay = scripts.Relay(heard.append)
    relay.hear({"event": "stage", "stage": "build", "progress": 0.9, "kind": "forged"})
    relay.hear({"event": "stage", "stage": "paid", "progress": 1.0})
    relay.hear({"event": "result", "metrics": {}})
    relay.hear({"event": "artefact", "kind": "solid.step"})
    relay.hear({"event": "warning", "code": "ENGINE_MEMORY_PRESSURE"})
    relay.hear({"event": "error", "code": "ERR-OOM"})
    relay.hear({"event": "progress", "message": {"no": "text"}})
    relay.hear({"event": "progress", "stage": "measure", "message": "x" * 10_000})
    assert heard == [
        {"event": "stage", "stage": "build", "progress": 0.35},
        {"event": "progress", "stage": "build", "source": "script", "message": "x" * 500},
    ]


def test_what_a_script_prints_is_masked_and_ends_somewhere() -> None:
    heard: list[Event] = []
    relay = scripts.Relay(heard.append)
    for _ in range(1000):
        relay.hear({"event": "progress", "message": "write to ayse@example.com"})
    assert len(heard) <= 201
    assert all("ayse" not in event["message"] for event in heard)


@pytest.mark.parametrize("progress", [float("nan"), "1", None, -3, 1e308, True])
def test_a_nonsensical_progress_harms_nobody(progress: Any) -> None:
    heard: list[Event] = []
    scripts.Relay(heard.append).hear({"event": "stage", "stage": "open", "progress": progress})
    assert 0.0 <= heard[0]["progress"] <= 0.35


@pytest.mark.parametrize("code", ["ENGINE_DISK_FULL", "UNAUTHORIZED", "no such code", "FC_RUNTIME", ""])
def test_a_code_that_no_script_can_cause_becomes_the_scripts_own(code: str) -> None:
    assert told(error(code, line=2, exception="ValueError", cause="no")).code == "SCRIPT_FAILED"


def test_geometry_that_refuses_a_line_is_told_as_such() -> None:
    found = told(
        error("SCRIPT_FAILED", line=3, exception="Part.OCCError", cause="BRep_API: command not done")
    )
    assert found.code == "FC_FILLET_CHAMFER_FAILED"
    assert found.details["line"] == 3
    assert found.details["statement"] == "box = Part.makeBox(1, 1, 1).makeFillet(5, edges)"


def test_a_line_that_the_script_does_not_have_is_not_quoted() -> None:
    found = told(error("SCRIPT_FAILED", line=4711, exception="ValueError", cause="no"))
    assert (found.details["line"], found.details["statement"]) == (3, "")


def test_details_are_plain_short_and_masked() -> None:
    found = told(
        error("SCRIPT_FAILED", cause="ask ayse@example.com", more={"deep": 1}, long="x" * 9999, exception="E")
    )
    assert "more" not in found.details
    assert len(found.details["long"]) == 500
    assert "ayse" not in found.details["cause"]


@pytest.mark.spec("02.44")
def test_a_models_broken_rule_is_the_models_and_its_other_failures_are_not() -> None:
    broken = told(error("DIMENSION_ERROR", name="Pad.Length", value_mm=2000.0), origin="ai")
    assert (broken.code, broken.details["cause"]) == ("ERR-AI-451", "DIMENSION_ERROR")
    for code in ("FC_GEOM_INVALID_SHAPE", "SKETCH_UNDERCONSTRAINED", "FC_SKETCH_OVERCONSTRAINED"):
        assert told(error(code, dof=3), origin="ai").code == code


@pytest.mark.spec("03.55")
@pytest.mark.parametrize("outcome", ["timeout", "cpu_limit"])
def test_time_that_runs_out_is_the_scripts(outcome: str) -> None:
    found = scripts.failure(transcript(outcome=outcome), Limits(), script_request(SOURCE))
    assert found is not None
    assert found.code == "TIMEOUT_ERROR"


def test_a_script_that_says_it_is_done_but_left_nothing_has_failed() -> None:
    found = scripts.failure(transcript(files={}), Limits(), script_request(SOURCE))
    assert found is not None
    assert found.code == "FC_GEOM_INVALID_SHAPE"


@pytest.mark.parametrize("name", ["Shape", "", "../../etc", "a" * 65, {"x": 1}, "x\ny"])
def test_no_more_than_a_name_reaches_the_second_process(name: Any) -> None:
    said = transcript()
    said.result = {"event": "result", "object": name, "metrics": {"volume_m3": 1.0}}
    request = scripts.finishing(script_request(SOURCE), said)
    assert request["flow"] == "finish"
    assert request["script"]["object"] == (name if name == "Shape" else "")


def test_only_what_is_there_is_handed_on(tmp_path: Path) -> None:
    (tmp_path / "solid.brep").write_text("x")
    (tmp_path / "solid.step").write_text("x")
    assert scripts.left(tmp_path) == {"solid.brep": tmp_path / "solid.brep"}

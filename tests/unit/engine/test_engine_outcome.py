"""Which error a job ends with, from what came back of it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from atolye.engine.exchange import ForgeryError, LostError, Transcript, exchange
from atolye.engine.options import Limits
from atolye.engine.outcome import crashed, failure, finished
from atolye.wire import Event, Request

EXIT: Event = {
    "event": "exit", "outcome": "finished", "signal": None, "exit_code": None, "reason": "",
    "uncollected": None, "disk_exhausted": False, "files": {}, "peak_rss_mb": 90.0, "cpu_ms": 30,
    "avg_cpu_pct": 95.0, "wall_ms": 31.0, "load_average": 0.5, "log_tail": "",
}  # fmt: skip
RESULT: Event = {"event": "result", "metrics": {}}
SHA = "a" * 64
STEP: Event = {"event": "artefact", "kind": "solid.step", "file": "solid.step", "sha256": SHA}


def transcript(**options: Any) -> Transcript:
    ending = EXIT | {name: value for name, value in options.items() if name in EXIT}
    rest = {name: value for name, value in options.items() if name not in EXIT}
    return Transcript(exit=ending, **rest)


def code_of(found: Transcript) -> str | None:
    error = failure(found, Limits())
    return error.code if error else None


def reported(code: str, message: str = "x", exception_class: str = "Exception", **details: Any) -> Event:
    return {
        "event": "error", "code": code, "phase": "recompute", "exception_class": exception_class,
        "message": message, "details": details,
    }  # fmt: skip


def test_a_job_that_ended_well_has_no_error() -> None:
    found = transcript(
        result=RESULT, artefacts=[STEP], files={"solid.step": {"size_bytes": 3, "sha256": SHA}}
    )
    assert failure(found, Limits()) is None
    assert finished(found, 1).usage.peak_rss_mb == 90.0


@pytest.mark.parametrize(
    ("outcome", "code", "status"),
    [
        ("timeout", "TIMEOUT_WORKER", 504), ("cpu_limit", "ENGINE_CPU_LIMIT", 504),
        ("out_of_memory", "ERR-OOM", 507), ("disk_full", "ENGINE_DISK_FULL", 507),
        ("cancelled", "CANCELLED", 409), ("crashed", "ENGINE_CRASHED", 500),
    ],
)  # fmt: skip
def test_every_way_to_end_has_a_code_of_its_own(outcome: str, code: str, status: int) -> None:
    error = failure(transcript(outcome=outcome), Limits())
    assert error is not None
    assert (error.code, error.http_status) == (code, status)
    assert error.message_tr
    assert error.message_en
    assert error.details["usage"]["wall_ms"] == 31.0


def test_the_limit_wins_over_what_the_dying_job_said() -> None:
    assert code_of(transcript(outcome="timeout", error=reported("FC_RUNTIME"))) == "TIMEOUT_WORKER"


@pytest.mark.parametrize(
    ("message", "exception_class", "code"),
    [
        ("", "MemoryError", "ERR-OOM"),
        ("std::bad_alloc", "Exception", "ERR-OOM"),
        ("[Errno 28] No space left on device", "OSError", "ENGINE_DISK_FULL"),
        ("[Errno 27] File too large", "OSError", "ENGINE_DISK_FULL"),
    ],
)
def test_running_out_is_recognised_by_its_message(message: str, exception_class: str, code: str) -> None:
    assert code_of(transcript(error=reported("FC_EXPORT_FAILED", message, exception_class))) == code


def test_an_error_with_a_full_folder_is_the_folders() -> None:
    error = reported("FC_EXPORT_FAILED", "cannot write")
    assert code_of(transcript(error=error, disk_exhausted=True)) == "ENGINE_DISK_FULL"


def test_the_kernels_own_code_is_kept_with_its_data() -> None:
    error = failure(
        transcript(error=reported("FC_GEOM_INVALID_SHAPE", object="Cut", field="holes[0]")), Limits()
    )
    assert error is not None
    assert error.code == "FC_GEOM_INVALID_SHAPE"
    assert error.field == "holes[0]"
    assert error.details["object"] == "Cut"
    assert error.details["phase"] == "recompute"


@pytest.mark.spec("01.18")
def test_a_generic_code_gives_way_to_what_the_message_says() -> None:
    from atolye.errors.freecad import code_for

    message = "BRep_API: command not done"
    expected = code_for(message, "Part.OCCError") or "FC_RUNTIME"
    assert code_of(transcript(error=reported("FC_RUNTIME", message, "Part.OCCError"))) == expected


def test_an_unknown_code_still_makes_a_catalogued_error() -> None:
    assert code_of(transcript(error=reported("NO_SUCH_CODE", "what happened"))) == "ENGINE_JOB_FAILED"


@pytest.mark.parametrize("details", [None, [], "text", {"code": 1, "self": 2, "details": 3, "causes": 4}])
def test_nonsensical_details_do_no_harm(details: Any) -> None:
    assert code_of(transcript(error=reported("FC_RUNTIME") | {"details": details})) is not None


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "ENGINE_CRASHED"),
        ({"result": RESULT, "uncollected": "solid.step: No space left on device"}, "ENGINE_OUTPUT_FAILED"),
        ({"result": RESULT, "artefacts": [STEP]}, "ENGINE_OUTPUT_FAILED"),
        ({"result": RESULT, "artefacts": [STEP], "files": {"solid.step": {"sha256": "b" * 64}}},
         "ENGINE_OUTPUT_FAILED"),
        ({"result": RESULT, "artefacts": [STEP | {"file": 3}]}, "ENGINE_OUTPUT_FAILED"),
    ],
)  # fmt: skip
def test_a_promise_that_was_not_kept_is_an_error(options: dict[str, Any], code: str) -> None:
    assert code_of(transcript(**options)) == code


def test_only_a_crash_by_itself_is_worth_another_attempt() -> None:
    assert crashed(transcript(outcome="crashed", signal=11))
    assert not crashed(transcript(outcome="crashed", reason="more than 64 threads"))
    assert not crashed(transcript(outcome="timeout"))


# The protocol, against a supervisor that says what the test wants


@pytest.fixture
def against(tmp_path: Path) -> Iterator[Callable[..., Transcript]]:
    """Exchange a job with a scripted supervisor."""
    ours, theirs = socket.socketpair()

    def run(*lines: bytes, hang_up: bool = True, **options: Any) -> Transcript:
        def supervise() -> None:
            theirs.recv(1 << 16)
            theirs.sendall(b"".join(line + b"\n" for line in lines))
            if hang_up:
                theirs.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=supervise)
        thread.start()
        request = Request(flow="params")  # type: ignore[typeddict-item]
        settings: dict[str, Any] = {"limits": Limits(), "inputs": {}, "accept_timeout_s": 5.0} | options
        try:
            return exchange(ours, request, tmp_path, on_event=None, cancel=None, **settings)
        finally:
            thread.join()

    with ours, theirs:
        yield run


def said(event: Event) -> bytes:
    return json.dumps(event).encode()


def test_events_are_collected_until_the_supervisors_last_word(against: Callable[..., Transcript]) -> None:
    found = against(b's{"event": "accepted"}', b"j" + said(STEP), b"j" + said(RESULT), b"s" + said(EXIT))
    assert found.result == RESULT
    assert found.artefacts == [STEP]
    assert found.exit == EXIT


def test_a_connection_without_a_last_word_is_lost(against: Callable[..., Transcript]) -> None:
    with pytest.raises(LostError):
        against(b's{"event": "accepted"}', b"j" + said(RESULT))


def test_a_supervisor_that_stays_silent_is_not_waited_for_for_ever(
    against: Callable[..., Transcript],
) -> None:
    with pytest.raises(LostError):
        against(hang_up=False, accept_timeout_s=0.2)


@pytest.mark.parametrize(
    "line",
    [
        said(EXIT),
        said({"event": "resource"}),
        said({"event": "accepted"}),
        b"no json",
        b"[]",
        b"{}",
        b"3",
        b"[" * 5000,
    ],
)
def test_what_no_job_may_say_is_a_forgery(against: Callable[..., Transcript], line: bytes) -> None:
    with pytest.raises(ForgeryError):
        against(b"j" + line)

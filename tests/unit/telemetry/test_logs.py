"""A log line can be found again and holds nobody's data."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from atolye.errors import AtolyeError
from atolye.telemetry.logs import (
    configure_logs,
    current_request_id,
    log_context,
    log_failure,
    logger,
    pseudonym,
    shortened,
    stack_of,
)

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The lines logged so far, parsed."""
    root = logging.getLogger()
    handlers, level, stream = root.handlers[:], root.level, io.StringIO()
    configure_logs("info", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.spec("12.107", "17.01", "10.10")
def test_every_line_carries_the_context_of_its_work(lines: Lines) -> None:
    with log_context(request_id="r-1", tenant_id="t-1", user_id="ali@ornek.com"):
        with log_context(job_id="j-1"):
            logger("x").info("model made", sha256="ab" * 32)
        logger("x").info("sent")
    logger("x").info("idle")
    made, sent, idle = lines()
    assert (made["request_id"], made["job_id"], made["tenant_id"]) == ("r-1", "j-1", "t-1")
    assert made["user"] == pseudonym("ali@ornek.com")
    assert made["sha256"] == "ab" * 32
    assert "job_id" not in sent
    assert "request_id" not in idle
    assert {"event", "severity", "timestamp", "logger"} <= set(idle)


def test_work_that_runs_at_once_keeps_its_own_context(lines: Lines) -> None:
    async def work(name: str) -> None:
        with log_context(request_id=name):
            await asyncio.sleep(0)
            logger("x").info(name)
            assert current_request_id() == name

    async def both() -> None:
        await asyncio.gather(work("a"), work("b"))

    asyncio.run(both())
    assert sorted((line["event"], line["request_id"]) for line in lines()) == [("a", "a"), ("b", "b")]
    assert current_request_id() is None


@pytest.mark.spec("12.98")
def test_a_failure_is_logged_with_the_fields_that_find_it_again(lines: Lines) -> None:
    error = AtolyeError("FC_RUNTIME", details={"phase": "model"})
    with log_context(request_id="r-1", job_id="j-1"):
        try:
            raise error
        except AtolyeError:
            log_failure(error, duration_ms=12.3456, retry_count=1)
    (line,) = lines()
    expected = {
        "request_id": "r-1",
        "job_id": "j-1",
        "error_code": "FC_RUNTIME",
        "component": "freecad",
        "exception_class": "AtolyeError",
        "severity": "error",
        "duration_ms": 12.346,
        "retry_count": 1,
        "stacktrace_sanitized": True,
    }
    assert {name: line[name] for name in expected} == expected


@pytest.mark.spec("12.01", "12.119", "12.106")
def test_a_stack_trace_keeps_its_frames_and_types_and_loses_personal_data(lines: Lines) -> None:
    def inner(secret: str) -> None:
        raise ValueError(f"cannot read /home/veli/plan.step for {secret}")

    try:
        try:
            inner("veli@ornek.com")
        except ValueError as problem:
            raise RuntimeError("call 0532 123 45 67") from problem
    except RuntimeError:
        logger("x").exception("failed")
    (line,) = lines()
    assert line["exception_class"] == "RuntimeError"
    assert line["stacktrace_sanitized"] is True
    trace = line["stacktrace"]
    assert any("test_logs.py" in frame and "in inner: raise ValueError" in frame for frame in trace)
    assert "ValueError: cannot read [path redacted]/plan.step for [email redacted]" in trace
    assert trace[-1] == "RuntimeError: call [phone redacted]"
    assert "veli" not in json.dumps(trace)
    assert "/" not in trace[0].partition(":")[0]


@pytest.mark.spec("12.97", "12.99")
def test_nothing_that_is_logged_escapes_masking(lines: Lines) -> None:
    logger("x").info(
        "from ali@ornek.com at 10.1.2.3",
        password="hunter2",
        nested={"headers": {"Authorization": "Bearer abcdefgh"}, "files": ["/home/ali/x.step"]},
    )
    logging.getLogger("library").warning("user %s called %s", "ali@ornek.com", "/home/ali/x.step")
    text = json.dumps(lines())
    for secret in ("ali", "hunter2", "abcdefgh", "10.1.2.3"):
        assert secret not in text
    assert lines()[1]["event"] == "user [email redacted] called [path redacted]/x.step"


def test_a_librarys_exception_is_sanitised_like_ours(lines: Lines) -> None:
    try:
        raise KeyError("ali@ornek.com")
    except KeyError:
        logging.getLogger("library").exception("oops")
    (line,) = lines()
    assert (line["logger"], line["severity"], line["exception_class"]) == ("library", "error", "KeyError")
    assert line["stacktrace"][-1] == "KeyError: '[email redacted]'"


@pytest.mark.spec("06.29")
def test_long_lists_and_texts_are_cut_and_say_so(lines: Lines) -> None:
    logger("x").info("rules", warnings=[{"code": str(number)} for number in range(1000)], text="x" * 100_000)
    (line,) = lines()
    assert len(line["warnings"]) == 21
    assert line["warnings"][-1] == "… 980 more"
    assert line["text"].endswith("… (100000 characters)")
    assert len(json.dumps(line)) < 8000
    assert shortened(list(range(20))) == list(range(20))


def test_lines_below_the_level_are_left_out_and_a_value_json_cannot_hold_does_not_break_a_line(
    lines: Lines,
) -> None:
    logger("x").debug("hidden")
    logger("x").info("odd", value=object(), kinds={"b", "a"})
    (line,) = lines()
    assert line["kinds"] == ["a", "b"]
    assert "object" in line["value"]


def test_an_exception_that_refers_to_itself_ends_its_stack() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__context__, second.__context__ = second, first
    assert stack_of(first)[-1] == "ValueError: a"


def test_a_user_is_known_again_and_not_by_name() -> None:
    assert pseudonym("ali") == pseudonym("ali") != pseudonym("veli")
    assert "ali" not in pseudonym("ali")

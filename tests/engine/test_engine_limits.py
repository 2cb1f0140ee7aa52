"""Every limit ends the job with an error of its own, and nothing of the job is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from atolye.engine import Engine, Limits
from atolye.errors import AtolyeError
from atolye.wire import Event, Request

pytestmark = pytest.mark.engine

Make = Callable[..., Request]


def failing(engine: Engine, request: Request, folder: Path, limits: Limits, **options: Any) -> AtolyeError:
    with pytest.raises(AtolyeError) as caught:
        engine.run(request, folder, limits=limits, **options)
    assert caught.value.message_tr != caught.value.message_en
    return caught.value


def jailed_processes(engine: Engine) -> list[psutil.Process]:
    """Jobs, waiting ones included: the processes under a seccomp filter."""
    assert engine.server_pid is not None
    found = []
    for process in psutil.Process(engine.server_pid).children(recursive=True):
        try:
            if "Seccomp:\t2" in Path(f"/proc/{process.pid}/status").read_text():
                found.append(process)
        except OSError:
            continue
    return found


def settled(engine: Engine) -> list[psutil.Process]:
    """Descendants of the sandbox once nothing runs any more."""
    assert engine.server_pid is not None
    deadline = time.monotonic() + 10
    while engine.state().get("running") and time.monotonic() < deadline:
        time.sleep(0.05)
    return psutil.Process(engine.server_pid).children(recursive=True)


@pytest.mark.spec("01.07", "06.06")
def test_a_job_over_its_wall_time_is_killed_with_everything_it_started(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    begun = time.monotonic()
    error = failing(planted_engine, attack_request("stubborn"), tmp_path, Limits(wall_s=1.0))
    assert 1.0 <= time.monotonic() - begun < 4.0
    assert (error.code, error.http_status) == ("TIMEOUT_WORKER", 504)
    assert not list(tmp_path.iterdir())
    left = settled(planted_engine)
    assert not [process for process in left if process.status() == psutil.STATUS_ZOMBIE]
    # the sandbox's own two, the server, and a supervisor with a job for each that waits
    assert len(left) <= 2 + 2 * planted_engine.options.warm


@pytest.mark.spec("05.60")
def test_a_job_over_its_processor_time_is_killed(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    error = failing(planted_engine, attack_request("stubborn"), tmp_path, Limits(cpu_s=0.5))
    assert (error.code, error.details["limit_s"]) == ("ENGINE_CPU_LIMIT", 0.5)
    assert error.details["usage"]["cpu_ms"] >= 500


@pytest.mark.spec("05.61")
@pytest.mark.parametrize("attack", ["memory", "memory_by_occt"])
def test_a_job_over_its_memory_is_killed_before_it_takes_more(
    planted_engine: Engine, attack_request: Make, tmp_path: Path, attack: str
) -> None:
    error = failing(planted_engine, attack_request(attack), tmp_path, Limits(memory_mb=400))
    assert (error.code, error.details["limit_mb"]) == ("ERR-OOM", 400)
    assert error.details["usage"]["peak_rss_mb"] < 1200


@pytest.mark.parametrize("attack", ["disk", "inodes", "long_file"])
def test_a_job_over_its_disk_space_fails_with_a_code_of_its_own(
    planted_engine: Engine, attack_request: Make, tmp_path: Path, attack: str
) -> None:
    error = failing(
        planted_engine, attack_request(attack), tmp_path, Limits(disk_mb=16, file_mb=32, inodes=200)
    )
    assert error.code == "ENGINE_DISK_FULL"


@pytest.mark.spec("05.86", "06.06")
def test_a_cancelled_job_ends_after_the_step_in_hand(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    cancel = threading.Event()
    threading.Timer(0.5, cancel.set).start()
    begun = time.monotonic()
    error = failing(planted_engine, attack_request("sleeper", seconds=15), tmp_path, Limits(), cancel=cancel)
    assert time.monotonic() - begun < 2.0  # before the grace is over: it was asked, not killed
    assert (error.code, error.details["exit_code"]) == ("CANCELLED", 143)


def test_a_job_that_ignores_being_cancelled_is_killed(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    begun = time.monotonic()
    error = failing(planted_engine, attack_request("stubborn"), tmp_path, Limits(), cancel=cancel)
    assert error.code == "CANCELLED"
    assert 2.0 < time.monotonic() - begun < 5.0


@pytest.mark.spec("05.25", "05.57", "05.62", "05.84")
def test_memory_and_processor_are_reported_while_a_job_runs_and_after(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    events: list[Event] = []
    limits = Limits(wall_s=1.5, metrics_interval_s=0.3)
    error = failing(planted_engine, attack_request("spin"), tmp_path, limits, on_event=events.append)
    samples = [event for event in events if event["event"] == "resource"]
    assert 3 <= len(samples) <= 5
    assert all(30 < sample["rss_mb"] < 400 and sample["num_threads"] >= 1 for sample in samples)
    assert max(sample["cpu_pct"] for sample in samples) > 30
    usage = error.details["usage"]
    assert usage["peak_rss_mb"] >= max(sample["rss_mb"] for sample in samples)
    assert usage["wall_ms"] == pytest.approx(1500, abs=400)
    assert 20 < usage["avg_cpu_pct"] <= 130


@pytest.mark.spec("05.58")
def test_a_job_near_its_memory_limit_is_warned_of(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    events: list[Event] = []
    request = attack_request("hold", mb=275, seconds=0.5)
    finished = planted_engine.run(request, tmp_path, limits=Limits(memory_mb=400), on_event=events.append)
    (warning,) = finished.warnings
    assert warning["code"] == "ENGINE_MEMORY_PRESSURE"
    assert 0.85 * 400 < warning["value"] < 0.95 * 400
    assert [event for event in events if event["event"] == "warning"] == [warning]


@pytest.mark.spec("05.01")
def test_a_job_runs_as_nicely_as_it_is_told_to(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    found: list[int] = []

    def look(event: Event) -> None:
        if event.get("stage") == "recompute":
            found.extend(process.nice() for process in jailed_processes(planted_engine))

    planted_engine.run(attack_request("none"), tmp_path, limits=Limits(nice=7), on_event=look)
    assert 7 in found


def test_what_a_job_prints_is_kept_apart_from_its_events(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    error = failing(planted_engine, attack_request("chatter", text="köşe"), tmp_path, Limits())
    assert error.code != "ENGINE_CRASHED"
    assert error.details["exception_class"] == "RuntimeError"
    notes = "\n".join(error.__notes__)
    assert "köşe" in notes
    assert '{"event": "exit"}' in notes

"""The engine survives the death of its parts."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from atolye.engine import Engine, EngineOptions, Finished
from atolye.errors import AtolyeError
from atolye.wire import Request

pytestmark = pytest.mark.engine

Make = Callable[..., Request]


@pytest.fixture(scope="module")
def mortal(planted_kernel: Path) -> Iterator[Engine]:
    """An engine of this module's own, to be killed."""
    with Engine(EngineOptions(kernel_path=planted_kernel, max_concurrent=2)) as engine:
        yield engine


def while_running(engine: Engine, request: Request, folder: Path, deed: Callable[[], None]) -> Finished:
    """Run a job and do something when it is under way, once."""
    done = threading.Event()

    def on_event(event: dict[str, object]) -> None:
        if event.get("stage") == "build" and not done.is_set():
            done.set()
            deed()

    return engine.run(request, folder, on_event=on_event)


def processes(engine: Engine) -> list[psutil.Process]:
    assert engine.server_pid is not None
    return psutil.Process(engine.server_pid).children(recursive=True)


def jobs_of(engine: Engine) -> list[psutil.Process]:
    """Jobs, waiting ones included: the processes under a seccomp filter."""
    return [p for p in processes(engine) if "Seccomp:\t2" in Path(f"/proc/{p.pid}/status").read_text()]


def server_of(engine: Engine) -> psutil.Process:
    """The fork server itself: the first Python in the sandbox."""
    return next(p for p in processes(engine) if "atolye.kernel.server" in " ".join(p.cmdline()[:4]))


@pytest.mark.spec("06.30")
def test_a_killed_job_is_tried_again_in_a_clean_process(
    mortal: Engine, attack_request: Make, tmp_path: Path
) -> None:
    def kill() -> None:
        for process in jobs_of(mortal):
            process.kill()

    before = mortal.restarts
    finished = while_running(mortal, attack_request("sleeper", seconds=1), tmp_path, kill)
    assert finished.attempts == 2
    assert mortal.restarts == before
    assert [path.name for path in tmp_path.iterdir()] == ["mesh.stl"]


def test_a_dead_fork_server_is_replaced_and_its_job_tried_again(
    mortal: Engine, attack_request: Make, tmp_path: Path
) -> None:
    before = mortal.restarts
    finished = while_running(
        mortal, attack_request("sleeper", seconds=1), tmp_path, lambda: server_of(mortal).kill()
    )
    assert finished.attempts == 2
    assert mortal.restarts == before + 1


@pytest.mark.spec("06.30")
@pytest.mark.parametrize(("attack", "how"), [("crash", {"signal": 11}), ("leave", {"exit_code": 3})])
def test_a_job_that_always_crashes_fails_after_the_second_attempt(
    mortal: Engine, attack_request: Make, tmp_path: Path, attack: str, how: dict[str, int]
) -> None:
    with pytest.raises(AtolyeError) as caught:
        mortal.run(attack_request(attack), tmp_path)
    assert (caught.value.code, caught.value.http_status) == ("ENGINE_CRASHED", 500)
    assert caught.value.details["attempts"] == 2
    assert {name: caught.value.details[name] for name in how} == how
    assert caught.value.details["usage"]["peak_rss_mb"] > 50
    if attack == "crash":  # where it was
        assert "sphere.py" in "\n".join(caught.value.__notes__)


def test_the_sandbox_dies_with_the_service(planted_kernel: Path) -> None:
    """A service that is killed leaves no engine behind."""
    import subprocess
    import sys

    program = (
        "import sys, time; from pathlib import Path; from atolye.engine import Engine, EngineOptions\n"
        "engine = Engine(EngineOptions(kernel_path=Path(sys.argv[1]))).start()\n"
        "print(engine.server_pid, flush=True); time.sleep(60)"
    )
    service = subprocess.Popen(
        [sys.executable, "-c", program, str(planted_kernel)], stdout=subprocess.PIPE, text=True
    )
    assert service.stdout is not None
    with service.stdout:
        sandbox = psutil.Process(int(service.stdout.readline()))
        family = [sandbox, *sandbox.children(recursive=True)]
        service.send_signal(signal.SIGKILL)
        service.wait()
    _gone, alive = psutil.wait_procs(family, timeout=5)
    assert not alive


def test_an_engine_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(AtolyeError) as caught:
        Engine(EngineOptions(root=tmp_path)).start()
    assert caught.value.code == "ENGINE_UNAVAILABLE"
    assert caught.value.http_status == 503


def test_closing_leaves_no_process_and_no_file(
    planted_kernel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine = Engine(EngineOptions(kernel_path=planted_kernel)).start()
    sandbox = psutil.Process(engine.server_pid)
    family = [sandbox, *sandbox.children(recursive=True)]
    assert list(tmp_path.iterdir())
    engine.close()
    _gone, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    assert not list(tmp_path.iterdir())
    with pytest.raises(AtolyeError, match="ENGINE_UNAVAILABLE"):
        engine.run({}, tmp_path)  # type: ignore[typeddict-item]


def test_an_old_server_is_replaced_in_the_background(
    planted_kernel: Path, attack_request: Make, tmp_path: Path
) -> None:
    options = EngineOptions(kernel_path=planted_kernel, recycle_after_s=1.0)
    with Engine(options) as engine, ThreadPoolExecutor(1) as pool:
        first = engine.server_pid
        assert first is not None
        job = pool.submit(engine.run, attack_request("sleeper", seconds=4), tmp_path)
        deadline = time.monotonic() + 20
        while engine.server_pid == first and time.monotonic() < deadline:
            time.sleep(0.1)
        assert engine.server_pid != first
        assert psutil.pid_exists(first)  # until its job is done
        assert job.result(20).attempts == 1
        assert engine.restarts == 0
        while psutil.pid_exists(first) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not psutil.pid_exists(first)


def test_a_folder_that_cannot_be_written_fails_with_a_code_of_its_own(
    mortal: Engine, attack_request: Make, tmp_path: Path
) -> None:
    def take() -> None:
        (tmp_path / "mesh.stl").mkdir()

    with pytest.raises(AtolyeError) as caught:
        while_running(mortal, attack_request("sleeper", seconds=0.3), tmp_path, take)
    assert caught.value.code == "ENGINE_OUTPUT_FAILED"
    assert os.path.isdir(tmp_path / "mesh.stl")

"""The harness for one job, as a container runs it."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atolye.engine import Engine
from atolye.engine.launch import code, environment, sandbox
from atolye.engine.locate import installed_root
from atolye.wire import Request

pytestmark = pytest.mark.engine

WORK = "/tmp/work"


def command(kernel: Path, work: Path, *program: str) -> list[str]:
    root = installed_root()
    variables = environment(root) | {"PYTHONPATH": "/run/code"}
    return [*sandbox(root, variables, *code(kernel / "atolye"), "--bind", str(work), WORK), *program]


def harness(*options: str) -> tuple[str, ...]:
    return (
        "/usr/bin/python3", "-m", "atolye.kernel.worker_script", "--flow", "params",
        "--input", f"{WORK}/input.json",
        "--outdir", f"{WORK}/out", "--request-id", "r-1", *options,
    )  # fmt: skip


def start(kernel: Path, work: Path, request: Request, *options: str) -> subprocess.Popen[str]:
    (work / "input.json").write_text(json.dumps(request))
    argv = command(kernel, work, *harness(*options))
    return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    output, _ = process.communicate(timeout=60)
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.spec("05.79", "05.80", "05.62", "06.03")
def test_the_harness_makes_the_same_files_as_the_fork_server(
    planted_kernel: Path, engine: Engine, block: Request, tmp_path: Path
) -> None:
    process = start(planted_kernel, tmp_path, block, "--cpu-seconds", "30", "--mem-mb", "2048")
    log = finish(process)
    assert process.returncode == 0
    assert {line["request_id"] for line in log} == {"r-1"}
    assert all({"stage", "msg"} <= line.keys() for line in log)
    done = [line["progress_pct"] for line in log if "progress_pct" in line]
    assert done == sorted(done)
    assert log[-1]["peak_rss_mb"] > 50
    assert log[-1]["avg_cpu_pct"] > 0
    folder = tmp_path / "served"
    folder.mkdir()
    engine.run(block, folder)
    for path in folder.iterdir():
        made = (tmp_path / "out" / path.name).read_bytes()
        assert hashlib.sha256(made).digest() == hashlib.sha256(path.read_bytes()).digest(), path.name


@pytest.mark.spec("05.01", "05.60")
@pytest.mark.parametrize(
    ("attack", "options", "status"),
    [
        ("spin", ("--cpu-seconds", "0.5"), 125),
        ("spin", ("--wall-seconds", "0.5"), 124),
        ("memory", ("--mem-mb", "400"), 125),
        ("leave", (), 139),
        ("chatter", (), 1),
    ],
)
def test_a_violated_limit_gives_an_exit_status_of_its_own(
    planted_kernel: Path,
    attack_request: Callable[..., Request],
    tmp_path: Path,
    attack: str,
    options: tuple[str, ...],
    status: int,
) -> None:
    process = start(planted_kernel, tmp_path, attack_request(attack, text="x"), *options)
    finish(process)
    assert process.returncode == status


@pytest.mark.spec("05.86", "05.84")
def test_sigterm_cancels_with_status_143_and_samples_are_logged(
    planted_kernel: Path, attack_request: Callable[..., Request], tmp_path: Path
) -> None:
    request = attack_request("sleeper", seconds=15)
    process = start(planted_kernel, tmp_path, request, "--metrics-interval", "0.2")
    log: list[dict[str, Any]] = []

    def listen() -> None:
        assert process.stdout is not None
        log.extend(json.loads(line) for line in process.stdout)

    reader = threading.Thread(target=listen)
    reader.start()
    deadline = time.monotonic() + 20
    while sum("rss_mb" in line for line in log) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    inner = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    harness_pid = int(
        Path(f"/proc/{inner.split()[0]}/task/{inner.split()[0]}/children").read_text().split()[0]
    )
    subprocess.run(["kill", f"-{signal.SIGTERM:d}", str(harness_pid)], check=True)
    assert process.wait(10) == 143
    reader.join()
    assert process.stdout is not None
    process.stdout.close()
    samples = [line for line in log if "rss_mb" in line]
    assert all(sample["rss_mb"] > 30 and "cpu_pct" in sample for sample in samples)


def test_wrong_usage_is_told_from_a_failed_job(planted_kernel: Path, tmp_path: Path) -> None:
    (tmp_path / "input.json").write_text('{"flow": "a4"}')
    process = subprocess.run(command(planted_kernel, tmp_path, *harness()), capture_output=True, text=True)
    assert process.returncode == 64
    assert "params" in process.stderr


@pytest.mark.spec("05.24", "05.82", "05.48")
def test_the_health_server_answers_beside_the_job(
    planted_kernel: Path, attack_request: Callable[..., Request], tmp_path: Path
) -> None:
    (tmp_path / "input.json").write_text(json.dumps(attack_request("sleeper", seconds=3)))
    program = f"""
import json, subprocess, time, urllib.request
worker = subprocess.Popen({list(harness("--health-server", "--port", "8080"))!r}, stdout=subprocess.DEVNULL)
for _ in range(100):
    try:
        answer = urllib.request.urlopen("http://127.0.0.1:8080/health/freecad", timeout=20)
        break
    except OSError:
        time.sleep(0.1)
print(answer.status, answer.read().decode())
worker.terminate()
worker.wait()
"""
    argv = command(planted_kernel, tmp_path, "/usr/bin/python3", "-c", program)
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    status, _, body = done.stdout.partition(" ")
    health = json.loads(body)
    assert (status, health["status"]) == ("200", "ok")
    assert health["freecad_version"].startswith("1.1.")
    assert health["techdraw"] is True
    assert health["headless_ok"] is True
    assert health["packages"]["numpy"]

"""Hostile code in one tenant's job can neither read, signal nor starve another tenant's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from atolye.engine import Engine, EngineOptions, Finished, Limits
from atolye.errors import AtolyeError
from atolye.wire import Request

pytestmark = pytest.mark.engine

SECRET = "tenant-b-drawing-4711"
Make = Callable[..., Request]


def report_of(engine: Engine, request: Request, folder: Path, limits: Limits | None = None) -> Any:
    """What an attack says that it achieved."""
    with pytest.raises(AtolyeError) as caught:
        engine.run(request, folder, limits=limits)
    assert "report" in caught.value.details, (caught.value, caught.value.details)
    return caught.value.details["report"]


def beside_a_victim(
    engine: Engine, make: Make, folder: Path, seconds: float, attack: Callable[[], Any]
) -> Any:
    """Run an attack while another tenant's job is at work, and see that job end well."""
    running = threading.Event()
    victim_folder = folder / "b"
    victim_folder.mkdir()
    request = make("victim", secret=SECRET, seconds=seconds)

    def victim() -> Finished:
        return engine.run(request, victim_folder, on_event=lambda _event: running.set())

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(victim)
        assert running.wait(20)
        outcome = attack()
        finished = other.result(30)
    assert finished.attempts == 1
    assert (victim_folder / "mesh.stl").stat().st_size > 1000
    return outcome


def refused(report: dict[str, str]) -> dict[str, str]:
    """What did get through."""
    return {name: answer for name, answer in report.items() if answer.startswith("ok")}


@pytest.mark.spec("18.02", "05.88")
def test_a_job_cannot_read_another_jobs_files_or_the_servers(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    report = beside_a_victim(
        planted_engine, attack_request, tmp_path, 1.5,
        lambda: report_of(planted_engine, attack_request("files"), tmp_path / "a"),
    )  # fmt: skip
    assert SECRET not in str(report)
    assert set(refused(report)) == {"list /job"}  # its own folder
    assert report["list /job"] == "ok ['in', 'tmp']"


@pytest.mark.spec("18.02", "05.88")
def test_a_job_can_write_only_into_its_own_folder(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    assert not refused(report_of(planted_engine, attack_request("writes"), tmp_path))


def test_a_job_cannot_set_traps_for_the_collector(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    assert not refused(report_of(planted_engine, attack_request("traps"), tmp_path))
    assert not list(tmp_path.iterdir())


@pytest.mark.spec("18.02")
def test_a_job_has_no_network(planted_engine: Engine, attack_request: Make, tmp_path: Path) -> None:
    assert not refused(report_of(planted_engine, attack_request("network"), tmp_path))


def test_a_job_cannot_signal_trace_or_slow_down_another(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    report = beside_a_victim(
        planted_engine, attack_request, tmp_path, 1.0,
        lambda: report_of(planted_engine, attack_request("processes"), tmp_path / "a"),
    )  # fmt: skip
    assert report.pop("parent") == "0"
    assert not refused(report)
    assert not [name for name in report if name.startswith("kill ok")]


@pytest.mark.spec("18.02")
def test_system_calls_that_lead_out_are_refused_and_no_descriptor_is_inherited(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    report = report_of(planted_engine, attack_request("escapes"), tmp_path)
    assert report.pop("descriptors") == "[]"
    assert not refused(report)


@pytest.mark.parametrize("attack", ["threads", "memory", "disk", "spin"])
def test_a_greedy_job_does_not_starve_another(
    planted_engine: Engine, attack_request: Make, tmp_path: Path, attack: str
) -> None:
    (tmp_path / "a").mkdir()
    limits = Limits(wall_s=2.0, memory_mb=600, disk_mb=64)

    def greed() -> AtolyeError:
        with pytest.raises(AtolyeError) as caught:
            planted_engine.run(attack_request(attack), tmp_path / "a", limits=limits)
        return caught.value

    begun = time.monotonic()
    error = beside_a_victim(planted_engine, attack_request, tmp_path, 0.5, greed)
    expected = {
        "threads": "ENGINE_CRASHED",
        "memory": "ERR-OOM",
        "disk": "ENGINE_DISK_FULL",
        "spin": "TIMEOUT_WORKER",
    }
    assert error.code == expected[attack]
    assert time.monotonic() - begun < 15


def test_a_job_cannot_speak_in_the_supervisors_name(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    with pytest.raises(AtolyeError) as caught:
        planted_engine.run(attack_request("forge_exit"), tmp_path)
    assert caught.value.code == "ENGINE_CRASHED"
    assert "exit" in caught.value.details["reason"]


def test_a_file_with_another_hash_than_announced_is_not_delivered(
    planted_engine: Engine, attack_request: Make, tmp_path: Path
) -> None:
    with pytest.raises(AtolyeError) as caught:
        planted_engine.run(attack_request("lie"), tmp_path)
    assert caught.value.code == "ENGINE_OUTPUT_FAILED"
    assert caught.value.details["files"] == ["solid.step"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("attack", ["flood_events", "flood_log"])
def test_a_job_that_writes_without_end_is_ended(
    planted_engine: Engine, attack_request: Make, tmp_path: Path, attack: str
) -> None:
    with pytest.raises(AtolyeError) as caught:
        planted_engine.run(attack_request(attack), tmp_path)
    assert caught.value.code == "ENGINE_CRASHED"
    assert caught.value.details["attempts"] == 1


def test_without_nested_namespaces_landlock_and_seccomp_still_hold(
    planted_kernel: Path, attack_request: Make, tmp_path: Path
) -> None:
    options = EngineOptions(kernel_path=planted_kernel, namespaces=False, warm=1)
    with Engine(options) as engine:
        assert engine.facts.profile == "LS"
        for attack in ("writes", "traps", "network", "escapes", "processes"):
            report = report_of(engine, attack_request(attack), tmp_path)
            report.pop("descriptors", None)
            report.pop("parent", None)
            assert not refused(report), attack
        with pytest.raises(AtolyeError) as caught:
            engine.run(attack_request("disk"), tmp_path, limits=Limits(disk_mb=32))
        assert caught.value.code == "ENGINE_DISK_FULL"

"""Jobs on the real kernel: many at once, and the same bytes however they are started."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from atolye.engine import Engine, EngineOptions, Finished
from atolye.wire import Event, Request

pytestmark = pytest.mark.engine

VOLUME_MM3 = 100 * 50 * 30 - math.pi * 5**2 * 30


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def run(engine: Engine, request: Request, folder: Path) -> tuple[Finished, dict[str, str]]:
    folder.mkdir()
    return engine.run(request, folder), hashes(folder)


def test_a_job_gives_its_files_and_their_hashes(engine: Engine, block: Request, tmp_path: Path) -> None:
    events: list[Event] = []
    folder = tmp_path / "out"
    folder.mkdir()
    finished = engine.run(block, folder, on_event=events.append)
    found = hashes(folder)
    assert set(found) == {"model.FCStd", "solid.step", "mesh.stl", "preview.glb"}
    assert {event["file"]: event["sha256"] for event in finished.artefacts} == found
    assert finished.result["metrics"]["volume_m3"] == pytest.approx(VOLUME_MM3 * 1e-9, rel=1e-6)
    assert next(event["stage"] for event in events if event["event"] == "stage") == "open"
    assert events[-1]["event"] == "result"
    assert finished.usage.peak_rss_mb > 50


@pytest.mark.spec("01.20", "01.07")
def test_eight_jobs_at_once_do_not_interfere(block: Request, tmp_path: Path) -> None:
    with Engine(EngineOptions(max_concurrent=8)) as engine, ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: run(engine, block, tmp_path / str(n))[1], range(16)))
        assert engine.restarts == 0
    assert len({tuple(result.items()) for result in results}) == 1


def test_prefork_fork_and_spawn_give_the_same_bytes(engine: Engine, block: Request, tmp_path: Path) -> None:
    found = [run(engine, block, tmp_path / "prefork")[1]]
    for mode in ("fork", "oneshot"):
        with Engine(EngineOptions(mode=mode)) as other:  # type: ignore[arg-type]
            found += [run(other, block, tmp_path / f"{mode}{n}")[1] for n in range(2)]
    assert all(each == found[0] for each in found)


def test_with_namespaces_and_without_the_bytes_are_the_same(
    engine: Engine, block: Request, tmp_path: Path
) -> None:
    with Engine(EngineOptions(namespaces=False)) as other:
        assert other.facts.profile == "LS"
        assert run(other, block, tmp_path / "ls")[1] == run(engine, block, tmp_path / "nls")[1]


@pytest.mark.spec("01.17")
def test_a_hundred_jobs_leave_no_zombie_and_no_memory_behind(
    engine: Engine, block: Request, tmp_path: Path
) -> None:
    run(engine, block, tmp_path / "first")
    before = engine.state()
    with ThreadPoolExecutor(2) as pool:
        results = set(pool.map(lambda n: tuple(run(engine, block, tmp_path / str(n))[1].items()), range(100)))
    assert len(results) == 1
    deadline = time.monotonic() + 10
    while engine.state()["running"] and time.monotonic() < deadline:
        time.sleep(0.05)
    after = engine.state()
    assert after["served"] >= before["served"] + 100
    assert after["rss_mb"] < before["rss_mb"] * 1.05
    assert after["threads"] == 1
    children = psutil.Process(engine.server_pid).children(recursive=True)
    assert not [process for process in children if process.status() == psutil.STATUS_ZOMBIE]


def test_inputs_are_where_the_job_finds_them_and_nowhere_else(
    engine: Engine, block: Request, tmp_path: Path
) -> None:
    source = tmp_path / "given.stl"
    source.write_bytes(b"solid x\nendsolid x\n" * 1000)
    folder = tmp_path / "out"
    folder.mkdir()
    engine.run(block, folder, inputs={"given.stl": source})
    assert not (folder / "given.stl").exists()


def test_a_result_is_never_written_over(engine: Engine, block: Request, tmp_path: Path) -> None:
    (tmp_path / "solid.step").write_text("mine")
    with pytest.raises(FileExistsError):
        engine.run(block, tmp_path)
    assert (tmp_path / "solid.step").read_text() == "mine"


def test_no_more_jobs_run_at_once_than_allowed(block: Request, tmp_path: Path) -> None:
    running, peak = 0, 0
    lock = threading.Lock()

    def count(event: Event) -> None:
        nonlocal running, peak
        if event["event"] == "stage" and event["stage"] == "open":
            with lock:
                running += 1
                peak = max(peak, running)
        if event["event"] == "result":
            with lock:
                running -= 1

    with Engine(EngineOptions(max_concurrent=2)) as engine, ThreadPoolExecutor(6) as pool:
        for number in range(6):
            (tmp_path / str(number)).mkdir()
        list(pool.map(lambda n: engine.run(block, tmp_path / str(n), on_event=count), range(6)))
    assert peak <= 2

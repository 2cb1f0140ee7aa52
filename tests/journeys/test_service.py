"""The API as a process of its own: what its greeting promises, and what survives its death."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from atolye.bootstrap import engine_root_of
from atolye.settings import load_settings
from bench.service import BLOCK, Client, running

pytestmark = pytest.mark.engine

PLATE = {
    "family": "plate",
    "length": 430,
    "width": 430,
    "thickness": 8,
    "holes": [{"kind": "grid", "diameter": 6, "rows": 16, "columns": 16, "pitch_x": 20, "pitch_y": 20}],
    "material": "steel",
    "exports": ["step", "stl"],
}


@pytest.fixture(scope="module")
def engine_root() -> Path:
    return engine_root_of(load_settings())


def digests(job: dict[str, Any]) -> dict[str, str]:
    return {a["kind"]: a["sha256"] for a in job["artefacts"] if a["kind"] != "provenance.json"}


def test_the_command_of_the_greeting_works_when_pasted(engine_root: Path, tmp_path: Path) -> None:
    assert shutil.which("curl"), "curl is installed by tools/setup.sh"
    with running(engine_root, tmp_path) as client:
        (pasted,) = [line.strip() for line in client.said if line.strip().startswith("curl ")]
        scripts = str(Path(sys.executable).parent)
        answer = subprocess.run(
            ["bash", "-c", pasted],
            env={**os.environ, "ATOLYE_HOME": str(tmp_path), "PATH": f"{scripts}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=True,
        )
        (job_id,) = re.findall(r'"job_id":"([^"]+)"', answer.stdout)
        job = client.finished(job_id)
        for artefact in client.http.get(f"/api/v1/jobs/{job_id}/artefacts").json()["artefacts"]:
            content = httpx.get(artefact["download"]["href"], trust_env=False).content
            assert hashlib.sha256(content).hexdigest() == artefact["sha256"]
    assert job["metrics"]["solids"] == 1


@pytest.mark.spec("01.20")
def test_two_jobs_at_once_do_not_interfere_and_leave_nothing_behind(
    engine_root: Path, tmp_path: Path
) -> None:
    with running(engine_root, tmp_path) as client:
        alone = [digests(client.finished(client.post(body)["job_id"])) for body in (BLOCK, PLATE)]
        accepted = [client.post(body)["job_id"] for body in (BLOCK, PLATE, BLOCK, PLATE)]
        together = [digests(client.finished(job_id)) for job_id in accepted]
        assert together == [*alone, *alone]
        assert not list((tmp_path / "artefacts" / "work").glob("*/*"))
        zombies = [c for c in psutil.Process(client.pid).children(recursive=True) if c.status() == "zombie"]
        assert zombies == []


@pytest.mark.spec("01.17")
def test_a_job_whose_service_was_killed_is_found_again_and_ends(engine_root: Path, tmp_path: Path) -> None:
    with running(engine_root, tmp_path) as client:
        expected = digests(client.finished(client.post(PLATE)["job_id"]))
        job_id = client.post(PLATE)["job_id"]
        _until_running(client, job_id)
        os.kill(client.pid, signal.SIGKILL)
    with running(engine_root, tmp_path) as client:
        job = client.finished(job_id)
        assert digests(job) == expected
        states = [e["state"] for e in _events(client, job_id) if e["type"] == "state"]
        assert states[-1] == "succeeded"


def _until_running(client: Client, job_id: str) -> None:
    for _ in range(400):
        state = client.http.get(f"/api/v1/jobs/{job_id}").json()["state"]
        if state == "running":
            return
        assert state == "queued", "the job was over before it could be interrupted"
        time.sleep(0.005)
    raise AssertionError("the job never ran")


def _events(client: Client, job_id: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = client.http.get(f"/api/v1/jobs/{job_id}/events").json()["events"]
    return events


@pytest.mark.slow
def test_two_hundred_jobs_in_a_row_and_eight_at_once_leave_no_trace(
    engine_root: Path, tmp_path: Path
) -> None:
    with running(engine_root, tmp_path, ATOLYE_MAX_CONCURRENT_FREECAD_WORKERS="8") as client:
        first = [digests(client.finished(client.post(BLOCK)["job_id"])) for _ in range(20)]
        before = client.http.get("/health/freecad").json()["server"]["rss_mb"]
        later = [digests(client.finished(client.post(BLOCK)["job_id"])) for _ in range(180)]
        accepted = [client.post(BLOCK)["job_id"] for _ in range(8)]
        together = [digests(client.finished(job_id)) for job_id in accepted]
        after = client.http.get("/health/freecad").json()["server"]["rss_mb"]
        assert len({tuple(sorted(each.items())) for each in [*first, *later, *together]}) == 1
        assert after < 1.05 * before
        assert not list((tmp_path / "artefacts" / "work").glob("*/*"))
        children = psutil.Process(client.pid).children(recursive=True)
        assert [child for child in children if child.status() == "zombie"] == []

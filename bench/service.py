"""A running API for the bench, in a home of its own, and a client that times jobs from outside."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

BLOCK = {
    "family": "block_with_hole",
    "length": 100,
    "width": 50,
    "height": 30,
    "hole_diameter": 10,
    "material": "aluminium",
    "exports": ["fcstd", "step", "stl", "glb"],
}
SENTENCE = {
    "prompt": "100 x 50 x 30 mm alüminyum blok, ortasında 10 mm delik",
    "exports": ["fcstd", "step", "stl", "glb"],
}
"""The same part in words."""
PACE_S = 0.15
ATOLYE = [sys.executable, "-m", "atolye"]


def median_ms(taken_s: list[float]) -> float:
    return round(1000 * statistics.median(taken_s), 3)


class Client:
    """An authenticated client with one kept connection."""

    def __init__(self, url: str, token: str, pid: int, said: list[str]) -> None:
        self.url = url
        self.said = said
        self.http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False
        )
        self.pid = pid

    def post(self, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
        """Sends a request by parameters or, when it holds a ``prompt``, a sentence."""
        kind = "prompt" if "prompt" in body else "params"
        answer = self.http.post(f"/api/v1/designs/{kind}", json=body, headers=headers)
        answer.raise_for_status()
        accepted: dict[str, Any] = answer.json()
        return accepted

    def finished(self, job_id: str) -> dict[str, Any]:
        while True:
            answer = self.http.get(f"/api/v1/jobs/{job_id}", params={"wait": 30})
            answer.raise_for_status()
            job: dict[str, Any] = answer.json()
            if job["state"] == "succeeded":
                return job
            if job["state"] not in ("queued", "running"):
                raise RuntimeError(f"the bench's job ended as {job['state']}: {job['error']}")

    def job_s(self, body: dict[str, Any]) -> float:
        """Seconds from POST to ``succeeded`` by the client's clock."""
        began = time.perf_counter()
        self.finished(self.post(body)["job_id"])
        return time.perf_counter() - began

    def jobs_s(self, body: dict[str, Any], count: int, pace_s: float) -> list[float]:
        taken = []
        for _ in range(count):
            time.sleep(pace_s)
            taken.append(self.job_s(body))
        return taken

    def throughput_per_s(self, body: dict[str, Any], count: int, at_once: int) -> float:
        """Jobs a second with ``at_once`` clients that each wait for their job before the next one."""
        left = iter(range(count))
        lock = threading.Lock()

        def work() -> None:
            while True:
                with lock:
                    if next(left, None) is None:
                        return
                self.job_s(body)

        threads = [threading.Thread(target=work) for _ in range(at_once)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return count / (time.perf_counter() - began)


@contextmanager
def running(engine_root: Path, home: Path | None = None, **settings: str) -> Iterator[Client]:
    """Starts ``atolye serve`` on a free port and stops it at the end.

    Args:
        home: the home folder to use; by default one that is gone afterwards.
    """
    with ExitStack() as stack:
        folder = home or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="atolye-bench-")))
        environment = {
            **os.environ,
            "ATOLYE_HOME": str(folder),
            "ATOLYE_ENGINE_ROOT": str(engine_root),
            "ATOLYE_LIMIT_WRITES_PER_MIN": "1000000",
            "ATOLYE_LIMIT_READS_PER_MIN": "1000000",
            "ATOLYE_LIMIT_PROMPTS_PER_MIN": "1000000",
            "ATOLYE_LOG_LEVEL": "warning",
            **settings,
        }
        command = [*ATOLYE, "serve", "--port", "0", "--lang", "en"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        stack.callback(_stop, process)
        assert process.stderr is not None
        url = _url(process.stderr.readline())
        said: list[str] = []
        threading.Thread(
            target=lambda stream: said.extend(stream), args=(process.stderr,), daemon=True
        ).start()
        ask = [*ATOLYE, "token", "--minutes", "600"]
        told = subprocess.run(ask, env=environment, check=True, capture_output=True, text=True)
        client = Client(url, told.stdout.strip(), process.pid, said)
        stack.callback(client.http.close)
        _until_ready(client)
        yield client


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(timeout=30)
    if process.stderr is not None:
        process.stderr.close()


def _url(line: str) -> str:
    found = re.search(r"http://\S+", line)
    if found is None:
        raise RuntimeError(f"the API did not say where it listens: {line!r}")
    return found.group().rstrip(")")


def _until_ready(client: Client) -> None:
    for _ in range(300):
        try:
            if client.http.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the API did not become ready within 30 s")

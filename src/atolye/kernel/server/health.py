"""``GET /health/freecad`` of a worker that runs without the service, as in a container of its own."""

from __future__ import annotations

import http.server
import json
import os
import signal
from functools import cache
from typing import Any

from atolye.kernel.server import preload, probe, system


@cache
def state() -> dict[str, Any]:
    """What the endpoint says; the modules are imported once."""
    said = probe.fitness()
    ok = said["techdraw"] and said["headless_ok"] and all(said["modules"].values())
    return {
        "status": "ok" if ok else "failed",
        "freecad_version": said["freecad"],
        "occt_version": said["occt"],
        "python_version": said["python"],
        "packages": said["packages"],
        "techdraw": said["techdraw"],
        "headless_ok": said["headless_ok"],
        "cgroups": cgroup_limits(),
    }


def cgroup_limits() -> dict[str, int | None]:
    """Limits of the container, read where a container sees its own group."""
    memory = _read("/sys/fs/cgroup/memory.max") or _read("/sys/fs/cgroup/memory/memory.limit_in_bytes")
    quota, _, period = (_read("/sys/fs/cgroup/cpu.max") or "max").partition(" ")
    return {
        "memory_limit_mb": int(memory) >> 20 if memory and memory != "max" else None,
        "cpu_quota": int(quota) if quota != "max" else None,
        "cpu_period": int(period) if quota != "max" else None,
    }


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return None


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.partition("?")[0] != "/health/freecad":
            self.send_error(404)
            return
        found = state()
        body = json.dumps(found).encode()
        self.send_response(200 if found["status"] == "ok" else 503)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Standard output belongs to the job's log."""


def serve_in_child(port: int) -> int:
    """Serve in a process of its own, since this one must keep to one thread; its process id."""
    assert preload.threads() == 1, "a process with threads must not fork"
    pid = os.fork()
    if pid == 0:
        system.die_with_parent(signal.SIGKILL)
        with http.server.ThreadingHTTPServer(("", port), _Handler) as server:
            server.serve_forever()
        os._exit(0)
    return pid

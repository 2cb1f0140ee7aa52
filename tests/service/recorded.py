"""An engine that plays back: it writes a small file for every export asked for and says what a job says.

The HTTP surface is what these tests are about; the real engine has tests of its own.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from atolye.engine.options import Limits
from atolye.engine.outcome import Finished, Usage
from atolye.errors import AtolyeError
from atolye.wire import EXPORT_FILES, Event, Request

BEGINNINGS = {
    "solid.step": b"ISO-10303-21;\n",
    "model.fcstd": b"PK\x03\x04",
    "mesh.3mf": b"PK\x03\x04",
    "preview.glb": b"glTF",
    "picture.png": b"\x89PNG\r\n\x1a\n",
}
METRICS = {"volume_m3": 1.5e-4, "area_m2": 0.0189, "mass_kg": 0.4, "solids": 1, "faces": 7, "edges": 15}
USAGE = Usage(peak_rss_mb=180.0, avg_cpu_pct=90.0, cpu_ms=40.0, wall_ms=45.0, load_average=0.5)


class RecordedEngine:
    """The part of ``engine.Engine`` that a runner uses.

    Attributes:
        gate: while it is cleared, jobs wait in the engine.
        code: when set, jobs fail with that code.
    """

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.code: str | None = None
        self.runs = 0

    def run(
        self,
        request: Request,
        folder: Path,
        *,
        on_event: Callable[[Event], None] | None = None,
        limits: Limits | None = None,
        inputs: Mapping[str, Path] | None = None,
        cancel: Any = None,
    ) -> Finished:
        self.runs += 1
        tell = on_event or (lambda event: None)
        tell({"event": "stage", "stage": "build", "progress": 0.2})
        while not self.gate.wait(0.01):
            if cancel is not None and cancel.is_set():
                raise AtolyeError("CANCELLED", details={"exit_code": 143})
        if self.code is not None:
            raise AtolyeError(self.code)
        artefacts = []
        for export in request["exports"]:
            artefacts.append(self._write(export["kind"], request, folder))
            tell(artefacts[-1])
        result: Event = {
            "event": "result",
            "metrics": METRICS,
            "checks": None,
            "topology": {},
            "parameters": {},
            "timings_ms": {"build": 5.0},
            "provenance": {},
        }
        return Finished(result, tuple(artefacts), (), USAGE, 1, 0.0)

    @staticmethod
    def _write(kind: str, request: Request, folder: Path) -> Event:
        name = EXPORT_FILES[kind]
        content = BEGINNINGS.get(kind, b"") + f"{kind} of {request['design']}\n".encode() * 20
        (folder / name).write_bytes(content)
        return {
            "event": "artefact",
            "kind": kind,
            "file": name,
            "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "metadata": {},
        }

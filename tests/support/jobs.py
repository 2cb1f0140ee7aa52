"""An engine that makes files without geometry, for tests of what happens around an engine."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atolye.errors import AtolyeError
from atolye.jobs.models import LocalCaller
from atolye.jobs.ports import Toolchain
from atolye.wire import EXPORT_FILES, Event, Request

TENANT = "11111111-1111-4111-8111-111111111111"
OTHER_TENANT = "22222222-2222-4222-8222-222222222222"
CALLER = LocalCaller(user_id="33333333-3333-4333-8333-333333333333", tenant_id=TENANT)
STRANGER = LocalCaller(user_id="44444444-4444-4444-8444-444444444444", tenant_id=OTHER_TENANT)
TOOLCHAIN = Toolchain("1.1.3", "7.9.2")

CONTENT = {
    "model.fcstd": b"PK\x03\x04 model",
    "solid.step": b"ISO-10303-21;\nHEADER;",
    "mesh.stl": b"\0" * 84,
    "preview.glb": b"glTF\2\0\0\0",
}
HASHES = [
    {"path": "Cut/Solid1", "kind": "Solid", "hash": "a" * 64},
    {"path": "Cut/Shell1", "kind": "Shell", "hash": "b" * 64},
    *({"path": f"Cut/Face{n}", "kind": "Face", "hash": f"{n:064x}"} for n in range(1, 8)),
    *({"path": f"Cut/Edge{n}", "kind": "Edge", "hash": f"{100 + n:064x}"} for n in range(1, 16)),
    *({"path": f"Cut/Vertex{n}", "kind": "Vertex", "hash": f"{200 + n:064x}"} for n in range(1, 11)),
]
EXPORTER = {"freecad": "1.1.3", "occt": "7.9.2", "python": "3.14.0"}
RESULT: dict[str, Any] = {
    "event": "result",
    "metrics": {"metrics_version": 1, "volume_m3": 1.47644e-4, "solids": 1, "faces": 7, "bbox": None},
    "checks": None,
    "topology": {"algorithm": "atolye-1", "occt": "7.9.2", "count": len(HASHES), "hashes": HASHES,
                 "document_index": [{"name": "Cut", "label": "Cut", "type": "Part::Cut"}]},
    "parameters": {"length": {"value": 100.0, "unit": "mm"}},
    "timings_ms": {"open": 1.0, "build": 2.0},
    "provenance": {"exporter": EXPORTER},
}  # fmt: skip


@dataclass(frozen=True)
class FakeRequest:
    """A canonical request without a design behind it."""

    length: float = 100.0
    flow: str = "params"
    warnings: tuple[dict[str, Any], ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(repr(self.as_dict()).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        return {"family": "block_with_hole", "fields": {"length": self.length}}

    def to_wire(self) -> Request:
        return {
            "wire": 1,
            "flow": self.flow,
            "design": {"family": "block_with_hole", "fields": {"length": self.length}},
            "material": {"key": "al", "density_kg_m3": 2700.0, "rgba": [1, 1, 1, 1]},
            "manufacturing": None,
            "mesh": {"linear_deflection_mm": 0.1, "angular_deflection_deg": 5.0, "relative": False},
            "exports": [{"kind": kind} for kind in CONTENT],
        }


@dataclass(frozen=True)
class FakeUsage:
    def as_dict(self) -> dict[str, float]:
        return {
            "peak_rss_mb": 150.0,
            "avg_cpu_pct": 90.0,
            "cpu_ms": 30.0,
            "wall_ms": 33.0,
            "load_average": 0.5,
        }


@dataclass(frozen=True)
class FakeFinished:
    result: Event
    artefacts: tuple[Event, ...]
    warnings: tuple[Event, ...] = ()
    usage: FakeUsage = FakeUsage()
    attempts: int = 1
    waited_ms: float = 0.1


@dataclass
class FakeEngine:
    """Writes the files of ``content`` and succeeds, fails with ``error``, or waits until it may go on."""

    content: Mapping[str, bytes] = field(default_factory=lambda: dict(CONTENT))
    result: dict[str, Any] = field(default_factory=lambda: dict(RESULT))
    warnings: tuple[Event, ...] = ()
    error: Exception | None = None
    gate: threading.Event | None = None
    extra_events: tuple[Event, ...] = ()
    running: threading.Event = field(default_factory=threading.Event)
    runs: int = 0
    most_at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(
        self,
        request: Request,
        folder: Path,
        *,
        on_event: Callable[[Event], None] | None = None,
        limits: Any | None = None,
        inputs: Mapping[str, Path] | None = None,
        cancel: threading.Event | None = None,
    ) -> FakeFinished:
        with self._lock:
            self.runs += 1
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            return self._run(folder, on_event or (lambda event: None), cancel)
        finally:
            with self._lock:
                self._now -= 1

    def _run(
        self, folder: Path, emit: Callable[[Event], None], cancel: threading.Event | None
    ) -> FakeFinished:
        for stage, progress in (("open", 0.02), ("build", 0.05), ("recompute", 0.1), ("check", 0.4)):
            emit({"event": "stage", "stage": stage, "progress": progress})
        for event in self.extra_events:
            emit(event)
        self.running.set()
        self._wait(cancel)
        if self.error is not None:
            raise self.error
        made = []
        for kind, content in self.content.items():
            (folder / EXPORT_FILES[kind]).write_bytes(content)
            event = {
                "event": "artefact", "kind": kind, "file": EXPORT_FILES[kind], "size_bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(), "metadata": {"tolerances": {"linear": 0.1}},
            }  # fmt: skip
            emit(event)
            made.append(event)
        return FakeFinished(self.result, tuple(made), self.warnings)

    def _wait(self, cancel: threading.Event | None) -> None:
        deadline = time.monotonic() + 20
        while self.gate is not None and not self.gate.is_set():
            if cancel is not None and cancel.is_set():
                raise AtolyeError("CANCELLED", details={"exit_code": 143})
            assert time.monotonic() < deadline, "nobody opened the gate"
            time.sleep(0.002)

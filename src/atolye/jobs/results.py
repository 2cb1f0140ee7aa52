"""What is kept of a finished engine job: metrics, versions, descriptions of its files."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping
from typing import Any, Final

from atolye.artefacts.kinds import KINDS, Kind
from atolye.artefacts.provenance import topology_summary
from atolye.jobs.models import TELEMETRY_KEY
from atolye.wire import Event

ENGINE_KEYS: Final = ("freecad", "freecad_revision", "freecad_hash", "occt", "python", "numpy", "zlib")
_CARRIERS: Final = ("model.fcstd", "solid.step", "solid.brep", "solid.iges")
"""Kinds with exact geometry; the first that a job made carries the rows of its topology's hashes."""


def exporter_of(result: Event) -> dict[str, Any]:
    """The versions that the kernel reports."""
    provenance = result.get("provenance") or {}
    found: dict[str, Any] = provenance.get("exporter") or {}
    return found


def engine_of(result: Event, attempts: int, known: Mapping[str, Any]) -> dict[str, Any]:
    """The engine in ``job.json``: what the service knows, and the versions that made the files."""
    exporter = exporter_of(result)
    return {**known, **{key: exporter[key] for key in ENGINE_KEYS if key in exporter}, "attempts": attempts}


def metrics_of(
    result: Event,
    *,
    request_id: str,
    timings_ms: Mapping[str, float],
    usage: Mapping[str, float],
    cpu_percent_peak: float | None,
    queue: str,
) -> dict[str, Any]:
    """The metrics as they are stored: the part's own, and the run's under ``telemetry``."""
    average = usage.get("avg_cpu_pct")
    return {
        **(result.get("metrics") or {}),
        TELEMETRY_KEY: {
            "request_id": request_id,
            "duration_ms": timings_ms.get("total"),
            "phases_ms": result.get("timings_ms") or {},
            "cpu_s": round(usage.get("cpu_ms", 0.0) / 1000, 6),
            "cpu_percent_average": average,
            # A job that was over before the first sample has its average only.
            "cpu_percent_peak": average if cpu_percent_peak is None else cpu_percent_peak,
            "ram_peak_mb": usage.get("peak_rss_mb"),
            "load_average": usage.get("load_average"),
            "worker": {
                "pid": os.getpid(),
                "hostname": socket.gethostname(),
                "thread_id": threading.get_native_id(),
                "queue": queue,
            },
        },
    }


def metadata_of(kind: Kind, event: Event, result: Event) -> dict[str, Any]:
    """An artefact's metadata: what its exporter said, the toolchain, and what the geometry is."""
    exporter, topology = exporter_of(result), result.get("topology") or {}
    freecad: dict[str, Any] = {"version": exporter.get("freecad")}
    occt: dict[str, Any] = {"version": exporter.get("occt")}
    if kind.exact:
        occt["topology_hashes"] = topology_summary(topology)
    if kind.key == "model.fcstd":
        freecad["document_index"] = topology.get("document_index") or []
    return {**(event.get("metadata") or {}), "freecad": freecad, "occt": occt}


def exporter_version(result: Event) -> str | None:
    """The versions in one line, for the artefact's row."""
    exporter = exporter_of(result)
    if not exporter:
        return None
    return f"freecad {exporter.get('freecad')} occt {exporter.get('occt')}"[:64]


def carrier(events: list[Event]) -> str | None:
    """Kind of the artefact that carries the topology's rows."""
    made = {event["kind"] for event in events}
    return next((kind for kind in _CARRIERS if kind in made and kind in KINDS), None)

"""What Prometheus may know of jobs, the engine, exports and limits.

One registry for the process; the HTTP surface adds its own measures to it. Labels take few values (flows,
states, outcomes, formats, versions), never ids. What touches FreeCAD carries the versions that did the
work, so that a change of engine shows.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

REGISTRY: Final = CollectorRegistry()

SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0, 120.0, 300.0)
"""Bounds of the histograms: from a warm job (30 ms) to the alert for slow generation (five minutes)."""

_ENGINE: Final = ("freecad_version", "occt_version")

_generations = Counter("model_generation", "Jobs that reached a state", ("type", "status"), registry=REGISTRY)
_generation_seconds = Histogram(
    "model_generation_duration_seconds",
    "From taking a job to its end",
    ("type",),
    buckets=SECONDS,
    registry=REGISTRY,
)
_engine_outcomes = Counter(
    "freecad_worker_outcomes", "How engine jobs ended", ("outcome", *_ENGINE), registry=REGISTRY
)
_engine_seconds = Histogram(
    "freecad_worker_duration_seconds",
    "Time of a stage of the engine",
    ("operation", *_ENGINE),
    buckets=SECONDS,
    registry=REGISTRY,
)
_export_seconds = Histogram(
    "export_duration_seconds",
    "Time of writing a file",
    ("format", *_ENGINE),
    buckets=SECONDS,
    registry=REGISTRY,
)
_rate_limited = Counter("rate_limited", "Requests refused by a limit", ("limit",), registry=REGISTRY)
_failures = Counter("failures", "Failures by code", ("code", "component"), registry=REGISTRY)


def count_job(flow: str, state: str) -> None:
    """A job of a flow (``params``, …) has reached a state (``queued``, ``running``, ``succeeded``, …)."""
    _generations.labels(flow, state).inc()


def observe_job(flow: str, seconds: float) -> None:
    """A job has ended, so long after it was taken."""
    _generation_seconds.labels(flow).observe(seconds)


def count_engine_outcome(outcome: str, *, freecad_version: str, occt_version: str) -> None:
    """An engine job has ended: an :data:`atolye.wire.Outcome`."""
    _engine_outcomes.labels(outcome, freecad_version, occt_version).inc()


def observe_engine(operation: str, seconds: float, *, freecad_version: str, occt_version: str) -> None:
    """A stage (``build``, ``recompute``, ``tessellate``, …) of an engine job took so long."""
    _engine_seconds.labels(operation, freecad_version, occt_version).observe(seconds)


def observe_export(file_format: str, seconds: float, *, freecad_version: str, occt_version: str) -> None:
    """Writing one file took so long."""
    _export_seconds.labels(file_format, freecad_version, occt_version).observe(seconds)


def count_rate_limited(limit: str) -> None:
    """A request was refused by a limit (``writes``, ``prompts``, ``reads``)."""
    _rate_limited.labels(limit).inc()


def count_failure(code: str, component: str) -> None:
    """A failure with this code of the catalogue was reported."""
    _failures.labels(code, component).inc()


def exposition() -> tuple[bytes, str]:
    """All measures in Prometheus' text format, and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST

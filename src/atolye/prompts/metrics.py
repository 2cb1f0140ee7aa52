"""What Prometheus may know of the providers; see :mod:`atolye.telemetry.metrics` for the registry."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from atolye.telemetry.metrics import REGISTRY, SECONDS

STATES: Final = {"closed": 0, "half_open": 1, "open": 2}

_latency = Histogram(
    "ai_adapter_latency_seconds",
    "From asking a provider to its answer or failure, one attempt",
    ("provider",),
    buckets=SECONDS,
    registry=REGISTRY,
)
_attempts = Counter(
    "ai_adapter_attempts", "Attempts by how they ended", ("provider", "outcome"), registry=REGISTRY
)
_suggestions = Counter(
    "ai_suggestions", "Prompts by where their answer came from", ("provider", "source"), registry=REGISTRY
)
_circuit = Gauge(
    "ai_adapter_circuit_state",
    "State of a provider's circuit breaker: 0 closed, 1 half open, 2 open",
    ("provider",),
    registry=REGISTRY,
)


def observe_attempt(provider: str, outcome: str, seconds: float) -> None:
    """One attempt has ended: ``answered``, ``timeout``, ``rate_limited``, ``server_error`` …"""
    _latency.labels(provider).observe(seconds)
    _attempts.labels(provider, outcome).inc()


def count_suggestion(provider: str, source: str) -> None:
    """A prompt was answered from ``cache``, by the ``model``, or ``failed``."""
    _suggestions.labels(provider, source).inc()


def circuit_is(provider: str, state: str) -> None:
    """A circuit breaker has a new state."""
    _circuit.labels(provider).set(STATES[state])

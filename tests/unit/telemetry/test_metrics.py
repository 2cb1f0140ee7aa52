"""What is counted can be read by Prometheus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from atolye.telemetry import metrics

ENGINE = {"freecad_version": "1.1.3", "occt_version": "7.9.2"}


def sample(name: str, **labels: str) -> float:
    """The value of a sample as a scraper reads it; 0 before the first count."""
    text = metrics.exposition()[0].decode()
    found = [
        item.value
        for family in text_string_to_metric_families(text)
        for item in family.samples
        if item.name == name and item.labels == labels
    ]
    assert len(found) <= 1
    return found[0] if found else 0.0


COUNTS: list[tuple[Callable[[], None], str, dict[str, str]]] = [
    (
        lambda: metrics.count_job("params", "succeeded"),
        "model_generation_total",
        {"type": "params", "status": "succeeded"},
    ),
    (
        lambda: metrics.count_engine_outcome("timeout", **ENGINE),
        "freecad_worker_outcomes_total",
        {"outcome": "timeout", **ENGINE},
    ),
    (lambda: metrics.count_rate_limited("writes"), "rate_limited_total", {"limit": "writes"}),
    (
        lambda: metrics.count_failure("FC_MESH_FAILED", "freecad"),
        "failures_total",
        {"code": "FC_MESH_FAILED", "component": "freecad"},
    ),
]
DURATIONS: list[tuple[Callable[[], None], str, dict[str, str]]] = [
    (lambda: metrics.observe_job("params", 0.03), "model_generation_duration_seconds", {"type": "params"}),
    (
        lambda: metrics.observe_engine("build", 0.03, **ENGINE),
        "freecad_worker_duration_seconds",
        {"operation": "build", **ENGINE},
    ),
    (
        lambda: metrics.observe_export("step", 0.03, **ENGINE),
        "export_duration_seconds",
        {"format": "step", **ENGINE},
    ),
]


@pytest.mark.parametrize(("count", "name", "labels"), COUNTS, ids=[row[1] for row in COUNTS])
def test_a_count_shows_in_the_exposition(
    count: Callable[[], None], name: str, labels: dict[str, str]
) -> None:
    before = sample(name, **labels)
    count()
    assert sample(name, **labels) == before + 1


@pytest.mark.parametrize(("observe", "name", "labels"), DURATIONS, ids=[row[1] for row in DURATIONS])
def test_a_duration_lands_in_its_bucket(
    observe: Callable[[], None], name: str, labels: dict[str, str]
) -> None:
    below = sample(f"{name}_bucket", le="0.025", **labels)
    within = sample(f"{name}_bucket", le="0.05", **labels)
    observe()
    assert sample(f"{name}_bucket", le="0.025", **labels) == below
    assert sample(f"{name}_bucket", le="0.05", **labels) == within + 1


def test_the_content_type_is_the_one_of_prometheus() -> None:
    assert metrics.exposition()[1].startswith("text/plain; version=")

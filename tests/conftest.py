"""Fixtures that several kinds of tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from atolye.engine import Engine, EngineOptions


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The installed engine, started once a process. One that is missing is a failure, never a skip."""
    with Engine(EngineOptions()) as running:
        yield running

"""Fixtures that several kinds of tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from atolye.engine import Engine, EngineOptions
from atolye.wire import Request
from tests.support.engine_jobs import BLOCK, plant, request_for


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The installed engine, started once a process. One that is missing is a failure, never a skip."""
    with Engine(EngineOptions()) as running:
        yield running


@pytest.fixture
def block() -> Request:
    """A block of 100 × 50 × 30 mm with a hole of 10 mm."""
    return request_for("block_with_hole", BLOCK)


@pytest.fixture(scope="session")
def planted_kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the kernel in which the builder of spheres is an attacker's."""
    folder = tmp_path_factory.mktemp("planted")
    plant(folder)
    return folder


@pytest.fixture(scope="session")
def planted_engine(planted_kernel: Path) -> Iterator[Engine]:
    """An engine whose jobs can be hostile; tenants share it as they share one in real life."""
    with Engine(EngineOptions(kernel_path=planted_kernel, max_concurrent=4)) as running:
        yield running


@pytest.fixture
def attack_request() -> Callable[..., Request]:
    """A request that runs one of the attacks of ``engine/hostile_builder.py``."""

    def make(attack: str, **fields: Any) -> Request:
        return request_for("sphere", {"attack": attack, "diameter": 10.0, **fields}, ("mesh.stl",))

    return make

"""Requests for the engine, and an engine with hostile code in place of one of the kernel's builders."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import atolye
from atolye.engine import Engine, EngineOptions
from atolye.wire import WIRE_VERSION, Request

HOSTILE_BUILDER = Path(__file__).parent / "hostile_builder.py"
BLOCK: dict[str, float] = {"length": 100.0, "width": 50.0, "height": 30.0, "hole_diameter": 10.0}
EXPORTS = ("model.fcstd", "solid.step", "mesh.stl", "preview.glb")


def request_for(family: str, fields: dict[str, Any], exports: tuple[str, ...] = EXPORTS) -> Request:
    """A request as the service would send it."""
    return Request(
        wire=WIRE_VERSION,
        flow="params",
        design={"family": family, "fields": fields},
        material={"key": "en_aw_6061_t6", "density_kg_m3": 2700.0, "rgba": [0.8, 0.8, 0.82, 1.0]},
        manufacturing=None,
        mesh={"linear_deflection_mm": 0.1, "angular_deflection_deg": 5.0, "relative": False},
        exports=[{"kind": kind} for kind in exports],
    )


@pytest.fixture
def block() -> Request:
    """A block of 100 × 50 × 30 mm with a hole of 10 mm."""
    return request_for("block_with_hole", BLOCK)


@pytest.fixture(scope="session")
def planted_kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the kernel in which the builder of spheres is an attacker's."""
    folder = tmp_path_factory.mktemp("planted")
    package = Path(atolye.__file__).parent
    target = folder / "atolye"
    shutil.copytree(package / "kernel", target / "kernel", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "wire.py"):
        shutil.copy(package / name, target / name)
    shutil.copy(HOSTILE_BUILDER, target / "kernel/build/sphere.py")
    return folder


@pytest.fixture(scope="session")
def planted_engine(planted_kernel: Path) -> Iterator[Engine]:
    """An engine whose jobs can be hostile; tenants share it as they share one in real life."""
    with Engine(EngineOptions(kernel_path=planted_kernel, max_concurrent=4)) as running:
        yield running


@pytest.fixture
def attack_request() -> Callable[..., Request]:
    """A request that runs one of the attacks of ``hostile_builder.py``."""

    def make(attack: str, **fields: Any) -> Request:
        return request_for("sphere", {"attack": attack, "diameter": 10.0, **fields}, ("mesh.stl",))

    return make

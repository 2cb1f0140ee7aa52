"""Requests for the engine, and a kernel with hostile code in place of one of its builders."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import atolye
from atolye.wire import WIRE_VERSION, Request

HOSTILE_BUILDER = Path(__file__).parents[1] / "engine/hostile_builder.py"
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


def plant(folder: Path) -> None:
    """Put a copy of the kernel into a folder in which the builder of spheres is an attacker's."""
    package = Path(atolye.__file__).parent
    target = folder / "atolye"
    shutil.copytree(package / "kernel", target / "kernel", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "wire.py"):
        shutil.copy(package / name, target / name)
    shutil.copy(HOSTILE_BUILDER, target / "kernel/build/sphere.py")

"""Which module writes which kind of export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from atolye.kernel.exchange import brep, fcstd, glb, iges, obj, parameters, png, step, stl, svg, threemf
from atolye.kernel.exchange.model import Metadata, Model, Options

Writer = Callable[[Model, str, Options], Metadata]

WRITERS: Final[dict[str, Writer]] = {
    "model.fcstd": fcstd.write,
    "solid.step": step.write,
    "solid.iges": iges.write,
    "solid.brep": brep.write,
    "mesh.stl": stl.write,
    "mesh.obj": obj.write,
    "mesh.3mf": threemf.write,
    "preview.glb": glb.write,
    "picture.png": png.write,
    "picture.svg": svg.write,
    "parameters.json": parameters.write,
}

FAILURE_CODES: Final[dict[str, str]] = {
    "solid.step": "FC_EXPORT_STEP_FAILED",
    "mesh.stl": "FC_EXPORT_STL_FAILED",
}
"""Code of a writer's failure; ``FC_EXPORT_FAILED`` for the rest."""

PICTURES: Final = frozenset({"picture.png", "picture.svg"})
"""Exports whose failure is a warning: a model without its picture is still a model."""

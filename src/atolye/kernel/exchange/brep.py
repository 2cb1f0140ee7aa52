"""OCCT's own text format of the exact shape."""

from __future__ import annotations

from atolye.kernel.exchange.model import Metadata, Model, Options


def write(model: Model, path: str, options: Options) -> Metadata:
    """Writes the shape without its triangles, so that the bytes do not depend on what else was asked for."""
    model.shape.cleaned().exportBrep(path)
    return {"options": {"unit": "mm", "triangulation": False}}

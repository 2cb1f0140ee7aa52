"""Wavefront OBJ: the shared tessellation in millimetres, Z up, without normals or materials."""

from __future__ import annotations

import numpy as np

from atolye.kernel.exchange.model import Metadata, Model, Options


def write(model: Model, path: str, options: Options) -> Metadata:
    """Writes the file; nine significant digits carry single precision exactly."""
    mesh = model.tessellation
    with open(path, "w", encoding="ascii", newline="\n") as file:
        file.write("# unit: millimetre, Z up\no model\n")
        np.savetxt(file, mesh.points, fmt="v %.9g %.9g %.9g")
        np.savetxt(file, mesh.triangles + 1, fmt="f %d %d %d")
    return {"options": {"unit": "mm"}, "mesh": mesh.parameters, "triangles": len(mesh.triangles)}

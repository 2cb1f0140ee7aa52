"""Binary STL: the shared tessellation in single precision, millimetres."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from atolye.kernel.exchange.model import Metadata, Model, Options

HEADER: Final = b"binary STL, unit: millimetre".ljust(80)
"""Always the same 80 bytes; must not begin with ``solid``, or readers take the file for text."""

_FACET: Final = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


def write(model: Model, path: str, options: Options) -> Metadata:
    """Writes the file; triangles in the order of the shape's faces."""
    mesh = model.tessellation
    facets: Any = np.zeros(len(mesh.triangles), dtype=_FACET)
    facets["normal"] = np.round(mesh.triangle_normals, 7) + 0.0  # + 0.0: no -0.0
    facets["corners"] = mesh.points[mesh.triangles]
    with open(path, "wb") as file:
        file.write(HEADER)
        file.write(len(facets).to_bytes(4, "little"))
        file.write(facets.tobytes())
    return {"options": {"binary": True, "unit": "mm"}, "mesh": mesh.parameters, "triangles": len(facets)}

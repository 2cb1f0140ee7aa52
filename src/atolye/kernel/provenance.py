"""Versions of everything that can change a byte of an export."""

from __future__ import annotations

import platform
import zlib
from functools import cache

import FreeCAD as App
import numpy as np
import Part


@cache
def exporter() -> dict[str, str]:
    """Name to version, for the metadata of every artefact."""
    version = App.Version()
    return {
        "freecad": ".".join(version[:3]),
        "freecad_revision": version[3],
        "freecad_hash": version[7] if len(version) > 7 else "",
        "occt": Part.OCC_VERSION,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }

"""FreeCAD's preferences and OCCT's switches, set once a process and before anything is built.

After :func:`prepare` OCCT starts no thread of its own: its thread pool is made with one worker, the caller.
Booleans and meshing may then run in a process that forks later.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from typing import Any, Final

import FreeCAD as App

MESH_ALGORITHM: Final = "delabella"
"""OCCT's triangulation of a face. On a plate with 400 holes it takes 1.5 s where the default (Watson)
takes 26 s; both are deterministic and give the same number of triangles there."""

FALLBACK_MESH_ALGORITHM: Final = "watson"

_PREFERENCES: Final[tuple[tuple[str, str, Any], ...]] = (
    ("Units", "UserSchema", 0),  # standard: mm, kg, s, °
    ("Units", "Decimals", 2),
    ("Document", "SaveBackupFiles", False),
    ("Document", "SaveThumbnail", False),
    ("Document", "CompressionLevel", 0),  # repacked uncompressed anyway
    ("Mod/Part/STEP", "Scheme", "AP214IS"),
    ("Mod/Part/General", "WriteSurfaceCurveMode", False),
    ("Mod/Part", "enableParallel", False),
    ("Mod/Mesh", "MaxDeviationExport", 0.1),
)
"""Group below ``BaseApp/Preferences``, name, value."""


@cache
def prepare() -> dict[str, Any]:
    """Sets everything, once a process, and says what was set; goes into the provenance."""
    for group, name, value in _PREFERENCES:
        _set(App.ParamGet(f"User parameter:BaseApp/Preferences/{group}"), name, value)
    use_mesh_algorithm(MESH_ALGORITHM)
    return {
        "parallel_boolean": False,
        "parallel_mesh": False,
        "occt_threads": _limit_threads(),
        "preferences": {f"{group}/{name}": value for group, name, value in _PREFERENCES},
    }


def use_mesh_algorithm(name: str) -> None:
    """Chooses OCCT's triangulation for the next tessellations; OCCT reads the variable each time."""
    os.environ["CSF_MeshAlgo"] = name  # noqa: SIM112 - OCCT spells it so


def _set(group: Any, name: str, value: Any) -> None:
    if isinstance(value, bool):
        group.SetBool(name, value)
    elif isinstance(value, int):
        group.SetInt(name, value)
    elif isinstance(value, float):
        group.SetFloat(name, value)
    else:
        group.SetString(name, value)


def _limit_threads() -> int:
    """Makes OCCT's default thread pool with the calling thread only.

    FreeCAD asks for parallel booleans in code that no preference reaches; with such a pool they run in
    the thread that asks. The pool is made at its first use; one that already has threads ends them here.
    """
    kernel = ctypes.CDLL(_library("libTKernel.so"))
    pool = kernel._ZN14OSD_ThreadPool11DefaultPoolEi  # OSD_ThreadPool::DefaultPool(int)
    pool.argtypes = [ctypes.c_int]
    pool.restype = ctypes.POINTER(ctypes.c_void_p)  # a reference to the handle, which is one pointer
    resize = kernel._ZN14OSD_ThreadPool4InitEi  # OSD_ThreadPool::Init(int): for a pool made before
    resize.argtypes = [ctypes.c_void_p, ctypes.c_int]
    resize.restype = None
    resize(pool(1)[0], 1)
    kernel._ZN12OSD_Parallel17SetUseOcctThreadsEb(ctypes.c_bool(True))  # the pool, not TBB
    return 1


def _library(stem: str) -> str:
    """The loaded library's soname: FreeCAD links a versioned one, and no other must be opened."""
    import Part

    version = ".".join(Part.OCC_VERSION.split(".")[:2])
    return f"{stem}.{version}"

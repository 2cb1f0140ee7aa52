"""What the server imports and touches once, so that no job pays for it.

Nothing that the server does may start a thread: a process with threads cannot fork. Booleans, meshing and
tessellation can start some, so they are left to the jobs.
"""

from __future__ import annotations

import gc
import glob
import importlib
import os
import pkgutil
import shutil
import sys
import tempfile
from typing import Any, Final

from atolye.wire import WIRE_VERSION

_FREECAD: Final = ("/usr/lib/freecad-python3/lib", "/usr/share/freecad/Mod", "/usr/share/freecad/Ext")
_MODULES: Final = ("FreeCAD", "Part", "Import", "Mesh", "Sketcher", "PartDesign", "Spreadsheet", "numpy")
_SLOW_MODULES: Final = ("MeshPart",)  # half a second; worth it where many jobs share it
_REHEARSAL: Final[dict[str, Any]] = {
    "wire": WIRE_VERSION,
    "flow": "params",
    "design": {
        "family": "block_with_hole",
        "fields": {"length": 9.0, "width": 9.0, "height": 9.0, "hole_diameter": 2.0},
    },
    "material": {"key": "rehearsal", "density_kg_m3": 1000.0, "rgba": [0.5, 0.5, 0.5, 1.0]},
    "manufacturing": None,
    "mesh": {"linear_deflection_mm": 0.1, "angular_deflection_deg": 5.0, "relative": False},
    "exports": [{"kind": kind} for kind in ("model.fcstd", "solid.step", "mesh.stl", "preview.glb")],
}
_NOT_FOR_JOBS: Final = ("atolye.kernel.server", "atolye.kernel.worker_script")


def threads() -> int:
    """Threads of this process."""
    return len(os.listdir("/proc/self/task"))


def arrange_paths() -> None:
    """Let FreeCAD's modules be found, those of its workbenches in a fixed order."""
    sys.path[:0] = [*_FREECAD, *sorted(glob.glob("/usr/share/freecad/Mod/*"))]


def load(*, everything: bool) -> None:
    """Import FreeCAD and the kernel's modules.

    Args:
        everything: also what is slow to import and only some jobs need.
    """
    arrange_paths()
    for name in (*_MODULES, *(_SLOW_MODULES if everything else ())):
        importlib.import_module(name)
    kernel = importlib.import_module("atolye.kernel")
    for module in pkgutil.walk_packages(kernel.__path__, "atolye.kernel."):
        if not module.name.startswith(_NOT_FOR_JOBS) and not module.name.endswith(".__main__"):
            importlib.import_module(module.name)


def touch() -> None:
    """Pay once for the first document and the first object of each kind; nothing of it stays."""
    import FreeCAD
    import Part

    document = FreeCAD.newDocument("warm")
    document.addObject("Part::Feature", "Feature")
    body = document.addObject("PartDesign::Body", "Body")
    sketch = body.newObject("Sketcher::SketchObject", "Sketch")
    sketch.addGeometry(Part.LineSegment(FreeCAD.Vector(0, 0, 0), FreeCAD.Vector(1, 0, 0)), False)
    sketch.solve()
    document.addObject("Spreadsheet::Sheet", "Sheet")
    FreeCAD.closeDocument(document.Name)


def settle() -> None:
    """Move everything that lives now out of the collector's sight, so that forks share its pages."""
    gc.collect()
    gc.freeze()


def warm_up(*, thorough: bool) -> None:
    """What a jailed job does while it waits; leaves nothing that a result could depend on.

    After a fork most of a first job's extra time goes into page faults, so only the job's own process can
    warm itself.

    Args:
        thorough: rehearse a whole small job; else touch the geometry kernel only, where an order is waiting.
    """
    if thorough:
        _rehearse()
        return
    import FreeCAD
    import Part

    shape = Part.makeBox(9, 9, 9).cut(Part.makeCylinder(1, 9, FreeCAD.Vector(4, 4, 0)))
    shape.tessellate(0.1)


def _rehearse() -> None:
    from atolye.kernel import pipeline

    folder = tempfile.mkdtemp()
    pipeline.run(_REHEARSAL, folder, lambda _event: None)
    shutil.rmtree(folder)


def versions() -> dict[str, Any]:
    """What runs here: of FreeCAD, its geometry kernel and Python."""
    import FreeCAD
    import Part

    version = FreeCAD.Version()
    return {
        "freecad": ".".join(version[:3]),
        "freecad_revision": version[3],
        "freecad_hash": version[7] if len(version) > 7 else "",
        "occt": Part.OCC_VERSION,
        "python": ".".join(str(part) for part in sys.version_info[:3]),
    }

"""Says whether this engine is fit: ``python3 -m atolye.kernel.server.probe`` prints one JSON object.

It imports modules and makes an empty document, nothing more; no window is opened.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
from typing import Any, Final

from atolye.kernel.server import jail, preload

MODULES: Final = (
    "FreeCAD", "Part", "Mesh", "MeshPart", "Import", "Sketcher", "PartDesign", "Spreadsheet", "TechDraw",
    "numpy", "vtkmodules.vtkCommonCore",
)  # fmt: skip
PACKAGES: Final = ("numpy", "trimesh", "psutil", "ezdxf", "ifcopenshell", "vtk")


def importable(name: str) -> bool:
    try:
        importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - a broken module may raise anything
        print(f"{name}: {error!r}", file=sys.stderr)
        return False
    return True


def package_version(name: str) -> str | None:
    """Installed version; Debian gives some packages a module but no metadata."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
    try:
        return str(importlib.import_module(name).__version__)
    except (ImportError, AttributeError):
        return None


def headless_document() -> bool:
    """Whether a document can be made and closed without a window."""
    import FreeCAD

    try:
        document = FreeCAD.newDocument("probe")
        FreeCAD.closeDocument(document.Name)
    except Exception as error:  # noqa: BLE001 - whatever FreeCAD raises, the answer is no
        print(f"headless document: {error!r}", file=sys.stderr)
        return False
    return not FreeCAD.GuiUp


def fitness() -> dict[str, Any]:
    """Versions, modules and packages, and whether documents work without a screen."""
    preload.arrange_paths()
    modules = {name: importable(name) for name in MODULES}
    return {
        **preload.versions(),
        "modules": modules,
        "packages": {name: package_version(name) for name in PACKAGES},
        "techdraw": modules["TechDraw"],
        "headless_ok": headless_document(),
    }


def probe() -> dict[str, Any]:
    """The fitness, and which walls can be put around a job here."""
    fit = fitness()
    confinement = jail.prepare("/job", "/run/code")
    return {
        **fit,
        "profile": confinement.profile,
        "landlock_abi": confinement.landlock_abi,
        "threads": preload.threads(),
    }


if __name__ == "__main__":
    print(json.dumps(probe()))

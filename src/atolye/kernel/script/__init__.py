"""Somebody's FreeCAD script: run without trust, measured by another process.

``run`` executes the script in the narrow jail and leaves a BREP and a document behind. Nothing that this
process says of them is believed: ``finish`` opens both in a second process, which has never seen the
script, checks them and goes on as with any other part.
"""

from __future__ import annotations

import importlib
import re
from typing import Any, Final

from atolye.kernel import seed

FLOW: Final = "script"
FINISH: Final = "finish"

_LATE_MODULES: Final = (
    "PartEnums",  # makeCompound; it crashes when it cannot import it
    "AttachmentEditor",
    "BOPTools.GeneralFuseResult",
    "BOPTools.JoinAPI",
    "BOPTools.JoinFeatures",
    "BOPTools.ShapeMerge",
    "BOPTools.SplitAPI",
    "BOPTools.SplitFeatures",
    "BOPTools.Utils",
    "BasicShapes.ShapeContent",
    "BasicShapes.Shapes",
    "CompoundTools.CompoundFilter",
    "CompoundTools.Explode",
)
"""What FreeCAD's own modules import when they need it, which would be too late."""

_SLOW_MODULES: Final = {"Draft": ("Draft", "DraftVecUtils", "DraftGeomUtils", "WorkingPlane")}
"""What takes too long to be loaded for every job, by the word that tells that a script needs it."""


def is_untrusted(request: Any) -> bool:
    """Whether serving the request runs code that came with it."""
    return isinstance(request, dict) and request.get("flow") == FLOW


def prepare(request: dict[str, Any]) -> list[str]:
    """Loads what the script may import, while the engine can still be read; the files it needs later."""
    for name in _LATE_MODULES:
        importlib.import_module(name)
    source = str(request["script"]["source"])
    for word, modules in _SLOW_MODULES.items():
        if re.search(rf"\b{word}\b", source):
            for name in modules:
                importlib.import_module(name)
    return [seed.PATH]

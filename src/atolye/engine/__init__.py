"""The engine seen from outside: FreeCAD in a sandbox, one process per job.

:class:`Engine` runs jobs. ``install`` puts the engine on the machine, ``doctor`` says whether it is fit,
``fingerprint`` names everything that can change a byte of what it makes.
"""

from __future__ import annotations

from atolye.engine.client import Engine
from atolye.engine.options import EngineOptions, Limits
from atolye.engine.outcome import Finished, Usage
from atolye.engine.server import EngineFacts

__all__ = ["Engine", "EngineFacts", "EngineOptions", "Finished", "Limits", "Usage"]

"""What can be chosen about the engine and about one job on it."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Mode = Literal["prefork", "fork", "oneshot"]
"""``prefork``: jobs wait warmed up. ``fork``: forked when asked for. ``oneshot``: a new engine process for
every job, for diagnosis. All three give the same bytes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use; over any of it the job is ended with an error of its own."""

    wall_s: float = 20.0
    cpu_s: float = 40.0
    """Processor time of all threads together."""
    memory_mb: int = 2048
    """Resident memory, FreeCAD itself (about 150 MB) included; a job is ended at 95 % of it."""
    file_mb: int = 256
    """Longest file, in the job's folder and brought out of it."""
    disk_mb: int = 512
    """Everything in the job's folder together."""
    inodes: int = 2000
    threads: int = 64
    """More at once and the job is ended: by their number it would take other jobs' share of the processor."""
    nice: int = 0
    metrics_interval_s: float = 2.0
    """Time between two ``resource`` events."""

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How the engine runs.

    Args:
        root: folder of the engine; ``None`` is the installed one, ``/`` this very system (in an image).
        kernel_path: folder with the package ``atolye`` whose kernel runs; ``None`` is this installation.
        outer: the wall around the fork server; ``auto`` is bubblewrap unless the root is ``/``.
        namespaces: let every job have namespaces of its own where the host allows it.
    """

    root: Path | None = None
    kernel_path: Path | None = None
    mode: Mode = "prefork"
    outer: Literal["auto", "bubblewrap", "none"] = "auto"
    namespaces: bool = True
    warm: int = 2
    """Jobs that wait warmed up."""
    max_concurrent: int = field(default_factory=lambda: max(2, os.cpu_count() or 1))
    """Jobs that run at once; further calls wait."""
    limits: Limits = field(default_factory=Limits)
    start_timeout_s: float = 90.0
    recycle_after_s: float = 3600.0
    recycle_above_mb: float = 1024.0
    """Resident memory of the fork server above which it is replaced."""

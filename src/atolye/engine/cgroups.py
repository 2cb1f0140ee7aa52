"""Limits that a control group (of a container, a unit, a batch system) puts on this process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ROOT: Final = Path("/sys/fs/cgroup")
_UNLIMITED_BYTES: Final = 1 << 60  # version 1 writes a huge number where there is no limit


@dataclass(frozen=True, slots=True)
class CgroupLimits:
    """``None`` where there is no limit."""

    memory_limit_mb: int | None
    cpu_quota: int | None
    """Microseconds of processor time in every period."""
    cpu_period: int | None
    """Length of a period in microseconds."""


def read(own: Path = Path("/proc/self/cgroup"), root: Path = _ROOT) -> CgroupLimits:
    """The limits of this process's own group, in the unified hierarchy or in the old ones."""
    paths = _paths(own)
    memory = _first(
        _file(root, paths, "", "memory.max"),
        _file(root / "memory", paths, "memory", "memory.limit_in_bytes"),
    )
    quota, period = _processor(root, paths)
    return CgroupLimits(_megabytes(memory), quota, period)


def _paths(own: Path) -> dict[str, str]:
    """Controller to group; the unified hierarchy has the empty name."""
    try:
        lines = own.read_text(encoding="ascii").splitlines()
    except OSError:
        return {}
    found = {}
    for line in lines:
        _, names, path = line.split(":", 2)
        found.update(dict.fromkeys(names.split(","), path.lstrip("/")))
    return found


def _file(hierarchy: Path, paths: dict[str, str], controller: str, name: str) -> str | None:
    """Content of a group's file; in a container the group's own path may be mounted as the root."""
    for folder in (hierarchy / paths.get(controller, ""), hierarchy):
        try:
            return (folder / name).read_text(encoding="ascii").strip()
        except OSError:
            continue
    return None


def _processor(root: Path, paths: dict[str, str]) -> tuple[int | None, int | None]:
    unified = _file(root, paths, "", "cpu.max")
    if unified is not None:
        quota, period = unified.split()
    else:
        quota = _file(root / "cpu", paths, "cpu", "cpu.cfs_quota_us") or "-1"
        period = _file(root / "cpu", paths, "cpu", "cpu.cfs_period_us") or "-1"
    limited = quota not in ("max", "-1")
    return (int(quota) if limited else None, int(period) if limited else None)


def _first(*values: str | None) -> str | None:
    return next((value for value in values if value is not None), None)


def _megabytes(text: str | None) -> int | None:
    if text is None or text == "max" or int(text) >= _UNLIMITED_BYTES:
        return None
    return int(text) >> 20

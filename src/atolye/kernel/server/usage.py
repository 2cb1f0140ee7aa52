"""What a process and all it has started are using, read from /proc."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Final

_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_MEBIBYTE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a process tree; all zero when it is gone."""

    rss_mb: float = 0.0
    cpu_s: float = 0.0
    threads: int = 0


def tree(pid: int) -> list[int]:
    """The process and its descendants."""
    found = [pid]
    for parent in found:
        try:
            for thread in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{thread}/children", "rb") as file:
                    found.extend(int(child) for child in file.read().split())
        except OSError:  # it has just ended
            continue
    return found


def _cpu_s(pid: int) -> float:
    """Processor time of all threads that a process has or had, and not of its children."""
    # another process's clock, as clock_getcpuclockid(3) makes it: exact, where /proc counts in 10 ms ticks
    return time.clock_gettime((~pid << 3) | 2)


def _of_one(pid: int) -> Sample:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        cpu_s = _cpu_s(pid)
    except OSError:
        return Sample()
    # proc(5) counts from 1, the name is 2: cutime 16, cstime 17, threads 20, rss 24
    of_children_s = sum(int(ticks) for ticks in fields[13:15]) / _TICKS_PER_SECOND
    return Sample(int(fields[21]) * _PAGE_BYTES / _MEBIBYTE, cpu_s + of_children_s, int(fields[17]))


def sample(pid: int) -> Sample:
    """Memory, processor time and threads of a process tree now."""
    parts = [_of_one(member) for member in tree(pid)]
    return Sample(
        sum(part.rss_mb for part in parts),
        sum(part.cpu_s for part in parts),
        sum(part.threads for part in parts),
    )


def _status_mb(pid: int, field: bytes) -> float:
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            for line in file:
                if line.startswith(field):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def peak_rss_mb(pid: int) -> float:
    """Highest resident size of one living process so far, 0 when it is gone."""
    return _status_mb(pid, b"VmHWM:")


def address_space_mb(pid: int) -> float:
    return _status_mb(pid, b"VmSize:")

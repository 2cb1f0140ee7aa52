"""Which process has a job in its hands, and whether that process still lives."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

LEASE: Final = timedelta(seconds=60)
"""How long an owner that cannot be asked (another host, another container) counts as alive."""
RENEWAL_S: Final = 15.0


@cache
def _place() -> str:
    """This host since its last start, and this namespace of process ids."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    namespace = os.stat("/proc/self/ns/pid").st_ino  # noqa: PTH116
    return f"{socket.gethostname()[:64]}|{boot}|{namespace}"


def _started(pid: int) -> str | None:
    """When a process started, in clock ticks since boot; none when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    # Field 3 is the state, field 22 the start time; a zombie does no work any more.
    return None if fields[0] in ("Z", "X") else fields[19]


def owner_of_this_process() -> str:
    """A new owner's name; no two services have the same, even in one process."""
    return f"{_place()}|{os.getpid()}|{_started(os.getpid())}|{secrets.token_hex(4)}"


def is_dead(owner: str | None, lease_until: datetime | None, now: datetime) -> bool:
    """Whether nobody works on what this owner has.

    On this machine the process is looked up, elsewhere the lease decides.
    """
    if owner is None:
        return True
    place, pid, started, _ = owner.rsplit("|", 3)
    if place == _place():
        return _started(int(pid)) != started
    host, boot, _ = place.rsplit("|", 2)
    own_host, own_boot, _ = _place().rsplit("|", 2)
    if host == own_host and boot != own_boot:
        return True  # this machine was restarted since
    return lease_until is None or lease_until < now

"""A job's process as its supervisor sees it."""

from __future__ import annotations

import contextlib
import math
import os
import resource
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from atolye.kernel.server import child, jail, system, usage
from atolye.kernel.server.order import Limits, Order

_DEFAULT_DISK_BYTES: Final = 256 << 20
_DEFAULT_INODES: Final = 2000
_ADDRESS_SPACE_SLACK_MB: Final = 512
"""Address space beyond the memory limit: allocators and thread stacks reserve more than they touch."""
_MEBIBYTE: Final = 1 << 20
_IO_PRIORITY: Final = 6


@dataclass(slots=True)
class Job:
    """The forked, jailed process and the ends of its pipes that its supervisor holds."""

    pid: int
    folder: str
    events: int
    request: int
    log: int
    own_namespaces: bool
    status: int | None = None
    """Wait status, once it has been collected."""
    spent: resource.struct_rusage | None = None
    """What it used in its whole life, known together with the status."""

    def poll(self) -> bool:
        """Collect the process if it has ended."""
        if self.status is None:
            pid, status, spent = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.status, self.spent = status, spent
        return self.status is not None

    def wait(self, seconds: float) -> bool:
        """Whether it ended within that time."""
        deadline = time.monotonic() + seconds
        while not self.poll():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)
        return True

    def kill(self) -> None:
        """SIGKILL for the whole tree. Of a pid namespace's first process all the rest die with it."""
        if self.status is None:
            for pid in reversed(usage.tree(self.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def bury(self) -> None:
        """Kill, collect, and remove what it leaves."""
        self.kill()
        if self.status is None:
            self.status = os.waitpid(self.pid, 0)[1]
        if not self.own_namespaces:  # else the tmpfs goes with the last process that sees it
            shutil.rmtree(self.folder, ignore_errors=True)


def start(confinement: jail.Jail, warm_up: Callable[[], None]) -> Job:
    """Fork a job into its jail; it warms itself up and then waits for a request.

    The calling process enters the job's user and mount namespaces, so it can do this once.
    """
    folder = confinement.folder_of(os.getpid())
    if confinement.own_namespaces:
        jail.enter_namespaces()
        jail.mount_folder(folder, _DEFAULT_DISK_BYTES, _DEFAULT_INODES)
    else:
        os.mkdir(folder, 0o700)
    events, events_end = os.pipe()
    request_end, request = os.pipe()
    log, log_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        child.main(confinement, folder, events_end, request_end, log_end, warm_up)
    for end in (events_end, request_end, log_end):
        os.close(end)
    return Job(pid, folder, events, request, log, confinement.own_namespaces)


def apply_limits(job: Job, limits: Limits) -> None:
    """Set what this job may use, before it gets its request."""
    # soft = hard: a namespace's first process ignores SIGXCPU, which the soft limit sends, but not SIGKILL
    cpu_s = math.ceil(usage.sample(job.pid).cpu_s + limits.cpu_s)
    address_space = usage.address_space_mb(job.pid) + limits.memory_mb + _ADDRESS_SPACE_SLACK_MB
    for kind, amount in (
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_AS, int(address_space * _MEBIBYTE)),
        (resource.RLIMIT_FSIZE, limits.file_mb * _MEBIBYTE),
    ):
        resource.prlimit(job.pid, kind, (amount, amount))
    if limits.nice:
        os.setpriority(os.PRIO_PROCESS, job.pid, limits.nice)
        system.set_io_priority(job.pid, _IO_PRIORITY)
    if job.own_namespaces:
        jail.resize_folder(job.folder, limits.disk_mb * _MEBIBYTE, limits.inodes)


def hand_over(job: Job, order: Order) -> None:
    """Copy the inputs into the job's folder and give it the request."""
    for name, descriptor in order.inputs.items():
        path = os.path.join(job.folder, child.INPUTS_FOLDER, name)
        with open(path, "wb") as target, open(descriptor, "rb") as source:
            shutil.copyfileobj(source, target, 1 << 20)
    data = memoryview(child.REQUEST_LENGTH.pack(len(order.request)) + order.request)
    while data:
        data = data[os.write(job.request, data) :]
    os.close(job.request)

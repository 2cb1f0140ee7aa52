"""One process per job: starts it, hands it its request, watches it, brings its results out, buries it."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, Final, NoReturn

from atolye.kernel.server import collect, job, order, system
from atolye.kernel.server.child import READY
from atolye.kernel.server.jail import Jail
from atolye.kernel.server.link import Link
from atolye.kernel.server.watch import Verdict, Watch

_START_S: Final = 60.0
_FULL_BYTES: Final = 64 * 1024
"""A tmpfs with less room than this is what the job stumbled over."""
EXIT_NO_JOB: Final = 71
"""The job's process could not be started or jailed."""


def main(
    jail: Jail,
    warm_up: Callable[[], None],
    report: Callable[[str], None],
    listener: socket.socket,
    connection: socket.socket | None,
) -> NoReturn:
    """Supervise one job in this just-forked process. Never returns.

    Args:
        report: tells the server "ready" (waiting for an order) and "taken" (has one).
        listener: where orders are taken from, unless there is a connection already.
    """
    try:
        system.die_with_parent(signal.SIGKILL)
        mine = job.start(jail, warm_up)
        _await_ready(mine)
        report("ready")
        connection = connection or _accept(listener, mine)
        report("taken")
        _attend(mine, connection)
    except BaseException:  # noqa: BLE001 - boundary of the process: the server sees the exit status and the log
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(EXIT_NO_JOB)
    os._exit(0)


def _await_ready(mine: job.Job) -> None:
    poller = select.poll()
    poller.register(mine.events, select.POLLIN)
    if not poller.poll(_START_S * 1000) or os.read(mine.events, len(READY)) != READY:
        mine.kill()
        log = os.read(mine.log, 1 << 16).decode("utf-8", "replace")
        mine.bury()
        raise RuntimeError(f"the job's process did not come up: {log}")


def _accept(listener: socket.socket, mine: job.Job) -> socket.socket:
    """Wait for an order; several supervisors wait on the same socket and one gets it."""
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    poller.register(mine.events, select.POLLIN)
    while True:
        ready = dict(poller.poll())
        if mine.events in ready:
            mine.bury()
            raise RuntimeError("the job's process ended while it was waiting")
        try:
            return listener.accept()[0]
        except BlockingIOError:
            continue


def _attend(mine: job.Job, connection: socket.socket) -> None:
    started = time.monotonic()
    connection.setblocking(True)
    todo = order.receive(connection)
    link = Link(connection)
    job.apply_limits(mine, todo.limits)
    job.hand_over(mine, todo)
    link.say({"event": "accepted"})  # from here on it is an attempt; before, nothing of the job was done
    verdict = Watch(mine, todo.limits, link, started).run()
    mine.kill()
    link.say(_close(mine, todo, verdict, link))
    link.finish()
    mine.bury()


def _close(mine: job.Job, todo: order.Order, verdict: Verdict, link: Link) -> dict[str, Any]:
    """Bring the results out and say how it went."""
    free_bytes, free_inodes = _room(mine)
    event: dict[str, Any] = {"event": "exit", "files": {}, "uncollected": None}
    try:
        # with nobody listening the folder may be in use for something else by now
        event["files"] = (
            {}
            if link.gone
            else collect.bring_out(mine.folder, todo.files, todo.output_folder, todo.limits.file_mb << 20)
        )
    except collect.NotCollectedError as error:
        event["uncollected"] = str(error)
    return event | {
        "outcome": verdict.outcome,
        "signal": verdict.signal,
        "exit_code": verdict.exit_code,
        "reason": verdict.reason,
        "disk_exhausted": free_bytes < _FULL_BYTES
        or free_inodes == 0
        or _longest(mine) >= todo.limits.file_mb << 20,
        "peak_rss_mb": round(verdict.peak_rss_mb, 1),
        "cpu_ms": round(verdict.cpu_s * 1000),
        "avg_cpu_pct": round(100 * verdict.cpu_s / verdict.wall_s, 1),
        "wall_ms": round(verdict.wall_s * 1000, 1),
        "load_average": round(os.getloadavg()[0], 2),
        "log_tail": verdict.log_tail,
    }


def _room(mine: job.Job) -> tuple[int, int]:
    """Bytes and inodes left in the job's folder."""
    state = os.statvfs(mine.folder)
    return state.f_bavail * state.f_bsize, state.f_favail


def _longest(mine: job.Job) -> int:
    with os.scandir(mine.folder) as entries:
        return max((entry.stat(follow_symlinks=False).st_size for entry in entries), default=0)

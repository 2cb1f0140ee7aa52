"""The fork server: one thread for ever, a few supervisors waiting with their jobs warmed up."""

from __future__ import annotations

import functools
import json
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass, field
from typing import Any, Final

from atolye.kernel.server import preload, supervisor, usage
from atolye.kernel.server.jail import Jail

_MAX_FAILURES: Final = 5
"""Supervisors in a row that came to nothing before the server gives up, rather than forking for ever."""


class GivingUpError(Exception):
    """Jobs cannot be started here; the log says why."""


@dataclass(slots=True)
class Pool:
    """Forks supervisors and collects them.

    Args:
        warm: how many wait ready at most; 0 forks one when an order comes.
        jobs: after how many jobs to stop, ``None`` for never.
    """

    jail: Jail
    listener: socket.socket
    control: socket.socket
    warm: int
    jobs: int | None
    _states: dict[int, str] = field(default_factory=dict)
    _failures: int = 0
    _served: int = 0
    _news: tuple[int, int] = field(default_factory=os.pipe)
    _deaths: tuple[int, int] = field(default_factory=os.pipe)
    _asked: bytearray = field(default_factory=bytearray)

    def run(self) -> None:
        """Serve until the service closes the control connection or the last job is done.

        Raises:
            GivingUpError: supervisors keep failing.
        """
        self._watch_deaths()
        poller = select.poll()
        for descriptor in (self.control.fileno(), self._news[0], self._deaths[0]):
            poller.register(descriptor, select.POLLIN)
        if self.warm == 0:
            poller.register(self.listener, select.POLLIN)
        while not self._done():
            self._refill()
            ready = dict(poller.poll())
            if self._news[0] in ready:
                self._hear_news()
            if self._deaths[0] in ready:
                self._bury()
            if self.listener.fileno() in ready:
                self._serve_now()
            if self.control.fileno() in ready and not self._answer():
                return

    def _done(self) -> bool:
        return self.jobs is not None and self._served >= self.jobs and not self._states

    def _watch_deaths(self) -> None:
        for end in self._deaths:
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._deaths[1], warn_on_full_buffer=False)

    def _count(self, state: str) -> int:
        return sum(1 for each in self._states.values() if each == state)

    def _refill(self) -> None:
        """Have supervisors waiting, but not at the cost of the jobs that run: one is enough while they do."""
        if self.warm == 0:
            return
        running = self._count("taken")
        if self.jobs is not None and self._served + len(self._states) >= self.jobs:
            return
        target = min(self.warm, max(1, (os.cpu_count() or 1) - running))
        while len(self._states) - running < target:
            self._fork(None)

    def _fork(self, connection: socket.socket | None) -> None:
        assert preload.threads() == 1, "a process with threads must not fork"
        thorough = self.jobs is None and connection is None and not self._count("taken")
        pid = os.fork()
        if pid == 0:
            self._become_supervisor(connection, thorough)
        self._states[pid] = "starting" if connection is None else "taken"

    def _become_supervisor(self, connection: socket.socket | None, thorough: bool) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        me = os.getpid()

        def report(state: str) -> None:
            os.write(self._news[1], f"{me} {state}\n".encode())  # short: one write, never torn

        self.control.close()
        warm_up = functools.partial(preload.warm_up, thorough=thorough)
        supervisor.main(self.jail, warm_up, report, self.listener, connection)

    def _hear_news(self) -> None:
        for line in os.read(self._news[0], 4096).decode().splitlines():
            pid, _, state = line.partition(" ")
            if int(pid) in self._states and not (state == "ready" and self._states[int(pid)] == "taken"):
                self._states[int(pid)] = state
            self._failures = 0

    def _bury(self) -> None:
        os.read(self._deaths[0], 4096)
        while self._states:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if self._states.pop(pid, None) == "taken":
                self._served += 1
            if os.waitstatus_to_exitcode(status) == supervisor.EXIT_NO_JOB:
                self._failures += 1
                if self._failures >= _MAX_FAILURES:
                    raise GivingUpError(f"{self._failures} jobs in a row could not be started")

    def _serve_now(self) -> None:
        try:
            connection = self.listener.accept()[0]
        except BlockingIOError:
            return
        self._fork(connection)
        connection.close()

    def _answer(self) -> bool:
        """Answer the service's question about this process; false when it has hung up."""
        data = self.control.recv(4096)
        self._asked += data
        while b"\n" in self._asked:
            del self._asked[: self._asked.index(b"\n") + 1]
            self.tell(self.state())
        return bool(data)

    def state(self) -> dict[str, Any]:
        return {
            "rss_mb": round(usage.sample(os.getpid()).rss_mb if not self._states else _own_rss_mb(), 1),
            "waiting": self._count("ready"),
            "running": self._count("taken"),
            "served": self._served,
            "threads": preload.threads(),
        }

    def tell(self, message: dict[str, Any]) -> None:
        self.control.sendall(json.dumps(message).encode() + b"\n")

    def end(self) -> None:
        """Kill and collect whatever is left."""
        for pid in self._states:
            os.kill(pid, signal.SIGKILL)
        for pid in self._states:
            os.waitpid(pid, 0)
        sys.stdout.flush()


def _own_rss_mb() -> float:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

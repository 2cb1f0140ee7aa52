"""Watches one running job until it ends or has to be ended."""

from __future__ import annotations

import os
import select
import signal
import time
from dataclasses import dataclass, field
from typing import Any, Final

from atolye.kernel.server import usage
from atolye.kernel.server.child import END
from atolye.kernel.server.job import Job
from atolye.kernel.server.link import Link
from atolye.kernel.server.order import Limits
from atolye.wire import MAX_EVENT_BYTES, Outcome

_SAMPLE_S: Final = 0.05
_CANCEL_GRACE_S: Final = 2.0
"""How long a cancelled job may take to finish the step in hand."""
_LOG_TAIL_BYTES: Final = 16 * 1024
_MAX_STREAM_BYTES: Final = 64 << 20
"""More events or log than this and the job is taken for broken or hostile."""
_PRESSURE: Final = 0.85  # of the memory limit: warned of
_EXHAUSTION: Final = 0.95  # of the memory limit: ended, while there is room left to say so


@dataclass(slots=True)
class Verdict:
    """How a job ended and what it used."""

    outcome: Outcome
    signal: int | None = None
    exit_code: int | None = None
    peak_rss_mb: float = 0.0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    log_tail: str = ""
    reason: str = ""


@dataclass(slots=True)
class Watch:
    """One job, its limits and the connection its events go to."""

    job: Job
    limits: Limits
    link: Link
    started: float = field(default_factory=time.monotonic)
    _line: bytearray = field(default_factory=bytearray)
    _log: bytearray = field(default_factory=bytearray)
    _streamed: int = 0
    _ended: Outcome | None = None
    _signal: int | None = None
    _exit_code: int | None = None
    _reason: str = ""
    _peak_rss_mb: float = 0.0
    _cpu_s: float = 0.0
    _cpu_before_s: float = 0.0
    _next_sample: float = 0.0
    _next_report: float = 0.0
    _reported: tuple[float, float] = (0.0, 0.0)
    _warned: bool = False
    _kill_at: float | None = None

    def run(self) -> Verdict:
        """Relay events and enforce limits until the job has ended; it may still have to be buried."""
        self._cpu_before_s = usage.sample(self.job.pid).cpu_s
        self._next_sample = self.started + _SAMPLE_S
        self._next_report = self.started + self.limits.metrics_interval_s
        self._reported = (self.started, 0.0)
        while self._ended is None:
            self._turn()
        return self._verdict(self._ended)

    def _turn(self) -> None:
        poller = select.poll()
        if not self.link.full:
            poller.register(self.job.events, select.POLLIN)
        poller.register(self.job.log, select.POLLIN)
        if not self.link.cancelled:
            poller.register(self.link, select.POLLIN | (select.POLLOUT if self.link.waiting else 0))
        ready = dict(poller.poll(max(0.0, self._next_sample - time.monotonic()) * 1000))
        if self.link.fileno() in ready:
            self.link.flush()
            self.link.listen()
        if self.job.log in ready:
            self._read_log()
        if self.job.events in ready:
            self._read_events()
        if self._ended is None:
            self._enforce(time.monotonic())

    def _end(self, outcome: Outcome, reason: str = "") -> None:
        self._ended, self._reason = outcome, reason

    # What the job says

    def _read_log(self) -> None:
        data = os.read(self.job.log, 1 << 16)
        self._log += data
        del self._log[:-_LOG_TAIL_BYTES]
        self._count(len(data))

    def _read_events(self) -> None:
        data = os.read(self.job.events, 1 << 18)
        if not data:
            self._died()
            return
        self._line += data
        *lines, rest = self._line.split(b"\n")
        self._line = bytearray(rest)
        for line in lines:
            if line == END.strip():
                self._finished()
                return
            self.link.relay(bytes(line))
        if len(self._line) > MAX_EVENT_BYTES:
            self._end("crashed", "an event is longer than allowed")
        self._count(len(data))

    def _count(self, length: int) -> None:
        self._streamed += length
        if self._streamed > _MAX_STREAM_BYTES:
            self._end("crashed", "the job writes without end")

    def _finished(self) -> None:
        self._look()
        self._peak_rss_mb = max(self._peak_rss_mb, usage.peak_rss_mb(self.job.pid))
        self._end("cancelled" if self._kill_at is not None else "finished")

    def _died(self) -> None:
        """The event pipe is closed without the last line: the process is dead or as good as dead."""
        self._look()
        if not self.job.wait(1.0):
            self.job.kill()
            self.job.wait(5.0)
        if self.job.spent is not None:
            self._peak_rss_mb = max(self._peak_rss_mb, self.job.spent.ru_maxrss / 1024)
            cpu_s = self.job.spent.ru_utime + self.job.spent.ru_stime
            self._cpu_s = max(self._cpu_s, cpu_s - self._cpu_before_s)
        status = self.job.status or 0
        self._signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        self._exit_code = None if self._signal is not None else os.waitstatus_to_exitcode(status)
        if self._kill_at is not None:
            self._end("cancelled")
        elif self._signal == signal.SIGXCPU or (self._signal == signal.SIGKILL and self._cpu_spent()):
            self._end("cpu_limit")
        else:
            self._end("crashed")

    # What it may use

    def _cpu_spent(self) -> bool:
        return self._cpu_s >= self.limits.cpu_s - 2 * _SAMPLE_S

    def _look(self) -> usage.Sample:
        now = usage.sample(self.job.pid)
        self._peak_rss_mb = max(self._peak_rss_mb, now.rss_mb)
        self._cpu_s = max(self._cpu_s, now.cpu_s - self._cpu_before_s)
        return now

    def _enforce(self, now: float) -> None:
        if self.link.cancelled and self._kill_at is None:
            self._ask_to_stop(now)
        if self._kill_at is not None and now >= self._kill_at:
            self._end("cancelled")
        elif now - self.started >= self.limits.wall_s:
            self._end("timeout")
        elif now >= self._next_sample:
            self._next_sample = now + _SAMPLE_S
            self._judge(self._look())
            if now >= self._next_report:
                self._report(now)

    def _ask_to_stop(self, now: float) -> None:
        self._kill_at = now if self.link.gone else now + _CANCEL_GRACE_S
        os.kill(self.job.pid, signal.SIGTERM)

    def _judge(self, sample: usage.Sample) -> None:
        if self._cpu_s >= self.limits.cpu_s:
            self._end("cpu_limit")
        elif sample.rss_mb > _EXHAUSTION * self.limits.memory_mb:
            self._end("out_of_memory")
        elif sample.rss_mb > _PRESSURE * self.limits.memory_mb and not self._warned:
            self._warned = True
            self.link.say(self._pressure(sample.rss_mb))
        elif sample.threads > self.limits.threads:
            self._end("crashed", f"more than {self.limits.threads} threads")
        elif not self.job.own_namespaces and self._folder_mb() > self.limits.disk_mb:
            self._end("disk_full")  # with a tmpfs of its own the kernel says no

    def _folder_mb(self) -> float:
        total = 0
        for parent, _folders, files in os.walk(self.job.folder):
            for name in files:
                try:
                    total += os.lstat(os.path.join(parent, name)).st_blocks * 512
                except OSError:  # removed in between
                    continue
        return total / (1 << 20)

    def _pressure(self, rss_mb: float) -> dict[str, Any]:
        return {
            "event": "warning",
            "code": "ENGINE_MEMORY_PRESSURE",
            "severity": "warning",
            "field": None,
            "value": round(rss_mb, 1),
            "because": f"memory limit of the job: {self.limits.memory_mb} MB",
            "params": {"rss_mb": round(rss_mb, 1), "limit_mb": self.limits.memory_mb},
        }

    def _report(self, now: float) -> None:
        since, cpu_s = self._reported
        self._reported = (now, self._cpu_s)
        self._next_report = now + self.limits.metrics_interval_s
        sample = usage.sample(self.job.pid)
        self.link.say(
            {
                "event": "resource",
                "cpu_pct": round(100 * (self._cpu_s - cpu_s) / (now - since), 1),
                "rss_mb": round(sample.rss_mb, 1),
                "num_threads": sample.threads,
                "elapsed_s": round(now - self.started, 3),
            }
        )

    def _verdict(self, outcome: Outcome) -> Verdict:
        return Verdict(
            outcome,
            self._signal,
            self._exit_code,
            self._peak_rss_mb,
            self._cpu_s,
            time.monotonic() - self.started,
            self._log.decode("utf-8", "replace"),
            self._reason,
        )

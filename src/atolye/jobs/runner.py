"""The embedded runner: threads of this process, each of which waits on one job of the engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from typing import Final

import structlog

from atolye.db.session import Database
from atolye.jobs import records
from atolye.jobs.live import Live, LiveJobs
from atolye.jobs.ownership import RENEWAL_S

_log = structlog.get_logger("atolye.jobs")

ROUND_S: Final = 0.5


class Pool:
    """Runs at most ``workers`` jobs at once; the others wait in the order they came."""

    def __init__(self, workers: int) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="atolye-job")
        self._futures: set[Future[None]] = set()
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], None]) -> None:
        future = self._threads.submit(work)
        with self._lock:
            self._futures.add(future)
        future.add_done_callback(self._forget)

    def close(self, grace_s: float) -> bool:
        """Takes nothing more and waits for what runs; true when all of it ended in time."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            running = list(self._futures)
        return not wait(running, timeout=grace_s).not_done

    def _forget(self, future: Future[None]) -> None:
        with self._lock:
            self._futures.discard(future)


class Watch:
    """Looks after the jobs in this process's hands while they run.

    Twice a second, while there are jobs, it saves their events, so that other processes see them, and looks
    whether another process wants one stopped. Every quarter of a minute it renews the leases. It also moves
    the database's log along, which would otherwise fall on a job now and then.
    """

    def __init__(self, database: Database, live: LiveJobs, owner: str) -> None:
        self._database = database
        self._live = live
        self._owner = owner
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._renewed = time.monotonic()
        self._thread = threading.Thread(target=self._watch, name="atolye-watch", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is a job to look after."""
        self._wake.set()

    def close(self) -> None:
        self._closing.set()
        self._wake.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self._wake.wait()
            if self._closing.wait(ROUND_S):  # a job that is over before this costs nothing here
                return
            self._wake.clear()
            jobs = self._live.all()
            if jobs:
                self._wake.set()
            try:
                self._round(jobs)
            except Exception:  # noqa: BLE001 -- boundary of the thread: the next round tries again
                _log.exception("watch.failed")

    def _round(self, jobs: list[Live]) -> None:
        if jobs:
            self._look_after(jobs)
        self._database.checkpoint()

    def _look_after(self, jobs: list[Live]) -> None:
        with self._database.read() as connection:
            wanted = set(records.to_cancel(connection, [job.job_id for job in jobs]))
        for job in jobs:
            if job.job_id in wanted:
                job.cancel.set()
            self._save_events(job)
        if time.monotonic() - self._renewed > RENEWAL_S:
            with self._database.write() as connection:
                records.renew(connection, owner=self._owner, now=datetime.now(UTC))
            self._renewed = time.monotonic()

    def _save_events(self, job: Live) -> None:
        with job.saving:
            rows = job.unsaved()
            if rows:
                with self._database.write() as connection:
                    records.add_events(connection, rows)
                job.saved(rows)

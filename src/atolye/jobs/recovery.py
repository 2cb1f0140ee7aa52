"""What becomes of the jobs of processes that died."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import Row

from atolye.artefacts.service import Artefacts
from atolye.db.session import Database
from atolye.errors import AtolyeError
from atolye.jobs import records
from atolye.jobs.models import JobView
from atolye.jobs.ownership import is_dead
from atolye.wire import Request

_log = structlog.get_logger("atolye.jobs")

MOST_LOST_RUNS: Final = 1
"""How often a job may take its process with it and still be tried again."""


class Recovery:
    """Goes through the unfinished jobs once, at the start of a process.

    A queued job of a dead runner is queued again here. One that ran is tried once more: it may have been what
    killed its process, so not for ever. A job that somebody in the dead process waited for is wanted by none
    and fails. A process that takes no jobs touches only the last kind.
    """

    def __init__(self, database: Database, artefacts: Artefacts, owner: str, *, takes_jobs: bool) -> None:
        self._database = database
        self._artefacts = artefacts
        self._owner = owner
        self._takes_jobs = takes_jobs

    def recover(self, now: datetime) -> Iterator[tuple[JobView, Request, int]]:
        """The jobs that are now this process's, each with its wire request and its last event's number."""
        with self._database.read() as connection:
            rows = records.unfinished(connection)
        for row in rows:
            if row.owner == self._owner or not is_dead(row.owner, row.lease_until, now):
                continue
            lost_runs = row.attempt + (1 if row.state == "running" else 0)
            if row.runner == "direct" or (self._takes_jobs and lost_runs > MOST_LOST_RUNS):
                self._fail(row, now)
            elif self._takes_jobs:
                yield from self._take(row, now)
        self._sweep()

    def _take(self, row: Row[Any], now: datetime) -> Iterator[tuple[JobView, Request, int]]:
        with self._database.write() as connection:
            if not records.adopt(connection, row, owner=self._owner, now=now):
                return
            view = records.find(connection, row.id, tenant_id=None)
            seq = records.last_seq(connection, row.id)
            if row.state == "running":
                seq += 1
                event = {"job_id": row.id, "seq": seq, "type": "state", "created_at": now}
                records.add_events(connection, [{**event, "data": {"state": "queued", "because": "lost"}}])
        _log.warning("job.taken_over", job_id=row.id, request_id=row.request_id, was=row.state)
        yield view, row.wire_request, seq

    def _fail(self, row: Row[Any], now: datetime) -> None:
        body = AtolyeError("JOB_INTERRUPTED", details={"was": row.state}).body(
            request_id=row.request_id, job_id=row.id
        )
        with self._database.write() as connection:
            values = {"state": "failed", "error": dict(body), "finished_at": now}
            if not records.end(connection, row.id, owner=row.owner, values=values):
                return
            seq = records.last_seq(connection, row.id) + 1
            event = {"job_id": row.id, "seq": seq, "type": "state", "created_at": now}
            records.add_events(connection, [{**event, "data": {"state": "failed", "because": "lost"}}])
        self._artefacts.remove_orphans(row.id)
        _log.warning("job.lost", job_id=row.id, request_id=row.request_id, was=row.state)

    def _sweep(self) -> None:
        """Removes the work folders of dead processes, where the store has such."""
        sweep = getattr(self._artefacts.store, "sweep_work", None)
        if sweep is not None:
            sweep()

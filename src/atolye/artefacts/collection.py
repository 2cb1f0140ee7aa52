"""Removes the bytes of deleted artefacts, again and again until it works."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete, select, update

from atolye.artefacts.messages import message
from atolye.artefacts.ports import ArtefactStore
from atolye.artefacts.tables import ArtefactDeletion
from atolye.db.base import table_of
from atolye.db.session import Database
from atolye.errors import AtolyeError

FIRST_PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 3600.0
BATCH: Final = 500

_log = structlog.get_logger(__name__)
_TABLE = table_of(ArtefactDeletion)


@dataclass(frozen=True, slots=True)
class Collected:
    """What one round did."""

    deleted: int
    failed: int


class Collector:
    """The task ``artefact_gc``. Running it twice, or in two processes, does no harm."""

    def __init__(self, database: Database, store: ArtefactStore) -> None:
        self._database = database
        self._store = store

    def collect(self, now: datetime) -> Collected:
        """Tries every deletion that is due; what fails is due again later, each time twice as late."""
        with self._database.read() as connection:
            due = connection.execute(
                select(_TABLE).where(_TABLE.c.next_try_at <= now).order_by(_TABLE.c.id).limit(BATCH)
            ).all()
        done: list[int] = []
        failed: list[dict[str, object]] = []
        for row in due:
            try:
                self._store.delete(row.key, row.version_id)
                done.append(row.id)
            except AtolyeError as problem:
                failed.append(
                    {
                        "attempts": row.attempts + 1,
                        "last_error": str(problem.details.get("reason") or problem),
                        "next_try_at": now + timedelta(seconds=_pause_s(row.attempts)),
                        "row": row.id,
                    }
                )
                _log.warning(message("storage.delete.failed", "en"), job_id=row.job_id, key=row.key)
        self._settle(done, failed)
        return Collected(len(done), len(failed))

    def pending(self) -> int:
        """How many versions are still to be removed."""
        with self._database.read() as connection:
            return len(connection.execute(select(_TABLE.c.id)).all())

    def _settle(self, done: list[int], failed: list[dict[str, object]]) -> None:
        if not done and not failed:
            return
        with self._database.write() as connection:
            if done:
                connection.execute(delete(_TABLE).where(_TABLE.c.id.in_(done)))
            for outcome in failed:
                row = outcome.pop("row")
                connection.execute(update(_TABLE).where(_TABLE.c.id == row).values(**outcome))


def _pause_s(attempts: int) -> float:
    """Seconds until the next attempt: doubling, capped, and spread so that retries do not come in a crowd."""
    pause = min(FIRST_PAUSE_S * 2.0 ** min(attempts, 20), LONGEST_PAUSE_S)
    return pause * random.uniform(0.75, 1.0)  # noqa: S311 -- no secret

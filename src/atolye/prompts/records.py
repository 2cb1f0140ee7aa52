"""The rows of ``ai_suggestions``: every statement about them is here.

They leave with their job, or after the time that ``db/retention.py`` sets (KVKK, specification 15).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from atolye.db.base import table_of
from atolye.db.session import Database
from atolye.jobs.tables import AiSuggestion

SUGGESTIONS = table_of(AiSuggestion)


class SqlSuggestions:
    """Suggestions in the database. Whoever calls has masked everything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        *,
        user_id: str,
        request_id: str,
        job_id: str | None,
        prompt_masked: str,
        response: Mapping[str, Any],
    ) -> int:
        values = {
            "user_id": user_id,
            "request_id": request_id,
            "job_id": job_id,
            "prompt_masked": prompt_masked,
            "response": dict(response),
            "created_at": datetime.now(UTC),
        }
        with self._database.write() as connection:
            key = connection.execute(insert(SUGGESTIONS), values).inserted_primary_key
        assert key is not None
        return int(key[0])

    def link(self, suggestion_id: int, job_id: str) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(SUGGESTIONS).where(SUGGESTIONS.c.id == suggestion_id).values(job_id=job_id)
            )

    def of_job(self, job_id: str) -> list[Mapping[str, Any]]:
        """The rows of a job, oldest first."""
        query = select(SUGGESTIONS).where(SUGGESTIONS.c.job_id == job_id).order_by(SUGGESTIONS.c.id)
        with self._database.read() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

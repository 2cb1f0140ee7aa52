"""Prompts and answers in the database, over SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from atolye.artefacts.folder import FolderStore
from atolye.db import retention
from atolye.db.session import Database
from atolye.jobs.service import JobService
from atolye.prompts.records import SUGGESTIONS, SqlSuggestions
from tests.support.jobs import CALLER, TENANT, TOOLCHAIN, FakeEngine, FakeRequest

RESPONSE: dict[str, Any] = {
    "provider": "openai",
    "answers": ['{"parameters": {"çap": 20}}'],
    "reading": {"family": "box", "fields": {"length": 10.5}},
    "usage": {},
    "model": None,
}


@pytest.fixture
def jobs(database: Database, tmp_path: Path) -> Iterator[JobService]:
    service = JobService(
        database=database,
        store=FolderStore(tmp_path / "artefacts"),
        engine=FakeEngine(),
        toolchain=lambda: TOOLCHAIN,
        local_caller=CALLER,
    )
    yield service
    service.close()


@pytest.fixture
def suggestions(database: Database) -> SqlSuggestions:
    return SqlSuggestions(database)


def add(suggestions: SqlSuggestions, *, job_id: str | None = None, prompt: str = "Ø20 mil, İ/ı") -> int:
    return suggestions.add(
        user_id=CALLER.user_id, request_id="r1", job_id=job_id, prompt_masked=prompt, response=RESPONSE
    )


def number(database: Database) -> int:
    with database.read() as connection:
        found: int = connection.scalar(select(func.count()).select_from(SUGGESTIONS)) or 0
        return found


@pytest.mark.spec("02.01", "02.27", "15.01")
def test_a_suggestion_is_linked_to_its_job_afterwards_or_at_once(
    suggestions: SqlSuggestions, jobs: JobService
) -> None:
    job_id = jobs.run_now(FakeRequest()).job_id
    first = add(suggestions)
    assert suggestions.of_job(job_id) == []
    suggestions.link(first, job_id)
    second = add(suggestions, job_id=job_id, prompt="ikinci")
    one, two = suggestions.of_job(job_id)
    assert (one["id"], two["id"]) == (first, second)
    assert one["prompt_masked"] == "Ø20 mil, İ/ı"
    assert one["response"] == RESPONSE
    assert (one["user_id"], one["request_id"]) == (CALLER.user_id, "r1")
    assert abs(one["created_at"] - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.spec("15.01")
def test_a_suggestion_goes_with_its_job(
    suggestions: SqlSuggestions, jobs: JobService, database: Database
) -> None:
    job_id = jobs.run_now(FakeRequest()).job_id
    add(suggestions, job_id=job_id)
    add(suggestions)
    jobs.delete(job_id, tenant_id=TENANT)
    assert number(database) == 1


@pytest.mark.spec("15.01", "02.18")
def test_a_suggestion_leaves_after_180_days(suggestions: SqlSuggestions, database: Database) -> None:
    now = datetime.now(UTC)
    for days in (179, 181):
        old = add(suggestions)
        with database.write() as connection:
            connection.execute(
                update(SUGGESTIONS)
                .where(SUGGESTIONS.c.id == old)
                .values(created_at=now - timedelta(days=days))
            )
    retention.sweep(database, now)
    assert number(database) == 1

"""How long personal data stays (KVKK, law 6698, article 7) and the sweep that removes it.

Every column marked with :func:`atolye.db.base.personal` has a rule here; a test says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import delete, null, update

from atolye.db.base import Base
from atolye.db.session import Database

Action = Literal["delete_row", "clear_column", "with_the_job"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to personal data after ``days``; ``with_the_job`` means: when the job is deleted."""

    table: str
    column: str
    action: Action
    days: int | None
    why: str


RULES: Final = (
    Rule("ai_suggestions", "prompt_masked", "delete_row", 180, "only needed to explain and repair an answer"),
    Rule("ai_suggestions", "response", "delete_row", 180, "may quote the prompt"),
    Rule("ai_suggestions", "user_id", "delete_row", 180, "goes with its row"),
    Rule(
        "audit_log",
        "user_id",
        "clear_column",
        730,
        "who did it matters for two years, that it was done for good",
    ),
    Rule("jobs", "user_id", "with_the_job", None, "a job belongs to its user until it is deleted"),
)


def sweep(database: Database, now: datetime) -> dict[str, int]:
    """Applies the rules; how many rows each changed, by ``table.column``."""
    changed: dict[str, int] = {}
    with database.write() as connection:
        for rule in RULES:
            if rule.days is None:
                continue
            table = Base.metadata.tables[rule.table]
            due = table.c.created_at < now - timedelta(days=rule.days)
            if rule.action == "delete_row":
                done = connection.execute(delete(table).where(due))
            else:
                column = table.c[rule.column]
                done = connection.execute(
                    update(table).where(due, column.is_not(None)).values({rule.column: null()})
                )
            changed[f"{rule.table}.{rule.column}"] = done.rowcount
    return changed

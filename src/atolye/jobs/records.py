"""The rows of jobs: every statement about them is here."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, delete, func, insert, null, select, tuple_, update

from atolye.artefacts.models import Artefact
from atolye.db.base import table_of
from atolye.errors import AtolyeError
from atolye.jobs.models import JobView
from atolye.jobs.ownership import LEASE
from atolye.jobs.ports import Toolchain
from atolye.jobs.tables import AuditEntry, Job, JobEvent, Model

JOBS = table_of(Job)
EVENTS = table_of(JobEvent)
MODELS = table_of(Model)
AUDIT = table_of(AuditEntry)

Runner = Literal["pool", "direct"]

_SHOWN: Final = tuple(
    JOBS.c[name]
    for name in (
        "id", "tenant_id", "user_id", "state", "flow", "request_id", "request", "request_sha256", "warnings",
        "metrics", "timings", "engine", "error", "stage", "progress", "created_at", "started_at",
        "finished_at",
    )
)  # fmt: skip
_BY_ID: Final = select(*_SHOWN)
_INSERT_JOB: Final = insert(JOBS)
_INSERT_EVENTS: Final = insert(EVENTS)
_INSERT_MODEL: Final = insert(MODELS)


# ---- one job ------------------------------------------------------------------------------------


def add(
    connection: Connection, values: Mapping[str, Any], toolchain: Toolchain, first: Mapping[str, Any]
) -> None:
    """Writes a queued job, its model and its first event."""
    connection.execute(_INSERT_JOB, values)
    connection.execute(
        _INSERT_MODEL,
        {
            "job_id": values["id"],
            "flow": values["flow"],
            "canonical_params": values["request"],
            "freecad_version": toolchain.freecad_version,
            "occt_version": toolchain.occt_version,
        },
    )
    connection.execute(_INSERT_EVENTS, first)


def begin(connection: Connection, job_id: str, *, owner: str, now: datetime) -> bool:
    """``queued → running``; false when the job is not this owner's, or not queued any more."""
    mine = (JOBS.c.id == job_id, JOBS.c.owner == owner, JOBS.c.state == "queued")
    done = connection.execute(
        update(JOBS).where(*mine).values(state="running", started_at=now, lease_until=now + LEASE)
    )
    return done.rowcount == 1


def end(connection: Connection, job_id: str, *, owner: str, values: Mapping[str, Any]) -> bool:
    """``running`` (or, for a job that never began, ``queued``) → the state in ``values``."""
    done = connection.execute(
        update(JOBS)
        .where(JOBS.c.id == job_id, JOBS.c.owner == owner, JOBS.c.state.in_(("queued", "running")))
        .values(**values, lease_until=null())
    )
    return done.rowcount == 1


def release(connection: Connection, job_id: str, *, owner: str) -> None:
    """Puts a job that was not finished back into the queue, for whoever comes next."""
    mine = (JOBS.c.id == job_id, JOBS.c.owner == owner)
    again = {"state": "queued", "attempt": JOBS.c.attempt + 1, "started_at": null()}
    connection.execute(update(JOBS).where(*mine, JOBS.c.state == "running").values(**again))
    connection.execute(
        update(JOBS).where(*mine, JOBS.c.state == "queued").values(owner=null(), lease_until=null())
    )


def cancel_queued(connection: Connection, job_id: str, *, error: Mapping[str, Any], now: datetime) -> bool:
    """``queued → cancelled``; false when the job runs already."""
    values = {"state": "cancelled", "finished_at": now, "cancel_requested_at": now, "error": error}
    done = connection.execute(
        update(JOBS).where(JOBS.c.id == job_id, JOBS.c.state == "queued").values(values)
    )
    return done.rowcount == 1


def request_cancel(connection: Connection, job_id: str, *, now: datetime) -> None:
    """Leaves the wish to stop a running job for the process that has it."""
    connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(cancel_requested_at=now))


def add_events(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(_INSERT_EVENTS, rows)


def last_seq(connection: Connection, job_id: str) -> int:
    query = select(func.max(EVENTS.c.seq)).where(EVENTS.c.job_id == job_id)
    return connection.scalar(query) or 0


def audit(
    connection: Connection, view: JobView, action: str, detail: Mapping[str, Any], sha256: str | None
) -> None:
    connection.execute(
        insert(AUDIT),
        {
            "job_id": view.job_id,
            "tenant_id": view.tenant_id,
            "user_id": view.user_id,
            "request_id": view.request_id,
            "action": action,
            "detail": detail,
            "detail_sha256": sha256,
        },
    )


# ---- looking ------------------------------------------------------------------------------------


def find(connection: Connection, job_id: str, *, tenant_id: str | None) -> JobView:
    """The job, without its artefacts.

    Raises:
        AtolyeError: ``JOB_NOT_FOUND``, also for a job of another tenant.
    """
    query = _BY_ID.where(JOBS.c.id == job_id)
    row = connection.execute(
        query if tenant_id is None else query.where(JOBS.c.tenant_id == tenant_id)
    ).first()
    if row is None:
        raise AtolyeError("JOB_NOT_FOUND", details={"job_id": job_id[:64]})
    return view(row)


def find_key(connection: Connection, user_id: str, key: str) -> Row[Any] | None:
    """The job that holds a user's idempotency key."""
    columns = ("id", "idempotency_body_sha256", "idempotency_expires_at")
    query = select(*(JOBS.c[name] for name in columns))
    return connection.execute(query.where(JOBS.c.user_id == user_id, JOBS.c.idempotency_key == key)).first()


def free_keys(connection: Connection, *, now: datetime, user_id: str | None = None) -> int:
    """Forgets idempotency keys whose time is over."""
    due = JOBS.c.idempotency_expires_at < now
    cleared = dict.fromkeys(("idempotency_key", "idempotency_body_sha256", "idempotency_expires_at"), null())
    query = update(JOBS).where(due if user_id is None else (JOBS.c.user_id == user_id) & due).values(cleared)
    return connection.execute(query).rowcount


def exists(connection: Connection, job_id: str) -> bool:
    return connection.execute(select(JOBS.c.id).where(JOBS.c.id == job_id)).first() is not None


def page(
    connection: Connection, *, tenant_id: str, state: str | None, limit: int, cursor: str | None
) -> tuple[list[JobView], str | None]:
    """Jobs of a tenant, newest first, and the cursor of the next page."""
    query = _BY_ID.where(JOBS.c.tenant_id == tenant_id)
    if state is not None:
        query = query.where(JOBS.c.state == state)
    if cursor is not None:
        query = query.where(tuple_(JOBS.c.created_at, JOBS.c.id) < tuple_(*_position(cursor)))
    query = query.order_by(JOBS.c.created_at.desc(), JOBS.c.id.desc()).limit(limit + 1)
    views = [view(row) for row in connection.execute(query)]
    if len(views) <= limit:
        return views, None
    last = views[limit - 1]
    return views[:limit], _cursor(last.created_at, last.job_id)


def events(connection: Connection, job_id: str, *, after: int) -> list[Mapping[str, Any]]:
    query = select(EVENTS).where(EVENTS.c.job_id == job_id, EVENTS.c.seq > after).order_by(EVENTS.c.seq)
    return [dict(row._mapping) for row in connection.execute(query)]


def view(row: Row[Any], artefacts: Sequence[Artefact] = ()) -> JobView:
    return JobView(
        job_id=row.id,
        tenant_id=row.tenant_id,
        user_id=row.user_id,
        state=row.state,
        flow=row.flow,
        request_id=row.request_id,
        request=row.request,
        request_sha256=row.request_sha256,
        warnings=row.warnings,
        metrics=row.metrics,
        timings_ms=row.timings or {},
        engine=row.engine,
        error=row.error,
        stage=row.stage,
        progress=row.progress,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        artefacts=artefacts,
    )


# ---- many jobs ----------------------------------------------------------------------------------


def unfinished(connection: Connection) -> Sequence[Row[Any]]:
    """All queued and running jobs, oldest first, with what recovery needs."""
    columns = (
        "id",
        "tenant_id",
        "state",
        "runner",
        "owner",
        "lease_until",
        "attempt",
        "wire_request",
        "request_id",
    )
    query = select(*(JOBS.c[name] for name in columns)).where(JOBS.c.state.in_(("queued", "running")))
    return connection.execute(query.order_by(JOBS.c.created_at)).all()


def adopt(connection: Connection, row: Row[Any], *, owner: str, now: datetime) -> bool:
    """Takes a dead owner's job over, back into the queue; false when another process was quicker."""
    values: dict[str, Any] = {"owner": owner, "lease_until": now + LEASE, "started_at": null()}
    if row.state == "running":
        values |= {"state": "queued", "attempt": row.attempt + 1}
    same = JOBS.c.owner.is_(None) if row.owner is None else JOBS.c.owner == row.owner
    done = connection.execute(
        update(JOBS).where(JOBS.c.id == row.id, JOBS.c.state == row.state, same).values(values)
    )
    return done.rowcount == 1


def renew(connection: Connection, *, owner: str, now: datetime) -> None:
    mine = (JOBS.c.owner == owner, JOBS.c.state.in_(("queued", "running")))
    connection.execute(update(JOBS).where(*mine).values(lease_until=now + LEASE))


def to_cancel(connection: Connection, job_ids: Sequence[str]) -> Sequence[str]:
    """Which of these jobs somebody wants to stop."""
    query = select(JOBS.c.id).where(JOBS.c.id.in_(job_ids), JOBS.c.cancel_requested_at.is_not(None))
    return connection.scalars(query).all()


def remove(connection: Connection, job_id: str) -> None:
    connection.execute(delete(JOBS).where(JOBS.c.id == job_id))


# ---- cursors ------------------------------------------------------------------------------------


def _cursor(created_at: datetime, job_id: str) -> str:
    return base64.urlsafe_b64encode(f"{created_at.isoformat()}|{job_id}".encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[datetime, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, _, job_id = text.partition("|")
        created_at = datetime.fromisoformat(moment)
        if created_at.tzinfo is None or not job_id:
            raise ValueError(text)
    except (ValueError, binascii.Error):
        raise AtolyeError("JOB_CURSOR_INVALID", field="cursor") from None
    return created_at, job_id

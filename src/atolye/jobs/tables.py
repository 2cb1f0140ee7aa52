"""Tables of jobs and what is recorded about them.

The rules between the columns (checks, state machine, audit) are in the migrations; here is what queries need.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, SmallInteger, String, Text, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from atolye.db.base import Base, BigSerial, personal

PSEUDONYM = "kvkk: pseudonym"
FREE_TEXT = "kvkk: text"


class Job(Base):
    """One request on its way to files: ``queued → running → succeeded | failed | cancelled``."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(String(64), info=personal("pseudonym"), comment=PSEUDONYM)
    request_id: Mapped[str] = mapped_column(String(64))
    flow: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), server_default="queued")
    language: Mapped[str] = mapped_column(String(2), server_default="en")
    request: Mapped[dict[str, Any]]
    """The canonical request, as it was hashed."""
    request_sha256: Mapped[str] = mapped_column(String(64))
    wire_request: Mapped[dict[str, Any]]
    """What the kernel gets; kept so that another process can run the job, or a person replay it."""
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    idempotency_body_sha256: Mapped[str | None] = mapped_column(String(64))
    idempotency_expires_at: Mapped[datetime | None]
    warnings: Mapped[list[dict[str, Any]]]
    metrics: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    timings: Mapped[dict[str, Any] | None]
    engine: Mapped[dict[str, Any] | None]
    stage: Mapped[str | None] = mapped_column(String(32))
    progress: Mapped[float] = mapped_column(Float, server_default="0")
    runner: Mapped[str] = mapped_column(String(8))
    """``pool``: by a runner, and taken up again after a crash; ``direct``: the caller itself waits for it."""
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    owner: Mapped[str | None] = mapped_column(String(160))
    """The process that has the job in its hands; see ``jobs/ownership.py``."""
    lease_until: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_jobs_user_id_idempotency_key", "user_id", "idempotency_key", unique=True),
        Index("ix_jobs_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        Index("ix_jobs_state_created_at", "state", "created_at"),
        Index("ix_jobs_user_id_created_at", "user_id", "created_at"),
        Index("ix_jobs_created_at", "created_at"),
    )


class JobEvent(Base):
    """Something that happened to a job; ``seq`` counts from 1 without gaps and never repeats."""

    __tablename__ = "job_events"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = ({"sqlite_with_rowid": False},)


class Model(Base):
    """The design that a job makes. Its status follows the job's state (by trigger)."""

    __tablename__ = "models"

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    flow: Mapped[str] = mapped_column(String(16))
    canonical_params: Mapped[dict[str, Any]]
    script_hash: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), server_default="pending")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    freecad_version: Mapped[str] = mapped_column(String(16))
    occt_version: Mapped[str] = mapped_column(String(16))
    model_rev: Mapped[int] = mapped_column(server_default="1")
    """Counted by a trigger for a model derived from ``parent_model_id``; leave it out when inserting."""
    parent_model_id: Mapped[int | None] = mapped_column(
        BigSerial, ForeignKey("models.id", ondelete="SET NULL")
    )
    freecad_doc_uuid: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    doc_schema_version: Mapped[int] = mapped_column(SmallInteger, server_default="110")

    __table_args__ = (
        Index("ix_models_job_id", "job_id"),
        Index("ix_models_status_created_at", "status", "created_at"),
        Index("ix_models_freecad_version_occt_version", "freecad_version", "occt_version"),
        Index("ix_models_freecad_doc_uuid", "freecad_doc_uuid"),
        Index("ix_models_model_rev", "model_rev"),
        Index("ix_models_parent_model_id", "parent_model_id"),
        Index(
            "uq_models_freecad_doc_uuid_model_rev",
            "freecad_doc_uuid",
            "model_rev",
            unique=True,
            sqlite_where=text("freecad_doc_uuid IS NOT NULL"),
            postgresql_where=text("freecad_doc_uuid IS NOT NULL"),
        ),
    )


class AiSuggestion(Base):
    """What a model answered to a (masked) prompt."""

    __tablename__ = "ai_suggestions"

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True)
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(String(64), info=personal("pseudonym"), comment=PSEUDONYM)
    request_id: Mapped[str] = mapped_column(String(64))
    prompt_masked: Mapped[str] = mapped_column(Text, info=personal("text"), comment=FREE_TEXT)
    response: Mapped[dict[str, Any]] = mapped_column(info=personal("text"), comment=FREE_TEXT)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_ai_suggestions_job_id", "job_id"),
        Index("ix_ai_suggestions_user_id", "user_id"),
        Index("ix_ai_suggestions_created_at", "created_at"),
    )


class AuditEntry(Base):
    """A step of a job or an operation on its files. Never changed; survives the job."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True)
    job_id: Mapped[str] = mapped_column(String(64))
    tenant_id: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str | None] = mapped_column(String(64), info=personal("pseudonym"), comment=PSEUDONYM)
    request_id: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str | None] = mapped_column(String(16))
    detail: Mapped[dict[str, Any] | None]
    detail_sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_audit_log_job_id", "job_id"), Index("ix_audit_log_created_at", "created_at"))

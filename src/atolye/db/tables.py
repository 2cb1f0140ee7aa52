"""Tables that no feature package maps: ``access/records.py`` reads and writes them with plain statements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from atolye.db.base import Base


class LicenceRow(Base):
    """A tenant's licence."""

    __tablename__ = "licences"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), server_default="active")
    starts_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    limits: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_licences_tenant_id", "tenant_id"),)


class RevokedToken(Base):
    """A token that was called back; kept until it would have expired anyway."""

    __tablename__ = "revoked_tokens"

    jti: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_revoked_tokens_expires_at", "expires_at"),)

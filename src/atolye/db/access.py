"""Licences and revoked tokens in the database: the homes behind the ports of ``atolye.access``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from atolye.access.models import Licence, Limits
from atolye.db.base import Base
from atolye.db.session import Database


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


class DatabaseLicences:
    """The port ``access.licences.Licences`` over the table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, license_id: str) -> Licence | None:
        with self._database.read() as connection:
            row = connection.execute(select(LicenceRow.__table__).where(LicenceRow.id == license_id)).first()
        if row is None:
            return None
        return Licence(
            license_id=row.id,
            tenant_id=row.tenant_id,
            status=row.status,
            starts_at=row.starts_at,
            expires_at=row.expires_at,
            limits=None if row.limits is None else Limits(**row.limits),
        )

    def put(self, licence: Licence) -> None:
        """Stores a licence in the place of the one with its id."""
        with self._database.session() as session:
            session.merge(
                LicenceRow(
                    id=licence.license_id,
                    tenant_id=licence.tenant_id,
                    status=licence.status,
                    starts_at=licence.starts_at,
                    expires_at=licence.expires_at,
                    limits=None if licence.limits is None else asdict(licence.limits),
                )
            )


class DatabaseRevocations:
    """The port ``access.revocation.Revocations`` over the table: revocations outlive the process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_revoked(self, jti: str) -> bool:
        with self._database.read() as connection:
            return (
                connection.execute(select(RevokedToken.jti).where(RevokedToken.jti == jti)).first()
                is not None
            )

    def revoke(self, jti: str, *, expires_at: int) -> None:
        """From now on the token is refused. Revoking twice is the same as once.

        Args:
            expires_at: end of the token's life, Unix seconds; forgotten after that.
        """
        now = datetime.now(UTC)
        with self._database.session() as session:
            session.execute(delete(RevokedToken).where(RevokedToken.expires_at < now))
            session.merge(
                RevokedToken(jti=jti, expires_at=datetime.fromtimestamp(expires_at, UTC), revoked_at=now)
            )

"""The homes of licences and revoked tokens in the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from atolye.access.models import Licence, Limits
from atolye.db.base import JsonData, UtcDateTime
from atolye.db.session import Database

LICENCES: Final = sa.table(
    "licences",
    sa.column("id", sa.String),
    sa.column("tenant_id", sa.String),
    sa.column("status", sa.String),
    sa.column("starts_at", UtcDateTime),
    sa.column("expires_at", UtcDateTime),
    sa.column("limits", JsonData),
)
REVOKED: Final = sa.table("revoked_tokens", sa.column("jti", sa.String), sa.column("expires_at", UtcDateTime))


class SqlRevocations:
    """Revoked token ids in the table ``revoked_tokens``."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def is_revoked(self, jti: str) -> bool:
        with self._database.read() as connection:
            return connection.scalar(sa.select(REVOKED.c.jti).where(REVOKED.c.jti == jti)) is not None

    def revoke(self, jti: str, *, expires_at: int) -> None:
        now = datetime.fromtimestamp(self._clock(), UTC)
        end = datetime.fromtimestamp(expires_at, UTC)
        with self._database.write() as connection:
            connection.execute(sa.delete(REVOKED).where(REVOKED.c.expires_at <= now))
        try:
            with self._database.write() as connection:
                connection.execute(sa.insert(REVOKED).values(jti=jti, expires_at=end))
        except IntegrityError:  # revoked already
            return


class SqlLicences:
    """Licences in the table ``licences``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, license_id: str) -> Licence | None:
        with self._database.read() as connection:
            row = connection.execute(sa.select(LICENCES).where(LICENCES.c.id == license_id)).one_or_none()
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
        """Adds a licence or replaces the one with that id."""
        limits = licence.limits
        values: dict[str, Any] = {
            "tenant_id": licence.tenant_id,
            "status": licence.status,
            "starts_at": licence.starts_at,
            "expires_at": licence.expires_at,
            "limits": sa.null() if limits is None else limits.as_dict(),
        }
        replacing = sa.update(LICENCES).where(LICENCES.c.id == licence.license_id).values(values)
        with self._database.write() as connection:
            if connection.execute(replacing).rowcount > 0:
                return
        try:
            with self._database.write() as connection:
                connection.execute(sa.insert(LICENCES).values(id=licence.license_id, **values))
        except IntegrityError:  # another process was quicker
            with self._database.write() as connection:
                connection.execute(replacing)

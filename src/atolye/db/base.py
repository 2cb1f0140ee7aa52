"""Base of all tables and the column types that read the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, so that a migration can drop it."""

JsonData = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BigSerial = BigInteger().with_variant(Integer(), "sqlite")
"""64-bit key that counts by itself; SQLite only counts ``INTEGER`` keys, which are 64-bit there too."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone is no point in time")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of the tables in the feature packages' ``tables.py``."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JsonData, list[dict[str, Any]]: JsonData}  # noqa: RUF012


def table_of(mapped: type[Base]) -> Table:
    """The table of a mapped class, for statements that need no objects (the hot path)."""
    assert isinstance(mapped.__table__, Table)
    return mapped.__table__


def personal(kind: str) -> dict[str, str]:
    """Mark of a column that holds personal data under KVKK (law 6698); goes into ``mapped_column(info=…)``.

    Args:
        kind: ``identifier`` (says who), ``pseudonym`` (says who together with other records) or ``text``
            (free text that may name somebody).
    """
    return {"kvkk": kind}

"""Runs the migrations in ``migrations/``: up, down, and the quick look whether there is anything to do."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import OperationalError, ProgrammingError

from atolye.db.session import Database
from atolye.errors import AtolyeError

if TYPE_CHECKING:
    from alembic.config import Config

ADVISORY_LOCK: Final = 0x41746F6C7965  # "Atolye": key of the lock that keeps migrating processes apart
LOCK_TIMEOUT_S: Final = 30
"""How long a migration waits for a table that a running service holds, before it gives up (PostgreSQL)."""


@cache
def revisions() -> tuple[str, ...]:
    """All revisions, oldest first: the stems of the files in ``migrations/versions``."""
    folder = files("atolye.db.migrations") / "versions"
    return tuple(sorted(Path(item.name).stem for item in folder.iterdir() if item.name.endswith(".py")))


def head() -> str:
    """The newest revision."""
    return revisions()[-1]


def current(database: Database) -> str | None:
    """Revision that the database is at; none for an empty one."""
    with database.engine.connect() as connection:
        try:
            found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        except (OperationalError, ProgrammingError):
            connection.rollback()
            if inspect(connection).has_table("alembic_version"):
                raise
            return None
    return found


def upgrade(database: Database, revision: str | None = None) -> bool:
    """Migrates up to ``revision`` (default: the newest); false when the database was there already."""
    target = revision or head()
    if _is_at(database, target):
        return False
    with _alone(database):
        if _is_at(database, target):
            return False
        _run(database, target, down=False)
    return True


def downgrade(database: Database, revision: str) -> None:
    """Migrates down to ``revision``; ``base`` removes everything."""
    with _alone(database):
        _run(database, revision, down=True)


def _is_at(database: Database, target: str) -> bool:
    try:
        found = current(database)
    except OperationalError as problem:
        raise AtolyeError("DATABASE_UNAVAILABLE", reason=type(problem.orig).__name__) from problem
    if found is not None and found not in revisions():
        raise AtolyeError("DATABASE_NEWER", details={"revision": found}, revision=found)
    return found == target


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Keeps other processes from migrating the same database."""
    if database.is_sqlite:
        path = Path(f"{database.engine.url.database}.migrate.lock")
        with path.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({ADVISORY_LOCK})")
        connection.commit()
        try:
            yield
        finally:
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})")
            connection.commit()


def _run(database: Database, revision: str, *, down: bool) -> None:
    from alembic import command

    with (
        database.engine.connect() as connection,
        _loose_references(database, connection),
        connection.begin(),
    ):
        if not database.is_sqlite:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'")
        settings = configuration(connection)
        (command.downgrade if down else command.upgrade)(settings, revision)
        if database.is_sqlite:
            _check_references(connection)


@contextmanager
def _loose_references(database: Database, connection: Connection) -> Iterator[None]:
    """Lets a migration rebuild a table of SQLite; with foreign keys on, that would delete its children."""
    if not database.is_sqlite:
        yield
        return
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise AtolyeError("DATABASE_MIGRATION_REFUSED", reason=f"foreign keys: {broken[:3]}")


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for a connection; there is no ``alembic.ini``."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", "atolye.db:migrations")
    settings.attributes["connection"] = connection
    return settings

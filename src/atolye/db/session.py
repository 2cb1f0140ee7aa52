"""Connections to the database and the two kinds of transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from tenacity import retry, retry_if_exception_message, stop_after_delay, wait_random

from atolye.errors import AtolyeError

BUSY_TIMEOUT_MS: Final = 15_000
"""How long a SQLite writer waits for another one; write transactions here take a few milliseconds."""

SQLITE_CHECKPOINT_PAGES: Final = 16_384
"""Length of the write-ahead log (64 MiB) at which a commit moves it into the database by itself.

That takes some 20 ms, so it is normally done before that and in the background; see ``Database.checkpoint``.
"""
SQLITE_CACHE_KIB: Final = 8 * 1024
POOL_SIZE: Final = 8
POOL_OVERFLOW: Final = 56
"""Connections beyond the pool's size: the API's threads (40) and the runner's never wait for each other."""

_FULL = re.compile(r"disk is full|No space left|disk full", re.IGNORECASE)


def to_json(value: Any) -> str:
    """JSON as it is stored: compact, no NaN, letters as they are; the order of keys is the value's own."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class Database:
    """A database and its pool of connections. Threads may share it; processes may not.

    Args:
        url: SQLAlchemy URL; ``sqlite:///…`` (a file) or ``postgresql+psycopg://…``.

    Raises:
        AtolyeError: ``DATABASE_URL_INVALID``.
    """

    def __init__(self, url: str) -> None:
        self.engine = _create_engine(url)
        self.sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._immediate = self.engine.execution_options(immediate=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading: sees one state of the database, never waits for a writer."""
        with _translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction for writing; commits at the end, rolls back on an exception.

        On SQLite it takes the write lock at the beginning: a transaction that reads first and writes later
        would otherwise fail with "database is locked" when another one wrote in between.
        """
        with _translated(), self._immediate.begin() as connection:
            yield connection

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of the object mapper in a transaction for writing."""
        with _translated(), self._immediate.begin() as connection, self.sessions(bind=connection) as session:
            yield session
            session.flush()

    def migrate(self) -> bool:
        """Brings the schema up to date; true when there was something to do.

        Several processes may call it at once. Costs one query when the schema is current already.

        Raises:
            AtolyeError: ``DATABASE_NEWER`` when a newer version of the product wrote this database.
        """
        from atolye.db.migrate import upgrade

        return upgrade(self)

    def checkpoint(self) -> None:
        """Moves SQLite's write-ahead log into the database; readers and writers go on meanwhile."""
        if self.is_sqlite:
            with self.engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                assert raw is not None
                raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        self.engine.dispose()


def _create_engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except Exception as problem:  # noqa: BLE001 -- SQLAlchemy raises several kinds for an unreadable URL
        raise AtolyeError("DATABASE_URL_INVALID", reason=type(problem).__name__) from None
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise AtolyeError("DATABASE_URL_INVALID", reason="SQLite needs a file")
        return _sqlite_engine(url, Path(parsed.database))
    if backend != "postgresql":
        raise AtolyeError("DATABASE_URL_INVALID", reason=backend)
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        json_serializer=to_json,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "application_name": "atolye"},
    )


def _sqlite_engine(url: str, path: Path) -> Engine:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise AtolyeError("DATABASE_UNAVAILABLE", reason=problem.strerror or "") from None
    engine = create_engine(
        url,
        json_serializer=to_json,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        # The driver must not begin transactions by itself: it would begin them too late and end them early.
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@retry(
    retry=retry_if_exception_message(match=".*locked"),
    stop=stop_after_delay(BUSY_TIMEOUT_MS / 1000),
    wait=wait_random(0.005, 0.03),
    reraise=True,
)
def _switch_to_wal(cursor: Any) -> None:
    """Switches the file to WAL; while another process does the same, SQLite answers “locked” at once."""
    cursor.execute("PRAGMA journal_mode=WAL")


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    _switch_to_wal(cursor)
    for pragma in (
        # In WAL mode NORMAL survives every crash of a process; after a loss of power the last commits may be
        # missing, but the database is whole.
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={SQLITE_CHECKPOINT_PAGES}",
        f"cache_size=-{SQLITE_CACHE_KIB}",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    """A database that cannot be reached or written is a catalogued failure; broken rules stay as they are."""
    try:
        yield
    except OperationalError as problem:
        if _FULL.search(str(problem.orig)):
            raise AtolyeError("STORAGE_QUOTA_EXCEEDED", details={"store": "database"}) from problem
        raise AtolyeError("DATABASE_UNAVAILABLE", reason=type(problem.orig).__name__) from problem
    except DBAPIError as problem:
        if problem.connection_invalidated:
            raise AtolyeError("DATABASE_UNAVAILABLE", reason=type(problem.orig).__name__) from problem
        raise

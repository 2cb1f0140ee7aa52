"""Databases for the tests here: every one runs over SQLite and PostgreSQL."""

from tests.support.databases import (  # noqa: F401 -- fixtures
    database,
    empty_database,
    migrated_postgres,
    migrated_sqlite,
    postgres_server,
    postgresql,
    sqlite,
)

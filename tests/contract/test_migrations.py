"""The migrations on SQLite and PostgreSQL: up, down, guards, and many processes at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

import atolye.artefacts.tables
import atolye.db.tables
import atolye.db.toolchain
import atolye.jobs.tables  # noqa: F401 -- all tables must be known to the metadata
from atolye.db import migrate
from atolye.db.base import Base
from atolye.db.session import Database
from atolye.db.toolchain import record_toolchain
from atolye.engine import versions
from atolye.errors import AtolyeError

JSON_INDEXES = {
    "ix_artefacts_metadata",
    "ix_artefacts_metadata_path",
    "ix_artefacts_assembly4_constraints",
    "ix_artefacts_document_index",
}
BEFORE_TOOLCHAIN = "0001_jobs"


def schema(database: Database) -> dict[str, Any]:
    """Tables with their columns and indexes, and the names of triggers and functions."""
    found = inspect(database.engine)
    tables: dict[str, Any] = {
        table: {
            "columns": sorted(column["name"] for column in found.get_columns(table)),
            "indexes": sorted(str(index["name"]) for index in found.get_indexes(table)),
        }
        for table in found.get_table_names()
    }
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION "
        "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
    )
    with database.read() as connection:
        tables["programs"] = sorted(connection.scalars(text(query)))
    return tables


def put_job(database: Database, job_id: str, *, model: bool = True) -> None:
    """A queued job (and its model) in the schema before the toolchain's columns."""
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO jobs (id, tenant_id, user_id, request_id, flow, request, request_sha256,"
                " wire_request, warnings, runner)"
                " VALUES (:id, 't', 'u', 'r', 'params', '{}', :sha, '{}', '[]', 'pool')"
            ),
            {"id": job_id, "sha": "0" * 64},
        )
        if model:
            connection.execute(
                text("INSERT INTO models (job_id, flow, canonical_params) VALUES (:id, 'params', '{}')"),
                {"id": job_id},
            )


def put_artefact(database: Database, job_id: str, metadata: dict[str, Any]) -> None:
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO artefacts (job_id, kind, file_type, logical_name, key, bucket, version_id, etag,"
                " size_bytes, content_type, storage_class, sha256, metadata)"
                " VALUES (:id, 'solid.step', 'step', 's.step', 'k', 'local', 'v', 'e', 1, 'model/step',"
                " 'STANDARD', :sha, :metadata)"
            ),
            {"id": job_id, "sha": "1" * 64, "metadata": json.dumps(metadata)},
        )


def run_job(database: Database, job_id: str) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE jobs SET state = 'running' WHERE id = :id"), {"id": job_id})


@pytest.mark.spec("15.32", "15.01")
def test_every_migration_goes_up_and_down_without_leaving_anything(empty_database: Database) -> None:
    stages = []
    for revision in migrate.revisions():
        migrate.upgrade(empty_database, revision)
        stages.append(schema(empty_database))
    for expected in reversed(stages[:-1]):
        migrate.downgrade(empty_database, "-1")
        assert schema(empty_database) == expected
    migrate.downgrade(empty_database, "base")
    left = schema(empty_database)
    assert {name for name in left if name not in ("alembic_version", "programs")} == set()
    assert left["programs"] == []
    migrate.upgrade(empty_database)
    assert schema(empty_database) == stages[-1]


@pytest.mark.spec("15.01")
def test_the_migrations_make_exactly_the_mapped_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        found = compare_metadata(context, Base.metadata)
    differences = [str(difference) for difference in found if not expected(difference, database)]
    assert differences == []


def expected(difference: Any, database: Database) -> bool:
    """What only one kind of database has: triggers instead of NOT NULL, and indexes on JSON."""
    if database.is_sqlite:
        if difference[0] in (
            "remove_fk",
            "add_fk",
        ):  # its action cannot be read back where it stands by a column
            return bool(difference[1].column_keys == ["parent_model_id"])
        return isinstance(difference, list) and all(
            change[0] == "modify_nullable" and change[3] in ("freecad_version", "occt_version", "model_rev")
            for change in difference
        )
    return bool(difference[0] == "remove_index" and difference[1].name in JSON_INDEXES)


def test_a_current_database_is_left_alone_without_loading_alembic(database: Database) -> None:
    script = (
        "import sys; from atolye.db.session import Database\n"
        "database = Database(sys.argv[1])\n"
        "print(database.migrate(), 'alembic' in sys.modules)\n"
    )
    url = database.engine.url.render_as_string(False)
    done = subprocess.run(
        [sys.executable, "-c", script, url], capture_output=True, text=True, timeout=60, env=environment()
    )
    assert done.stdout.split() == ["False", "False"], done.stderr


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def test_processes_that_start_at_once_migrate_once(empty_database: Database) -> None:
    script = (
        "import sys; from atolye.db.session import Database\n"
        "sys.stdin.readline(); print(Database(sys.argv[1]).migrate())\n"
    )
    url = empty_database.engine.url.render_as_string(False)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = sorted(process.communicate(timeout=60)[0].strip() for process in started)
    assert answers == ["False", "False", "True"]
    assert migrate.current(empty_database) == migrate.head()


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    try:
        with pytest.raises(AtolyeError) as refusal:
            database.migrate()
        assert refusal.value.code == "DATABASE_NEWER"
    finally:
        with database.write() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :head"), {"head": migrate.head()}
            )


@pytest.mark.spec("15.26", "15.32")
def test_a_begun_model_without_its_toolchain_stops_the_upgrade_and_nothing_changes(
    empty_database: Database,
) -> None:
    migrate.upgrade(empty_database, BEFORE_TOOLCHAIN)
    put_job(empty_database, "old")
    run_job(empty_database, "old")
    before = schema(empty_database)
    with pytest.raises(AtolyeError) as refusal:
        migrate.upgrade(empty_database)
    assert refusal.value.code == "DATABASE_MIGRATION_REFUSED"
    assert schema(empty_database) == before
    assert migrate.current(empty_database) == BEFORE_TOOLCHAIN


@pytest.mark.spec("15.26", "15.28")
@pytest.mark.parametrize(
    ("freecad", "occt", "accepted"),
    [
        ("1.1.3", "7.9.2", True),
        ("1.1.0", "7.8.1", True),
        ("1.0.2", "7.9.2", False),
        ("1.1.3", "7.7.0", False),
    ],
)
def test_the_upgrade_takes_versions_from_the_artefacts_and_refuses_wrong_ones(
    empty_database: Database, freecad: str, occt: str, accepted: bool
) -> None:
    migrate.upgrade(empty_database, BEFORE_TOOLCHAIN)
    put_job(empty_database, "old")
    run_job(empty_database, "old")
    put_artefact(empty_database, "old", {"freecad": {"version": freecad}, "occt": {"version": occt}})
    if not accepted:
        with pytest.raises(AtolyeError, match="DATABASE_MIGRATION_REFUSED"):
            migrate.upgrade(empty_database)
        return
    migrate.upgrade(empty_database)
    with empty_database.read() as connection:
        row = connection.execute(text("SELECT freecad_version, occt_version, model_rev FROM models")).one()
    assert tuple(row) == (freecad, occt, 1)


@pytest.mark.spec("15.27")
@pytest.mark.parametrize(
    ("freecad", "occt", "accepted"), [("1.1.9", "7.8.1", True), ("1.2.0", "7.9.2", False)]
)
def test_a_deployed_toolchain_out_of_range_stops_the_upgrade(
    empty_database: Database, freecad: str, occt: str, accepted: bool
) -> None:
    migrate.upgrade(empty_database, BEFORE_TOOLCHAIN)
    for _ in range(2):  # the second record takes the first one's place
        with empty_database.write() as connection:
            record_toolchain(connection, freecad_version=freecad, occt_version=occt, fingerprint="f" * 64)
    if accepted:
        put_job(empty_database, "waiting")  # not begun: it gets the deployed toolchain's versions
        migrate.upgrade(empty_database)
        with empty_database.read() as connection:
            found = connection.execute(text("SELECT freecad_version, occt_version FROM models")).one()
        assert tuple(found) == (freecad, occt)
    else:
        with pytest.raises(AtolyeError, match="DATABASE_MIGRATION_REFUSED"):
            migrate.upgrade(empty_database)


def test_the_databases_range_is_the_engines(database: Database) -> None:
    from atolye.db import toolchain

    for freecad in ("1.0.0", "1.1.0", "1.1.12", "1.2.0", "0.21.2"):
        for occt in ("7.7.2", "7.8.0", "7.9.3", "7.10.0", "8.0.0"):
            expected = versions.accepted(freecad, versions.FREECAD_ACCEPTED) and versions.accepted(
                occt, versions.OCCT_ACCEPTED
            )
            assert toolchain.is_supported(freecad, occt) == expected, (freecad, occt)

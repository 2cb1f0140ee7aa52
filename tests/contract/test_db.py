"""What both databases refuse and record by themselves, whatever the code above them does."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from atolye.access.models import Licence, Limits
from atolye.access.records import SqlLicences, SqlRevocations
from atolye.artefacts.tables import ArtefactRow, TopologyHash
from atolye.db import retention
from atolye.db.base import Base, table_of
from atolye.db.session import Database
from atolye.db.tables import RevokedToken
from atolye.errors import AtolyeError
from atolye.jobs.tables import AiSuggestion, AuditEntry, Job, Model

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
VERSIONS = {"freecad_version": "1.1.3", "occt_version": "7.9.2"}


def put_job(database: Database, job_id: str = "job", **values: Any) -> str:
    row = {
        "id": job_id, "tenant_id": "t", "user_id": "u", "request_id": "r", "flow": "params",
        "request": {}, "request_sha256": "0" * 64, "wire_request": {}, "warnings": [], "runner": "pool",
        **values,
    }  # fmt: skip
    with database.write() as connection:
        connection.execute(insert(table_of(Job)), row)
    return job_id


def put_model(database: Database, job_id: str = "job", **values: Any) -> int:
    row = {"job_id": job_id, "flow": "params", "canonical_params": {}, **VERSIONS, **values}
    with database.write() as connection:
        return int(
            connection.execute(insert(table_of(Model)).returning(table_of(Model).c.id), row).scalar_one()
        )


def put_artefact(database: Database, job_id: str = "job", **values: Any) -> int:
    row = {
        "job_id": job_id, "kind": "solid.step", "file_type": "step", "logical_name": "s.step", "key": "k",
        "bucket": "local", "version_id": "v", "etag": "e", "size_bytes": 1, "content_type": "model/step",
        "storage_class": "STANDARD", "sha256": "1" * 64, "metadata": {}, **values,
    }  # fmt: skip
    table = table_of(ArtefactRow)
    with database.write() as connection:
        return int(connection.execute(insert(table).returning(table.c.id), row).scalar_one())


def step(database: Database, state: str, **values: Any) -> None:
    if state in ("succeeded", "failed", "cancelled"):
        values.setdefault("finished_at", NOW)
    if state == "failed":
        values.setdefault("error", {"code": "FC_RUNTIME", "message_en": "it failed"})
    with database.write() as connection:
        connection.execute(update(table_of(Job)).values(state=state, **values))


def state(database: Database) -> str:
    with database.read() as connection:
        return str(connection.execute(select(Job.state)).scalar_one())


# ---- jobs ----------------------------------------------------------------------------------------


@pytest.mark.spec("15.01")
@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ([], "succeeded"),
        (["running"], "queued"),
        (["running", "succeeded"], "running"),
        (["running", "failed"], "succeeded"),
        (["cancelled"], "running"),
    ],
)
def test_a_step_that_the_state_machine_does_not_know_is_refused(
    database: Database, path: list[str], wrong: str
) -> None:
    put_job(database)
    for name in path:
        step(database, name)
    before = state(database)
    with pytest.raises(DBAPIError):
        step(database, wrong)
    assert state(database) == before


def test_a_job_begins_queued(database: Database) -> None:
    with pytest.raises(DBAPIError):
        put_job(database, state="running")


def test_a_lost_job_goes_back_into_the_queue_only_when_that_is_counted(database: Database) -> None:
    put_job(database)
    step(database, "running")
    step(database, "queued", attempt=1)
    assert state(database) == "queued"


@pytest.mark.parametrize(
    "values",
    [
        {"job_id": "a/b"},
        {"job_id": "ş"},
        {"job_id": "x" * 65},
        {"job_id": ""},
        {"progress": 1.5},
        {"request_sha256": "XYZ"},
        {"runner": "other"},
        {"idempotency_key": "k"},
        {"attempt": -1},
    ],
)
def test_values_out_of_range_are_refused(database: Database, values: dict[str, Any]) -> None:
    with pytest.raises(DBAPIError):
        put_job(database, **values)


def test_a_failed_job_says_why_and_an_ended_one_says_when(database: Database) -> None:
    put_job(database)
    step(database, "running")
    for values in ({"state": "failed", "finished_at": NOW}, {"state": "succeeded"}):
        with pytest.raises(DBAPIError), database.write() as connection:
            connection.execute(update(table_of(Job)).values(**values))
    assert state(database) == "running"


@pytest.mark.spec("15.01")
def test_an_idempotency_key_is_unique_for_its_user_and_free_for_others(database: Database) -> None:
    key = {
        "idempotency_key": "k",
        "idempotency_body_sha256": "2" * 64,
        "idempotency_expires_at": NOW,
    }
    put_job(database, "one", **key)
    put_job(database, "two", user_id="another", **key)
    with pytest.raises(DBAPIError):
        put_job(database, "three", **key)


@pytest.mark.spec("15.01")
def test_every_step_is_written_to_the_audit_log_and_moves_the_model(database: Database) -> None:
    put_job(database)
    put_model(database)
    statuses = []
    for name in ("running", "failed"):
        step(database, name)
        with database.read() as connection:
            statuses.append(connection.execute(select(Model.status)).scalar_one())
    with database.read() as connection:
        rows = connection.execute(select(table_of(AuditEntry)).order_by(AuditEntry.id)).all()
    assert [(row.from_state, row.to_state) for row in rows] == [
        (None, "queued"),
        ("queued", "running"),
        ("running", "failed"),
    ]
    assert {(row.job_id, row.tenant_id, row.user_id, row.action) for row in rows} == {
        ("job", "t", "u", "job.state")
    }
    assert rows[-1].detail == {"code": "FC_RUNTIME", "message": "it failed"}
    assert statuses == ["processing", "failed"]
    assert abs(rows[0].created_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_audit_rows_cannot_be_changed_and_outlive_their_job(database: Database) -> None:
    put_job(database)
    for change in ({"to_state": "succeeded"}, {"user_id": "someone"}, {"created_at": NOW}):
        with pytest.raises(DBAPIError), database.write() as connection:
            connection.execute(update(table_of(AuditEntry)).values(**change))
    with database.write() as connection:
        connection.execute(text("DELETE FROM jobs"))
    with database.read() as connection:
        assert connection.execute(select(AuditEntry.to_state)).scalars().all() == ["queued"]


# ---- models --------------------------------------------------------------------------------------


@pytest.mark.spec("15.29", "15.03", "15.04")
@pytest.mark.parametrize(
    "versions",
    [
        {"freecad_version": "1.0.2"},
        {"freecad_version": "1.1"},
        {"freecad_version": "1.1.x"},
        {"freecad_version": "1.1.3rc1"},
        {"freecad_version": "11.1.3"},
        {"freecad_version": None},
        {"occt_version": "7.7.2"},
        {"occt_version": "7.10.0"},
        {"occt_version": "8.9.0"},
        {"occt_version": "7.9."},
        {"occt_version": None},
    ],
)
def test_a_model_of_another_toolchain_is_refused(database: Database, versions: dict[str, Any]) -> None:
    put_job(database)
    with pytest.raises(DBAPIError):
        put_model(database, **versions)
    put_model(database)
    with pytest.raises(DBAPIError), database.write() as connection:
        connection.execute(update(table_of(Model)).values(**versions))


@pytest.mark.spec("15.02", "15.03", "15.04", "15.08")
@pytest.mark.parametrize(("freecad", "occt"), [("1.1.0", "7.8.0"), ("1.1.12", "7.8.11"), ("1.1.3", "7.9.2")])
def test_a_model_in_the_accepted_range_is_taken(database: Database, freecad: str, occt: str) -> None:
    put_job(database)
    put_model(database, freecad_version=freecad, occt_version=occt)
    with database.read() as connection:
        row = connection.execute(select(Model.model_rev, Model.doc_schema_version, Model.status)).one()
    assert tuple(row) == (1, 110, "pending")


@pytest.mark.spec("15.05", "15.06", "15.25")
def test_a_derived_model_gets_the_next_revision_and_forgets_a_deleted_parent(database: Database) -> None:
    put_job(database)
    document = uuid.uuid4()
    first = put_model(database, freecad_doc_uuid=document)
    second = put_model(database, freecad_doc_uuid=document, parent_model_id=first)
    third = put_model(database, freecad_doc_uuid=document, parent_model_id=first)
    clone = put_model(database, parent_model_id=third)
    with database.write() as connection:
        query = select(Model.id, Model.model_rev)
        revisions = {row.id: row.model_rev for row in connection.execute(query)}
        assert revisions == {first: 1, second: 2, third: 3, clone: 4}
        connection.execute(text("DELETE FROM models WHERE id = :id"), {"id": third})
        parent = connection.execute(select(Model.parent_model_id).where(Model.id == clone)).scalar_one()
    assert parent is None


@pytest.mark.spec("15.07", "15.09")
def test_a_document_has_each_revision_once(database: Database) -> None:
    put_job(database)
    document = uuid.uuid4()
    put_model(database, freecad_doc_uuid=document, model_rev=1)
    put_model(database, model_rev=1)
    put_model(database, model_rev=1)  # without a document there is nothing to be unique in
    with pytest.raises(DBAPIError):
        put_model(database, freecad_doc_uuid=document, model_rev=1)


# ---- artefacts -----------------------------------------------------------------------------------


@pytest.mark.spec("11.37")
def test_a_version_of_a_file_exists_once_and_only_one_is_the_latest(database: Database) -> None:
    put_job(database)
    put_artefact(database)
    for wrong in (
        {"version_seq": 1, "version_id": "w", "is_latest": False},
        {"version_seq": 2, "version_id": "v", "is_latest": False},
        {"version_seq": 2, "version_id": "w"},
    ):
        with pytest.raises(DBAPIError):
            put_artefact(database, **wrong)


@pytest.mark.spec("11.37", "15.13")
def test_what_belongs_to_a_job_goes_with_it(database: Database) -> None:
    put_job(database)
    put_model(database)
    artefact = put_artefact(database)
    with database.write() as connection:
        connection.execute(
            insert(table_of(TopologyHash)),
            {"artefact_id": artefact, "object_path": "A/Face1", "shape_kind": "Face", "topo_hash": "h"},
        )
        connection.execute(text("DELETE FROM jobs"))
        for table in ("models", "artefacts", "topology_hashes"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


@pytest.mark.spec("15.12", "15.15", "15.17", "15.18", "15.19")
def test_a_topology_hash_has_a_known_kind_and_is_not_given_twice(database: Database) -> None:
    put_job(database)
    row = {
        "artefact_id": put_artefact(database),
        "object_path": "A/Face1",
        "shape_kind": "Face",
        "topo_hash": "h",
    }
    with database.write() as connection:
        connection.execute(insert(table_of(TopologyHash)), row)
        found = connection.execute(select(table_of(TopologyHash))).one()
    assert found.id == 1
    assert found.occt_algo_version.startswith("7.9")
    assert abs(found.created_at - datetime.now(UTC)) < timedelta(minutes=5)
    for wrong in (row, {**row, "object_path": "A/Wire1", "shape_kind": "Wire"}):
        with pytest.raises(DBAPIError), database.write() as connection:
            connection.execute(insert(table_of(TopologyHash)), wrong)


@pytest.mark.spec("15.23")
@pytest.mark.parametrize(
    ("flow", "file_type", "metadata", "accepted"),
    [
        ("a4", "fcstd", {}, False),
        ("a4", "fcstd", {"assembly4": {"constraints": "none"}}, False),
        ("a4", "fcstd", {"assembly4": {"constraints": []}}, True),
        ("a4", "step", {}, True),
        ("params", "fcstd", {}, True),
    ],
)
def test_an_assemblys_document_needs_its_constraints(
    database: Database, flow: str, file_type: str, metadata: dict[str, Any], accepted: bool
) -> None:
    put_job(database, flow=flow)
    if accepted:
        put_artefact(database, file_type=file_type, metadata=metadata)
    else:
        with pytest.raises(DBAPIError):
            put_artefact(database, file_type=file_type, metadata=metadata)


def plan(database: Database, query: str) -> str:
    """How PostgreSQL answers a query when it may not read the whole table."""
    with database.engine.connect() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        return "\n".join(connection.execute(text(f"EXPLAIN ANALYZE {query}")).scalars())


@pytest.mark.spec("15.30", "15.21", "15.22", "15.24")
def test_metadata_is_found_by_its_indexes(postgresql: Database) -> None:
    put_job(postgresql, flow="a4")
    put_artefact(
        postgresql,
        file_type="fcstd",
        metadata={
            "assembly4": {"constraints": [{"type": "Fixed", "link": "Arm"}]},
            "freecad": {"document_index": [{"label": "Kol", "type": "Part::Box"}]},
        },
    )
    constraint = "metadata->'assembly4'->'constraints' @> '[{\"link\": \"Arm\"}]'"
    label = "metadata->'freecad'->'document_index' @> '[{\"label\": \"Kol\"}]'"
    contained = 'metadata @> \'{"assembly4": {"constraints": [{"link": "Arm"}]}}\''
    by_key = "metadata ? 'assembly4'"
    for condition, index in (
        (constraint, "ix_artefacts_assembly4_constraints"),
        (label, "ix_artefacts_document_index"),
        (contained, "ix_artefacts_metadata"),
        (by_key, "ix_artefacts_metadata"),
    ):
        query = f"SELECT id FROM artefacts WHERE {condition}"
        described = plan(postgresql, query)
        assert f"Bitmap Index Scan on {index}" in described, described
        with postgresql.read() as connection:
            assert len(connection.execute(text(query)).all()) == 1


INDEXED = {
    "SELECT id FROM jobs WHERE tenant_id = 't' ORDER BY created_at DESC, id DESC LIMIT 50":
        "ix_jobs_tenant_id_created_at_id",
    "SELECT id FROM jobs WHERE state = 'running' ORDER BY created_at": "ix_jobs_state_created_at",
    "SELECT id FROM jobs WHERE user_id = 'u' AND idempotency_key = 'k'": "uq_jobs_user_id_idempotency_key",
    "SELECT id FROM models WHERE job_id = 'j1'": "ix_models_job_id",
    "SELECT id FROM models WHERE freecad_version = '1.1.3' AND occt_version = '7.9.2'":
        "ix_models_freecad_version_occt_version",
    "SELECT id FROM models WHERE status = 'failed' ORDER BY created_at": "ix_models_status_created_at",
    "SELECT artefact_id FROM topology_hashes WHERE topo_hash = 'h'": "ix_topology_hashes_topo_hash",
}  # fmt: skip


@pytest.mark.spec("15.01", "15.10", "15.20")
def test_the_services_queries_use_their_indexes(postgresql: Database) -> None:
    with postgresql.write() as connection:
        connection.execute(
            text(
                "INSERT INTO jobs (id, tenant_id, user_id, request_id, flow, request, request_sha256,"
                " wire_request, warnings, runner) SELECT 'j' || n, 't', 'u', 'r', 'params', '{}',"
                " repeat('0', 64), '{}', '[]', 'pool' FROM generate_series(1, 500) AS n"
            )
        )
        connection.execute(text("ANALYZE jobs"))
    for query, index in INDEXED.items():
        described = plan(postgresql, query)
        assert index in described, described


# ---- licences, tokens, personal data -------------------------------------------------------------


def test_a_licence_comes_back_as_it_was_put(database: Database) -> None:
    licences = SqlLicences(database)
    licence = Licence("l", "t", "active", NOW, NOW + timedelta(days=1), Limits(1, 2, 3))
    licences.put(licence)
    assert licences.find("l") == licence
    suspended = Licence("l", "t", "suspended")
    licences.put(suspended)
    assert licences.find("l") == suspended
    assert licences.find("other") is None


def test_a_revoked_token_stays_revoked_until_it_would_have_expired(database: Database) -> None:
    revocations = SqlRevocations(database)
    now = datetime.now(UTC)
    revocations.revoke("old", expires_at=int((now - timedelta(hours=1)).timestamp()))
    for _ in range(2):
        revocations.revoke("new", expires_at=int((now + timedelta(hours=1)).timestamp()))
    assert revocations.is_revoked("new")
    assert not revocations.is_revoked("other")
    with database.read() as connection:
        assert connection.execute(select(RevokedToken.jti)).scalars().all() == ["new"]


@pytest.mark.spec("15.01")
def test_every_personal_column_is_marked_and_has_a_rule(postgresql: Database) -> None:
    marked = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if "kvkk" in column.info
    }
    assert marked == {(rule.table, rule.column) for rule in retention.RULES}
    # A user's id anywhere is personal; a column that holds one and is not marked was forgotten.
    assert {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name == "user_id" or "prompt" in column.name
    } <= marked
    query = "SELECT col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = to_regclass(:table)"
    with postgresql.read() as connection:
        for table, column in marked:
            comment = connection.execute(
                text(f"{query} AND attname = :column"), {"table": table, "column": column}
            ).scalar_one()
            assert comment.startswith("kvkk: ")


@pytest.mark.spec("15.01")
def test_personal_data_goes_when_its_time_is_over_and_not_before(database: Database) -> None:
    put_job(database)
    old, young = NOW - timedelta(days=181), NOW - timedelta(days=179)
    suggestion = {"user_id": "u", "request_id": "r", "prompt_masked": "a plate", "response": {}}
    with database.write() as connection:
        connection.execute(
            insert(table_of(AiSuggestion)),
            [{**suggestion, "created_at": old}, {**suggestion, "created_at": young}],
        )
        connection.execute(
            insert(table_of(AuditEntry)),
            {
                "job_id": "j",
                "tenant_id": "t",
                "user_id": "u",
                "action": "a",
                "created_at": NOW - timedelta(days=731),
            },
        )
    retention.sweep(database, NOW)
    with database.read() as connection:
        assert connection.execute(select(AiSuggestion.created_at)).scalars().all() == [young]
        users = connection.execute(select(AuditEntry.job_id, AuditEntry.user_id)).all()
    assert sorted(map(tuple, users)) == [("j", None), ("job", "u")]


# ---- connections ---------------------------------------------------------------------------------


def test_a_moment_comes_back_in_utc_to_the_microsecond(database: Database) -> None:
    put_job(database, created_at=NOW)
    with database.read() as connection:
        found = connection.execute(select(Job.created_at)).scalar_one()
    assert found == NOW
    assert found.utcoffset() == timedelta(0)
    with pytest.raises(Exception, match="zone"):
        put_job(database, "naive", created_at=NOW.replace(tzinfo=None))


def test_turkish_letters_and_exact_numbers_survive(database: Database) -> None:
    request = {"malzeme": "çelik ŞĞİı", "length": 73.3, "tiny": 1e-12, "large": 123456789.123456789}
    put_job(database, request=request)
    with database.read() as connection:
        assert connection.execute(select(Job.request)).scalar_one() == request


def test_a_number_that_json_does_not_have_is_never_stored(database: Database) -> None:
    with pytest.raises(Exception, match="JSON"):
        put_job(database, request={"length": float("nan")})


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense"])
def test_an_unusable_url_is_refused_by_name(url: str) -> None:
    with pytest.raises(AtolyeError) as refusal:
        Database(url)
    assert refusal.value.code == "DATABASE_URL_INVALID"


def test_a_database_that_does_not_answer_is_a_catalogued_failure(tmp_path: Any) -> None:
    database = Database("postgresql://postgres@127.0.0.1:1/none")
    with pytest.raises(AtolyeError) as failure:
        database.migrate()
    assert failure.value.code == "DATABASE_UNAVAILABLE"

"""Rows and bytes of artefacts together: versions, links, expiry, collection."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import func, select, update

from atolye.access.links import Grant, LinkSigner
from atolye.artefacts.collection import Collector
from atolye.artefacts.folder import FolderStore
from atolye.artefacts.kinds import KINDS
from atolye.artefacts.service import Artefacts, Item
from atolye.artefacts.tables import ArtefactDeletion, ArtefactRow
from atolye.db.base import table_of
from atolye.db.session import Database
from atolye.errors import AtolyeError
from atolye.jobs.service import JobService
from tests.support.jobs import CALLER, CONTENT, TENANT, TOOLCHAIN, FakeEngine, FakeRequest

NOW = datetime.now(UTC)
STEP = KINDS["solid.step"]


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "artefacts")


@pytest.fixture
def library(database: Database, store: FolderStore) -> Artefacts:
    """With the artefacts of one succeeded job, ``1234``."""
    service = JobService(
        database=database, store=store, engine=FakeEngine(), toolchain=lambda: TOOLCHAIN, local_caller=CALLER
    )
    assert service.run_now(FakeRequest(), job_id="1234").state == "succeeded"
    service.close()
    return service.library


def overwrite(library: Artefacts, database: Database, content: bytes) -> None:
    item = Item(STEP, library.put("1234", STEP, content))
    with database.write() as connection:
        library.record(connection, "1234", [item], request_id="r2", first=False)


def read(store: FolderStore, artefact: Any) -> bytes:
    with store.open(artefact) as file:
        return file.read()


@pytest.mark.spec("11.59", "11.08", "11.09", "11.30", "11.31")
def test_a_link_to_a_version_gives_that_version_whatever_came_after(
    library: Artefacts, database: Database, store: FolderStore
) -> None:
    first = next(found for found in library.of_job("1234") if found.kind == "solid.step")
    signer = LinkSigner(b"x" * 32)
    query = signer.query(Grant(first.artefact_id, first.version_id, signer.expiry(15)))
    overwrite(library, database, b"ISO-10303-21; another")

    grant = signer.check(first.artefact_id, dict(parse_qsl(query)), method="GET", client=None)
    assert grant.version == first.version_id
    linked = library.find(first.artefact_id)
    assert read(store, linked) == CONTENT["solid.step"]
    history = library.history("1234", first.name)
    assert [(found.version_seq, found.version_id) for found in history] == [
        (1, first.version_id),
        (2, history[1].version_id),
    ]
    latest = [found for found in library.of_job("1234") if found.kind == "solid.step"]
    assert latest == history[1:]
    assert read(store, latest[0]) == b"ISO-10303-21; another"


@pytest.mark.spec("11.35", "11.36")
def test_a_row_tells_all_about_its_object(library: Artefacts, database: Database) -> None:
    table = table_of(ArtefactRow)
    with database.read() as connection:
        row = connection.execute(select(table).where(table.c.kind == "solid.step")).one()
    assert (row.key, row.bucket, row.file_type) == ("jobs/1234/1234_solid.step", "local", "step")
    assert row.version_id.endswith(row.sha256)
    assert (row.content_type, row.storage_class) == ("model/step", "STANDARD")
    assert row.exporter_version == "freecad 1.1.3 occt 7.9.2"
    assert row.request_id
    assert row.metadata["occt"]["version"] == "7.9.2"


@pytest.mark.spec("11.54", "11.55")
def test_keys_and_metadata_say_nothing_of_a_person(library: Artefacts, database: Database) -> None:
    with database.read() as connection:
        rows = connection.execute(select(table_of(ArtefactRow))).all()
    assert len(rows) == 5
    for row in rows:
        told = json.dumps({name: str(value) for name, value in row._mapping.items()})
        assert CALLER.user_id not in told
        assert CALLER.tenant_id not in told


@pytest.mark.parametrize("artefact_id", ["0", "999999", "-1", "1;", "1 OR 1=1", "", "²", "1" * 30])
def test_an_artefact_that_is_not_there_is_not_found(library: Artefacts, artefact_id: str) -> None:
    with pytest.raises(AtolyeError) as refusal:
        library.find(artefact_id)
    assert (refusal.value.code, refusal.value.http_status) == ("ARTEFACT_NOT_FOUND", 404)


@pytest.mark.spec("11.63", "11.39", "11.40", "11.10", "11.58")
def test_a_deleted_job_s_versions_are_all_removed_and_collecting_again_does_no_harm(
    library: Artefacts, database: Database, store: FolderStore
) -> None:
    overwrite(library, database, b"two")
    overwrite(library, database, b"three")
    store.delete("jobs/1234/1234_mesh.stl")  # a delete marker changes nothing
    collector = Collector(database, store)
    with database.write() as connection:
        assert library.schedule_deletion(connection, "1234", TENANT) == 7
    assert collector.pending() == 7
    assert collector.collect(datetime.now(UTC) + timedelta(seconds=1)).deleted == 7
    assert list(store.list("jobs/")) == []
    assert not (store.root / "jobs/1234").exists()
    again = collector.collect(datetime.now(UTC) + timedelta(seconds=1))
    assert (again.deleted, again.failed) == (0, 0)


@pytest.mark.spec("11.40", "11.41")
def test_a_deletion_that_fails_is_kept_with_its_error_and_tried_again_later_and_later(
    library: Artefacts, database: Database, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = Collector(database, store)
    with database.write() as connection:
        library.schedule_deletion(connection, "1234", TENANT)

    def refuse(self: FolderStore, key: str, version_id: str | None = None) -> None:
        raise AtolyeError("STORAGE_DELETE_FAILED", details={"reason": "Input/output error"})

    moment = datetime.now(UTC) + timedelta(seconds=1)
    pauses = []
    with monkeypatch.context() as patched:
        patched.setattr(FolderStore, "delete", refuse)
        for _ in range(4):
            assert collector.collect(moment).failed == 5
            table = table_of(ArtefactDeletion)
            with database.read() as connection:
                rows = connection.execute(select(table)).all()
            due = max(row.next_try_at for row in rows)
            pauses.append((due - moment).total_seconds())
            assert collector.collect(moment).failed == 0, "tried again before its time"
            moment = due
    assert {(row.status, row.attempts, row.last_error) for row in rows} == {
        ("deletion_pending", 4, "Input/output error")
    }
    assert all(later > 1.3 * earlier for earlier, later in pairwise(pauses))
    assert collector.collect(moment).deleted == 5
    assert collector.pending() == 0
    assert list(store.list("jobs/")) == []


@pytest.mark.spec("11.11", "11.12", "11.14", "11.15")
def test_pictures_and_old_versions_expire_and_designs_stay(
    library: Artefacts, database: Database, store: FolderStore
) -> None:
    overwrite(library, database, b"two")
    table = table_of(ArtefactRow)

    def age(days: float) -> None:
        with database.write() as connection:
            connection.execute(update(table).values(created_at=NOW - timedelta(days=days)))

    age(89)
    assert library.expire(NOW) == 0
    age(91)
    assert library.expire(NOW) == 1  # the preview
    age(181)
    assert library.expire(NOW) == 1  # the version that was overwritten
    assert library.expire(NOW) == 0
    Collector(database, store).collect(datetime.now(UTC) + timedelta(seconds=1))
    assert sorted(found.kind for found in library.of_job("1234")) == [
        "mesh.stl",
        "model.fcstd",
        "provenance.json",
        "solid.step",
    ]
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 4
    assert len(list(store.list("jobs/1234/"))) == 4

"""The life of a job, over SQLite and PostgreSQL, with an engine that only writes files."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from atolye.artefacts.folder import FolderStore
from atolye.artefacts.tables import TopologyHash
from atolye.db.base import table_of
from atolye.db.session import Database
from atolye.errors import AtolyeError
from atolye.jobs import service as service_module
from atolye.jobs.service import JobService
from atolye.jobs.tables import AuditEntry, Job, Model
from tests.support.jobs import (
    CALLER,
    CONTENT,
    HASHES,
    OTHER_TENANT,
    RESULT,
    STRANGER,
    TENANT,
    TOOLCHAIN,
    FakeEngine,
    FakeRequest,
)

Serve = Callable[..., JobService]


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "artefacts")


@pytest.fixture
def serve(database: Database, store: FolderStore) -> Iterator[Serve]:
    """Starts services over the same database and store; they are closed in the end."""
    started: list[JobService] = []

    def start(engine: FakeEngine | None = None, *, workers: int = 2, **options: Any) -> JobService:
        made = JobService(
            database=database,
            store=options.pop("store", store),
            engine=engine or FakeEngine(),
            toolchain=lambda: TOOLCHAIN,
            workers=workers,
            local_caller=CALLER,
            **options,
        )
        made.start()
        started.append(made)
        return made

    yield start
    for service in started:
        service.close(grace_s=5)


def submit(service: JobService, length: float = 100.0, **options: Any) -> str:
    options = {"caller": CALLER, "request_id": "request-1", **options}
    return service.submit(FakeRequest(length), **options).job.job_id


def ended(service: JobService, job_id: str, tenant_id: str = TENANT) -> dict[str, Any]:
    view = service.wait(job_id, tenant_id=tenant_id, seconds=20)
    assert view.ended
    return view.as_json("en")


def stored_files(store: FolderStore) -> set[str]:
    return {item.key.rpartition("/")[2] for item in store.list("jobs/")}


# ---- success -------------------------------------------------------------------------------------


@pytest.mark.spec("01.09", "10.10", "11.36")
def test_a_job_ends_with_its_files_its_metrics_and_its_story(serve: Serve, store: FolderStore) -> None:
    service = serve()
    submission = service.submit(FakeRequest(), caller=CALLER, request_id="request-1", job_id="1234")
    assert (submission.job.state, submission.replayed) == ("queued", False)
    job = ended(service, "1234")
    assert list(job)[:10] == [
        "job_id", "state", "request", "request_sha256", "metrics", "warnings", "artefacts", "timings_ms",
        "engine", "error",
    ]  # fmt: skip
    assert (job["state"], job["error"], job["request"]) == ("succeeded", None, FakeRequest().as_dict())
    assert job["metrics"] == RESULT["metrics"]
    assert [artefact["name"] for artefact in job["artefacts"]] == [
        "1234_model.FCStd",
        "1234_solid.step",
        "1234_mesh.stl",
        "1234_preview.glb",
        "1234_provenance.json",
    ]
    for artefact in job["artefacts"][:-1]:
        content = CONTENT[artefact["kind"]]
        assert (artefact["sha256"], artefact["size_bytes"]) == (
            hashlib.sha256(content).hexdigest(),
            len(content),
        )
        with store.open(artefact) as file:
            assert file.read() == content
    assert {"queue", "engine", "store", "total", "kernel.build"} <= job["timings_ms"].keys()
    assert job["engine"]["freecad"] == "1.1.3"
    assert job["resources"]["ram_peak_mb"] == 150.0
    assert "worker" not in job["resources"]
    json.dumps(job, allow_nan=False)


@pytest.mark.spec("10.06", "10.10")
def test_the_metrics_in_the_database_tell_the_part_and_the_run(serve: Serve, database: Database) -> None:
    service = serve(FakeEngine(extra_events=({"event": "resource", "cpu_pct": 97.5, "rss_mb": 120.0},)))
    job_id = submit(service)
    ended(service, job_id)
    with database.read() as connection:
        metrics = connection.execute(select(Job.metrics)).scalar_one()
    assert metrics is not None
    telemetry = metrics.pop("telemetry")
    assert metrics == RESULT["metrics"]
    assert telemetry["request_id"] == "request-1"
    assert telemetry["duration_ms"] > 0
    assert telemetry["phases_ms"] == RESULT["timings_ms"]
    assert (telemetry["cpu_percent_peak"], telemetry["ram_peak_mb"]) == (97.5, 150.0)
    assert telemetry["worker"].keys() == {"pid", "hostname", "thread_id", "queue"}


@pytest.mark.spec("09.10")
def test_the_provenance_names_every_file_and_what_made_it(serve: Serve, store: FolderStore) -> None:
    service = serve()
    job = ended(service, submit(service, job_id="1234"))
    with store.open("jobs/1234/1234_provenance.json") as file:
        provenance = json.load(file)
    assert provenance["job_id"] == "1234"
    assert provenance["request_sha256"] == job["request_sha256"]
    assert provenance["toolchain"] == RESULT["provenance"]
    assert provenance["topology"]["count"] == len(HASHES)
    assert {item["name"]: item["sha256"] for item in provenance["files"]} == {
        artefact["name"]: artefact["sha256"] for artefact in job["artefacts"][:-1]
    }


@pytest.mark.spec("15.11", "15.14", "15.16", "15.21", "15.31")
def test_equal_geometry_has_equal_topology_hashes_and_is_found_by_them(
    serve: Serve, database: Database
) -> None:
    service = serve()
    jobs = [ended(service, submit(service, length)) for length in (1.0, 2.0)]
    table = table_of(TopologyHash)
    with database.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).all()
    half = len(rows) // 2
    hashes = [(row.object_path, row.shape_kind, row.topo_hash) for row in rows]
    first, second = hashes[:half], hashes[half:]
    assert first == second == [(part["path"], part["kind"], part["hash"]) for part in HASHES]
    found = service.library.by_topology(HASHES[5]["hash"])
    assert [(artefact.job_id, artefact.kind) for artefact in found] == [
        (job["job_id"], "model.fcstd") for job in jobs
    ]
    summaries = [
        artefact["metadata"]["occt"]["topology_hashes"]
        for job in jobs
        for artefact in job["artefacts"]
        if artefact["kind"] in ("model.fcstd", "solid.step")
    ]
    assert len(summaries) == 4
    assert all(summary == summaries[0] for summary in summaries)
    assert summaries[0]["kinds"] == {"Solid": 1, "Shell": 1, "Face": 7, "Edge": 15, "Vertex": 10}


def test_the_model_follows_its_job_and_says_what_made_it(serve: Serve, database: Database) -> None:
    service = serve(FakeEngine(gate=(gate := threading.Event())))
    job_id = submit(service)
    statuses = []
    service._live.get(job_id)
    for _ in range(1000):
        with database.read() as connection:
            row = connection.execute(select(table_of(Model))).one()
        statuses.append(row.status)
        if row.status == "processing":
            break
        time.sleep(0.005)
    gate.set()
    ended(service, job_id)
    with database.read() as connection:
        row = connection.execute(select(table_of(Model))).one()
    assert statuses[-1] == "processing"
    assert (row.status, row.freecad_version, row.occt_version) == ("completed", "1.1.3", "7.9.2")
    assert row.canonical_params == FakeRequest().as_dict()


@pytest.mark.spec("16.05")
def test_events_are_numbered_without_gaps_and_can_be_continued(serve: Serve) -> None:
    gate = threading.Event()
    engine = FakeEngine(gate=gate, extra_events=({"event": "warning", "code": "X", "because": "y"},))
    service, other = serve(engine), serve()
    job_id = submit(service)
    assert engine.running.wait(10)
    live = service.events(job_id, tenant_id=TENANT)
    assert [event["type"] for event in live[:3]] == ["state", "state", "stage"]
    deadline = time.monotonic() + 10
    while len(other.events(job_id, tenant_id=TENANT)) < len(live):
        assert time.monotonic() < deadline, "another process never sees the events of a running job"
        time.sleep(0.02)
    gate.set()
    ended(service, job_id)
    events = service.events(job_id, tenant_id=TENANT)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    states = [event["state"] for event in events if event["type"] == "state"]
    assert states == ["queued", "running", "succeeded"]
    assert [event["kind"] for event in events if event["type"] == "artefact"] == list(CONTENT)
    assert list(service.events(job_id, tenant_id=TENANT, after=4)) == list(events[4:])
    assert all(event["job_id"] == job_id for event in events)


def test_progress_is_visible_while_a_job_runs(serve: Serve) -> None:
    engine = FakeEngine(gate=(gate := threading.Event()))
    service = serve(engine)
    job_id = submit(service)
    assert engine.running.wait(10)
    view = service.get(job_id, tenant_id=TENANT)
    assert (view.state, view.stage, view.progress) == ("running", "check", 0.4)
    gate.set()
    assert ended(service, job_id)["progress"] == 1.0


def test_no_more_jobs_run_at_once_than_there_are_workers(serve: Serve) -> None:
    engine = FakeEngine(gate=(gate := threading.Event()))
    service = serve(engine, workers=3)
    jobs = [submit(service, float(n)) for n in range(1, 8)]
    time.sleep(0.1)
    gate.set()
    assert {ended(service, job)["state"] for job in jobs} == {"succeeded"}
    assert engine.most_at_once == 3


# ---- failure -------------------------------------------------------------------------------------


def test_a_failed_job_keeps_its_error_and_no_files(serve: Serve, store: FolderStore) -> None:
    error = AtolyeError("FC_BOOLEAN_FAILED", details={"phase": "recompute", "object": "Cut"})
    service = serve(FakeEngine(error=error))
    job = ended(service, submit(service))
    assert job["state"] == "failed"
    assert job["artefacts"] == []
    assert (job["error"]["code"], job["error"]["http_status"]) == ("FC_BOOLEAN_FAILED", 422)
    assert (job["error"]["job_id"], job["error"]["request_id"]) == (job["job_id"], "request-1")
    assert job["error"]["message_tr"] != job["error"]["message_en"]
    assert job["error"]["details"]["object"] == "Cut"
    assert stored_files(store) == set()


def test_what_nobody_foresaw_fails_the_job_and_not_the_service(serve: Serve) -> None:
    engine = FakeEngine(error=ZeroDivisionError("secret detail"))
    service = serve(engine)
    job = ended(service, submit(service))
    assert job["error"]["code"] == "INTERNAL_ERROR"
    assert "secret" not in json.dumps(job)
    engine.error = None
    assert ended(service, submit(service))["state"] == "succeeded"


def test_an_engine_that_cannot_even_say_what_it_is_fails_the_job_cleanly(serve: Serve) -> None:
    def gone() -> dict[str, Any]:
        raise AtolyeError("ENGINE_UNAVAILABLE", reason="dead")

    error = AtolyeError("ENGINE_UNAVAILABLE", reason="dead")
    service = serve(FakeEngine(error=error), describe_engine=gone)
    job = ended(service, submit(service))
    assert (job["state"], job["error"]["code"]) == ("failed", "ENGINE_UNAVAILABLE")


def test_an_interrupted_command_leaves_a_cancelled_job(serve: Serve, store: FolderStore) -> None:
    class Interrupted(FakeEngine):
        def run(self, *args: Any, **options: Any) -> Any:
            raise KeyboardInterrupt

    service = serve(Interrupted(), workers=0)
    with pytest.raises(KeyboardInterrupt):
        service.run_now(FakeRequest(), job_id="cli")
    assert service.get("cli", tenant_id=TENANT).state == "cancelled"
    assert stored_files(store) == set()


def test_personal_data_and_secrets_in_an_error_are_masked(serve: Serve) -> None:
    details = {"cause": "mail ayse@example.com", "token": "abc", "length": 73.3}
    service = serve(FakeEngine(error=AtolyeError("FC_RUNTIME", details=details, cause="x")))
    text_of = json.dumps(ended(service, submit(service))["error"])
    assert "ayse" not in text_of
    assert '"abc"' not in text_of
    assert "73.3" in text_of


def test_manufacturing_warnings_travel_with_the_job(serve: Serve) -> None:
    warning = {
        "code": "WALL_THIN",
        "severity": "warning",
        "field": "Face3",
        "value": 0.7,
        "because": "min 0.8",
    }
    request_warning = {"code": "DEFAULT_ASSUMED", "severity": "info", "field": "material", "value": "al",
                       "because": "table", "message_tr": "varsayıldı", "message_en": "assumed"}  # fmt: skip
    engine = FakeEngine(
        result={**RESULT, "checks": {"valid": True, "errors": [], "warnings": [warning]}},
        warnings=({"event": "warning", "code": "PICTURE_FAILED", "field": "p.png", "because": "no EGL"},),
    )
    service = serve(engine)
    request = FakeRequest(warnings=(request_warning,))
    job = ended(service, service.submit(request, caller=CALLER, request_id="r").job.job_id)
    assert job["state"] == "succeeded"
    assert [found["code"] for found in job["warnings"]] == ["DEFAULT_ASSUMED", "PICTURE_FAILED", "WALL_THIN"]
    for found in job["warnings"]:
        assert {"code", "severity", "field", "value", "because", "message_tr", "message_en"} <= found.keys()
        assert found["because"]


@pytest.mark.parametrize("by_event", [True, False])
def test_broken_manufacturing_rules_fail_the_job(serve: Serve, by_event: bool) -> None:
    thin = {"code": "WALL_TOO_THIN", "severity": "error", "point_mm": [1.5, 2.0, 3.0], "face": "Face3",
            "other_face": "Face5", "measured": 0.2, "required": 0.8, "unit": "mm"}  # fmt: skip
    deep = {**thin, "code": "HOLE_TOO_DEEP", "severity": "warning", "unit": "1", "measured": 12.0}
    if by_event:
        details = {"errors": [thin], "warnings": [deep], "count": 1}
        engine = FakeEngine(error=AtolyeError("VALIDATION_MANUFACTURABILITY", details=details, count=1))
    else:
        checks = {"valid": False, "errors": [thin], "warnings": [deep]}
        engine = FakeEngine(result={**RESULT, "checks": checks})
    service = serve(engine)
    job = ended(service, submit(service))
    assert (job["state"], job["error"]["code"]) == ("failed", "VALIDATION_MANUFACTURABILITY")
    (error,) = job["error"]["details"]["errors"]
    assert {name: error[name] for name in thin} == thin
    assert (error["field"], error["value"]) == ("Face3, Face5", 0.2)
    assert "0,2 mm" in error["message_tr"]
    assert "0.2 mm" in error["message_en"]
    (warning,) = job["warnings"]
    assert (warning["code"], warning["severity"], warning["value"]) == ("HOLE_TOO_DEEP", "warning", 12.0)
    assert warning["because"]


def test_a_full_store_fails_the_job_and_leaves_nothing(
    serve: Serve, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = FolderStore.put

    def full(self: FolderStore, key: str, *args: Any, **options: Any) -> Any:
        if key.endswith(".glb"):
            raise AtolyeError("STORAGE_QUOTA_EXCEEDED")
        return put(self, key, *args, **options)

    monkeypatch.setattr(FolderStore, "put", full)
    service = serve()
    job = ended(service, submit(service))
    assert (job["error"]["code"], job["error"]["http_status"]) == ("STORAGE_QUOTA_EXCEEDED", 507)
    assert stored_files(store) == set()


def test_files_that_changed_on_the_way_are_refused(serve: Serve, store: FolderStore) -> None:
    class Liar(FakeEngine):
        def _run(self, folder: Path, emit: Any, cancel: Any) -> Any:
            finished = super()._run(folder, emit, cancel)
            (folder / "solid.step").write_bytes(b"something else")
            return finished

    service = serve(Liar())
    job = ended(service, submit(service))
    assert job["error"]["code"] == "STORAGE_CHECKSUM_MISMATCH"
    assert stored_files(store) == set()


# ---- idempotency ---------------------------------------------------------------------------------


@pytest.mark.spec("14.21")
def test_the_same_key_and_body_give_the_same_job_and_the_same_files(serve: Serve) -> None:
    engine = FakeEngine()
    service = serve(engine)
    first = submit(service, idempotency_key="k")
    before = ended(service, first)
    again = service.submit(FakeRequest(), caller=CALLER, request_id="request-2", idempotency_key="k")
    assert (again.replayed, again.job.job_id) == (True, first)
    assert again.job.as_json("en") == before
    assert engine.runs == 1


@pytest.mark.spec("14.21")
def test_many_at_once_with_one_key_make_one_job(serve: Serve, database: Database) -> None:
    engine = FakeEngine()
    services = [serve(engine), serve(engine)]
    answers: list[tuple[str, bool]] = []
    barrier = threading.Barrier(8)

    def ask(service: JobService) -> None:
        barrier.wait()
        given = service.submit(FakeRequest(), caller=CALLER, request_id="r", idempotency_key="k")
        answers.append((given.job.job_id, given.replayed))

    threads = [threading.Thread(target=ask, args=(services[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len({job for job, _ in answers}) == 1
    assert sorted(replayed for _, replayed in answers) == [False, *[True] * 7]
    ended(services[0], answers[0][0])
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM jobs")).scalar_one() == 1
    assert engine.runs == 1


@pytest.mark.spec("14.21", "01.01")
def test_the_same_key_with_another_body_is_a_conflict(serve: Serve) -> None:
    service = serve()
    job_id = submit(service, idempotency_key="k")
    with pytest.raises(AtolyeError) as refusal:
        submit(service, 101.0, idempotency_key="k")
    assert (refusal.value.code, refusal.value.http_status) == ("IDEMPOTENCY_CONFLICT", 409)
    assert refusal.value.details["job_id"] == job_id


def test_a_key_belongs_to_its_user(serve: Serve) -> None:
    service = serve()
    mine = submit(service, idempotency_key="k")
    theirs = submit(service, 101.0, idempotency_key="k", caller=STRANGER)
    assert mine != theirs


def test_a_key_is_free_again_after_a_day(serve: Serve, database: Database) -> None:
    service = serve()
    first = submit(service, idempotency_key="k")
    ended(service, first)
    with database.write() as connection:
        connection.execute(
            update(table_of(Job)).values(idempotency_expires_at=datetime.now(UTC) - timedelta(seconds=1))
        )
    second = submit(service, 101.0, idempotency_key="k")
    assert second != first
    assert ended(service, first)["state"] == "succeeded"


def test_a_refused_request_stores_no_key(serve: Serve) -> None:
    service = serve()
    with pytest.raises(AtolyeError, match="JOB_ID_INVALID"):
        submit(service, idempotency_key="k", job_id="no/such/id")
    assert service.submit(FakeRequest(), caller=CALLER, request_id="r", idempotency_key="k").replayed is False


@pytest.mark.parametrize("job_id", ["", "a b", "ş", "a/b", "x" * 65, "..", "a\n"])
def test_an_id_that_cannot_be_a_file_name_is_refused(serve: Serve, job_id: str) -> None:
    with pytest.raises(AtolyeError) as refusal:
        submit(serve(), job_id=job_id)
    assert (refusal.value.code, refusal.value.http_status) == ("JOB_ID_INVALID", 422)


def test_a_used_id_is_a_conflict_even_for_another_tenant(serve: Serve) -> None:
    service = serve()
    submit(service, job_id="mine")
    for caller in (CALLER, STRANGER):
        with pytest.raises(AtolyeError) as refusal:
            submit(service, job_id="mine", caller=caller)
        assert (refusal.value.code, refusal.value.http_status) == ("JOB_ID_TAKEN", 409)


# ---- looking -------------------------------------------------------------------------------------


@pytest.mark.spec("01.02")
def test_another_tenants_job_does_not_exist(serve: Serve) -> None:
    service = serve()
    job_id = submit(service)
    ended(service, job_id)
    for look in (
        lambda: service.get(job_id, tenant_id=OTHER_TENANT),
        lambda: service.wait(job_id, tenant_id=OTHER_TENANT, seconds=0),
        lambda: service.events(job_id, tenant_id=OTHER_TENANT),
        lambda: service.artefacts(job_id, tenant_id=OTHER_TENANT),
        lambda: service.cancel(job_id, tenant_id=OTHER_TENANT),
        lambda: service.delete(job_id, tenant_id=OTHER_TENANT),
    ):
        with pytest.raises(AtolyeError) as refusal:
            look()
        assert (refusal.value.code, refusal.value.http_status) == ("JOB_NOT_FOUND", 404)
    assert service.list(tenant_id=OTHER_TENANT).jobs == []


def test_pages_show_every_job_once_newest_first(serve: Serve) -> None:
    service = serve()
    submitted = [submit(service, float(n)) for n in range(1, 8)]
    for job_id in submitted:
        ended(service, job_id)
    seen: list[str] = []
    cursor = None
    while True:
        page = service.list(tenant_id=TENANT, limit=3, cursor=cursor)
        seen += [job.job_id for job in page.jobs]
        assert all(len(job.artefacts) == 5 for job in page.jobs)
        if (cursor := page.next_cursor) is None:
            break
    assert seen == submitted[::-1]
    assert service.list(tenant_id=TENANT, state="failed").jobs == []
    for options in ({"cursor": "nonsense"}, {"cursor": "AAAA"}, {"state": "finished"}):
        with pytest.raises(AtolyeError):
            service.list(tenant_id=TENANT, **options)


def test_waiting_ends_with_the_job_or_with_the_time(serve: Serve) -> None:
    engine = FakeEngine(gate=(gate := threading.Event()))
    service, other = serve(engine), serve()
    job_id = submit(service)
    began = time.monotonic()
    assert service.wait(job_id, tenant_id=TENANT, seconds=0.1).state in ("queued", "running")
    assert 0.1 <= time.monotonic() - began < 5
    threading.Timer(0.1, gate.set).start()
    assert other.wait(job_id, tenant_id=TENANT, seconds=20).state == "succeeded"  # from another process too


def test_run_now_returns_the_ended_job(serve: Serve) -> None:
    heard: list[str] = []
    service = serve(workers=0)
    job = service.run_now(FakeRequest(), job_id="cli", on_event=lambda event: heard.append(event["event"]))
    assert (job.state, job.job_id, len(job.artefacts)) == ("succeeded", "cli", 5)
    assert heard[0] == "stage"
    with pytest.raises(AtolyeError, match="ENGINE_UNAVAILABLE"):
        submit(service)


# ---- stopping and deleting -----------------------------------------------------------------------


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(serve: Serve) -> None:
    engine = FakeEngine(gate=(gate := threading.Event()))
    service = serve(engine, workers=1)
    running, waiting = submit(service), submit(service, 2.0)
    assert engine.running.wait(10)
    assert service.cancel(waiting, tenant_id=TENANT).state == "cancelled"
    gate.set()
    ended(service, running)
    job = ended(service, waiting)
    assert (job["state"], job["error"]["code"]) == ("cancelled", "CANCELLED")
    assert engine.runs == 1
    states = [event["state"] for event in service.events(waiting, tenant_id=TENANT)]
    assert states == ["queued", "cancelled"]


@pytest.mark.parametrize("from_another_process", [False, True])
def test_a_running_job_is_stopped_wherever_the_wish_comes_from(
    serve: Serve, store: FolderStore, from_another_process: bool
) -> None:
    engine = FakeEngine(gate=threading.Event())
    service = serve(engine)
    other = serve() if from_another_process else service
    job_id = submit(service)
    assert engine.running.wait(10)
    assert other.cancel(job_id, tenant_id=TENANT).state in ("running", "cancelled")
    job = ended(service, job_id)
    assert (job["state"], job["error"]["code"], job["artefacts"]) == ("cancelled", "CANCELLED", [])
    assert stored_files(store) == set()
    with pytest.raises(AtolyeError) as refusal:
        service.cancel(job_id, tenant_id=TENANT)
    assert (refusal.value.code, refusal.value.http_status) == ("JOB_ENDED", 409)


@pytest.mark.spec("11.63", "11.40", "01.02")
def test_deleting_a_job_removes_rows_and_bytes(serve: Serve, store: FolderStore, database: Database) -> None:
    service = serve()
    job_id = submit(service)
    ended(service, job_id)
    service.delete(job_id, tenant_id=TENANT)
    assert stored_files(store) == set()
    with database.read() as connection:
        for table in ("jobs", "models", "artefacts", "topology_hashes", "job_events", "artefact_deletions"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table
        actions = connection.execute(select(AuditEntry.action).order_by(AuditEntry.id)).scalars().all()
    assert actions[-2:] == ["artefacts.put", "job.deleted"]
    with pytest.raises(AtolyeError, match="JOB_NOT_FOUND"):
        service.delete(job_id, tenant_id=TENANT)


def test_a_job_that_has_not_ended_is_not_deleted(serve: Serve) -> None:
    engine = FakeEngine(gate=(gate := threading.Event()))
    service = serve(engine)
    job_id = submit(service)
    assert engine.running.wait(10)
    with pytest.raises(AtolyeError) as refusal:
        service.delete(job_id, tenant_id=TENANT)
    assert (refusal.value.code, refusal.value.http_status) == ("JOB_ACTIVE", 409)
    gate.set()
    assert ended(service, job_id)["state"] == "succeeded"


@pytest.mark.spec("11.38", "11.56")
def test_storing_files_is_in_the_audit_with_a_hash_of_what_was_stored(
    serve: Serve, database: Database
) -> None:
    service = serve()
    job = ended(service, submit(service))
    table = table_of(AuditEntry)
    with database.read() as connection:
        row = connection.execute(select(table).where(table.c.action == "artefacts.put")).one()
    stored = [item["sha256"] for item in row.detail["objects"]]
    assert stored == [artefact["sha256"] for artefact in job["artefacts"]]
    canonical = json.dumps(row.detail, sort_keys=True, separators=(",", ":"))
    assert row.detail_sha256 == hashlib.sha256(canonical.encode()).hexdigest()


def test_a_service_that_stops_puts_its_unfinished_jobs_back(serve: Serve) -> None:
    engine = FakeEngine(gate=threading.Event())
    service = serve(engine, workers=1)
    running, waiting = submit(service), submit(service, 2.0)
    assert engine.running.wait(10)
    service.close(grace_s=0.2)
    assert service.get(running, tenant_id=TENANT).state == "queued"
    successor = serve()
    assert {ended(successor, job)["state"] for job in (running, waiting)} == {"succeeded"}
    numbers = [event["seq"] for event in successor.events(running, tenant_id=TENANT)]
    assert numbers == sorted(set(numbers))


def test_an_hourly_round_frees_what_is_over(
    serve: Serve, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = serve()
    ended(service, submit(service, idempotency_key="k"))
    monkeypatch.setattr(service_module, "datetime", _Later)
    service.maintain()
    with database.read() as connection:
        assert connection.execute(select(Job.idempotency_key)).scalar_one() is None


class _Later(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime.now(tz) + timedelta(hours=25)

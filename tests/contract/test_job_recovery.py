"""What becomes of jobs whose process is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from atolye.artefacts.folder import FolderStore
from atolye.artefacts.kinds import KINDS
from atolye.artefacts.service import Artefacts
from atolye.db.base import table_of
from atolye.db.session import Database
from atolye.jobs.service import JobService
from atolye.jobs.tables import AuditEntry, Job
from tests.support.jobs import CALLER, TENANT, TOOLCHAIN, FakeEngine, FakeRequest

VICTIM = textwrap.dedent("""
    import sys, threading
    from pathlib import Path
    from atolye.artefacts.folder import FolderStore
    from atolye.db.session import Database
    from atolye.jobs.service import JobService
    from tests.support.jobs import CALLER, TOOLCHAIN, FakeEngine, FakeRequest

    url, root, mode = sys.argv[1:]
    engine = FakeEngine(gate=threading.Event())
    service = JobService(database=Database(url), store=FolderStore(Path(root)), engine=engine,
                         toolchain=lambda: TOOLCHAIN, workers=1, local_caller=CALLER)
    service.start()
    say = lambda: engine.running.wait() and print("running", flush=True)
    threading.Thread(target=say, daemon=True).start()
    if mode == "direct":
        service.run_now(FakeRequest(), job_id="running")
    service.submit(FakeRequest(), caller=CALLER, request_id="r", job_id="running")
    service.submit(FakeRequest(2.0), caller=CALLER, request_id="r", job_id="waiting")
    threading.Event().wait()
""")


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "artefacts")


def service_over(database: Database, store: FolderStore, *, workers: int = 1) -> JobService:
    return JobService(
        database=database,
        store=store,
        engine=FakeEngine(),
        toolchain=lambda: TOOLCHAIN,
        workers=workers,
        local_caller=CALLER,
    )


def killed_service(database: Database, store: FolderStore, mode: str) -> None:
    """A process with a running job (and, in the mode ``pool``, a waiting one) that is killed with SIGKILL."""
    url = database.engine.url.render_as_string(False)
    path = os.pathsep.join([str(Path.cwd()), *(path for path in sys.path if path)])
    with subprocess.Popen(
        [sys.executable, "-c", VICTIM, url, str(store.root), mode],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as process:
        try:
            assert process.stdout is not None
            assert "running\n" in iter(process.stdout.readline, "")
            if mode == "pool":
                deadline = time.monotonic() + 10
                while not _there(database, "waiting"):
                    assert time.monotonic() < deadline
                    time.sleep(0.01)
        finally:
            process.send_signal(signal.SIGKILL)


def _there(database: Database, job_id: str) -> bool:
    with database.read() as connection:
        return connection.execute(select(Job.id).where(Job.id == job_id)).first() is not None


def age_work_folders(store: FolderStore) -> None:
    for folder in (store.root / "work").iterdir():
        os.utime(folder, (time.time() - 60, time.time() - 60))


def test_a_killed_services_jobs_are_finished_by_the_next(database: Database, store: FolderStore) -> None:
    killed_service(database, store, "pool")
    age_work_folders(store)
    service = service_over(database, store)
    service.start()
    for job_id in ("running", "waiting"):
        job = service.wait(job_id, tenant_id=TENANT, seconds=20)
        assert job.state == "succeeded"
        assert len(job.artefacts) == 5
        numbers = [event["seq"] for event in service.events(job_id, tenant_id=TENANT)]
        assert numbers == sorted(set(numbers))
    table = table_of(AuditEntry)
    with database.read() as connection:
        steps = connection.execute(
            select(table.c.to_state).where(table.c.job_id == "running", table.c.action == "job.state")
        ).scalars()
        assert list(steps) == ["queued", "running", "queued", "running", "succeeded"]
    service.close()
    assert list((store.root / "work").iterdir()) == []


def test_a_job_that_kills_its_process_again_is_given_up(database: Database, store: FolderStore) -> None:
    killed_service(database, store, "pool")
    with database.write() as connection:
        connection.execute(update(table_of(Job)).values(attempt=1))
    service = service_over(database, store)
    service.start()
    job = service.get("running", tenant_id=TENANT)
    assert job.state == "failed"
    assert job.error is not None
    assert (job.error["code"], job.error["details"]["was"]) == ("JOB_INTERRUPTED", "running")
    service.close()


def test_a_killed_command_leaves_a_failed_job(database: Database, store: FolderStore) -> None:
    killed_service(database, store, "direct")
    command = service_over(database, store, workers=0)
    command.start()
    job = command.get("running", tenant_id=TENANT)
    assert (job.state, job.error and job.error["code"]) == ("failed", "JOB_INTERRUPTED")
    command.close()


def test_a_command_takes_no_jobs_of_a_killed_service(database: Database, store: FolderStore) -> None:
    killed_service(database, store, "pool")
    command = service_over(database, store, workers=0)
    command.start()
    assert command.run_now(FakeRequest(3.0), job_id="mine").state == "succeeded"
    assert command.get("waiting", tenant_id=TENANT).state == "queued"
    command.close()


def test_a_living_process_keeps_its_jobs(database: Database, store: FolderStore) -> None:
    engine = FakeEngine(gate=(gate := threading.Event()))
    mine = JobService(database=database, store=store, engine=engine, toolchain=lambda: TOOLCHAIN, workers=1)
    job_id = mine.submit(FakeRequest(), caller=CALLER, request_id="r").job.job_id
    assert engine.running.wait(10)
    other_engine = FakeEngine()
    other = JobService(
        database=database, store=store, engine=other_engine, toolchain=lambda: TOOLCHAIN, workers=1
    )
    other.start()
    gate.set()
    assert mine.wait(job_id, tenant_id=TENANT, seconds=20).state == "succeeded"
    assert other_engine.runs == 0
    mine.close()
    other.close()


@pytest.mark.parametrize(("minutes_ago", "taken"), [(5, True), (-1, False)])
def test_an_owner_elsewhere_is_believed_until_its_lease_is_over(
    database: Database, store: FolderStore, minutes_ago: int, taken: bool
) -> None:
    engine = FakeEngine(gate=threading.Event())
    lost = JobService(database=database, store=store, engine=engine, toolchain=lambda: TOOLCHAIN, workers=1)
    job_id = lost.submit(FakeRequest(), caller=CALLER, request_id="r").job.job_id
    assert engine.running.wait(10)
    lease = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    with database.write() as connection:
        connection.execute(
            update(table_of(Job)).values(owner="host-b|boot-b|4026|77|1|abcd", lease_until=lease)
        )
    service = service_over(database, store)
    service.start()
    state = service.wait(job_id, tenant_id=TENANT, seconds=20 if taken else 0.2).state
    assert state == ("succeeded" if taken else "running")
    # The process that lost its job in the meantime changes nothing when it comes to its end.
    assert engine.gate is not None
    engine.gate.set()
    lost.close()
    after = service.get(job_id, tenant_id=TENANT)
    assert (after.state, len(after.artefacts)) == (state, 5 if taken else 0)
    service.close()


def test_files_that_were_stored_but_not_recorded_are_removed(database: Database, store: FolderStore) -> None:
    library = Artefacts(database, store)
    service = service_over(database, store, workers=0)
    service.run_now(FakeRequest(), job_id="1234")
    library.put("1234", KINDS["picture.png"], b"\x89PNG\r\n\x1a\n")
    assert library.remove_orphans("1234") == 1
    assert len(list(store.list("jobs/1234/"))) == 5
    service.close()

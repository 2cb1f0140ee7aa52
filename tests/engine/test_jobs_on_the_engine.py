"""Jobs on the real engine: what is stored is what was made, and it is true."""

from __future__ import annotations

import hashlib
import json
import math
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from atolye.artefacts.folder import FolderStore
from atolye.artefacts.tables import TopologyHash
from atolye.db.base import table_of
from atolye.db.session import Database
from atolye.designs.service import canonicalise
from atolye.engine import Engine
from atolye.jobs.models import JobView
from atolye.jobs.ports import Toolchain
from atolye.jobs.service import JobService
from atolye.jobs.tables import Job
from tests.support.jobs import CALLER, TENANT

pytestmark = pytest.mark.engine

LENGTH, WIDTH, HEIGHT, HOLE = 100.5, 50.0, 30.0, 10.0
ALUMINIUM_KG_M3 = 2700.0
BLOCK = {
    "uzunluk": "100,5 mm",
    "genişlik": "5 cm",
    "yükseklik": 30,
    "delik çapı": "10",
    "malzeme": "alüminyum",
    "exports": ["fcstd", "step", "stl", "glb"],
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'atolye.db'}")
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def service(database: Database, tmp_path: Path, engine: Engine) -> Iterator[JobService]:
    facts = engine.facts
    service = JobService(
        database=database,
        store=FolderStore(tmp_path / "artefacts"),
        engine=engine,
        toolchain=lambda: Toolchain(facts.freecad, facts.occt),
        workers=2,
        local_caller=CALLER,
    )
    service.start()
    yield service
    service.close()


def content(service: JobService, job: JobView, kind: str) -> bytes:
    artefact = next(found for found in job.artefacts if found.kind == kind)
    with service.library.store.open(artefact) as file:
        data = file.read()
    assert hashlib.sha256(data).hexdigest() == artefact.sha256
    return data


@pytest.mark.spec("10.01", "10.11", "14.15")
def test_the_stored_metrics_are_those_of_the_part_and_of_the_stored_mesh(
    service: JobService, database: Database
) -> None:
    job = service.run_now(canonicalise(dict(BLOCK)), job_id="blok")
    assert job.state == "succeeded", job.error
    with database.read() as connection:
        metrics: Any = connection.execute(select(Job.metrics)).scalar_one()
    volume_mm3 = LENGTH * WIDTH * HEIGHT - math.pi * HOLE**2 / 4 * HEIGHT
    assert metrics["volume_m3"] == pytest.approx(volume_mm3 * 1e-9, abs=1e-12)
    assert metrics["mass_kg"] == pytest.approx(volume_mm3 * 1e-9 * ALUMINIUM_KG_M3, abs=1e-9)
    size = [LENGTH * 1e-3, WIDTH * 1e-3, HEIGHT * 1e-3]
    assert metrics["bbox"]["size"] == pytest.approx(size, abs=1e-9)
    assert (metrics["solids"], metrics["faces"], metrics["edges"]) == (1, 7, 15)
    stl = content(service, job, "mesh.stl")
    assert metrics["triangles"] == struct.unpack("<I", stl[80:84])[0] == (len(stl) - 84) // 50
    assert metrics["stl_sha256"] == hashlib.sha256(stl).hexdigest()
    telemetry = metrics["telemetry"]
    assert telemetry["ram_peak_mb"] > 50
    assert telemetry["duration_ms"] >= sum(telemetry["phases_ms"][name] for name in ("build", "export"))


@pytest.mark.spec("15.31", "15.21", "09.10")
def test_the_same_part_again_has_the_same_files_and_the_same_topology_hashes(
    service: JobService, database: Database
) -> None:
    jobs = [service.run_now(canonicalise(dict(BLOCK)), job_id=name) for name in ("first", "second")]
    kinds = ("model.fcstd", "solid.step", "mesh.stl", "preview.glb")
    for kind in kinds:
        assert content(service, jobs[0], kind) == content(service, jobs[1], kind), kind
    table = table_of(TopologyHash)
    hashes = []
    for job in jobs:
        carrier = next(found for found in job.artefacts if found.kind == "model.fcstd")
        query = select(table.c.object_path, table.c.shape_kind, table.c.topo_hash)
        with database.read() as connection:
            rows = connection.execute(query.where(table.c.artefact_id == int(carrier.artefact_id))).all()
        hashes.append({tuple(row) for row in rows})
    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == 1 + 1 + 7 + 15 + 10  # solid, shell, faces, edges, vertices
    one_face = next(row for row in hashes[0] if row[1] == "Face")
    found = service.library.by_topology(one_face[2])
    assert [artefact.job_id for artefact in found] == ["first", "second"]
    provenance = json.loads(content(service, jobs[0], "provenance.json"))
    assert provenance["toolchain"]["exporter"]["freecad"].startswith("1.1.")
    assert provenance["toolchain"]["tolerances"]["linear_deflection_mm"] == 0.1
    assert {item["kind"] for item in provenance["files"]} == set(kinds)


@pytest.mark.spec("14.21")
def test_one_key_sent_by_many_at_once_makes_one_model(service: JobService) -> None:
    answers = []

    def ask() -> None:
        given = service.submit(
            canonicalise(dict(BLOCK)), caller=CALLER, request_id="r", idempotency_key="one"
        )
        answers.append((given.job.job_id, given.replayed))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({job_id for job_id, _ in answers}) == 1
    assert [replayed for _, replayed in sorted(answers, key=lambda answer: answer[1])] == [False] + [True] * 3
    job = service.wait(answers[0][0], tenant_id=TENANT, seconds=60)
    assert job.state == "succeeded"
    again = service.submit(canonicalise(dict(BLOCK)), caller=CALLER, request_id="r2", idempotency_key="one")
    assert again.job.as_json("tr") == job.as_json("tr")


def test_a_job_s_files_are_stored_without_leaving_any_behind(service: JobService) -> None:
    job = service.run_now(canonicalise(dict(BLOCK)), job_id="Clean-1_x")
    store = service.library.store
    assert isinstance(store, FolderStore)
    names = {path.name for path in (store.root / "jobs/Clean-1_x").iterdir() if path.is_symlink()}
    assert names == {f"Clean-1_x{suffix}" for suffix in (
        "_model.FCStd", "_solid.step", "_mesh.stl", "_preview.glb", "_provenance.json",
    )}  # fmt: skip
    assert job.timings_ms["total"] >= job.timings_ms["engine"]
    assert [path for path in (store.root / "work").rglob("*") if path.is_file()] == []

"""The use cases of jobs: ask, look, wait, stop, delete; and what a process does at its start and end."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from atolye.artefacts.collection import Collector
from atolye.artefacts.messages import message
from atolye.artefacts.models import Artefact
from atolye.artefacts.ports import ArtefactStore
from atolye.artefacts.service import Artefacts
from atolye.db import retention
from atolye.db.session import Database
from atolye.errors import AtolyeError
from atolye.jobs import records
from atolye.jobs.execution import Execution, Listener
from atolye.jobs.live import Live, LiveJobs
from atolye.jobs.models import STATES, JobView, Page, Submission, check_job_id
from atolye.jobs.notes import worded
from atolye.jobs.ownership import LEASE, owner_of_this_process
from atolye.jobs.ports import Caller, CanonicalRequest, EnginePort, Toolchain
from atolye.jobs.recovery import Recovery
from atolye.jobs.runner import Pool, Watch
from atolye.wire import Request

_log = structlog.get_logger("atolye.jobs")

KEY_LIFE: Final = timedelta(hours=24)
MOST_JOBS_A_PAGE: Final = 200
_POLL_S: Final = (0.02, 0.05, 0.1, 0.25)
"""Pauses between looks at a job that another process runs."""


class JobService:
    """Jobs of one installation. Threads may share it.

    Args:
        engine: what runs them; none for a process that only looks.
        toolchain: versions that a model is recorded with; asked at every submission.
        workers: jobs that run at once; 0 for a process that takes no jobs but the ones it waits for
            (``run_now``), and that leaves other processes' jobs alone.
        local_caller: in whose name ``run_now`` works when nobody is named.
        limits, describe_engine, word_warning: see :class:`~atolye.jobs.execution.Execution`.
    """

    def __init__(
        self,
        *,
        database: Database,
        store: ArtefactStore,
        engine: EnginePort | None = None,
        toolchain: Callable[[], Toolchain] | None = None,
        workers: int = 0,
        local_caller: Caller | None = None,
        limits: Callable[[Request], Any] | None = None,
        describe_engine: Callable[[], Mapping[str, Any]] = dict,
        word_warning: Callable[[Mapping[str, Any]], dict[str, Any]] = worded,
    ) -> None:
        self._database = database
        self.library = Artefacts(database, store)
        self.collector = Collector(database, store)
        self._toolchain = toolchain
        self._local_caller = local_caller
        self._owner = owner_of_this_process()
        self._live = LiveJobs()
        self._execution: Execution | None = None
        self._pool: Pool | None = None
        self._watch: Watch | None = None
        if engine is not None:
            self._execution = Execution(
                database=database,
                artefacts=self.library,
                engine=engine,
                owner=self._owner,
                limits=limits,
                describe_engine=describe_engine,
                word_warning=word_warning,
            )
            self._pool = Pool(workers) if workers > 0 else None
            self._watch = Watch(database, self._live, self._owner)

    # ---- life -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Takes up what dead processes left: their jobs go on here or fail, their leftovers are removed."""
        recovery = Recovery(self._database, self.library, self._owner, takes_jobs=self._pool is not None)
        for view, wire, seq in recovery.recover(datetime.now(UTC)):
            live = self._live.add(Live(view.job_id, view.tenant_id, seq))
            self._enqueue(view, wire, live, retry=True)

    def close(self, grace_s: float = 10.0) -> None:
        """Stops: running jobs get ``grace_s`` to end; what is left is queued for the next process."""
        if self._pool is not None and not self._pool.close(grace_s):
            for live in self._live.all():
                live.returning.set()
                live.cancel.set()
            self._pool.close(grace_s)
        for live in self._live.all():
            with self._database.write() as connection:
                records.release(connection, live.job_id, owner=self._owner)
            self._live.remove(live)
        if self._watch is not None:
            self._watch.close()
        self.library.store.close()

    def maintain(self) -> None:
        """The hourly round: deletes what is due, forgets what is over."""
        now = datetime.now(UTC)
        self.library.expire(now)
        self.collector.collect(now)
        retention.sweep(self._database, now)
        with self._database.write() as connection:
            records.free_keys(connection, now=now)

    # ---- asking ---------------------------------------------------------------------------------

    def submit(
        self,
        request: CanonicalRequest,
        *,
        caller: Caller,
        request_id: str,
        idempotency_key: str | None = None,
        body_sha256: str | None = None,
        job_id: str | None = None,
        language: str = "en",
    ) -> Submission:
        """Accepts a request; the runner takes it from there.

        Args:
            idempotency_key: the same key and body give the same job again for 24 hours; keys are per user.
            body_sha256: what the key is bound to; by default the canonical request's hash.

        Raises:
            AtolyeError: ``IDEMPOTENCY_CONFLICT``, ``JOB_ID_TAKEN``, ``JOB_ID_INVALID``, or why the engine
                cannot take requests.
        """
        if self._pool is None:
            raise AtolyeError("ENGINE_UNAVAILABLE", reason="this process runs no jobs")
        values = self._values(request, caller, request_id, job_id, language, "pool")
        if idempotency_key is not None:
            values |= {
                "idempotency_key": idempotency_key,
                "idempotency_body_sha256": body_sha256 or request.sha256,
                "idempotency_expires_at": values["created_at"] + KEY_LIFE,
            }
        view, live, earlier = self._add(values)
        if live is None:
            return Submission(self.get(earlier, tenant_id=caller.tenant_id), replayed=True)
        self._enqueue(view, values["wire_request"], live)
        return Submission(view, replayed=False)

    def run_now(
        self,
        request: CanonicalRequest,
        *,
        caller: Caller | None = None,
        request_id: str | None = None,
        job_id: str | None = None,
        language: str = "en",
        on_event: Listener | None = None,
    ) -> JobView:
        """Runs a request in this thread and returns the ended job, whatever became of it.

        Interrupted by Ctrl-C, the job is cancelled before the interruption goes on.

        Raises:
            AtolyeError: the request was not accepted; see :meth:`submit`.
        """
        caller = caller or self._local_caller
        if self._execution is None or caller is None:
            raise AtolyeError("ENGINE_UNAVAILABLE", reason="this process runs no jobs")
        values = self._values(request, caller, request_id or str(uuid.uuid4()), job_id, language, "direct")
        view, live, _ = self._add(values)
        assert live is not None
        try:
            self._run(view, values["wire_request"], live, runner="direct", on_event=on_event)
        finally:
            self._live.remove(live)
        return self.get(view.job_id, tenant_id=caller.tenant_id)

    def _values(
        self,
        request: CanonicalRequest,
        caller: Caller,
        request_id: str,
        job_id: str | None,
        language: str,
        runner: records.Runner,
    ) -> dict[str, Any]:
        """The row of a new job."""
        wire = dict(request.to_wire())
        now = datetime.now(UTC)
        return {
            "id": uuid.uuid4().hex if job_id is None else check_job_id(job_id),
            "tenant_id": caller.tenant_id,
            "user_id": caller.user_id,
            "request_id": request_id,
            "flow": str(wire.get("flow", "params")),
            "state": "queued",
            "language": "tr" if language == "tr" else "en",
            "request": request.as_dict(),
            "request_sha256": request.sha256,
            "wire_request": wire,
            "warnings": [
                dict(warning) if isinstance(warning, Mapping) else warning.as_dict()
                for warning in request.warnings
            ],
            "progress": 0.0,
            "runner": runner,
            "attempt": 0,
            "owner": self._owner,
            "lease_until": now + LEASE,
            "created_at": now,
        }

    def _add(self, values: dict[str, Any]) -> tuple[JobView, Live | None, str]:
        """Writes a new job; without a live job the idempotency key led to the earlier job named last."""
        assert self._toolchain is not None
        view, toolchain = _new_view(values), self._toolchain()
        first = {
            "job_id": view.job_id,
            "seq": 1,
            "type": "state",
            "data": {"state": "queued"},
            "created_at": view.created_at,
        }
        live = self._live.add(Live(view.job_id, view.tenant_id, seq=1))
        try:
            with self._database.write() as connection:
                earlier = self._replayed(connection, values)
                if earlier is None:
                    records.add(connection, values, toolchain, first)
                    return view, live, view.job_id
        except IntegrityError:
            earlier = self._explained(values)
        except BaseException:
            self._live.remove(live)
            raise
        self._live.remove(live)
        return view, None, earlier

    def _replayed(self, connection: Connection, values: Mapping[str, Any]) -> str | None:
        """The job that holds the request's idempotency key, if there is one.

        Raises:
            AtolyeError: ``IDEMPOTENCY_CONFLICT``: it came from another body.
        """
        key = values.get("idempotency_key")
        if key is None:
            return None
        holder = records.find_key(connection, values["user_id"], key)
        if holder is not None and holder.idempotency_expires_at <= values["created_at"]:
            records.free_keys(connection, now=values["created_at"], user_id=values["user_id"])
            holder = None
        if holder is None:
            return None
        if holder.idempotency_body_sha256 != values["idempotency_body_sha256"]:
            raise AtolyeError("IDEMPOTENCY_CONFLICT", details={"job_id": holder.id}, job_id=holder.id)
        found: str = holder.id
        return found

    def _explained(self, values: Mapping[str, Any]) -> str:
        """Why the database did not take a job: another one was quicker with the key, or has the id."""
        with self._database.read() as connection:
            earlier = self._replayed(connection, values)
            if earlier is not None:
                return earlier
            if records.exists(connection, values["id"]):
                raise AtolyeError(
                    "JOB_ID_TAKEN", field="job_id", details={"job_id": values["id"]}, job_id=values["id"]
                )
        raise AtolyeError("DATABASE_UNAVAILABLE", reason="IntegrityError")

    def _enqueue(self, view: JobView, wire: Request, live: Live, *, retry: bool = False) -> None:
        assert self._pool is not None
        self._pool.submit(lambda: self._run(view, wire, live, runner="pool", retry=retry))

    def _run(
        self,
        view: JobView,
        wire: Request,
        live: Live,
        *,
        runner: records.Runner,
        retry: bool = False,
        on_event: Listener | None = None,
    ) -> None:
        assert self._execution is not None
        assert self._watch is not None
        self._watch.wake()
        try:
            self._execution.run(view, wire, live, runner=runner, retry=retry, on_event=on_event)
        finally:
            if not live.returning.is_set():
                self._live.remove(live)

    # ---- looking --------------------------------------------------------------------------------

    def get(self, job_id: str, *, tenant_id: str) -> JobView:
        """The job with its artefacts.

        Raises:
            AtolyeError: ``JOB_NOT_FOUND``, also for another tenant's job.
        """
        with self._database.read() as connection:
            found = records.find(connection, job_id, tenant_id=tenant_id)
            artefacts = self.library.of_job(job_id, connection=connection) if found.ended else []
        return self._with(found, artefacts)

    def list(
        self, *, tenant_id: str, state: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> Page:
        """The tenant's jobs, newest first.

        Raises:
            AtolyeError: ``JOB_CURSOR_INVALID``, or ``REQUEST_FIELD_CHOICE`` for a state that there is not.
        """
        if state is not None and state not in STATES:
            raise AtolyeError("REQUEST_FIELD_CHOICE", field="state", expected=", ".join(STATES))
        limit = max(1, min(limit, MOST_JOBS_A_PAGE))
        with self._database.read() as connection:
            views, following = records.page(
                connection, tenant_id=tenant_id, state=state, limit=limit, cursor=cursor
            )
            artefacts = self.library.of_jobs([view.job_id for view in views if view.ended], connection)
        return Page([self._with(view, artefacts.get(view.job_id, [])) for view in views], following)

    def wait(self, job_id: str, *, tenant_id: str, seconds: float) -> JobView:
        """The job as soon as it has ended, or as it is after ``seconds``."""
        deadline = time.monotonic() + seconds
        live = self._live.get(job_id)
        if live is not None and live.tenant_id == tenant_id:
            live.done.wait(max(0.0, seconds))
        found = self.get(job_id, tenant_id=tenant_id)
        looks = 0
        while not found.ended and time.monotonic() < deadline:
            pause = _POLL_S[min(looks, len(_POLL_S) - 1)]
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            looks += 1
            found = self.get(job_id, tenant_id=tenant_id)
        return found

    def events(self, job_id: str, *, tenant_id: str, after: int = 0) -> Sequence[Mapping[str, Any]]:
        """What happened to a job since the event numbered ``after``, oldest first."""
        live = self._live.get(job_id)
        unsaved = [] if live is None or live.tenant_id != tenant_id else live.unsaved()
        with self._database.read() as connection:
            records.find(connection, job_id, tenant_id=tenant_id)
            rows = records.events(connection, job_id, after=after)
        last = rows[-1]["seq"] if rows else after
        return [_event_json(row) for row in (*rows, *(row for row in unsaved if row["seq"] > last))]

    def artefacts(self, job_id: str, *, tenant_id: str) -> Sequence[Artefact]:
        """The latest version of each of the job's files."""
        return self.get(job_id, tenant_id=tenant_id).artefacts

    def _with(self, view: JobView, artefacts: Sequence[Artefact]) -> JobView:
        """The view with its artefacts and, while this process runs the job, how far it is now."""
        live = None if view.ended else self._live.get(view.job_id)
        if live is None:
            return replace(view, artefacts=artefacts)
        return replace(view, artefacts=artefacts, stage=live.stage, progress=live.progress)

    # ---- stopping and deleting ------------------------------------------------------------------

    def cancel(self, job_id: str, *, tenant_id: str) -> JobView:
        """Stops a job: at once while it waits, else as soon as its process hears of it.

        Raises:
            AtolyeError: ``JOB_ENDED``, ``JOB_NOT_FOUND``.
        """
        now = datetime.now(UTC)
        live = self._live.get(job_id)
        with self._database.write() as connection:
            found = records.find(connection, job_id, tenant_id=tenant_id)
            if found.ended:
                raise AtolyeError(
                    "JOB_ENDED", details={"job_id": job_id, "state": found.state}, state=found.state
                )
            error = dict(AtolyeError("CANCELLED").body(request_id=found.request_id, job_id=job_id))
            if records.cancel_queued(connection, job_id, error=error, now=now):
                seq = records.last_seq(connection, job_id) + 1
                event = {"job_id": job_id, "seq": seq, "type": "state", "created_at": now}
                records.add_events(connection, [{**event, "data": {"state": "cancelled"}}])
            else:
                records.request_cancel(connection, job_id, now=now)
        if live is not None:
            live.cancel.set()
            with suppress(AtolyeError):
                if self.get(job_id, tenant_id=tenant_id).ended:
                    self._live.remove(live)
        _log.info("job.cancel", job_id=job_id, request_id=found.request_id)
        return self.get(job_id, tenant_id=tenant_id)

    def delete(self, job_id: str, *, tenant_id: str) -> None:
        """Deletes an ended job with everything that belongs to it; its files' bytes may go a little later.

        Raises:
            AtolyeError: ``JOB_ACTIVE``, ``JOB_NOT_FOUND``.
        """
        with self._database.write() as connection:
            found = records.find(connection, job_id, tenant_id=tenant_id)
            if not found.ended:
                raise AtolyeError(
                    "JOB_ACTIVE", details={"job_id": job_id, "state": found.state}, state=found.state
                )
            files = self.library.schedule_deletion(connection, job_id, tenant_id)
            records.audit(connection, found, "job.deleted", {"artefact_versions": files}, None)
            records.remove(connection, job_id)
        _log.info("job.deleted", job_id=job_id, notice=message("storage.delete.pending", "en"))
        self.collector.collect(datetime.now(UTC))


def _new_view(values: Mapping[str, Any]) -> JobView:
    return JobView(
        job_id=values["id"],
        tenant_id=values["tenant_id"],
        user_id=values["user_id"],
        state="queued",
        flow=values["flow"],
        request_id=values["request_id"],
        request=values["request"],
        request_sha256=values["request_sha256"],
        warnings=values["warnings"],
        metrics=None,
        timings_ms={},
        engine=None,
        error=None,
        stage=None,
        progress=0.0,
        created_at=values["created_at"],
        started_at=None,
        finished_at=None,
    )


def _event_json(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row["data"],
        "seq": row["seq"],
        "type": row["type"],
        "job_id": row["job_id"],
        "timestamp": row["created_at"].isoformat(),
    }

"""One job from ``queued`` to its end: engine, files, rows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from atolye import __version__
from atolye.artefacts.kinds import KINDS, kind_of, name_of
from atolye.artefacts.provenance import provenance
from atolye.artefacts.service import Artefacts, Item, storage_audit
from atolye.db.session import Database
from atolye.errors import AtolyeError
from atolye.errors.masking import mask_data
from atolye.jobs import records, results
from atolye.jobs.live import Live
from atolye.jobs.models import JobView, State
from atolye.jobs.notes import worded
from atolye.jobs.ports import EnginePort, Finished
from atolye.wire import Event, Request

_log = structlog.get_logger("atolye.jobs")

_SAVE_PAUSES_S: Final = (0.2, 1.0, 3.0)
"""How long to wait before a job's end is written again, when the database did not take it."""
_QUEUES: Final[dict[records.Runner, str]] = {"pool": "embedded", "direct": "direct"}

UNMAKEABLE: Final = "VALIDATION_MANUFACTURABILITY"

Listener = Callable[[Event], None]


@dataclass(slots=True)
class _Run:
    """What is known of a run so far."""

    view: JobView
    wire: Request
    live: Live
    runner: records.Runner
    retry: bool
    began: float = field(default_factory=time.perf_counter)
    timings_ms: dict[str, float] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    finished: Finished | None = None
    items: list[Item] = field(default_factory=list)

    @property
    def log(self) -> dict[str, str]:
        return {"job_id": self.view.job_id, "request_id": self.view.request_id}


class Execution:
    """Takes jobs to their end; stateless, shared by all threads.

    Args:
        owner: in whose name; a job that was taken away in the meantime is left alone.
        limits: the engine's limits for a request; none means the engine's own.
        describe_engine: what is known of the engine apart from what a result says.
        word_warning: gives the kernel's warnings their texts.
    """

    def __init__(
        self,
        *,
        database: Database,
        artefacts: Artefacts,
        engine: EnginePort,
        owner: str,
        limits: Callable[[Request], Any] | None = None,
        describe_engine: Callable[[], Mapping[str, Any]] = dict,
        word_warning: Callable[[Mapping[str, Any]], dict[str, Any]] = worded,
    ) -> None:
        self._database = database
        self._artefacts = artefacts
        self._engine = engine
        self._owner = owner
        self._limits = limits
        self._describe_engine = describe_engine
        self._word_warning = word_warning

    def run(
        self,
        view: JobView,
        wire: Request,
        live: Live,
        *,
        runner: records.Runner,
        retry: bool = False,
        on_event: Listener | None = None,
    ) -> None:
        """Takes a queued job to its end. Only ``KeyboardInterrupt`` passes; the rest is the job's error.

        Args:
            retry: an earlier attempt may have left files in the store.
            on_event: called with every event of the engine, in this thread.
        """
        run = _Run(view, wire, live, runner, retry, warnings=[dict(warning) for warning in view.warnings])
        try:
            if self._begin(run):
                self._attempt(run, on_event)
        except KeyboardInterrupt:
            self._fail(run, AtolyeError("CANCELLED"))
            raise
        except Exception:  # noqa: BLE001 -- boundary of the thread: recovery finds the job by its owner
            _log.exception("job.unrecorded", **run.log)

    def _begin(self, run: _Run) -> bool:
        now = datetime.now(UTC)
        run.timings_ms["queue"] = round((now - run.view.created_at).total_seconds() * 1000, 3)
        with self._database.write() as connection:
            began = records.begin(connection, run.view.job_id, owner=self._owner, now=now)
        if began:
            run.live.note("state", {"state": "running"})
            _log.info("job.started", **run.log, flow=run.view.flow)
        return began

    def _attempt(self, run: _Run, on_event: Listener | None) -> None:
        try:
            if run.retry:
                self._artefacts.remove_orphans(run.view.job_id)
            with self._artefacts.store.work_folder(run.view.job_id) as folder:
                self._build(run, folder, on_event)
                self._store(run, folder)
            self._succeed(run)
        except AtolyeError as problem:
            self._fail(run, self._better_known(problem))
        except Exception as problem:  # noqa: BLE001 -- boundary of the job: the service goes on
            _log.exception("job.unforeseen", **run.log)
            details = {"exception_class": type(problem).__name__}
            self._fail(run, AtolyeError("INTERNAL_ERROR", details=details))

    # ---- the engine -----------------------------------------------------------------------------

    def _build(self, run: _Run, folder: Path, on_event: Listener | None) -> None:
        def hear(event: Event) -> None:
            run.live.take(event)
            if on_event is not None:
                on_event(event)

        if run.live.cancel.is_set():
            raise AtolyeError("CANCELLED")
        limits = None if self._limits is None else self._limits(run.wire)
        started = time.perf_counter()
        try:
            run.finished = self._engine.run(
                run.wire, folder, on_event=hear, limits=limits, cancel=run.live.cancel
            )
        finally:
            run.timings_ms["engine"] = _ms(started)
        run.timings_ms["engine_wait"] = round(run.finished.waited_ms, 3)
        run.warnings += [self._word_warning(event) for event in run.finished.warnings]
        self._judge(run, run.finished.result.get("checks") or {})

    def _judge(self, run: _Run, checks: Mapping[str, Any]) -> None:
        """Manufacturing warnings travel with the job, errors fail it."""
        run.warnings += [self._word_warning(found) for found in checks.get("warnings") or ()]
        errors = checks.get("errors") or ()
        if errors:
            raise AtolyeError(
                UNMAKEABLE, details={"phase": "check", "errors": list(errors)}, count=len(errors)
            )

    def _better_known(self, problem: AtolyeError) -> AtolyeError:
        """An engine that cannot deliver because this machine's disk is full does not say so."""
        is_full = getattr(self._artefacts.store, "is_full", None)
        if problem.code == "ENGINE_OUTPUT_FAILED" and is_full is not None and is_full():
            return AtolyeError("STORAGE_QUOTA_EXCEEDED", details={"cause": problem.code})
        return problem

    # ---- the files ------------------------------------------------------------------------------

    def _store(self, run: _Run, folder: Path) -> None:
        """Moves what the engine made into the store, and writes the provenance."""
        assert run.finished is not None
        started = time.perf_counter()
        result, made = run.finished.result, list(run.finished.artefacts)
        carrier = results.carrier(made)
        for event in made:
            run.items.append(self._stored(run, event, folder, with_topology=event["kind"] == carrier))
        run.items.append(self._provenance(run, result))
        run.timings_ms["store"] = _ms(started)

    def _stored(self, run: _Run, event: Event, folder: Path, *, with_topology: bool) -> Item:
        assert run.finished is not None
        result, kind = run.finished.result, kind_of(event["kind"])
        version = results.exporter_version(result)
        stored = self._artefacts.put(
            run.view.job_id,
            kind,
            folder / Path(event["file"]).name,
            sha256=event["sha256"],
            metadata={"request-id": run.view.request_id, "exporter-version": version or ""},
            consume=True,
        )
        topology = result.get("topology") or {}
        return Item(
            kind,
            stored,
            results.metadata_of(kind, event, result),
            version,
            topology.get("hashes") or () if with_topology else (),
            topology.get("occt"),
        )

    def _provenance(self, run: _Run, result: Event) -> Item:
        kind = KINDS["provenance.json"]
        document = provenance(
            job_id=run.view.job_id,
            request_id=run.view.request_id,
            request=run.view.request,
            request_sha256=run.view.request_sha256,
            finished_at=datetime.now(UTC),
            result=result,
            files=[
                {
                    "kind": item.kind.key,
                    "name": name_of(run.view.job_id, item.kind),
                    "sha256": item.stored.sha256,
                    "size_bytes": item.stored.size_bytes,
                    "metadata": item.metadata,
                }
                for item in run.items
            ],
            service_version=__version__,
        )
        return Item(kind, self._artefacts.put(run.view.job_id, kind, document))

    # ---- the end --------------------------------------------------------------------------------

    def _succeed(self, run: _Run) -> None:
        assert run.finished is not None
        run.timings_ms["total"] = _ms(run.began)
        result = run.finished.result
        metrics = results.metrics_of(
            result,
            request_id=run.view.request_id,
            timings_ms=run.timings_ms,
            usage=run.finished.usage.as_dict(),
            cpu_percent_peak=run.live.cpu_percent_peak,
            queue=_QUEUES[run.runner],
        )
        values = {"metrics": metrics, "progress": 1.0, "stage": None}
        if self._end(run, "succeeded", values):
            _log.info("job.succeeded", **run.log, timings_ms=run.timings_ms, metrics=_summary(metrics))

    def _fail(self, run: _Run, problem: AtolyeError) -> None:
        state: State = "cancelled" if problem.code == "CANCELLED" else "failed"
        self._undo(run)
        self._word_findings(run, problem)
        if state == "cancelled" and run.live.returning.is_set():
            return  # the service puts it back into the queue
        run.timings_ms["total"] = _ms(run.began)
        error = mask_data(dict(problem.body(request_id=run.view.request_id, job_id=run.view.job_id)))
        values = {"error": _safe(error), "progress": run.live.progress, "stage": run.live.stage}
        if self._end(run, state, values):
            _log.info(f"job.{state}", **run.log, error_code=problem.code, timings_ms=run.timings_ms)

    def _word_findings(self, run: _Run, problem: AtolyeError) -> None:
        """Gives the findings of a part that cannot be made their texts; doubts go to the job's warnings."""
        if problem.code == UNMAKEABLE:
            found = problem.details
            run.warnings += [self._word_warning(doubt) for doubt in found.pop("warnings", None) or ()]
            found["errors"] = [self._word_warning(error) for error in found.get("errors") or ()]

    def _undo(self, run: _Run) -> None:
        """Removes what was stored before something failed: a job that did not succeed has no files."""
        items, run.items = run.items, []
        for item in items:
            try:
                self._artefacts.store.delete(item.stored.key, item.stored.version_id)
            except AtolyeError:
                _log.warning("storage.delete.failed", **run.log, key=item.stored.key)

    def _end(self, run: _Run, state: State, values: Mapping[str, Any]) -> bool:
        """Writes the job's end in one transaction; again after a pause when the database does not take it."""
        known = self._known_engine()
        finished = run.finished
        values = {
            **values,
            "state": state,
            "finished_at": datetime.now(UTC),
            "warnings": run.warnings,
            "timings": self._all_timings(run),
            "engine": results.engine_of(
                {} if finished is None else finished.result,
                1 if finished is None else finished.attempts,
                known,
            ),
        }
        run.live.note("state", {"state": state})
        for pause_s in (*_SAVE_PAUSES_S, None):
            try:
                return self._save(run, values)
            except AtolyeError as problem:
                if pause_s is None:
                    raise
                _log.warning("job.save_again", **run.log, error_code=problem.code)
                time.sleep(pause_s)
        return False

    def _known_engine(self) -> Mapping[str, Any]:
        """What can be said of the engine; nothing when it is what failed."""
        try:
            return self._describe_engine()
        except AtolyeError:
            return {}

    def _save(self, run: _Run, values: Mapping[str, Any]) -> bool:
        with run.live.saving:
            rows = run.live.unsaved()
            with self._database.write() as connection:
                mine = records.end(connection, run.view.job_id, owner=self._owner, values=values)
                if mine:
                    self._save_items(connection, run)
                    records.add_events(connection, rows)
            run.live.saved(rows)
        if not mine:
            self._undo(run)
        return mine

    def _save_items(self, connection: Connection, run: _Run) -> None:
        if run.items:
            view = run.view
            self._artefacts.record(
                connection, view.job_id, run.items, request_id=view.request_id, first=not run.retry
            )
            detail, sha256 = storage_audit(run.items)
            records.audit(connection, view, "artefacts.put", detail, sha256)

    def _all_timings(self, run: _Run) -> dict[str, float]:
        kernel = {} if run.finished is None else run.finished.result.get("timings_ms") or {}
        return {**run.timings_ms, **{f"kernel.{name}": value for name, value in kernel.items()}}


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)


def _summary(metrics: Mapping[str, Any]) -> dict[str, Any]:
    names: Sequence[str] = ("solids", "faces", "edges", "triangles", "volume_m3", "mass_kg")
    return {name: metrics.get(name) for name in names}


def _safe(error: Any) -> dict[str, Any]:
    """An error's data as JSON can hold it, whatever the place that raised it put in."""
    made: dict[str, Any] = json.loads(json.dumps(error, default=str))
    return made

"""Plain data of jobs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from atolye.artefacts.models import Artefact
from atolye.errors import AtolyeError

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
STATES: Final = ("queued", "running", "succeeded", "failed", "cancelled")
ENDED: Final = frozenset({"succeeded", "failed", "cancelled"})

JOB_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

TELEMETRY_KEY: Final = "telemetry"
"""Under it the stored metrics hold what belongs to the run, not to the part: durations, memory, worker."""


@dataclass(frozen=True, slots=True)
class LocalCaller:
    """The caller where there is no token: the user of the command line."""

    user_id: str
    tenant_id: str


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its tenant sees it, at one moment."""

    job_id: str
    tenant_id: str
    user_id: str
    state: State
    flow: str
    request_id: str
    request: dict[str, Any]
    request_sha256: str
    warnings: Sequence[Mapping[str, Any]]
    metrics: dict[str, Any] | None
    timings_ms: dict[str, Any]
    engine: dict[str, Any] | None
    error: dict[str, Any] | None
    stage: str | None
    progress: float
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    artefacts: Sequence[Artefact] = ()

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    def as_json(self, language: str) -> dict[str, Any]:
        """The object of ``job.json``. Texts are in both languages; ``message`` is the one of ``language``."""
        metrics = None if self.metrics is None else dict(self.metrics)
        telemetry = metrics.pop(TELEMETRY_KEY, None) if metrics is not None else None
        return {
            "job_id": self.job_id,
            "state": self.state,
            "request": self.request,
            "request_sha256": self.request_sha256,
            "metrics": metrics,
            "warnings": [_in(language, warning) for warning in self.warnings],
            "artefacts": [artefact.as_json() for artefact in self.artefacts],
            "timings_ms": self.timings_ms,
            "engine": self.engine,
            "error": None if self.error is None else _in(language, self.error),
            "request_id": self.request_id,
            "flow": self.flow,
            "stage": self.stage,
            "progress": self.progress,
            "resources": _resources(telemetry),
            "created_at": self.created_at.isoformat(),
            "started_at": None if self.started_at is None else self.started_at.isoformat(),
            "finished_at": None if self.finished_at is None else self.finished_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Submission:
    """An accepted request: its job, new or, for a repeated idempotency key, the one from before."""

    job: JobView
    replayed: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some jobs, newest first, and where the next ones begin."""

    jobs: list[JobView]
    next_cursor: str | None


def check_job_id(job_id: str) -> str:
    """The id, if it can be one.

    Raises:
        AtolyeError: ``JOB_ID_INVALID``.
    """
    if not JOB_ID.fullmatch(job_id):
        raise AtolyeError("JOB_ID_INVALID", field="job_id")
    return job_id


def _in(language: str, texts: Mapping[str, Any]) -> dict[str, Any]:
    return {**texts, "message": texts["message_tr" if language == "tr" else "message_en"]}


def _resources(telemetry: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What the job used; which machine and process it was is nobody's business outside."""
    if telemetry is None:
        return None
    return {name: value for name, value in telemetry.items() if name != "worker"}

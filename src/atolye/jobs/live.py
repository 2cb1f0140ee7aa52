"""Jobs that this process has in its hands: their events as they come, their end, the wish to stop them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from atolye.wire import Event

THROTTLE_S: Final = 0.5
"""Finer steps inside a stage are passed on at most this often; a stage's beginning always is."""
MOST_EVENTS: Final = 1000
"""Events kept of one job. A job is not trusted, so what it says is not believed to be little."""
MOST_TEXT: Final = 500
MOST_FIELDS: Final = 20

_THROTTLED: Final = frozenset({"progress"})
_STORED: Final = frozenset({"stage", "progress", "resource", "warning", "artefact"})


@dataclass(slots=True)
class Live:
    """One job in the hands of this process. All methods may be called from any thread."""

    job_id: str
    tenant_id: str
    seq: int
    """Number of the last event."""
    cancel: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    returning: threading.Event = field(default_factory=threading.Event)
    """The process stops: what is cancelled now goes back into the queue."""
    stage: str | None = None
    progress: float = 0.0
    cpu_percent_peak: float | None = None
    saving: threading.Lock = field(default_factory=threading.Lock)
    """Held from reading the unsaved events until they are committed."""
    _unsaved: list[dict[str, Any]] = field(default_factory=list)
    _last: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, event: Event) -> None:
        """Notes an event of the engine, if it is of a kind that is kept."""
        kind = event.get("event")
        if kind not in _STORED:
            return
        data = _reduced(event)
        with self._lock:
            if kind == "resource":
                self._note_resources(event)
            if kind == "stage":
                self._note_stage(event)
            now = time.monotonic()
            if (kind in _THROTTLED and now - self._last < THROTTLE_S) or self.seq >= MOST_EVENTS:
                return
            self._last = now
            self._append(str(kind), data)

    def note(self, kind: str, data: Mapping[str, Any]) -> None:
        """Notes something that the service itself knows, whatever the number of events."""
        with self._lock:
            self._append(kind, dict(data))

    def unsaved(self) -> list[dict[str, Any]]:
        """The events that are not in the database yet, as rows."""
        with self._lock:
            return list(self._unsaved)

    def saved(self, rows: list[dict[str, Any]]) -> None:
        """Forgets rows that are in the database now."""
        if rows:
            with self._lock:
                last = rows[-1]["seq"]
                self._unsaved = [row for row in self._unsaved if row["seq"] > last]

    def _append(self, kind: str, data: dict[str, Any]) -> None:
        self.seq += 1
        self._unsaved.append(
            {
                "job_id": self.job_id,
                "seq": self.seq,
                "type": kind,
                "data": data,
                "created_at": datetime.now(UTC),
            }
        )

    def _note_stage(self, event: Event) -> None:
        self.stage = str(event.get("stage"))[:32]
        progress = event.get("progress")
        if isinstance(progress, int | float) and 0.0 <= progress <= 1.0:
            self.progress = max(self.progress, float(progress))

    def _note_resources(self, event: Event) -> None:
        percent = event.get("cpu_pct")
        if isinstance(percent, int | float):
            self.cpu_percent_peak = max(self.cpu_percent_peak or 0.0, float(percent))


class LiveJobs:
    """All jobs in the hands of this process."""

    def __init__(self) -> None:
        self._jobs: dict[str, Live] = {}
        self._lock = threading.Lock()

    def add(self, job: Live) -> Live:
        with self._lock:
            self._jobs[job.job_id] = job
        return job

    def get(self, job_id: str) -> Live | None:
        return self._jobs.get(job_id)

    def all(self) -> list[Live]:
        with self._lock:
            return list(self._jobs.values())

    def remove(self, job: Live) -> None:
        """Lets go of a job; whoever waits for its end is woken."""
        with self._lock:
            self._jobs.pop(job.job_id, None)
        job.done.set()


def _reduced(event: Event) -> dict[str, Any]:
    """The plain values of an event, short ones only: its lists and tables are in the job itself."""
    plain = {
        str(name)[:64]: value[:MOST_TEXT] if isinstance(value, str) else value
        for name, value in event.items()
        if name != "event" and isinstance(value, str | int | float | bool | None)
    }
    return dict(list(plain.items())[:MOST_FIELDS])

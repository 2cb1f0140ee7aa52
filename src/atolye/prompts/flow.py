"""The prompt flow as a use case: from a request's body to a job's request, at once or inside the job."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

from atolye import wire
from atolye.designs.canonical import Commission
from atolye.designs.notes import Warning
from atolye.designs.service import Defaults
from atolye.errors import AtolyeError
from atolye.jobs.ports import EnginePort, Finished
from atolye.prompts.models import Reading
from atolye.prompts.ports import PromptContext
from atolye.prompts.service import Caller, Prepared, PromptService
from atolye.scripts.models import PreparedScript
from atolye.scripts.request import script_request
from atolye.scripts.service import prepare as prepare_script

_DEFAULTS: Final = ("material", "process", "machine", "units")
_OUTPUTS: Final = ("exports", "step_schema", "mesh", "manufacturing_checks")
_FLOW: Final = "prompt"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a body asks for."""

    request: Commission | PromptJob
    reading: Reading | None
    """How a text was read; none for a script, and for a text that is read inside the job."""
    prepared: Prepared | None = None


@dataclass(frozen=True)
class PromptJob:
    """A text that a remote provider will read inside the job. It holds no personal data any more."""

    text: str
    surroundings: Mapping[str, Any]
    """``language``, ``material``, ``exports`` … as the caller gave them."""
    user_id: str
    request_id: str
    warnings: tuple[Warning, ...] = ()

    @property
    def sha256(self) -> str:
        spelled = json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(spelled.encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        return {"type": _FLOW, "prompt": self.text, **self.surroundings}

    def to_wire(self) -> wire.Request:
        """Only :class:`ReadingEngine` understands this flow; the kernel never sees it."""
        ordered = {
            "wire": wire.WIRE_VERSION,
            "flow": _FLOW,
            "prompt": {**self.as_dict(), "user_id": self.user_id, "request_id": self.request_id},
        }
        return cast(wire.Request, ordered)


@dataclass(frozen=True, slots=True)
class _JobCaller:
    user_id: str


class PromptFlow:
    """Makes jobs' requests of bodies that hold a ``prompt`` or a ``script``."""

    def __init__(self, service: PromptService) -> None:
        self._service = service

    @property
    def answers_at_once(self) -> bool:
        """Whether a text is read before there is a job."""
        return self._service.answers_at_once

    def ask(
        self,
        raw: Mapping[str, Any],
        *,
        caller: Caller,
        request_id: str,
        language: str | None,
        per_min: int | None = None,
        wait: bool = False,
    ) -> Asked:
        """Reads a body as far as it can be read now.

        Args:
            raw: ``prompt`` or ``script``, with what surrounds a design.
            wait: read the text now even if the provider is remote (the command line).

        Raises:
            AtolyeError: what is wrong with the text, the script or what surrounds it.
        """
        text, script = raw.get("prompt"), raw.get("script")
        if (text is None) == (script is None):
            raise AtolyeError("PROMPT_OR_SCRIPT", field="prompt")
        around = {name: value for name, value in raw.items() if name not in ("prompt", "script", "type")}
        around.setdefault("language", language)
        if script is not None:
            return Asked(script_request(prepare_script(script), around, origin="user"), None)
        if not (wait or self._service.answers_at_once):
            admitted = self._service.admit(str(text), caller=caller, per_min=per_min)
            return Asked(PromptJob(admitted, around, caller.user_id, request_id), None)
        prepared = self._service.prepare(
            str(text), _context(around), caller=caller, request_id=request_id, per_min=per_min
        )
        return Asked(_request_of(prepared, around), prepared.reading, prepared)

    def link(self, asked: Asked, job_id: str) -> None:
        """Says which job a text led to."""
        if asked.prepared is not None:
            self._service.link(asked.prepared, job_id)

    def read(self, order: Mapping[str, Any], cancel: threading.Event | None) -> tuple[Commission, Prepared]:
        """Reads the text of a :class:`PromptJob` inside its job."""
        around = {
            name: value
            for name, value in order.items()
            if name not in ("type", "prompt", "user_id", "request_id")
        }
        prepared = self._service.read(
            order["prompt"],
            _context(around),
            caller=_JobCaller(order["user_id"]),
            request_id=order["request_id"],
            cancel=cancel,
        )
        return _request_of(prepared, around), prepared

    def close(self) -> None:
        self._service.close()


def _context(around: Mapping[str, Any]) -> PromptContext:
    known = {name: around[name] for name in _DEFAULTS if around.get(name) is not None}
    return PromptContext(
        language=around.get("language"),
        defaults=Defaults(**known),
        overrides={name: around[name] for name in _OUTPUTS if around.get(name) is not None},
    )


def _request_of(prepared: Prepared, around: Mapping[str, Any]) -> Commission:
    if prepared.request is not None:
        return prepared.request
    script = cast(PreparedScript, prepared.script)
    given = {name: around[name] for name in (*_DEFAULTS, *_OUTPUTS) if around.get(name) is not None}
    offered = {name: prepared.extras[name] for name in (*_DEFAULTS, *_OUTPUTS) if name in prepared.extras}
    made = script_request(script, {**offered, **given}, origin="ai")
    return replace(made, warnings=(*prepared.warnings, *made.warnings))


class ReadingEngine:
    """An engine that first has the text read, when an order is one; everything else passes through."""

    def __init__(self, engine: EnginePort, flow: PromptFlow) -> None:
        self._engine = engine
        self._flow = flow

    def run(
        self,
        request: wire.Request,
        folder: Path,
        *,
        on_event: Callable[[wire.Event], None] | None = None,
        limits: Any | None = None,
        inputs: Mapping[str, Path] | None = None,
        cancel: threading.Event | None = None,
    ) -> Finished:
        """See :class:`~atolye.jobs.ports.EnginePort`."""
        if request["flow"] != _FLOW:
            return self._engine.run(
                request, folder, on_event=on_event, limits=limits, inputs=inputs, cancel=cancel
            )
        if on_event is not None:
            on_event({"event": "stage", "stage": "read", "progress": 0.0})
        order = cast(dict[str, Any], request)["prompt"]
        commission, prepared = self._flow.read(order, cancel)
        finished = self._engine.run(
            commission.to_wire(), folder, on_event=on_event, limits=limits, cancel=cancel
        )
        return _Read(finished, commission, prepared)


class _Read:
    """A finished job that also says how its text was read."""

    def __init__(self, finished: Finished, commission: Commission, prepared: Prepared) -> None:
        self.artefacts = finished.artefacts
        self.usage = finished.usage
        self.attempts = finished.attempts
        self.waited_ms = finished.waited_ms
        notes = [{"event": "warning", **note.as_dict()} for note in commission.warnings]
        self.warnings = [*notes, *finished.warnings]
        provenance = {
            **(finished.result.get("provenance") or {}),
            "read_as": commission.as_dict(),
            "reading": prepared.reading.as_dict(),
        }
        self.result: wire.Event = {**finished.result, "provenance": provenance}

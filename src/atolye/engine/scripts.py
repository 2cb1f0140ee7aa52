"""What is particular about jobs that run somebody's script; ``kernel/script`` is the other side of it.

What the first of the two processes says may come from the script itself, so no more of it is passed on than
a person can be told: where the script stands, what it printed, and why it failed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from atolye.engine.exchange import Transcript
from atolye.engine.options import Limits
from atolye.engine.outcome import Finished, Usage, usage_of
from atolye.engine.outcome import failure as failure_of_job
from atolye.errors import AtolyeError
from atolye.errors.freecad import GENERAL, code_for
from atolye.errors.masking import mask_text
from atolye.wire import EXPORT_FILES, Event, Request

FLOW: Final = "script"
FINISH: Final = "finish"

LEFT: Final = (EXPORT_FILES["solid.brep"], EXPORT_FILES["model.fcstd"])
"""The files that a script may leave for the second process."""

WALL_S: Final = 20.0
"""Time that a script has, on the clock and of the processor (specification 03.38)."""

_THREADS: Final = 1
_FILE_MB: Final = 64
_DISK_MB: Final = 160
_STAGES: Final = frozenset({"open", "build", "recompute", "check", "export"})
_FIRST_HALF: Final = 0.35
"""Share of the progress bar that the script itself gets."""
_MOST_LINES: Final = 201
_MOST_TEXT: Final = 500
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")

RULES: Final = frozenset(
    """SECURITY_VIOLATION DIMENSION_ERROR ANGLE_ERROR PATTERN_ERROR FEATURE_DEPENDENCY_ERROR
    SINGLE_SOLID_VIOLATION BOOLEAN_BODY_ERROR INVALID_SYNTAX""".split()  # noqa: SIM905 - a table to read
)
"""Findings that are ``ERR-AI-451`` in a script that a model has written."""

_FAILURES: Final = RULES | {
    "ERR-OOM",
    "FC_BOOLEAN_FAILED",
    "FC_FILLET_CHAMFER_FAILED",
    "FC_GEOM_INVALID_SHAPE",
    "FC_RECOMPUTE_FAILED",
    "FC_SKETCH_OVERCONSTRAINED",
    "SCRIPT_FAILED",
    "SKETCH_UNDERCONSTRAINED",
}
"""What a script's process may say that went wrong."""

_GEOMETRY: Final = ("Part.", "Base.", "FreeCAD.")
"""Modules whose exceptions the geometry kernel raises."""


def limits(given: Limits) -> Limits:
    """What the script's own process may use."""
    return replace(
        given,
        wall_s=min(given.wall_s, WALL_S),
        cpu_s=min(given.cpu_s, WALL_S),
        threads=_THREADS,
        file_mb=min(given.file_mb, _FILE_MB),
        disk_mb=min(given.disk_mb, _DISK_MB),
    )


@dataclass(slots=True)
class Relay:
    """Passes on the events of the two processes as those of one job."""

    on_event: Callable[[Event], None] | None
    _lines: int = field(default=0)

    def hear(self, event: Event) -> None:
        """An event of the script's process."""
        if self.on_event is None:
            return
        match event.get("event"):
            case "stage" if event.get("stage") in _STAGES:
                share = _share(event.get("progress"))
                progress = round(min(share, _FIRST_HALF), 3)
                self.on_event({"event": "stage", "stage": event["stage"], "progress": progress})
            case "progress":
                self._hear_line(event)
            case "resource":
                self.on_event(event)

    def _hear_line(self, event: Event) -> None:
        message = event.get("message")
        self._lines += 1
        if isinstance(message, str) and self._lines <= _MOST_LINES and self.on_event is not None:
            line = mask_text(message[:_MOST_TEXT])
            self.on_event({"event": "progress", "stage": "build", "source": "script", "message": line})

    def rest(self, event: Event) -> None:
        """An event of the second process, which has what is left of the progress bar."""
        if self.on_event is None:
            return
        if event.get("event") == "stage":
            share = _FIRST_HALF + (1 - _FIRST_HALF) * _share(event.get("progress"))
            event = {**event, "progress": round(share, 3)}
        self.on_event(event)


def _share(value: object) -> float:
    return min(1.0, max(0.0, float(value))) if isinstance(value, int | float) else 0.0


def finishing(request: Request, transcript: Transcript) -> Request:
    """The request for the second process; what the first one said is no more than a name to look for."""
    said = str((transcript.result or {}).get("object", ""))
    script = {**request["script"], "object": said if _NAME.fullmatch(said) else ""}
    return {**request, "flow": FINISH, "script": script}  # type: ignore[typeddict-item]


def together(finished: Finished, first: Transcript) -> Finished:
    """The second process's result with what the first one used and how long it took."""
    before, after = usage_of(first), finished.usage
    wall_ms = before.wall_ms + after.wall_ms
    cpu_ms = before.cpu_ms + after.cpu_ms
    usage = Usage(
        peak_rss_mb=max(before.peak_rss_mb, after.peak_rss_mb),
        avg_cpu_pct=round(100 * cpu_ms / wall_ms, 1) if wall_ms else 0.0,
        cpu_ms=cpu_ms,
        wall_ms=wall_ms,
        load_average=after.load_average,
    )
    timings_ms = {"script": before.wall_ms, **finished.result.get("timings_ms", {})}
    result = {**finished.result, "timings_ms": timings_ms}
    return replace(finished, result=result, usage=usage, waited_ms=first.accepted_after_ms)


def left(folder: Path) -> dict[str, Path]:
    """Inputs of the second process."""
    return {name: folder / name for name in LEFT if (folder / name).exists()}


def failure(transcript: Transcript, bounds: Limits, request: Request) -> AtolyeError | None:
    """Why a script came to nothing; ``None`` when it left a shape."""
    if transcript.exit["outcome"] in ("timeout", "cpu_limit"):
        return AtolyeError("TIMEOUT_ERROR", details={"limit_s": min(bounds.wall_s, bounds.cpu_s)})
    transcript.artefacts.clear()  # it may announce nothing
    if transcript.error is not None:
        transcript.error = _believed(transcript.error, str(request["script"]["source"]))
    error = failure_of_job(transcript, bounds)
    if error is None and LEFT[0] not in transcript.exit["files"]:
        error = AtolyeError("FC_GEOM_INVALID_SHAPE", details={"reason": "the script left no shape"})
    return judged(error, request) if error is not None else None


def judged(error: AtolyeError, request: Request) -> AtolyeError:
    """The error as it is told: a broken rule in a script that a model has written is the model's."""
    if request["script"].get("origin") != "ai" or error.code not in RULES:
        return error
    details = {**error.details, "cause": error.code}
    return AtolyeError("ERR-AI-451", field=error.field, details=details, causes=(error,))


def _believed(event: Event, source: str) -> Event:
    """What may be told of an error that the script's process reports."""
    given = event.get("details")
    details = _plain(given if isinstance(given, Mapping) else {})
    message = mask_text(str(event.get("message", ""))[:_MOST_TEXT])
    code, phase = str(event.get("code", "")), str(event.get("phase", ""))[:32]
    if code not in _FAILURES:
        code = "SCRIPT_FAILED"
        details.setdefault("exception", str(event.get("exception_class", ""))[:64])
        details.setdefault("cause", message)
    lines = source.splitlines()
    number = details.get("line")
    line = number if isinstance(number, int) and 0 < number <= len(lines) else 0
    statement = mask_text(lines[line - 1].strip()[:_MOST_TEXT]) if line else ""
    # what fails when the last line has been run is told of that line
    details |= {"line": line or len(lines), "statement": statement}
    if code == "SCRIPT_FAILED":
        code = _better(details, phase)
    return {**event, "code": code, "phase": phase, "message": message, "details": details}


def _better(details: Mapping[str, Any], phase: str) -> str:
    """The code of what geometry itself refused in a script's line; else the script's own."""
    exception, cause = str(details.get("exception", "")), str(details.get("cause", ""))
    if not exception.startswith(_GEOMETRY):
        return "SCRIPT_FAILED"
    code = code_for(f"{details.get('statement', '')}: {cause}", exception, phase)
    return code if code in _FAILURES and code not in GENERAL else "SCRIPT_FAILED"


def _plain(details: Mapping[str, Any]) -> dict[str, Any]:
    """The short, plain values; texts masked."""
    found: dict[str, Any] = {}
    for name, value in list(details.items())[:20]:
        if isinstance(value, str):
            found[str(name)[:64]] = mask_text(value[:_MOST_TEXT])
        elif isinstance(value, bool | int | float) or value is None:
            found[str(name)[:64]] = value
    return found

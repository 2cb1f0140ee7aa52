"""Turns what came back of a job into a result or into the one error that says what happened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from atolye.engine.exchange import Transcript, announced_files, kept_files
from atolye.engine.options import Limits
from atolye.errors import AtolyeError
from atolye.wire import Event

_GENERIC: Final = frozenset({"FC_RUNTIME", ""})
"""Codes that say no more than that something failed; the message may know better."""
_OUT_OF_MEMORY: Final = re.compile(
    r"MemoryError|bad_alloc|StdFail_.*memory|cannot allocate memory", re.IGNORECASE
)
_DISK_FULL: Final = re.compile(r"No space left on device|File too large|Disk quota exceeded", re.IGNORECASE)
_RESERVED: Final = frozenset({"self", "code", "field", "details", "causes"})


@dataclass(frozen=True, slots=True)
class Usage:
    """What one job used, measured by its supervisor."""

    peak_rss_mb: float
    avg_cpu_pct: float
    cpu_ms: float
    wall_ms: float
    load_average: float

    def as_dict(self) -> dict[str, float]:
        return {
            "peak_rss_mb": self.peak_rss_mb,
            "avg_cpu_pct": self.avg_cpu_pct,
            "cpu_ms": self.cpu_ms,
            "wall_ms": self.wall_ms,
            "load_average": self.load_average,
        }


@dataclass(frozen=True, slots=True)
class Finished:
    """A job that ended well. Its files lie in the folder, each with the hash that its event gives."""

    result: Event
    """The ``result`` event: metrics, checks, topology, parameters, timings, provenance."""
    artefacts: tuple[Event, ...]
    warnings: tuple[Event, ...]
    usage: Usage
    attempts: int
    """1, or 2 when the first attempt was lost."""
    waited_ms: float
    """Time until a warmed-up job took the request."""


def usage_of(transcript: Transcript) -> Usage:
    found = transcript.exit
    return Usage(**{name: float(found.get(name, 0.0)) for name in Usage.__dataclass_fields__})


def finished(transcript: Transcript, attempts: int) -> Finished:
    """The result of a transcript in which nothing failed."""
    assert transcript.result is not None
    return Finished(
        transcript.result,
        tuple(transcript.artefacts),
        tuple(transcript.warnings),
        usage_of(transcript),
        attempts,
        transcript.accepted_after_ms,
    )


def crashed(transcript: Transcript) -> bool:
    """Whether the process died by itself, so that another attempt makes sense."""
    return bool(transcript.exit.get("outcome") == "crashed") and not transcript.exit.get("reason")


def failure(transcript: Transcript, limits: Limits) -> AtolyeError | None:
    """The error of a failed job, ``None`` of one that ended well."""
    error = _limit_failure(transcript, limits) or _reported_failure(transcript) or _broken_promise(transcript)
    if error is not None:
        error.details.setdefault("usage", usage_of(transcript).as_dict())
        if tail := transcript.exit.get("log_tail"):
            error.add_note(f"last lines of the job's log:\n{tail}")
    return error


def _limit_failure(transcript: Transcript, limits: Limits) -> AtolyeError | None:
    found = transcript.exit
    match found["outcome"]:
        case "timeout":
            return AtolyeError(
                "TIMEOUT_WORKER", details={"limit_s": limits.wall_s}, limit_s=_number(limits.wall_s)
            )
        case "cpu_limit":
            details = {"limit_s": limits.cpu_s}
            return AtolyeError("ENGINE_CPU_LIMIT", details=details, limit_s=_number(limits.cpu_s))
        case "out_of_memory":
            return _out_of_memory(limits)
        case "cancelled":
            return AtolyeError("CANCELLED", details={"exit_code": 143})
        case "crashed":
            how = {"signal": found["signal"], "exit_code": found["exit_code"], "reason": found["reason"]}
            return AtolyeError("ENGINE_CRASHED", details=how, how=_how_it_died(how))
        case "disk_full":
            return _disk_full(limits)
    if transcript.error is None:
        return None
    text = f"{transcript.error.get('exception_class')}: {transcript.error.get('message')}"
    if _OUT_OF_MEMORY.search(text):
        return _out_of_memory(limits)
    return _disk_full(limits) if found["disk_exhausted"] or _DISK_FULL.search(text) else None


def _number(value: float) -> str:
    return f"{value:g}"


def _out_of_memory(limits: Limits) -> AtolyeError:
    return AtolyeError("ERR-OOM", details={"limit_mb": limits.memory_mb}, limit_mb=limits.memory_mb)


def _disk_full(limits: Limits) -> AtolyeError:
    details: dict[str, Any] = {"disk_mb": limits.disk_mb, "file_mb": limits.file_mb, "files": limits.inodes}
    return AtolyeError("ENGINE_DISK_FULL", details=details, **details)


def _how_it_died(how: dict[str, Any]) -> str:
    if how["reason"]:
        return str(how["reason"])
    return f"signal {how['signal']}" if how["signal"] is not None else f"exit {how['exit_code']}"


def _reported_failure(transcript: Transcript) -> AtolyeError | None:
    """The error that the kernel itself reported, under the best code that is known for it."""
    event = transcript.error
    if event is None:
        return None
    message, exception_class = str(event.get("message", "")), str(event.get("exception_class", ""))
    details = event.get("details")
    details = dict(details) if isinstance(details, dict) else {}
    described = details | {"phase": event.get("phase"), "exception_class": exception_class, "cause": message}
    for code in _candidates(str(event.get("code", "")), message, exception_class):
        params = {name: value for name, value in described.items() if name not in _RESERVED}
        try:
            return AtolyeError(code, field=details.get("field"), details=described, **params)
        except KeyError:  # not catalogued, or its text needs what this event does not have
            continue
    return AtolyeError("ENGINE_JOB_FAILED", details=described, cause=message)


def _candidates(code: str, message: str, exception_class: str) -> list[str]:
    if code not in _GENERIC:
        return [code]
    from atolye.errors.freecad import code_for

    better = code_for(message, exception_class)
    return [name for name in (better, code) if name]


def _broken_promise(transcript: Transcript) -> AtolyeError | None:
    """A job that says it is done and has not delivered."""
    if transcript.result is None:
        return AtolyeError("ENGINE_CRASHED", details={"reason": "no result"}, how="no result")
    if transcript.exit["uncollected"]:
        reason = str(transcript.exit["uncollected"])
        return AtolyeError("ENGINE_OUTPUT_FAILED", details={"reason": reason}, reason=reason)
    missing = sorted(announced_files(transcript).keys() - kept_files(transcript).keys())
    if missing or len(announced_files(transcript)) != len(transcript.artefacts):
        reason = f"not as announced: {', '.join(missing)}"
        return AtolyeError(
            "ENGINE_OUTPUT_FAILED", details={"files": missing, "reason": reason}, reason=reason
        )
    return None

"""Structured logs: one JSON object a line on standard error, correlated and free of personal data.

Everything that is logged passes the same processors, also what libraries log through the standard
library: context is added, exceptions become sanitised stack traces, long lists are cut, and the whole is
masked. Values bound by :func:`log_context` (``request_id``, ``job_id``, ``tenant_id``, ``user``) follow the
work through threads that copy the context and through every ``await``.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, Final, TextIO

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars

from atolye.errors import AtolyeError
from atolye.errors.masking import mask_data, mask_text

MOST_ITEMS: Final = 20
"""Items of a list that are logged; how many were left out is said in their place."""
MOST_FRAMES: Final = 40
"""Innermost frames of a stack that are logged."""
LONGEST_TEXT: Final = 4000
"""Characters of a string that are logged."""

_EventDict = MutableMapping[str, Any]


def configure_logs(level: str = "info", *, stream: TextIO | None = None) -> None:
    """Sends all logs of this process to ``stream`` (standard error) as JSON lines from ``level`` up.

    A second call replaces the first.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _sanitised_exception,
        _mask_event,
        structlog.stdlib.add_logger_name,
        _add_severity,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _as_line],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # they bring handlers of their own
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("alembic").setLevel(logging.WARNING)  # a dozen lines at every first start


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module."""
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found


@contextmanager
def log_context(
    *,
    request_id: str | None = None,
    job_id: str | None = None,
    tenant_id: str | None = None,
    user_id: str | None = None,
    **more: Any,
) -> Iterator[None]:
    """Adds these to every line logged inside; a user appears only as a pseudonym."""
    known = {
        "request_id": request_id,
        "job_id": job_id,
        "tenant_id": tenant_id,
        "user": pseudonym(user_id) if user_id is not None else None,
        **more,
    }
    with bound_contextvars(**{name: value for name, value in known.items() if value is not None}):
        yield


def current_request_id() -> str | None:
    """The ``request_id`` of the work at hand, for whoever makes an error's body."""
    found: str | None = get_contextvars().get("request_id")
    return found


def pseudonym(user_id: str) -> str:
    """A short stable name for a user that tells who is the same, not who it is."""
    return hashlib.sha256(f"atolye-user:{user_id}".encode()).hexdigest()[:16]


def log_failure(
    error: AtolyeError,
    *,
    exception: BaseException | None = None,
    duration_ms: float | None = None,
    retry_count: int = 0,
    **more: Any,
) -> None:
    """Logs a failure with what is needed to find it again (specification 12.98).

    What a caller got wrong is information; what went wrong on our side is an error.

    Args:
        exception: what was raised, if it was not ``error`` itself; its stack trace is the one kept.
    """
    cause = exception or error
    log = logger("atolye.failure").bind(
        error_code=error.code,
        http_status=error.http_status,
        component=error.entry.component,
        exception_class=error.details.get("exception_class")
        if exception is None
        else type(exception).__name__,
        retry_count=retry_count,
        details=error.details,
        **more,
    )
    if duration_ms is not None:
        log = log.bind(duration_ms=round(duration_ms, 3))
    level = logging.ERROR if error.http_status >= 500 else logging.INFO
    log.log(level, error.message_en, exc_info=cause)


def stack_of(error: BaseException) -> list[str]:
    """The frames of an exception and of its causes, innermost last, without arguments or local values.

    A frame reads ``model.py:40 in __init__: self.entry = entry(code)``: file without its folders.
    """
    lines: list[str] = []
    summary: traceback.TracebackException | None = traceback.TracebackException.from_exception(error)
    while summary is not None:
        frames = [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} in {frame.name}: {frame.line or ''}"
            for frame in summary.stack
        ]
        kind = summary.exc_type.__name__ if summary.exc_type is not None else "Exception"
        lines[:0] = [*frames, f"{kind}: {summary}"]
        summary = summary.__cause__ or (None if summary.__suppress_context__ else summary.__context__)
    return [mask_text(line)[:LONGEST_TEXT] for line in lines[-MOST_FRAMES:]]


# ---- processors --------------------------------------------------------------------------------------


def _add_severity(_logger: Any, method: str, event: _EventDict) -> _EventDict:
    record = event.get("_record")
    event["severity"] = (
        record.levelname.lower() if record is not None else {"warn": "warning"}.get(method, method)
    )
    return event


def _sanitised_exception(_logger: Any, _method: str, event: _EventDict) -> _EventDict:
    """Turns ``exc_info`` into ``exception_class``, ``stacktrace`` and ``stacktrace_sanitized``."""
    given = event.pop("exc_info", None)
    record = event.get("_record")
    if record is not None and record.exc_info:
        given, record.exc_info, record.exc_text = record.exc_info, None, None
    error = _exception_of(given)
    if error is not None:
        if not event.get("exception_class"):
            event["exception_class"] = type(error).__name__
        event["stacktrace"] = _innermost(stack_of(error))
        event["stacktrace_sanitized"] = True
    return event


def _exception_of(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        found: BaseException | None = exc_info[1]
        return found
    return sys.exc_info()[1] if exc_info else None


def _mask_event(_logger: Any, _method: str, event: _EventDict) -> _EventDict:
    inner = {name: event[name] for name in ("_record", "_from_structlog") if name in event}
    shown = {name: shortened(value) for name, value in event.items() if name not in inner}
    return {**mask_data(shown), **inner}


def shortened(value: Any) -> Any:
    """The value with long lists and strings cut; a last item or sign says what was left out."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}… ({len(value)} characters)"
    if isinstance(value, Mapping):
        return {str(name): shortened(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else list(value)
        kept = [shortened(item) for item in items[:MOST_ITEMS]]
        return kept if len(items) <= MOST_ITEMS else [*kept, f"… {len(items) - MOST_ITEMS} more"]
    return value


def _innermost(frames: list[str]) -> list[str]:
    """A long stack without its outermost frames: where it broke is at the end."""
    left_out = len(frames) - MOST_ITEMS
    return frames if left_out <= 0 else [f"… {left_out + 1} more", *frames[left_out + 1 :]]


def _as_line(_logger: Any, _method: str, event: _EventDict) -> str:
    return json.dumps(event, ensure_ascii=False, default=lambda value: mask_text(str(value)))

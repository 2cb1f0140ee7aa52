"""Turns failures that the frameworks raise into catalogued ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from atolye.errors import AtolyeError
from atolye.errors.masking import mask_text
from atolye.telemetry.logs import log_failure
from atolye.web.responses import error_answer

_CODES: Final = {
    "missing": "REQUEST_FIELD_MISSING",
    "union_tag_not_found": "REQUEST_FIELD_MISSING",
    "extra_forbidden": "REQUEST_FIELD_UNKNOWN",
    "union_tag_invalid": "REQUEST_FIELD_CHOICE",
    "literal_error": "REQUEST_FIELD_CHOICE",
    "enum": "REQUEST_FIELD_CHOICE",
    **dict.fromkeys(
        ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number",
         "string_too_short", "string_too_long", "too_short", "too_long"),
        "REQUEST_FIELD_RANGE",
    ),
}  # fmt: skip
"""Code of each kind of finding of Pydantic; names ending in ``_type`` or ``_parsing`` are about types."""


def finding(error: Any, *, tag: str = "type") -> AtolyeError:
    """One finding of Pydantic as a catalogued error with the field's path.

    Args:
        error: an item of ``ValidationError.errors()``.
        tag: name of the field that tells the members of the union apart.
    """
    kind, context = error["type"], error.get("ctx", {})
    location = [part for part in error["loc"] if part not in ("body",)]
    if kind.startswith("union_tag"):
        location.append(tag)
    code = _CODES.get(kind)
    if code is None:
        code = "REQUEST_FIELD_TYPE" if kind.endswith(("_type", "_parsing")) else "REQUEST_FIELD_FORMAT"
    return AtolyeError(
        code,
        field=path_of(location) or "body",
        expected=str(context.get("expected", context.get("expected_tags", ""))).replace("'", ""),
        bound=_bound(context),
    )


def path_of(location: Sequence[str | int]) -> str:
    """``("holes", 2, "diameter")`` → ``holes[2].diameter``."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path


def _bound(context: dict[str, Any]) -> str:
    signs = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "min_length": "≥", "max_length": "≤"}
    return ", ".join(f"{sign} {context[name]}" for name, sign in signs.items() if name in context)


def invalid(errors: Sequence[Any]) -> AtolyeError:
    """All findings of one request as one error.

    A single one is that error itself; several travel as causes of ``REQUEST_INVALID``.
    """
    found = tuple(finding(error) for error in errors)
    if len(found) == 1:
        return found[0]
    fields = ", ".join(dict.fromkeys(str(problem.field) for problem in found))
    return AtolyeError("REQUEST_INVALID", causes=found, count=len(found), fields=fields)


def install(app: FastAPI) -> None:
    """Makes the app answer every failure in the API's form."""
    app.add_exception_handler(AtolyeError, _catalogued)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


async def _catalogued(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, AtolyeError)
    if problem.http_status >= 500:
        log_failure(problem)
    return error_answer(request.scope, problem, job_id=request.path_params.get("job_id"))


async def _validation(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError)
    return error_answer(request.scope, invalid(problem.errors()))


async def _http(request: Request, problem: Exception) -> Response:
    """Errors of routing: 404 and 405; whatever else a framework refuses is a malformed request."""
    assert isinstance(problem, HTTPException)
    if problem.status_code == 404:
        found = AtolyeError("ROUTE_NOT_FOUND", path=mask_text(request.url.path[:200]))
    elif problem.status_code == 405:
        found = AtolyeError("METHOD_NOT_ALLOWED", method=request.method[:20])
    elif problem.status_code < 500:
        found = AtolyeError("REQUEST_FIELD_FORMAT", field="request")
    else:
        found = AtolyeError("INTERNAL_ERROR")
    return error_answer(request.scope, found, headers=problem.headers)

"""Answers: JSON as the API writes it, and errors in the one form that all of them have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.types import Scope

from atolye.errors import AtolyeError
from atolye.web.context import context_of


class ApiResponse(Response):
    """JSON in UTF-8, in the media type that the caller accepts."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        # A lone surrogate ("\\ud800", echoed) has no UTF-8 form; its JSON escape is what comes out.
        return text.encode("utf-8", "backslashreplace")


def answer(
    scope: Scope, content: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> ApiResponse:
    """A JSON answer to the request of ``scope``."""
    made = ApiResponse(content, status, headers=dict(headers or {}))
    made.headers["content-type"] = context_of(scope).media_type
    return made


def error_answer(
    scope: Scope,
    problem: AtolyeError,
    *,
    headers: Mapping[str, str] | None = None,
    job_id: str | None = None,
) -> ApiResponse:
    """An error as the API shows it: the catalogued body plus ``message`` in the caller's language."""
    context = context_of(scope)
    context.error_code = problem.code
    body: dict[str, Any] = dict(problem.body(request_id=context.request_id, job_id=job_id))
    body["message"] = body[f"message_{context.language}"]
    extra = dict(headers or {})
    if problem.http_status == 401:
        reason = "" if problem.code == "AUTH_TOKEN_MISSING" else ' error="invalid_token"'
        extra["WWW-Authenticate"] = f'Bearer realm="atolye"{reason and "," + reason}'
    elif problem.code == "SCOPE_MISSING":
        extra["WWW-Authenticate"] = (
            f'Bearer realm="atolye", error="insufficient_scope", scope="{problem.params["scope"]}"'
        )
    return answer(scope, body, problem.http_status, extra)

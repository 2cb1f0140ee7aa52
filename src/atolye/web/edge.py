"""The outermost layer: every request passes it first and every answer last, errors included.

Plain ASGI, since it runs for each request: it gives the request an id and a language, refuses versions
that do not exist, adds the headers that every answer has, counts, logs, and turns what nobody expected
into ``INTERNAL_ERROR``.
"""

from __future__ import annotations

import time
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atolye.access.limits import Verdict
from atolye.errors import AtolyeError
from atolye.i18n.negotiation import negotiate
from atolye.telemetry.logs import log_context, log_failure, logger
from atolye.web.context import KEY, Context, context_of, request_id_of
from atolye.web.measures import Measures
from atolye.web.negotiation import VERSION, media_type
from atolye.web.responses import error_answer

log = logger("atolye.web")

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer that does not set the header itself."""
TRANSPORT_SECURITY: Final = "max-age=31536000; includeSubDomains"


class Edge:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp, *, default_language: str, measures: Measures) -> None:
        self._app = app
        self._default_language = default_language
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope[KEY] = Context(
            request_id=request_id_of(headers.get("x-request-id")),
            language=self._language(headers.get("accept-language")),
        )
        incoming = _Incoming(headers, receive)
        answering = _Answer(scope, send, incoming)
        began = time.perf_counter()
        with self._measures.in_flight(), log_context(request_id=context_of(scope).request_id):
            await self._answer(scope, headers, incoming, answering)
            self._record(scope, answering.status, time.perf_counter() - began)

    def _language(self, accept_language: str | None) -> str:
        return self._default_language if accept_language is None else negotiate(accept_language)

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive, answering: _Answer) -> None:
        try:
            _negotiate(scope, headers)
            await self._app(scope, receive, answering)
        except ClientDisconnect:
            log.info("client left")
        except AtolyeError as problem:
            await self._fail(problem, scope, receive, answering)
        except Exception as problem:  # the boundary of the app: nothing may leave without an answer
            unexpected = AtolyeError("INTERNAL_ERROR")
            log_failure(unexpected, exception=problem)
            if answering.status is not None:
                raise  # half an answer is out: only closing the connection tells the caller
            await self._fail(unexpected, scope, receive, answering)

    async def _fail(self, problem: AtolyeError, scope: Scope, receive: Receive, answering: _Answer) -> None:
        await error_answer(scope, problem)(scope, receive, answering)

    def _record(self, scope: Scope, status: int | None, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        self._measures.record(scope["method"], route, status or 499, seconds)  # 499: the client left
        log.info(
            "request",
            method=scope["method"],
            route=route,
            status=status,
            error_code=context_of(scope).error_code,
            duration_ms=round(1000 * seconds, 2),
        )


class _Incoming:
    """Passes the body on and knows whether all of it has come."""

    def __init__(self, headers: Headers, receive: Receive) -> None:
        self._receive = receive
        self.complete = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            self.complete = True
        return message


class _Answer:
    """Passes an answer on, with the headers that all have."""

    def __init__(self, scope: Scope, send: Send, incoming: _Incoming) -> None:
        self._scope = scope
        self._send = send
        self._incoming = incoming
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message.setdefault("headers", [])
            headers = MutableHeaders(scope=message)
            _add_headers(headers, self._scope)
            if not self._incoming.complete:  # nobody will read the rest of that body
                headers["Connection"] = "close"
        await self._send(message)


def _add_headers(headers: MutableHeaders, scope: Scope) -> None:
    context = context_of(scope)
    headers["API-Version"] = VERSION
    headers["X-Request-ID"] = context.request_id
    headers["Content-Language"] = context.language
    headers.add_vary_header("Accept")
    headers.add_vary_header("Accept-Language")
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    if scope.get("scheme") == "https":
        headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
    if context.verdict is not None:
        _add_limit_headers(headers, context.verdict)


def _add_limit_headers(headers: MutableHeaders, verdict: Verdict) -> None:
    headers["X-RateLimit-Limit"] = str(verdict.limit)
    headers["X-RateLimit-Remaining"] = str(verdict.remaining)
    headers["X-RateLimit-Reset"] = str(verdict.reset_at)
    if not verdict.allowed:
        headers["Retry-After"] = str(verdict.retry_after_s)


def _negotiate(scope: Scope, headers: Headers) -> None:
    """Sets the answer's media type.

    Raises:
        AtolyeError: ``API_VERSION_NOT_ACCEPTABLE`` (406). Downloads are not asked: they have their own type.
    """
    path: str = scope["path"]
    if not path.startswith("/api/") or path.endswith("/download"):
        return
    accepted = media_type(", ".join(headers.getlist("accept")))
    if accepted is None:
        raise AtolyeError("API_VERSION_NOT_ACCEPTABLE", accept=headers.get("accept", "")[:200])
    context_of(scope).media_type = accepted

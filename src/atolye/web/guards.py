"""The guards as FastAPI dependencies, and the way from a request to the services."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from atolye.access.limits import Verdict
from atolye.access.models import READ, WRITE, Caller
from atolye.errors import AtolyeError
from atolye.web.context import Context, context_of
from atolye.web.ports import Services

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="`atolye token` issues local ones.")
"""Only documents the scheme: the header is read by :class:`~atolye.access.service.Access`."""


async def services_of(request: Request) -> Services:
    """The services that the app was made with."""
    return cast(Services, request.app.state.services)


async def request_context(request: Request) -> Context:
    return context_of(request.scope)


ServicesOf = Annotated[Services, Depends(services_of)]
ContextOf = Annotated[Context, Depends(request_context)]


def count_prompt(services: Services, context: Context, caller: Caller) -> None:
    """Counts a request, already counted as a write, among the prompts too.

    Raises:
        AtolyeError: ``RATE_LIMITED``.
    """
    limits = services.access.authorise(caller, WRITE)
    _require(services.access.count_prompt(caller, limits), context)


def _require(verdict: Verdict, context: Context) -> None:
    context.verdict = verdict
    if not verdict.allowed:
        raise AtolyeError("RATE_LIMITED", retry_after_s=verdict.retry_after_s)


def allow(scope: str, *, prompt: bool = False) -> Callable[..., Awaitable[Caller]]:
    """A dependency that lets callers with ``scope`` pass, counts the request and gives the caller."""

    async def guard(
        request: Request,
        services: ServicesOf,
        context: ContextOf,
        _documented: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Caller:
        access, authorization = services.access, request.headers.get("authorization")

        def decide() -> Caller:
            caller = access.authenticate(authorization)
            limits = access.authorise(caller, scope)
            _require(access.count(caller, limits, scope, prompt=prompt), context)
            return caller

        return decide() if access.inline else await run_in_threadpool(decide)

    return guard


Reader = Annotated[Caller, Depends(allow(READ))]
Writer = Annotated[Caller, Depends(allow(WRITE))]
PromptWriter = Annotated[Caller, Depends(allow(WRITE, prompt=True))]

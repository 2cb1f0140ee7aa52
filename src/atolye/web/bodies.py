"""Reads a request's body: only JSON, only so much of it, only for so long."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import Request

from atolye.errors import AtolyeError
from atolye.web.negotiation import JSON, VERSION, VERSIONED_JSON, split_media_type

BODY_TIMEOUT_S: Final = 30.0


async def read_body(request: Request, *, largest_bytes: int) -> bytes:
    """The body's bytes.

    Raises:
        AtolyeError: ``REQUEST_CONTENT_TYPE`` (415), ``REQUEST_TOO_LARGE`` (413, before the body is read when
            its length is announced, else as soon as it is too long), ``REQUEST_BODY_TIMEOUT`` (408).
    """
    _check_type(request)
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > largest_bytes:
        raise AtolyeError("REQUEST_TOO_LARGE", limit=largest_bytes)
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await _collect(request, largest_bytes)
    except TimeoutError:
        raise AtolyeError("REQUEST_BODY_TIMEOUT", seconds=int(BODY_TIMEOUT_S)) from None


async def _collect(request: Request, largest_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest_bytes:
            raise AtolyeError("REQUEST_TOO_LARGE", limit=largest_bytes)
    return bytes(body)


def _check_type(request: Request) -> None:
    given = request.headers.get("content-type", "")
    name, parameters = split_media_type(given)
    fits = (
        name in (JSON, VERSIONED_JSON)
        and parameters.get("charset", "utf-8") in ("utf-8", "utf8")
        and parameters.get("version", VERSION) == VERSION
    )
    encoding = request.headers.get("content-encoding", "identity").lower()
    if not fits or encoding != "identity":
        found = given if encoding == "identity" else f"{given} ({encoding})"
        raise AtolyeError("REQUEST_CONTENT_TYPE", found=found[:200] or "–")

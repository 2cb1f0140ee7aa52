"""Sends files: whole, in part (RFC 9110, 14), not again (ETag), or only their headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final
from urllib.parse import quote

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from atolye.errors import AtolyeError
from atolye.web.responses import error_answer

CHUNK_BYTES: Final = 262_144
_ONE_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class FileHead:
    """What the headers of a file say."""

    name: str
    size_bytes: int
    content_type: str
    sha256: str
    disposition: str


class FileAnswer(StreamingResponse):
    """``length`` bytes of an open file from ``start`` on; closes the file whatever happens."""

    def __init__(self, file: BinaryIO, start: int, length: int, status: int, headers: dict[str, str]) -> None:
        self._file = file
        super().__init__(_chunks(file, start, length), status, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self._file.close)


def _chunks(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    file.seek(start)
    while length > 0:
        chunk = file.read(min(CHUNK_BYTES, length))
        if not chunk:
            raise OSError("the file is shorter than its record says")
        length -= len(chunk)
        yield chunk


def headers_of(head: FileHead) -> dict[str, str]:
    """The headers that GET and HEAD have in common."""
    ascii_name = head.name.encode("ascii", "replace").decode().replace('"', "_").replace("\\", "_")
    full_name = quote(head.name, safe="")
    return {
        "Content-Type": head.content_type,
        "Content-Disposition": f"{head.disposition}; filename=\"{ascii_name}\"; filename*=UTF-8''{full_name}",
        "ETag": f'"{head.sha256}"',
        "Accept-Ranges": "bytes",
        "Content-Length": str(head.size_bytes),
        "Cache-Control": "private, no-cache",
    }


def unchanged(request: Request, head: FileHead) -> bool:
    """Whether the caller has these bytes already (``If-None-Match``)."""
    given = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    return "*" in tags or f'"{head.sha256}"' in tags


def wanted_range(request: Request, head: FileHead) -> tuple[int, int] | None:
    """First byte and number of bytes of a single range; ``None`` for the whole file.

    Several ranges, other units and a range for another version (``If-Range``) get the whole file, as the
    standard allows.

    Raises:
        AtolyeError: ``RANGE_NOT_SATISFIABLE``.
    """
    found = _ONE_RANGE.fullmatch(request.headers.get("range", "").strip())
    if found is None or found.groups() == ("", ""):
        return None
    if request.headers.get("if-range", f'"{head.sha256}"') != f'"{head.sha256}"':
        return None
    first, last = found.groups()
    size = head.size_bytes
    start = max(0, size - int(last)) if first == "" else int(first)
    end = size - 1 if first == "" or last == "" else min(int(last), size - 1)
    if first and last and int(last) < int(first):
        return None  # not a valid range: ignored (RFC 9110, 14.1.1)
    if start >= size:
        raise AtolyeError("RANGE_NOT_SATISFIABLE", size=size)
    return start, end - start + 1


def head_answer(head: FileHead) -> Response:
    """The headers of a file, without its bytes."""
    return Response(status_code=200, headers=headers_of(head))


def not_modified(head: FileHead) -> Response:
    """304: nothing new."""
    kept = {name: value for name, value in headers_of(head).items() if name in ("ETag", "Cache-Control")}
    return Response(status_code=304, headers=kept)


def file_answer(request: Request, head: FileHead, file: BinaryIO) -> Response:
    """The file or the part of it that the caller wants. Takes over ``file``."""
    try:
        part = wanted_range(request, head)
    except AtolyeError as problem:
        file.close()
        return error_answer(request.scope, problem, headers={"Content-Range": f"bytes */{head.size_bytes}"})
    headers = headers_of(head)
    if part is None:
        return FileAnswer(file, 0, head.size_bytes, 200, headers)
    start, length = part
    headers["Content-Length"] = str(length)
    headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{head.size_bytes}"
    return FileAnswer(file, start, length, 206, headers)

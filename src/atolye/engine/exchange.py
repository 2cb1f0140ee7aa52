"""One job over one connection; ``kernel/server/order.py`` describes the protocol from the other side."""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from typing import Any, Final

from atolye.engine.options import Limits
from atolye.wire import MAX_EVENT_BYTES, Event, Request

_LENGTHS: Final = struct.Struct(">II")
_JOB_EVENTS: Final = frozenset({"stage", "progress", "warning", "artefact", "result", "error"})
"""What a job may say of itself; anything else in its name is a forgery."""
_LOOK_FOR_CANCEL_MS: Final = 50
_OVERTIME_S: Final = 45.0
"""How long after its wall time a job's last word may take to come: results may be large."""


class LostError(Exception):
    """The connection ended without the supervisor's last word: the fork server or the supervisor died.

    Args:
        begun: whether the job had been given its request.
    """

    def __init__(self, *, begun: bool = False) -> None:
        super().__init__(begun)
        self.begun = begun


class ForgeryError(Exception):
    """The job wrote something that no job may write."""


@dataclass(slots=True)
class Transcript:
    """What came back of one job."""

    result: Event | None = None
    error: Event | None = None
    artefacts: list[Event] = field(default_factory=list)
    warnings: list[Event] = field(default_factory=list)
    exit: Event = field(default_factory=dict)
    accepted_after_ms: float = 0.0

    def note(self, event: Event) -> None:
        kind = event["event"]
        if kind == "result":
            self.result = event
        elif kind == "error":
            self.error = self.error or event
        elif kind == "artefact":
            self.artefacts.append(event)
        elif kind == "warning":
            self.warnings.append(event)


def exchange(
    connection: socket.socket,
    request: Request,
    folder: Path,
    *,
    limits: Limits,
    inputs: Mapping[str, Path],
    accept_timeout_s: float,
    on_event: Callable[[Event], None] | None,
    cancel: Flag | None,
    files: Sequence[str] | None = None,
) -> Transcript:
    """Send one job and read until its last event.

    Args:
        files: names of the results to bring out, all there are when ``None``.

    Raises:
        LostError: see there. ForgeryError: see there. OSError: an input or the folder cannot be opened.
    """
    begun = time.monotonic()
    _send(connection, request, folder, limits, inputs, files)
    transcript = Transcript()
    stream = _Stream(connection, begun + accept_timeout_s, cancel)
    for trusted, event in stream:
        if trusted and event["event"] == "accepted":
            transcript.accepted_after_ms = (time.monotonic() - begun) * 1000
            stream.deadline = time.monotonic() + limits.wall_s + _OVERTIME_S
        elif trusted and event["event"] == "exit":
            transcript.exit = event
            return transcript
        else:
            transcript.note(event)
            if on_event is not None:
                on_event(event)
    raise LostError(begun=transcript.accepted_after_ms > 0)


def _send(
    connection: socket.socket,
    request: Request,
    folder: Path,
    limits: Limits,
    inputs: Mapping[str, Path],
    files: Sequence[str] | None,
) -> None:
    wanted = None if files is None else list(files)
    header = json.dumps({"limits": limits.as_dict(), "inputs": list(inputs), "files": wanted}).encode()
    body = json.dumps(request, allow_nan=False).encode()
    with ExitStack() as opened:
        descriptors = [_open(opened, folder, os.O_RDONLY | os.O_DIRECTORY)]
        descriptors += [_open(opened, path, os.O_RDONLY) for path in inputs.values()]
        data = _LENGTHS.pack(len(header), len(body)) + header + body
        try:
            sent = socket.send_fds(connection, [data], descriptors)
            if sent < len(data):
                connection.sendall(data[sent:])
        except OSError as error:
            raise LostError from error


def _open(opened: ExitStack, path: Path, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    opened.callback(os.close, descriptor)
    return descriptor


class _Stream:
    """Events as they come, each with whether the supervisor itself said it."""

    def __init__(self, connection: socket.socket, deadline: float, cancel: Flag | None) -> None:
        self.deadline = deadline
        self._connection = connection
        self._cancel = cancel
        self._poller = select.poll()
        self._poller.register(connection, select.POLLIN)

    def __iter__(self) -> Iterator[tuple[bool, Event]]:
        pending = bytearray()
        while data := self._receive():
            *lines, rest = (pending + data).split(b"\n")
            pending = bytearray(rest)
            if len(pending) > MAX_EVENT_BYTES + 1:
                raise ForgeryError("a line that does not end")
            yield from map(_parsed, lines)

    def _receive(self) -> bytes:
        """What came next, empty at the end or when it is overdue; meanwhile look whether to cancel."""
        while True:
            self._pass_on_cancel()
            remaining_ms = (self.deadline - time.monotonic()) * 1000
            if remaining_ms <= 0:
                return b""
            patience_ms = remaining_ms if self._cancel is None else min(remaining_ms, _LOOK_FOR_CANCEL_MS)
            if self._poller.poll(patience_ms):
                try:
                    return self._connection.recv(1 << 18)
                except ConnectionError:
                    return b""

    def _pass_on_cancel(self) -> None:
        if self._cancel is not None and self._cancel.is_set():
            self._cancel = None  # said once
            self._connection.shutdown(socket.SHUT_WR)


def _parsed(line: bytes | bytearray) -> tuple[bool, Event]:
    trusted = line[:1] == b"s"
    try:
        event = json.loads(line[1:])
        kind = event["event"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ForgeryError("a line that is no event") from error
    if not trusted and kind not in _JOB_EVENTS:
        raise ForgeryError(f"the job says {kind!r}")
    return trusted, event


def announced_files(transcript: Transcript) -> dict[str, str]:
    """Hash that the job gave of each file it announced; a nonsensical announcement counts as none."""
    pairs = [(event.get("file"), event.get("sha256")) for event in transcript.artefacts]
    return {name: sha for name, sha in pairs if isinstance(name, str) and isinstance(sha, str)}


def kept_files(transcript: Transcript) -> dict[str, dict[str, Any]]:
    """Files that were brought out, whole and as announced: name → size and hash."""
    announced = announced_files(transcript)
    files: dict[str, dict[str, Any]] = transcript.exit.get("files", {})
    return {name: found for name, found in files.items() if announced.get(name) == found["sha256"]}


def remove(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)

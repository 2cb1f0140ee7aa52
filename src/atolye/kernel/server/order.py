"""What the service sends over the connection, and how lines travel back.

Service to supervisor, in one message: two 4-byte big-endian lengths, a JSON header (``limits``, ``inputs``,
and ``files`` where not every result is to be brought out), the JSON request of ``atolye.wire``; with it, as
descriptors, the folder for the results and one open file per input. Closing its sending half afterwards
means "cancel".

Supervisor to service: lines, each one letter and a JSON object. ``j`` is relayed from the job and means
nothing more than what the job says; ``s`` is the supervisor's own word.
"""

from __future__ import annotations

import array
import json
import re
import socket
import struct
from dataclasses import dataclass
from typing import Final

from atolye.wire import EXPORT_FILES, MAX_REQUEST_BYTES

LENGTHS: Final = struct.Struct(">II")
FROM_JOB: Final = b"j"
FROM_SUPERVISOR: Final = b"s"

_MAX_HEADER_BYTES: Final = 64 * 1024
_MAX_DESCRIPTORS: Final = 64
_INPUT_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\Z")


class OrderError(Exception):
    """The other side broke the protocol."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use."""

    wall_s: float
    cpu_s: float
    memory_mb: int
    file_mb: int
    disk_mb: int
    inodes: int
    threads: int
    nice: int
    metrics_interval_s: float


@dataclass(frozen=True, slots=True)
class Order:
    """A job to do."""

    request: bytes
    limits: Limits
    inputs: dict[str, int]
    """Open descriptors by the name that the job is to find them under."""
    output_folder: int
    files: tuple[str, ...]
    """Names of files to bring out if they exist."""


def receive(connection: socket.socket) -> Order:
    """Read one order; blocks until it is whole.

    Raises:
        OrderError: what came is no order; OSError: the connection broke.
    """
    data, descriptors = _first_part(connection)
    header_length, request_length = LENGTHS.unpack_from(data)
    if header_length > _MAX_HEADER_BYTES or request_length > MAX_REQUEST_BYTES:
        raise OrderError("too long")
    while len(data) < LENGTHS.size + header_length + request_length:
        more = connection.recv(1 << 20)
        if not more:
            raise OrderError("cut short")
        data += more
    header = json.loads(data[LENGTHS.size : LENGTHS.size + header_length])
    return _order(header, bytes(data[LENGTHS.size + header_length :]), descriptors)


def _first_part(connection: socket.socket) -> tuple[bytearray, list[int]]:
    room = socket.CMSG_SPACE(_MAX_DESCRIPTORS * array.array("i").itemsize)
    data, ancillary, _flags, _address = connection.recvmsg(1 << 20, room, socket.MSG_CMSG_CLOEXEC)
    descriptors = array.array("i")
    for level, kind, content in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    whole = bytearray(data)
    while len(whole) < LENGTHS.size:
        more = connection.recv(1 << 20)
        if not more:
            raise OrderError("cut short")
        whole += more
    return whole, list(descriptors)


def _order(header: dict[str, object], request: bytes, descriptors: list[int]) -> Order:
    names = header["inputs"]
    limits = header["limits"]
    if not isinstance(names, list) or not isinstance(limits, dict) or len(descriptors) != 1 + len(names):
        raise OrderError("descriptors do not match the header")
    if not all(isinstance(name, str) and _INPUT_NAME.match(name) for name in names):
        raise OrderError("an input has an impossible name")
    inputs = dict(zip(names, descriptors[1:], strict=True))
    return Order(request, Limits(**limits), inputs, descriptors[0], _files(header.get("files")))


def _files(wanted: object) -> tuple[str, ...]:
    """Names of the results that may be brought out, all of them unless the service wants fewer."""
    known = tuple(EXPORT_FILES.values())
    if wanted is None:
        return known
    if not isinstance(wanted, list) or not all(name in known for name in wanted):
        raise OrderError("a result that there is no name for")
    return tuple(wanted)

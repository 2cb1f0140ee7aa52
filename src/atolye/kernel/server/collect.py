"""Brings a job's results out of its folder, trusting nothing that lies there."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import Final, TypedDict

_CHUNK: Final = 1 << 20


class Collected(TypedDict):
    size_bytes: int
    sha256: str


class NotCollectedError(Exception):
    """A result could not be brought out: ``reason`` names the file and why."""


def bring_out(folder: str, files: tuple[str, ...], target: int, max_bytes: int) -> dict[str, Collected]:
    """Copy the named files that exist; only regular ones, never through a link.

    Args:
        target: descriptor of the folder to write to; files that are there already are not overwritten.
        max_bytes: longest file that is taken.

    Raises:
        NotCollectedError: a file is no regular file, too long, or could not be written.
    """
    source = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        found = {name: _bring_one(source, name, target, max_bytes) for name in files}
    finally:
        os.close(source)
    return {name: item for name, item in found.items() if item is not None}


def _bring_one(source: int, name: str, target: int, max_bytes: int) -> Collected | None:
    try:
        # O_NONBLOCK: opening a pipe without it would wait for a writer
        read_end = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=source)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotCollectedError(f"{name}: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(read_end).st_mode):
            raise NotCollectedError(f"{name}: not a regular file")
        return _copy(read_end, name, target, max_bytes)
    except OSError as error:
        raise NotCollectedError(f"{name}: {error.strerror}") from error
    finally:
        os.close(read_end)


def _copy(read_end: int, name: str, target: int, max_bytes: int) -> Collected:
    digest, size = hashlib.sha256(), 0
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    write_end = os.open(name, flags, 0o644, dir_fd=target)
    try:
        while chunk := os.read(read_end, _CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise NotCollectedError(f"{name}: longer than {max_bytes} bytes")
            digest.update(chunk)
            _write_all(write_end, chunk)
    except BaseException:
        os.unlink(name, dir_fd=target)
        raise
    finally:
        os.close(write_end)
    return Collected(size_bytes=size, sha256=digest.hexdigest())


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]

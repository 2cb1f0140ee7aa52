"""What a command reads: a file, or standard input when ``-`` is given in its place."""

from __future__ import annotations

import sys
from pathlib import Path

from atolye.errors import AtolyeError


def content_of(source: str, *, largest_bytes: int) -> bytes:
    """The bytes of a file or of standard input; one more than ``largest_bytes`` when there are too many.

    Raises:
        AtolyeError: ``CLI_INPUT_UNREADABLE``.
    """
    try:
        if source == "-":
            return sys.stdin.buffer.read(largest_bytes + 1)
        with Path(source).open("rb") as file:
            return file.read(largest_bytes + 1)
    except OSError as problem:
        raise AtolyeError("CLI_INPUT_UNREADABLE", path=source, reason=problem.strerror or "") from None


def text_of(source: str, *, largest_bytes: int, encoding: str = "utf-8") -> str:
    """The same as text.

    Raises:
        AtolyeError: ``CLI_INPUT_UNREADABLE``, ``CLI_INPUT_NOT_TEXT``.
    """
    try:
        return content_of(source, largest_bytes=largest_bytes).decode(encoding)
    except UnicodeDecodeError:
        raise AtolyeError("CLI_INPUT_NOT_TEXT", path=source) from None

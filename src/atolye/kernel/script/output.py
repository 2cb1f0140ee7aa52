"""What a script prints: a bounded number of lines, as events of the job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

MAX_LINES: Final = 200
MAX_LINE: Final = 500
"""Longest line, in characters; the rest of it is left out."""

_CUT: Final = "… (further output is left out)"


class Output:
    """Stands in for standard output while a script runs.

    Args:
        tell: gets every whole line.
    """

    encoding = "utf-8"

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._rest = ""
        self._lines = 0

    def write(self, text: str) -> int:
        *lines, rest = f"{self._rest}{text}".split("\n")
        for line in lines:
            self._line(line)
        self._rest = rest[:MAX_LINE]
        return len(text)

    def flush(self) -> None:
        """Lines are told when they end."""

    def finish(self) -> None:
        """Tells what is left of a line that never ended."""
        if self._rest:
            self._line(self._rest)
            self._rest = ""

    def print(self, *items: Any, sep: str = " ", end: str = "\n", **_unused: Any) -> None:
        """The script's ``print``."""
        self.write(str(sep).join(str(item) for item in items) + str(end))

    def _line(self, line: str) -> None:
        self._lines += 1
        if self._lines <= MAX_LINES:
            self._tell(line[:MAX_LINE])
        elif self._lines == MAX_LINES + 1:
            self._tell(_CUT)

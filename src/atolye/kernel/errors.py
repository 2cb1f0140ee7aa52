"""The one exception of the kernel: a catalogued code, the phase it happened in, and data."""

from __future__ import annotations

from typing import Any, Literal

Phase = Literal["import", "open", "model", "recompute", "check", "mesh", "export", "measure", "picture"]
"""Where in the pipeline a failure happened; travels to the user as ``details.phase``."""


class KernelError(Exception):
    """A failure that the service's catalogue has an entry for.

    Args:
        code: a code of ``atolye/errors/catalogue``; the kernel itself holds no texts for people.
        phase: the step of the pipeline that failed.
        message: one English sentence for the log.
        details: JSON-safe data, such as the object's name; also the parameters of the catalogue's texts.
    """

    def __init__(self, code: str, phase: Phase, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.phase = phase
        self.message = message
        self.details = details

"""What jobs need from the rest of the product."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from atolye.wire import Event, Request


class CanonicalRequest(Protocol):
    """A checked request; ``atolye.designs`` makes them."""

    @property
    def sha256(self) -> str: ...

    @property
    def warnings(self) -> Sequence[Any]:
        """Notes and doubts: dicts, or objects with ``as_dict()``."""
        ...

    def as_dict(self) -> dict[str, Any]: ...

    def to_wire(self) -> Request: ...


class Caller(Protocol):
    """Whose job it is; ``atolye.access`` makes them."""

    @property
    def user_id(self) -> str: ...

    @property
    def tenant_id(self) -> str: ...


class Usage(Protocol):
    """What one engine job used."""

    def as_dict(self) -> dict[str, float]: ...


class Finished(Protocol):
    """An engine job that ended well; see ``atolye.engine.outcome``."""

    @property
    def result(self) -> Event: ...

    @property
    def artefacts(self) -> Sequence[Event]: ...

    @property
    def warnings(self) -> Sequence[Event]: ...

    @property
    def usage(self) -> Usage: ...

    @property
    def attempts(self) -> int: ...

    @property
    def waited_ms(self) -> float: ...


class EnginePort(Protocol):
    """Runs requests; ``atolye.engine.client.Engine`` is the real one."""

    def run(
        self,
        request: Request,
        folder: Path,
        *,
        on_event: Callable[[Event], None] | None = None,
        limits: Any | None = None,
        inputs: Mapping[str, Path] | None = None,
        cancel: threading.Event | None = None,
    ) -> Finished:
        """Blocks until the job has ended.

        Raises:
            AtolyeError: it failed; ``CANCELLED`` when ``cancel`` was set.
        """
        ...


@dataclass(frozen=True, slots=True)
class Toolchain:
    """What makes the models here."""

    freecad_version: str
    occt_version: str
    fingerprint: str | None = None

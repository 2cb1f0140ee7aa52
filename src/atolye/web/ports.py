"""What the HTTP app needs from the rest of the product. ``bootstrap.py`` hands in the real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from atolye.access.links import LinkSigner
from atolye.access.models import Caller
from atolye.access.service import Access
from atolye.artefacts.models import Artefact
from atolye.artefacts.ports import ArtefactStore


class JobView(Protocol):
    """A job as one tenant sees it."""

    @property
    def job_id(self) -> str: ...

    @property
    def state(self) -> str: ...

    def as_json(self, language: str) -> dict[str, Any]: ...


class Submission(Protocol):
    """An accepted request: its job, new or, for a repeated idempotency key, the one from before."""

    @property
    def job(self) -> JobView: ...

    @property
    def replayed(self) -> bool: ...


class Page(Protocol):
    """Some jobs, newest first, and where the next ones begin."""

    @property
    def jobs(self) -> Sequence[JobView]: ...

    @property
    def next_cursor(self) -> str | None: ...


class JobService(Protocol):
    """The use cases of jobs. A job of another tenant is ``JOB_NOT_FOUND``, like one that never was."""

    def submit(
        self,
        request: Any,
        *,
        caller: Caller,
        request_id: str,
        idempotency_key: str | None = None,
        body_sha256: str | None = None,
        language: str = "en",
    ) -> Submission: ...

    def get(self, job_id: str, *, tenant_id: str) -> JobView: ...

    def list(self, *, tenant_id: str, state: str | None, limit: int, cursor: str | None) -> Page: ...

    def wait(self, job_id: str, *, tenant_id: str, seconds: float) -> JobView:
        """The job as soon as it has ended, or as it is after ``seconds``."""
        ...

    def events(self, job_id: str, *, tenant_id: str, after: int) -> Sequence[Mapping[str, Any]]: ...

    def cancel(self, job_id: str, *, tenant_id: str) -> JobView: ...

    def delete(self, job_id: str, *, tenant_id: str) -> None: ...

    def artefacts(self, job_id: str, *, tenant_id: str) -> Sequence[Artefact]: ...


class Artefacts(Protocol):
    """Finds artefacts for those who hold a signed link; the link has been checked."""

    def find(self, artefact_id: str) -> Artefact:
        """The artefact, or ``ARTEFACT_NOT_FOUND`` when it or its job is gone."""
        ...


class Asked(Protocol):
    """What a text or script became."""

    @property
    def request(self) -> Any: ...

    @property
    def reading(self) -> Any | None: ...


class PromptFlow(Protocol):
    """Reads texts and scripts; see ``atolye.prompts.flow``."""

    def ask(
        self,
        raw: Mapping[str, Any],
        *,
        caller: Caller,
        request_id: str,
        language: str | None,
        per_min: int | None = None,
    ) -> Asked: ...

    def link(self, asked: Any, job_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Options:
    """The settings that concern the HTTP surface."""

    environment: str = "dev"
    language: str = "en"
    public_url: str | None = None
    """What absolute links start with; without it links are paths."""
    max_request_bytes: int = 1_048_576
    link_ttl_minutes: int = 15
    flags: Mapping[str, bool] = field(default_factory=dict)
    """Feature flag of each request type (``prompt``, ``params``, ``upload``, ``a4``); absent means on."""


@dataclass(frozen=True, slots=True)
class Services:
    """The ports of the HTTP app."""

    jobs: JobService
    canonicalise: Callable[[dict[str, Any]], Any]
    prompts: PromptFlow | None
    """Reads texts and scripts; without it they are answered 501."""
    families: Callable[[str], Sequence[Mapping[str, Any]]]
    """Descriptions of the part families in a language."""
    materials: Callable[[str], Sequence[Mapping[str, Any]]]
    """Descriptions of the materials in a language."""
    access: Access
    links: LinkSigner
    artefacts: Artefacts
    store: ArtefactStore
    engine_health: Callable[[], Mapping[str, Any]]
    """State of the engine; ``status`` is ``ok`` when jobs can run."""
    settings_view: Callable[[], Mapping[str, Any]]
    """The settings without secrets."""
    options: Options

"""What prompts need from outside and what they hand on: the providers' port and its data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from atolye.designs.notes import Warning
from atolye.designs.service import NO_DEFAULTS, Defaults
from atolye.prompts.models import Reading


@dataclass(frozen=True, slots=True)
class PromptContext:
    """What is known beside the text."""

    language: str | None = None
    """``tr`` or ``en``, when the caller said so."""
    defaults: Defaults = NO_DEFAULTS
    """What holds where the text is silent: material, process, machine, units …"""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the request that win over whatever the text says, such as ``exports`` of ``--format``."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a provider made of a text: a request for parameters, or a script."""

    request: Mapping[str, Any] | None
    """A raw request; ``designs.service.canonicalise`` reads it like any other."""
    script: str | None
    """A script, only when there is no request; it has not passed any gate yet."""
    reading: Reading
    warnings: tuple[Warning, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    """What later services want beside the request: ``standard_parts``, ``templates``; with a script also its
    ``parameters``, ``exports``, ``mesh`` and ``manufacturing_checks``."""


@dataclass(slots=True)
class Exchange:
    """What was said to a provider and what came back, for the audit; the provider fills it in."""

    provider: str = ""
    model: str | None = None
    profile: str | None = None
    """Version of the system prompt."""
    answers: list[str] = field(default_factory=list)
    """The model's answers as text, the last one last."""
    requests: int = 0
    """Calls that went out, those that failed among them."""
    cached: bool = False
    usage: dict[str, int] = field(default_factory=dict)
    """Tokens as the provider counts them, summed."""


Check = Callable[[Proposal], None]
"""Raises an ``AtolyeError`` when a proposal cannot become a model."""


class Provider(Protocol):
    """Reads free text. ``remote``: takes seconds and sends the text away, so it belongs into a job."""

    @property
    def name(self) -> str: ...

    @property
    def remote(self) -> bool: ...

    def suggest(
        self,
        prompt: str,
        context: PromptContext,
        *,
        cancel: threading.Event | None = None,
        check: Check | None = None,
        exchange: Exchange | None = None,
    ) -> Proposal:
        """Reads a text that holds no personal data any more.

        Args:
            cancel: once set, the call ends with ``CANCELLED`` and whatever is under way is broken off.
            check: what a proposal must pass; a model whose answer does not is told why and asked once more.
            exchange: receives what was said, also when the call fails.

        Raises:
            AtolyeError: ``AI_HINT_REQUIRED`` or another 422 for what is missing, ``AI_AMBIGUOUS`` for two
                readings, ``AI_ANSWER_UNREADABLE``, ``AI_TIMEOUT``, ``AI_UNAVAILABLE``,
                ``AI_PROVIDER_REFUSED``, ``AI_CONTENT_REFUSED``, ``CONFIG_FREECAD_VERSION_MISMATCH`` or
                ``CANCELLED``.
        """
        ...

    def close(self) -> None:
        """Gives back connections and threads."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation with a model."""

    role: str
    """``system``, ``user`` or ``assistant``."""
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's answer."""

    text: str
    cut: bool = False
    """It reached the most tokens that were allowed, so its end is missing."""
    usage: Mapping[str, int] = field(default_factory=dict)


class SuggestionRecords(Protocol):
    """Where prompts and answers are kept, masked."""

    def add(
        self,
        *,
        user_id: str,
        request_id: str,
        job_id: str | None,
        prompt_masked: str,
        response: Mapping[str, Any],
    ) -> int:
        """Keeps a prompt and what came of it; returns its id."""
        ...

    def link(self, suggestion_id: int, job_id: str) -> None:
        """Says which job a suggestion led to."""
        ...

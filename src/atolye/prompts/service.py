"""From a person's text to a request that can be built, or to a script that may run.

Two ways in. A provider that answers at once (``local``) is asked while the caller waits::

    prepared = service.prepare(text, context, caller=…, request_id=…)
    job = jobs.submit(prepared.request, …)
    service.link(prepared, job.job_id)

A remote one belongs into the job: the text is admitted while the caller waits, and read later::

    masked_text = service.admit(text, caller=…)
    …
    prepared = service.read(masked_text, context, caller=…, request_id=…, job_id=…, cancel=…)

Personal data is masked first; what is read, sent, cached, logged and stored is the masked text.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from atolye.access.limits import Limiter, Rule
from atolye.designs.canonical import CanonicalRequest
from atolye.designs.notes import Warning
from atolye.designs.service import Defaults, canonicalise
from atolye.errors import AtolyeError
from atolye.errors.masking import mask_data
from atolye.prompts.models import Reading
from atolye.prompts.ports import Exchange, PromptContext, Proposal, Provider, SuggestionRecords
from atolye.prompts.privacy import masked
from atolye.telemetry.logs import logger

_log = logger("atolye.prompts")

LONGEST_PROMPT: Final = 20_000
"""Characters."""
PROMPTS_PER_MIN: Final = 30
_RULE: Final = "ai"
_MARK: Final = re.compile(r"\[(\w+) redacted\]")
_ASSUMED: Final = frozenset(
    ("DEFAULT_ASSUMED", "STANDARD_VALUE", "DEFAULT_GRADE", "STANDARD_MATERIAL", "CONTEXT_DEFAULT", "AI_NOTE")
)
"""Notes that say what the text did not."""

NOTHING_KNOWN: Final = PromptContext()


class Caller(Protocol):
    """Who asks."""

    @property
    def user_id(self) -> str: ...


class PreparedScript(Protocol):
    """A script that has passed the gate; ``atolye.scripts`` makes them."""

    @property
    def canonical_script(self) -> str: ...

    @property
    def script_hash(self) -> str: ...


class Canonicalise(Protocol):
    """Makes a canonical request of a raw one; ``designs.service.canonicalise`` is the real one."""

    def __call__(self, raw: Mapping[str, Any], *, defaults: Defaults | None = None) -> CanonicalRequest: ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a text became: exactly one of ``request`` and ``script``."""

    request: CanonicalRequest | None
    """Its ``warnings`` hold those of the reading, too."""
    script: PreparedScript | None
    reading: Reading
    warnings: tuple[Warning, ...]
    extras: Mapping[str, Any]
    """See :class:`~atolye.prompts.ports.Proposal`."""
    suggestion_id: int | None
    """Row of ``ai_suggestions``."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What the check of a proposal made of it."""

    request: CanonicalRequest | None = None
    script: PreparedScript | None = None


class PromptService:
    """Reads prompts with one provider. Threads may share it.

    Args:
        records: where prompts and answers are kept; ``None`` keeps none (evaluation).
        script_gate: checks and normalises a script that a model wrote; without it scripts are refused.
        limiter: second line behind the API's limits (specification 02.01); ``None`` for the command line.
    """

    def __init__(
        self,
        provider: Provider,
        *,
        records: SuggestionRecords | None = None,
        canonicalise: Canonicalise = canonicalise,
        script_gate: Callable[[str], PreparedScript] | None = None,
        limiter: Limiter | None = None,
        prompts_per_min: int = PROMPTS_PER_MIN,
    ) -> None:
        self._provider = provider
        self._records = records
        self._canonicalise = canonicalise
        self._script_gate = script_gate
        self._limiter = limiter
        self._prompts_per_min = prompts_per_min

    @property
    def provider(self) -> str:
        """Name of the provider."""
        return self._provider.name

    @property
    def answers_at_once(self) -> bool:
        """Whether :meth:`prepare` belongs into the caller's request; otherwise into a job."""
        return not self._provider.remote

    def close(self) -> None:
        self._provider.close()

    def prepare(
        self,
        text: str,
        context: PromptContext = NOTHING_KNOWN,
        *,
        caller: Caller,
        request_id: str,
        job_id: str | None = None,
        cancel: threading.Event | None = None,
        per_min: int | None = None,
    ) -> Prepared:
        """Admits and reads a text; see :meth:`admit` and :meth:`read`."""
        admitted = self.admit(text, caller=caller, per_min=per_min)
        return self.read(
            admitted, context, caller=caller, request_id=request_id, job_id=job_id, cancel=cancel
        )

    def admit(self, text: str, *, caller: Caller, per_min: int | None = None) -> str:
        """Checks what is known without reading; returns the text without personal data, which may be stored.

        Args:
            per_min: prompts that the caller's licence allows in a minute.

        Raises:
            AtolyeError: ``PROMPT_EMPTY``, ``PROMPT_TOO_LONG`` or ``RATE_LIMITED``.
        """
        if not text.strip():
            raise AtolyeError("PROMPT_EMPTY", field="prompt")
        if len(text) > LONGEST_PROMPT:
            raise AtolyeError(
                "PROMPT_TOO_LONG", field="prompt", details={"length": len(text), "limit": LONGEST_PROMPT}
            )
        if self._limiter is not None:
            rule = Rule(_RULE, per_min or self._prompts_per_min)
            verdict = self._limiter.admit(caller.user_id, [rule])
            if not verdict.allowed:
                raise AtolyeError("RATE_LIMITED", retry_after_s=verdict.retry_after_s)
        return masked(text)

    def read(
        self,
        admitted: str,
        context: PromptContext = NOTHING_KNOWN,
        *,
        caller: Caller,
        request_id: str,
        job_id: str | None = None,
        cancel: threading.Event | None = None,
    ) -> Prepared:
        """Reads an admitted text and keeps what was said, whether it led to a model or not.

        Args:
            job_id: the job inside which this runs, if there is one already.
            cancel: once set, the call ends with ``CANCELLED``.

        Raises:
            AtolyeError: the text cannot be built as it is, or the provider does not answer.
        """
        exchange, began = Exchange(), time.perf_counter()
        try:
            proposal, made = self._read(admitted, context, exchange, cancel)
        except AtolyeError as problem:
            self._keep(
                admitted, caller, request_id, job_id, exchange, {"outcome": problem.code, **_said_of(problem)}
            )
            self._logged(exchange, problem.code, began)
            raise
        warnings = _distinct(
            (*_mask_notes(admitted), *proposal.warnings, *(made.request.warnings if made.request else ()))
        )
        reading = _completed(proposal.reading, made.request, warnings, remote=self._provider.remote)
        outcome = "request" if made.request is not None else "script"
        suggestion_id = self._keep(
            admitted, caller, request_id, job_id, exchange, {"outcome": outcome, **_made_of(made, reading)}
        )
        self._logged(exchange, outcome, began)
        request = None if made.request is None else replace(made.request, warnings=warnings)
        return Prepared(request, made.script, reading, warnings, proposal.extras, suggestion_id)

    def link(self, prepared: Prepared, job_id: str) -> None:
        """Says which job a text led to."""
        if self._records is not None and prepared.suggestion_id is not None:
            self._records.link(prepared.suggestion_id, job_id)

    # ---- reading ------------------------------------------------------------------------------------

    def _read(
        self,
        admitted: str,
        context: PromptContext,
        exchange: Exchange,
        cancel: threading.Event | None,
    ) -> tuple[Proposal, _Made]:
        made = [_Made()]

        def check(proposal: Proposal) -> None:
            made[0] = self._made(proposal, context)

        exchange.provider = self._provider.name
        proposal = self._provider.suggest(admitted, context, cancel=cancel, check=check, exchange=exchange)
        return proposal, made[0]

    def _made(self, proposal: Proposal, context: PromptContext) -> _Made:
        """Puts a proposal through the same checks as everybody's requests and scripts."""
        if proposal.request is not None:
            return _Made(request=self._canonicalise(proposal.request, defaults=context.defaults))
        if self._script_gate is None or proposal.script is None:
            raise AtolyeError("FLOW_NOT_AVAILABLE", details={"flow": "script"}, flow="script")
        return _Made(script=self._script_gate(proposal.script))

    # ---- keeping ------------------------------------------------------------------------------------

    def _keep(
        self,
        admitted: str,
        caller: Caller,
        request_id: str,
        job_id: str | None,
        exchange: Exchange,
        more: Mapping[str, Any],
    ) -> int | None:
        if self._records is None:
            return None
        return self._records.add(
            user_id=caller.user_id,
            request_id=request_id,
            job_id=job_id,
            prompt_masked=admitted,
            response={
                "provider": exchange.provider,
                "model": exchange.model,
                "profile": exchange.profile,
                "requests": exchange.requests,
                "cached": exchange.cached,
                "usage": exchange.usage,
                "answers": [masked(answer) for answer in exchange.answers],
                **more,
            },
        )

    def _logged(self, exchange: Exchange, outcome: str, began: float) -> None:
        _log.info(
            "prompt_read",
            provider=exchange.provider,
            model=exchange.model,
            outcome=outcome,
            requests=exchange.requests,
            cached=exchange.cached,
            duration_ms=round(1000 * (time.perf_counter() - began), 3),
        )


def _said_of(problem: AtolyeError) -> dict[str, Any]:
    """A failure as it is kept."""
    body = problem.body()
    return {"error": mask_data({"code": body["code"], "details": body["details"]})}


def _made_of(made: _Made, reading: Reading) -> dict[str, Any]:
    """What a text led to, as it is kept: the normalised request, or the script's hash and text."""
    kept: dict[str, Any] = {"reading": mask_data(reading.as_dict())}
    if made.request is not None:
        kept["request"] = mask_data(made.request.as_dict())
        kept["request_sha256"] = made.request.sha256
    if made.script is not None:
        kept["script"] = masked(made.script.canonical_script)
        kept["script_hash"] = made.script.script_hash
    return kept


def _completed(
    reading: Reading, request: CanonicalRequest | None, warnings: tuple[Warning, ...], *, remote: bool
) -> Reading:
    """A remote model's reading, with what the request's own checks know better."""
    if not remote:
        return reading
    assumed = [
        {"field": note.field, "value": note.value, "because": note.because}
        for note in warnings
        if note.code in _ASSUMED
    ]
    if request is None:
        return replace(reading, assumed=assumed)
    return replace(reading, family=request.family, fields=request.fields, assumed=assumed)


def _distinct(notes: tuple[Warning, ...]) -> tuple[Warning, ...]:
    """The notes without repetitions, in order."""
    return tuple({(note.code, note.field, str(note.value)): note for note in notes}.values())


def _mask_notes(admitted: str) -> tuple[Warning, ...]:
    """Says that something was taken out of the text, and what kind of thing."""
    kinds = sorted(set(_MARK.findall(admitted)))
    if not kinds:
        return ()
    because = ", ".join(f"[{kind} redacted]" for kind in kinds)
    return (
        Warning(
            "PERSONAL_DATA_MASKED",
            "info",
            "prompt",
            len(_MARK.findall(admitted)),
            because,
            f"İstekteki kişisel veriler okunmadan çıkarıldı ({because}).",
            f"Personal data was taken out of the request unread ({because}).",
        ),
    )

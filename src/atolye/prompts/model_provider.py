"""A remote model as a provider: cache, prompt, answer, one correction."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from atolye.errors import AtolyeError
from atolye.prompts import metrics
from atolye.prompts.answers import Answer, UnreadableError, read_answer
from atolye.prompts.cache import SuggestionCache, key_of
from atolye.prompts.ports import Check, Completion, Exchange, Message, PromptContext, Proposal
from atolye.prompts.privacy import masked, masked_data, masked_script
from atolye.prompts.profiles import Profile
from atolye.prompts.proposals import proposal_of
from atolye.prompts.retries import Budget, RetryPolicy
from atolye.telemetry.logs import logger

_log = logger("atolye.prompts")

LONGEST_REPEATED: Final = 4000
"""Characters of an unreadable answer that the model is shown again."""

CORRECTABLE: Final = frozenset(
    (
        "INVALID_SYNTAX", "API_NOT_FOUND", "VALIDATION_UNKNOWN_FAMILY", "VALIDATION_UNKNOWN_FIELD",
        "VALIDATION_INVALID_TYPE", "VALIDATION_UNIT_MISMATCH", "VALIDATION_UNSUPPORTED_FORMAT",
    )
)  # fmt: skip
"""Findings about a proposal's form: the model's mistakes, which it can mend when it is told.

What is missing or out of range is the user's to decide, and what breaks a safety rule gets no second try.
"""


_FEATURES: Final = "FEATURE_"
"""Beginning of the codes about how a tree of features is put together."""


class ChatModel(Protocol):
    """A model behind an API; ``prompts.openai_provider`` has the real one."""

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    def complete(
        self,
        messages: list[Message],
        *,
        budget: Budget,
        cancel: threading.Event | None = None,
        exchange: Exchange | None = None,
    ) -> Completion:
        """Asks once, with retries on what is worth it, within the budget.

        Raises:
            AtolyeError: see :class:`~atolye.prompts.ports.Provider`.
        """
        ...

    def close(self) -> None: ...


class ModelProvider:
    """Reads prompts by asking a model. Threads may share it.

    Args:
        chat: the model.
        profile: what it is told.
        check_engine: raises when the engine is not the one that scripts are made for; called before every
            call that goes out (specification 02.28).
        policy: time-outs and retries, for all calls of one prompt together.
        cache: answers that were accepted; ``None`` switches it off.
    """

    remote = True

    def __init__(
        self,
        chat: ChatModel,
        *,
        profile: Profile,
        check_engine: Callable[[], object],
        policy: RetryPolicy | None = None,
        cache: SuggestionCache | None = None,
    ) -> None:
        self._chat = chat
        self._profile = profile
        self._check_engine = check_engine
        self._policy = policy or RetryPolicy()
        self._cache = cache

    @property
    def name(self) -> str:
        return self._chat.name

    def close(self) -> None:
        self._chat.close()

    def suggest(
        self,
        prompt: str,
        context: PromptContext,
        *,
        cancel: threading.Event | None = None,
        check: Check | None = None,
        exchange: Exchange | None = None,
    ) -> Proposal:
        """See :class:`~atolye.prompts.ports.Provider`."""
        exchange = exchange if exchange is not None else Exchange()
        exchange.provider, exchange.model = self.name, self._chat.model
        exchange.profile = self._profile.version
        key = self._key(prompt, context)
        remembered = self._remembered(key, context, check, exchange)
        if remembered is not None:
            return remembered
        try:
            proposal = self._asked(prompt, context, cancel, check, exchange)
        except AtolyeError:
            metrics.count_suggestion(self.name, "failed")
            raise
        metrics.count_suggestion(self.name, "model")
        if self._cache is not None:
            self._cache.put(key, exchange.answers[-1])
        return proposal

    def _remembered(
        self, key: str, context: PromptContext, check: Check | None, exchange: Exchange
    ) -> Proposal | None:
        """What the cache knows, unless it can no longer be used."""
        known = self._cache.get(key) if self._cache is not None else None
        if known is None:
            return None
        try:
            proposal = self._accepted(Completion(known), context, check)
        except UnreadableError:
            return None
        exchange.cached = True
        exchange.answers.append(known)
        metrics.count_suggestion(self.name, "cache")
        return proposal

    def _key(self, prompt: str, context: PromptContext) -> str:
        return key_of(
            prompt_masked=prompt,
            provider=self.name,
            model=self._chat.model,
            profile=self._profile.version,
            context={"language": context.language, "units": context.defaults.units},
        )

    def _asked(
        self,
        prompt: str,
        context: PromptContext,
        cancel: threading.Event | None,
        check: Check | None,
        exchange: Exchange,
    ) -> Proposal:
        """Asks, and once more with the reason when the answer cannot be used."""
        self._check_engine()
        budget = Budget(self._policy)
        messages = self._profile.messages(prompt, context)
        first = self._chat.complete(messages, budget=budget, cancel=cancel, exchange=exchange)
        exchange.answers.append(first.text)
        try:
            return self._accepted(first, context, check)
        except UnreadableError as problem:
            _log.info("ai_answer_unreadable", provider=self.name, reason=problem.reason, again=True)
            messages = [
                *messages,
                Message("assistant", masked(first.text)[:LONGEST_REPEATED] or "{}"),
                Message("user", self._profile.correction(problem.told)),
            ]
        second = self._chat.complete(messages, budget=budget, cancel=cancel, exchange=exchange)
        exchange.answers.append(second.text)
        try:
            return self._accepted(second, context, check)
        except UnreadableError as problem:
            _log.info("ai_answer_unreadable", provider=self.name, reason=problem.reason, again=False)
            raise self._unreadable(problem) from None

    def _unreadable(self, problem: UnreadableError) -> AtolyeError:
        """The failure after the second try; a script that breaks a rule keeps its own code."""
        cause = problem.__cause__
        if isinstance(cause, AtolyeError) and cause.code == "ERR-AI-451":
            return cause
        details = {"reason": problem.reason, "provider": self.name}
        causes = (cause,) if isinstance(cause, AtolyeError) else ()
        return AtolyeError("AI_ANSWER_UNREADABLE", details=details, causes=causes)

    def _accepted(self, completion: Completion, context: PromptContext, check: Check | None) -> Proposal:
        """The proposal in an answer.

        Raises:
            UnreadableError: the model can mend it.
            AtolyeError: it cannot.
        """
        if completion.cut:
            raise UnreadableError("cut", "yanıt 2000 jetonda kesildi; daha kısa yaz")
        answer = _without_people(read_answer(completion.text, language=context.language or "tr"))
        proposal = proposal_of(answer, context, source=f"{self.name} {self._chat.model}")
        if check is not None:
            try:
                check(proposal)
            except AtolyeError as problem:
                if _is_the_models(problem):
                    raise UnreadableError(f"refused:{problem.code}", _told(problem)) from problem
                raise
        return proposal


def _without_people(answer: Answer) -> Answer:
    """The answer with its texts masked: a model may make up people, or know some from elsewhere."""
    return replace(
        answer,
        parameters=masked_data(answer.parameters),
        script_py=None if answer.script_py is None else masked_script(answer.script_py),
        intent=masked(answer.intent),
        language=masked(answer.language),
        warnings=tuple(map(masked, answer.warnings)),
        missing=tuple(map(masked, answer.missing)),
        questions=tuple(map(masked, answer.questions)),
    )


def _is_the_models(problem: AtolyeError) -> bool:
    """Whether every finding is one that the model can mend."""
    if problem.code == "ERR-AI-451":
        return set(problem.details.get("rules") or (problem.code,)) <= CORRECTABLE
    codes = {problem.code, *(cause.code for cause in problem.causes)}
    return all(code in CORRECTABLE or code.startswith(_FEATURES) for code in codes)


def _told(problem: AtolyeError) -> str:
    found = (problem, *problem.causes)[:10]
    return "; ".join(f"{each.field}: {each.message_tr}" if each.field else each.message_tr for each in found)

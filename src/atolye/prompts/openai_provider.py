"""OpenAI, Azure OpenAI and whoever speaks the same API, through the official SDK.

The SDK's own retries are off: ours know the time that is left for the whole prompt, can be broken off and
feed the circuit breaker. Answers are read up to a bound, redirects are not followed (they would carry the key
elsewhere), and nothing that a server writes into an error gets into ours, since it may repeat the key.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import httpx2
import openai

from atolye.errors import AtolyeError
from atolye.prompts import metrics
from atolye.prompts.background import BackgroundLoop, StuckError
from atolye.prompts.breaker import CircuitBreaker, CircuitOpenError
from atolye.prompts.ports import Completion, Exchange, Message
from atolye.prompts.retries import Budget, retry_after_s
from atolye.telemetry.logs import logger

_log = logger("atolye.prompts")

OPENAI_URL: Final = "https://api.openai.com/v1"
AZURE_API_VERSION: Final = "2024-10-21"
"""The newest stable version of Azure's inference API that has structured output."""
MAX_TOKENS: Final = 2000
LARGEST_RESPONSE_BYTES: Final = 1_048_576
"""2,000 tokens are some 10 kB."""
CONNECT_S: Final = 10.0
NO_KEY: Final = "none"
"""What servers get that want no key; the SDK insists on one."""

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_RETRIED_STATUS: Final = frozenset((408, 409, 429))
_QUOTA: Final = frozenset(("insufficient_quota", "billing_hard_limit_reached", "billing_not_active"))
"""Codes of a 429 that no waiting mends."""

ANSWER_SCHEMA: Final[dict[str, Any]] = {
    "name": "atolye_design",
    "strict": False,  # parameters are open: a family's fields, or a tree of features
    "schema": {
        "type": "object",
        "properties": {
            "language": {"type": "string", "enum": ["tr", "en"]},
            "units": {"type": "string", "enum": ["mm"]},
            "parameters": {"type": "object"},
            "script_py": {"type": "string"},
            "warnings": {"type": "array", "items": {"type": "string"}},
            "requires_clarification": {"type": "boolean"},
            "missing": {"type": "array", "items": {"type": "string"}},
            "questions": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["language", "units", "parameters", "script_py"],
    },
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server understands of the API; learned from its refusals, so no table of models is needed."""

    response_format: str | None = "json_schema"
    """``json_schema``, ``json_object`` or nothing at all."""
    tokens: str = "max_tokens"
    temperature: bool = True

    def parameters(self) -> dict[str, Any]:
        """Parameters of a call beside its messages."""
        made: dict[str, Any] = {self.tokens: MAX_TOKENS}
        if self.temperature:
            made["temperature"] = 0
        if self.response_format == "json_schema":
            made["response_format"] = {"type": "json_schema", "json_schema": ANSWER_SCHEMA}
        elif self.response_format is not None:
            made["response_format"] = {"type": self.response_format}
        return made

    def without(self, complaint: str) -> Dialect | None:
        """The dialect that avoids what a server complains of; ``None`` when that is no parameter of ours."""
        if "response_format" in complaint or "json_schema" in complaint or "json_object" in complaint:
            simpler = {"json_schema": "json_object", "json_object": None}
            return (
                None
                if self.response_format is None
                else replace(self, response_format=simpler[self.response_format])
            )
        if self.tokens == "max_tokens" and "max_tokens" in complaint:
            return replace(self, tokens="max_completion_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        return None


class _AttemptError(Exception):
    """An attempt that may be worth another one.

    Args:
        outcome: for metrics and logs.
        broken: whether it counts against the provider's health.
    """

    def __init__(self, outcome: str, *, broken: bool, retry_after: float | None = None) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.broken = broken
        self.retry_after = retry_after


class OpenAIChat:
    """A chat model behind OpenAI's API. Threads may share it.

    Args:
        make_client: makes the SDK's client around an HTTP client.
        name: of the provider in metrics and records.
        model: model or, on Azure, deployment.
    """

    def __init__(
        self,
        make_client: Callable[[httpx2.AsyncClient], openai.AsyncOpenAI],
        *,
        name: str,
        model: str,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self._make_client = make_client
        self._name = name
        self._model = model
        self._breaker = breaker or CircuitBreaker(name)
        self._background = BackgroundLoop(f"atolye-{name}")
        self._dialect = Dialect()

    @property
    def name(self) -> str:
        return self._name

    @property
    def model(self) -> str:
        return self._model

    @property
    def breaker(self) -> CircuitBreaker:
        return self._breaker

    def close(self) -> None:
        self._background.close()

    def complete(
        self,
        messages: list[Message],
        *,
        budget: Budget,
        cancel: threading.Event | None = None,
        exchange: Exchange | None = None,
    ) -> Completion:
        """See :class:`~atolye.prompts.model_provider.ChatModel`."""
        if cancel is not None and cancel.is_set():
            raise AtolyeError("CANCELLED")
        talk = self._talk(messages, budget, exchange or Exchange())
        try:
            return self._background.run(
                talk, most_s=budget.left_s(), cancelled=cancel.is_set if cancel is not None else lambda: False
            )
        except asyncio.CancelledError:
            raise AtolyeError("CANCELLED") from None
        except StuckError:
            self._breaker.after_failure()
            raise self._timed_out(budget) from None

    async def _talk(self, messages: list[Message], budget: Budget, exchange: Exchange) -> Completion:
        """Attempts until one succeeds or no other is worth it; the connection ends with it."""
        async with httpx2.AsyncClient(
            follow_redirects=False,
            headers={"Accept-Encoding": "identity"},
            verify=_certificates(),
            event_hooks={"response": [_bounded]},
            timeout=httpx2.Timeout(budget.policy.timeout_s, connect=CONNECT_S),
        ) as http:
            client = self._make_client(http)
            while True:
                try:
                    return await self._attempt(client, messages, budget, exchange)
                except _AttemptError as failure:
                    pause_s = budget.next_pause_s(failure.retry_after)
                    _log.warning(
                        "ai_attempt_failed",
                        provider=self._name,
                        model=self._model,
                        outcome=failure.outcome,
                        retry_count=budget.retried,
                        retry_in_s=None if pause_s is None else round(pause_s, 3),
                    )
                    if pause_s is None:
                        raise self._given_up(failure, budget) from None
                await asyncio.sleep(pause_s)

    async def _attempt(
        self, client: openai.AsyncOpenAI, messages: list[Message], budget: Budget, exchange: Exchange
    ) -> Completion:
        """One attempt past the breaker, measured."""
        try:
            self._breaker.enter()
        except CircuitOpenError as refusal:
            raise self._unavailable("circuit_open", refusal.retry_after_s) from None
        began, outcome = time.perf_counter(), "cancelled"
        try:
            completion = await self._in_any_dialect(client, messages, budget, exchange)
        except _AttemptError as failure:
            outcome = failure.outcome
            if failure.broken:
                self._breaker.after_failure()
            else:
                self._breaker.after_success()
            raise
        except AtolyeError as problem:
            outcome = problem.code.lower()
            self._breaker.after_success()
            raise
        except BaseException:
            self._breaker.after_nothing()
            raise
        else:
            outcome = "answered"
            self._breaker.after_success()
            return completion
        finally:
            metrics.observe_attempt(self._name, outcome, time.perf_counter() - began)

    async def _in_any_dialect(
        self, client: openai.AsyncOpenAI, messages: list[Message], budget: Budget, exchange: Exchange
    ) -> Completion:
        """Leaves out what the server does not know, and remembers that."""
        while True:
            dialect = self._dialect
            exchange.requests += 1
            try:
                async with asyncio.timeout(budget.attempt_s()):
                    raw = await client.chat.completions.with_raw_response.create(
                        model=self._model,
                        messages=[{"role": each.role, "content": each.content} for each in messages],  # type: ignore[misc]
                        **dialect.parameters(),
                    )
                return _completion(raw.content, exchange)
            except openai.BadRequestError as refusal:
                simpler = dialect.without(_complaint(refusal))
                if simpler is None:
                    raise self._refused(refusal) from None
                self._dialect = simpler
            except (TimeoutError, openai.APITimeoutError):
                raise _AttemptError("timeout", broken=True) from None
            except openai.APIStatusError as refusal:
                raise self._status(refusal) from None
            except (openai.APIConnectionError, httpx2.HTTPError):
                raise _AttemptError("connection", broken=True) from None

    # ---- what went wrong --------------------------------------------------------------------------

    def _status(self, refusal: openai.APIStatusError) -> Exception:
        status, code = refusal.status_code, refusal.code or ""
        retry_after = retry_after_s(refusal.response.headers)
        if status == 429 and code in _QUOTA:
            return self._refused(refusal)
        if status == 429:
            return _AttemptError("rate_limited", broken=False, retry_after=retry_after)
        if status >= 500 or status in _RETRIED_STATUS:
            return _AttemptError("server_error", broken=True, retry_after=retry_after)
        return self._refused(refusal)

    def _refused(self, refusal: openai.APIStatusError) -> AtolyeError:
        """The provider will not answer this, however often it is asked."""
        words = {name: getattr(refusal, name, None) for name in ("code", "type", "param")}
        known = {
            f"provider_{name}": word
            for name, word in words.items()
            if isinstance(word, str) and _WORD.fullmatch(word)
        }
        details = {"provider": self._name, "status": refusal.status_code, **known}
        if words["code"] == "context_length_exceeded":
            return AtolyeError("PROMPT_TOO_LONG", field="prompt", details=details)
        if words["code"] in ("content_filter", "content_policy_violation"):
            return AtolyeError("AI_CONTENT_REFUSED", field="prompt", details=details)
        return AtolyeError(
            "AI_PROVIDER_REFUSED", details=details, provider=self._name, status=refusal.status_code
        )

    def _given_up(self, failure: _AttemptError, budget: Budget) -> AtolyeError:
        if failure.outcome == "timeout":
            return self._timed_out(budget)
        return self._unavailable(failure.outcome, failure.retry_after)

    def _timed_out(self, budget: Budget) -> AtolyeError:
        details = {"provider": self._name, "timeout_s": budget.policy.timeout_s, "retries": budget.retried}
        return AtolyeError("AI_TIMEOUT", details=details, provider=self._name)

    def _unavailable(self, reason: str, retry_after: float | None) -> AtolyeError:
        details: dict[str, Any] = {"provider": self._name, "reason": reason}
        if retry_after is not None:
            details["retry_after_s"] = round(retry_after, 3)
        return AtolyeError("AI_UNAVAILABLE", details=details, provider=self._name)


def _complaint(refusal: openai.BadRequestError) -> str:
    """What a 400 is about; only compared, never shown."""
    return f"{refusal.param or ''} {refusal.message}"


def _completion(content: bytes, exchange: Exchange) -> Completion:
    """The answer in a response's body.

    Raises:
        _AttemptError: the body is no chat completion.
        AtolyeError: ``AI_CONTENT_REFUSED``.
    """
    try:
        body = json.loads(content)
        choice = body["choices"][0]
        message, finish = choice["message"], choice.get("finish_reason")
        text = message.get("content") or ""
        refusal = message.get("refusal")
        usage = body.get("usage") or {}
        if not isinstance(text, str) or not isinstance(usage, dict):
            raise TypeError
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise _AttemptError("garbage", broken=True) from None
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        if isinstance(usage.get(name), int):
            exchange.usage[name] = exchange.usage.get(name, 0) + usage[name]
    if refusal or finish == "content_filter":
        raise AtolyeError("AI_CONTENT_REFUSED", field="prompt")
    return Completion(text, cut=finish == "length", usage=dict(exchange.usage))


@cache
def _certificates() -> ssl.SSLContext:
    """The system's certificates; reading them takes longer (40 ms) than all else before a call."""
    return httpx2.create_ssl_context()


# ---- a bound on what is read ----------------------------------------------------------------------


class _Limited(httpx2.AsyncByteStream):
    """A response's bytes up to the most that an answer can need."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = LARGEST_RESPONSE_BYTES
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise httpx2.ReadError("more than any answer")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bounded(response: httpx2.Response) -> None:
    """Hook before the body is read. A packed body was not asked for and could unpack to anything."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise httpx2.ReadError("packed")
    response.stream = _Limited(response.stream)


# ---- the two kinds ------------------------------------------------------------------------------


def openai_chat(
    *,
    model: str,
    api_key: str | None,
    base_url: str | None = None,
    breaker: CircuitBreaker | None = None,
) -> OpenAIChat:
    """A model of OpenAI, or of any server with its API.

    Args:
        api_key: may be left out for a server of one's own.
        base_url: such as ``http://127.0.0.1:11434/v1``; OpenAI's own without it.
    """

    def client(http: httpx2.AsyncClient) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(
            api_key=api_key or NO_KEY, base_url=base_url or OPENAI_URL, max_retries=0, http_client=http
        )

    return OpenAIChat(client, name="openai", model=model, breaker=breaker)


def azure_chat(
    *,
    deployment: str,
    endpoint: str,
    api_key: str,
    api_version: str | None = None,
    breaker: CircuitBreaker | None = None,
) -> OpenAIChat:
    """A deployment of Azure OpenAI.

    Args:
        endpoint: such as ``https://example.openai.azure.com``.
    """

    def client(http: httpx2.AsyncClient) -> openai.AsyncOpenAI:
        return openai.AsyncAzureOpenAI(
            azure_endpoint=endpoint,
            azure_deployment=deployment,
            api_version=api_version or AZURE_API_VERSION,
            api_key=api_key,
            max_retries=0,
            http_client=http,
        )

    return OpenAIChat(client, name="azure", model=deployment, breaker=breaker)

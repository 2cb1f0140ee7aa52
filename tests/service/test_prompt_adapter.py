"""The adapter against a server that speaks the OpenAI API: well, badly, late, or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from atolye.engine.versions import check_versions
from atolye.errors import AtolyeError
from atolye.prompts.breaker import CircuitBreaker
from atolye.prompts.cache import MemoryCache
from atolye.prompts.model_provider import ModelProvider
from atolye.prompts.openai_provider import OpenAIChat, azure_chat, openai_chat
from atolye.prompts.ports import Exchange, PromptContext, Proposal
from atolye.prompts.profiles import profile
from atolye.prompts.retries import RetryPolicy
from atolye.telemetry.metrics import exposition
from tests.support.openai_server import (
    KEY,
    Behaviour,
    OpenAIServer,
    drops,
    floods,
    half,
    refuses,
    replies,
    says,
    serving,
    slow,
    trickles,
)

BOX = {
    "language": "tr",
    "units": "mm",
    "parameters": {"family": "box", "length": 10, "width": 20, "height": 5, "material": "steel"},
    "script_py": "",
}
TURKISH = PromptContext(language="tr")
QUICK = RetryPolicy(timeout_s=10.0, total_s=30.0, first_pause_s=0.01, longest_pause_s=0.04)
IMPATIENT = RetryPolicy(timeout_s=0.4, total_s=30.0, first_pause_s=0.01, longest_pause_s=0.04)

Ask = Callable[..., Proposal]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving(says(BOX)) as running:
        yield running


@pytest.fixture
def chat(server: OpenAIServer) -> Iterator[OpenAIChat]:
    made = openai_chat(model="m", api_key=KEY, base_url=server.url, breaker=CircuitBreaker("openai"))
    yield made
    made.close()


def provider(chat: OpenAIChat, policy: RetryPolicy = QUICK, **more: Any) -> ModelProvider:
    return ModelProvider(chat, profile=profile(), policy=policy, **{"check_engine": lambda: None, **more})


@pytest.fixture
def ask(chat: OpenAIChat) -> Ask:
    def asked(prompt: str = "10x20x5 çelik kutu", *, policy: RetryPolicy = QUICK, **more: Any) -> Proposal:
        return provider(chat, policy).suggest(prompt, TURKISH, **more)

    return asked


def failure(ask: Ask, **more: Any) -> AtolyeError:
    with pytest.raises(AtolyeError) as problem:
        ask(**more)
    return problem.value


def paused(server: OpenAIServer) -> list[float]:
    """Seconds between the requests."""
    times = [each.at for each in server.seen]
    return [later - earlier for earlier, later in pairwise(times)]


# ---- what is sent ------------------------------------------------------------------------------------


@pytest.mark.spec("02.01", "02.10", "02.25")
def test_the_call_is_what_the_specification_says(server: OpenAIServer, ask: Ask) -> None:
    proposal = ask()
    assert proposal.request is not None
    (seen,) = server.seen
    assert seen.path == "/v1/chat/completions"
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    body = seen.body
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("m", 2000, 0)
    assert body["response_format"]["type"] == "json_schema"
    required = body["response_format"]["json_schema"]["schema"]["required"]
    assert required == ["language", "units", "parameters", "script_py"]
    assert body["messages"][0]["role"] == "system"
    assert "user_locale=tr-TR" in server.last_text
    assert server.last_text.endswith("10x20x5 çelik kutu")


@pytest.mark.spec("02.01")
def test_azure_is_asked_at_its_deployment(server: OpenAIServer) -> None:
    chat = azure_chat(deployment="dep", endpoint=server.url.removesuffix("/v1"), api_key=KEY)
    try:
        assert provider(chat).suggest("kutu", TURKISH).request is not None
    finally:
        chat.close()
    (seen,) = server.seen
    assert seen.path == "/openai/deployments/dep/chat/completions?api-version=2024-10-21"
    assert seen.headers["api-key"] == KEY


def test_a_server_of_ones_own_needs_no_key(server: OpenAIServer) -> None:
    chat = openai_chat(model="llama", api_key=None, base_url=server.url)
    try:
        assert provider(chat).suggest("kutu", TURKISH).request is not None
    finally:
        chat.close()


def test_a_parameter_that_a_server_does_not_know_is_left_out_from_then_on(
    server: OpenAIServer, ask: Ask
) -> None:
    def picky(handler: Any) -> None:
        body = server.seen[-1].body
        for name in ("max_tokens", "temperature"):
            if name in body:
                message = f"Unsupported parameter: '{name}' is not supported with this model."
                refuses(400, {"message": message, "param": name, "code": "unsupported_parameter"})(handler)
                return
        if body.get("response_format", {}).get("type") == "json_schema":
            refuses(400, {"message": "response_format of type json_schema is unknown"})(handler)
            return
        says(BOX)(handler)

    server.will(picky)
    ask()
    assert len(server.seen) == 4
    assert server.seen[-1].body["max_completion_tokens"] == 2000
    assert server.seen[-1].body["response_format"] == {"type": "json_object"}
    ask("başka bir kutu")
    assert len(server.seen) == 5


@pytest.mark.spec("02.28", "02.41", "02.42")
def test_another_freecad_stops_the_call_before_it_goes_out(server: OpenAIServer, chat: OpenAIChat) -> None:
    old = provider(chat, check_engine=lambda: check_versions("0.21.2", "7.9.2"))
    with pytest.raises(AtolyeError) as problem:
        old.suggest("kutu", TURKISH)
    assert problem.value.code == "CONFIG_FREECAD_VERSION_MISMATCH"
    assert problem.value.http_status == 503
    assert server.seen == []
    new = provider(chat, check_engine=lambda: check_versions("1.1.3", "7.9.2"))
    assert new.suggest("kutu", TURKISH).request is not None


# ---- retries -----------------------------------------------------------------------------------------


@pytest.mark.spec("02.01", "02.26")
@pytest.mark.parametrize(
    ("behaviour", "code", "status"),
    [
        (slow(5.0, says(BOX)), "AI_TIMEOUT", 504),
        (trickles, "AI_TIMEOUT", 504),
        (drops, "AI_UNAVAILABLE", 503),
        (half(json.dumps(BOX)), "AI_UNAVAILABLE", 503),
        (floods, "AI_UNAVAILABLE", 503),
        (refuses(500), "AI_UNAVAILABLE", 503),
        (refuses(429), "AI_UNAVAILABLE", 503),
        (replies(b"<html>busy</html>", content_type="text/html"), "AI_UNAVAILABLE", 503),
        (replies(b'{"choices": []}'), "AI_UNAVAILABLE", 503),
        (replies(b"\x1f\x8b" + b"\x00" * 64, content_encoding="gzip"), "AI_UNAVAILABLE", 503),
    ],
    ids=["slow", "trickles", "drops", "half", "floods", "500", "429", "html", "empty", "packed"],
)
def test_three_retries_with_growing_pauses_and_no_more(
    server: OpenAIServer, ask: Ask, behaviour: Behaviour, code: str, status: int
) -> None:
    server.will(behaviour)
    policy = IMPATIENT if code == "AI_TIMEOUT" else QUICK
    problem = failure(ask, policy=policy)
    assert (problem.code, problem.http_status) == (code, status)
    assert problem.details["provider"] == "openai"
    assert len(server.seen) == 1 + 3
    timeout = 0.7 * policy.timeout_s if code == "AI_TIMEOUT" else 0.0  # the server sees a request late
    for pause, whole in zip(paused(server), (0.01, 0.02, 0.04), strict=True):
        assert pause >= timeout + whole / 2


@pytest.mark.spec("02.01", "02.26")
def test_a_late_answer_after_failures_is_taken(server: OpenAIServer, ask: Ask) -> None:
    server.will(refuses(503), drops, slow(5.0, says(BOX)), says(BOX))
    exchange = Exchange()
    assert ask(exchange=exchange, policy=IMPATIENT).request is not None
    assert exchange.requests == 4
    assert exchange.usage == {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


@pytest.mark.spec("02.26")
def test_all_attempts_together_keep_to_the_whole_time(server: OpenAIServer, ask: Ask) -> None:
    server.will(slow(5.0, says(BOX)))
    began = time.monotonic()
    problem = failure(ask, policy=RetryPolicy(timeout_s=0.4, total_s=0.7, first_pause_s=0.01))
    assert problem.code == "AI_TIMEOUT"
    assert 0.6 < time.monotonic() - began < 3.0
    assert len(server.seen) <= 2


def test_what_the_server_says_about_when_to_come_back_is_kept_to(server: OpenAIServer, ask: Ask) -> None:
    server.will(refuses(429, retry_after="0.3"), refuses(429, retry_after_ms="150"), says(BOX))
    assert ask().request is not None
    first, second = paused(server)
    assert first >= 0.3
    assert second >= 0.15


def test_a_server_that_wants_longer_than_there_is_time_is_not_waited_for(
    server: OpenAIServer, ask: Ask
) -> None:
    server.will(refuses(429, retry_after="30"))
    began = time.monotonic()
    problem = failure(ask)
    assert time.monotonic() - began < 10.0
    assert len(server.seen) == 1
    assert problem.details == {"provider": "openai", "reason": "rate_limited", "retry_after_s": 30.0}


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (
            401,
            {"code": "invalid_api_key", "message": f"Incorrect API key provided: {KEY}"},
            "AI_PROVIDER_REFUSED",
        ),
        (403, {}, "AI_PROVIDER_REFUSED"),
        (404, {"code": "model_not_found"}, "AI_PROVIDER_REFUSED"),
        (400, {"message": "nonsense"}, "AI_PROVIDER_REFUSED"),
        (429, {"code": "insufficient_quota"}, "AI_PROVIDER_REFUSED"),
        (302, {}, "AI_PROVIDER_REFUSED"),
        (400, {"code": "context_length_exceeded"}, "PROMPT_TOO_LONG"),
        (400, {"code": "content_filter"}, "AI_CONTENT_REFUSED"),
    ],
)
def test_what_no_retry_mends_is_asked_once(
    server: OpenAIServer, ask: Ask, status: int, error: dict[str, Any], code: str
) -> None:
    server.will(refuses(status, error, location="http://127.0.0.1:9/"))
    problem = failure(ask)
    assert problem.code == code
    assert len(server.seen) == 1
    assert KEY not in json.dumps(problem.body())
    assert problem.__cause__ is None


def test_a_refusal_inside_an_answer_is_no_answer(server: OpenAIServer, ask: Ask) -> None:
    server.will(says(None, message={"refusal": "I cannot help."}))
    assert failure(ask).code == "AI_CONTENT_REFUSED"
    server.will(says("{}", finish_reason="content_filter"))
    assert failure(ask).code == "AI_CONTENT_REFUSED"


def test_nobody_listening_is_unavailable(ask: Ask) -> None:
    chat = openai_chat(model="m", api_key=KEY, base_url="http://127.0.0.1:9/v1", breaker=CircuitBreaker("x"))
    try:
        with pytest.raises(AtolyeError) as problem:
            provider(chat).suggest("kutu", TURKISH)
    finally:
        chat.close()
    assert problem.value.code == "AI_UNAVAILABLE"


# ---- cancelling ----------------------------------------------------------------------------------------


@pytest.mark.spec("02.01")
@pytest.mark.parametrize("behaviour", [slow(10.0, says(BOX)), trickles], ids=["waiting", "reading"])
def test_cancelling_breaks_the_call_off_and_closes_its_connection(
    server: OpenAIServer, ask: Ask, behaviour: Behaviour
) -> None:
    server.will(behaviour)
    cancel = threading.Event()
    threading.Timer(0.15, cancel.set).start()
    began = time.monotonic()
    problem = failure(ask, cancel=cancel, policy=RetryPolicy(timeout_s=10.0))
    assert problem.code == "CANCELLED"
    assert time.monotonic() - began < 5.0
    assert server.hung_up.wait(2.0), "the connection stayed open"
    assert len(server.seen) == 1


def test_a_call_that_is_cancelled_before_it_begins_never_goes_out(server: OpenAIServer, ask: Ask) -> None:
    cancel = threading.Event()
    cancel.set()
    assert failure(ask, cancel=cancel).code == "CANCELLED"
    assert server.seen == []


@pytest.mark.spec("02.01")
def test_a_time_out_closes_its_connection(server: OpenAIServer, ask: Ask) -> None:
    server.will(slow(10.0, says(BOX)), says(BOX))
    assert ask(policy=IMPATIENT).request is not None
    assert server.hung_up.wait(2.0)


# ---- breaker ---------------------------------------------------------------------------------------------


def circuit(chat: OpenAIChat) -> float:
    line = f'ai_adapter_circuit_state{{provider="{chat.breaker._name}"}} '
    rows = exposition()[0].decode().splitlines()
    return float(next(row for row in rows if row.startswith(line)).rpartition(" ")[2])


@pytest.mark.spec("02.01")
def test_the_breaker_opens_and_recovers(server: OpenAIServer) -> None:
    now = [0.0]
    breaker = CircuitBreaker("recovering", failures=5, open_s=30.0, clock=lambda: now[0])
    chat = openai_chat(model="m", api_key=KEY, base_url=server.url, breaker=breaker)
    reader = provider(chat)
    try:
        server.will(refuses(500))
        for _ in range(2):
            with pytest.raises(AtolyeError):
                reader.suggest("kutu", TURKISH)
        assert len(server.seen) == 5, "the fifth failure in a row opened it"
        assert (breaker.state, circuit(chat)) == ("open", 2)
        with pytest.raises(AtolyeError) as problem:
            reader.suggest("kutu", TURKISH)
        assert problem.value.code == "AI_UNAVAILABLE"
        assert problem.value.details["reason"] == "circuit_open"
        assert problem.value.details["retry_after_s"] == 30.0
        assert len(server.seen) == 5, "nothing went out"
        server.will(says(BOX))
        now[0] = 30.0
        assert reader.suggest("kutu", TURKISH).request is not None
        assert (breaker.state, circuit(chat)) == ("closed", 0)
    finally:
        chat.close()


def test_a_refusal_does_not_count_against_the_providers_health(
    server: OpenAIServer, chat: OpenAIChat, ask: Ask
) -> None:
    server.will(refuses(401))
    for _ in range(6):
        failure(ask)
    assert chat.breaker.state == "closed"


# ---- answers -------------------------------------------------------------------------------------------


@pytest.mark.spec("02.12", "02.25")
def test_fences_and_stray_text_survive(server: OpenAIServer, ask: Ask) -> None:
    server.will(says(f"İşte yanıt:\n```json\n{json.dumps(BOX)}\n```\nKolay gelsin."))
    assert ask().request is not None
    assert len(server.seen) == 1


@pytest.mark.spec("02.13")
def test_what_cannot_be_read_is_asked_again_once_with_the_reason(server: OpenAIServer, ask: Ask) -> None:
    server.will(says("Kutu mu? Olur."), says(BOX))
    exchange = Exchange()
    assert ask(exchange=exchange).request is not None
    first, second = server.seen
    assert second.body["messages"][: len(first.body["messages"])] == first.body["messages"]
    assert second.body["messages"][-2] == {"role": "assistant", "content": "Kutu mu? Olur."}
    assert "geçerli bir JSON nesnesi yok" in server.last_text
    assert exchange.answers == ["Kutu mu? Olur.", json.dumps(BOX, ensure_ascii=False)]


@pytest.mark.spec("02.13")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Üzgünüm.", "not_json"),
        ({"cevap": 42}, "not_json"),
        ({**BOX, "units": None}, "units"),
        ({**BOX, "parameters": "kutu"}, "type:parameters"),
        ({**BOX, "parameters": {"length": 5}}, "no_part"),
    ],
)
def test_after_the_second_unreadable_answer_it_is_422(
    server: OpenAIServer, ask: Ask, answer: Any, reason: str
) -> None:
    server.will(says(answer))
    problem = failure(ask)
    assert (problem.code, problem.http_status) == ("AI_ANSWER_UNREADABLE", 422)
    assert problem.details["reason"] == reason
    assert len(server.seen) == 2


@pytest.mark.spec("14.17")
def test_an_answer_that_was_cut_is_asked_for_again(server: OpenAIServer, ask: Ask) -> None:
    server.will(says(json.dumps(BOX)[:60], finish_reason="length"), says(BOX))
    assert ask().request is not None
    assert "kesildi" in server.last_text


@pytest.mark.spec("02.13")
def test_a_question_of_the_model_is_passed_on_and_not_asked_again(server: OpenAIServer, ask: Ask) -> None:
    server.will(says({**BOX, "parameters": {}, "requires_clarification": True, "questions": ["Hangi çap?"]}))
    assert failure(ask).code == "AI_AMBIGUOUS"
    server.will(says({**BOX, "parameters": {}, "requires_clarification": True, "missing": ["length"]}))
    assert failure(ask).code == "AI_HINT_REQUIRED"
    assert len(server.seen) == 2


# ---- cache -----------------------------------------------------------------------------------------------


def test_the_same_prompt_is_paid_for_once(server: OpenAIServer, chat: OpenAIChat) -> None:
    reader = provider(chat, cache=MemoryCache())
    first = reader.suggest("10x20x5 çelik kutu", TURKISH)
    exchange = Exchange()
    again = reader.suggest("10x20x5  çelik kutu ", TURKISH, exchange=exchange)
    assert again == first
    assert (len(server.seen), exchange.cached, exchange.requests) == (1, True, 0)
    reader.suggest("10x20x6 çelik kutu", TURKISH)
    reader.suggest("10x20x5 çelik kutu", PromptContext(language="en"))
    assert len(server.seen) == 3


def test_an_answer_that_was_refused_is_not_remembered(server: OpenAIServer, chat: OpenAIChat) -> None:
    reader = provider(chat, cache=MemoryCache())
    server.will(says("?"), says("?"), says(BOX))
    with pytest.raises(AtolyeError):
        reader.suggest("kutu", TURKISH)
    assert reader.suggest("kutu", TURKISH).request is not None


def test_many_threads_share_a_provider(server: OpenAIServer, chat: OpenAIChat) -> None:
    server.will(slow(0.05, says(BOX)))
    reader, found = provider(chat, RetryPolicy()), []
    threads = [
        threading.Thread(target=lambda number=number: found.append(reader.suggest(f"kutu {number}", TURKISH)))
        for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(server.seen) == 12

"""The sliding window: exact to the millisecond, atomic over rules and threads, bounded in memory."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atolye.access.limits import MemoryLimiter, Rule, key_of
from atolye.access.models import WRITE, Limits
from atolye.access.service import rules_for

WRITES = Rule("global", 3)
PROMPTS = Rule("prompt", 1)


class Clock:
    def __init__(self) -> None:
        self.ms = 1_800_000_000_000

    def __call__(self) -> float:
        return self.ms / 1000


@pytest.mark.spec("01.03")
def test_the_limit_holds_in_every_window_not_in_every_calendar_minute() -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock=clock)
    clock.ms += 59_000  # the end of some minute
    assert all(limiter.admit("ada", [WRITES]).allowed for _ in range(3))
    clock.ms += 2_000  # the next calendar minute, the same window
    refused = limiter.admit("ada", [WRITES])
    assert not refused.allowed
    assert (refused.limit, refused.remaining, refused.retry_after_s) == (3, 0, 58)
    assert refused.reset_at == (clock.ms + 58_000) // 1000


@pytest.mark.spec("01.03")
def test_an_event_leaves_the_window_exactly_when_it_is_that_old() -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock=clock)
    for _ in range(3):
        limiter.admit("ada", [WRITES])
    clock.ms += 59_999
    assert limiter.admit("ada", [WRITES]).retry_after_s == 1
    clock.ms += 1
    assert [limiter.admit("ada", [WRITES]).allowed for _ in range(4)] == [True, True, True, False]


def test_remaining_counts_down_and_reset_is_when_the_oldest_leaves() -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock=clock)
    first = limiter.admit("ada", [WRITES])
    clock.ms += 10_500
    second = limiter.admit("ada", [WRITES])
    assert (first.remaining, second.remaining) == (2, 1)
    assert first.reset_at == second.reset_at == 1_800_000_060


def test_a_refused_request_counts_in_no_rule() -> None:
    limiter = MemoryLimiter(clock=Clock())
    assert limiter.admit("ada", [WRITES, PROMPTS]).allowed
    for _ in range(5):
        assert not limiter.admit("ada", [WRITES, PROMPTS]).allowed
    assert [limiter.admit("ada", [WRITES]).allowed for _ in range(3)] == [True, True, False]


def test_users_and_endpoints_do_not_touch_each_other() -> None:
    limiter = MemoryLimiter(clock=Clock())
    for _ in range(3):
        limiter.admit("ada", [WRITES])
    assert not limiter.admit("ada", [WRITES]).allowed
    assert limiter.admit("ada", [Rule("read", 1)]).allowed
    assert limiter.admit("bob", [WRITES]).allowed


def test_a_lowered_limit_says_when_enough_have_left() -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock=clock)
    for _ in range(3):
        limiter.admit("ada", [WRITES])
        clock.ms += 1000
    refused = limiter.admit("ada", [Rule("global", 1)])
    assert refused.retry_after_s == 59  # all three must leave; the last came a second ago
    clock.ms += 1000 * refused.retry_after_s
    assert limiter.admit("ada", [Rule("global", 1)]).allowed


@pytest.mark.spec("01.03")
def test_threads_that_ask_at_once_get_no_more_than_the_limit() -> None:
    limiter = MemoryLimiter(clock=Clock())
    rule = Rule("global", 25)
    gate = threading.Barrier(8)

    def ask(_: int) -> int:
        gate.wait(timeout=10)
        return sum(limiter.admit("ada", [rule]).allowed for _ in range(10))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 25


@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=60), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_no_window_ever_holds_more_than_the_limit_and_retry_after_is_enough(
    gaps: list[int], limit: int
) -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock=clock)
    rule = Rule("global", limit)
    admitted: list[int] = []
    for gap in gaps:
        clock.ms += gap
        verdict = limiter.admit("ada", [rule])
        in_window = [at for at in admitted if at > clock.ms - 60_000]
        assert verdict.allowed == (len(in_window) < limit)  # neither too strict nor too lax
        if verdict.allowed:
            admitted.append(clock.ms)
        else:
            freed = clock.ms + 1000 * verdict.retry_after_s
            assert sum(at > freed - 60_000 for at in admitted) < limit


def test_users_who_stay_away_are_forgotten() -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock=clock)
    for number in range(MemoryLimiter.SWEEP_EVERY):
        limiter.admit(f"user-{number}", [WRITES])
    clock.ms += 60_000
    for _ in range(MemoryLimiter.SWEEP_EVERY):
        limiter.admit("ada", [WRITES])
    assert set(limiter._events) == {key_of("ada", WRITES)}


@pytest.mark.spec("01.03")
def test_keys_and_rules_are_those_of_the_specification() -> None:
    limits = Limits(writes_per_min=60, prompts_per_min=30, reads_per_min=600)
    assert key_of("u", Rule("global", 60)) == "rate:u:global:60"
    assert rules_for(limits, WRITE) == [Rule("global", 60)]
    assert rules_for(limits, WRITE, prompt=True) == [Rule("global", 60), Rule("prompt", 30)]
    assert rules_for(limits, "models:read") == [Rule("read", 600)]

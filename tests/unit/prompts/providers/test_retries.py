"""Pauses, budgets and what a server says about when to come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atolye.prompts.retries import Budget, RetryPolicy, retry_after_s


@pytest.mark.spec("02.01", "02.10")
def test_the_limits_are_those_that_were_decided() -> None:
    policy = RetryPolicy()
    assert (policy.timeout_s, policy.total_s, policy.retries) == (20.0, 60.0, 3)


@pytest.mark.spec("02.01", "02.10")
def test_pauses_double_up_to_a_bound_and_jitter_takes_at_most_half() -> None:
    policy = RetryPolicy(first_pause_s=0.5, longest_pause_s=3.0)
    assert [policy.pause_s(retry, jitter=1.0) for retry in range(4)] == [0.5, 1.0, 2.0, 3.0]
    assert [policy.pause_s(retry, jitter=0.0) for retry in range(4)] == [0.25, 0.5, 1.0, 1.5]


@given(st.integers(0, 20), st.floats(0, 1))
def test_a_pause_lies_between_its_half_and_its_whole(retry: int, jitter: float) -> None:
    policy = RetryPolicy()
    whole = policy.pause_s(retry, jitter=1.0)
    assert whole / 2 <= policy.pause_s(retry, jitter=jitter) <= whole <= policy.longest_pause_s


def budget(now: list[float], **policy: float) -> Budget:
    return Budget(RetryPolicy(**policy), clock=lambda: now[0], jitter=lambda: 1.0)  # type: ignore[arg-type]


@pytest.mark.spec("02.01", "02.26")
def test_three_retries_and_no_more() -> None:
    left = budget([0.0])
    assert [left.next_pause_s(None) for _ in range(5)] == [0.5, 1.0, 2.0, None, None]
    assert left.retried == 3


@pytest.mark.spec("02.26")
def test_an_attempt_never_takes_longer_than_what_is_left_of_the_whole() -> None:
    now = [0.0]
    left = budget(now)
    assert left.attempt_s() == 20.0
    now[0] = 55.0
    assert left.attempt_s() == 5.0
    now[0] = 61.0
    assert left.attempt_s() == 0.0
    assert left.next_pause_s(None) is None


def test_what_the_server_asks_for_is_kept_to_or_there_is_no_retry() -> None:
    now = [0.0]
    left = budget(now)
    assert left.next_pause_s(7.0) == 7.0
    assert left.next_pause_s(0.1) == 1.0, "our own pause when it is longer"
    assert left.next_pause_s(61.0) is None
    assert left.retried == 2


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, 60.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:01 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "99999999"}, None),
        ({}, None),
    ],
)
def test_a_servers_advice_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, now=lambda: 40.0) == seconds

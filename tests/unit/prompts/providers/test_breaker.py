"""The circuit breaker: closed, open, half open with a single probe."""

from __future__ import annotations

import threading

import pytest

from atolye.prompts.breaker import CircuitBreaker, CircuitOpenError
from atolye.telemetry.metrics import exposition


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock, request: pytest.FixtureRequest) -> CircuitBreaker:
    return CircuitBreaker(request.node.name, failures=3, open_s=30.0, clock=clock)


def fail(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        breaker.enter()
        breaker.after_failure()


def shown(breaker_name: str) -> float:
    text = exposition()[0].decode()
    line = f'ai_adapter_circuit_state{{provider="{breaker_name}"}} '
    return float(next(row for row in text.splitlines() if row.startswith(line)).rpartition(" ")[2])


@pytest.mark.spec("02.01")
def test_failures_in_a_row_open_it(breaker: CircuitBreaker) -> None:
    fail(breaker, 3)
    assert breaker.state == "open"
    with pytest.raises(CircuitOpenError) as refusal:
        breaker.enter()
    assert refusal.value.retry_after_s == 30.0


def test_an_answer_in_between_starts_the_count_again(breaker: CircuitBreaker) -> None:
    fail(breaker, 2)
    breaker.enter()
    breaker.after_success()
    fail(breaker, 2)
    assert breaker.state == "closed"


@pytest.mark.spec("02.01")
def test_after_its_time_one_probe_passes_and_its_success_closes_it(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now = 29.9
    with pytest.raises(CircuitOpenError):
        breaker.enter()
    clock.now = 30.0
    breaker.enter()
    assert breaker.state == "half_open"
    with pytest.raises(CircuitOpenError):
        breaker.enter()
    breaker.after_success()
    assert breaker.state == "closed"
    breaker.enter()


def test_a_failed_probe_opens_it_for_as_long_again(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 31.0
    fail(breaker, 1)
    assert breaker.state == "open"
    clock.now = 60.9
    with pytest.raises(CircuitOpenError):
        breaker.enter()
    clock.now = 61.0
    breaker.enter()


def test_a_probe_that_was_given_up_leaves_room_for_the_next(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 30.0
    breaker.enter()
    breaker.after_nothing()
    assert breaker.state == "half_open"
    breaker.enter()


def test_of_many_threads_one_probes(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 30.0
    passed: list[bool] = []

    def try_it() -> None:
        try:
            breaker.enter()
        except CircuitOpenError:
            passed.append(False)
        else:
            passed.append(True)

    threads = [threading.Thread(target=try_it) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == [False] * 19 + [True]


def test_its_state_is_shown_to_prometheus(clock: Clock) -> None:
    breaker = CircuitBreaker("shown", failures=1, open_s=5.0, clock=clock)
    assert shown("shown") == 0
    fail(breaker, 1)
    assert shown("shown") == 2
    clock.now = 5.0
    breaker.enter()
    assert shown("shown") == 1
    breaker.after_success()
    assert shown("shown") == 0

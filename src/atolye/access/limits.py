"""Sliding-window limits: at most so many requests in any window, not in each calendar minute.

Every admitted request is an event in a sorted set ``rate:{user}:{endpoint}:{window}`` with its time in
milliseconds. To admit another: drop what is older than the window, count, compare, add. All of that
happens in one atomic step over all rules of the request (in Redis one Lua script; here one lock), so
that concurrent requests cannot pass together, and a request refused by one rule counts in none.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

WINDOW_S: Final = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """At most ``limit`` requests to ``endpoint`` in any ``window_s`` seconds.

    ``endpoint`` is ``global`` (all writes), ``prompt`` (prompts among them) or ``read``.
    """

    endpoint: str
    limit: int
    window_s: int = WINDOW_S


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limits say about one request; the numbers are those of the tightest rule."""

    allowed: bool
    limit: int
    remaining: int
    reset_at: int
    """Unix seconds, rounded up, when the oldest counted request leaves the window."""
    retry_after_s: int
    """Seconds, rounded up, after which one more request would be admitted; 0 when this one was."""


class Limiter(Protocol):
    """Counts requests per user."""

    def admit(self, user_id: str, rules: Sequence[Rule]) -> Verdict:
        """Counts one request against all ``rules`` (one or more), or refuses it and counts nothing."""
        ...


class MemoryLimiter:
    """Embedded twin: counts within one process, in memory that old windows give back."""

    SWEEP_EVERY: Final = 1024

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._events: dict[str, deque[int]] = {}
        self._ends: dict[str, int] = {}
        self._calls = 0

    def admit(self, user_id: str, rules: Sequence[Rule]) -> Verdict:
        now_ms = int(self._clock() * 1000)
        with self._lock:
            self._sweep(now_ms)
            windows = [(rule, self._window(key_of(user_id, rule), now_ms, rule)) for rule in rules]
            full = [(rule, events) for rule, events in windows if len(events) >= rule.limit]
            if full:
                return max(
                    (_refusal(rule, events, now_ms) for rule, events in full), key=lambda v: v.retry_after_s
                )
            for rule, events in windows:
                events.append(now_ms)
                self._ends[key_of(user_id, rule)] = now_ms + 1000 * rule.window_s
            return min((_admission(rule, events) for rule, events in windows), key=lambda v: v.remaining)

    def _window(self, key: str, now_ms: int, rule: Rule) -> deque[int]:
        """The events of the last ``window_s`` seconds; an event exactly that old is out."""
        events = self._events.setdefault(key, deque())
        while events and events[0] <= now_ms - 1000 * rule.window_s:
            events.popleft()
        return events

    def _sweep(self, now_ms: int) -> None:
        """Forgets users who were not seen for a window (the keys' time to live in Redis)."""
        self._calls += 1
        if self._calls % self.SWEEP_EVERY:
            return
        for key in [key for key in self._events if self._ends.get(key, 0) <= now_ms]:
            del self._events[key]
            self._ends.pop(key, None)


def key_of(user_id: str, rule: Rule) -> str:
    """Name of the sorted set of a user and a rule."""
    return f"rate:{user_id}:{rule.endpoint}:{rule.window_s}"


def _refusal(rule: Rule, events: deque[int], now_ms: int) -> Verdict:
    # When the limit was lowered meanwhile, more than one event must leave first.
    leaves_ms = events[len(events) - rule.limit] + 1000 * rule.window_s
    return Verdict(False, rule.limit, 0, _ceil_s(leaves_ms), max(1, _ceil_s(leaves_ms - now_ms)))


def _admission(rule: Rule, events: deque[int]) -> Verdict:
    return Verdict(True, rule.limit, rule.limit - len(events), _ceil_s(events[0] + 1000 * rule.window_s), 0)


def _ceil_s(milliseconds: int) -> int:
    return -(-milliseconds // 1000)

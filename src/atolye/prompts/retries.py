"""How often and how long a provider is asked."""

from __future__ import annotations

import email.utils
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

LONGEST_RETRY_AFTER_S: Final = 86_400.0
"""Above this a server's advice is taken for a mistake."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Time-outs and pauses; the defaults are those of specification 02.01, the total is decided."""

    timeout_s: float = 20.0
    """Longest wait for one answer."""
    total_s: float = 60.0
    """Longest time for all attempts and pauses."""
    retries: int = 3
    """Attempts after the first one."""
    first_pause_s: float = 0.5
    longest_pause_s: float = 8.0

    def pause_s(self, retry: int, *, jitter: float) -> float:
        """Pause before a retry (0 is the first one): doubled each time, between its half and its whole.

        Args:
            jitter: from 0 to 1; spreads callers that failed together.
        """
        whole = min(self.longest_pause_s, self.first_pause_s * 2.0**retry)
        return whole * (0.5 + 0.5 * jitter)


class Budget:
    """Time and retries that are left for one prompt, over all its calls."""

    def __init__(
        self,
        policy: RetryPolicy,
        *,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.policy = policy
        self._clock = clock
        self._jitter = jitter
        self._ends = clock() + policy.total_s
        self.retried = 0

    def left_s(self) -> float:
        return max(0.0, self._ends - self._clock())

    def attempt_s(self) -> float:
        """How long the next attempt may take."""
        return min(self.policy.timeout_s, self.left_s())

    def next_pause_s(self, retry_after_s: float | None) -> float | None:
        """Uses up one retry and returns the pause before it; ``None`` when none is left or it is too late.

        Args:
            retry_after_s: what the server asked for; it is kept to, or there is no retry.
        """
        if self.retried >= self.policy.retries:
            return None
        pause = self.policy.pause_s(self.retried, jitter=self._jitter())
        if retry_after_s is not None:
            pause = max(pause, retry_after_s)
        if pause >= self.left_s():
            return None
        self.retried += 1
        return pause


def retry_after_s(headers: Mapping[str, str], *, now: Callable[[], float] = time.time) -> float | None:
    """What a server's ``retry-after-ms`` or ``Retry-After`` (RFC 9110, 10.2.3) says, in seconds.

    Args:
        headers: with lower-case names.
        now: Unix seconds, for an answer with a date.
    """
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) * factor
        except (KeyError, ValueError):
            continue
        return seconds if 0 <= seconds <= LONGEST_RETRY_AFTER_S else None
    parsed = email.utils.parsedate_tz(headers.get("retry-after", ""))
    if parsed is None:
        return None
    seconds = email.utils.mktime_tz(parsed) - now()
    return max(0.0, seconds) if seconds <= LONGEST_RETRY_AFTER_S else None

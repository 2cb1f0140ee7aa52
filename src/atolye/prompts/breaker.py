"""Spares a provider that does not answer, and the callers who would wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Literal

from atolye.prompts import metrics

State = Literal["closed", "half_open", "open"]

FAILURES_TO_OPEN: Final = 5
"""Failures in a row; more than one prompt can cause alone (a first attempt and three retries)."""
OPEN_S: Final = 30.0


class CircuitOpenError(Exception):
    """The provider is not to be asked for another ``retry_after_s`` seconds."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"open for {retry_after_s:.3f} s")
        self.retry_after_s = retry_after_s


class CircuitBreaker:
    """Closed: everything passes. Open: nothing does. Half open: a single probe finds out.

    Threads may share it.

    Args:
        name: of the provider, as metrics call it.
        failures: failures in a row that open it.
        open_s: how long it then stays open before the probe.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = FAILURES_TO_OPEN,
        open_s: float = OPEN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._most = failures
        self._open_s = open_s
        self._clock = clock
        self._lock = threading.Lock()
        self._state: State = "closed"
        self._failures = 0
        self._opened_at = 0.0
        self._probing = False
        metrics.circuit_is(name, "closed")

    @property
    def state(self) -> State:
        return self._state

    def enter(self) -> None:
        """Asks to make one call; each success here is followed by one of the three ``after_…``.

        Raises:
            CircuitOpenError: not now.
        """
        with self._lock:
            if self._state == "closed":
                return
            if self._state == "open":
                left_s = self._opened_at + self._open_s - self._clock()
                if left_s > 0:
                    raise CircuitOpenError(left_s)
                self._become("half_open")
            if self._probing:
                raise CircuitOpenError(min(1.0, self._open_s))
            self._probing = True

    def after_success(self) -> None:
        """The provider answered, whatever it said."""
        with self._lock:
            self._failures, self._probing = 0, False
            self._become("closed")

    def after_failure(self) -> None:
        """It did not answer in time, broke off or said that it is broken."""
        with self._lock:
            self._failures += 1
            if self._state == "half_open" or self._failures >= self._most:
                self._opened_at = self._clock()
                self._become("open")
            self._probing = False

    def after_nothing(self) -> None:
        """The caller gave up; that says nothing about the provider."""
        with self._lock:
            self._probing = False

    def _become(self, state: State) -> None:
        if state != self._state:
            self._state = state
            metrics.circuit_is(self._name, state)

"""Remembers answers, so that the same sentence is not paid for twice."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

LIFE_S: Final = 86_400.0
MOST_ANSWERS: Final = 1024


class SuggestionCache(Protocol):
    """Answers (text) by key."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, answer: str) -> None: ...


class MemoryCache:
    """Embedded twin: within one process, the least recently used answer leaves first."""

    def __init__(
        self,
        *,
        most: int = MOST_ANSWERS,
        life_s: float = LIFE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._life_s = life_s
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def get(self, key: str) -> str | None:
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                return None
            if found[0] <= self._clock():
                del self._answers[key]
                return None
            self._answers.move_to_end(key)
            return found[1]

    def put(self, key: str, answer: str) -> None:
        with self._lock:
            self._answers[key] = (self._clock() + self._life_s, answer)
            self._answers.move_to_end(key)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)


def key_of(*, prompt_masked: str, provider: str, model: str, profile: str, context: Mapping[str, Any]) -> str:
    """Key of an answer: everything that the model was told, and which model it was.

    White space does not count (specification 13.07); case does, since Turkish and names of grades need it.
    """
    told = {
        "prompt": " ".join(prompt_masked.split()),
        "provider": provider,
        "model": model,
        "profile": profile,
        "context": context,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

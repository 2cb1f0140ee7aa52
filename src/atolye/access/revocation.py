"""Tokens that were called back before their time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Protocol


class Revocations(Protocol):
    """Remembers revoked token ids (``jti``) at least until the token would have expired anyway."""

    def is_revoked(self, jti: str) -> bool: ...

    def revoke(self, jti: str, *, expires_at: int) -> None:
        """From now on the token is refused. Revoking twice is the same as once.

        Args:
            expires_at: end of the token's life, Unix seconds; it may be forgotten after that.
        """
        ...


class MemoryRevocations:
    """Embedded twin: gone with the process."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._revoked: dict[str, int] = {}

    def is_revoked(self, jti: str) -> bool:
        return jti in self._revoked

    def revoke(self, jti: str, *, expires_at: int) -> None:
        with self._lock:
            now = self._clock()
            self._revoked = {known: end for known, end in self._revoked.items() if end > now}
            self._revoked[jti] = expires_at


class CachedRevocations:
    """Asks the real store at most once in ``fresh_for_s`` about a token.

    A revocation made through this object holds at once; one made by another process after
    ``fresh_for_s`` at the latest. A store that cannot be asked lets nobody in: its error passes through.
    """

    MOST_ENTRIES: Final = 10_000

    def __init__(
        self, store: Revocations, *, fresh_for_s: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._fresh_for_s = fresh_for_s
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[bool, float]] = OrderedDict()

    def is_revoked(self, jti: str) -> bool:
        now = self._clock()
        known = self._known.get(jti)
        if known is not None and (known[0] or now - known[1] < self._fresh_for_s):
            return known[0]
        revoked = self._store.is_revoked(jti)
        self._remember(jti, revoked, now)
        return revoked

    def revoke(self, jti: str, *, expires_at: int) -> None:
        self._store.revoke(jti, expires_at=expires_at)
        self._remember(jti, True, self._clock())

    def _remember(self, jti: str, revoked: bool, now: float) -> None:
        with self._lock:
            # An answer fetched before a revocation of ours must not hide it.
            was_revoked = self._known.pop(jti, (False, 0.0))[0]
            self._known[jti] = (revoked or was_revoked, now)
            if len(self._known) > self.MOST_ENTRIES:
                self._known.popitem(last=False)

"""Licences: whether a tenant's is in force."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, Protocol

from atolye.access.models import Caller, Licence
from atolye.errors import AtolyeError


class Licences(Protocol):
    """Knows the licences."""

    def find(self, license_id: str) -> Licence | None:
        """The licence with that id, in force or not."""
        ...


class MemoryLicences:
    """Embedded twin: a fixed set."""

    def __init__(self, licences: Iterable[Licence] = ()) -> None:
        self._licences = {licence.license_id: licence for licence in licences}

    def find(self, license_id: str) -> Licence | None:
        return self._licences.get(license_id)

    def put(self, licence: Licence) -> None:
        self._licences[licence.license_id] = licence


class CachedLicences:
    """Asks the real store at most once in ``fresh_for_s`` about a licence."""

    MOST_ENTRIES: Final = 10_000

    def __init__(
        self, store: Licences, *, fresh_for_s: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._fresh_for_s = fresh_for_s
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Licence | None, float]] = OrderedDict()

    def find(self, license_id: str) -> Licence | None:
        now = self._clock()
        known = self._known.get(license_id)
        if known is not None and now - known[1] < self._fresh_for_s:
            return known[0]
        licence = self._store.find(license_id)
        with self._lock:
            self._known[license_id] = (licence, now)
            self._known.move_to_end(license_id)
            if len(self._known) > self.MOST_ENTRIES:
                self._known.popitem(last=False)
        return licence


def require_in_force(licence: Licence | None, caller: Caller, now: datetime) -> Licence:
    """The caller's licence, if it is his tenant's and in force at ``now``.

    Raises:
        AtolyeError: 403; a licence of another tenant is not told from one that does not exist.
    """
    if licence is None or licence.tenant_id != caller.tenant_id:
        raise AtolyeError("LICENCE_UNKNOWN")
    if licence.status != "active":
        raise AtolyeError("LICENCE_SUSPENDED")
    if licence.starts_at is not None and now < licence.starts_at:
        raise AtolyeError("LICENCE_NOT_STARTED", date=licence.starts_at.date().isoformat())
    if licence.expires_at is not None and now >= licence.expires_at:
        raise AtolyeError("LICENCE_EXPIRED", date=licence.expires_at.date().isoformat())
    return licence

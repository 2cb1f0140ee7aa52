"""Licences and revoked tokens in the database, held to what their twins in memory promise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from atolye.access.licences import CachedLicences, MemoryLicences
from atolye.access.models import Licence, Limits
from atolye.access.records import SqlLicences, SqlRevocations
from atolye.access.revocation import MemoryRevocations, Revocations
from atolye.db.session import Database

NOW = 1_800_000_000
LICENCE = Licence("l-1", "t-1", "active")


class Clock:
    now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "database"])
def revocations(request: pytest.FixtureRequest, database: Database, clock: Clock) -> Revocations:
    return (
        MemoryRevocations(clock=clock) if request.param == "memory" else SqlRevocations(database, clock=clock)
    )


@pytest.fixture(params=["memory", "database"])
def licences(request: pytest.FixtureRequest, database: Database) -> MemoryLicences | SqlLicences:
    return MemoryLicences() if request.param == "memory" else SqlLicences(database)


@pytest.mark.spec("01.02")
def test_a_revoked_token_is_known_and_others_are_not(revocations: Revocations) -> None:
    assert not revocations.is_revoked("a")
    revocations.revoke("a", expires_at=NOW + 60)
    revocations.revoke("a", expires_at=NOW + 60)
    assert revocations.is_revoked("a")
    assert not revocations.is_revoked("A")
    assert not revocations.is_revoked("b")


def test_expired_revocations_are_forgotten_when_others_come(revocations: Revocations, clock: Clock) -> None:
    revocations.revoke("a", expires_at=NOW + 60)
    clock.now += 60
    revocations.revoke("b", expires_at=NOW + 120)
    assert revocations.is_revoked("b")
    assert not revocations.is_revoked("a")


def test_many_may_revoke_the_same_token_at_once(revocations: Revocations) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: revocations.revoke("a", expires_at=NOW + 60), range(16)))
    assert revocations.is_revoked("a")


@pytest.mark.spec("01.02")
def test_a_revocation_is_seen_by_another_process(database: Database) -> None:
    SqlRevocations(database).revoke("a", expires_at=2**37)
    other = Database(database.engine.url.render_as_string(hide_password=False))
    try:
        assert SqlRevocations(other).is_revoked("a")
    finally:
        other.close()


def test_a_licence_comes_back_as_it_was_put(licences: MemoryLicences | SqlLicences) -> None:
    start = datetime(2027, 1, 1, 12, 30, 15, 250_000, tzinfo=UTC)
    full = Licence("l-2", "t-2", "suspended", start, start + timedelta(days=365), Limits(1, 2, 3))
    assert licences.find("l-1") is None
    for licence in (LICENCE, full):
        licences.put(licence)
        assert licences.find(licence.license_id) == licence


def test_a_licence_can_be_replaced(licences: MemoryLicences | SqlLicences) -> None:
    licences.put(replace(LICENCE, limits=Limits(1, 2, 3)))
    licences.put(replace(LICENCE, status="suspended"))
    assert licences.find("l-1") == replace(LICENCE, status="suspended")


def test_processes_that_put_the_same_licence_at_once_leave_one(database: Database) -> None:
    licences = SqlLicences(database)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: licences.put(LICENCE), range(16)))
    assert licences.find("l-1") == LICENCE


def test_a_change_of_a_licence_is_seen_when_the_cache_is_old(licences: MemoryLicences | SqlLicences) -> None:
    now = [0.0]
    cached = CachedLicences(licences, fresh_for_s=5, clock=lambda: now[0])
    licences.put(LICENCE)
    assert cached.find("l-1") == LICENCE
    licences.put(replace(LICENCE, status="suspended"))
    now[0] = 4.9
    assert cached.find("l-1") == LICENCE
    now[0] = 5.0
    assert cached.find("l-1") == replace(LICENCE, status="suspended")

"""Revocation, licences and the local secret."""

from __future__ import annotations

import os
import stat
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from atolye.access.licences import CachedLicences, MemoryLicences, require_in_force
from atolye.access.local import (
    LOCAL_LICENSE_ID,
    LOCAL_TENANT_ID,
    LOCAL_USER_ID,
    SECRET_BYTES,
    local_licence,
    local_secret,
)
from atolye.access.models import Caller, Licence
from atolye.access.revocation import CachedRevocations, MemoryRevocations
from atolye.errors import AtolyeError

NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
CALLER = Caller("user", "tenant", "licence", frozenset(), "jti", 0)
LICENCE = Licence("licence", "tenant", "active")


def test_a_revoked_token_stays_revoked_until_it_would_have_expired() -> None:
    now = [1000.0]
    revocations = MemoryRevocations(clock=lambda: now[0])
    revocations.revoke("a", expires_at=1010)
    revocations.revoke("a", expires_at=1010)
    assert revocations.is_revoked("a")
    assert not revocations.is_revoked("b")
    now[0] = 1011
    revocations.revoke("b", expires_at=1020)
    assert revocations.is_revoked("b")
    assert not revocations.is_revoked("a")  # expired by itself: need not be remembered


def test_the_cache_sees_own_revocations_at_once_and_others_soon() -> None:
    now, store = [0.0], MemoryRevocations()
    cached = CachedRevocations(store, fresh_for_s=5, clock=lambda: now[0])
    assert not cached.is_revoked("a")
    cached.revoke("a", expires_at=2**40)
    assert cached.is_revoked("a")
    assert not cached.is_revoked("b")
    store.revoke("b", expires_at=2**40)  # by another process
    now[0] = 4.9
    assert not cached.is_revoked("b")
    now[0] = 5.0
    assert cached.is_revoked("b")


class Broken:
    def is_revoked(self, jti: str) -> bool:
        raise AtolyeError("DATABASE_UNAVAILABLE", reason="down")

    def revoke(self, jti: str, *, expires_at: int) -> None:
        raise NotImplementedError


def test_a_store_that_cannot_be_asked_lets_nobody_in() -> None:
    with pytest.raises(AtolyeError) as refused:
        CachedRevocations(Broken()).is_revoked("a")
    assert refused.value.http_status == 503


def test_the_caches_stay_small() -> None:
    revocations = CachedRevocations(MemoryRevocations())
    licences = CachedLicences(MemoryLicences())
    for number in range(CachedRevocations.MOST_ENTRIES + 50):
        revocations.is_revoked(str(number))
        licences.find(str(number))
    assert len(revocations._known) == CachedRevocations.MOST_ENTRIES
    assert len(licences._known) == CachedLicences.MOST_ENTRIES


@pytest.mark.parametrize(
    ("licence", "code"),
    [
        (None, "LICENCE_UNKNOWN"),
        (replace(LICENCE, tenant_id="other"), "LICENCE_UNKNOWN"),
        (replace(LICENCE, status="suspended"), "LICENCE_SUSPENDED"),
        (replace(LICENCE, expires_at=NOW), "LICENCE_EXPIRED"),
        (replace(LICENCE, starts_at=NOW + timedelta(seconds=1)), "LICENCE_NOT_STARTED"),
    ],
)
def test_a_licence_must_be_the_tenants_own_and_in_force(licence: Licence | None, code: str) -> None:
    with pytest.raises(AtolyeError) as refused:
        require_in_force(licence, CALLER, NOW)
    assert (refused.value.code, refused.value.http_status) == (code, 403)


def test_a_licence_holds_from_its_first_to_its_last_moment() -> None:
    licence = replace(LICENCE, starts_at=NOW, expires_at=NOW + timedelta(microseconds=1))
    assert require_in_force(licence, CALLER, NOW) is licence


def test_the_local_ids_are_uuids_and_the_local_licence_fits_them() -> None:
    for value in (LOCAL_TENANT_ID, LOCAL_USER_ID, LOCAL_LICENSE_ID):
        assert str(uuid.UUID(value)) == value
    caller = Caller(LOCAL_USER_ID, LOCAL_TENANT_ID, LOCAL_LICENSE_ID, frozenset(), "jti", 0)
    assert require_in_force(local_licence(), caller, NOW)


def test_the_local_secret_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    first = local_secret(home, "token.key")
    assert len(first) == SECRET_BYTES
    assert local_secret(home, "token.key") == first
    assert local_secret(home, "link.key") != first
    assert stat.S_IMODE((home / "token.key").stat().st_mode) == 0o600
    assert sorted(path.name for path in home.iterdir()) == ["link.key", "token.key"]


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: local_secret(tmp_path, "token.key"), range(32)))
    assert len(secrets) == 1


def test_an_exposed_or_damaged_secret_is_refused(tmp_path: Path) -> None:
    local_secret(tmp_path, "token.key")
    (tmp_path / "token.key").chmod(0o640)
    with pytest.raises(AtolyeError) as exposed:
        local_secret(tmp_path, "token.key")
    assert exposed.value.code == "ACCESS_SECRET_EXPOSED"
    (tmp_path / "link.key").touch(0o600)
    os.truncate(tmp_path / "link.key", 0)
    with pytest.raises(AtolyeError) as damaged:
        local_secret(tmp_path, "link.key")
    assert damaged.value.code == "ACCESS_SECRET_UNUSABLE"
    (tmp_path / "file").touch()
    with pytest.raises(AtolyeError) as impossible:
        local_secret(tmp_path / "file", "token.key")
    assert impossible.value.code == "ACCESS_SECRET_UNUSABLE"

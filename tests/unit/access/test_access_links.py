"""Signed links: they allow what they say, to whom they say, for as long as they say, and nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atolye.access.links import Grant, LinkSigner
from atolye.errors import AtolyeError

NOW = 1_800_000_000
GRANT = Grant("7", "v1", NOW + 900)


def signer(secret: bytes = b"s" * 32, now: float = NOW) -> LinkSigner:
    return LinkSigner(secret, clock=lambda: now)


def query_of(grant: Grant, by: LinkSigner | None = None) -> dict[str, str]:
    return dict(parse_qsl((by or signer()).query(grant)))


def refused(query: dict[str, str], *, at: float = NOW, **request: Any) -> str:
    given_ = {"artefact_id": "7", "method": "GET", "client": "192.0.2.7", **request}
    with pytest.raises(AtolyeError) as problem:
        signer(now=at).check(given_.pop("artefact_id"), query, **given_)
    assert problem.value.http_status == 403
    return problem.value.code


@pytest.mark.spec("11.62")
def test_a_link_holds_until_its_last_second_and_not_longer() -> None:
    query = query_of(GRANT)
    assert signer(now=NOW + 899.9).check("7", query, method="GET", client=None) == GRANT
    assert refused(query, at=NOW + 900) == "LINK_EXPIRED"


@pytest.mark.spec("11.31")
def test_a_link_lives_one_minute_to_one_day() -> None:
    assert signer().expiry(1) == NOW + 60
    assert signer().expiry(1440) == NOW + 86_400
    for minutes in (0, -5, 1441):
        with pytest.raises(AtolyeError) as problem:
            signer().expiry(minutes)
        assert problem.value.code == "LINK_TTL_INVALID"


@pytest.mark.spec("11.62", "11.32")
def test_a_get_link_allows_looking_and_a_head_link_only_looking() -> None:
    get, head = query_of(GRANT), query_of(replace(GRANT, method="HEAD"))
    for query, method in ((get, "GET"), (get, "HEAD"), (head, "HEAD")):
        assert signer().check("7", query, method=method, client=None)
    assert refused(head) == "LINK_CONSTRAINT"
    assert refused(get, method="DELETE") == "LINK_CONSTRAINT"


@pytest.mark.spec("11.62", "11.33")
@pytest.mark.parametrize(
    ("network", "client", "allowed"),
    [
        ("192.0.2.0/24", "192.0.2.255", True),
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.0/24", "192.0.3.1", False),
        ("192.0.2.0/24", "2001:db8::1", False),
        ("2001:db8::/32", "2001:db8::1", True),
        ("192.0.2.0/24", None, False),
        ("192.0.2.0/24", "not an address", False),
    ],
)
def test_a_network_constraint_is_honoured(network: str, client: str | None, allowed: bool) -> None:
    query = query_of(replace(GRANT, network=network))
    if allowed:
        assert signer().check("7", query, method="GET", client=client)
    else:
        assert refused(query, client=client) == "LINK_CONSTRAINT"


@pytest.mark.parametrize(
    "change",
    [
        {"expires": str(NOW + 10**6)}, {"method": "HEAD"}, {"disposition": "inline"},
        {"network": "0.0.0.0/0"}, {"content_type": "text/html"}, {"version": "v2"}, {"signature": ""},
        {"signature": "ä"},
        {"signature": "A" * 43}, {"expires": "９"}, {"expires": "-1"}, {"expires": "1e12"}, {"method": "PUT"},
        {"disposition": "x"},
    ],
)  # fmt: skip
def test_any_change_to_a_link_makes_it_invalid(change: dict[str, str]) -> None:
    assert refused({**query_of(GRANT), **change}) == "LINK_INVALID"


def test_a_constraint_cannot_be_taken_out_and_a_link_not_moved_to_another_file() -> None:
    query = query_of(replace(GRANT, network="192.0.2.0/24", content_type="model/stl", disposition="inline"))
    for name in ("network", "content_type", "disposition", "signature", "version", "expires", "method"):
        assert refused({key: value for key, value in query.items() if key != name}) == "LINK_INVALID"
    assert refused(query, artefact_id="8") == "LINK_INVALID"


@pytest.mark.spec("11.34")
def test_a_new_secret_calls_back_every_link() -> None:
    assert refused(query_of(GRANT, signer(b"t" * 32))) == "LINK_INVALID"


texts = st.text(max_size=12)
grants = st.builds(
    Grant,
    artefact_id=texts,
    version=texts,
    expires_at=st.integers(0, 10**12 - 1),
    method=st.sampled_from(["GET", "HEAD"]),
    disposition=st.sampled_from([None, "inline", "attachment"]),
    network=st.none() | texts,
    content_type=st.none() | texts,
)


@given(grants, grants)
def test_two_different_grants_never_share_a_signature(one: Grant, other: Grant) -> None:
    def signature(grant: Grant) -> str:
        return parse_qs(signer().query(grant))["signature"][0]

    assert (signature(one) == signature(other)) == (one == other)


def test_every_field_of_a_grant_is_signed() -> None:
    signatures = {parse_qs(signer().query(GRANT))["signature"][0]}
    changes: dict[str, Any] = {
        "artefact_id": "8", "version": "v2", "expires_at": NOW, "method": "HEAD", "disposition": "inline",
        "network": "192.0.2.0/24", "content_type": "model/stl",
    }  # fmt: skip
    assert set(changes) == {item.name for item in fields(Grant)}
    for name, value in changes.items():
        signatures.add(parse_qs(signer().query(replace(GRANT, **{name: value})))["signature"][0])
    assert len(signatures) == 1 + len(changes)

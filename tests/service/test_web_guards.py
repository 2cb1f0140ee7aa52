"""Who gets in: every route asks for a token, a licence and a scope, and says what is missing."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from tests.service.apihost import BLOCK, SECRET, Host, error_of

ROUTES = [
    ("POST", "/api/v1/designs", "models:write"),
    ("POST", "/api/v1/designs/params", "models:write"),
    ("POST", "/api/v1/designs/prompt", "models:write"),
    ("POST", "/api/v1/designs/upload", "models:write"),
    ("POST", "/api/v1/assemblies/a4", "models:write"),
    ("GET", "/api/v1/families", "models:read"),
    ("GET", "/api/v1/materials", "models:read"),
    ("GET", "/api/v1/jobs", "models:read"),
    ("GET", "/api/v1/jobs/some-job", "models:read"),
    ("GET", "/api/v1/jobs/some-job/artefacts", "models:read"),
    ("GET", "/api/v1/jobs/some-job/events", "models:read"),
    ("POST", "/api/v1/jobs/some-job/cancel", "models:write"),
    ("DELETE", "/api/v1/jobs/some-job", "models:write"),
]
every_route = pytest.mark.parametrize(("method", "path", "scope"), ROUTES)


def call(host: Host, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    body = {"json": BLOCK} if path.startswith(("/api/v1/designs", "/api/v1/assemblies")) else {}
    return host.client.request(method, path, headers=headers, **body)


def test_the_list_of_guarded_routes_is_complete(host: Host) -> None:
    document = host.client.get("/openapi.json").json()
    guarded = {
        (method.upper(), path.replace("{job_id}", "some-job"))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "security" in operation
    }
    assert guarded == {(method, path) for method, path, _ in ROUTES}


@pytest.mark.spec("01.01")
@every_route
def test_without_a_token_nothing_is_answered(host: Host, method: str, path: str, scope: str) -> None:
    answer = call(host, method, path, {})
    assert error_of(answer, 401)["code"] == "AUTH_TOKEN_MISSING"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="atolye"'


@pytest.mark.spec("01.01")
@every_route
def test_the_other_scope_is_not_enough(host: Host, method: str, path: str, scope: str) -> None:
    other = "models:read" if scope == "models:write" else "models:write"
    answer = call(host, method, path, host.guard.headers(host.guard.person(), other))
    assert error_of(answer, 403)["code"] == "SCOPE_MISSING"
    assert error_of(answer, 403)["details"]["scope"] == scope
    assert f'scope="{scope}"' in answer.headers["WWW-Authenticate"]


@pytest.mark.spec("01.01")
@every_route
def test_a_suspended_licence_closes_every_route(host: Host, method: str, path: str, scope: str) -> None:
    person = host.guard.person(status="suspended")
    answer = call(host, method, path, host.guard.headers(person))
    assert error_of(answer, 403)["code"] == "LICENCE_SUSPENDED"


def test_a_licence_that_ends_closes_the_door_at_that_moment(host: Host) -> None:
    end = datetime.fromtimestamp(host.guard.clock(), UTC)
    inside = host.guard.person(expires_at=end + timedelta(seconds=1))
    outside = host.guard.person(expires_at=end)
    assert host.client.get("/api/v1/families", headers=host.guard.headers(inside)).status_code == 200
    answer = host.client.get("/api/v1/families", headers=host.guard.headers(outside))
    assert error_of(answer, 403)["code"] == "LICENCE_EXPIRED"


def test_the_licence_of_another_tenant_does_not_count(host: Host) -> None:
    mine, theirs = host.guard.person(), host.guard.person()
    borrowed = dataclasses.replace(mine, license_id=theirs.license_id)
    answer = host.client.get("/api/v1/families", headers=host.guard.headers(borrowed))
    assert error_of(answer, 403)["code"] == "LICENCE_UNKNOWN"


@pytest.mark.spec("01.02")
def test_a_revoked_token_is_refused_at_once_and_others_of_the_user_are_not(host: Host) -> None:
    person = host.guard.person()
    first, second = host.guard.headers(person), host.guard.headers(person)
    assert host.client.get("/api/v1/families", headers=first).status_code == 200
    claims = jwt.decode(first["Authorization"][7:], options={"verify_signature": False})
    host.guard.revocations.revoke(claims["jti"], expires_at=claims["exp"])
    answer = host.client.get("/api/v1/families", headers=first)
    assert error_of(answer, 401)["code"] == "AUTH_TOKEN_REVOKED"
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert host.client.get("/api/v1/families", headers=second).status_code == 200


def signed(host: Host, **changes: Any) -> str:
    token = host.guard.token(host.guard.person())
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode({**claims, **changes}, SECRET, algorithm="HS256")


@pytest.mark.spec("01.01", "01.02")
@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "AUTH_TOKEN_MISSING"),
        ("Bearer", "AUTH_TOKEN_MISSING"),
        ("Basic YTpi", "AUTH_SCHEME_UNSUPPORTED"),
        ("Bearer x", "AUTH_TOKEN_MALFORMED"),
        ("Bearer a.b.c", "AUTH_TOKEN_MALFORMED"),
        ("Bearer " + "x" * 20_000, "AUTH_TOKEN_MALFORMED"),
        (("exp", 1), "AUTH_TOKEN_EXPIRED"),
        (("nbf", 2**37), "AUTH_TOKEN_NOT_YET_VALID"),
        (("aud", "other"), "AUTH_TOKEN_AUDIENCE"),
        (("iss", "other"), "AUTH_TOKEN_ISSUER"),
        (("user_id", "root"), "AUTH_TOKEN_CLAIM_INVALID"),
        (("jti", None), "AUTH_TOKEN_CLAIM_INVALID"),
    ],
    ids=str,
)
def test_each_kind_of_bad_token_has_its_own_code(
    host: Host, authorization: str | tuple[str, Any], code: str
) -> None:
    if isinstance(authorization, tuple):
        authorization = f"Bearer {signed(host, **dict([authorization]))}"
    answer = host.client.get("/api/v1/families", headers={"Authorization": authorization})
    assert error_of(answer, 401)["code"] == code


def test_a_token_is_never_taken_from_the_address_or_a_cookie(host: Host) -> None:
    token = host.guard.token(host.guard.person())
    answer = host.client.get(
        "/api/v1/families",
        params={"token": token, "access_token": token},
        headers={"Cookie": f"token={token}"},
    )
    assert error_of(answer, 401)["code"] == "AUTH_TOKEN_MISSING"


def test_guards_speak_before_the_body_is_looked_at(host: Host) -> None:
    answer = host.client.post("/api/v1/designs/params", content=b"{", headers={"Content-Type": "text/plain"})
    assert error_of(answer, 401)["code"] == "AUTH_TOKEN_MISSING"

"""How often: sliding windows per user, with the headers that let a client behave."""

from __future__ import annotations

import pytest

from atolye.access.models import Limits
from tests.service.apihost import Host, error_of

PROMPT = {"type": "prompt", "prompt": "a block 100 x 50 x 30 mm"}


@pytest.mark.spec("14.22", "01.01", "01.03")
def test_the_write_after_the_sixtieth_is_429_with_headers_that_are_true(host: Host) -> None:
    person, clock = host.guard.person(), host.guard.clock
    headers = host.guard.headers(person)
    began = clock.now
    for number in range(60):
        answer = host.client.post("/api/v1/jobs/none/cancel", headers=headers)
        assert answer.status_code == 404
        assert answer.headers["X-RateLimit-Limit"] == "60"
        assert answer.headers["X-RateLimit-Remaining"] == str(59 - number)
        assert answer.headers["X-RateLimit-Reset"] == str(int(began) + 60)
        assert "Retry-After" not in answer.headers
        clock.now += 0.5
    refused = host.client.post("/api/v1/jobs/none/cancel", headers=headers)
    assert error_of(refused, 429)["code"] == "RATE_LIMITED"
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["X-RateLimit-Reset"] == str(int(began) + 60)
    assert refused.headers["Retry-After"] == "30"
    clock.now += 29.9
    assert host.client.post("/api/v1/jobs/none/cancel", headers=headers).status_code == 429
    clock.now += 0.1  # exactly Retry-After later
    assert host.client.post("/api/v1/jobs/none/cancel", headers=headers).status_code == 404
    assert host.client.post("/api/v1/jobs/none/cancel", headers=headers).status_code == 429


@pytest.mark.spec("14.22", "01.03")
def test_prompts_have_a_limit_of_their_own_and_count_as_writes(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    for number in range(30):
        answer = host.client.post("/api/v1/designs/prompt", json=PROMPT, headers=headers)
        assert answer.status_code == 422  # it names no material; it counts all the same
        assert answer.headers["X-RateLimit-Remaining"] == str(29 - number)
        assert answer.headers["X-RateLimit-Limit"] == "30"
    for path in ("/api/v1/designs/prompt", "/api/v1/designs"):
        refused = host.client.post(path, json=PROMPT, headers=headers)
        assert error_of(refused, 429)["code"] == "RATE_LIMITED"
        assert refused.headers["X-RateLimit-Limit"] == "30"
        assert refused.headers["Retry-After"] == "60"
    answer = host.client.post("/api/v1/jobs/none/cancel", headers=headers)
    assert answer.status_code == 404
    assert int(answer.headers["X-RateLimit-Remaining"]) <= 29


def test_reads_are_counted_apart_from_writes(host: Host) -> None:
    headers = host.guard.headers(host.guard.person(limits=Limits(1, 1, 3)))
    assert host.client.post("/api/v1/jobs/none/cancel", headers=headers).status_code == 404
    assert host.client.post("/api/v1/jobs/none/cancel", headers=headers).status_code == 429
    statuses = [host.client.get("/api/v1/families", headers=headers).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_users_of_one_tenant_do_not_use_up_each_others_limits(host: Host) -> None:
    ada = host.guard.person(limits=Limits(1, 1, 1))
    bob = type(ada)(tenant_id=ada.tenant_id, license_id=ada.license_id)
    for person in (ada, bob):
        headers = host.guard.headers(person)
        statuses = [host.client.get("/api/v1/families", headers=headers).status_code for _ in range(2)]
        assert statuses == [200, 429]
    fresh_token = host.guard.headers(ada)
    assert host.client.get("/api/v1/families", headers=fresh_token).status_code == 429


def test_what_a_guard_refuses_is_not_counted(host: Host) -> None:
    person = host.guard.person(limits=Limits(1, 1, 1))
    for _ in range(3):
        assert (
            host.client.get(
                "/api/v1/families", headers=host.guard.headers(person, "models:write")
            ).status_code
            == 403
        )
    assert host.client.get("/api/v1/families", headers=host.guard.headers(person)).status_code == 200


def test_answers_before_the_count_carry_no_limit_headers(host: Host) -> None:
    for path in ("/api/v1/families", "/health", "/nowhere"):
        assert "X-RateLimit-Limit" not in host.client.get(path).headers


def test_a_message_of_the_limit_is_turkish_for_whoever_reads_turkish(host: Host) -> None:
    person = host.guard.person(limits=Limits(1, 1, 1))
    headers = {**host.guard.headers(person), "Accept-Language": "tr-TR"}
    host.client.get("/api/v1/families", headers=headers)
    body = error_of(host.client.get("/api/v1/families", headers=headers), 429)
    assert "60 saniye sonra yeniden deneyin" in body["message"]

"""Health, settings, measures, documentation, and what happens when something breaks."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from atolye.web.waiting import Waiters
from tests.service.apihost import BLOCK, Guard, Host, error_of


def test_health_says_whether_jobs_can_run(host: Host) -> None:
    answer = host.client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    with host.sibling(engine_health=lambda: {"status": "failed", "error": "gone"}) as broken:
        answer = broken.client.get("/health")
        assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
        assert broken.client.get("/health/freecad").json() == {"status": "failed", "error": "gone"}


@pytest.mark.spec("05.09")
def test_the_engines_health_is_served_as_it_is(host: Host) -> None:
    state = {
        "status": "ok", "freecad_version": "1.1.3", "python_version": "3.14.0",
        "packages": {"numpy": "2.3.4", "psutil": "7.1.0"},
    }  # fmt: skip
    with host.sibling(engine_health=lambda: state) as other:
        answer = other.client.get("/health/freecad")
    assert (answer.status_code, answer.json()) == (200, state)


def test_settings_are_open_in_development_and_for_operators_elsewhere(host: Host) -> None:
    answer = host.client.get("/health/config")
    assert answer.status_code == 200
    assert answer.json()["settings"]["enable_assembly4"] is True
    person = host.guard.person()
    with host.sibling(environment="prod") as other:
        path = "/health/config"
        assert error_of(other.client.get(path), 401)["code"] == "AUTH_TOKEN_MISSING"
        user = other.client.get(path, headers=host.guard.headers(person))
        assert error_of(user, 403)["details"]["scope"] == "service:operate"
        operator = other.client.get(path, headers=host.guard.headers(person, "service:operate"))
        assert operator.status_code == 200


def test_no_secret_is_on_any_open_page(host: Host) -> None:
    pages = "".join(host.client.get(path).text for path in ("/health", "/health/config", "/metrics", "/docs"))
    for secret in host.secrets:
        assert secret not in pages


def test_measures_name_routes_and_never_addresses(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    host.client.get("/api/v1/jobs/private-job-name", headers=headers)
    host.client.get("/made/up/address")
    host.client.request("BREW", "/health")
    page = host.client.get("/metrics")
    assert page.headers["Content-Type"].startswith("text/plain")
    assert re.search(
        r'atolye_http_requests_total\{method="GET",route="/api/v1/jobs/\{job_id\}",status="404"\} [1-9]',
        page.text,
    )
    assert 'method="GET",route="unmatched",status="404"' in page.text
    assert 'method="other"' in page.text
    for private in ("private-job-name", "made/up", "BREW"):
        assert private not in page.text


def test_the_documentation_needs_no_other_server_and_names_every_address(host: Host) -> None:
    for language, title in (("tr", "Atölye API'si"), ("en", "The Atölye API")):
        page = host.client.get("/docs", headers={"Accept-Language": language})
        assert f"<title>{title}</title>" in page.text
        assert "<script" not in page.text
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
        for path in host.client.get("/openapi.json").json()["paths"]:
            assert path in page.text


class Explosive:
    """A job service in which everything goes wrong in a way nobody thought of."""

    def __getattr__(self, name: str) -> object:
        raise ZeroDivisionError("secret detail 4711")


@pytest.mark.spec("12.95", "12.96")
def test_the_unexpected_is_500_in_the_usual_form_without_details(host: Host) -> None:
    with host.sibling(jobs=Explosive()) as broken:
        answer = broken.client.get(
            "/api/v1/jobs",
            headers={**host.guard.headers(host.guard.person()), "X-Request-ID": "trace-me"},
        )
        body = error_of(answer, 500)
        assert (body["code"], body["request_id"]) == ("INTERNAL_ERROR", "trace-me")
        assert "4711" not in answer.text
        assert "ZeroDivision" not in answer.text
        assert broken.client.get("/health").status_code == 200  # the app lives on


def test_links_begin_with_the_public_address_when_there_is_one(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    with host.sibling(public_url="https://cad.example/base/") as other:
        accepted = other.client.post("/api/v1/designs/params", json=BLOCK, headers=headers)
    assert accepted.headers["Location"].startswith("https://cad.example/base/api/v1/jobs/")


def test_an_installation_may_speak_turkish_by_default(host: Host) -> None:
    with host.sibling(language="tr") as other:
        answer = other.client.get("/nowhere")
        assert answer.headers["Content-Language"] == "tr"
        assert answer.json()["message"] == "Bu adreste bir şey yok: /nowhere"
        assert (
            other.client.get("/nowhere", headers={"Accept-Language": "en"})
            .json()["message"]
            .startswith("There")
        )


def test_access_that_may_block_is_decided_in_a_thread_with_the_same_outcome(host: Host) -> None:
    seen: list[str] = []
    remote = Guard(inline=False, asked=seen.append)
    with host.sibling(access=remote.access) as other:
        headers = remote.headers(remote.person())
        assert other.client.get("/api/v1/families", headers=headers).status_code == 200
        assert error_of(other.client.get("/api/v1/families"), 401)["code"] == "AUTH_TOKEN_MISSING"
    assert len(seen) == 1
    assert "worker" in seen[0].lower()


def test_when_all_waiting_places_are_taken_the_next_is_answered_at_once(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    host.engine.gate.clear()
    job = host.client.post("/api/v1/designs/params", json=BLOCK, headers=headers).json()["links"]["self"]
    with host.sibling() as other:
        other.app.state.waiters = Waiters(most=1)
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(
                httpx.get, f"{other.client.base_url}{job}?wait=20", headers=headers, timeout=30
            )
            time.sleep(0.5)
            began = time.monotonic()
            assert other.client.get(job, params={"wait": 20}, headers=headers).json()["state"] == "running"
            assert time.monotonic() - began < 2
            assert not first.done()
            host.engine.gate.set()
            assert first.result(timeout=20).json()["state"] == "succeeded"

"""Versions, languages, ids and headers: what every answer has, errors included."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest

from atolye.web.negotiation import JSON, VERSIONED_JSON, media_type
from tests.service.apihost import Host, error_of

VND = VERSIONED_JSON


@pytest.mark.spec("01.04")
@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON), ("", JSON), ("*/*", JSON), ("application/*", JSON), ("application/json", JSON),
        ("application/json; version=1", JSON), ('application/json;version="1"', JSON),
        ("APPLICATION/JSON", JSON),
        (VND, VND), (f"{VND};q=0.9, application/json;q=0.1", VND), (f"text/html, {VND}", VND),
        (f"application/json;q=0, {VND}", VND), (f"{VND};q=0, */*", JSON),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        ("application/json; version=2, application/json; version=1", JSON),
        ("application/json; version=2", None), ("application/vnd.designs.v2+json", None), ("text/html", None),
        ("application/json;q=0", None), ("application/json;q=2", None), ("application/json;q=x", None),
        ("*/*;version=3", None), (";;;", None), ("image/*", None),
    ],
)  # fmt: skip
def test_the_answers_media_type_follows_the_accept_header(accept: str | None, expected: str | None) -> None:
    assert media_type(accept) == expected


@pytest.mark.spec("01.04")
def test_an_unsupported_version_is_406_and_answers_name_their_version(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    for accept in ("application/json; version=2", "application/vnd.designs.v9+json", "text/html"):
        answer = host.client.get("/api/v1/families", headers={**headers, "Accept": accept})
        assert error_of(answer, 406)["code"] == "API_VERSION_NOT_ACCEPTABLE"
    for accept in ("application/json; version=1", VND, "*/*"):
        answer = host.client.get("/api/v1/families", headers={**headers, "Accept": accept})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == (VND if accept == VND else JSON)


@pytest.mark.spec("01.04", "12.95")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200), ("GET", "/metrics", 200), ("GET", "/docs", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/nowhere", 404), ("GET", "/api/v1/nowhere", 404), ("GET", "/api/v1/jobs/", 404),
        ("PUT", "/api/v1/jobs", 405), ("POST", "/health", 405), ("GET", "/api/v1/families", 401),
        ("TRACE", "/api/v1/families", 405), ("OPTIONS", "/api/v1/families", 405),
    ],
)  # fmt: skip
def test_every_answer_has_version_id_language_and_security_headers(
    host: Host, method: str, path: str, status: int
) -> None:
    answer = host.client.request(method, path)
    assert answer.headers["API-Version"] == "1"
    assert str(uuid.UUID(answer.headers["X-Request-ID"])) == answer.headers["X-Request-ID"]
    assert answer.headers["Content-Language"] == "en"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"Accept", "Accept-Language"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
    if status >= 400:
        error_of(answer, status)
    else:
        assert answer.status_code == status
    if status == 405:
        assert method not in answer.headers["Allow"]


@pytest.mark.spec("12.95")
def test_a_harmless_request_id_is_kept_and_an_odd_one_replaced(host: Host) -> None:
    for given in ("abc-123", "0b8f6f5e-6a52-4c55-9f3a-4a4f6c1f7d11", "A.b_c-9", "x" * 64):
        answer = host.client.get("/nowhere", headers={"X-Request-ID": given})
        assert answer.headers["X-Request-ID"] == error_of(answer, 404)["request_id"] == given
    for given in ("", "x" * 65, "a b", "a\tb", "<script>", "ü", "a;b", "%0d%0aSet-Cookie:x"):
        answer = host.client.get("/nowhere", headers={"X-Request-ID": given.encode("latin-1")})
        assert answer.headers["X-Request-ID"] != given
        assert str(uuid.UUID(answer.headers["X-Request-ID"])) == error_of(answer, 404)["request_id"]


@pytest.mark.spec("11.64")
def test_messages_come_in_the_language_of_accept_language(host: Host) -> None:
    expired = "/api/v1/artefacts/1/download?expires=1&method=GET&signature=x&version=x"
    for header, field in (("tr-TR", "message_tr"), ("en", "message_en"), ("de", "message_en")):
        for path in ("/nowhere", "/api/v1/families", expired):
            answer = host.client.get(path, headers={"Accept-Language": header})
            body = error_of(answer, answer.status_code)
            assert body["message"] == body[field]
            assert answer.headers["Content-Language"] == field[-2:]
            assert body["message_tr"] != body["message_en"]


@pytest.mark.spec("12.95", "12.94")
def test_an_error_has_the_fields_of_the_specification_and_no_others(host: Host) -> None:
    body = error_of(host.client.get("/api/v1/families"), 401)
    assert set(body) == {
        "code", "http_status", "message", "message_tr", "message_en", "details", "suggestions",
        "remediation_links", "request_id", "job_id",
    }  # fmt: skip
    assert body["details"]["component"] == "access"
    assert all(set(item) == {"tr", "en"} for item in body["suggestions"])
    assert all(set(item) == {"title", "url"} for item in body["remediation_links"])


@pytest.mark.spec("12.96")
def test_what_a_caller_sends_comes_back_without_personal_data(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    answer = host.client.get("/api/v1/ada.lovelace@example.com", headers=headers)
    assert "ada.lovelace" not in answer.text
    body = {"type": "prompt", "ada.lovelace@example.com": 1, "prompt": "x"}
    answer = host.client.post("/api/v1/designs/prompt", json=body, headers=headers)
    assert error_of(answer, 422)["code"] == "REQUEST_FIELD_UNKNOWN"
    assert "ada.lovelace" not in str(answer.json()["details"])


@pytest.mark.spec("12.95")
def test_every_code_that_the_web_and_access_parts_raise_is_catalogued() -> None:
    from atolye.errors import catalogue

    source = Path(__file__).parents[2] / "src" / "atolye"
    files = [*source.glob("web/*.py"), *source.glob("access/*.py"), *source.glob("*/routes.py")]
    raised = {
        code
        for path in files
        for code in re.findall(r'AtolyeError\(\s*"([A-Z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(raised) > 30
    assert raised <= set(catalogue())

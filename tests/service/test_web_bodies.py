"""What may be in a request: JSON of a sane size and shape, and nothing that crashes or is read two ways."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.service.apihost import BLOCK, Host, error_of

PARAMS = "/api/v1/designs/params"


def post(host: Host, content: bytes, content_type: str | None = "application/json", **more: str) -> Any:
    headers = {**host.guard.headers(host.guard.person()), **more}
    if content_type is not None:
        headers["Content-Type"] = content_type
    return host.client.post(PARAMS, content=content, headers=headers)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "REQUEST_NOT_JSON"),
        (b"{", 400, "REQUEST_NOT_JSON"),
        (b'{"length": 1,}', 400, "REQUEST_NOT_JSON"),
        (b'{"length": NaN}', 400, "REQUEST_NOT_JSON"),
        (b'{"length": Infinity}', 400, "REQUEST_NOT_JSON"),
        (b'{"length": -Infinity}', 400, "REQUEST_NOT_JSON"),
        (b'{"length": "\xff"}', 400, "REQUEST_NOT_JSON"),
        (b"\x00\x01\x02", 400, "REQUEST_NOT_JSON"),
        (b'{"length": ' + b"9" * 5000 + b"}", 400, "REQUEST_NOT_JSON"),
        (b'{"length": 1, "length": 2}', 422, "REQUEST_DUPLICATE_KEY"),
        (b'{"type": "params", "type": "prompt"}', 422, "REQUEST_DUPLICATE_KEY"),
        (b"[]", 422, "REQUEST_NOT_OBJECT"),
        (b'"text"', 422, "REQUEST_NOT_OBJECT"),
        (b"null", 422, "REQUEST_NOT_OBJECT"),
        (b'{"a": ' * 10_000 + b"1" + b"}" * 10_000, 422, "REQUEST_TOO_DEEP"),
        (b"[" * 10_000, 422, "REQUEST_TOO_DEEP"),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", 422, "REQUEST_TOO_DEEP"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_bodies_that_are_not_plain_json_objects_are_refused(
    host: Host, content: bytes, status: int, code: str
) -> None:
    assert error_of(post(host, content), status)["code"] == code


@pytest.mark.parametrize("number", ["1e308", "1e400", "-1e308", "-0.0", "1e-320"])
def test_numbers_at_the_edge_are_an_answer_not_a_crash(host: Host, number: str) -> None:
    content = json.dumps(BLOCK).replace("100", number).encode()
    answer = post(host, content)
    assert error_of(answer, answer.status_code)["http_status"] in (400, 422)


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "application/json; charset=utf-16", "application/json; version=2", "application/xml", "json", ";",
     "application/vnd.designs.v2+json"],
)  # fmt: skip
def test_other_content_types_are_415(host: Host, content_type: str | None) -> None:
    assert (
        error_of(post(host, json.dumps(BLOCK).encode(), content_type), 415)["code"] == "REQUEST_CONTENT_TYPE"
    )


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", 'application/json; charset="UTF-8"',
     "Application/JSON;version=1", "application/vnd.designs.v1+json"],
)  # fmt: skip
def test_json_by_any_of_its_names_is_read(host: Host, content_type: str) -> None:
    assert post(host, json.dumps(BLOCK).encode(), content_type).status_code == 202


def test_compressed_bodies_are_refused_so_that_no_bomb_is_unpacked(host: Host) -> None:
    answer = post(host, b"\x1f\x8b", **{"Content-Encoding": "gzip"})
    assert error_of(answer, 415)["code"] == "REQUEST_CONTENT_TYPE"


def raw_socket(host: Host) -> socket.socket:
    address = urlsplit(str(host.client.base_url))
    return socket.create_connection((address.hostname, address.port), timeout=10)


def test_an_announced_hundred_megabytes_are_refused_before_a_byte_of_them_is_sent(host: Host) -> None:
    token = host.guard.token(host.guard.person())
    with raw_socket(host) as connection:
        connection.sendall(
            f"POST {PARAMS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {100 * 2**20}\r\n\r\n".encode()
        )
        answer = connection.makefile("rb").read()  # to the end: the server closes the connection
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"REQUEST_TOO_LARGE"' in answer


def test_an_endless_body_is_cut_off_at_the_limit(host: Host) -> None:
    token, sent = host.guard.token(host.guard.person()), 0
    with raw_socket(host) as connection:
        connection.sendall(
            f"POST {PARAMS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        )
        with contextlib.suppress(ConnectionError):
            for _ in range(1600):  # 100 MB
                connection.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
                sent += 65_536
    assert sent < 16 * 2**20  # the limit of 1 MiB and what the two kernels buffer


def test_a_body_that_grows_beyond_the_limit_is_413(host: Host) -> None:
    headers = {**host.guard.headers(host.guard.person()), "Content-Type": "application/json"}
    chunks = iter([b'{"a": "', *[b"x" * 65_536] * 17])  # 1 MiB and a little, without a Content-Length
    answer = host.client.post(PARAMS, content=chunks, headers=headers)
    assert error_of(answer, 413)["code"] == "REQUEST_TOO_LARGE"


def test_a_body_of_exactly_the_limit_is_read_and_one_byte_more_is_not(host: Host) -> None:
    limit = host.services.options.max_request_bytes
    text = json.dumps(BLOCK).encode()
    assert post(host, text + b" " * (limit - len(text))).status_code == 202
    assert error_of(post(host, text + b" " * (limit - len(text) + 1)), 413)["details"]["component"]


def test_a_body_that_never_comes_ends_in_408(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atolye.web.bodies.BODY_TIMEOUT_S", 0.2)
    token = host.guard.token(host.guard.person())
    began = time.monotonic()
    with raw_socket(host) as connection:
        connection.sendall(
            f"POST {PARAMS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            'Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{"a'.encode()
        )
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - began < 5


@pytest.mark.spec("01.05")
@pytest.mark.parametrize(
    ("path", "body", "code", "field"),
    [
        ("/api/v1/designs", {}, "REQUEST_FIELD_MISSING", "type"),
        ("/api/v1/designs", {"type": "blob"}, "REQUEST_FIELD_CHOICE", "type"),
        ("/api/v1/designs", {"type": 7}, "REQUEST_FIELD_CHOICE", "type"),
        ("/api/v1/designs", {"type": None}, "REQUEST_FIELD_CHOICE", "type"),
        (PARAMS, {"type": "prompt", "prompt": "x"}, "REQUEST_FIELD_CHOICE", "type"),
        ("/api/v1/designs/prompt", {}, "PROMPT_OR_SCRIPT", "prompt"),
        ("/api/v1/designs/prompt", {"prompt": ""}, "REQUEST_FIELD_RANGE", "prompt"),
        ("/api/v1/designs/prompt", {"prompt": 7}, "REQUEST_FIELD_TYPE", "prompt"),
        ("/api/v1/designs/prompt", {"prompt": "x", "units": "parsec"}, "REQUEST_FIELD_CHOICE", "units"),
        ("/api/v1/designs/prompt", {"prompt": "x", "colour": 1}, "REQUEST_FIELD_UNKNOWN", "colour"),
        ("/api/v1/designs/upload", {}, "REQUEST_FIELD_MISSING", "source"),
        ("/api/v1/designs/upload", {"source": {}}, "REQUEST_FIELD_MISSING", "source.key"),
        ("/api/v1/designs/upload", {"source": {"key": "k", "sha256": "x"}},
         "REQUEST_FIELD_FORMAT", "source.sha256"),
        ("/api/v1/assemblies/a4", {}, "REQUEST_FIELD_FORMAT", "body"),
        ("/api/v1/assemblies/a4", {"parts": []}, "REQUEST_FIELD_RANGE", "parts"),
        ("/api/v1/assemblies/a4", {"parts": [7]}, "REQUEST_FIELD_TYPE", "parts[0]"),
        ("/api/v1/assemblies/a4", {"parts": [{}], "components": [{}]}, "REQUEST_FIELD_FORMAT", "body"),
    ],
)  # fmt: skip
def test_the_union_is_checked_with_the_fields_path(
    host: Host, path: str, body: dict[str, Any], code: str, field: str
) -> None:
    answer = host.client.post(path, json=body, headers=host.guard.headers(host.guard.person()))
    error = error_of(answer, 422)
    assert (error["code"], error["details"]["field"]) == (code, field)


def test_several_mistakes_are_told_at_once(host: Host) -> None:
    body = {"prompt": 7, "colour": 1, "units": "x"}
    answer = host.client.post(
        "/api/v1/designs/prompt", json=body, headers=host.guard.headers(host.guard.person())
    )
    error = error_of(answer, 422)
    assert error["code"] == "REQUEST_INVALID"
    assert {item["field"] for item in error["details"]["errors"]} == {"prompt", "colour", "units"}


VALID = {
    "prompt": ("/api/v1/designs/prompt", {"prompt": "a block 100 x 50 x 30"}),
    "upload": ("/api/v1/designs/upload", {"source": {"key": "uploads/a.step"}}),
    "a4": ("/api/v1/assemblies/a4", {"parts": [{"id": "a"}]}),
}


@pytest.mark.parametrize("kind", sorted(VALID.keys() - {"prompt"}))
def test_flows_that_do_not_work_yet_say_so_after_checking(host: Host, kind: str) -> None:
    path, body = VALID[kind]
    for address, sent in (
        (path, body),
        (path, {**body, "type": kind}),
        ("/api/v1/designs", {**body, "type": kind}),
    ):
        if (address, kind) == ("/api/v1/designs", "a4"):
            pass  # assemblies are designs too
        answer = host.client.post(address, json=sent, headers=host.guard.headers(host.guard.person()))
        assert error_of(answer, 501)["details"]["flow"] == kind


@pytest.mark.parametrize("kind", ["params", *sorted(VALID)])
def test_a_flow_that_is_switched_off_is_403_by_either_address(host_without_flows: Host, kind: str) -> None:
    host = host_without_flows
    path, body = VALID.get(kind, (PARAMS, BLOCK))
    for address in (path, "/api/v1/designs"):
        answer = host.client.post(
            address, json={**body, "type": kind}, headers=host.guard.headers(host.guard.person())
        )
        error = error_of(answer, 403)
        assert error["code"] == "FEATURE_DISABLED"
        assert error["details"]["flag"].startswith("ENABLE_")

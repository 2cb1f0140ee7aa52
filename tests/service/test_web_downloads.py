"""Downloads by signed links: right bytes, right headers, parts, expiry, constraints."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from tests.service.apihost import BLOCK, Host, error_of


def artefacts(host: Host, **parameters: Any) -> dict[str, dict[str, Any]]:
    """The artefacts of a new job by kind."""
    headers = host.guard.headers(host.guard.person())
    accepted = host.client.post("/api/v1/designs/params", json=BLOCK, headers=headers).json()
    job = host.client.get(accepted["links"]["self"], params={"wait": 30}, headers=headers).json()
    assert job["state"] == "succeeded", job["error"]
    answer = host.client.get(accepted["links"]["artefacts"], params=parameters, headers=headers)
    assert answer.status_code == 200, answer.text
    return {artefact["kind"]: artefact for artefact in answer.json()["artefacts"]}


def with_query(link: str, **changes: str | None) -> str:
    parts = urlsplit(link)
    query = {**dict(parse_qsl(parts.query)), **changes}
    return parts._replace(query=urlencode({k: v for k, v in query.items() if v is not None})).geturl()


@pytest.mark.spec("11.31", "11.61")
def test_every_artefact_comes_whole_without_a_token(host: Host) -> None:
    types = {
        "model.fcstd": ("application/zip", "attachment"), "solid.step": ("model/step", "attachment"),
        "mesh.stl": ("model/stl", "attachment"), "preview.glb": ("model/gltf-binary", "attachment"),
        "picture.png": ("image/png", "inline"), "provenance.json": ("application/json", "attachment"),
    }  # fmt: skip
    found = artefacts(host)
    assert set(types) <= set(found)
    for kind, artefact in found.items():
        answer = host.client.get(artefact["download"]["href"])
        assert answer.status_code == 200
        assert hashlib.sha256(answer.content).hexdigest() == artefact["sha256"]
        assert len(answer.content) == artefact["size_bytes"] == int(answer.headers["Content-Length"])
        assert answer.headers["ETag"] == f'"{artefact["sha256"]}"'
        content_type, disposition = types.get(kind, (artefact["content_type"], "attachment"))
        assert answer.headers["Content-Type"] == content_type
        assert answer.headers["Content-Disposition"].startswith(
            f'{disposition}; filename="{artefact["name"]}"'
        )
        assert "sandbox" in answer.headers["Content-Security-Policy"]  # a picture may be an SVG


@pytest.mark.spec("11.62", "11.32")
def test_looking_with_head_tells_the_same_headers_without_the_bytes(host: Host) -> None:
    step = artefacts(host)["solid.step"]
    got = host.client.get(step["download"]["href"])
    for link in (step["download"]["href"], step["head"]["href"]):
        looked = host.client.head(link)
        assert (looked.status_code, looked.content) == (200, b"")
        for name in ("Content-Length", "Content-Type", "Content-Disposition", "ETag", "Accept-Ranges"):
            assert looked.headers[name] == got.headers[name]
    assert error_of(host.client.get(step["head"]["href"]), 403)["code"] == "LINK_CONSTRAINT"


@pytest.mark.spec("11.62", "11.31")
def test_links_expire_as_configured_and_as_asked(host: Host) -> None:
    clock = host.guard.clock
    usual, short = artefacts(host)["solid.step"], artefacts(host, ttl_minutes=1)["solid.step"]
    clock.now += 59
    assert host.client.get(short["download"]["href"]).status_code == 200
    clock.now += 1
    answer = host.client.get(short["download"]["href"], headers={"Accept-Language": "tr-TR"})
    assert error_of(answer, 403)["code"] == "LINK_EXPIRED"
    assert answer.json()["message"] == "İmzalı bağlantı geçersiz veya süresi dolmuş."
    assert host.client.head(short["head"]["href"]).status_code == 403
    assert host.client.get(usual["download"]["href"]).status_code == 200
    clock.now += 15 * 60
    assert error_of(host.client.get(usual["download"]["href"]), 403)["code"] == "LINK_EXPIRED"


@pytest.mark.spec("11.62", "11.33")
def test_constraints_on_network_and_type_hold(host: Host) -> None:
    near = artefacts(host, network="127.0.0.0/8")["solid.step"]
    far = artefacts(host, network="192.0.2.0/24")["solid.step"]
    assert host.client.get(near["download"]["href"]).status_code == 200
    assert error_of(host.client.get(far["download"]["href"]), 403)["code"] == "LINK_CONSTRAINT"
    assert parse_qs(urlsplit(near["download"]["href"]).query)["content_type"] == ["model/step"]


def test_a_forwarded_address_that_the_caller_writes_himself_does_not_count(host: Host) -> None:
    far = artefacts(host, network="192.0.2.0/24")["solid.step"]
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        answer = host.client.get(far["download"]["href"], headers={name: "192.0.2.1"})
        assert error_of(answer, 403)["code"] == "LINK_CONSTRAINT"


def test_a_changed_link_is_refused_and_never_tells_whether_a_file_exists(host: Host) -> None:
    link = artefacts(host)["solid.step"]["download"]["href"]
    for changes in ({"expires": "9999999999"}, {"signature": "x"}, {"version": "x"}, {"content_type": None}):
        assert error_of(host.client.get(with_query(link, **changes)), 403)["code"] == "LINK_INVALID"
    moved = urlsplit(link)
    for other in ("1", "999999", "x"):
        path = moved.path.rsplit("/", 2)[0] + f"/{other}/download"
        if path != moved.path:
            assert (
                error_of(host.client.get(moved._replace(path=path).geturl()), 403)["code"] == "LINK_INVALID"
            )
    assert error_of(host.client.get(moved._replace(query="").geturl()), 422)


@pytest.mark.parametrize(
    ("wanted", "status", "first", "last"),
    [
        ("bytes=0-9", 206, 0, 9), ("bytes=5-", 206, 5, None), ("bytes=-7", 206, -7, None),
        ("bytes=0-999999", 206, 0, None), ("bytes=-999999", 206, 0, None), ("bytes=3-3", 206, 3, 3),
        ("bytes=9-5", 200, 0, None), ("bytes=0-1,4-5", 200, 0, None), ("lines=0-1", 200, 0, None),
        ("bytes=", 200, 0, None), ("bytes=-", 200, 0, None), ("bytes=a-b", 200, 0, None),
    ],
)  # fmt: skip
def test_parts_of_a_file_are_exactly_those_bytes(
    host: Host, wanted: str, status: int, first: int, last: int | None
) -> None:
    link = artefacts(host)["solid.step"]["download"]["href"]
    whole = host.client.get(link).content
    answer = host.client.get(link, headers={"Range": wanted})
    assert answer.status_code == status
    expected = whole[first:] if last is None else whole[first : last + 1]
    assert answer.content == expected
    assert int(answer.headers["Content-Length"]) == len(expected)
    if status == 206:
        start = first if first >= 0 else len(whole) + first
        assert answer.headers["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(whole)}"


def test_a_range_outside_and_a_version_unchanged(host: Host) -> None:
    step = artefacts(host)["solid.step"]
    link, size = step["download"]["href"], step["size_bytes"]
    answer = host.client.get(link, headers={"Range": f"bytes={size}-"})
    assert error_of(answer, 416)["code"] == "RANGE_NOT_SATISFIABLE"
    assert answer.headers["Content-Range"] == f"bytes */{size}"
    assert host.client.get(link, headers={"Range": "bytes=-0"}).status_code == 416
    for tag in (f'"{step["sha256"]}"', f'W/"{step["sha256"]}"', '"x", *'):
        same = host.client.get(link, headers={"If-None-Match": tag})
        assert (same.status_code, same.content) == (304, b"")
        assert host.client.head(link, headers={"If-None-Match": tag}).status_code == 304
    assert host.client.get(link, headers={"If-None-Match": '"other"'}).status_code == 200
    whole = host.client.get(link, headers={"Range": "bytes=0-4", "If-Range": '"other"'})
    assert (whole.status_code, len(whole.content)) == (200, size)
    part = host.client.get(link, headers={"Range": "bytes=0-4", "If-Range": f'"{step["sha256"]}"'})
    assert (part.status_code, len(part.content)) == (206, 5)


@pytest.mark.parametrize(
    "parameters",
    [{"ttl_minutes": 0}, {"ttl_minutes": 1441}, {"ttl_minutes": "x"}, {"disposition": "evil"},
     {"network": "everywhere"}, {"network": "1.2.3.4/99"}],
    ids=str,
)  # fmt: skip
def test_odd_wishes_for_links_are_refused(host: Host, parameters: dict[str, Any]) -> None:
    headers = host.guard.headers(host.guard.person())
    answer = host.client.get("/api/v1/jobs/none/artefacts", params=parameters, headers=headers)
    assert error_of(answer, 422)["details"]["field"].startswith("query.")


@pytest.mark.spec("11.31")
def test_a_browser_can_be_told_to_show_instead_of_save(host: Host) -> None:
    for disposition in ("inline", "attachment"):
        for artefact in artefacts(host, disposition=disposition).values():
            answer = host.client.head(artefact["download"]["href"])
            assert answer.headers["Content-Disposition"].startswith(f"{disposition};")

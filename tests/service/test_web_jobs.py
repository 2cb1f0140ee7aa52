"""Jobs over HTTP: asking once, waiting, looking, stopping, deleting, and never another tenant's."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.service.apihost import BLOCK, Host, error_of

PARAMS = "/api/v1/designs/params"
TWIN = {
    "parça": "block_with_hole", "uzunluk": "10 cm", "genişlik": "50", "yükseklik": "30,0 mm",
    "delik çapı": 10,
    "malzeme": "alüminyum",
}  # fmt: skip


def submit(
    host: Host, headers: dict[str, str], body: dict[str, Any] | None = None, **more: str
) -> httpx.Response:
    return host.client.post(PARAMS, json=BLOCK if body is None else body, headers={**headers, **more})


def finished(host: Host, headers: dict[str, str], body: dict[str, Any] | None = None) -> dict[str, Any]:
    accepted = submit(host, headers, body)
    assert accepted.status_code == 202, accepted.text
    answer = host.client.get(accepted.headers["Location"], params={"wait": 30}, headers=headers)
    made: dict[str, Any] = answer.json()
    assert made["state"] in ("succeeded", "failed", "cancelled")
    return made


@pytest.mark.spec("01.01")
def test_an_accepted_request_names_its_job_and_itself_and_becomes_a_model(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    accepted = submit(host, headers, **{"X-Request-ID": "my-request"})
    assert accepted.status_code == 202
    body = accepted.json()
    assert body["request_id"] == accepted.headers["X-Request-ID"] == "my-request"
    assert body["state"] in ("queued", "running", "succeeded")
    assert accepted.headers["Location"] == body["links"]["self"] == f"/api/v1/jobs/{body['job_id']}"
    assert "Idempotency-Replayed" not in accepted.headers
    job = host.client.get(body["links"]["self"], params={"wait": 30}, headers=headers).json()
    assert job["state"] == "succeeded"
    assert job["request_sha256"] == body["request_sha256"]
    assert job["request"]["parameters"]["length"] == 100
    assert job["error"] is None
    for name in ("artefacts", "events"):
        assert host.client.get(body["links"][name], headers=headers).status_code == 200


@pytest.mark.spec("01.05")
def test_the_turkish_twin_with_units_is_the_same_request(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    twin = {key: value for key, value in TWIN.items() if key != "parça"}
    english, turkish = submit(host, headers), submit(host, headers, twin)
    assert turkish.status_code == 202, turkish.text
    assert english.json()["request_sha256"] == turkish.json()["request_sha256"]


@pytest.mark.spec("01.05")
@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"length": 0}, 422, "length"),
        ({"length": -5}, 422, "length"),
        ({"length": "5 parsec"}, 422, "length"),
        ({"units": "parsec"}, 422, "units"),
        ({"material": "unobtainium"}, 422, "material"),
        ({"lenght": 5}, 422, "lenght"),
        ({"length": "1,234"}, 425, "length"),
        ({"process": "injection_molding", "material": "steel"}, 409, None),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_request_is_said_at_once(
    host: Host, change: dict[str, Any], status: int, field: str | None
) -> None:
    headers = host.guard.headers(host.guard.person())
    answer = submit(host, headers, {**BLOCK, **change})
    error = error_of(answer, status)
    assert error["job_id"] is None
    if field is not None:
        named = [error["details"].get("field"), *(e["field"] for e in error["details"].get("errors", ()))]
        assert field in named
    assert host.client.get("/api/v1/jobs", headers=headers).json()["jobs"] == []


def test_a_job_that_fails_later_is_200_with_the_error_in_it(host: Host) -> None:
    host.engine.code = "FC_BOOLEAN_FAILED"
    job = finished(host, host.guard.headers(host.guard.person()))
    assert job["state"] == "failed"
    assert (job["error"]["code"], job["error"]["http_status"]) == ("FC_BOOLEAN_FAILED", 422)
    assert job["error"]["job_id"] == job["job_id"]


# ---- idempotency -----------------------------------------------------------------------------------


@pytest.mark.spec("01.01", "14.21")
def test_the_same_key_with_the_same_body_is_the_same_job_and_with_another_409(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    first = submit(host, headers, **{"Idempotency-Key": "k-1"})
    spaced = dict(reversed(BLOCK.items()))  # the same meaning, other bytes
    again = submit(host, headers, spaced, **{"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json()["job_id"] == first.json()["job_id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    other = submit(host, headers, {**BLOCK, "length": 101}, **{"Idempotency-Key": "k-1"})
    assert error_of(other, 409)["code"].startswith("IDEMPOTENCY")
    assert submit(host, headers, **{"Idempotency-Key": "k-2"}).json()["job_id"] != first.json()["job_id"]


def test_keys_belong_to_a_user_and_only_an_accepted_job_takes_one(host: Host) -> None:
    ada, bob = (host.guard.headers(host.guard.person()) for _ in range(2))
    key = {"Idempotency-Key": "shared"}
    refused = submit(host, ada, {**BLOCK, "length": -1}, **key)
    assert refused.status_code == 422
    mine, theirs = submit(host, ada, **key), submit(host, bob, {**BLOCK, "length": 90}, **key)
    assert (mine.status_code, theirs.status_code) == (202, 202)
    assert mine.json()["job_id"] != theirs.json()["job_id"]


@pytest.mark.spec("14.21")
def test_twenty_at_once_with_one_key_make_one_job(host: Host) -> None:
    headers = {**host.guard.headers(host.guard.person()), "Idempotency-Key": "race"}
    gate = threading.Barrier(20)

    def send(_: int) -> httpx.Response:
        gate.wait(timeout=10)
        return httpx.post(
            str(host.client.base_url) + PARAMS, json=BLOCK, headers=headers, timeout=30, trust_env=False
        )

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["job_id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 19


@pytest.mark.parametrize("key", ["x" * 256, "with space", "tab\there", "ü", ""])
def test_keys_that_could_hurt_are_refused(host: Host, key: str) -> None:
    headers = host.guard.headers(host.guard.person())
    answer = submit(host, headers, **{"Idempotency-Key": key.encode("latin-1")})  # type: ignore[arg-type]
    assert error_of(answer, 422)["code"] == "IDEMPOTENCY_KEY_INVALID"


# ---- waiting ---------------------------------------------------------------------------------------


def test_sixty_who_wait_do_not_block_anybody_and_all_hear_of_the_end(host: Host) -> None:
    person = host.guard.person()
    headers = host.guard.headers(person)
    host.engine.gate.clear()
    location = submit(host, headers).headers["Location"]
    url = str(host.client.base_url) + location

    def wait(_: int) -> tuple[str, float]:
        answer = httpx.get(url, params={"wait": 30}, headers=headers, timeout=40, trust_env=False)
        return answer.json()["state"], time.monotonic()

    with ThreadPoolExecutor(60) as pool:
        waiting = [pool.submit(wait, number) for number in range(60)]
        time.sleep(1.0)
        assert not any(one.done() for one in waiting)
        began = time.monotonic()
        for _ in range(5):
            assert host.client.get("/api/v1/jobs", headers=headers).status_code == 200
        assert time.monotonic() - began < 3
        released = time.monotonic()
        host.engine.gate.set()
        states = [one.result(timeout=30) for one in waiting]
    assert {state for state, _ in states} == {"succeeded"}
    assert max(at for _, at in states) - released < 5


def test_waiting_ends_in_time_with_the_job_as_it_is(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    host.engine.gate.clear()
    location = submit(host, headers).headers["Location"]
    began = time.monotonic()
    job = host.client.get(location, params={"wait": 0.3}, headers=headers).json()
    assert job["state"] in ("queued", "running")
    assert 0.3 <= time.monotonic() - began < 3


@pytest.mark.parametrize("wait", ["-1", "61", "nan", "inf", "soon", ""])
def test_odd_waits_are_refused(host: Host, wait: str) -> None:
    answer = host.client.get(
        "/api/v1/jobs/none", params={"wait": wait}, headers=host.guard.headers(host.guard.person())
    )
    assert error_of(answer, 422)["details"]["field"] == "query.wait"


# ---- listing, events, cancel, delete --------------------------------------------------------------


@pytest.mark.spec("01.01")
def test_jobs_are_listed_newest_first_in_pages_and_by_state(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    made = [finished(host, headers, {**BLOCK, "length": 100 + number})["job_id"] for number in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = host.client.get("/api/v1/jobs", params={"limit": 2, **cursor}, headers=headers).json()
        seen += [job["job_id"] for job in page["jobs"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made[::-1]
    none = host.client.get("/api/v1/jobs", params={"state": "failed"}, headers=headers).json()
    assert none == {"jobs": [], "next_cursor": None}


def test_events_come_in_order_and_from_where_one_stopped(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    job_id = finished(host, headers)["job_id"]
    all_of_them = host.client.get(f"/api/v1/jobs/{job_id}/events", headers=headers).json()
    numbers = [event["seq"] for event in all_of_them["events"]]
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= 2
    assert all_of_them["last"] == numbers[-1]
    rest = host.client.get(
        f"/api/v1/jobs/{job_id}/events", params={"after": numbers[0]}, headers=headers
    ).json()
    assert rest["events"] == all_of_them["events"][1:]
    end = host.client.get(
        f"/api/v1/jobs/{job_id}/events", params={"after": numbers[-1]}, headers=headers
    ).json()
    assert (end["events"], end["last"]) == ([], numbers[-1])


def test_a_running_job_can_be_cancelled_and_an_ended_one_not(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    host.engine.gate.clear()
    location = submit(host, headers).headers["Location"]
    answer = host.client.post(f"{location}/cancel", headers=headers)
    assert answer.status_code == 202
    job = host.client.get(location, params={"wait": 20}, headers=headers).json()
    assert job["state"] == "cancelled"
    host.engine.gate.set()
    done = finished(host, headers)
    again = host.client.post(f"/api/v1/jobs/{done['job_id']}/cancel", headers=headers)
    assert error_of(again, 409)["job_id"] == done["job_id"]


def test_a_deleted_job_is_gone_with_its_files(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    job_id = finished(host, headers)["job_id"]
    files = host.client.get(f"/api/v1/jobs/{job_id}/artefacts", headers=headers).json()["artefacts"]
    link = files[0]["download"]["href"]
    assert host.client.get(link).status_code == 200
    gone = host.client.delete(f"/api/v1/jobs/{job_id}", headers=headers)
    assert (gone.status_code, gone.content) == (204, b"")
    assert gone.headers["API-Version"] == "1"
    for answer in (
        host.client.get(f"/api/v1/jobs/{job_id}", headers=headers),
        host.client.get(f"/api/v1/jobs/{job_id}/artefacts", headers=headers),
        host.client.delete(f"/api/v1/jobs/{job_id}", headers=headers),
    ):
        assert error_of(answer, 404)["code"] == "JOB_NOT_FOUND"
    assert error_of(host.client.get(link), 404)["code"] == "ARTEFACT_NOT_FOUND"


# ---- tenants ---------------------------------------------------------------------------------------


@pytest.mark.spec("01.02")
@pytest.mark.parametrize(
    ("method", "part"),
    [
        ("GET", ""),
        ("GET", "?wait=1"),
        ("GET", "/artefacts"),
        ("GET", "/events"),
        ("POST", "/cancel"),
        ("DELETE", ""),
    ],
)
def test_the_job_of_another_tenant_is_404_like_one_that_never_was(host: Host, method: str, part: str) -> None:
    owner, stranger = (host.guard.headers(host.guard.person()) for _ in range(2))
    job_id = finished(host, owner)["job_id"]
    theirs = host.client.request(method, f"/api/v1/jobs/{job_id}{part}", headers=stranger)
    nobodys = host.client.request(method, f"/api/v1/jobs/never-was{part}", headers=stranger)
    one, other = error_of(theirs, 404), error_of(nobodys, 404)
    for body in (one, other):  # nothing but the ids may differ
        for name in ("request_id", "job_id"):
            del body[name]
    assert str(one).replace(job_id, "never-was") == str(other)
    assert host.client.get(f"/api/v1/jobs/{job_id}", headers=owner).json()["state"] == "succeeded"


@pytest.mark.spec("01.02")
def test_lists_hold_only_the_tenants_own_jobs_also_with_a_foreign_cursor(host: Host) -> None:
    owner, stranger = (host.guard.headers(host.guard.person()) for _ in range(2))
    mine = {finished(host, owner, {**BLOCK, "length": 100 + n})["job_id"] for n in range(3)}
    cursor = host.client.get("/api/v1/jobs", params={"limit": 1}, headers=owner).json()["next_cursor"]
    for parameters in ({}, {"cursor": cursor}):
        page = host.client.get("/api/v1/jobs", params=parameters, headers=stranger)
        assert not mine & {job["job_id"] for job in page.json()["jobs"]}


def test_a_made_up_cursor_is_a_clear_error(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    for cursor in ("x", "AAAA", "💥", "'; DROP TABLE jobs; --"):
        answer = host.client.get("/api/v1/jobs", params={"cursor": cursor}, headers=headers)
        error_of(answer, 422)


def test_people_of_one_tenant_share_their_jobs(host: Host) -> None:
    ada = host.guard.person()
    bob = type(ada)(tenant_id=ada.tenant_id, license_id=ada.license_id)
    job_id = finished(host, host.guard.headers(ada))["job_id"]
    answer = host.client.get(f"/api/v1/jobs/{job_id}", headers=host.guard.headers(bob))
    assert answer.json()["job_id"] == job_id


@pytest.mark.parametrize("job_id", ["a" * 65, "a.b", "..%2f..%2fetc", "a%00b", "%E2%82%AC", "a b"])
def test_ids_that_cannot_be_are_422_or_404_and_never_reach_a_store(host: Host, job_id: str) -> None:
    answer = host.client.get(f"/api/v1/jobs/{job_id}", headers=host.guard.headers(host.guard.person()))
    assert answer.status_code in (404, 422)
    error_of(answer, answer.status_code)


def test_no_answer_names_a_place_on_the_servers_disk(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    job = finished(host, headers)
    artefacts = host.client.get(f"/api/v1/jobs/{job['job_id']}/artefacts", headers=headers)
    assert job["artefacts"]
    assert all("path" not in artefact for artefact in [*job["artefacts"], *artefacts.json()["artefacts"]])
    assert str(host.folder) not in artefacts.text + str(job)


def test_a_sentence_becomes_a_job_that_says_how_it_was_read(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    body = {"prompt": "100 x 50 x 30 mm çelik blok", "exports": ["step"]}
    answer = host.client.post("/api/v1/designs/prompt", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    assert accepted["reading"]["family"] == "box"
    job = host.client.get(f"/api/v1/jobs/{accepted['job_id']}", params={"wait": 10}, headers=headers).json()
    assert job["request"]["parameters"] == {"length": 100.0, "width": 50.0, "height": 30.0}
    assert [export["kind"] for export in job["request"]["exports"]] == ["solid.step"]


def test_a_script_goes_through_the_gate(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    body = {"script": "import os\nos.system('id')\n", "material": "steel"}
    answer = host.client.post("/api/v1/designs/prompt", json=body, headers=headers)
    assert error_of(answer, 403)["code"] == "SECURITY_VIOLATION"
    sound = {"script": "import Part\nresult = Part.makeBox(10, 20, 30)\n", "material": "steel"}
    answer = host.client.post("/api/v1/designs/prompt", json=sound, headers=headers)
    assert answer.status_code == 202, answer.text

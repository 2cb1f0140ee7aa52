"""Schemathesis over the OpenAPI document: what fits it or misses it gets a documented answer."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance

from atolye.access.models import Limits
from tests.service.apihost import BLOCK, Host

DETERMINED = settings(
    max_examples=10, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
NOT_ASKED = [
    not_a_server_error,  # replaced by a stricter one below: 501 is an honest answer, any other 5xx is not
    positive_data_acceptance,  # what a family's fields mean is judged by rules that no schema can state
]
OPERATIONS = [
    "POST /api/v1/designs", "POST /api/v1/designs/params", "POST /api/v1/designs/prompt",
    "POST /api/v1/designs/upload", "POST /api/v1/assemblies/a4", "GET /api/v1/families",
    "GET /api/v1/materials",
    "GET /api/v1/jobs", "GET /api/v1/jobs/{job_id}", "DELETE /api/v1/jobs/{job_id}",
    "GET /api/v1/jobs/{job_id}/artefacts", "GET /api/v1/jobs/{job_id}/events",
    "POST /api/v1/jobs/{job_id}/cancel",
    "GET /api/v1/artefacts/{artefact_id}/download", "HEAD /api/v1/artefacts/{artefact_id}/download",
    "GET /health", "GET /health/freecad", "GET /health/config",
]  # fmt: skip


@pytest.fixture(scope="module")
def caller(running: Host) -> dict[str, str]:
    """Headers of somebody whose limits are far away."""
    running.engine.gate.set()
    return running.guard.headers(running.guard.person(limits=Limits(10**6, 10**6, 10**6)))


@pytest.fixture(scope="module")
def described(running: Host) -> dict[str, Any]:
    """The operations of the document by method and path."""
    schema = schemathesis.openapi.from_url(f"{running.client.base_url}/openapi.json")
    found = [result.ok() for result in schema.get_all_operations()]
    return {f"{operation.method.upper()} {operation.path}": operation for operation in found}


def test_every_operation_of_the_document_is_tried(described: dict[str, Any]) -> None:
    assert set(described) == set(OPERATIONS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fits", "misses"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_a_documented_one(
    described: dict[str, Any], caller: dict[str, str], name: str, mode: GenerationMode
) -> None:
    operation = described[name]
    if mode is GenerationMode.NEGATIVE and not (operation.body or list(operation.iter_parameters())):
        mode = GenerationMode.POSITIVE  # there is nothing that could miss

    @DETERMINED
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: schemathesis.Case) -> None:
        judge(case, caller)

    attempt()


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "{job_id}" in name and "DELETE" not in name])
def test_a_real_job_answers_every_wish_as_documented(
    running: Host, described: dict[str, Any], caller: dict[str, str], name: str
) -> None:
    accepted = running.client.post("/api/v1/designs/params", json=BLOCK, headers=caller).json()
    running.client.get(accepted["links"]["self"], params={"wait": 30}, headers=caller)

    @DETERMINED
    @given(case=described[name].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def attempt(case: schemathesis.Case) -> None:
        case.path_parameters = {"job_id": accepted["job_id"]}
        judge(case, caller)

    attempt()


def judge(case: schemathesis.Case, caller: dict[str, str]) -> None:
    """Sends a case; fails when the answer is not one that the document names."""
    if "wait" in (case.query or {}):
        case.query["wait"] = 0 if isinstance(case.query["wait"], int | float) else case.query["wait"]
    answer = case.call_and_validate(headers=caller, excluded_checks=NOT_ASKED)
    if answer.status_code >= 500:
        assert (answer.status_code, answer.json()["code"]) == (501, "FLOW_NOT_AVAILABLE")
    assert answer.headers["api-version"] == ["1"]

"""The OpenAPI document: valid, complete, and true to what the API does."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from tests.service.apihost import BLOCK, Host

KINDS = {"params", "prompt", "upload", "a4"}
OPEN = {"/health", "/health/freecad", "/health/config", "/api/v1/artefacts/{artefact_id}/download"}


@pytest.fixture(scope="module")
def document(running: Host) -> dict[str, Any]:
    made: dict[str, Any] = running.client.get("/openapi.json").json()
    return made


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def validator(document: dict[str, Any], schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    resource = Resource(contents=document, specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:openapi", resource)
    absolute = json.loads(json.dumps(schema).replace('"#/', '"urn:openapi#/'))
    return jsonschema.Draft202012Validator(absolute, registry=registry)


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(child) for child in node.values()))
    if isinstance(node, list):
        return set().union(*(references(child) for child in node))
    return set()


@pytest.mark.spec("01.01")
def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert [str(problem) for problem in OPENAPI_31_VALIDATOR.iter_errors(document)] == []
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema.get("title", name)


@pytest.mark.spec("01.01")
def test_the_routes_of_the_specification_are_there(document: dict[str, Any]) -> None:
    wanted = {
        ("post", "/api/v1/designs/prompt"), ("post", "/api/v1/designs/params"),
        ("post", "/api/v1/designs/upload"),
        ("post", "/api/v1/assemblies/a4"), ("get", "/api/v1/jobs/{job_id}"),
        ("get", "/api/v1/jobs/{job_id}/artefacts"),
    }  # fmt: skip
    assert wanted <= {(method, path) for method, path, _ in operations(document)}


@pytest.mark.spec("01.05")
def test_the_design_request_is_one_of_four_told_apart_by_type(document: dict[str, Any]) -> None:
    schema = document["paths"]["/api/v1/designs"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    assert set(schema) == {"oneOf", "discriminator"}
    mapping = schema["discriminator"]["mapping"]
    assert schema["discriminator"]["propertyName"] == "type"
    assert set(mapping) == KINDS
    assert {item["$ref"] for item in schema["oneOf"]} == set(mapping.values())
    for kind, reference in mapping.items():
        model = document["components"]["schemas"][reference.rpartition("/")[2]]
        assert model["properties"]["type"]["const"] == kind
        assert "type" in model["required"]
        for example in model["examples"]:
            validator(document, schema).validate(example)


@pytest.mark.spec("01.05")
def test_each_address_shows_the_one_model_that_it_takes(document: dict[str, Any]) -> None:
    for kind, path in (
        ("prompt", "/api/v1/designs/prompt"), ("params", "/api/v1/designs/params"),
        ("upload", "/api/v1/designs/upload"), ("a4", "/api/v1/assemblies/a4"),
    ):  # fmt: skip
        body = document["paths"][path]["post"]["requestBody"]
        reference = body["content"]["application/json"]["schema"]["$ref"]
        assert body["required"] is True
        model = document["components"]["schemas"][reference.rpartition("/")[2]]
        assert model["properties"]["type"]["const"] == kind


def test_every_reference_leads_somewhere_and_nothing_is_left_of_the_frameworks_errors(
    document: dict[str, Any],
) -> None:
    for reference in references(document):
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    assert not {"HTTPValidationError", "ValidationError"} & set(document["components"]["schemas"])


@pytest.mark.spec("01.01", "12.95")
def test_every_failure_is_documented_with_the_error_model(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        failures = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        if path.startswith("/api/"):
            assert {"403", "422", "500"} <= set(failures)
        if "security" in operation:
            assert {"401", "403", "406", "429"} <= set(failures)
        for status, answer in failures.items():
            if path.startswith("/health") and status == "503":
                continue  # a health page answers with its state
            schema = answer["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Error"}


@pytest.mark.spec("01.01")
def test_every_operation_but_health_and_downloads_asks_for_a_bearer_token(document: dict[str, Any]) -> None:
    ((name, scheme),) = document["components"]["securitySchemes"].items()
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")
    for _, path, operation in operations(document):
        assert operation.get("security") == (None if path in OPEN else [{name: []}]), path


@pytest.mark.spec("01.04", "01.03")
def test_version_id_and_limit_headers_are_documented(document: dict[str, Any]) -> None:
    for _, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            assert {"API-Version", "X-Request-ID"} <= set(answer["headers"])
            if status == "429":
                assert {"Retry-After", "X-RateLimit-Limit", "X-RateLimit-Reset"} <= set(answer["headers"])


@pytest.mark.spec("01.01")
def test_the_examples_of_parameters_are_requests_that_work(host: Host, document: dict[str, Any]) -> None:
    headers = host.guard.headers(host.guard.person())
    examples = document["components"]["schemas"]["ParamsRequest"]["examples"]
    assert len(examples) >= 2
    for example in examples:
        for path in ("/api/v1/designs/params", "/api/v1/designs"):
            assert host.client.post(path, json=example, headers=headers).status_code == 202


@pytest.mark.spec("01.01")
def test_real_answers_fit_their_schemas(host: Host, document: dict[str, Any]) -> None:
    headers = host.guard.headers(host.guard.person())
    accepted = host.client.post("/api/v1/designs/params", json=BLOCK, headers=headers)
    job = accepted.json()["links"]["self"]
    host.client.get(job, params={"wait": 30}, headers=headers)
    answers = {
        ("post", "/api/v1/designs/params"): accepted,
        ("get", "/api/v1/jobs/{job_id}"): host.client.get(job, headers=headers),
        ("get", "/api/v1/jobs"): host.client.get("/api/v1/jobs", headers=headers),
        ("get", "/api/v1/jobs/{job_id}/artefacts"): host.client.get(f"{job}/artefacts", headers=headers),
        ("get", "/api/v1/jobs/{job_id}/events"): host.client.get(f"{job}/events", headers=headers),
        ("get", "/api/v1/families"): host.client.get("/api/v1/families", headers=headers),
        ("get", "/api/v1/materials"): host.client.get("/api/v1/materials", headers=headers),
        ("get", "/health"): host.client.get("/health"),
        ("get", "/health/config"): host.client.get("/health/config"),
    }
    for (method, path), answer in answers.items():
        described = document["paths"][path][method]["responses"][str(answer.status_code)]
        schema = described["content"]["application/json"]["schema"]
        validator(document, schema).validate(answer.json())


def test_families_and_materials_are_those_that_can_be_asked_for(host: Host) -> None:
    headers = host.guard.headers(host.guard.person())
    families = host.client.get("/api/v1/families", headers=headers).json()["families"]
    assert {"block_with_hole", "plate", "flange", "spur_gear"} <= {family["key"] for family in families}
    turkish = host.client.get("/api/v1/families", headers={**headers, "Accept-Language": "tr"}).json()[
        "families"
    ]
    assert [family["title"] for family in families] != [family["title"] for family in turkish]
    assert len(host.client.get("/api/v1/materials", headers=headers).json()["materials"]) >= 20

"""The corpus of requests: what becomes a model and what is refused, with which code and fields."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from atolye.designs.families import registry
from atolye.designs.reading import read_json_object
from atolye.designs.service import canonicalise
from atolye.errors import AtolyeError

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "data" / "params"
VALID = sorted((CORPUS / "valid").glob("*.json"))
INVALID = sorted((CORPUS / "invalid").glob("*.json"))
EXAMPLES = sorted((ROOT / "examples").glob("*.json"))


def named(path: Path) -> str:
    return path.stem


def read(path: Path) -> dict[str, Any]:
    return read_json_object(path.read_bytes(), largest_bytes=1_000_000)


@pytest.mark.spec("14.04")
@pytest.mark.parametrize("path", [*VALID, *EXAMPLES], ids=named)
def test_a_valid_request_is_complete_and_says_so_again(path: Path) -> None:
    request = canonicalise(read(path))
    again = canonicalise(request.as_dict())
    assert again.canonical_json() == request.canonical_json()
    assert again.to_wire() == request.to_wire()
    json.dumps([each.as_dict() for each in request.warnings], allow_nan=False)


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_a_clear_example_raises_no_doubt(path: Path) -> None:
    assert {each.severity for each in canonicalise(read(path)).warnings} <= {"info"}


def test_every_family_has_an_example_and_a_place_in_the_corpus() -> None:
    for paths in (EXAMPLES, VALID):
        assert {canonicalise(read(path)).family for path in paths} == set(registry())


@pytest.mark.spec("14.04", "14.18", "12.05")
@pytest.mark.parametrize("path", INVALID, ids=named)
def test_an_invalid_request_is_refused_with_its_code_and_fields(path: Path) -> None:
    case = read(path)
    expected = case["expected"]
    with pytest.raises(AtolyeError) as refused:
        canonicalise(case["request"])
    error = refused.value
    assert (error.http_status, error.code) == (expected["http_status"], expected["code"])
    assert set(expected["fields"]) <= {error.field, *(cause.field for cause in error.causes)}
    body = error.body()
    json.dumps(body, allow_nan=False)
    assert body["suggestions"]
    for finding in (error, *error.causes):
        assert finding.message_tr
        assert finding.message_tr != finding.message_en


def test_the_example_of_the_readme_is_the_block_it_promises() -> None:
    request = canonicalise(read(ROOT / "examples" / "plate.tr.json"))
    assert request.family == "block_with_hole"
    assert request.fields == {"length": 100.5, "width": 50.0, "height": 30.0, "hole_diameter": 10.0}
    assert (request.material.group, request.process and request.process.key) == ("aluminium", "milling")
    assert request.language_hint == "tr"

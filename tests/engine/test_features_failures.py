"""What a feature tree cannot be: each refused by a code that fits, at the path that is at fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from atolye.engine import Engine
from atolye.errors import AtolyeError
from tests.closed_forms.feature_cases import REFUSALS, Refusal
from tests.support.features import Measured, measured_features, requests

pytestmark = pytest.mark.engine

every_refusal = pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """All cases, built inside the engine; once for the whole test run."""
    return measured_features(tmp_path_factory)


@every_refusal
@pytest.mark.spec("02.77", "02.83")
def test_what_cannot_be_built_is_refused_at_its_path(measured: Measured, case: Refusal) -> None:
    found = measured[case.name]
    assert found.get("error") == case.code, found
    assert found["details"]["field"] == case.field


@every_refusal
def test_the_refusal_explains_itself_in_both_languages(measured: Measured, case: Refusal) -> None:
    details = measured[case.name]["details"]
    params = {key: value for key, value in details.items() if key not in ("field", "code", "details")}
    error = AtolyeError(case.code, field=details["field"], **params)
    assert error.http_status == (409 if case.code.startswith("FC_SKETCH") else 422)
    for text in (
        error.message_tr,
        error.message_en,
        *(s["tr"] + s["en"] for s in error.body()["suggestions"]),
    ):
        assert "?" not in text
        assert "{" not in text.replace('{"', "")


def test_an_empty_selection_lists_what_there_is(measured: Measured) -> None:
    details = measured["no_edge_matches"]["details"]
    assert "Edge1 (line, 20 mm)" in details["available"]
    assert measured["other_number_of_edges"]["details"]["elements"] == "Edge1, Edge3, Edge5, Edge7"


def test_the_constraints_at_fault_are_named(measured: Measured) -> None:
    named = measured["conflicting_constraints"]["details"]["constraints"]
    assert named == ["operations[0].constraints[1]", "operations[0].constraints[2]"]


def test_a_job_reports_the_refusal_of_its_operation(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(AtolyeError) as refused:
        engine.run(requests()["no_such_edge"].to_wire(), tmp_path)
    assert (refused.value.code, refused.value.field) == ("FEATURE_SELECTION_INDEX", "operations[1].edges")
    assert refused.value.message_tr == "operations[1].edges: 99 numaralı kenar yok; en büyük numara 12."

"""The evaluation counts what it should: right models, right codes, and wrong models in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from atolye.errors import AtolyeError
from atolye.prompts.evaluation import Built, Case, evaluate, load
from atolye.prompts.models import Reading, Suggestion

CUBE = {"family": "box", "length": 10, "width": 10, "height": 10, "material": "C45"}
WANTED = Case("a", "en", "clear", "cube", {"family": "box"}, {"volume_mm3": 1000.0, "bbox_mm": [10, 10, 10]})


def answering(request: dict[str, object]) -> Suggestion:
    return Suggestion(dict(request), Reading(None, {}, [], [], []))


def test_a_right_model_is_right_and_a_wrong_one_is_silently_wrong() -> None:
    right = evaluate([WANTED], lambda prompt, language: answering(CUBE)).results[0]
    wrong = evaluate([WANTED], lambda prompt, language: answering({**CUBE, "height": 11})).results[0]
    assert (right.right, right.silently_wrong, right.volume_error) == (True, False, 0.0)
    assert (wrong.right, wrong.silently_wrong) == (False, True)
    assert wrong.volume_error == pytest.approx(0.1)
    assert wrong.bbox_error_mm == 1.0


def test_a_refusal_must_have_the_code_and_name_the_fields() -> None:
    case = Case("m", "en", "missing", "cube", {"code": "AI_HINT_REQUIRED", "fields": ["length"]}, {})

    def refusing(field: str) -> object:
        def read(prompt: str, language: str | None) -> Suggestion:
            cause = AtolyeError("VALIDATION_MISSING_FIELD", field=field, name_tr=field, name_en=field)
            raise AtolyeError("AI_HINT_REQUIRED", causes=(cause,))

        return read

    assert evaluate([case], refusing("length")).results[0].right  # type: ignore[arg-type]
    assert not evaluate([case], refusing("width")).results[0].right  # type: ignore[arg-type]
    modelled = evaluate([case], lambda prompt, language: answering(CUBE)).results[0]
    assert (modelled.right, modelled.silently_wrong) == (False, True)


def test_a_builder_measures_instead_of_the_formulas() -> None:
    report = evaluate(
        [WANTED],
        lambda prompt, language: answering(CUBE),
        build=lambda request, geometry: Built(False, 1000.0, (10.0, 10.0, 10.0), 0.5),
    ).as_dict()
    assert report["all"]["valid_rate"] == 0.0
    assert report["all"]["lowest_iou"] == 0.5
    assert report["wrong"][0]["because"] == "the solid is not valid"


def test_rates_are_given_for_each_language_and_kind() -> None:
    turkish = Case("b", "tr", "mixed", "küp", {"family": "box"}, {"volume_mm3": 8.0})
    report = evaluate([WANTED, turkish], lambda prompt, language: answering(CUBE)).as_dict()
    assert report["by_language"]["en"]["valid_rate"] == 1.0
    assert report["by_language"]["tr"]["valid_rate"] == 0.0
    assert report["by_kind"]["mixed"]["largest_volume_error"] == pytest.approx(124.0)
    json.dumps(report, allow_nan=False)


def test_a_line_that_is_no_case_is_named(tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").write_text('\n{"id": "x"}\n')
    with pytest.raises(AtolyeError) as refused:
        load(tmp_path)
    assert refused.value.code == "REQUEST_NOT_JSON"
    assert "set.jsonl:2" in refused.value.message_en

"""The shipped set of prompts: every model and every refusal is the one worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from atolye.designs.families import registry
from atolye.designs.service import canonicalise
from atolye.errors import AtolyeError
from atolye.prompts.evaluation import KINDS, Case, Report, evaluate, load
from atolye.prompts.local import read

SET = Path(__file__).resolve().parents[3] / "data" / "prompt"
CASES = load(SET)
NOT_FROM_SENTENCES = {"features"}
"""Families that are described by a tree of operations, not by a sentence."""


def report(cases: list[Case]) -> Report:
    return evaluate(cases, lambda prompt, language: read(prompt, language=language))


@pytest.mark.spec("14.17", "14.23", "14.24", "12.03", "12.04")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_prompt_becomes_the_model_or_the_refusal_worked_out_by_hand(case: Case) -> None:
    (result,) = report([case]).results
    assert result.right, result.because
    assert result.doubts == 0


@pytest.mark.spec("14.03")
def test_the_set_is_as_large_and_as_varied_as_promised() -> None:
    assert len(CASES) >= 150
    assert sum(case.language == "tr" for case in CASES) >= 100
    assert {case.kind for case in CASES} == set(KINDS)
    assert len({case.id for case in CASES}) == len(CASES)
    for language in ("tr", "en"):
        families = {
            case.expected["family"] for case in CASES if case.wants_model and case.language == language
        }
        assert families == set(registry()) - NOT_FROM_SENTENCES


def test_the_language_need_not_be_known() -> None:
    for case in CASES:
        if case.wants_model:
            known, unknown = read(case.prompt, language=case.language), read(case.prompt)
            assert canonicalise(known.request).sha256 == canonicalise(unknown.request).sha256, case.prompt


@pytest.mark.spec("02.21", "02.23", "02.90")
@pytest.mark.parametrize(
    ("prompt", "missing"),
    [
        (
            "M8 vida deliği olan 20mm flanş",
            {"thickness", "bore_diameter", "bolt_circle_diameter", "bolt_count"},
        ),
        ("Ayarlanabilir mil çapı ve uzunluğu", {"diameter", "length"}),
        ("2 inch pipe with 1/8 inch wall", {"length"}),
    ],
)
def test_the_specifications_prompts_ask_for_what_they_leave_open(prompt: str, missing: set[str]) -> None:
    with pytest.raises(AtolyeError) as asked:
        read(prompt)
    assert asked.value.code == "AI_HINT_REQUIRED"
    assert missing | {"material"} == {cause.field for cause in asked.value.causes}

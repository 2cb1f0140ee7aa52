"""Nothing in a prompt is dropped in silence: every number counts, and strange words are told of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from atolye.designs.service import canonicalise
from atolye.errors import AtolyeError
from atolye.prompts.evaluation import Case, load
from atolye.prompts.local import read

CASES = [
    case
    for case in load(Path(__file__).resolve().parents[3] / "data" / "prompt" / "valid")
    if len(case.prompt) < 1000
]
EVERY_PROMPT = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


def sha256(prompt: str) -> str | None:
    """Of the request that a prompt is, if it is one."""
    try:
        return canonicalise(read(prompt).request).sha256
    except AtolyeError:
        return None


@EVERY_PROMPT
def test_another_number_is_another_request_or_is_named_as_not_modelled(case: Case) -> None:
    known = sha256(case.prompt)
    noted = " ".join(f"{note.because} {note.value}" for note in read(case.prompt).warnings)
    for number in re.finditer(r"\d+", case.prompt):
        changed = f"{int(number.group()) + 1}"
        text = case.prompt[: number.start()] + changed + case.prompt[number.end() :]
        if sha256(text) == known:
            assert number.group() in noted, text


@EVERY_PROMPT
@pytest.mark.parametrize("stray", ["37 mm", "1234 mm", "x 37", "30°"])
def test_a_stray_number_is_asked_about(case: Case, stray: str) -> None:
    for text in (f"{case.prompt}; {stray}", f"{stray}; {case.prompt}"):
        assert sha256(text) is None, text


@EVERY_PROMPT
def test_a_strange_word_is_named(case: Case) -> None:
    suggestion = read(f"{case.prompt}; zıpkınlı")
    assert suggestion.reading.not_understood == ["zıpkınlı"]
    assert "warning" in {note.severity for note in suggestion.warnings}


@EVERY_PROMPT
@pytest.mark.parametrize(
    "feature", ["havşalı", "M6 dişli delik", "yan kanal", "with a slot", "engraved logo"]
)
def test_a_feature_that_cannot_be_made_is_refused(case: Case, feature: str) -> None:
    with pytest.raises(AtolyeError) as refused:
        read(f"{case.prompt}; {feature}")
    codes = {refused.value.code, *(cause.code for cause in refused.value.causes)}
    assert codes & {"READING_FEATURE_UNAVAILABLE", "READING_PART_UNAVAILABLE"}

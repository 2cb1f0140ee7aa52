"""However a prompt is written, it is the same request: case, endings, numbers, units, signs, order."""

from __future__ import annotations

from pathlib import Path

import pytest

from atolye.designs.service import canonicalise
from atolye.prompts.evaluation import Case, load
from atolye.prompts.local import read
from tests.support.rewritings import rewritings

CASES = [
    case
    for case in load(Path(__file__).resolve().parents[3] / "data" / "prompt" / "valid")
    if len(case.prompt) < 1000
]


def sha256(prompt: str) -> str:
    return canonicalise(read(prompt).request).sha256


@pytest.mark.spec("14.24", "14.18", "06.27")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_prompt_written_otherwise_is_the_same_request(case: Case) -> None:
    expected = sha256(case.prompt)
    for change, text in rewritings(case.prompt, case.language):
        assert sha256(text) == expected, (change, text)


def test_there_are_more_than_two_thousand_rewritings_of_every_kind() -> None:
    changes = [change for case in CASES for change, _ in rewritings(case.prompt, case.language)]
    assert len(changes) >= 2000
    assert set(changes) == {"case", "diacritics", "endings", "numbers", "units", "signs", "order"}

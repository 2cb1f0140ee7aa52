"""Both schemas are read through fences and stray text; nothing is guessed from an answer that is unclear."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atolye.prompts.answers import Answer, UnreadableError, read_answer

MINIMAL: dict[str, Any] = {
    "language": "tr",
    "units": "mm",
    "parameters": {"family": "box", "length": 10},
    "script_py": "",
}
LEGACY: dict[str, Any] = {
    "language": "tr",
    "units": "mm",
    "intent": "freecad_script",
    "glossary_used": True,
    "parameters": {"outer_d": 20},
    "script_py": "import Part\nresult = Part.makeBox(1, 2, 3)\n",
    "warnings": ["kalınlık 5 mm varsayıldı"],
    "requires_clarification": False,
}


def text_of(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False)


def reason_of(text: str) -> str:
    with pytest.raises(UnreadableError) as problem:
        read_answer(text)
    return problem.value.reason


@pytest.mark.spec("02.31", "02.43", "02.57")
def test_the_minimal_schema_is_read_and_the_rest_filled_in() -> None:
    answer = read_answer(text_of(MINIMAL))
    assert answer.parameters == MINIMAL["parameters"]
    assert (answer.script_py, answer.units, answer.language) == (None, "mm", "tr")
    assert (answer.intent, answer.glossary_used, answer.warnings) == ("freecad_script", False, ())
    assert answer.requires_clarification is False


@pytest.mark.spec("02.11", "02.31", "02.43")
def test_the_older_schema_is_read() -> None:
    answer = read_answer(text_of(LEGACY))
    assert answer.script_py == LEGACY["script_py"]
    assert answer.warnings == ("kalınlık 5 mm varsayıldı",)
    assert answer.glossary_used is True


@pytest.mark.spec("02.12")
@pytest.mark.parametrize(
    "around",
    [
        "```json\n{}\n```",
        "```\n{}\n```\nBu kadar.",
        "İşte istediğiniz {{parça}}:\n\n{}\n\nKolay gelsin {{1}}!",
        '<think>belki {{"family": "box"}} olur</think>{}',
        "\ufeff {}",
        'Önce bir örnek {{"a": 1}}, sonra yanıt: {}',
    ],
)
def test_fences_and_stray_text_around_an_answer_do_not_matter(around: str) -> None:
    text = around.format(text_of(MINIMAL)) if "{{" in around else around.replace("{}", text_of(MINIMAL))
    assert read_answer(text) == read_answer(text_of(MINIMAL))


def test_an_answer_that_is_said_twice_is_one_answer() -> None:
    assert read_answer(text_of(MINIMAL) + "\n" + text_of(MINIMAL)) == read_answer(text_of(MINIMAL))


def test_fields_of_a_family_may_stand_beside_the_rest() -> None:
    flat = {"language": "tr", "units": "mm", "family": "box", "length": 10}
    assert read_answer(text_of(flat)).parameters == {"family": "box", "length": 10}


def test_a_script_with_broken_lines_inside_its_string_is_read() -> None:
    text = '{"units": "mm", "parameters": {}, "script_py": "import Part\nresult = 1\n"}'
    assert read_answer(text).script_py == "import Part\nresult = 1\n"


@pytest.mark.spec("02.13")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_json"),
        ("Üzgünüm, yapamam.", "not_json"),
        (text_of(MINIMAL)[:-20], "not_json"),
        ("[1, 2]", "not_json"),
        ('{"parameters": {"length": NaN}, "units": "mm"}', "not_json"),
        ('{"parameters": {"length": 1e999}, "units": "mm"}', "not_json"),
        ('{"parameters": {"a": 1, "a": 2}, "units": "mm"}', "not_json"),
        ("{" * 5000, "not_json"),
        ('{"parameters": ' + "[" * 100_000, "too_long"),
        ('{"parameters": ' * 3000, "not_json"),
        (text_of(MINIMAL) + text_of({**MINIMAL, "parameters": {"family": "cone"}}), "several"),
        (text_of({**MINIMAL, "parameters": []}), "type:parameters"),
        (text_of({**MINIMAL, "script_py": ["a"]}), "type:script_py"),
        (text_of({**MINIMAL, "requires_clarification": "no"}), "type:requires_clarification"),
        (text_of({**MINIMAL, "warnings": 3}), "type:warnings"),
        (text_of({**MINIMAL, "language": 3}), "type:language"),
        (text_of({**MINIMAL, "units": "parsec"}), "units"),
        (text_of({key: value for key, value in MINIMAL.items() if key != "units"}), "units"),
        (text_of({**MINIMAL, "parameters": {}}), "empty"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, reason: str) -> None:
    assert reason_of(text) == reason


@given(st.text(max_size=300))
def test_any_text_is_an_answer_or_unreadable(text: str) -> None:
    with suppress(UnreadableError):
        assert isinstance(read_answer(text), Answer)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_value_in_any_field_is_read_or_refused(value: Any) -> None:
    for name in ("parameters", "script_py", "units", "warnings", "requires_clarification", "missing"):
        with suppress(UnreadableError):
            assert isinstance(read_answer(json.dumps({**MINIMAL, name: value})), Answer)

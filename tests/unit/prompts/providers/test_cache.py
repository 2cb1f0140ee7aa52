"""Answers are remembered by everything that the model was told."""

from __future__ import annotations

from typing import Any

import pytest

from atolye.prompts.cache import MemoryCache, key_of

TOLD: dict[str, Any] = {
    "prompt_masked": "100 mm mil",
    "provider": "openai",
    "model": "m",
    "profile": "freecad-1.1/1+a",
    "context": {"language": "tr", "units": "mm"},
}


@pytest.mark.spec("13.07")
def test_white_space_does_not_make_another_prompt() -> None:
    assert key_of(**{**TOLD, "prompt_masked": " 100  mm\nmil "}) == key_of(**TOLD)


@pytest.mark.parametrize(
    "other",
    [
        {"prompt_masked": "101 mm mil"},
        {"provider": "azure"},
        {"model": "n"},
        {"profile": "freecad-1.1/2+a"},
        {"context": {"language": "en", "units": "mm"}},
        {"context": {"language": "tr", "units": "in"}},
    ],
)
def test_whatever_the_model_is_told_makes_another_key(other: dict[str, Any]) -> None:
    assert key_of(**{**TOLD, **other}) != key_of(**TOLD)


def test_an_answer_lives_for_its_time() -> None:
    now = [0.0]
    cache = MemoryCache(life_s=10.0, clock=lambda: now[0])
    cache.put("a", "1")
    now[0] = 9.9
    assert cache.get("a") == "1"
    now[0] = 10.0
    assert cache.get("a") is None


def test_the_answer_that_nobody_wants_leaves_first() -> None:
    cache = MemoryCache(most=2)
    cache.put("a", "1")
    cache.put("b", "2")
    assert cache.get("a") == "1"
    cache.put("c", "3")
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("1", None, "3")

"""Takes people out of prompts without touching what they say about the part."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Mapping
from functools import cache
from typing import Any

from atolye.designs.families import registry
from atolye.designs.materials import materials
from atolye.designs.words import fold
from atolye.errors.masking import mask_prompt
from atolye.prompts.glossary import meanings

_TEXTS = frozenset((tokenize.COMMENT, tokenize.STRING))
_SHORTEST_STEM = 4
"""Letters of a term that may carry an ending; shorter ones must match as they are."""


def masked(text: str) -> str:
    """The text as it may be stored and sent away; masking it again changes nothing."""
    return mask_prompt(text, is_technical)


def masked_data(value: Any) -> Any:
    """JSON-like data with every text in it masked, keys too; numbers stay."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {masked(str(key)): masked_data(item) for key, item in value.items()}
    return [masked_data(item) for item in value] if isinstance(value, list) else value


def masked_script(script: str) -> str:
    """A script with its comments and strings masked; its code is left alone."""
    lines = script.splitlines(keepends=True)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(script).readline))
    except (tokenize.TokenError, SyntaxError):
        return masked(script)  # it will not run anyway
    for token in reversed(tokens):
        changed = masked(token.string) if token.type in _TEXTS else token.string
        if changed != token.string:
            (first, start), (last, end) = token.start, token.end
            lines[first - 1 : last] = [lines[first - 1][:start] + changed + lines[last - 1][end:]]
    return "".join(lines)


def is_technical(word: str) -> bool:
    """Whether a word belongs to the workshop: a term of the glossary, with or without an ending."""
    folded = fold(word)
    return folded in _terms() or any(
        folded[:length] in _stems() for length in range(_SHORTEST_STEM, len(folded))
    )


@cache
def _terms() -> frozenset[str]:
    """Folded words of all terms, families and materials."""
    phrases = [
        phrase
        for meaning in meanings()
        for phrase in (*meaning.tr, *meaning.en, *meaning.after_tr, *meaning.after_en)
    ]
    for family in registry().values():
        phrases += [family.title.tr, family.title.en, *family.also_called]
    phrases += [name for material in materials().values() for name in (material.key, *material.names)]
    return frozenset(fold(word) for phrase in phrases for word in phrase.replace("-", " ").split())


@cache
def _stems() -> frozenset[str]:
    return frozenset(term for term in _terms() if len(term) >= _SHORTEST_STEM and term.isalpha())

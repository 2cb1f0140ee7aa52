"""Takes people out of prompts without touching what they say about the part."""

from __future__ import annotations

from functools import cache

from atolye.designs.families import registry
from atolye.designs.materials import materials
from atolye.designs.words import fold
from atolye.errors.masking import mask_prompt
from atolye.prompts.glossary import meanings

_SHORTEST_STEM = 4
"""Letters of a term that may carry an ending; shorter ones must match as they are."""


def masked(text: str) -> str:
    """The text as it may be stored and sent away; masking it again changes nothing."""
    return mask_prompt(text, is_technical)


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

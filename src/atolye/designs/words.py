"""Compares words as a person would: without case, accents, separators and the difference of İ and ı."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

LONGEST_WORD: Final = 128
"""Characters of the longest word that is compared; a longer one is no name of ours."""

LONGEST_SHOWN: Final = 80
"""Characters of a user's text that a message repeats."""

_SHORTEST_PART: Final = 4
"""Letters that two names must share at an end to look alike for that alone."""

_ONE_I: Final = str.maketrans({"İ": "i", "I": "i", "ı": "i"})
"""``str.lower`` makes ``İ`` two characters and keeps ``ı`` apart; for identifiers they are one letter."""


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_ONE_I).casefold()
    return "".join(letter for letter in unicodedata.normalize("NFKD", plain) if letter.isalnum())


def fold(text: str) -> str:
    """The word reduced to lower-case letters without accents, and digits.

    ``"Delik Çapı"``, ``"delik_capi"`` and ``"DELİK-ÇAPI"`` become ``"delikcapi"``, in every locale. What is
    too long for a name becomes the empty word, which names nothing.
    """
    return _fold(text) if len(text) <= LONGEST_WORD else ""


def nearest(text: str, known: Mapping[str, str] | Iterable[str], *, most: int = 3) -> list[str]:
    """The known names that look most like a word, best first; empty when none looks like it.

    Args:
        known: names, or folded synonyms with the name that each stands for.
    """
    names = known if isinstance(known, Mapping) else {fold(name): name for name in known}
    word = fold(text)
    alike = difflib.get_close_matches(word, names, n=3 * most, cutoff=0.6)
    return list(dict.fromkeys(names[match] for match in (*alike, *_containing(word, names))))[:most]


def _containing(word: str, names: Iterable[str]) -> list[str]:
    """Names that begin or end with a word, or a word with them: ``inner`` for ``inner diameter``."""
    if len(word) < _SHORTEST_PART:
        return []
    found = [
        name
        for name in names
        if (name.startswith(word) or name.endswith(word))
        or (len(name) >= _SHORTEST_PART and (word.startswith(name) or word.endswith(name)))
    ]
    return sorted(found, key=lambda name: abs(len(name) - len(word)))


def shown(value: Any) -> str:
    """A user's value as a message may repeat it: short, on one line, never a whole structure."""
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, list | tuple):
        return "[…]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int) and abs(value) > 10**LONGEST_SHOWN:  # str() refuses thousands of digits
        return "10…0"
    text = "".join(letter if letter.isprintable() else "�" for letter in str(value)[: LONGEST_SHOWN + 1])
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"

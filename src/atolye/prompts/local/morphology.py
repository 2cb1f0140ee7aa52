"""Takes Turkish endings off a word: “kalınlığında” is “kalınlık” in the locative.

Works on folded words, in which ı and i, ö and o, ü and u are one letter; so vowel harmony asks nothing
more than
a/e and i/u, and a text without diacritics reads like one with them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_ENDINGS: Final = re.compile(
    r"""
    (?P<first_plural>l[ae]r)?
    (?:(?P<without>s[iu]z)|(?P<with>l[iu]))?
    (?:l[iu][kg])?
    (?P<plural>l[ae]r)?
    (?P<own>s[iu](?=n|y|$|l|d)|[iu](?=n|m|y|$|l|d)|[iu](?:m|n)(?:[iu]z)?)?
    (?:
        n?(?P<from>[dt][ae]n)
      | n?(?P<at>[dt][ae])
      | [ny]?(?P<to>[ae])
      | (?:[ny]?[iu]|n?[iu]n)
      | y?l[ae] | nc[ae]|c[ae]
    )?
    (?:k[iu](?:l[ae]r)?)?
    (?:y?[dt][iu]r?)?
    """,
    re.VERBOSE | re.ASCII,
)
_SOFTENED: Final = {"g": "k", "b": "p", "d": "t"}
_VOWELS: Final = frozenset("aeiou")
SHORTEST_STEM: Final = 2
LONGEST_WORD: Final = 40


@dataclass(frozen=True, slots=True)
class Form:
    """A word's stem and what its endings say; an English word has none of them."""

    stem: str
    ending: str = ""
    at: bool = False
    """Locative: “kenarda”."""
    from_: bool = False
    """Ablative: “kenardan”."""
    to: bool = False
    """Dative: “kenara”."""
    with_: bool = False
    """“delikli”."""
    without: bool = False
    """“deliksiz”."""
    plural: bool = False


@lru_cache(maxsize=8192)
def forms(word: str) -> tuple[Form, ...]:
    """What a folded word can be, the longest stem first; the word itself always is one."""
    found = [Form(word)]
    if len(word) > LONGEST_WORD:
        return tuple(found)
    for length in range(len(word) - 1, SHORTEST_STEM - 1, -1):
        ending = word[length:]
        match = _ENDINGS.fullmatch(ending)
        if match is None:
            continue
        found.extend(_form(stem, ending, match) for stem in _stems(word[:length], ending))
    if word.endswith("s") and len(word) > 3:  # English plurals
        singular = word[:-2] if word.endswith(("shes", "ches", "xes", "sses")) else word[:-1]
        found.append(Form(singular, "s", plural=True))
    return tuple(found)


def _stems(stem: str, ending: str) -> tuple[str, ...]:
    """A final k, p or t softens before a vowel: “deliği”, “köşebendi”."""
    hard = _SOFTENED.get(stem[-1]) if ending[0] in _VOWELS else None
    return (stem,) if hard is None else (stem, stem[:-1] + hard)


def _form(stem: str, ending: str, match: re.Match[str]) -> Form:
    return Form(
        stem,
        ending,
        at=match["at"] is not None,
        from_=match["from"] is not None,
        to=match["to"] is not None,
        with_=match["with"] is not None,
        without=match["without"] is not None,
        plural=match["plural"] is not None or match["first_plural"] is not None,
    )

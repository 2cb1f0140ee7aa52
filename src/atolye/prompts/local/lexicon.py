"""Finds the glossary's phrases in a row of folded words, whatever their endings and small misspellings."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from atolye.designs.words import fold
from atolye.prompts.glossary import meanings
from atolye.prompts.local.morphology import Form, forms

LONGEST_PHRASE: Final = 5
SHORTEST_MISSPELT: Final = 5
"""Letters of the shortest word that is corrected; in shorter ones one letter makes another word."""
LONGEST_MISSPELT: Final = 24
TWO_MISTAKES_FROM: Final = 9
_NOT_CORRECTED_TO: Final = frozenset(("filler", "flag", "side", "word", "on"))


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase stands for."""

    kind: str
    key: str
    language: str
    after: bool = False
    """Whether it always follows its number."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found: how many words it has, what it can stand for, the last word's form."""

    words: int
    entries: tuple[Entry, ...]
    form: Form
    meant: str = ""
    """The word that a misspelt one was read as."""

    def entry(self, language: str) -> Entry:
        """The meaning in a language, when it has one there."""
        return next((each for each in self.entries if each.language == language), self.entries[0])


Stems = tuple[str, ...]


def words_of(phrase: str) -> Stems:
    """The folded words of a phrase; hyphens part words as spaces do."""
    return tuple(fold(word) for word in re.split(r"[\s\-]+", phrase) if fold(word))


def look_up(words: Sequence[str], start: int) -> Hit | None:
    """The longest phrase that begins with a word; of one word, the longest stem."""
    best: Hit | None = None
    for form in forms(words[start]):
        for stems, entries in _phrases().get(form.stem, ()):
            if best is not None and len(stems) <= best.words:
                continue
            last = _matched(words, start, stems, form)
            if last is not None:
                best = Hit(len(stems), entries, last)
    if best is None or best.words == 1:
        verb = _verb(words[start])
        if verb is not None and (best is None or best.form.ending):
            return verb
    return best


def is_known(word: str) -> bool:
    """Whether a folded word is a phrase of the glossary as it stands."""
    return any(len(stems) == 1 for stems, _ in _phrases().get(word, ()))


def corrected(word: str) -> Hit | None:
    """The only word of the glossary that a misspelt one can be, if there is one."""
    return _corrected(word) if len(word) <= LONGEST_MISSPELT and word.isalpha() else None


def _matched(words: Sequence[str], start: int, stems: Stems, first: Form) -> Form | None:
    last = first
    for offset, stem in enumerate(stems[1:], 1):
        if start + offset >= len(words):
            return None
        found = next((form for form in forms(words[start + offset]) if form.stem == stem), None)
        if found is None:
            return None
        last = found
    return last


@lru_cache(maxsize=8192)
def _verb(word: str) -> Hit | None:
    for pattern, entry in _patterns():
        if pattern.fullmatch(word):
            return Hit(1, (entry,), Form(word))
    return None


@cache
def _phrases() -> dict[str, list[tuple[Stems, tuple[Entry, ...]]]]:
    """Phrases by their first stem, the longest first."""
    found: dict[Stems, dict[Entry, None]] = defaultdict(dict)
    for phrase, entry in _entries():
        found[_stemmed(phrase, entry)].setdefault(entry)
    by_first: dict[str, list[tuple[Stems, tuple[Entry, ...]]]] = defaultdict(list)
    for stems, entries in found.items():
        by_first[stems[0]].append((stems, tuple(entries)))
    for phrases in by_first.values():
        phrases.sort(key=lambda each: -len(each[0]))
    return dict(by_first)


def _entries() -> Iterator[tuple[str, Entry]]:
    for meaning in meanings():
        for language, words, after in (
            ("tr", meaning.tr, False),
            ("en", meaning.en, False),
            ("tr", meaning.after_tr, True),
            ("en", meaning.after_en, True),
        ):
            for word in words:
                yield word, Entry(meaning.kind, meaning.key, language, after)
    for language in ("tr", "en"):
        for word in _fillers()[language]:
            yield word, Entry("filler", "filler", language)


@cache
def _simple_stems() -> frozenset[str]:
    """Stems of one-word phrases; a phrase's inflected parts (“delik çapı”) are reduced to them."""
    return frozenset(
        words_of(word)[0]
        for meaning in meanings()
        for word in (*meaning.tr, *meaning.en)
        if len(words_of(word)) == 1
    )


def _stemmed(phrase: str, entry: Entry) -> Stems:
    words = words_of(phrase)
    if len(words) == 1 or entry.language == "en":
        return words
    return tuple(_stem(word) for word in words)


def _stem(word: str) -> str:
    if word in _simple_stems():
        return word
    return next(
        (form.stem for form in forms(word) if form.stem in _simple_stems() and len(form.stem) > 2), word
    )


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Entry], ...]:
    glossary = [
        (pattern, Entry(meaning.kind, meaning.key, language))
        for meaning in meanings()
        for language, patterns in (("tr", meaning.patterns_tr), ("en", meaning.patterns_en))
        for pattern in patterns
    ]
    fillers = [(pattern, Entry("filler", "filler", "tr")) for pattern in _fillers()["patterns"]]
    return tuple((re.compile(pattern, re.ASCII), entry) for pattern, entry in (*glossary, *fillers))


@cache
def _fillers() -> dict[str, list[str]]:
    return tomllib.loads(files("atolye.prompts.local").joinpath("fillers.toml").read_text(encoding="utf-8"))


# ---- misspelt words -----------------------------------------------------------------------------------


@lru_cache(maxsize=2048)
def _corrected(word: str) -> Hit | None:
    """Compares the word and what is left of it without endings with every stem; only one may be near."""
    found: dict[tuple[str, str], Hit] = {}
    for form in forms(word):
        if len(form.stem) < SHORTEST_MISSPELT:
            continue
        for near in _near(form.stem):
            hit = look_up([near], 0)
            if hit is None or hit.words != 1 or hit.entries[0].kind in _NOT_CORRECTED_TO:
                continue
            entry = hit.entries[0]
            found.setdefault((entry.kind, entry.key), Hit(1, hit.entries, form, near))
        if found:
            break
    return next(iter(found.values())) if len(found) == 1 else None


def _near(stem: str) -> set[str]:
    most = 2 if len(stem) >= TWO_MISTAKES_FROM else 1
    shared = {known for shorter in _shortened(stem, most) for known in _index().get(shorter, ())}
    return {known for known in shared if known[0] == stem[0] and _distance(stem, known) <= most}


@cache
def _index() -> dict[str, set[str]]:
    """Stems by what is left of them without one or two letters (the method of SymSpell)."""
    found: dict[str, set[str]] = defaultdict(set)
    for stem in _simple_stems():
        if len(stem) >= SHORTEST_MISSPELT:
            for shorter in _shortened(stem, 2 if len(stem) >= TWO_MISTAKES_FROM else 1):
                found[shorter].add(stem)
    return dict(found)


def _shortened(word: str, most: int) -> set[str]:
    made = {word}
    for _ in range(most):
        made |= {each[:place] + each[place + 1 :] for each in made for place in range(len(each))}
    return made


def _distance(one: str, other: str) -> int:
    """Letters to insert, drop, change or swap (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row, older = row, [i], before
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]

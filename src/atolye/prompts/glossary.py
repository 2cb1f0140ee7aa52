"""The workshop's words in Turkish and English, and what each means here; data in ``glossary.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that words stand for; ``kind`` and ``key`` are what the reader works with."""

    kind: str
    key: str
    tr: tuple[str, ...]
    en: tuple[str, ...]
    after_tr: tuple[str, ...]
    """Words that always follow their number: “8 mm kalın”."""
    after_en: tuple[str, ...]
    patterns_tr: tuple[str, ...]
    """Regular expressions over folded words, for verbs."""
    patterns_en: tuple[str, ...]
    means: str


@dataclass(frozen=True, slots=True)
class Term:
    """A Turkish term with its English counterpart and what it means here."""

    tr: str
    en: str
    means: str


@cache
def meanings() -> tuple[Meaning, ...]:
    """Everything in the glossary, in the order of the file.

    Raises:
        ValueError: a key that no meaning has.
    """
    data = tomllib.loads(files("atolye.prompts").joinpath("glossary.toml").read_text(encoding="utf-8"))
    return tuple(_meaning(kind, key, table) for kind, keys in data.items() for key, table in keys.items())


@cache
def terms() -> tuple[Term, ...]:
    """The Turkish terms, each with an English one."""
    return tuple(
        Term(word, (meaning.en or meaning.after_en)[0], meaning.means)
        for meaning in meanings()
        if meaning.en or meaning.after_en
        for word in (*meaning.tr, *meaning.after_tr)
    )


def markdown() -> str:
    """The glossary as a page of the documentation."""
    lines = [
        "# Glossary",
        "",
        "The Turkish terms that prompts are read by, with an English one and what they mean here. Case,",
        "diacritics, endings and hyphens do not matter. Made from `src/atolye/prompts/glossary.toml`.",
        "",
        "| Turkish | English | what it means here |",
        "| --- | --- | --- |",
        *(f"| {term.tr} | {term.en} | {term.means} |" for term in terms()),
    ]
    return "\n".join(lines) + "\n"


def _meaning(kind: str, key: str, table: dict[str, Any]) -> Meaning:
    known = {"tr", "en", "after_tr", "after_en", "patterns_tr", "patterns_en", "means"}
    if not {"tr", "en", "means"} <= table.keys() <= known:
        raise ValueError(f"glossary: {kind}.{key}")
    lists = {name: tuple(table.get(name, ())) for name in known - {"means"}}
    return Meaning(kind, key, means=table["means"], **lists)

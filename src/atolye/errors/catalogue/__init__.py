"""Reads the error catalogue: one TOML file per component, one table per code.

A table looks like this::

    [VALIDATION_MISSING_FIELD]
    http_status = 422
    component = "validate"
    message_tr = "{field} alanı eksik."
    message_en = "The field {field} is missing."
    suggestions = [{ tr = "…", en = "…" }]
    links = [{ title = "…", url = "…" }]
    aliases = ["…"]

Messages and suggestions are ``str.format`` templates over the parameters that the raising place gives;
``{field}`` is always available. An alias is another name of the same entry: looked up, never emitted.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Link:
    """A page that helps; ``title`` is shown, ``url`` is followed."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of failure."""

    code: str
    http_status: int
    component: str
    message_tr: str
    message_en: str
    suggestions: tuple[tuple[str, str], ...] = ()
    """Pairs of Turkish and English advice."""
    links: tuple[Link, ...] = ()
    aliases: tuple[str, ...] = ()


@cache
def catalogue() -> dict[str, Entry]:
    """All entries by code, in the order of the files' names and of the tables in them.

    Raises:
        ValueError: a code or an alias is defined twice.
    """
    entries: dict[str, Entry] = {}
    for source in sorted(files(__name__).iterdir(), key=lambda path: path.name):
        if not source.name.endswith(".toml"):
            continue
        for code, table in tomllib.loads(source.read_text(encoding="utf-8")).items():
            if code in entries:
                raise ValueError(f"{source.name}: {code} is defined twice")
            entries[code] = Entry(
                code=code,
                http_status=table["http_status"],
                component=table["component"],
                message_tr=table["message_tr"],
                message_en=table["message_en"],
                suggestions=tuple((s["tr"], s["en"]) for s in table.get("suggestions", ())),
                links=tuple(Link(link["title"], link["url"]) for link in table.get("links", ())),
                aliases=tuple(table.get("aliases", ())),
            )
    return entries


@cache
def _by_any_name() -> dict[str, Entry]:
    names = dict(catalogue())
    for item in catalogue().values():
        for alias in item.aliases:
            if names.setdefault(alias, item) is not item:
                raise ValueError(f"the alias {alias} of {item.code} is taken")
    return names


def entry(code: str) -> Entry:
    """The entry of a code or of an alias of it.

    Raises:
        KeyError: nothing in the catalogue has that name.
    """
    return _by_any_name()[code]

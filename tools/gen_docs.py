#!/usr/bin/env python3
"""Writes the reference pages that are made from code: ``docs/reference/*.md``.

    tools/gen_docs.py            write the pages
    tools/gen_docs.py --check    write nothing; exit 1 and name the pages that are not current

A page is a function without arguments that returns Markdown, registered by :func:`page`; it must give the
same text whenever the code is the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
sys.path.insert(0, str(ROOT / "src"))

from pydantic.fields import FieldInfo  # noqa: E402 - only after the sources are on the path

from atolye.errors import Entry, catalogue  # noqa: E402
from atolye.settings import Settings, variable_of  # noqa: E402

NOTICE = "<!-- Made by tools/gen_docs.py from the code. Do not edit: run `make docs`. -->"

PAGES: dict[str, Callable[[], str]] = {}
"""File name of each page, and what makes it."""


def page(name: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Registers a function as the maker of ``docs/reference/<name>``."""

    def register(make: Callable[[], str]) -> Callable[[], str]:
        PAGES[name] = make
        return make

    return register


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; line breaks and bars in cells are escaped."""
    lines = [headings, ["---"] * len(headings), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def code(text: str) -> str:
    return f"`{text}`"


# ---- pages -------------------------------------------------------------------------------------------


@page("errors.md")
def errors() -> str:
    """Every code of the catalogue, by component, in both languages."""
    components: dict[str, list[Entry]] = {}
    for item in catalogue().values():
        components.setdefault(item.component, []).append(item)
    overview = table(
        ["code", "HTTP", "component"],
        [
            [f"[{code(item.code)}](#{anchor(item.code)})", status_text(item.http_status), item.component]
            for item in sorted(catalogue().values(), key=lambda item: item.code)
        ],
    )
    sections = [
        f"## {component}\n\n"
        + "\n\n".join(entry_text(item) for item in sorted(items, key=lambda item: item.code))
        for component, items in sorted(components.items())
    ]
    return "\n\n".join(
        [
            "# Errors",
            "Every failure has a code that programs can rely on. Its text, advice and links come in Turkish "
            "and English; `{…}` stands for a value of the request at hand. An alias is accepted where a code "
            "is looked up, and never emitted. Status 200 marks the text of a warning, which refuses nothing.",
            "Her hatanın, programların güvenebileceği bir kodu vardır. Metni, önerileri ve bağlantıları "
            "Türkçe ve İngilizcedir; `{…}` yerine eldeki isteğin değeri gelir.",
            overview,
            *sections,
        ]
    )


def entry_text(item: Entry) -> str:
    """One entry as a section."""
    lines = [f"### {item.code}", "", f"HTTP {status_text(item.http_status)}"]
    if item.aliases:
        lines += ["", f"Aliases: {', '.join(code(alias) for alias in item.aliases)}"]
    lines += ["", f"- tr: {item.message_tr}", f"- en: {item.message_en}"]
    if item.suggestions:
        lines += ["", "What to do:", ""]
        lines += [f"- tr: {tr}<br>en: {en}" for tr, en in item.suggestions]
    if item.links:
        lines += ["", "Read more: " + ", ".join(f"[{link.title}]({link.url})" for link in item.links)]
    return "\n".join(lines)


def status_text(status: int) -> str:
    """The status and its name: ``422 Unprocessable Entity``."""
    names = {
        200: "(warning)",
        413: "Content Too Large",
        422: "Unprocessable Content",
        499: "Client Closed Request",
    }
    return f"{status} {names.get(status) or HTTPStatus(status).phrase}"


def anchor(text: str) -> str:
    """The anchor that Markdown viewers give a heading."""
    return text.lower()


@page("settings.md")
def settings() -> str:
    """Every setting with its variable, default and meaning."""
    rows = [
        [code(variable), default_text(field), field.description or ""]
        for variable, field in sorted(
            (variable_of(name), field) for name, field in Settings.model_fields.items()
        )
    ]
    return "\n\n".join(
        [
            "# Settings",
            "Read from the environment, or from a file `.env` in the working folder, and checked at start: a "
            "wrong value stops the start with `CONFIG_INVALID`, which names the variable.",
            table(["variable", "default", "meaning"], rows),
        ]
    )


def default_text(field: FieldInfo) -> str:
    """The default as one would write it in the environment; a dash where the meaning says what it is."""
    if field.default_factory is not None or field.default is None:
        return "—"
    return code(str(field.default).lower() if isinstance(field.default, bool) else str(field.default))


# ---- command -----------------------------------------------------------------------------------------


def rendered() -> dict[Path, str]:
    """Each page's path and text."""
    return {REFERENCE / name: f"{NOTICE}\n\n{make()}\n" for name, make in PAGES.items()}


def outdated() -> list[Path]:
    """The pages whose file differs from what the code says."""
    return [
        path
        for path, text in rendered().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Write the reference pages that are made from code.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is not current")
    check = parser.parse_args(arguments).check
    pages = outdated()
    if check:
        for path in pages:
            print(f"not current: {path.relative_to(ROOT)} (run: make docs)")
        return 1 if pages else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path in pages:
        path.write_text(rendered()[path], encoding="utf-8")
        print(f"written: {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

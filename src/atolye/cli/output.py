"""What the commands print: tables, progress and errors, in the asked language, or one JSON object."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from atolye.errors import AtolyeError


@dataclass(frozen=True, slots=True)
class Report:
    """How a command talks back."""

    language: str
    as_json: bool

    def say(self, tr: str, en: str) -> str:
        return tr if self.language == "tr" else en


def language_of(arguments: Sequence[str]) -> str:
    """The language of a command line: ``--lang``, else ``ATOLYE_LANGUAGE``, else English."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return "tr" if argument.removeprefix("--lang=").lower() == "tr" else "en"
        if argument == "--lang" and position + 1 < len(arguments):
            return "tr" if arguments[position + 1].lower() == "tr" else "en"
    return "tr" if os.environ.get("ATOLYE_LANGUAGE", "en").lower() == "tr" else "en"


def text(tr: str, en: str) -> str:
    """A help text in the language of the running command line."""
    return tr if language_of(sys.argv[1:]) == "tr" else en


PIPED_WIDTH = 160
"""Columns of tables that no terminal limits: a hash stays on its line, so that it can be searched for."""


def stdout() -> Console:
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPED_WIDTH)


def stderr() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Writes one JSON document to standard output, whatever the locale's encoding is."""
    sys.stdout.flush()
    document = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    sys.stdout.buffer.write(document.encode("utf-8"))
    sys.stdout.flush()


def refused(problem: AtolyeError, *, state: str = "refused") -> dict[str, Any]:
    """The result object of a request that never became a job."""
    return {
        "job_id": None,
        "state": state,
        "request": None,
        "request_sha256": None,
        "metrics": None,
        "warnings": [],
        "artefacts": [],
        "timings_ms": {},
        "engine": None,
        "error": dict(problem.body()),
    }


def show_error(problem: AtolyeError, report: Report) -> None:
    """An error as the JSON object on standard output or as text on standard error."""
    if report.as_json:
        print_json(refused(problem))
    else:
        show_error_text(dict(problem.body()), report)


def show_error_text(body: Mapping[str, Any], report: Report) -> None:
    """An error body as text: what is wrong, where, and what to do about it."""
    language = report.language if report.language == "tr" else "en"
    console = stderr()
    title = report.say("Hata", "Error")
    console.print(f"[bold red]{title}[/] [bold]{body['code']}[/]: {escape(str(body[f'message_{language}']))}")
    for cause in body["details"].get("errors", ()):
        where = f"[cyan]{escape(str(cause['field']))}[/]: " if cause.get("field") else ""
        console.print(f"  • {where}{escape(str(cause[f'message_{language}']))}")
    for suggestion in body["suggestions"]:
        console.print(f"  [green]→[/] {escape(str(suggestion[language]))}")
    for link in body["remediation_links"]:
        console.print(f"    {escape(str(link['title']))}: {escape(str(link['url']))}")


def show_warning(warning: Mapping[str, Any], report: Report) -> None:
    """A note or a doubt about a request, on standard error."""
    style, mark = ("yellow", "!") if warning["severity"] == "warning" else ("blue", "i")
    message = warning["message_tr" if report.language == "tr" else "message_en"]
    stderr().print(f"[{style}]{mark}[/] {escape(str(message))}")


def size_text(size_bytes: int, report: Report) -> str:
    """A file's size for people: bytes below 1 KiB, else KiB or MiB with one decimal."""
    if size_bytes < 1024:
        return f"{size_bytes} B"
    unit, value = ("KiB", size_bytes / 1024) if size_bytes < 1024**2 else ("MiB", size_bytes / 1024**2)
    number = f"{value:.1f}"
    return f"{number.replace('.', ',') if report.language == 'tr' else number} {unit}"


def table(*headings: str, title: str | None = None) -> Table:
    """An empty table with the house's look."""
    made = Table(title=title, title_justify="left", header_style="bold", show_edge=True)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made


class Advance(Protocol):
    """Shows that a stage has begun and how far the whole is (0 to 1)."""

    def __call__(self, label: str, fraction: float | None) -> None: ...


@contextmanager
def progress(report: Report, label: str) -> Iterator[Advance]:
    """A progress bar on standard error, gone when the work is done; silent when nobody watches."""
    console = stderr()
    if report.as_json and not console.is_terminal:
        yield lambda label, fraction: None
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=40),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(label, total=1.0)

        def advance(label: str, fraction: float | None) -> None:
            bar.update(task, description=label, completed=fraction)

        yield advance

"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from atolye.cli.output import text

DEFAULT_LANGUAGE: Final = text("tr", "en")

Language = Annotated[str, typer.Option("--lang", help=text("Dil: tr ya da en.", "Language: tr or en."))]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json", help=text("Sonucu standart çıktıya JSON olarak yaz.", "Write the result to stdout as JSON.")
    ),
]

"""``atolye script``: what the gate says of a FreeCAD script, without running it.

Exit status of ``check``: 0 when nothing stands in the way (warnings do not), 2 when the script would be
refused.
"""

from __future__ import annotations

from typing import Annotated, Final

import typer
from rich.markup import escape

from atolye.cli.options import DEFAULT_LANGUAGE, AsJson, Language
from atolye.cli.output import Report, print_json, stdout, text
from atolye.cli.source import text_of

LARGEST_SCRIPT_BYTES: Final = 1024 * 1024
EXIT_REFUSED: Final = 2

app = typer.Typer(no_args_is_help=True, help=text("FreeCAD betikleri.", "FreeCAD scripts."))


@app.callback()
def script() -> None:
    """Makes ``check`` a command of its own, however few there are beside it."""


@app.command("check", help=text("Betiği çalıştırmadan denetler.", "Check a script without running it."))
def check(
    file: Annotated[str, typer.Argument(help=text("Betik; - standart girdi.", "The script; - is stdin."))],
    lang: Language = DEFAULT_LANGUAGE,
    json: AsJson = False,
) -> int:
    from atolye.scripts.service import check as findings_of

    found = findings_of(text_of(file, largest_bytes=LARGEST_SCRIPT_BYTES))
    errors = sum(1 for finding in found if finding.severity == "error")
    if json:
        print_json({"file": file, "errors": errors, "findings": [finding.as_dict() for finding in found]})
        return EXIT_REFUSED if errors else 0
    report = Report(language=lang, as_json=False)
    console = stdout()
    for finding in found:
        problem = finding.error()
        style = "red" if finding.severity == "error" else "yellow"
        place = f"{file}:{finding.line}:{finding.column}"
        console.print(f"[bold]{escape(place)}[/] [{style}]{problem.code}[/] {escape(problem.message(lang))}")
        if hint := finding.hint(lang):
            console.print(f"  [green]→[/] {escape(hint)}")
    warnings = len(found) - errors
    console.print(
        report.say(f"{errors} hata, {warnings} uyarı", f"{errors} errors, {warnings} warnings")
        if found
        else report.say("Bulgu yok.", "No findings.")
    )
    return EXIT_REFUSED if errors else 0

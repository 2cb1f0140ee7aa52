"""``atolye families``: what can be made from parameters."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from atolye.cli.options import DEFAULT_LANGUAGE, AsJson, Language
from atolye.cli.output import Report, print_json, stdout, table, text
from atolye.errors import AtolyeError

HELP = text("Parça ailelerini ve alanlarını listeler.", "List the part families and their fields.")


def families(
    name: Annotated[
        str | None,
        typer.Argument(help=text("Yalnız bu aile, alanlarıyla.", "Only this family, with its fields.")),
    ] = None,
    lang: Language = DEFAULT_LANGUAGE,
    json: AsJson = False,
) -> int:
    from atolye.designs.families import registry

    known = registry()
    if name is not None and name not in known:
        raise AtolyeError(
            "VALIDATION_UNKNOWN_FAMILY", field="family", value=name, known=", ".join(sorted(known))
        )
    chosen = [known[name]] if name is not None else [known[key] for key in sorted(known)]
    described = [family.describe(lang) for family in chosen]
    if json:
        print_json({"families": described})
        return 0
    report = Report(language=lang, as_json=False)
    console = stdout()
    if name is None:
        overview = table(
            report.say("Aile", "Family"), report.say("Ad", "Name"), report.say("Alanlar", "Fields")
        )
        for family in described:
            overview.add_row(family["key"], escape(family["title"]), escape(", ".join(_marked(family))))
        console.print(overview)
        console.print(report.say("? isteğe bağlı alan", "? optional field"))
        return 0
    family = described[0]
    console.print(f"[bold]{family['key']}[/] — {escape(family['title'])}")
    console.print(escape(family["frame"]))
    fields = table(
        report.say("Alan", "Field"),
        report.say("Birim", "Unit"),
        report.say("Adları", "Names"),
        report.say("Varsayılan", "Default"),
    )
    for field in family["fields"]:
        default = "" if field.get("default") is None else str(field["default"])
        names = ", ".join([*field.get("names_tr", ()), *field.get("names_en", ())])
        mark = "" if field["required"] else "?"
        fields.add_row(field["name"] + mark, field.get("unit") or "", escape(names), escape(default))
    console.print(fields)
    return 0


def _marked(family: dict[str, object]) -> list[str]:
    fields = family["fields"]
    assert isinstance(fields, list)
    return [field["name"] + ("" if field["required"] else "?") for field in fields]

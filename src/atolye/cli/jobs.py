"""``atolye jobs``: what was made in this home."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from atolye.cli.options import DEFAULT_LANGUAGE, AsJson, Language
from atolye.cli.output import Report, print_json, show_error_text, stdout, table, text

app = typer.Typer(no_args_is_help=True, help=text("Bu evdeki işler.", "The jobs of this home."))


@app.command("list", help=text("İşleri yeniden eskiye listeler.", "List the jobs, newest first."))
def list_jobs(
    state: Annotated[
        str | None,
        typer.Option("--state", help="queued, running, succeeded, failed, cancelled"),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=200, help=text("En çok bu kadar.", "At most so many."))
    ] = 20,
    lang: Language = DEFAULT_LANGUAGE,
    json: AsJson = False,
) -> int:
    from atolye.access.local import LOCAL_TENANT_ID
    from atolye.bootstrap import records
    from atolye.settings import load_settings

    with records(load_settings()) as services:
        page = services.jobs.list(tenant_id=LOCAL_TENANT_ID, state=state, limit=limit, cursor=None)
        rows = [job.as_json(lang) for job in page.jobs]
    if json:
        print_json({"jobs": rows})
        return 0
    report = Report(language=lang, as_json=False)
    shown = table(
        report.say("İş", "Job"),
        report.say("Durum", "State"),
        report.say("Aile", "Family"),
        report.say("Zaman", "Time"),
    )
    for row in rows:
        shown.add_row(
            escape(row["job_id"]),
            row["state"],
            str((row["request"] or {}).get("family", "")),
            str(row.get("created_at", "")),
        )
    stdout().print(shown)
    return 0


@app.command("show", help=text("Bir işi gösterir.", "Show one job."))
def show(
    job_id: Annotated[str, typer.Argument(help=text("İşin kimliği.", "The job's id."))],
    lang: Language = DEFAULT_LANGUAGE,
    json: AsJson = False,
) -> int:
    from atolye.access.local import LOCAL_TENANT_ID
    from atolye.bootstrap import records
    from atolye.settings import load_settings

    with records(load_settings()) as services:
        job = services.jobs.get(job_id, tenant_id=LOCAL_TENANT_ID).as_json(lang)
    if json:
        print_json(job)
        return 0
    report = Report(language=lang, as_json=False)
    console = stdout()
    console.print(f"[bold]{escape(job['job_id'])}[/] {job['state']}")
    if job["error"] is not None:
        show_error_text(job["error"], report)
    files = table(report.say("Çıktı", "Artefact"), "sha256")
    for artefact in job["artefacts"]:
        files.add_row(escape(artefact["name"]), artefact["sha256"])
    console.print(files)
    return 0

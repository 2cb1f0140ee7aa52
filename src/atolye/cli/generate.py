"""``atolye generate``: a request in, a folder of files out."""

from __future__ import annotations

import json as json_module
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from atolye.cli.options import DEFAULT_LANGUAGE, AsJson, Language
from atolye.cli.output import (
    Report,
    print_json,
    progress,
    show_error_text,
    show_warning,
    size_text,
    stdout,
    table,
    text,
)
from atolye.errors import AtolyeError

if TYPE_CHECKING:
    from atolye.jobs.models import JobView

app = typer.Typer(
    no_args_is_help=True,
    help=text("Bir istekten model üretir.", "Make a model from a request."),
)

LARGEST_INPUT_BYTES = 8 * 1024 * 1024


@app.callback()
def _group() -> None:
    """Keeps ``params`` a subcommand while it is the only one."""


@app.command("params", help=text("Parametrelerden model üretir.", "Make a model from parameters."))
def params(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-",
            help=text("JSON dosyası; - standart girdi.", "JSON file; - reads standard input."),
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help=text("Çıktıların klasörü.", "Folder of the results."))
    ],
    job_id: Annotated[
        str | None,
        typer.Option(
            "--job-id",
            help=text("İşin kimliği; dosya adlarının başı.", "The job's id; file names begin with it."),
        ),
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help=text(
                "Virgülle ayrılmış biçimler: fcstd, step, iges, brep, stl, obj, 3mf, glb, png, svg.",
                "Formats, comma separated: fcstd, step, iges, brep, stl, obj, 3mf, glb, png, svg.",
            ),
        ),
    ] = None,
    step_schema: Annotated[str | None, typer.Option("--step-schema", help="AP203, AP214, AP242")] = None,
    linear_deflection: Annotated[
        float | None,
        typer.Option(
            "--linear-deflection",
            help=text("Ağın doğrusal sapması, mm.", "Linear deflection of the mesh, mm."),
        ),
    ] = None,
    angular_deflection: Annotated[
        float | None,
        typer.Option(
            "--angular-deflection",
            help=text("Ağın açısal sapması, derece.", "Angular deflection of the mesh, degrees."),
        ),
    ] = None,
    lang: Language = DEFAULT_LANGUAGE,
    json: AsJson = False,
) -> int:
    if lang not in ("tr", "en"):
        raise AtolyeError("CLI_USAGE", problem=f"--lang {lang}: tr | en")
    report = Report(language=lang, as_json=json)
    raw = _read(source)
    _apply_options(raw, formats, step_schema, linear_deflection, angular_deflection)
    return _run(raw, out, job_id, report)


def _read(source: str) -> dict[str, Any]:
    from atolye.designs.reading import read_json_object

    try:
        if source == "-":
            content = sys.stdin.buffer.read(LARGEST_INPUT_BYTES + 1)
        else:
            with Path(source).open("rb") as file:
                content = file.read(LARGEST_INPUT_BYTES + 1)
    except OSError as problem:
        raise AtolyeError("CLI_INPUT_UNREADABLE", path=source, reason=problem.strerror or "") from None
    return read_json_object(content, largest_bytes=LARGEST_INPUT_BYTES)


def _apply_options(
    raw: dict[str, Any],
    formats: str | None,
    step_schema: str | None,
    linear_deflection: float | None,
    angular_deflection: float | None,
) -> None:
    """Options of the command line win over what the file says."""
    exports = [name.strip() for name in formats.split(",") if name.strip()] if formats is not None else None
    if exports is not None:
        raw["exports"] = exports
    if step_schema is not None:
        raw["step_schema"] = step_schema
    mesh = {"linear_deflection_mm": linear_deflection, "angular_deflection_deg": angular_deflection}
    given = {key: value for key, value in mesh.items() if value is not None}
    if given:
        raw["mesh"] = {**(raw.get("mesh") or {}), **given}


def _run(raw: dict[str, Any], out: Path, job_id: str | None, report: Report) -> int:
    from atolye.bootstrap import embedded
    from atolye.designs.service import canonicalise
    from atolye.i18n import stage_label
    from atolye.settings import load_settings

    began = time.perf_counter()
    request = canonicalise(raw)
    _writable(out)
    with embedded(load_settings(), one_job=True) as services:
        with progress(report, report.say("Motor başlatılıyor", "Starting the engine")) as advance:

            def on_event(event: dict[str, Any]) -> None:
                if event["event"] == "stage":
                    advance(stage_label(event["stage"], report.language), event.get("progress"))

            job = services.jobs.run_now(request, job_id=job_id, language=report.language, on_event=on_event)
        delivered = _deliver(services, job, out, report)
    delivered["timings_ms"]["cli_total"] = round(1000 * (time.perf_counter() - began), 1)
    document = json_module.dumps(delivered, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    (out / "job.json").write_text(document, encoding="utf-8")
    if report.as_json:
        print_json(delivered)
    else:
        _show(delivered, out, report, request.units)
    return 0 if delivered["state"] == "succeeded" else 1


def _writable(out: Path) -> None:
    """Makes the folder of the results before any work is done for it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise AtolyeError("CLI_OUTPUT_UNWRITABLE", path=str(out), reason=problem.strerror or "") from None
    if not os.access(out, os.W_OK | os.X_OK):
        raise AtolyeError("CLI_OUTPUT_UNWRITABLE", path=str(out), reason=os.strerror(13))


def _deliver(services: Any, job: JobView, out: Path, report: Report) -> dict[str, Any]:
    """Copies the job's artefacts into the folder; paths in the result are those of the copies."""
    delivered = job.as_json(report.language)
    try:
        for artefact in delivered["artefacts"]:
            target = (out / artefact["name"]).resolve()
            with services.store.open(artefact) as stored, target.open("wb") as copy:
                shutil.copyfileobj(stored, copy)
            artefact["path"] = str(target)
    except OSError as problem:
        raise AtolyeError("STORAGE_WRITE_FAILED", path=str(out), reason=problem.strerror or "") from None
    return delivered


def _show(result: dict[str, Any], out: Path, report: Report, unit: str) -> None:
    from atolye.i18n import metrics_table

    for warning in result["warnings"]:
        show_warning(warning, report)
    if result["error"] is not None:
        show_error_text(result["error"], report)
        return
    console = stdout()
    files = table(
        report.say("Çıktı", "Artefact"),
        report.say("Boyut", "Size"),
        "sha256",
        title=report.say(f"Dosyalar: {out}", f"Files: {out}"),
    )
    for artefact in result["artefacts"]:
        files.add_row(escape(artefact["name"]), size_text(artefact["size_bytes"], report), artefact["sha256"])
    console.print(files)
    measures = table(report.say("Ölçüm", "Metric"), report.say("Değer", "Value"))
    for label, value in metrics_table(result["metrics"], report.language, unit=unit):
        measures.add_row(escape(label), escape(value))
    console.print(measures)
    seconds = result["timings_ms"]["cli_total"] / 1000
    shown = f"{seconds:.2f}".replace(".", "," if report.language == "tr" else ".")
    console.print(report.say(f"Toplam süre: {shown} sn", f"Total time: {shown} s"))

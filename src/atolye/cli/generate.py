"""``atolye generate``: a request in, a folder of files out."""

from __future__ import annotations

import json as json_module
import os
import shutil
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
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
from atolye.cli.source import content_of, text_of
from atolye.errors import AtolyeError

if TYPE_CHECKING:
    from atolye.bootstrap import Embedded
    from atolye.jobs.models import JobView

app = typer.Typer(
    no_args_is_help=True,
    help=text("Bir istekten model üretir.", "Make a model from a request."),
)

LARGEST_INPUT_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and, for a text, how it was read."""

    request: Any
    reading: dict[str, Any] | None = None
    link: Callable[[str], None] = lambda _job_id: None
    """Told of the job that the request became."""


Out = Annotated[Path, typer.Option("--out", "-o", help=text("Çıktıların klasörü.", "Folder of the results."))]
JobId = Annotated[
    str | None,
    typer.Option(
        "--job-id",
        help=text("İşin kimliği; dosya adlarının başı.", "The job's id; file names begin with it."),
    ),
]
Formats = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        help=text("Virgülle ayrılmış biçimler: ", "Formats, comma separated: ")
        + "fcstd, step, iges, brep, stl, obj, 3mf, glb, png, svg.",
    ),
]
StepSchema = Annotated[str | None, typer.Option("--step-schema", help="AP203, AP214, AP242")]
LinearDeflection = Annotated[
    float | None,
    typer.Option(
        "--linear-deflection",
        help=text("Ağın doğrusal sapması, mm.", "Linear deflection of the mesh, mm."),
    ),
]
AngularDeflection = Annotated[
    float | None,
    typer.Option(
        "--angular-deflection",
        help=text("Ağın açısal sapması, derece.", "Angular deflection of the mesh, degrees."),
    ),
]


@app.command("params", help=text("Parametrelerden model üretir.", "Make a model from parameters."))
def params(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-",
            help=text("JSON dosyası; - standart girdi.", "JSON file; - reads standard input."),
        ),
    ],
    out: Out,
    job_id: JobId = None,
    formats: Formats = None,
    step_schema: StepSchema = None,
    linear_deflection: LinearDeflection = None,
    angular_deflection: AngularDeflection = None,
    lang: Language = DEFAULT_LANGUAGE,
    json: AsJson = False,
) -> int:
    from atolye.designs.reading import read_json_object
    from atolye.designs.service import canonicalise

    report = _report(lang, json)
    raw = read_json_object(
        content_of(source, largest_bytes=LARGEST_INPUT_BYTES), largest_bytes=LARGEST_INPUT_BYTES
    )
    _apply_options(raw, formats, step_schema, linear_deflection, angular_deflection)
    request = canonicalise(raw)
    return _run(lambda _parts: Asked(request), out, job_id, report, prompts=False)


@app.command("prompt", help=text("Bir cümleden model üretir.", "Make a model from a sentence."))
def prompt(
    sentence: Annotated[
        str,
        typer.Argument(
            metavar="TEXT|-",
            help=text(
                "İstek metni; - standart girdi. Tire ile başlayan metinden önce -- yazın.",
                "The text; - reads standard input. Write -- before a text that begins with a dash.",
            ),
        ),
    ],
    out: Out,
    material: Annotated[
        str | None,
        typer.Option("--material", help=text("Metinde yoksa malzeme.", "Material if the text names none.")),
    ] = None,
    process: Annotated[
        str | None,
        typer.Option("--process", help=text("Metinde yoksa süreç.", "Process if the text names none.")),
    ] = None,
    job_id: JobId = None,
    formats: Formats = None,
    step_schema: StepSchema = None,
    linear_deflection: LinearDeflection = None,
    angular_deflection: AngularDeflection = None,
    lang: Annotated[str | None, typer.Option("--lang", help="tr | en")] = None,
    json: AsJson = False,
) -> int:
    report = _report(lang or DEFAULT_LANGUAGE, json)
    raw: dict[str, Any] = {"prompt": _sentence(sentence), "material": material, "process": process}
    _apply_options(raw, formats, step_schema, linear_deflection, angular_deflection)
    return _ask({name: value for name, value in raw.items() if value is not None}, out, job_id, report, lang)


@app.command("script", help=text("FreeCAD betiğinden model üretir.", "Make a model from a FreeCAD script."))
def script(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-", help=text("Betik; - standart girdi.", "The script; - reads standard input.")
        ),
    ],
    out: Out,
    material: Annotated[str, typer.Option("--material", help=text("Malzeme.", "Material."))],
    process: Annotated[str | None, typer.Option("--process", help=text("Süreç.", "Process."))] = None,
    job_id: JobId = None,
    formats: Formats = None,
    step_schema: StepSchema = None,
    linear_deflection: LinearDeflection = None,
    angular_deflection: AngularDeflection = None,
    lang: Language = DEFAULT_LANGUAGE,
    json: AsJson = False,
) -> int:
    report = _report(lang, json)
    raw: dict[str, Any] = {"script": _text(source), "material": material}
    raw |= {} if process is None else {"process": process}
    _apply_options(raw, formats, step_schema, linear_deflection, angular_deflection)
    return _ask(raw, out, job_id, report, lang)


def _ask(raw: dict[str, Any], out: Path, job_id: str | None, report: Report, lang: str | None) -> int:
    """A text or a script through the prompt flow."""

    def asked(parts: Embedded) -> Asked:
        from atolye.bootstrap import LocalCaller

        flow = parts.prompts
        assert flow is not None
        answer = flow.ask(raw, caller=LocalCaller(), request_id=str(uuid.uuid4()), language=lang, wait=True)
        reading = None if answer.reading is None else answer.reading.as_dict()
        return Asked(answer.request, reading, lambda job_id: flow.link(answer, job_id))

    return _run(asked, out, job_id, report, prompts=True)


def _report(lang: str, json: bool) -> Report:
    if lang not in ("tr", "en"):
        raise AtolyeError("CLI_USAGE", problem=f"--lang {lang}: tr | en")
    return Report(language=lang, as_json=json)


def _sentence(given: str) -> str:
    return _text("-") if given == "-" else given


def _text(source: str) -> str:
    """A file's text; a byte order mark, as some editors write it, is not part of it."""
    return text_of(source, largest_bytes=LARGEST_INPUT_BYTES, encoding="utf-8-sig")


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


def _run(
    ask: Callable[[Embedded], Asked], out: Path, job_id: str | None, report: Report, *, prompts: bool
) -> int:
    """Runs one request and delivers what it became.

    Args:
        ask: gives the request once the parts are there; a refusal of it leaves no job behind.
    """
    from atolye.bootstrap import embedded
    from atolye.i18n import stage_label
    from atolye.settings import load_settings

    began = time.perf_counter()
    _writable(out)
    with embedded(load_settings(), one_job=True, prompts=prompts) as parts:
        asked = ask(parts)
        with progress(report, report.say("Motor başlatılıyor", "Starting the engine")) as advance:
            parts.engine.start()

            def on_event(event: dict[str, Any]) -> None:
                if event["event"] == "stage":
                    advance(stage_label(event["stage"], report.language), event.get("progress"))

            job = parts.jobs.run_now(
                asked.request, job_id=job_id, language=report.language, on_event=on_event
            )
        asked.link(job.job_id)
        delivered = _deliver(parts, job, out, report)
    if asked.reading is not None:
        delivered["reading"] = asked.reading
    delivered["timings_ms"]["cli_total"] = round(1000 * (time.perf_counter() - began), 1)
    document = json_module.dumps(delivered, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    (out / "job.json").write_text(document, encoding="utf-8")
    if report.as_json:
        print_json(delivered)
    else:
        _show(delivered, out, report, getattr(asked.request, "units", "mm"))
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
    if "reading" in result:
        console.print(report.say("Okunan: ", "Read as: ") + escape(_read_as(result["reading"])))
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


def _read_as(reading: dict[str, Any]) -> str:
    """A reading in one line: family and fields."""
    fields = ", ".join(f"{name} = {value}" for name, value in reading["fields"].items())
    return f"{reading['family']}: {fields}"

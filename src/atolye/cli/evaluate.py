"""``atolye eval``: how well prompts with known answers are read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from atolye.cli.options import DEFAULT_LANGUAGE, AsJson, Language
from atolye.cli.output import Report, print_json, progress, stdout, table, text
from atolye.errors import AtolyeError

if TYPE_CHECKING:
    from atolye.designs.canonical import CanonicalRequest
    from atolye.prompts.evaluation import Builder, Case
    from atolye.prompts.models import Suggestion
    from atolye.settings import Settings

app = typer.Typer(no_args_is_help=True, help=text("Değerlendirme.", "Evaluation."))

HEADINGS = {
    "cases": ("Sayı", "Cases"),
    "valid_rate": ("Doğru model", "Right models"),
    "right_code_rate": ("Doğru kod", "Right codes"),
    "silently_wrong": ("Sessiz yanlış", "Silently wrong"),
    "doubted_rate": ("Kuşkulu", "Doubted"),
    "largest_volume_error": ("Hacim hatası", "Volume error"),
    "median_ms": ("Ortanca ms", "Median ms"),
}


@app.callback()
def evaluation() -> None:
    """Makes ``prompts`` a command of its own."""


@app.command(
    "prompts", help=text("Yanıtı bilinen istekleri okutur.", "Have prompts with known answers read.")
)
def prompts(
    source: Annotated[
        Path,
        typer.Argument(metavar="FILE", help=text("JSON satırları ya da klasör.", "JSON lines, or a folder.")),
    ],
    provider: Annotated[str | None, typer.Option("--provider", help="local, openai, azure")] = None,
    build: Annotated[
        bool,
        typer.Option(
            "--build", help=text("Modelleri motorda da üret.", "Make the models in the engine, too.")
        ),
    ] = False,
    lang: Language = DEFAULT_LANGUAGE,
    json: AsJson = False,
) -> int:
    from atolye.prompts.evaluation import evaluate, load
    from atolye.settings import load_settings

    if not source.exists():
        raise AtolyeError("CLI_INPUT_UNREADABLE", path=str(source), reason="ENOENT")
    settings = load_settings(**({} if provider is None else {"ai_provider": provider}))
    report = Report(language=lang, as_json=json)
    cases = load(source)
    with ExitStack() as stack:
        reader = _reader(settings, stack)
        builder = _builder(settings, stack) if build else None
        with progress(report, report.say("Okunuyor", "Reading")) as advance:
            done = evaluate(_counted(cases, advance), reader, build=builder).as_dict()
    if json:
        print_json(done)
    else:
        _show(done, report)
    return 0 if not done["wrong"] else 1


def _counted(cases: list[Case], advance: Callable[[str, float | None], None]) -> Any:
    for number, case in enumerate(cases):
        advance(case.id, number / len(cases))
        yield case


def _reader(settings: Settings, stack: ExitStack) -> Callable[[str, str | None], Suggestion]:
    """The settings' provider as the evaluation wants it."""
    from atolye.bootstrap import engine_for, provider_of
    from atolye.prompts.models import Suggestion
    from atolye.prompts.ports import PromptContext

    provider = provider_of(settings, engine_for(settings))
    stack.callback(provider.close)

    def read(prompt: str, language: str | None) -> Suggestion:
        proposal = provider.suggest(prompt, PromptContext(language=language))
        if proposal.request is None:
            raise AtolyeError("FLOW_NOT_AVAILABLE", details={"flow": "script"}, flow="script")
        return Suggestion(dict(proposal.request), proposal.reading, proposal.warnings)

    return read


def _builder(settings: Settings, stack: ExitStack) -> Builder:
    """Makes models in the engine and measures them."""
    from atolye.bootstrap import engine_for
    from atolye.prompts.evaluation import Built

    engine = stack.enter_context(engine_for(settings))
    folders = Path(stack.enter_context(tempfile.TemporaryDirectory()))

    def build(request: CanonicalRequest, _expected: Mapping[str, Any]) -> Built:
        folder = Path(tempfile.mkdtemp(dir=folders))
        display = engine.run(request.to_wire(), folder).result["metrics"]["display"]
        box = display["bbox_mm"]
        size = tuple(high - low for low, high in zip(box["min"], box["max"], strict=True))
        return Built(True, display["volume_mm3"], (size[0], size[1], size[2]))

    return build


def _show(done: dict[str, Any], report: Report) -> None:
    console = stdout()
    shown = table("", *(report.say(*names) for names in HEADINGS.values()))
    groups = {"": done["all"], **done["by_language"], **done["by_kind"]}
    for name, summary in groups.items():
        shown.add_row(name, *(_cell(summary[key], report) for key in HEADINGS))
    console.print(shown)
    for wrong in done["wrong"]:
        console.print(
            f"[red]✗[/] {escape(wrong['id'])}: {escape(str(wrong['code'] or ''))} {escape(wrong['because'])}"
        )


def _cell(value: Any, report: Report) -> str:
    if value is None:
        return "–"
    shown = f"{value:.4g}" if isinstance(value, float) else str(value)
    return shown.replace(".", ",") if report.language == "tr" else shown

"""``atolye engine``: FreeCAD on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from atolye.cli.options import DEFAULT_LANGUAGE, AsJson, Language
from atolye.cli.output import Advance, Report, print_json, progress, stdout, table, text

if TYPE_CHECKING:
    from atolye.engine.doctor import Check
    from atolye.engine.install import Progress

app = typer.Typer(no_args_is_help=True, help=text("FreeCAD motoru.", "The FreeCAD engine."))


STEPS = {
    "tools": ("Araçlar", "Tools", 0.01),
    "packages": ("Paket listesi", "Package list", 0.03),
    "download": ("İndirme", "Download", 0.35),
    "unpack": ("Açma", "Unpacking", 0.35),
    "compile": ("Derleme", "Compiling", 0.21),
    "verify": ("Doğrulama", "Verification", 0.05),
}
"""Steps of an installation in Turkish and English, and their share of its time."""

MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "failed": "[red]✗[/]"}


@app.command(
    "install",
    help=text("Motoru kurar; kuruluysa yalnız söyler.", "Install the engine, or say that it is there."),
)
def install(
    mirror: Annotated[
        str | None,
        typer.Option(
            "--mirror",
            help=text("Debian yansısı; varsayılan: apt'ninki.", "Debian mirror; default: apt's own."),
        ),
    ] = None,
    lang: Language = DEFAULT_LANGUAGE,
    json: AsJson = False,
) -> int:
    from atolye.engine.fingerprint import fingerprint
    from atolye.engine.install import install as put_in_place
    from atolye.settings import load_settings

    settings = load_settings()
    report = Report(language=lang, as_json=json)
    with progress(report, report.say("Motor kuruluyor", "Installing the engine")) as advance:
        engine = put_in_place(
            settings.home, progress=_shown(advance, report), mirror=mirror or settings.engine_mirror
        )
    value = fingerprint(engine).value
    drifted = [*engine.drift.of_bytes, *engine.drift.of_others]
    if json:
        print_json({"root": str(engine.root), "fresh": engine.fresh, "fingerprint": value, "drift": drifted})
        return 0
    console = stdout()
    state = report.say("kuruldu", "installed") if engine.fresh else report.say("hazır", "ready")
    console.print(report.say(f"Motor {state}: {engine.root}", f"Engine {state}: {engine.root}"))
    if drifted:
        listed = escape(", ".join(drifted[:8]))
        console.print(
            report.say(
                f"[yellow]![/] {len(drifted)} paket engine.lock'tan farklı: {listed}",
                f"[yellow]![/] {len(drifted)} packages differ from engine.lock: {listed}",
            )
        )
    return 0


def _shown(advance: Advance, report: Report) -> Callable[[Progress], None]:
    """Turns an installation's steps into one bar."""
    names = list(STEPS)

    def show(step: Progress) -> None:
        tr, en, share = STEPS[step.step]
        before = sum(STEPS[name][2] for name in names[: names.index(step.step)])
        part = step.done / step.total if step.total else 0.0
        advance(report.say(tr, en), before + share * part)

    return show


@app.command(
    "verify",
    help=text(
        "Motoru sınar: sürümler, modüller, yalıtım.", "Examine the engine: versions, modules, isolation."
    ),
)
def verify(lang: Language = DEFAULT_LANGUAGE, json: AsJson = False) -> int:
    return _examine(lang, json)


@app.command(
    "doctor",
    help=text("verify ile aynı; neyin eksik olduğunu söyler.", "The same as verify; says what is missing."),
)
def doctor(lang: Language = DEFAULT_LANGUAGE, json: AsJson = False) -> int:
    return _examine(lang, json)


def _examine(lang: str, json: bool) -> int:
    from atolye.engine.doctor import examine, fit
    from atolye.engine.locate import root_of
    from atolye.settings import load_settings

    settings = load_settings()
    checks = examine(settings.engine_root or root_of(settings.home))
    if json:
        print_json({"ok": fit(checks), "checks": [check.as_dict() for check in checks]})
    else:
        _show(checks, Report(language=lang, as_json=False))
    return 0 if fit(checks) else 1


def _show(checks: list[Check], report: Report) -> None:
    shown = table(
        "", report.say("Sınama", "Check"), report.say("Bulunan", "Found"), report.say("Beklenen", "Expected")
    )
    for check in checks:
        title = report.say(check.title_tr, check.title_en)
        shown.add_row(MARKS[check.status], escape(title), escape(check.found), escape(check.expected))
    stdout().print(shown)


@app.command("info", help=text("Motorun sürümleri ve parmak izi.", "Versions and fingerprint of the engine."))
def info(lang: Language = DEFAULT_LANGUAGE, json: AsJson = False) -> int:
    from atolye.engine.doctor import probe
    from atolye.engine.fingerprint import fingerprint
    from atolye.engine.install import installed
    from atolye.engine.locate import root_of
    from atolye.settings import load_settings

    settings = load_settings()
    root = settings.engine_root or root_of(settings.home)
    engine, said = installed(root), probe(root)
    facts = {
        "root": str(root),
        "freecad_version": said["freecad"],
        "occt_version": said["occt"],
        "python_version": said["python"],
        "fingerprint": fingerprint(engine).value,
        "packages": len(engine.packages),
        "drift": [*engine.drift.of_bytes, *engine.drift.of_others],
        "isolation": said["profile"],
    }
    if json:
        print_json(facts)
        return 0
    report = Report(language=lang, as_json=False)
    shown = table(report.say("Özellik", "Property"), report.say("Değer", "Value"))
    for name, value in facts.items():
        shown.add_row(name, escape(", ".join(value) if isinstance(value, list) else str(value)))
    stdout().print(shown)
    return 0

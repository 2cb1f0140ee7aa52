"""The ``atolye`` command.

Exit status: 0 success; 1 the job (or the engine) failed; 2 the request was refused before a job began;
64 wrong usage; 130 interrupted. With ``--json`` standard output carries one JSON object and nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from atolye.cli.output import Report, language_of, show_error, text
from atolye.errors import AtolyeError
from atolye.telemetry.logs import configure_logs, log_failure

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_REFUSED = 2
EXIT_USAGE = 64  # EX_USAGE of sysexits.h
EXIT_INTERRUPTED = 130

USAGE_CODES = frozenset(("CLI_USAGE", "CLI_INPUT_UNREADABLE", "CLI_OUTPUT_UNWRITABLE"))
"""Failures of the command line itself: a file or folder that it names cannot be used."""


def build_app() -> typer.Typer:
    """The command line with all its commands."""
    from atolye.cli import engine, evaluate, families, generate, jobs, script, serve, token

    app = typer.Typer(
        name="atolye",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=text("İstek üzerine CAD modelleri.", "CAD models on request."),
    )
    app.add_typer(generate.app, name="generate")
    app.add_typer(jobs.app, name="jobs")
    app.add_typer(engine.app, name="engine")
    app.add_typer(evaluate.app, name="eval")
    app.add_typer(script.app, name="script")
    app.command("families", help=families.HELP)(families.families)
    app.command("serve", help=serve.HELP)(serve.serve)
    app.command("token", help=token.HELP)(token.token)
    return app


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit status."""
    report = Report(language=language_of(arguments), as_json="--json" in arguments)
    configure_logs("warning")
    try:
        status = build_app()(list(arguments), standalone_mode=False, prog_name="atolye")
    except TyperException as problem:
        if problem.exit_code == 2:  # the parser's own status for a command line it cannot read
            show_error(AtolyeError("CLI_USAGE", problem=problem.format_message()), report)
            return EXIT_USAGE
        show_error(AtolyeError("CLI_USAGE", problem=str(problem)), report)
        return EXIT_USAGE
    except (KeyboardInterrupt, typer.Abort):
        show_error(AtolyeError("CLI_INTERRUPTED"), report)
        return EXIT_INTERRUPTED
    except AtolyeError as problem:
        show_error(problem, report)
        return EXIT_USAGE if problem.code in USAGE_CODES else _status_of(problem)
    except Exception as problem:  # noqa: BLE001 - boundary: a defect of ours is told like any other failure
        log_failure(AtolyeError("INTERNAL_ERROR"), exception=problem)
        show_error(AtolyeError("INTERNAL_ERROR", details={"exception_class": type(problem).__name__}), report)
        return EXIT_FAILED
    return status if isinstance(status, int) else EXIT_OK


def _status_of(problem: AtolyeError) -> int:
    """Refusals are the caller's to mend (4xx); everything else failed on our side."""
    return EXIT_REFUSED if problem.http_status < 500 else EXIT_FAILED


def main() -> None:
    """Entry point of the installed command."""
    sys.exit(run(sys.argv[1:]))

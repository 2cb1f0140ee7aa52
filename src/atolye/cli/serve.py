"""``atolye serve``: the HTTP API."""

from __future__ import annotations

from socket import socket
from typing import Annotated

import typer
from rich.markup import escape

from atolye.cli.options import DEFAULT_LANGUAGE, Language
from atolye.cli.output import Report, stderr, text
from atolye.errors import AtolyeError

HELP = text("HTTP API'yi başlatır.", "Start the HTTP API.")

EXAMPLE = (
    "curl -s -H \"Authorization: Bearer $(atolye token)\" -H 'Content-Type: application/json' "
    '-d \'{"length":100,"width":50,"height":30,"hole_diameter":10,"material":"aluminium"}\' '
    "{url}/api/v1/designs/params"
)


def serve(
    host: Annotated[
        str | None, typer.Option("--host", help=text("Dinlenen adres.", "Address to listen on."))
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", help=text("Kapı; 0 boş bir kapı seçer.", "Port; 0 takes a free one.")),
    ] = None,
    lang: Language = DEFAULT_LANGUAGE,
) -> int:
    from atolye.bootstrap import embedded, web_services
    from atolye.settings import load_settings
    from atolye.web.app import create_app
    from atolye.web.listening import listen, server

    settings = load_settings(
        **({} if host is None else {"host": host}), **({} if port is None else {"port": port})
    )
    try:
        listener = listen(settings.host, settings.port)
    except OSError as problem:
        raise AtolyeError(
            "CLI_ADDRESS_UNUSABLE", address=f"{settings.host}:{settings.port}", reason=problem.strerror or ""
        ) from None
    with listener:
        url = settings.public_url or _url_of(listener)
        _greet(url, Report(language=lang, as_json=False))
        with embedded(settings, prompts=True) as parts:
            server(create_app(web_services(settings, parts, public_url=url))).run(sockets=[listener])
    return 0


def _url_of(listener: socket) -> str:
    """The address that the socket really listens on, also when any free port was asked for."""
    address, port = listener.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    return f"http://{shown}:{port}"


def _greet(url: str, report: Report) -> None:
    console = stderr()
    console.print(report.say(f"API: {url}  (durdurmak için Ctrl-C)", f"API: {url}  (Ctrl-C stops it)"))
    console.print(report.say("Belirteç almak için: atolye token", "To get a token: atolye token"))
    console.print(report.say("Örnek istek:", "An example request:"))
    console.print("  " + escape(EXAMPLE.replace("{url}", url)))

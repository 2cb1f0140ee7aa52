"""``atolye serve``: the HTTP API."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from atolye.cli.options import DEFAULT_LANGUAGE, Language
from atolye.cli.output import Report, stderr, text

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
    import socket

    import uvicorn

    from atolye.bootstrap import embedded, web_services
    from atolye.settings import load_settings
    from atolye.web.app import create_app

    settings = load_settings(
        **({} if host is None else {"host": host}), **({} if port is None else {"port": port})
    )
    report = Report(language=lang, as_json=False)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.create_server((settings.host, settings.port), family=family, backlog=512) as listener:
        address, bound_port = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        url = settings.public_url or f"http://{shown}:{bound_port}"
        console = stderr()
        console.print(report.say(f"API: {url}  (durdurmak için Ctrl-C)", f"API: {url}  (Ctrl-C stops it)"))
        console.print(report.say("Belirteç almak için: atolye token", "To get a token: atolye token"))
        console.print(report.say("Örnek istek:", "An example request:"))
        console.print("  " + escape(EXAMPLE.replace("{url}", url)))
        with embedded(settings) as parts:
            config = uvicorn.Config(
                create_app(web_services(settings, parts, public_url=url)),
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=10,
            )
            uvicorn.Server(config).run(sockets=[listener])
    return 0

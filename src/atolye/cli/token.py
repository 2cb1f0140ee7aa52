"""``atolye token``: a token for the local API."""

from __future__ import annotations

from typing import Annotated

import typer

from atolye.cli.options import DEFAULT_LANGUAGE, AsJson, Language
from atolye.cli.output import print_json, stdout, text

HELP = text("Yerel API için erişim belirteci üretir.", "Make an access token for the local API.")


def token(
    scopes: Annotated[
        str, typer.Option("--scopes", help=text("Virgülle ayrılmış yetkiler.", "Scopes, comma separated."))
    ] = "models:read,models:write",
    minutes: Annotated[
        int,
        typer.Option(
            "--minutes", min=1, max=43_200, help=text("Geçerlilik süresi, dakika.", "Life in minutes.")
        ),
    ] = 60,
    lang: Language = DEFAULT_LANGUAGE,
    json: AsJson = False,
) -> int:
    from atolye.bootstrap import issue_local_token
    from atolye.settings import load_settings

    issued = issue_local_token(
        load_settings(),
        scopes=[scope.strip() for scope in scopes.split(",") if scope.strip()],
        minutes=minutes,
    )
    if json:
        print_json({"token": issued, "expires_in_s": 60 * minutes})
    else:
        stdout().print(issued)
    return 0

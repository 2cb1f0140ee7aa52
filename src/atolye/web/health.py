"""HTTP: whether the service works, what it is set to, what it has measured, and its documentation."""

from __future__ import annotations

from html import escape
from typing import Any, Final, cast

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import HTMLResponse, Response

from atolye import __version__
from atolye.access.models import OPERATE
from atolye.web.documented import failures
from atolye.web.guards import ContextOf, ServicesOf
from atolye.web.measures import Measures
from atolye.web.responses import answer
from atolye.web.schemas import ConfigHealth, EngineHealth, Health

router = APIRouter()

DOCS_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@router.get(
    "/health",
    summary="Whether jobs can run now",
    response_model=Health,
    responses={503: {"model": Health, "description": "Jobs cannot run at present"}},
    tags=["health"],
)
def health(request: Request, services: ServicesOf) -> Response:
    ready = services.engine_health().get("status") == "ok"
    state = "ok" if ready else "unavailable"
    return answer(
        request.scope, {"status": state, "version": __version__, "engine": state}, 200 if ready else 503
    )


@router.get(
    "/health/freecad",
    summary="Versions of the engine and its packages",
    response_model=EngineHealth,
    responses={503: {"model": EngineHealth, "description": "The engine cannot work at present"}},
    tags=["health"],
)
def health_freecad(request: Request, services: ServicesOf) -> Response:
    state = services.engine_health()
    return answer(request.scope, state, 200 if state.get("status") == "ok" else 503)


@router.get(
    "/health/config",
    summary="Settings and feature flags in force, without secrets",
    description=f"Open in development; in `staging` and `prod` it needs a token with the scope `{OPERATE}`.",
    response_model=ConfigHealth,
    responses=failures(401, 403),
    tags=["health"],
)
def health_config(request: Request, services: ServicesOf) -> Response:
    if services.options.environment != "dev":
        caller = services.access.authenticate(request.headers.get("authorization"))
        services.access.authorise(caller, OPERATE)
    return answer(request.scope, {"settings": services.settings_view()})


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    measures = cast(Measures, request.app.state.measures)
    return Response(measures.exposition(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> Response:
    return answer(request.scope, request.app.openapi())


@router.get("/docs", include_in_schema=False)
def docs(request: Request, context: ContextOf) -> Response:
    """A page that needs neither scripts nor other servers."""
    page = documentation(request.app.openapi(), context.language)
    return HTMLResponse(page, headers={"Content-Security-Policy": DOCS_POLICY})


_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code{background:#8882;padding:.1em .3em;border-radius:.2em}"
    "td{padding:.2rem .8rem .2rem 0;vertical-align:top}"
    ":root{color-scheme:light dark}"
)


def documentation(document: dict[str, Any], language: str) -> str:
    """The OpenAPI document as a page for people."""
    turkish = language == "tr"
    title = "Atölye API'si" if turkish else "The Atölye API"
    lead = "Tüm ayrıntılar makinece okunur biçimde: " if turkish else "Everything in machine-readable form: "
    rows = "".join(
        f"<tr><td><code>{method.upper()}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(operation.get('summary', ''))}</td></tr>"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    )
    description = escape(document["info"]["description"]).replace("\n\n", "</p><p>")
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><h1>{title}</h1>"
        f'<p>{lead}<a href="/openapi.json"><code>/openapi.json</code></a></p>'
        f'<p lang="en">{description}</p><table lang="en">{rows}</table></html>'
    )

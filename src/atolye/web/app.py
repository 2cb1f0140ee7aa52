"""Assembles the HTTP app from the feature packages' routes."""

from __future__ import annotations

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.middleware import Middleware

from atolye import __version__
from atolye.artefacts.routes import router as artefacts
from atolye.designs.routes import router as designs
from atolye.jobs.routes import router as jobs
from atolye.web import failures, openapi
from atolye.web.edge import Edge
from atolye.web.health import router as health
from atolye.web.measures import Measures
from atolye.web.ports import Services
from atolye.web.waiting import Waiters


def create_app(services: Services, *, registry: CollectorRegistry | None = None) -> FastAPI:
    """The app over the given services.

    Args:
        registry: where the HTTP measures go and what ``/metrics`` shows; a new one by default.
    """
    measures = Measures(registry)
    app = FastAPI(
        title=openapi.TITLE,
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        middleware=[Middleware(Edge, default_language=services.options.language, measures=measures)],
    )
    app.state.services = services
    app.state.measures = measures
    app.state.waiters = Waiters()
    for router in (designs, jobs, artefacts, health):
        app.include_router(router)
    failures.install(app)
    openapi.install(app)
    return app

"""The OpenAPI document: FastAPI's, with the request union and the headers that it cannot know of."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from atolye import __version__
from atolye.web.requests import KINDS

TITLE: Final = "Atölye"
DESCRIPTION: Final = """\
Parameters in, a checked FreeCAD model out. What is known at once answers at once (4xx); everything else is
`202 Accepted`, and the job tells the rest. Lengths are millimetres unless a unit is given.

Version 1 is asked for with `Accept: application/json; version=1` or `application/vnd.designs.v1+json`.
Every answer carries `API-Version`, `X-Request-ID` and, when it counted, `X-RateLimit-Limit`, `-Remaining` and
`-Reset` (Unix seconds). Messages are Turkish or English, by `Accept-Language`.
"""
HEADERS: Final = {
    "API-Version": "Version of the API that answered",
    "X-Request-ID": "Id of this request: yours, when you sent a harmless one",
}
LIMIT_HEADERS: Final = {
    "X-RateLimit-Limit": "Requests allowed in a minute",
    "X-RateLimit-Remaining": "Requests left",
    "X-RateLimit-Reset": "Unix seconds at which the oldest counted request no longer counts",
}


def install(app: FastAPI) -> None:
    """Replaces the app's document by ours."""
    app.openapi = partial(_document, app)  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        document = get_openapi(
            title=TITLE,
            version=__version__,
            description=DESCRIPTION,
            routes=app.routes,
            openapi_version="3.1.0",
        )
        _add_requests(document)
        for operation in _operations(document):
            _add_headers(operation)
        app.openapi_schema = document
    return app.openapi_schema


def _add_requests(document: dict[str, Any]) -> None:
    """Puts the four request models and their union among the components."""
    models = [(model, "validation") for model in KINDS.values()]
    _, made = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    schemas = document["components"]["schemas"]
    schemas.update(made["$defs"])
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def _add_headers(operation: dict[str, Any]) -> None:
    guarded = "security" in operation
    for status, answer in operation["responses"].items():
        names = {**HEADERS, **(LIMIT_HEADERS if guarded and status in ("200", "202", "204", "429") else {})}
        headers = {name: {"description": text, "schema": {"type": "string"}} for name, text in names.items()}
        if status == "429":
            headers["Retry-After"] = {"description": "Seconds to wait", "schema": {"type": "integer"}}
        answer["headers"] = {**headers, **answer.get("headers", {})}

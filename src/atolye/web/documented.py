"""Pieces of the OpenAPI document that many routes share."""

from __future__ import annotations

from typing import Any, Final

from atolye.web.requests import KINDS
from atolye.web.schemas import Error

_REASONS: Final = {
    400: "The body is not JSON",
    401: "No token, or not a valid one",
    403: "Licence not in force, scope missing, feature switched off, or link not valid",
    404: "Not found, or not yours",
    405: "Method not supported",
    406: "Format or version not offered",
    408: "The body came too slowly",
    409: "In conflict with what is there",
    413: "Too large",
    415: "Not JSON",
    416: "Range outside the file",
    422: "Not valid",
    425: "Ambiguous",
    429: "Too many requests",
    500: "Unexpected error",
    501: "Not available yet",
    503: "Not available at present",
}
GUARDED: Final = (401, 403, 406, 422, 429, 500, 503)
"""Failures that every guarded route can have."""
WRITING: Final = (400, 408, 409, 413, 415, 425)
"""Further failures of routes that read a body."""


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route for FastAPI's ``responses``."""
    return {status: {"model": Error, "description": _REASONS[status]} for status in sorted(set(statuses))}


def body_of(*kinds: str) -> dict[str, Any]:
    """The request body of a route that takes one kind of request, or any with a discriminator."""
    if len(kinds) == 1:
        schema: dict[str, Any] = _reference(kinds[0])
    else:
        schema = {
            "oneOf": [_reference(kind) for kind in kinds],
            "discriminator": {
                "propertyName": "type",
                "mapping": {kind: _reference(kind)["$ref"] for kind in kinds},
            },
        }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _reference(kind: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{KINDS[kind].__name__}"}


IDEMPOTENCY_KEY: Final = (
    "Any text of your own, best a UUID. A repeat with the same body gives the same job again "
    "(`Idempotency-Replayed: true`), with another body 409. Kept for 24 hours."
)

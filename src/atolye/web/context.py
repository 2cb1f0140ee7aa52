"""What the edge finds out about a request before anything else looks at it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Final, cast

from starlette.types import Scope

from atolye.access.limits import Verdict
from atolye.web.negotiation import JSON

KEY: Final = "atolye.context"
REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""Ids that are taken over from the caller: they fit the job records and cannot forge log lines or headers."""


@dataclass(slots=True)
class Context:
    """One request's id, language and answer format; later its place in the limits and its failure."""

    request_id: str
    language: str
    media_type: str = JSON
    verdict: Verdict | None = None
    error_code: str | None = None


def request_id_of(given: str | None) -> str:
    """The caller's own request id when it is harmless, else a new one."""
    return given if given is not None and REQUEST_ID.fullmatch(given) else str(uuid.uuid4())


def context_of(scope: Scope) -> Context:
    """The context that the edge has put into the scope."""
    return cast(Context, scope[KEY])

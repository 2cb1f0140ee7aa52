"""Which of our languages a caller prefers."""

from __future__ import annotations

import re
from typing import Final

from atolye.i18n.labels import Language

_RANGE: Final = re.compile(
    r"\s*(?P<tag>\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*"
    r"(?:;\s*q\s*=\s*(?P<weight>0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.IGNORECASE,
)
"""A language range and its weight (RFC 9110, 12.4.2 and 12.5.4)."""


def negotiate(accept_language: str | None) -> Language:
    """``tr`` or ``en``, from an ``Accept-Language`` header.

    The language with the higher weight wins, of equal ones the first named; ``*`` stands for each language
    that is not named itself. Malformed ranges are passed over. Without a preference it is English.
    """
    weights: dict[str, float] = {}
    for part in (accept_language or "").split(","):
        match = _RANGE.fullmatch(part)
        if match is not None:
            primary = match["tag"].partition("-")[0].lower()
            weights.setdefault(primary, float(match["weight"] or 1))
    anyone = weights.get("*", 0.0)
    turkish, english = weights.get("tr", anyone), weights.get("en", anyone)
    if turkish == english:
        names = [name for name in weights if name in ("tr", "en")]
        return "tr" if turkish > 0 and names[:1] == ["tr"] else "en"
    return "tr" if turkish > english else "en"

"""The format and version that a caller accepts (``Accept``)."""

from __future__ import annotations

from typing import Final

JSON: Final = "application/json"
VERSIONED_JSON: Final = "application/vnd.designs.v1+json"
VERSION: Final = "1"


def split_media_type(text: str) -> tuple[str, dict[str, str]]:
    """The name and the parameters of a media type or of an item of an ``Accept`` header, in lower case."""
    name, *rest = (piece.strip() for piece in text.split(";"))
    return name.lower(), dict(_parameter(piece) for piece in rest if piece)


def _preferences(header: str) -> list[tuple[str, dict[str, str], float]]:
    """The items of an ``Accept`` header: value, parameters, quality; in the header's order."""
    items = []
    for part in header.split(","):
        value, parameters = split_media_type(part)
        if value:
            items.append((value, parameters, _quality(parameters.pop("q", "1"))))
    return items


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip().strip('"').lower()


def _quality(text: str) -> float:
    """A weight between 0 and 1; what cannot be read counts as 0."""
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0


def media_type(accept: str | None) -> str | None:
    """The media type to answer with, or ``None`` when nothing we have is acceptable.

    Offered are version 1 as ``application/json`` and as ``application/vnd.designs.v1+json``; the one
    with the higher weight is taken, the former when both are equal.
    """
    if accept is None or not accept.strip():
        return JSON
    weights = {JSON: 0.0, VERSIONED_JSON: 0.0}
    matched = {JSON: -1, VERSIONED_JSON: -1}
    for value, parameters, quality in _preferences(accept):
        for offered in weights:
            specificity = _match(value, parameters, offered)
            if specificity > matched[offered]:
                matched[offered], weights[offered] = specificity, quality
    best = max(weights, key=lambda offered: weights[offered])
    return best if weights[best] > 0 else None


def _match(value: str, parameters: dict[str, str], offered: str) -> int:
    """How exactly an item names what is offered: 3 with version, 2 by name, 1, 0 by wildcard; -1 not."""
    version = parameters.get("version")
    if version not in (None, VERSION):
        return -1
    if value == offered:
        return 2 if version is None else 3
    return {"application/*": 1, "*/*": 0}.get(value, -1)

"""Words for the warnings of the kernel, which itself has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from atolye.errors import entry

_TEXTS: Final = {
    "METRIC_UNAVAILABLE": (
        "{field} hesaplanamadı: {because}",
        "{field} could not be computed: {because}",
    ),
    "PICTURE_FAILED": (
        "Parçanın resmi yapılamadı ({field}): {because}",
        "The picture of the part could not be made ({field}): {because}",
    ),
}
_FALLBACK: Final = ("{field}: {code} ({because})", "{field}: {code} ({because})")


def worded(event: Mapping[str, Any]) -> dict[str, Any]:
    """A warning in the form that jobs carry: code, severity, field, value, because, and both messages.

    Texts that the event brings along are kept; else they come from this module or the error catalogue.
    """
    code = str(event.get("code", ""))
    field, because = str(event.get("field") or ""), str(event.get("because") or "")
    params = event.get("params")
    words = {
        **(params if isinstance(params, Mapping) else {}),
        "code": code,
        "field": field,
        "because": because,
        "value": event.get("value"),
    }
    turkish, english = _templates(code)
    return {
        **{name: value for name, value in event.items() if name not in ("event", "params")},
        "code": code,
        "severity": "info" if event.get("severity") == "info" else "warning",
        "field": field,
        "value": event.get("value"),
        "because": because,
        "message_tr": event.get("message_tr") or _filled(turkish, words, _FALLBACK[0]),
        "message_en": event.get("message_en") or _filled(english, words, _FALLBACK[1]),
    }


def _templates(code: str) -> tuple[str, str]:
    if code in _TEXTS:
        return _TEXTS[code]
    try:
        found = entry(code)
    except KeyError:
        return _FALLBACK
    return found.message_tr, found.message_en


def _filled(template: str, words: Mapping[str, Any], fallback: str) -> str:
    try:
        return template.format_map(words)
    except (KeyError, ValueError, IndexError):  # the event does not have what the text needs
        return fallback.format_map(words)

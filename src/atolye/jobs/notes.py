"""Words for the warnings of the kernel, which itself has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from atolye.designs.manufacturing import word_finding
from atolye.errors import entry

_FALLBACK: Final = "{field}: {code} ({because})"


def worded(event: Mapping[str, Any]) -> dict[str, Any]:
    """A warning in the form that jobs carry: code, severity, field, value, because, and both messages.

    Args:
        event: a warning of the kernel, or a finding of its checks. Texts that it brings along are kept; else
            they come from the error catalogue.
    """
    if "measured" in event and "required" in event:
        return word_finding(event)
    code, params = str(event.get("code", "")), event.get("params")
    field, because = str(event.get("field") or ""), str(event.get("because") or "")
    value = event.get("value")
    given = dict(params) if isinstance(params, Mapping) else {}
    words = {**given, "code": code, "field": field, "because": because, "value": value}
    turkish, english = _templates(code)
    return {
        **{name: item for name, item in event.items() if name not in ("event", "params")},
        "code": code,
        "severity": "info" if event.get("severity") == "info" else "warning",
        "field": field,
        "value": value,
        "because": because,
        "message_tr": event.get("message_tr") or _filled(turkish, words),
        "message_en": event.get("message_en") or _filled(english, words),
    }


def _templates(code: str) -> tuple[str, str]:
    try:
        found = entry(code)
    except KeyError:
        return _FALLBACK, _FALLBACK
    return found.message_tr, found.message_en


def _filled(template: str, words: Mapping[str, Any]) -> str:
    try:
        return template.format_map(words)
    except (KeyError, ValueError, IndexError):  # the event does not have what the text needs
        return _FALLBACK.format_map(words)

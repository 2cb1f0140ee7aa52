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
_FINDINGS: Final = {
    "WALL_TOO_THIN": ("{face}: duvar çok ince", "{face}: the wall is too thin"),
    "DRAFT_TOO_SMALL": ("{face}: çıkma açısı yetersiz", "{face}: the draft is too small"),
    "TOOL_NO_ACCESS": (
        "{face}: takım yüzeye ±Z yönünde ulaşamıyor",
        "{face}: no tool reaches the face along ±Z",
    ),
    "UNDERCUT_NEEDS_SLIDE": (
        "{face}: ters açılı yüzey; kalıpta maça gerekir",
        "{face}: an undercut; the mould needs a slide",
    ),
    "INTERNAL_RADIUS_TOO_SMALL": (
        "{face}: iç köşe yarıçapı küçük",
        "{face}: the inner corner's radius is too small",
    ),
    "HOLE_TOO_DEEP": ("{face}: delik çapına göre çok derin", "{face}: the hole is too deep for its diameter"),
    "OVERHANG_NEEDS_SUPPORT": ("{face}: sarkma destek gerektiriyor", "{face}: the overhang needs support"),
    "BRIDGE_TOO_LONG": ("{face}: köprü çok uzun", "{face}: the bridge is too long"),
}
"""What a check found, without its numbers."""
_MEASURED: Final = (
    "{what} (ölçülen {measured} {unit}, gereken {required} {unit}; yer {place} mm).",
    "{what} (measured {measured} {unit}, required {required} {unit}; at {place} mm).",
)
_UNITS: Final = {"mm": "mm", "deg": "°", "1": ""}
_FALLBACK: Final = ("{field}: {code} ({because})", "{field}: {code} ({because})")


def worded(event: Mapping[str, Any]) -> dict[str, Any]:
    """A warning in the form that jobs carry: code, severity, field, value, because, and both messages.

    Texts that the event brings along are kept; else they come from this module or the error catalogue.
    """
    if "measured" in event and "required" in event:
        return _worded_finding(event)
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


def _worded_finding(found: Mapping[str, Any]) -> dict[str, Any]:
    """The same for what a manufacturability check found: it rests on the rule's value."""
    code, unit = str(found["code"]), str(found.get("unit", ""))
    face = " / ".join(str(found[name]) for name in ("face", "other_face") if name in found)
    templates = _FINDINGS.get(code, (f"{{face}}: {code}", f"{{face}}: {code}"))
    words = {"measured": found["measured"], "required": found["required"], "unit": _UNITS.get(unit, unit)}
    place = "; ".join(f"{value:g}" for value in found.get("point_mm") or ())
    messages = []
    for template, frame, point in zip(templates, _MEASURED, (",", "."), strict=True):
        shown = {name: _number(value, point) for name, value in words.items()}
        text = frame.format(what=template.format(face=face), place=place.replace(".", point), **shown)
        messages.append(text.replace(" ;", ";").replace(" ,", ",").replace(" °", "°"))
    return {
        **found,
        "severity": str(found.get("severity", "warning")),
        "field": face,
        "value": found["measured"],
        "because": f"{code}: {found['required']:g} {words['unit']}".strip(),
        "message_tr": messages[0],
        "message_en": messages[1],
    }


def _number(value: Any, point: str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}".replace(".", point)


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

"""What the reader of free text assumed or did not understand, in both languages."""

from __future__ import annotations

from typing import Any, Final, Literal

from atolye.designs.notes import Warning

_TEXTS: Final[dict[str, tuple[Literal["info", "warning"], str, str]]] = {
    "READING_UNIT_ASSUMED": (
        "info",
        "Birimi yazılmayan sayılar {value} alındı: {because}.",
        "Numbers without a unit were taken as {value}: {because}.",
    ),
    "READING_ASSUMED": (
        "info",
        "{field} = {value}, “{because}” sözünden anlaşıldı.",
        "{field} = {value} was understood from “{because}”.",
    ),
    "READING_SPELLING": (
        "info",
        "“{because}”, “{value}” olarak okundu.",
        "“{because}” was read as “{value}”.",
    ),
    "READING_QUANTITY": (
        "info",
        "Adet ({value}) not edildi; model tek parçadır: “{because}”.",
        "The quantity ({value}) is noted; the model is of one piece: “{because}”.",
    ),
    "READING_NOT_MODELLED": (
        "info",
        "Not edildi, modellenmez: “{because}”.",
        "Noted, but not modelled: “{because}”.",
    ),
    "READING_ONLY_POSSIBLE": (
        "info",
        "İki okumadan yalnızca biri yapılabilir: {value}.",
        "Of two readings only one can be made: {value}.",
    ),
    "READING_NOT_UNDERSTOOD": (
        "warning",
        "Anlaşılmayan söz modele girmedi: “{because}”.",
        "This was not understood and is not in the model: “{because}”.",
    ),
}


def reading_note(code: str, field: str, value: Any, because: str) -> Warning:
    """The note of a code; ``because`` quotes the words that it rests on."""
    severity, turkish, english = _TEXTS[code]
    words = {"field": field, "value": value, "because": because}
    return Warning(
        code, severity, field, value, because, turkish.format_map(words), english.format_map(words)
    )

"""Text with one plain letter for every letter, so that what is found in it can be shown as it was written."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from atolye.designs.words import fold

LONGEST_TEXT: Final = 20_000
"""Characters of a text that is read; a part of any family is described in far fewer."""

_SAME: Final = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "′": "'"}
    | {"“": '"', "”": '"', "″": '"', "„": '"', "«": '"', "»": '"'}
    | {"×": "x", "✕": "x", "✖": "x", "∗": "*", "⁄": "/", "−": "-", "–": "-", "—": "-", "‑": "-", "…": " "}
    | {"⌀": "Ø", "∅": "Ø", "Φ": "Ø", "φ": "Ø", "ϕ": "Ø"}
)  # fmt: skip


def composed(text: str) -> str:
    """The text with every accent in its letter, so that a letter is one character, and single spaces."""
    return re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFC", text))


def plain(text: str) -> str:
    """Every letter of a composed text reduced like a word of a request; as long as the text itself."""
    return "".join(map(_plain, text.translate(_SAME)))


def _plain(letter: str) -> str:
    if letter in "øØ":
        return "ø"
    if unicodedata.category(letter) in ("No", "Sk"):
        return letter
    if letter.isspace():
        return "\n" if letter in "\n\r\u2028\u2029" else " "
    folded = fold(letter)
    return folded if len(folded) == 1 else letter

"""What a sentence is made of once its words are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from atolye.prompts.local.morphology import Form
from atolye.prompts.local.quantities import Measure

NUMBER: Final = "n"
SIZES: Final = "d"
THREAD: Final = "t"
STOP: Final = ";"
COMMA: Final = ","
AND: Final = "&"
TIMES: Final = "%"
UNKNOWN: Final = "Z"

COUNT: Final = "C"
EDGE: Final = "K"
CIRCLE: Final = "Q"
GRID: Final = "V"
PITCH: Final = "W"
CHAMFER: Final = "B"
FILLET: Final = "F"
SIZE: Final = "I"
"""Kinds of what rules make of several tokens: a size with its number, a distance from an edge …"""

LETTERS: Final = {
    "size": "a",
    "part": "p",
    "hole": "h",
    "middle": "m",
    "corner": "k",
    "edge": "e",
    "end": "x",
    "each": "v",
    "count": "c",
    "circle": "o",
    "on": "u",
    "grid": "g",
    "rows": "r",
    "columns": "l",
    "pitch": "i",
    "even": "y",
    "offset": "z",
    "side": "j",
    "fillet": "f",
    "chamfer": "b",
    "keyway": "w",
    "step": "s",
    "flag": "q",
    "shape": "X",
    "feature": "X",
    "unmade": "Y",
    "ask": "A",
    "finish": "T",
    "tolerance": "L",
    "seal": "J",
    "material": "M",
    "process": "P",
    "machine": "H",
    "standard": "S",
    "point": "@",
    "code": "#",
    "from": "<",
    "for": ">",
    "no": "!",
    "dimensions": "D",
    "respectively": "R",
    "units": "U",
    "grade": "G",
    "asked_standard": "N",
    "asked_material": "O",
    "export": "E",
}
"""One letter for each kind, so that rules are regular expressions over a sentence's kinds."""


@dataclass(slots=True)
class Token:
    """A piece of a sentence: a number, a word that is known, a separator."""

    kind: str
    """One of :data:`LETTERS` or of the letters above."""
    start: int
    end: int
    key: str = ""
    form: Form = field(default_factory=lambda: Form(""))
    after: bool = False
    """Whether the word always follows its number."""
    language: str = ""
    numbers: tuple[Measure, ...] = ()
    assigned: bool = False
    """Whether “=”, “:” or “of” follows: its number comes next."""
    text: str = ""
    """What a name or a designation says."""

    @property
    def number(self) -> Measure:
        return self.numbers[0]


def kinds(tokens: list[Token]) -> str:
    """The kinds of a row of tokens, for rules to match."""
    return "".join(token.kind for token in tokens)


def joined(kind: str, parts: list[Token], key: str = "", numbers: tuple[Measure, ...] = ()) -> Token:
    """One token in the place of several."""
    start, end = min(part.start for part in parts), max(part.end for part in parts)
    form = next((part.form for part in parts if part.kind in "aefbkjiou"), Form(""))
    language = next((part.language for part in parts if part.language), "")
    return Token(kind, start, end, key, form, language=language, numbers=numbers)

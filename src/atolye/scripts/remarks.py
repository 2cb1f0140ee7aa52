"""The comments of a script: the units they state, and their translation from Turkish to English."""

from __future__ import annotations

import re
from typing import Final

GLOSSARY: Final = {
    "uzunluk": "length", "uzunluğu": "length", "genişlik": "width", "genişliği": "width",
    "yükseklik": "height",
    "yüksekliği": "height", "yarıçap": "radius", "yarıçapı": "radius", "çap": "diameter", "çapı": "diameter",
    "kalınlık": "thickness", "kalınlığı": "thickness", "duvar kalınlığı": "wall thickness",
    "derinlik": "depth",
    "derinliği": "depth", "delik": "hole", "delikler": "holes", "deliği": "hole", "birim": "unit",
    "inç": "inch",
    "hata": "error", "uyarı": "warning", "ölçü": "dimension", "ölçüler": "dimensions", "parça": "part",
    "gövde": "body", "eskiz": "sketch", "kısıt": "constraint", "kısıtlar": "constraints",
    "montaj": "assembly",
    "malzeme": "material", "yüzey": "face", "kenar": "edge", "kenarlar": "edges", "köşe": "corner",
    "köşeler": "corners", "düzlem": "plane", "eksen": "axis", "açı": "angle", "vida": "screw",
    "cıvata": "bolt",
    "somun": "nut", "flanş": "flange", "mil": "shaft", "yatak": "bearing", "rulman": "bearing",
    "dişli": "gear",
    "levha": "plate", "plaka": "plate", "silindir": "cylinder", "kutu": "box", "küre": "sphere",
    "koni": "cone",
    "boru": "tube", "pah": "chamfer", "yuvarlatma": "fillet", "cep": "pocket", "merkez": "centre",
    "belge": "document", "sonuç": "result",
}  # fmt: skip
"""Turkish words of the workshop in comments, with the inflections that headings and labels have."""

_ONE_I: Final = str.maketrans({"İ": "i", "I": "i", "ı": "i"})
UNITS: Final = {
    "cm": "cm",
    "santimetre": "cm",
    "inch": "in",
    "inches": "in",
    "in": "in",
    "inc": "in",
    "inç": "in",
}
"""Units that a comment may state, by how they are written."""

_UNIT: Final = r"(?P<unit>cm|santimetre|inches|inch|inç|in)"
_STATED: Final = re.compile(
    rf"#\s*(?:(?:birim|unit)\s*[:=]?\s*)?[\[(]?{_UNIT}\.?[\])]?\s*(?:$|[;,–—-]\s|#)"  # alone or first
    rf"|#.*[\[(]{_UNIT.replace('unit', 'last')}[\])]\s*$",  # in brackets at the end
    re.IGNORECASE,
)
_MILLIMETRES: Final = re.compile(r"#\s*[\[(]?mm[\])]?\s*(?:$|[;,–—-]\s|#)|#.*[\[(]mm[\])]\s*$")
_MENTIONED: Final = re.compile(r"(?<!\w)(cm|santimetre|inch|inches|inç)(?!\w)", re.IGNORECASE)


def _plain(text: str) -> str:
    """Lower case, with the four letters i as one; as long as the text."""
    return "".join(
        letter if len(letter.lower()) != 1 else letter.lower() for letter in text.translate(_ONE_I)
    )


_MEANINGS: Final = {_plain(word): meaning for word, meaning in GLOSSARY.items()}
_WORDS: Final = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, _MEANINGS), key=len, reverse=True)) + r")(?!\w)"
)


def translated(comment: str) -> str:
    """The comment with the Turkish words of the glossary in English; their case stays."""
    parts, position = [], 0
    for match in _WORDS.finditer(_plain(comment)):
        written = comment[match.start() : match.end()]
        parts += [comment[position : match.start()], _like(written, _MEANINGS[match[0]])]
        position = match.end()
    return "".join(parts) + comment[position:]


def _like(written: str, word: str) -> str:
    if written.isupper():
        return word.upper()
    return word.capitalize() if written[0].isupper() else word


def stated_unit(comment: str) -> str | None:
    """``cm`` or ``in`` when the comment states that the value before it is in this unit."""
    match = _STATED.match(comment)
    return UNITS[(match["unit"] or match["last"]).lower()] if match else None


def states_millimetres(comment: str) -> bool:
    """Whether a comment says that the value before it is in millimetres already."""
    return _MILLIMETRES.match(comment) is not None


def mentioned_unit(comment: str) -> str | None:
    """A unit that a comment speaks of without stating it."""
    match = _MENTIONED.search(comment)
    return UNITS[match[1].lower()] if match else None


def in_millimetres(comment: str) -> str:
    """A comment that stated a unit, now that the value is in millimetres."""
    match = _STATED.match(comment)
    if match is None:
        return comment
    start, end = match.span("unit") if match["unit"] else match.span("last")
    return f"{comment[:start]}mm{comment[end:]}"

"""Rewrites a prompt as other people would have written it, without changing what it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import permutations

_UPPER_TR = str.maketrans("iı", "İI")
_PLAIN = str.maketrans("çğıöşüâÇĞİÖŞÜ", "cgiosuaCGIOSU")
_ENDINGS = {
    "uzunluğunda": ("uzunlukta", "uzunluklu", "uzunluğundaki"),
    "genişliğinde": ("genişlikte", "genişliğindeki"),
    "kalınlığında": ("kalınlıkta", "kalınlıklı", "kalınlığındaki"),
    "kalınlıkta": ("kalınlığında", "kalınlıktaki"),
    "boyunda": ("boyundaki", "boylu", "uzunluğunda"),
    "eninde": ("genişliğinde", "enindeki"),
    "çapında": ("çaplı", "çapındaki", "çapta"),
    "köşelerde": ("köşelerinde", "köşelere", "köşelerine"),
    "ortada": ("ortasında", "merkezde", "ortaya", "merkezinde"),
    "ortasında": ("ortada", "merkezinde", "tam ortasında"),
    "kenardan": ("kenarlardan", "kenarlarından", "kenarından"),
    "aralıklı": ("aralıkla", "aralıklarla", "aralığında"),
    "uzunluk": ("uzunluğu", "boy", "boyu"),
    "genişlik": ("genişliği",),
    "kalınlık": ("kalınlığı",),
    "yükseklik": ("yüksekliği",),
    "dış çap": ("dış çapı",),
    "iç çap": ("iç çapı",),
    "adet": ("tane",),
}
_ENGLISH = {
    "diameter": ("dia", "Diameter"),
    "center": ("centre", "middle"),
    "aluminium": ("aluminum",),
    "steel": ("Steel",),
    "plate": ("Plate",),
    "hole": ("through hole",),
}


_IN_PIECES = re.compile(
    r"kenar|edge|steps|sırasıyla|delik çap|çaplı|çapında|dairesi|eşit|aralık|spac|kademe|kol|kama|PCD|holes"
    r"|grid|genişlik ve"
)


def rewritings(prompt: str, language: str) -> Iterator[tuple[str, str]]:
    """What was done and the new text; never the prompt itself."""
    seen = {prompt}
    for name, texts in _KINDS.items():
        for text in texts(prompt, language):
            if text not in seen:
                seen.add(text)
                yield name, text


def _case(prompt: str, language: str) -> Iterator[str]:
    yield (prompt.translate(_UPPER_TR) if language == "tr" else prompt).upper()
    yield prompt.upper()
    if language == "en":
        yield prompt.lower()
    yield prompt[:1].upper() + prompt[1:]
    yield " ".join(word[:1].upper() + word[1:] for word in prompt.split(" "))


def _diacritics(prompt: str, language: str) -> Iterator[str]:
    yield prompt.translate(_PLAIN)
    yield prompt.translate(_PLAIN).upper()
    yield "".join(letter.translate(_PLAIN) if place % 2 else letter for place, letter in enumerate(prompt))


def _endings(prompt: str, language: str) -> Iterator[str]:
    for word, others in (_ENDINGS if language == "tr" else _ENGLISH).items():
        for other in others:
            yield re.sub(rf"(?<!\w){word}(?!\w)", other, prompt)


def _numbers(prompt: str, language: str) -> Iterator[str]:
    yield re.sub(r"(?<![\d.])(\d+)\.(\d{1,2})(?![\d.])(?= ?(?:mm|x|\s))", r"\1,\2", prompt)
    yield re.sub(r"(?<![\d,])(\d+),(\d{1,2})(?![\d,])", r"\1.\2", prompt)
    yield re.sub(r"(?<![\w.,/])(\d+)(?= mm\b)", r"\1.0", prompt)
    yield re.sub(r"(?<![\w.,/])(\d+)(?= mm\b)", r"\1,0", prompt)


def _units(prompt: str, language: str) -> Iterator[str]:
    for unit in ("milimetre", "milim", "MM", "mm."):
        yield re.sub(r"(?<=\d) mm\b", f" {unit}", prompt)
    yield re.sub(r"(?<=\d) mm\b", "mm", prompt)
    if _every_length_has_a_unit(prompt):
        yield re.sub(r"(?<![\w.,/-])(\d+(?:[.,]\d+)?) mm\b", _tenth("cm"), prompt)
        yield re.sub(r"(?<![\w.,/-])(\d+(?:[.,]\d+)?) mm\b", _tenth("santim"), prompt)


def _every_length_has_a_unit(prompt: str) -> bool:
    """Whether no number would be left in another unit than its neighbours."""
    rest = re.sub(
        r"\d+(?:[.,]\d+)? mm\b|\b[MSCRA-Z][a-z]*\d+\w*|\b\d{4}\b|\b\d+ (?:adet|delik|diş|teeth|holes)",
        "",
        prompt,
    )
    return not re.search(r"\d", rest)


def _tenth(unit: str) -> Callable[[re.Match[str]], str]:
    def replaced(match: re.Match[str]) -> str:
        value = float(match[1].replace(",", ".")) / 10
        return f"{value:.10g} {unit}"

    return replaced


def _signs(prompt: str, language: str) -> Iterator[str]:
    for sign in (" x ", "×", "*", " X ", " × "):
        yield re.sub(r"(?<=\d) ?x ?(?=\d)", sign, prompt)
    if "sırasıyla" not in prompt:  # a list is no row of phrases
        yield prompt.replace("; ", ", ")
        yield prompt.replace(", ", "; ")
        yield prompt.replace(", ", ",\n")
    yield prompt + "."
    yield prompt + " lütfen" if language == "tr" else prompt + ", please"
    yield "Merhaba, " + prompt if language == "tr" else "Hello, " + prompt
    yield "  " + prompt.replace(" ", "  ") + "\n"


def _order(prompt: str, language: str) -> Iterator[str]:
    """Phrases in another order, where no phrase speaks of the one before it."""
    parts = [part.strip() for part in re.split(r"[,;:](?!\d)\s*", prompt.rstrip("."))]
    if not 2 <= len(parts) <= 4 or any(_leans_back(part) for part in parts):
        return
    for order in permutations(parts):
        yield ", ".join(order)
        yield "; ".join(order)


def _leans_back(part: str) -> bool:
    """Whether a phrase needs the one before it: patterns said in pieces, lists, steps, bare numbers."""
    return bool(_IN_PIECES.search(part)) or not re.search(r"[^\W\d]", re.sub(r"\bmm\b|\bx\b", "", part))


_KINDS: dict[str, Callable[[str, str], Iterator[str]]] = {
    "case": _case,
    "diacritics": _diacritics,
    "endings": _endings,
    "numbers": _numbers,
    "units": _units,
    "signs": _signs,
    "order": _order,
}

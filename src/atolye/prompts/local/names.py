"""Finds names of materials, processes, machines and standards in a text, with their Turkish endings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from atolye.designs.materials import find_material, materials
from atolye.designs.processes import find_process, machines, processes
from atolye.designs.words import fold
from atolye.prompts.local.lexicon import is_known

_ENDING: Final = (
    r"(?:'?(?:[dt][ae]n(?:d[iu]r)?|[ny]?[iu]n?|l[iu]|[sn]?[iu](?:n?d[ae]n|nden)?|[ny]?[ae]|l[ae]|[dt][ae]|l[iu]k"
    r"|ye|yi))?"
)
_SPOKEN: Final = frozenset(
    (
        "al",
        "ti",
        "mg",
        "cu",
        "zn",
        "pe",
        "pc",
        "pp",
        "pa",
        "a2",
        "a4",
        "s5",
        "mill",
        "cast",
        "sac",
        "bukum",
    )
)
"""Names that are ordinary words, too; they count beside “malzeme” or written as symbols (“Al”, “PE”)."""

_PROCESS_VERBS: Final = {
    "frezele\\w*": "milling",
    "frezede": "milling",
    "milled": "milling",
    "cnc(?:'?de|\\s+(?:ile|tezgahinda|frezede))": "milling",
    "tornala\\w*": "turning",
    "tornada(?:n)?": "turning",
    "turned": "turning",
    "3d print(?:ed|able)": "3d_printing",
    "3d printed": "3d_printing",
    "(?:3d|3b) (?:yazicida|yaziciyla|baskiyla|basilacak|yazici ile|baski ile)": "3d_printing",
    "laser ?cut": "laser_cutting",
    "lazer(?:le|de| ile)(?: kesil\\w*)?": "laser_cutting",
    "injection (?:molded|moulded)": "injection_molding",
    "water ?jet cut": "waterjet_cutting",
    "die ?cast": "die_casting",
}
_OTHER_MATERIALS: Final = (
    "ahşap", "tahta", "kontrplak", "mdf", "wood", "wooden", "plywood", "oak", "pine", "kauçuk", "rubber",
    "silikon", "silicone", "cam", "glass", "teflon", "ptfe", "beton", "concrete", "karbon fiber",
    "carbon fiber", "carbon fibre", "kompozit", "composite", "seramik", "ceramic", "kestamid", "kurşun",
    "altın", "gold", "gümüş", "silver", "tungsten", "mermer", "marble", "granit", "granite", "köpük",
    "foam", "karton", "cardboard", "plastik", "plastic", "pvc", "kraft", "fiberglass", "cam elyaf", "invar",
    "inconel", "monel", "kalay", "uhmw", "uhmwpe", "poliüretan", "polyurethane", "tpu", "hardox", "demir",
    "iron", "widia", "karbür", "carbide", "bakalit", "bakelite", "fenolik", "pertinaks", "hss", "polyester",
)  # fmt: skip
"""Materials that people name and the catalogue does not have: said, not guessed."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that was found; ``text`` is what the request takes."""

    kind: str
    text: str
    start: int
    end: int


@cache
def standard_pattern() -> re.Pattern[str]:
    """“DIN 933”, “ISO 4017”, “DIN EN ISO 4032”."""
    return re.compile(
        r"(?<![a-z0-9])(?:din|iso|ts|ansi|asme)(?:\s?en)?(?:\s?iso)?\s?-?\s?(\d{2,6})(?:-\d+)?(?![a-z0-9])"
    )


def names_in(plain: str, raw: str) -> list[Name]:
    """Every name in a text, from left to right; the longest where several begin."""
    found: list[Name] = []
    for match in _pattern().finditer(plain):
        if match["inox"]:  # ISO 3506: the steel and its strength
            found.append(Name("material", match["inox"].upper(), match.start(), match.end()))
            continue
        kind, text = _kind(match)
        if kind == "material":
            name = None if _is_word(match, plain) else _material(match, plain, raw)
        elif kind is None or _is_word(match, plain):
            name = None
        else:
            name = Name(kind, text, match.start(), match.end())
        if name is not None and (not found or name.start >= found[-1].end):
            found.append(name)
    return found


def _is_word(match: re.Match[str], plain: str) -> bool:
    """Whether an ending makes another word of the name: “plate” is no “PLA”."""
    name = match["name"]
    whole = plain[match.start() : match.end()]
    return name is not None and len(name) < len(whole) and is_known(whole.replace("'", ""))


def _kind(match: re.Match[str]) -> tuple[str | None, str]:
    if match["verb"]:
        key = next(key for pattern, key in _PROCESS_VERBS.items() if re.fullmatch(pattern, match["verb"]))
        return "process", key
    if match["machine"]:
        return "machine", _machine_keys()[fold(match["machine"])]
    if match["other"]:
        return "material", match["other"]
    word = fold(match["name"])
    if word in _process_words():
        process = find_process(match["name"])
        return ("process", process.key) if process else (None, "")
    return "material", match["name"]


def _material(match: re.Match[str], plain: str, raw: str) -> Name | None:
    """A material with what stands beside it and names its grade: “alüminyum 6061”, “304 paslanmaz”."""
    start, end = match.span()
    text = match["name"] or match["other"]
    core_end = start + len(text)
    if not match["other"]:
        if _needs_company(text) and not _in_company(plain, raw, start, core_end):
            return None
        class_after = _class_after(plain, core_end, text) if text[0].isdigit() else None
        if class_after is not None:
            return Name("material", f"{class_after[0]} {text}", start, class_after[1])
        start, core_end, text, extended = _with_grade(plain, start, core_end, text)
        end = core_end if extended else end
    return Name("material", raw[start:core_end], start, end)


def _class_after(plain: str, end: int, grade: str) -> tuple[str, int] | None:
    """“304 paslanmaz çelik”: the class after its grade, and where it ends."""
    for words in (2, 1):
        match = re.match(
            rf"(?:\s+(?:kalite|serisi|grade))?\s+((?:[a-z]+\s+){{{words - 1}}}[a-z]+)", plain[end:]
        )
        if match is not None and find_material(f"{match[1]} {grade}") is not None:
            return match[1], end + match.end()
    return None


def _with_grade(plain: str, start: int, end: int, text: str) -> tuple[int, int, str, bool]:
    """Takes a grade after or before a class, when the catalogue knows both together."""
    found = find_material(text)
    if found is None or not found.by_class:
        return start, end, text, False
    after = re.match(
        r"[\s-]*(?:kalite\s+|grade\s+|alloy\s+|alasim\s+)?([a-z0-9][\w.,+-]*\w|\d)", plain[end:], re.ASCII
    )
    if after and any(sign.isdigit() for sign in after[1]):
        if find_material(f"{text} {after[1]}") is not None:
            return start, end + after.end(), plain[start : end + after.end()], True
        if re.fullmatch(r"[a-z]+\d[\w.+-]*|\d{4,5}(?:-t\d+)?|\d{3}l", after[1]) and not _is_part_of_size(
            after[1]
        ):
            return start, end + after.end(), plain[start : end + after.end()], True  # unknown, and told so
    before = re.search(r"([a-z0-9][\w.-]*)\s+$", plain[:start], re.ASCII)
    if (
        before
        and any(sign.isdigit() for sign in before[1])
        and find_material(f"{text} {before[1]}") is not None
    ):
        return before.start(1), end, f"{text} {before[1]}", True
    return start, end, text, False


def _is_part_of_size(word: str) -> bool:
    return (
        re.fullmatch(
            r"m\d+(?:[.,]\d)?(?:x\d+.*)?|r\d+|\d+x.*|x\d+|d\d+|l\d+|h\d+|g\d|k\d|z\d+|t\d+|w\d+", word
        )
        is not None
    )


def _needs_company(text: str) -> bool:
    return fold(text) in _SPOKEN or (
        text[0].isdigit() and not re.fullmatch(r"\d\.\d{4}|\d{2,3}[a-z]\w*", text)
    )


def _in_company(plain: str, raw: str, start: int, end: int) -> bool:
    """Whether a name that is a word or a number, too, is meant as a material here."""
    before = plain[max(0, start - 24) : start]
    after = plain[end : end + 14]
    if re.search(
        r"(?:malzeme\w*|materyal\w*|material|aisi|sae|en aw-?|aw|kalite|grade|alasim|alloy|class|sinif\w*)"
        r"[\s:=-]*(?:olarak |is )?$",
        before,
    ):
        return True
    if plain[start].isdigit():
        digits = plain[start:end]
        if re.match(
            r"[\s-]*(?:kalite|sinif|class|grade|paslanmaz|stainless|celik|steel|alu\w*|serisi)\b", after
        ):
            return True
        return re.fullmatch(r"\d{4,5}(?:-t\d+)?", digits) is not None and not re.match(
            r"\s*(?:x|\*|mm|rulman|bearing)", after
        )
    return raw[start:end] != raw[start:end].lower() and fold(plain[start:end]) not in (
        "mill",
        "cast",
        "sac",
        "bukum",
    )


@cache
def _pattern() -> re.Pattern[str]:
    spoken = [
        *(
            name
            for each in materials().values()
            for name in (each.key, each.name_tr, each.name_en, *each.names, *each.classes)
        ),
        *(
            name
            for each in processes().values()
            for name in (each.key, each.name_tr, each.name_en, *each.names)
        ),
    ]
    machine = [
        name for each in machines().values() for name in (each.name, *each.names) if fold(name) not in _SPOKEN
    ]
    verbs = "|".join(_PROCESS_VERBS)
    return re.compile(
        rf"(?<![a-z0-9.,])(?:(?P<inox>a[24])-(?:50|70|80)|(?P<verb>{verbs})|(?P<machine>{_alternatives(machine)})|(?P<other>{_alternatives(_OTHER_MATERIALS)})"
        rf"|(?P<name>{_alternatives(spoken)})){_ENDING}(?![a-z0-9])(?![.,]\d)",
    )


def _alternatives(names: Iterable[str]) -> str:
    """The names, longest first, with any separators between their words."""
    patterns = {_spaced(name) for name in names}
    return "|".join(sorted(patterns, key=lambda pattern: (-len(pattern), pattern)))


def _spaced(name: str) -> str:
    pieces = re.findall(r"[^\W_]+|[.,+]", name.replace("(", " ").replace(")", " "))
    folded = [fold(piece) or re.escape(piece) for piece in pieces]
    return r"[\s\-_]*".join(folded).replace(r"[\s\-_]*\.[\s\-_]*", r"\.").replace(r"[\s\-_]*,[\s\-_]*", ",")


@cache
def _machine_keys() -> dict[str, str]:
    return {fold(name): each.name for each in machines().values() for name in (each.name, *each.names)}


@cache
def _process_words() -> frozenset[str]:
    names = {
        fold(name)
        for each in processes().values()
        for name in (each.key, each.name_tr, each.name_en, *each.names)
    }
    return frozenset(names - {"sac"})

"""Sorts a sentence: what describes the part, what is said beside it, what cannot be made."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final, TypeGuard

from atolye.designs.standards.bearings import BEARINGS
from atolye.prompts.local import tokens as t
from atolye.prompts.local.choices import Choices
from atolye.prompts.local.morphology import Form
from atolye.prompts.local.pairing import paired
from atolye.prompts.local.quantities import Measure
from atolye.prompts.local.rules import applied
from atolye.prompts.local.scanner import Scan
from atolye.prompts.local.tokens import Token, kinds

_ASIDE: Final = "MPHTLJEUGNO"
_NEGATED: Final = re.compile(r"!a?[hXbfwkq]|[hXbfw]¬")
"""“no holes”, and with ¬ for a Turkish word, which stands behind: “delik yok”."""
_PURPOSE: Final = re.compile(r"[ZY]+>|>[ZY]+")
_CLASSES: Final = frozenset(("4.6", "5.6", "5.8", "6.8", "8.8", "10.9", "12.9"))
"""Property classes of screws, ISO 898-1."""
_SEALED: Final = re.compile(r"(6\d{2,3})(?:2rs|zz|2z|rs|2rsr|c3|2rs1)+")


@dataclass(slots=True)
class Sentence:
    """The phrases that describe the part, and what stands beside them."""

    phrases: list[list[Token]] = field(default_factory=list)
    aside: list[Token] = field(default_factory=list)
    unavailable: list[Token] = field(default_factory=list)
    """Features that no family has."""
    unmade: list[Token] = field(default_factory=list)
    """Parts that no family makes."""
    several: list[Token] = field(default_factory=list)
    """Words that name parts of several shapes."""
    denied: list[Token] = field(default_factory=list)
    """Features that there shall be none of."""
    unknown: list[Token] = field(default_factory=list)
    negations: list[Token] = field(default_factory=list)
    """Words for “not” that deny nothing that is known."""
    material: str | None = None
    """A material in words that the catalogue does not know."""

    def of_kind(self, kind: str) -> list[Token]:
        return [token for token in self.aside if token.kind == kind]

    def every(self, kind: str) -> list[Token]:
        return [token for phrase in self.phrases for token in phrase if token.kind == kind]


def sorted_out(scan: Scan, choices: Choices) -> Sentence:
    """Sorts the tokens of a text and gives every number to its word."""
    sentence = Sentence()
    tokens = [replace(token) for token in scan.tokens]
    tokens = _without_purposes(tokens)
    tokens = _designations(tokens, scan)
    tokens = _without_right_angles(tokens)
    _tooth_or_outside(tokens)
    tokens = _without_denied(tokens, sentence)
    tokens = _set_aside(tokens, sentence)
    sentence.phrases = _paired(
        _phrases([token for token in applied(tokens) if token.kind not in "DR>"]), scan, choices
    )
    return sentence


def _without_purposes(tokens: list[Token]) -> list[Token]:
    """“motorum için”, “for my pump”: what it is for does not shape it."""
    while match := _PURPOSE.search(kinds(tokens)):
        tokens = tokens[: match.start()] + tokens[match.end() :]
    return tokens


def _designations(tokens: list[Token], scan: Scan) -> list[Token]:
    """Numbers that name something: a bearing's code, a screw's property class."""
    parts = {token.key for token in tokens if token.kind == "p"}
    if any(token.kind == "J" for token in tokens):
        parts.add("bearing")
    if any(token.kind == "S" for token in tokens):
        parts.add("screw")
    made: list[Token] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.kind == "p" and token.key == "shaft" and "gear" in parts and _is_diameter(following):
            following.key = "bore_diameter"  # “mil çapı 12 mm” of a gear
        elif "nut" in parts and (strength := _nut_class(tokens, index)):
            made.append(Token("M", token.start, token.end, text=f"property class {strength}"))
        elif "bearing" in parts and (code := _bearing_code(token, scan)):
            made.append(Token("#", token.start, token.end, text=code))
            if token.kind == t.UNKNOWN:
                made.append(Token("J", token.start, token.end, "seal"))
        elif "gear" in parts and token.kind == t.UNKNOWN and re.fullmatch(r"z\d{1,3}", token.key):
            teeth = Measure(Fraction(int(token.key[1:])), bare=True)
            made.append(Token(t.SIZE, token.start, token.end, "teeth", numbers=(teeth,)))
        elif parts & {"screw", "nut"} and _property_class(token, scan):
            made.append(Token("M", token.start, token.end, text=_property_class(token, scan)))
        else:
            made.append(token)
    return made


def _without_right_angles(tokens: list[Token]) -> list[Token]:
    """A chamfer is one of 45°; saying so adds nothing."""
    if not any(token.kind in ("b", "B") for token in tokens):
        return tokens
    return [
        token
        for token in tokens
        if not (token.kind == t.NUMBER and token.number.degrees and token.number.value == 45)
    ]


def _tooth_or_outside(tokens: list[Token]) -> None:
    """“dış” and “diş” are one word without their dots: only a gear has teeth."""
    gear = any(
        (token.kind == "p" and token.key == "gear") or (token.kind == "a" and token.key == "module")
        for token in tokens
    )
    for token in tokens:
        if token.kind == "a" and token.form.stem == "dis":
            token.key = "teeth" if gear else "outer_diameter"
            token.form = token.form if gear else Form("dış")


def _bearing_code(token: Token, scan: Scan) -> str:
    if token.kind == t.UNKNOWN and (match := _SEALED.fullmatch(token.key)):
        return match[1]
    if token.kind != t.NUMBER or token.number.count is None:
        return ""
    digits = str(token.number.count)
    return digits if digits in BEARINGS or len(digits) in (4, 5) else ""


def _is_diameter(token: Token | None) -> TypeGuard[Token]:
    return token is not None and token.kind == "a" and token.key == "diameter"


def _nut_class(tokens: list[Token], index: int) -> int:
    """“8 kalite somun”: the property class of a nut, ISO 898-2."""
    beside = [tokens[place].kind for place in (index - 1, index + 1) if 0 <= place < len(tokens)]
    token = tokens[index]
    return (token.number.count or 0) if token.kind == t.NUMBER and "G" in beside else 0


def _property_class(token: Token, scan: Scan) -> str:
    if token.kind != t.NUMBER or token.number.unit is not None:
        return ""
    written = scan.said(token.start, token.end).replace(",", ".")
    return written if written in _CLASSES else ""


def _without_denied(tokens: list[Token], sentence: Sentence) -> list[Token]:
    """“deliksiz”, “delik yok”, “without holes”: what there is none of."""
    kept: list[Token] = []
    for token in tokens:
        (sentence.denied if token.form.without and token.kind in "hXbfwka" else kept).append(token)
    while match := _NEGATED.search(_with_turkish_no(kept)):
        sentence.denied += [token for token in kept[match.start() : match.end()] if token.kind != "!"]
        kept = kept[: match.start()] + kept[match.end() :]
    return kept


def _with_turkish_no(tokens: list[Token]) -> str:
    return "".join("¬" if token.kind == "!" and token.language == "tr" else token.kind for token in tokens)


def _set_aside(tokens: list[Token], sentence: Sentence) -> list[Token]:
    kept: list[Token] = []
    places: dict[str, Callable[[Token], None]] = {
        "X": sentence.unavailable.append,
        "Y": sentence.unmade.append,
        "A": sentence.several.append,
        t.UNKNOWN: sentence.unknown.append,
        "!": sentence.negations.append,
    }
    for index, token in enumerate(tokens):
        if (
            token.kind in (t.UNKNOWN, "!")
            and index
            and tokens[index - 1].kind == "O"
            and tokens[index - 1].assigned
        ):
            sentence.material = token.key
        elif token.kind in places:
            places[token.kind](token)
        elif token.kind in _ASIDE:
            sentence.aside.append(token)
            if token.kind in "TL":
                kept.append(token)
        else:
            kept.append(token)
    return kept


def _phrases(tokens: list[Token]) -> list[list[Token]]:
    phrases: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind in (t.STOP, t.COMMA, t.AND):
            phrases.append([])
        elif token.kind not in "TL":
            phrases[-1].append(token)
    return [phrase for phrase in phrases if phrase]


def _paired(phrases: list[list[Token]], scan: Scan, choices: Choices) -> list[list[Token]]:
    made: list[list[Token]] = []
    for phrase in phrases:
        result = paired(phrase)
        if result.doubts:
            number, first, second = result.doubts[0]
            labels = [f"{scan.said(*_span(number, word))}" for word in (first, second)]
            taken = choices.of(f"pair:{number.start}", *labels)
            result = paired(_parted(phrase, number, (first, second)[taken]))
        _give_to_part(result.tokens)
        between = len(made) > 1 and _is_lone_number(made[-2])  # “100 mm, uzunluk, 60 mm”: whose is 60?
        late = bool(made) and not between and _is_lone_number(result.tokens)
        if late and _takes_late(made[-1], result.tokens[0]):
            continue
        made.append(result.tokens)
    return made


def _give_to_part(phrase: list[Token]) -> None:
    """“30'luk 250 boyunda mil”: a number with that ending describes the noun that ends the phrase."""
    parts = [index for index, token in enumerate(phrase) if token.kind == "p"]
    if len(parts) != 1 or any(token.key == "loose" for token in phrase):
        return
    for index, token in enumerate(phrase[: parts[0]]):
        nouns = [each for each in phrase[index + 1 : parts[0]] if each.kind in "hw"]
        if token.kind == t.NUMBER and token.number.ending.startswith(("lik", "luk")) and not nouns:
            phrase[index] = Token(t.SIZE, token.start, token.end, "loose", numbers=token.numbers)
            return


def _span(number: Token, word: Token) -> tuple[int, int]:
    return min(number.start, word.start), max(number.end, word.end)


def _parted(phrase: list[Token], number: Token, word: Token) -> list[Token]:
    """The phrase with a wall on the side of a number that was not chosen."""
    place = next(
        index for index, token in enumerate(phrase) if token.start == number.start and token.kind == t.NUMBER
    )
    wall = Token("_", number.start, number.start)
    chosen_before = word.start < number.start
    return (
        [*phrase[: place + 1], wall, *phrase[place + 1 :]]
        if chosen_before
        else [*phrase[:place], wall, *phrase[place:]]
    )


def _is_lone_number(phrase: list[Token]) -> bool:
    return len(phrase) == 1 and phrase[0].kind == t.NUMBER


def _takes_late(phrase: list[Token], number: Token) -> bool:
    """“ortada delik, 10 mm”, “Küre: 50 mm”: a number after a comma, for the word before it that has none."""
    last = phrase[-1]
    if last.kind == "a":
        phrase[-1] = t.joined(t.SIZE, [last, number], last.key, number.numbers)
        return True
    sized = any(
        (token.kind in (t.SIZE, t.THREAD) and token.key in ("hole_diameter", "diameter", "radius", "loose"))
        or token.kind == t.THREAD
        for token in phrase
    )
    if last.kind == "h" and not sized and not _is_count(number.number):
        phrase.insert(-1, Token(t.SIZE, number.start, number.end, "hole_diameter", numbers=number.numbers))
        return True
    if last.kind == "p" and not sized and not any(token.kind == t.SIZES for token in phrase):
        phrase.insert(-1, Token(t.SIZE, number.start, number.end, "loose", numbers=number.numbers))
        return True
    return False


def _is_count(number: Measure) -> bool:
    return number.count is not None and number.unit is None and number.bare


__all__ = ["Sentence", "sorted_out"]

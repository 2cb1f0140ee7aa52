"""Gives every number of a phrase to the word that it belongs to.

In Turkish and in English a number may stand before its word or after it (“100 mm uzunluk”, “uzunluk 100
mm”). Of
all ways to give each number to a neighbour the cheapest is taken; when two are equally cheap, the phrase
has two
readings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from atolye.prompts.local import tokens as t
from atolye.prompts.local.tokens import Token, joined

UNPAIRED: Final = 6.0
"""Cost of a number, or of a size's name, that is left alone."""
AGAINST: Final = 9.0
"""Cost of reading a word against its form: “uzunluğunda 100”."""
LONGEST_PHRASE: Final = 40
"""Tokens that are weighed together; nobody says so many in one breath."""
TAKERS: Final = "ahpw"


@dataclass(slots=True)
class Paired:
    """A phrase with its numbers given away."""

    tokens: list[Token]
    doubts: list[tuple[Token, Token, Token]] = field(default_factory=list)
    """A number and the two words that it may belong to."""


@dataclass(frozen=True, slots=True)
class _Way:
    cost: float
    choices: tuple[int, ...]
    """For each number the place of its word, or -1."""
    taken: int = -1


def paired(tokens: list[Token]) -> Paired:
    """Pairs the numbers of one phrase, which has no separators in it."""
    if len(tokens) > LONGEST_PHRASE:
        first, rest = paired(tokens[:LONGEST_PHRASE]), paired(tokens[LONGEST_PHRASE:])
        return Paired(first.tokens + rest.tokens, first.doubts + rest.doubts)
    numbers = [index for index, token in enumerate(tokens) if token.kind == t.NUMBER]
    if not numbers:
        return Paired(tokens)
    ways = _cheapest(tokens, numbers)
    best = ways[0]
    result = Paired(_joined(tokens, numbers, best.choices))
    if len(ways) > 1:
        result.doubts = _differences(tokens, numbers, best.choices, ways[1].choices)
    return result


def _cheapest(tokens: list[Token], numbers: list[int]) -> list[_Way]:
    """The cheapest ways; several when they cost the same.

    What a number costs depends on the choice of the one before it alone, so for every choice the best two
    ways that lead to it are enough (Viterbi's method, with runners-up).
    """
    ways = [_Way(0.0, ())]
    for index in numbers:
        further: list[_Way] = []
        for place in (index - 1, index + 1, -1):
            cost = _cost(tokens, index, place)
            if cost is None:
                continue
            if place != -1 and tokens[place].kind == "a":
                cost -= UNPAIRED  # a size's name that has its number
            open_ways = [way for way in ways if place == -1 or place != way.taken]
            best = sorted(open_ways, key=lambda way: way.cost)[:2]
            further += [_Way(way.cost + cost, (*way.choices, place), place) for way in best]
        ways = further
    least = min(way.cost for way in ways)
    return [way for way in ways if way.cost < least + 1e-9]


def _cost(tokens: list[Token], number: int, place: int) -> float | None:
    if place == -1:
        return UNPAIRED
    if not 0 <= place < len(tokens) or tokens[place].kind not in TAKERS:
        return None
    word, before = tokens[place], place > number
    measure = tokens[number].number
    if before and tokens[number].assigned:
        return AGAINST
    if word.kind == "h":
        threaded = place > 0 and tokens[place - 1].kind == t.THREAD
        return None if threaded or (measure.count is not None and before) else (1.0 if before else 3.0)
    if word.kind == "p":
        if not before and number + 1 < len(tokens) and tokens[number + 1].kind == "a":
            return AGAINST  # “mil 20 mm çap”
        return 2.5 if before else 4.5
    if word.kind == "w":
        return 2.0
    return _cost_of_size(word, before)


def _cost_of_size(word: Token, before: bool) -> float:
    """Whether the number may stand before or after the name of a size."""
    form = word.form
    if word.assigned:
        return AGAINST if before else 0.0
    leans_back = word.after or form.at or form.with_ or "lik" in form.ending or "luk" in form.ending
    if leans_back:
        return 0.0 if before else AGAINST
    if form.stem == "dis":
        return 0.5 if before else 2.0
    if word.key.startswith(("fillet", "chamfer")) and form.stem.startswith(("yuvarla", "pahla")):
        return 0.5 if before else 4.0
    if (
        word.language == "tr" and not word.text and form.ending[-1:] in ("i", "u")
    ):  # its possessor's: “uzunluğu 100 mm”
        return 3.0 if before else 0.5
    return 1.25 if before else 1.0


def _joined(tokens: list[Token], numbers: list[int], choices: tuple[int, ...]) -> list[Token]:
    word_of = dict(zip(numbers, choices, strict=True))
    number_of = {place: index for index, place in word_of.items() if place != -1}
    made: list[Token] = []
    for index, token in enumerate(tokens):
        if index in number_of:
            made += _with_number(token, tokens[number_of[index]])
        elif word_of.get(index, -1) == -1:
            made.append(token)
    return made


def _with_number(word: Token, number: Token) -> list[Token]:
    parts = sorted((word, number), key=lambda part: part.start)
    if word.kind == "a":
        return [joined(t.SIZE, parts, word.key, number.numbers)]
    key = {"h": "hole_diameter", "p": "loose", "w": "keyway"}[word.kind]
    return [joined(t.SIZE, parts, key, number.numbers), word]


def _differences(
    tokens: list[Token], numbers: list[int], one: tuple[int, ...], other: tuple[int, ...]
) -> list[tuple[Token, Token, Token]]:
    return [
        (tokens[number], tokens[first], tokens[second])
        for number, first, second in zip(numbers, one, other, strict=True)
        if first != second and first != -1 and second != -1
    ]

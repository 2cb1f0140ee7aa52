"""Gathers what is said of holes into groups: each of one diameter in one arrangement."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from atolye.prompts.local import tokens as t
from atolye.prompts.local.quantities import Measure
from atolye.prompts.local.tokens import Token

HOLE_SIZES: Final = frozenset(("hole_diameter", "hole_count", "edge_distance", "bore_diameter"))
ROUND_SIZES: Final = frozenset(("diameter", "radius"))
_PASSED: Final = "CtymkKQVWvq"
"""Kinds that may stand between a hole and its diameter."""
FEWEST_WIDE: Final = 10
"""From this on a plain number before a hole in the middle is its diameter; fewer may be so many holes."""

_HOLE_BEFORE: Final = "hkK@QVW"
_SINGLE: Final = ("place", "diameter", "count", "circle", "grid", "pitch", "point")


@dataclass(slots=True)
class HoleGroup:
    """Holes that are spoken of together; what is not said is ``None``."""

    start: int = 10**9
    end: int = 0
    named: bool = False
    """Whether a word for a hole is there."""
    plural: bool = False
    place: str | None = None
    """``center``, ``corners``, ``circle``, ``grid``, ``line`` or ``point``."""
    diameter: Measure | str | None = None
    """A diameter, or the thread that must pass."""
    radius: bool = False
    """Whether ``diameter`` was stated as a radius."""
    count: int | None = None
    circle: Measure | None = None
    grid: tuple[int, int] | None = None
    pitch: tuple[Measure, ...] | None = None
    point: tuple[Measure, ...] | None = None
    edges: dict[str, tuple[Measure, ...]] = field(default_factory=dict)
    each: bool = False
    corners_counted: int | None = None
    corner: str | None = None
    """The one corner that a hole is at, such as ``left-bottom``; ``?`` when it is not clear which."""
    one_corner: bool = False
    """Whether “köşe” stands in the singular."""
    counted: bool = False
    """Whether its diameter stands where a number of holes might."""
    bore: bool = False
    """Whether it is called a bore or central hole."""

    @property
    def empty(self) -> bool:
        return not (self.named or self.edges) and all(getattr(self, name) is None for name in _SINGLE)

    @property
    def complete(self) -> bool:
        """Whether it can stand for itself: how wide and where."""
        return self.diameter is not None and (self.place is not None or bool(self.edges))

    def fits(self, other: HoleGroup) -> bool:
        """Whether both can speak of the same holes."""
        for name in _SINGLE:
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine is not None and theirs is not None and mine != theirs:
                return False
        if any(self.edges[key] != other.edges[key] for key in self.edges.keys() & other.edges.keys()):
            return False
        place = self.place or other.place
        if place in ("center", "circle") and (self.edges or other.edges):
            return False
        if place == "center" and ((self.count or other.count or 1) > 1 or self.pitch or other.pitch):
            return False
        return not (place == "corners" and (self.count or other.count or 4) not in (4, 1))

    def take(self, other: HoleGroup) -> None:
        """Adds what another group says."""
        for name in (*_SINGLE, "corners_counted"):
            if getattr(self, name) is None:
                setattr(self, name, getattr(other, name))
        self.radius = self.radius or other.radius
        self.edges = {**other.edges, **self.edges}
        self.named, self.plural = self.named or other.named, self.plural or other.plural
        self.counted = self.counted or other.counted
        self.corner = self.corner or other.corner
        self.one_corner = self.one_corner or other.one_corner
        self.each, self.bore = self.each or other.each, self.bore or other.bore
        self.start, self.end = min(self.start, other.start), max(self.end, other.end)

    @property
    def only_place(self) -> bool:
        """Whether it says where and nothing else: perhaps of something other than a hole."""
        others = [name for name in _SINGLE if name != "place"]
        return not self.named and not self.edges and all(getattr(self, name) is None for name in others)

    def copy(self) -> HoleGroup:
        return dataclasses.replace(self, edges=dict(self.edges))


@dataclass(slots=True)
class Gathered:
    """What a text says of holes, and what is left of its phrases."""

    groups: list[HoleGroup]
    quantity: int | None
    rest: list[list[Token]]


def gathered(phrases: Sequence[list[Token]], *, screw: bool) -> Gathered:
    """Takes the holes out of the phrases.

    Args:
        screw: whether the part is a screw or nut, so that a thread is its own and no hole's.
    """
    partial: list[HoleGroup] = []
    rest: list[list[Token]] = []
    quantity: int | None = None
    for phrase in phrases:
        left, groups, count = _of_phrase(phrase, screw=screw)
        rest.append(left)
        partial += groups
        quantity = count if count is not None else quantity
    groups = _merged(partial)
    lone = [group for group in groups if _only_count(group)]
    for group in lone:
        groups.remove(group)
        quantity = group.count
    return Gathered(groups, quantity, rest)


def _only_count(group: HoleGroup) -> bool:
    others = [name for name in _SINGLE if name != "count"]
    return (
        group.count is not None
        and not group.named
        and not group.edges
        and not any(getattr(group, name) for name in others)
    )


# ---- one phrase ---------------------------------------------------------------------------------------


def _of_phrase(phrase: list[Token], *, screw: bool) -> tuple[list[Token], list[HoleGroup], int | None]:
    mine = [_concerns_holes(token, screw=screw) for token in phrase]
    if any(token.kind in "hCt" for token in phrase):
        mine = [one or token.kind == "o" for one, token in zip(mine, phrase, strict=True)]
    _claim_diameters(phrase, mine)
    quantity = _quantity(phrase, mine)
    nouns = [index for index, token in enumerate(phrase) if token.kind == "h"]
    clusters: dict[int, list[Token]] = {}
    for index, token in enumerate(phrase):
        if mine[index]:
            clusters.setdefault(_noun_of(index, token, nouns), []).append(token)
    groups = [group for noun in sorted(clusters) for group in _groups(clusters[noun])]
    left = [
        token
        for index, token in enumerate(phrase)
        if not mine[index] and not (quantity is not None and index == quantity[0])
    ]
    if quantity is None and any(token.kind == "p" for token in left):
        quantity = _count_of_parts(groups, phrase)
    return left, groups, None if quantity is None else quantity[1]


def _concerns_holes(token: Token, *, screw: bool) -> bool:
    if token.kind == t.SIZE or token.kind == "a":
        return token.key in HOLE_SIZES
    if token.kind == t.THREAD:
        return not screw and not token.text  # “M8x20” is a screw's, never a hole's
    return token.kind in "hmkvyC@g" or token.kind in (t.EDGE, t.CIRCLE, t.GRID, t.PITCH)


def _claim_diameters(phrase: list[Token], mine: list[bool]) -> None:
    """A diameter beside a hole that has none is the hole's; so is one beside a place: “ortada Ø20”."""
    if not any(token.kind == "h" for token in phrase):
        for place, token in enumerate(phrase[1:], 1):
            round_size = token.kind == t.SIZE and token.key in ROUND_SIZES
            describes_part = place + 1 < len(phrase) and phrase[place + 1].kind == "p"
            if round_size and phrase[place - 1].kind in "mk" and not describes_part:
                mine[place] = True
    for index, token in enumerate(phrase):
        if token.kind != "h" or _has_diameter(phrase, index):
            continue
        for place in (*_backwards(phrase, index), *_forwards(phrase, index)):
            if not mine[place] and phrase[place].kind == t.SIZE and phrase[place].key in ROUND_SIZES:
                mine[place] = True
                break


def _has_diameter(phrase: list[Token], index: int) -> bool:
    near = (*_backwards(phrase, index), *_forwards(phrase, index))
    return any(phrase[place].kind == t.THREAD or phrase[place].key == "hole_diameter" for place in near)


def _backwards(phrase: list[Token], index: int) -> list[int]:
    places: list[int] = []
    for place in range(index - 1, -1, -1):
        token = phrase[place]
        if token.kind == t.SIZE and token.key in (*ROUND_SIZES, "hole_diameter"):
            return [*places, place]
        if token.kind not in _PASSED:
            break
        if token.kind == t.THREAD:
            return [*places, place]
    return places


def _forwards(phrase: list[Token], index: int) -> list[int]:
    """Straight after the hole; but what stands before the part's name is the part's."""
    places: list[int] = []
    for place in range(index + 1, len(phrase)):
        token = phrase[place]
        if token.kind == t.SIZE and token.key in (*ROUND_SIZES, "hole_diameter"):
            before_part = place + 1 < len(phrase) and phrase[place + 1].kind in "ph"
            return places if before_part else [*places, place]
        if token.kind == t.THREAD:
            return [*places, place]
        if token.kind not in _PASSED:
            break
    return places


def _quantity(phrase: list[Token], mine: list[bool]) -> tuple[int, int] | None:
    """“3 adet 100x50x8 plaka”: place and number of a count that is a part's and no hole's."""
    for index, token in enumerate(phrase):
        if token.kind != t.COUNT or (index and phrase[index - 1].kind in _HOLE_BEFORE):
            continue
        following = phrase[index + 1 :]
        beside = next((each for each in following if not _may_part(each)), None)
        if beside is not None and beside.kind != "h" and any(each.kind == "p" for each in following):
            mine[index] = False
            return index, int(token.number.value)
    return None


def _may_part(token: Token) -> bool:
    """Whether a count and its hole may have it between them."""
    return token.kind in _PASSED or (token.kind == t.SIZE and token.key in (*ROUND_SIZES, *HOLE_SIZES))


def _count_of_parts(groups: list[HoleGroup], phrase: list[Token]) -> tuple[int, int] | None:
    """“5 adet ortasında 10 mm delik olan plaka”: one place cannot have five holes, so five are the plates."""
    for group in groups:
        if len(groups) > 1 and group.count is not None and _only_count(group):
            groups.remove(group)
            return (-1, group.count)
    return None


def _noun_of(index: int, token: Token, nouns: list[int]) -> int:
    """Which hole a word speaks of: in Turkish the next one, in English a place speaks of the last one."""
    if len(nouns) < 2:
        return 0
    before = [position for position, noun in enumerate(nouns) if noun < index]
    after = [position for position, noun in enumerate(nouns) if noun >= index]
    if not after or (before and token.language == "en" and token.kind in (*"mk@", t.EDGE, t.CIRCLE, t.PITCH)):
        return before[-1]
    return after[0]


def _groups(tokens: list[Token]) -> list[HoleGroup]:
    made = [HoleGroup()]
    for token in _with_wide_hole(tokens):
        one = _said(token)
        if one.empty and not one.each:
            continue
        if _is_around_middle(made[-1], one):
            made[-1].place = None
        elif _is_around_middle(one, made[-1]):
            continue
        if not made[-1].fits(one):
            made.append(HoleGroup())
        made[-1].take(one)
    return [group for group in made if not group.empty]


def _with_wide_hole(tokens: list[Token]) -> list[Token]:
    """“ortada 30 delik”: nobody wants thirty holes in the middle, so it is one of 30 mm."""
    kinds = t.kinds(tokens)
    counts = [token for token in tokens if token.kind == t.COUNT]
    sized = any(token.kind == t.SIZE for token in tokens)
    if sized or len(counts) != 1 or not set(kinds) <= set("mhCvy") or "m" not in kinds or "h" not in kinds:
        return tokens
    many = counts[0].number.count or 0
    if many < FEWEST_WIDE or counts[0].end - counts[0].start > len(str(many)):
        return tokens
    size = Token(
        t.SIZE, counts[0].start, counts[0].end, "hole_diameter", numbers=counts[0].numbers, text="wide"
    )
    return [size if token is counts[0] else token for token in tokens]


def _is_around_middle(one: HoleGroup, other: HoleGroup) -> bool:
    """“merkezde 60 mm çaplı çember üzerinde”: circles and grids lie around the middle anyway."""
    return one.only_place and one.place == "center" and other.place in ("circle", "grid", "line")


def _said(token: Token) -> HoleGroup:
    """What one token says of holes."""
    group = HoleGroup(token.start, token.end)
    match token.kind:
        case "h":
            group.named, group.plural = True, token.form.plural
            group.bore = token.key == "center"
            if group.bore:
                group.place = "center"
        case "m":
            group.place = "center"
        case "k":
            group.place, group.corners_counted = (
                "corners",
                int(token.text) if token.text.isdecimal() else None,
            )
            group.one_corner = not token.form.plural and group.corners_counted is None
        case "v":
            group.each = True
        case "@":
            group.place, group.point, group.corner = "point", token.numbers or None, token.key or None
        case t.COUNT:
            group.count = token.number.count
        case t.THREAD:
            group.diameter = token.key
        case t.EDGE:
            group.edges[token.key] = token.numbers
        case "o":
            group.place = "circle"
        case t.CIRCLE:
            group.place, group.circle = "circle", token.number
        case t.GRID:
            group.place = token.key
            if token.numbers:
                group.grid = (int(token.numbers[0].value), int(token.numbers[1].value))
        case t.PITCH:
            group.pitch = token.numbers
        case "g":
            group.place = token.key
        case t.SIZE if token.numbers:
            _size_of_hole(group, token)
        case "a" if token.key in ("hole_diameter", "bore_diameter"):
            group.named = True
        case _:
            pass
    return group


def _size_of_hole(group: HoleGroup, token: Token) -> None:
    match token.key:
        case "hole_count":
            group.count = int(token.number.value)
        case "edge_distance":
            group.edges[""] = token.numbers
        case _:
            group.diameter, group.radius = token.number, token.key == "radius"
            group.counted = token.text == "wide"
            group.named = True
            if token.key == "bore_diameter":
                group.place, group.bore = "center", True


# ---- across phrases -----------------------------------------------------------------------------------


def _merged(partial: list[HoleGroup]) -> list[HoleGroup]:
    """Puts together what stands in several phrases: “köşelerde 4 delik, M6, kenardan 10 mm”."""
    made: list[HoleGroup] = []
    for group in partial:
        owner = _owner(made, group)
        if owner is None:
            made.append(group.copy())
        else:
            owner.take(group)
    index = 0
    while index + 1 < len(made):
        one, following = made[index], made[index + 1]
        if not one.complete and not _only_count(one) and one.fits(following) and not _twice(one, following):
            following.take(one)
            del made[index]
        else:
            index += 1
    return made


def _owner(made: list[HoleGroup], group: HoleGroup) -> HoleGroup | None:
    """The holes that a further phrase speaks of: the last; of what only places holes, earlier ones, too."""
    if made and made[-1].fits(group) and _belongs(made[-1], group):
        return made[-1]
    if group.named or group.diameter is not None or _only_count(group):
        return None
    earlier = [one for one in made[:-1] if one.fits(group) and _belongs(one, group)]
    return earlier[-1] if earlier else None


def _belongs(before: HoleGroup, group: HoleGroup) -> bool:
    if _only_count(group):
        return (
            before.count is None and before.place in ("circle", "line", None)
        ) or before.count == group.count
    if before.complete and group.complete:
        return False
    if before.complete and group.named and group.place is None and not group.edges and group.diameter is None:
        return group.plural and group.count is None  # “köşelerde Ø6 (kenardan 10) delikler”
    return not _twice(before, group)


def _twice(one: HoleGroup, other: HoleGroup) -> bool:
    """Whether both speak of a diameter and a hole, so that two are meant even when they agree."""
    both_wide = one.diameter is not None and other.diameter is not None
    return both_wide and (one.named and other.named)

"""Makes facts of words that stand together: “kenardan 15 mm” is a distance, “PCD 90” a circle.

“4 adet” a count.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from atolye.prompts.local import tokens as t
from atolye.prompts.local.quantities import Measure
from atolye.prompts.local.tokens import Token, joined, kinds

Rule = tuple[re.Pattern[str], Callable[[list[Token]], list[Token] | None]]

ROUND: Final = {"diameter": 1, "radius": 2}
"""What a size along a circle's width is multiplied with to be its diameter."""


_NUMBERED_NOTES: Final = frozenset(
    ("tolerans", "tolerance", "puruzluluk", "puruzlulugu", "roughness", "kalite", "kalitesi", "finish")
)
"""Words beside the shape that take a number of their own."""


def applied(tokens: list[Token]) -> list[Token]:
    """The tokens with every rule applied, from the first rule to the last."""
    tokens = list(tokens)
    row = kinds(tokens)
    for pattern, act in RULES:
        place = 0
        while match := pattern.search(row, place):
            start, end = match.span()
            made = act(tokens[start:end])
            if made is None:
                place = start + 1
            else:
                tokens[start:end] = made
                row = row[:start] + kinds(made) + row[end:]
                place = start + max(len(made), 1)
    return tokens


def _numbers(parts: list[Token]) -> tuple[Measure, ...]:
    return next((part.numbers for part in parts if part.kind in (t.NUMBER, t.SIZES)), ())


# ---- how many, in a row -------------------------------------------------------------------------------


def _count(parts: list[Token]) -> list[Token] | None:
    """“4 adet”; of “adet: 4” the number follows."""
    number = next(part for part in parts if part.kind == t.NUMBER).number
    if number.count is None:
        return None
    if parts[0].kind == "c" and not parts[0].assigned and parts[0].key == "piece" and len(parts) > 2:
        return None
    return [joined(t.COUNT, parts, numbers=(number,))]


def _counted(parts: list[Token]) -> list[Token] | None:
    """“6 delik”, “4 8.5 mm holes”, “4 M6”: a whole number before a size counts."""
    first = parts[0].number
    if first.count is None or first.ending or not 1 <= first.count <= 5000:
        return None
    return [joined(t.COUNT, parts[:1], numbers=(first,)), *parts[1:]]


def _counted_round(parts: list[Token]) -> list[Token] | None:
    """“6 Ø9 delik”."""
    return _counted(parts) if parts[1].assigned and parts[1].key == "diameter" else None


def _fitted(parts: list[Token]) -> list[Token] | None:
    """“10 H7”: a number with a fit is a diameter and counts nothing."""
    if parts[1].key != "fit":
        return None
    return [replace(parts[0], numbers=(replace(parts[0].number, bare=False),)), parts[1]]


def _tolerance_after(parts: list[Token]) -> list[Token] | None:
    """“0,1 mm toleransla”: a number that is no size."""
    unit, word = parts[0].number.unit, parts[1]
    small = parts[0].number.value <= 1 and (unit is None or unit.key in ("mm", "um"))
    spoken = word.form.stem in ("tolerans", "tolerance")
    return [replace(word, start=parts[0].start)] if small and spoken else None


def _elliptic_hole(parts: list[Token]) -> list[Token] | None:
    """“ortada 30'luk, köşelerde 10'luk delik”: the first hole is not named."""
    number = parts[0].number
    if number.bare and not number.diameter:
        return None
    return [Token(t.SIZE, parts[0].start, parts[0].end, "hole_diameter", numbers=(number,))]


def _three_sides(parts: list[Token]) -> list[Token] | None:
    """“kenar uzunlukları 30, 40 ve 50 mm”."""
    return _list_of_sizes(parts[1:]) if parts[0].key == "side" else None


def _two_legs(parts: list[Token]) -> list[Token] | None:
    """“kolları 60 ve 40 mm”."""
    if parts[0].key != "leg":
        return None
    one, other = (part.number for part in parts if part.kind == t.NUMBER)
    if one.unit is None:
        one = replace(one, unit=other.unit)
    return [joined(t.SIZE, parts[:2], "leg", (one,)), joined(t.SIZE, parts[2:], "leg", (other,))]


def _counted_diameter(parts: list[Token]) -> list[Token] | None:
    """“4 holes dia 11”: how many, then how wide."""
    return _counted(parts) if parts[1].key == "hole_diameter" else None


def _last_counted(parts: list[Token]) -> list[Token] | None:
    """“10 mm kalınlık 4 delik”: the numbers before are their sizes', the last one counts."""
    made = _counted(parts[-1:])
    return None if made is None else [*parts[:-1], *made]


def _counted_steps(parts: list[Token]) -> list[Token] | None:
    """“üç kademeli mil”."""
    made = _counted(parts[:1])
    if made is None or parts[1].text != "stepped":
        return None
    return [made[0], Token("s", parts[1].start, parts[1].start, "step"), parts[1]]


def _one_corner(parts: list[Token]) -> list[Token] | None:
    """“sol alt köşede”, “in the top left corner”: one corner is a point, not all four."""
    sides = ["top" if part.kind == "u" and part.form.stem == "ust" else part.key for part in parts[:-1]]
    across = [side for side in sides if side in ("left", "right")]
    upright = [side for side in sides if side in ("top", "bottom")]
    if parts[-1].key != "corner" or not (across or upright):
        return None
    corner = f"{across[0]}-{upright[0]}" if len(across) == len(upright) == 1 else "?"
    return [joined("@", parts, corner)]


def _times(parts: list[Token]) -> list[Token] | None:
    """“6 x 9 mm holes”, “6xØ9”: how many, and how wide."""
    sizes = parts[0].numbers
    if len(sizes) != 2 or sizes[0].count is None or sizes[0].diameter:
        return None
    if sizes[1].unit is None and not sizes[1].diameter:
        return None
    count = Token(t.COUNT, parts[0].start, parts[0].end, numbers=(sizes[0],))
    size = Token(t.NUMBER, parts[0].start, parts[0].end, numbers=(replace(sizes[1], bare=False),))
    return [count, size, *parts[1:]]


def _holes_by_number(parts: list[Token]) -> list[Token] | None:
    """“4xØ9” are four holes of 9 mm wherever it stands."""
    sizes = parts[0].numbers
    if (
        len(sizes) != 2
        or not sizes[1].diameter
        or sizes[0].diameter
        or not sizes[0].count
        or sizes[0].count > 200
    ):
        return None
    count = Token(t.COUNT, parts[0].start, parts[0].end, numbers=(sizes[0],))
    return [count, Token(t.SIZE, parts[0].start, parts[0].end, "hole_diameter", numbers=(sizes[1],))]


def _round_product(parts: list[Token]) -> list[Token] | None:
    """“Ø50x120”: the first of the sizes is a diameter."""
    if parts[0].key not in ("diameter", "outer_diameter"):
        return None
    first, *rest = parts[1].numbers
    return [replace(parts[1], start=parts[0].start, numbers=(replace(first, diameter=True), *rest))]


def _rounded_corners(parts: list[Token]) -> list[Token] | None:
    """“köşeleri yuvarlak”: a word for round beside the corners."""
    flag = next(part for part in parts if part.kind == "q")
    return [joined("f", parts, "rounded")] if flag.key == "round" else None


def _with_its_number(parts: list[Token]) -> list[Token] | None:
    """“tolerans 0,1”, “pürüzlülük 1,6”: a number that is noted with its word."""
    unit = parts[1].number.unit
    if parts[0].form.stem not in _NUMBERED_NOTES or not (unit is None or unit.key in ("um", "mm")):
        return None
    return [replace(parts[0], end=parts[1].end)]


def _four_corners(parts: list[Token]) -> list[Token] | None:
    """“4 köşede”, “dört köşesine”: the corners themselves are counted."""
    count = parts[0].number.count
    if count is None or not 1 <= count <= 4:
        return None
    corner = replace(parts[-1], start=parts[0].start, text=str(count))
    return [corner] if parts[0].numbers[0].ending in ("", "i", "u", "e", "a") else None


def _list_of_sizes(parts: list[Token]) -> list[Token] | None:
    """“ölçüleri 100, 50 ve 8 mm” are the sizes of a box."""
    found = [part for part in parts if part.kind == t.NUMBER]
    if not 2 <= len(found) <= 4:
        return None
    numbers = [part.number for part in found]
    last = numbers[-1].unit
    if last is not None and all(one.unit is None for one in numbers[:-1]):
        numbers = [replace(one, unit=last) for one in numbers]
    return [Token(t.SIZES, found[0].start, found[-1].end, numbers=tuple(numbers))]


def _product(parts: list[Token]) -> list[Token] | None:
    """“four inch by two inch”: numbers in words that are multiplied."""
    numbers = tuple(one for part in parts if part.kind != t.TIMES for one in part.numbers)
    return [Token(t.SIZES, parts[0].start, parts[-1].end, numbers=numbers)]


def _respectively(parts: list[Token]) -> list[Token] | None:
    """“uzunluk, genişlik ve kalınlık sırasıyla 100, 50 ve 8 mm”; one number holds for all the names."""
    names = [part for part in parts if part.kind == "a"]
    numbers = [one for part in parts if part.kind in (t.NUMBER, t.SIZES) for one in part.numbers]
    if any(part.after for part in names) or not names[-1].language:
        return None  # “taban Ø50”: a sign is no further name
    if len(numbers) == 1:
        numbers *= len(names)
    if len(names) != len(numbers) or len({part.key for part in names}) != len(names):
        return None
    last = numbers[-1].unit
    if last is not None and all(one.unit is None for one in numbers[:-1]):
        numbers = [replace(one, unit=last) for one in numbers]
    made: list[Token] = []
    for name, number in zip(names, numbers, strict=True):
        made += [joined(t.SIZE, parts, name.key, (number,)), Token(t.COMMA, parts[-1].end, parts[-1].end)]
    return made


def _shared(parts: list[Token]) -> list[Token] | None:
    """“50 mm en ve boy”."""
    return _respectively(parts) if parts[0].number.unit is not None or not parts[0].number.bare else None


# ---- where --------------------------------------------------------------------------------------------


def _from_edge(parts: list[Token]) -> list[Token] | None:
    """“kenardan 15 mm içeride”, “kenara 15 mm mesafede”, “sol kenardan 20 mm”."""
    edge = next(part for part in parts if part.kind in "ejk")
    offset = any(part.kind == "z" for part in parts)
    if not (edge.form.from_ or (offset and edge.form.to) or (offset and edge.kind == "e")):
        return None
    return [_edge(parts, edge)]


def _edge_before(parts: list[Token]) -> list[Token] | None:
    """“15 mm from the edges”, “15 mm kenardan”."""
    edge = next(part for part in parts if part.kind in "ejk")
    spoken = (
        any(part.kind == "<" for part in parts) or edge.form.from_ or (edge.form.to and parts[-1].kind == "z")
    )
    return [_edge(parts, edge)] if spoken else None


def _edge(parts: list[Token], edge: Token) -> Token:
    corner = "corners" if edge.form.plural else "corner"
    return joined(t.EDGE, parts, {"e": "", "k": corner}.get(edge.kind, edge.key), _numbers(parts))


def _circle(parts: list[Token]) -> list[Token] | None:
    """“90 mm çaplı daire üzerinde”, “PCD 90”, “on a 120 mm circle”."""
    sizes = [part for part in parts if part.kind == "a"]
    if any(size.key not in ROUND for size in sizes):
        return None
    if not any(part.kind == "o" for part in parts):
        on = next(part for part in parts if part.kind == "u")
        if not sizes or (on.language == "tr" and not (on.form.at or on.form.to)):
            return None
    number = _numbers(parts)[0]
    twice = ROUND[sizes[0].key] if sizes else 1
    return [joined(t.CIRCLE, parts, numbers=(replace(number, value=number.value * twice, bare=False),))]


def _grid(parts: list[Token]) -> list[Token] | None:
    """“3x4 ızgara”: rows, then columns."""
    sizes = _numbers(parts)
    if len(sizes) != 2 or any(one.count is None for one in sizes):
        return None
    return [joined(t.GRID, parts, "grid", sizes)]


def _rows_and_columns(parts: list[Token]) -> list[Token] | None:
    """“3 satır 4 sütun”, “3 rows of 4”."""
    numbers = [part.number for part in parts if part.kind == t.NUMBER]
    if any(one.count is None for one in numbers):
        return None
    if parts[1].kind == "l":
        numbers.reverse()
    return [joined(t.GRID, parts, "grid", tuple(numbers))]


def _pitch_after_size(parts: list[Token]) -> list[Token] | None:
    """“diameter 5 mm spacing 15 mm”: the number before belongs to its own name."""
    return None if parts[0].form.ending.endswith(("la", "le", "li", "lu")) else _pitch(parts)


def _pitch(parts: list[Token]) -> list[Token] | None:
    """“20 mm aralıklı”, “spaced 20 mm apart”."""
    if parts[0].kind in (t.NUMBER, t.SIZES) and any(part.kind == "i" and part.assigned for part in parts):
        return None
    numbers = _numbers(parts)
    if len(numbers) > 2 or (any(part.kind == "y" for part in parts) and numbers[0].bare):
        return None
    return [joined(t.PITCH, parts, numbers=numbers)]


# ---- rounding and chamfers ----------------------------------------------------------------------------


def _target(parts: list[Token]) -> str:
    key = next((part.key for part in parts if part.kind in "kex"), "any")
    return {"all_edges": "edge"}.get(key, key)


def _worked_edges(parts: list[Token]) -> list[Token] | None:
    """“köşeleri yuvarla”, “corner radius”: a name that takes a number."""
    word = next((part for part in parts if part.kind in "fb"), None) or next(
        part for part in parts if part.kind == "a"
    )
    if word.kind == "a" and word.key != "radius":
        return None
    kind = "chamfer" if word.kind == "b" else "fillet"
    target = {"rounded": "corner", "inner": "inner"}.get(word.key) or _target(parts)
    key = "radius" if word.key == "radius" and target == "any" and word.kind == "f" else f"{kind}:{target}"
    one = joined("a", parts, key)
    return [replace(one, form=word.form, assigned=parts[-1].assigned, text=word.key)]


def _worked_edges_with_number(parts: list[Token]) -> list[Token] | None:
    """“köşeleri 5 mm yuvarla”: the number stands in the middle."""
    made = _worked_edges([part for part in parts if part.kind not in (t.NUMBER, "u", t.COMMA)])
    if made is None or (parts[0].kind in "ke" and parts[0].form.from_):
        return None
    numbers = _numbers(parts)
    return [joined(t.SIZE, parts, made[0].key, numbers)]


def _chamfer_target(parts: list[Token]) -> list[Token] | None:
    """“1x45° pah”, “uçlara 1x45°”."""
    fact = next(part for part in parts if part.kind == t.CHAMFER)
    return [joined(t.SIZE, parts, f"chamfer:{_target(parts)}", fact.numbers)]


def _side_of_square(parts: list[Token]) -> list[Token] | None:
    """“100'lük kare plaka”, “kare 100 mm”."""
    flag = next(part for part in parts if part.kind == "q")
    return [flag, joined(t.SIZE, parts, "side", _numbers(parts))] if flag.key == "square" else None


def _plain_edge(parts: list[Token]) -> list[Token] | None:
    """“kenarı 30 mm”: the length of an edge."""
    edge = parts[0]
    plain = edge.language == "tr" and not (edge.form.from_ or edge.form.to or edge.form.at)
    english = edge.language == "en" and not edge.form.plural
    return [joined(t.SIZE, parts, "side", parts[1].numbers)] if plain or english else None


def _thread_for_screw(parts: list[Token]) -> list[Token] | None:
    """“M8 cıvata için”, “for M8 bolts”: what must pass through a hole."""
    part = next((each for each in parts if each.kind == "p"), None)
    if part is not None and part.key not in ("screw", "nut"):
        return None
    thread = next(each for each in parts if each.kind == t.THREAD)
    return [replace(thread, start=parts[0].start, end=parts[-1].end, text="", after=True)]


def _purpose(parts: list[Token]) -> list[Token] | None:
    """“rulman için”, “for a shaft”: what it is for is not what it is."""
    return []


def _thread_hole(parts: list[Token]) -> list[Token] | None:
    """“M8 cıvata delikleri” where screw and hole stand apart: “M8 civata … delik”."""
    return [parts[0], *parts[2:]] if parts[1].key == "screw" else None


def _rule(pattern: str, act: Callable[[list[Token]], list[Token] | None]) -> Rule:
    return re.compile(pattern), act


RULES: Final[tuple[Rule, ...]] = (
    _rule(r"[LT]n", _with_its_number),
    _rule(r"[nd](?:%[nd])+", _product),
    _rule(r"%", lambda parts: [replace(parts[0], kind=t.COMMA)]),
    _rule(r"ad", _round_product),
    _rule(r"kq|qk", _rounded_corners),
    _rule(r"D?n(?:[,&]*n){1,3}(?=[,]?D)", _list_of_sizes),
    _rule(r"D,?n(?:[,&]*n){1,3}(?![aochizBfb])", _list_of_sizes),
    _rule(r"(?<!n)a(?:[,&]*a)+[,R]*(?:d|n(?:[,&]*n)+)", _respectively),
    _rule(r"d,*a(?:[,&]a)+", _respectively),
    _rule(r"(?<!n)a&?a(?:&a)*n(?!a)", _respectively),
    _rule(r"na&a(?!n)", _shared),
    _rule(r"nc", _count),
    _rule(r"cn", _count),
    _rule(r"t[pv]?>|>t[p]?|tp>", _thread_for_screw),
    _rule(r"p>|>p", _purpose),
    _rule(r"tp(?=h)", _thread_hole),
    _rule(r"d(?=[ymv]*h)", _times),
    _rule(r"nk", _four_corners),
    _rule(r"d", _holes_by_number),
    _rule(r"n[rl][,&]?n[rl]?", _rows_and_columns),
    _rule(r"nL", _fitted),
    _rule(r"nL", _tolerance_after),
    _rule(r"(?<=m)n(?=[k,&;m].*h)", _elliptic_hole),
    _rule(r"an[,&]n[,&]+n(?!a)", _three_sides),
    _rule(r"an[,&]n(?!a)", _two_legs),
    _rule(r"(?<![ano])(?:na)*n(?=(?:y|q)*(?:n|t)(?:a?y?h))", _last_counted),
    _rule(r"(?<!a)nan(?=a?y?h)", _counted_round),
    _rule(r"(?<![anC])(?:na)*n(?=(?:y|m|q)*h)", _last_counted),
    _rule(r"(?<=n)n(?=(?:y|m|q)*h)", _counted),
    _rule(r"(?<!a)nan", _counted_diameter),
    _rule(r"(?<![an])(?:na)*n(?=t)", _last_counted),
    _rule(r"(?<![an])n(?=s)", _counted),
    _rule(r"(?<![an])np", _counted_steps),
    _rule(r"[ju]+k", _one_corner),
    _rule(r"v*[ejk]z*[nd]z*", _from_edge),
    _rule(r"[nd]z?<v*[ejk]", _edge_before),
    _rule(
        r"<v*[ejk]z*[nd]", lambda parts: [_edge(parts, next(part for part in parts if part.kind in "ejk"))]
    ),
    _rule(r"[nd]v?[ejk]z*(?![nd])", _edge_before),
    _rule(r"(?<=an)on", _circle),
    _rule(r"u?(?:an|na|n)ou?", _circle),
    _rule(r"oa?n", _circle),
    _rule(r"u(?:na|an)", _circle),
    _rule(r"(?:na|an)u", _circle),
    _rule(r"dg|gd", _grid),
    _rule(r"i[nd]i", _pitch),
    _rule(r"(?<=an)i[nd](?!a)", _pitch_after_size),
    _rule(r"[nd]y?i", _pitch),
    _rule(r"ny", _pitch),
    _rule(r"i[nd]", _pitch),
    _rule(r"[kex][,]?B|B[u]?[kex]", _chamfer_target),
    _rule(r"Bb(?:u?[kex])?|(?:[kex])?bB|b?[kex]Bb?", _chamfer_target),
    _rule(r"B", _chamfer_target),
    _rule(r"[kex]n[fb]", _worked_edges_with_number),
    _rule(r"n[fb]u?[kex]", _worked_edges_with_number),
    _rule(r"[fb]n[kex]", _worked_edges_with_number),
    _rule(r"(?:f[kex]|[kex]f),?an", _worked_edges_with_number),
    _rule(r"[kex][fb]|[fb]u?[kex]", _worked_edges),
    _rule(r"k(?=a)a", _worked_edges),
    _rule(r"[fb]", _worked_edges),
    _rule(r"nq|qn", _side_of_square),
    _rule(r"en", _plain_edge),
)
"""In this order: what is more certain comes first and takes its words away from what follows."""

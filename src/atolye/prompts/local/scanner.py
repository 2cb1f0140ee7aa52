"""Cuts a text into tokens: names first, then numbers, designations and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from atolye.designs.outputs import FORMATS
from atolye.designs.units import LENGTHS
from atolye.designs.words import fold
from atolye.prompts.local import lexicon, quantities, tokens
from atolye.prompts.local.morphology import Form, forms
from atolye.prompts.local.names import Name, names_in, standard_pattern
from atolye.prompts.local.quantities import DOUBTFUL, NUMBER, UNIT_WORDS, Measure
from atolye.prompts.local.tokens import LETTERS, Token

_NUM: Final = r"\d+(?:[.,]\d+)?"
_NEXT: Final = r"\s*[x*]\s*"
_THREAD: Final = re.compile(
    rf"m\s?(?P<thread>\d{{1,2}}(?:[.,]\d)?)(?!\d|[.,]\d)(?:{_NEXT}(?P<one>{_NUM})(?:{_NEXT}(?P<two>{_NUM}))?(?P<mm>\s*mm)?)?"
    rf"(?:\s?'\s?[a-z]{{1,5}}|l[iu]k|l[iu])?(?![a-z0-9])"
)
_RADIUS: Final = re.compile(rf"r\s?=?\s?(?P<number>{_NUM})(?:\s*mm)?(?:\s?'?\s?l[iu]k?)?(?![a-z0-9])")
_SYMBOL: Final = re.compile(r"(?P<symbol>[a-z])\s*[=:]\s*(?=[ø\d])")
_PREFIXES: Final = {
    "od": ("size", "outer_diameter"), "id": ("size", "inner_diameter"), "dia": ("size", "diameter"),
    "thk": ("size", "thickness"), "pcd": ("circle", "circle"), "bcd": ("circle", "circle"),
    "l": ("size", "length"), "w": ("size", "width"), "h": ("size", "height"), "t": ("size", "thickness"),
    "d": ("size", "diameter"), "b": ("size", "width"), "wt": ("size", "wall_thickness"),
}  # fmt: skip
_PREFIXED: Final = re.compile(
    rf"(?:(?P<name>{'|'.join(_PREFIXES)})|(?<!\d )(?<!mm )(?<!cm )(?P<apart>l|w|h|t|wt) )"
    r"(?=\d+(?:[.,]\d+)?\s?(?:mm|cm)?(?![a-z0-9-]))"
)
"""“OD200”, “L100”: a size's sign before its number."""
_CHAMFER: Final = re.compile(
    rf"(?P<number>{_NUM})(?:\s*mm)?{_NEXT}45\s*(?:°|derece(?:lik)?|degrees?|deg)?(?![\d.,])"
)
_POINT: Final = re.compile(
    rf"x\s*[=:]?\s*(?P<x>{_NUM})\s*(?P<ux>mm|cm)?\s*[,;]?\s*(?:ve |and )?"
    rf"\s*y\s*[=:]?\s*(?P<y>{_NUM})\s*(?P<uy>mm|cm)?(?![a-z0-9])"
    rf"|\(\s*(?P<x2>{_NUM})\s*(?:mm)?\s*[,;/]\s+(?P<y2>{_NUM})\s*(?:mm)?\s*\)"
    rf"|\(\s*(?P<x3>\d+(?:\.\d+)?)\s*,\s*(?P<y3>\d+(?:\.\d+)?)\s*\)"
)
_FINISH: Final = re.compile(
    rf"r[az]\s*[=:]?\s*{_NUM}(?:\s*(?:um|μm|mikron|micron)s?)?|{_NUM}(?:\s*-\s*{_NUM})?\s*hrc"
    rf"|hrc\s*{_NUM}(?:\s*-\s*{_NUM})?|{_NUM}\s*(?:mikron|micron|um|μm)\w*\s+(?:kaplama|coating|cinko|krom|boya)"
)
_TOLERANCE: Final = re.compile(rf"(?:±|\+\s?/\s?-|\+-)\s*{_NUM}(?:\s*mm)?|it\s?\d{{1,2}}(?![a-z0-9])")
_FIT: Final = re.compile(
    r"(?:(?<=\d)|(?<=\d )|(?<=mm )|(?<=mm))(?:[hg]|js|k|f|n|p)\d{1,2}(?:/[hgkfnpm]\d{1,2})?(?![a-z0-9.,])"
    r"|(?<=\d)m\d(?![a-z0-9.,x])"
)
_ORDINAL: Final = re.compile(
    r"\d{1,2}\s?(?:\.|'?[iu]?nc[iu]|st|nd|rd|th)\s*(?=(?:kademe|basamak|bolum|kisim|adim|step|section|stage))"
)
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*", re.UNICODE)
_PREPOSITION_AFTER: Final = re.compile(
    r"\s+(?:the|a|an|each|every|its|all|total|cent\w+|corners?|middle|radius|od|id|size|line|rows?)\b"
)
_DOUBTFUL_INCH: Final = re.compile(
    r"\s+(?:length|width|height|diameter|dia|thickness|depth|material|steel|stainless|alum\w*|brass|bronze|copper"
    r"|abs|pla|petg|nylon|titanium|plastic|mild)\b"
)
_STOPS: Final = ";!?\n"
_FORMAT_NAMES: Final = {
    fold(name): kind
    for kind, names in FORMATS.items()
    for name in names
    if name not in ("parameters", "parametreler")
}
_DIAMETERS: Final = re.compile(r"\bD\s*[=:].*\bd\s*[=:]|\bd\s*[=:].*\bD\s*[=:]", re.DOTALL)
"""Both letters together tell the outside diameter from the inside one."""
_SYMBOLS: Final = {
    "l": "length", "w": "width", "b": "width", "g": "width", "h": "height", "t": "thickness",
    "s": "thickness", "k": "thickness", "d": "diameter", "z": "teeth", "r": "radius", "m": "module",
}  # fmt: skip
_CLOSING: Final = frozenset(("olan", "olup", "olacak", "olsun", "olmali", "olarak"))
"""Words after a number that belongs to what stands before it: “boyu 100 mm olan mil”."""
_NUMBERED: Final = frozenset(("c", "h", "k", "s", "r", "l"))
"""Kinds that a doubtful number word may count."""


@dataclass(frozen=True, slots=True)
class _Word:
    folded: str
    start: int
    end: int


_Item = Token | _Word


@dataclass(slots=True)
class Scan:
    """The tokens of a text, and what was noticed on the way."""

    raw: str
    language: str
    tokens: list[Token]
    corrected: list[tuple[str, str]]
    """Misspelt words with what they were read as."""

    def said(self, start: int, end: int) -> str:
        """The words of the text between two places, as written."""
        return " ".join(self.raw[start:end].split())


def scan(raw: str, plain: str, language: str | None) -> Scan:
    """Cuts a text into tokens; words that carry nothing are dropped.

    Args:
        raw: the composed text.
        plain: the same with plain letters, as long.
        language: ``tr`` or ``en`` when the caller knows it.
    """
    spoken = language or language_of(raw, plain)
    items = _hoisted(list(_items(plain, raw, spoken)))
    result = Scan(raw, spoken, [], [])
    result.tokens = _understood(items, result)
    return result


def language_of(raw: str, plain: str) -> str:
    """The language that more of the words are in; Turkish when they do not tell."""
    score = 2 * sum(letter in "çğışöüÇĞİŞÖÜ" for letter in raw)
    words = [word.group() for word in _WORD.finditer(plain)]
    for index, word in enumerate(words):
        if word.isdecimal() or word in ("mm", "cm"):
            continue
        hit = lexicon.look_up(words, index)
        languages = {entry.language for entry in hit.entries} if hit else set()
        if len(languages) == 1:
            score += 1 if "tr" in languages else -1
    return "tr" if score >= 0 else "en"


# ---- first pass: numbers, designations, words ---------------------------------------------------------


def _items(plain: str, raw: str, language: str) -> Iterator[_Item]:
    names = iter(names_in(plain, raw))
    name = next(names, None)
    place = 0
    while place < len(plain):
        while name is not None and name.start < place:
            name = next(names, None)
        if name is not None and name.start == place:
            yield _named(name)
            place = name.end
            continue
        limit = name.start if name is not None else len(plain)
        made, place = _item_at(plain, raw, place, limit, language)
        yield from made


def _hoisted(items: list[_Item]) -> list[_Item]:
    """Names inside a phrase stand before it: “altıgen başlı paslanmaz vida” is a phrase all the same."""
    made: list[_Item] = []
    for index, item in enumerate(items):
        following = items[index + 1] if index + 1 < len(items) else None
        if (
            isinstance(item, Token)
            and item.kind in "MPH"
            and isinstance(following, _Word)
            and not _names_part(made)
        ):
            place = len(made)
            while place and isinstance(made[place - 1], _Word):
                place -= 1
            made.insert(place, item)
        else:
            made.append(item)
    return made


def _names_part(made: list[_Item]) -> bool:
    """Whether a noun for a part ends the phrase: “dişli çelik delik 10” is no threaded hole."""
    if not made or not isinstance(word := made[-1], _Word):
        return False
    hit = lexicon.look_up([word.folded], 0)
    return hit is not None and hit.entries[0].kind == "part"


def _named(name: Name) -> Token:
    return Token(LETTERS[name.kind], name.start, name.end, text=name.text)


def _item_at(plain: str, raw: str, place: int, limit: int, language: str) -> tuple[list[_Item], int]:
    """What begins at a place, and where the next begins."""
    letter = plain[place]
    begins_word = (
        place == 0 or not plain[place - 1].isalnum() or re.search(r"\d\s?x$", plain[:place][-3:]) is not None
    )
    if letter == " ":
        return [], place + 1
    if begins_word and (match := _ORDINAL.match(plain, place)):
        return [], match.end()
    for kind, pattern in (("finish", _FINISH), ("tolerance", _TOLERANCE)):
        if begins_word and (match := pattern.match(plain, place)):
            return [Token(LETTERS[kind], place, match.end(), kind)], match.end()
    if place and (match := _FIT.match(plain, place)):
        return [Token(LETTERS["tolerance"], place, match.end(), "fit")], match.end()
    if begins_word:
        if match := standard_pattern().match(plain, place):
            return [
                Token(LETTERS["standard"], place, match.end(), text=raw[place : match.end()])
            ], match.end()
        if match := _POINT.match(plain, place):
            return [_point(match)], match.end()
        if match := _THREAD.match(plain, place):
            return [_thread(match, raw)], match.end()
        if match := _RADIUS.match(plain, place):
            return _radius(match), match.end()
        if match := _PREFIXED.match(plain, place):
            kind, key = _PREFIXES[match["name"] or match["apart"]]
            name = Token(LETTERS[kind], place, match.end(), key, assigned=True)
            if (found := _sizes(plain, match.end(), limit, language)) is not None:
                return [name, *found[0]], found[1]
        if match := _SYMBOL.match(plain, place):
            symbol = _SYMBOLS.get(match["symbol"])
            if symbol == "diameter" and _DIAMETERS.search(raw):
                symbol = "outer_diameter" if raw[place] == "D" else "inner_diameter"
            if symbol is not None:
                return [Token(LETTERS["size"], place, match.end(), symbol, assigned=True)], match.end()
    if letter == "ø":
        return [
            Token(LETTERS["size"], place, place + 1, _which_diameter(plain[:place]), assigned=True)
        ], place + 1
    if _may_begin_number(plain, place):
        if (match := _CHAMFER.match(plain, place)) and _is_chamfer(match, plain):
            value = Measure(Fraction(match["number"].replace(",", ".")))
            return [Token("B", place, match.end(), "any", numbers=(value,))], match.end()
        if found := _sizes(plain, place, limit, language):
            return found
    return _word_or_sign(plain, raw, place)


def _which_diameter(before: str) -> str:
    """“iç Ø50”, “outer Ø60”, “taban Ø40”."""
    match = re.search(
        r"(?:(?P<inner_diameter>ic|inner|inside)|(?P<outer_diameter>dis|outer|outside)|(?P<base_diameter>taban|alt|base)"
        r"|(?P<top_diameter>ust|tepe|top))(?:\s+cap\w*|\s+dia\w*)?\s*[:=]?\s*$",
        before,
    )
    return "diameter" if match is None or match.lastgroup is None else match.lastgroup


def _may_begin_number(plain: str, place: int) -> bool:
    letter = plain[place]
    if letter.isdecimal() or letter in "¼½¾⅓⅔⅛⅜⅝⅞":
        return place == 0 or not plain[place - 1].isalpha() or plain[place - 1] in "xø"
    follows = place + 1 < len(plain) and plain[place + 1].isdecimal()
    return letter in "+-.," and follows and (place == 0 or plain[place - 1] in " =:(\n")


def _is_chamfer(match: re.Match[str], plain: str) -> bool:
    """“1x45°” always is one; “1x45” only beside a word for it."""
    return re.search(r"(?:°|derece\w*|deg\w*)$", match.group()) is not None or bool(
        re.search(r"pah|chamf|bevel", plain[max(0, match.start() - 20) : match.end() + 14])
    )


def _point(match: re.Match[str]) -> Token:
    x, y = (match["x"] or match["x2"] or match["x3"], match["y"] or match["y2"] or match["y3"])
    values = tuple(
        Measure(Fraction(digits.replace(",", ".")), LENGTHS[unit] if unit else None)
        for digits, unit in ((x, match["ux"] or match["uy"]), (y, match["uy"] or match["ux"]))
    )
    return Token(LETTERS["point"], match.start(), match.end(), numbers=values)


def _thread(match: re.Match[str], raw: str) -> Token:
    designation = f"M{match['thread'].replace(',', '.')}"
    lengths = [match[name].replace(",", ".") for name in ("one", "two") if match[name]]
    return Token(tokens.THREAD, match.start(), match.end(), designation, text="x".join(lengths))


def _radius(match: re.Match[str]) -> list[_Item]:
    value = Measure(
        Fraction(match["number"].replace(",", ".")), LENGTHS["mm"] if "mm" in match.group() else None
    )
    place = match.start()
    return [
        Token(LETTERS["fillet"], place, place + 1, "radius", assigned=True),
        Token(tokens.NUMBER, place + 1, match.end(), numbers=(value,)),
    ]


def _sizes(plain: str, place: int, limit: int, language: str) -> tuple[list[_Item], int] | None:
    """A number, or several that are multiplied: “100 x 50 x 8 mm”, “100'e 50”."""
    numbers: list[Measure] = []
    end = place
    start = place
    round_next = False
    while (match := NUMBER.match(plain, start)) and match.end() <= limit:
        one, end = _with_inch(match, plain, language)
        numbers.append(replace(one, diameter=True) if round_next else one)
        if one.doubt or len(numbers) == 6:
            break
        following = _another(plain, end, one, language)
        if following is None:
            break
        start, round_next = following
    if not numbers:
        return None
    if len(numbers) == 1:
        counted = re.match(r"\s*x\s*(?=m\s?\d|ø)", plain[end:])
        token = Token(tokens.NUMBER, place, end, numbers=(numbers[0],))
        if counted and numbers[0].count is not None:
            sign = Token(LETTERS["count"], end, end + counted.end(), "piece")
            return [token, sign], end + counted.end()
        return [token], end
    return [Token(tokens.SIZES, place, end, numbers=_shared_unit(numbers))], end


def _another(plain: str, end: int, one: Measure, language: str) -> tuple[int, bool] | None:
    """Where the next factor begins, and whether Ø stands before it."""
    sign = re.match(r"\s*(?:x|\*)\s*(ø?)\s*(?=[\d.,½¼¾⅛⅜⅝⅞])|\s+by\s+(ø?)(?=\d)", plain[end:])
    if sign is None and language == "tr":
        sign = re.match(r"\s+y?[ea]\s+(?=\d)()", plain[end:])
    if sign is None and one.ending in ("e", "a", "ye", "ya"):
        sign = re.match(r"\s+(?=\d)()", plain[end:])
    if sign is None:
        return None
    return end + sign.end(), "ø" in sign.group()


def _with_inch(match: re.Match[str], plain: str, language: str) -> tuple[Measure, int]:
    """“2 in” is two inches, but “4 in the corners” is not; “2 in diameter” may be both."""
    one, end = quantities.measure(match, turkish=language == "tr"), match.end()
    if (match["unit"] or "") == "in" and not match["unit_ending"]:
        if _PREPOSITION_AFTER.match(plain, end):
            return replace(one, unit=None, bare=match["number"].isdecimal()), match.end("number")
        if _DOUBTFUL_INCH.match(plain, end):
            return replace(one, doubt=(f"{match['number']} mm", f"{match['number']} inch")), end
    if match["sign"] == '"' and plain[match.start() - 1 : match.start()] == '"':  # a quoted number
        return replace(one, unit=None, bare=match["number"].isdecimal()), match.end("number")
    return one, end


def _shared_unit(numbers: list[Measure]) -> tuple[Measure, ...]:
    """A unit that only the last one has is the unit of all: “100 x 50 x 8 cm”."""
    last = numbers[-1].unit
    if last is not None and all(one.unit is None for one in numbers[:-1]):
        return tuple(replace(one, unit=last) for one in numbers)
    return tuple(numbers)


def _word_or_sign(plain: str, raw: str, place: int) -> tuple[list[_Item], int]:
    match = _WORD.match(plain, place)
    if match is not None:
        return [_Word(match.group().replace("'", ""), place, match.end())], match.end()
    letter, end = plain[place], place + 1
    if letter == "." and _abbreviates(plain, raw, place):
        return [], end
    if letter in _STOPS or (letter == "." and not plain[end : end + 1].isalnum()):
        return [Token(tokens.STOP, place, end)], end
    if letter in ":=":
        return [Token(":", place, end)], end
    if letter == "&":
        return [Token(tokens.AND, place, end)], end
    if letter in "()" and _names_number(plain, place):
        return [], end
    if letter in ",()[]{}|•/+*" or (letter == "-" and _parts(plain, place)):
        return [Token(tokens.COMMA, place, end)], end
    return [], end


def _names_number(plain: str, place: int) -> bool:
    """“100 (uzunluk) x 60 (genişlik)”: the brackets hold what the number before them is."""
    opening = plain.rfind("(", 0, place + 1)
    before = re.search(r"\d\s?(?:mm|cm|m|in|\")?\s*$", plain[max(0, opening - 8) : max(opening, 0)])
    return before is not None and re.match(r"\([a-z .]{1,24}\)", plain[opening:]) is not None


def _abbreviates(plain: str, raw: str, place: int) -> bool:
    """“10 mm. çapında”: a point after a unit, in the middle of a sentence."""
    if not re.search(r"\d\s?(?:mm|cm|in|m|ad|mt)$", plain[max(0, place - 6) : place]):
        return False
    following = re.match(r"\s*(\S)(\S?)", raw[place + 1 :])
    return following is not None and (not following[1].isupper() or following[2].isupper() or raw.isupper())


def _parts(plain: str, place: int) -> bool:
    """Whether a dash stands between phrases, not inside a word."""
    return not (place and plain[place - 1].isalnum() and plain[place + 1 : place + 2].isalnum())


# ---- second pass: what the words mean -----------------------------------------------------------------


def _understood(items: list[_Item], result: Scan) -> list[Token]:
    made: list[Token] = []
    index = 0
    while index < len(items):
        item = items[index]
        if isinstance(item, Token):
            _add(made, item)
            index += 1
            continue
        run = _run_of_words(items, index)
        if item.folded in _CLOSING:
            _close(made)
        used, token = _meant(run, items, index + len(run), result)
        if token is not None:
            _add(made, token)
        index += used
    return made


def _close(made: list[Token]) -> None:
    """Ties a number to what stands before it."""
    last = next((token for token in reversed(made) if token.kind not in "MPH"), None)
    if last is not None and last.kind == tokens.NUMBER:
        last.assigned = True


def _run_of_words(items: list[_Item], index: int) -> list[_Word]:
    run: list[_Word] = []
    while index < len(items) and isinstance(word := items[index], _Word) and len(run) < 8:
        run.append(word)
        index += 1
    return run


def _add(made: list[Token], token: Token) -> None:
    """“:” and “=” say that a number follows; elsewhere they part phrases."""
    if token.kind != ":":
        made.append(token)
    elif made and made[-1].kind in "ahfbweioOU":
        made[-1].assigned = True
    else:
        made.append(Token(tokens.COMMA, token.start, token.end))


def _meant(run: list[_Word], items: list[_Item], after: int, result: Scan) -> tuple[int, Token | None]:
    """The token that a row of words begins with, and of how many words it is."""
    words = [word.folded for word in run]
    hit = lexicon.look_up(words, 0)
    number = _number_word(run, words, items, after, hit)
    if number is not None:
        return number
    if words[0] in ("ve", "and"):
        return 1, Token(tokens.AND, run[0].start, run[0].end)
    if words[0] in (
        "with",
        "having",
        "featuring",
        "including",
        "ama",
        "fakat",
        "ayrica",
        "but",
        "veya",
        "or",
        "then",
    ):
        return 1, Token(tokens.COMMA, run[0].start, run[0].end)
    if words[0] in ("x", "by"):
        return 1, Token(tokens.TIMES, run[0].start, run[0].end)
    kind = _export(words, run, result)
    if kind is not None:
        return 1, Token(LETTERS["export"], run[0].start, run[0].end, kind)
    if hit is None:
        unit = _unit_word(words[0])
        if unit is not None:
            return 1, Token(LETTERS["units"], run[0].start, run[0].end, unit, text="unit")
        hit = lexicon.corrected(words[0])
        if hit is None:
            return 1, Token(tokens.UNKNOWN, run[0].start, run[0].end, words[0])
        result.corrected.append((result.said(run[0].start, run[0].end), hit.meant))
    return hit.words, _token(hit, run, result.language)


def _export(words: list[str], run: list[_Word], result: Scan) -> str | None:
    """A file format; “step” is one only where a file is spoken of, for a shaft has steps."""
    stem = next((form.stem for form in forms(words[0]) if form.stem in _FORMAT_NAMES), None)
    if stem == "step":
        beside = f"{result.raw[max(0, run[0].start - 12) : run[0].start]} {' '.join(words[1:3])}".casefold()
        upper = result.raw[run[0].start : run[0].end].isupper()
        spoken = re.search(r"olarak|format|dosya|file|export|\bas\b|ver|biçim|bicim|stl|iges|glb", beside)
        return (
            _FORMAT_NAMES[stem]
            if words[0] != "steps" and (spoken or (upper and not result.raw.isupper()))
            else None
        )
    return None if stem is None else _FORMAT_NAMES[stem]


def _unit_word(word: str) -> str | None:
    return next(
        (UNIT_WORDS[form.stem].key for form in forms(word) if form.stem in UNIT_WORDS and len(form.stem) > 1),
        None,
    )


def _token(hit: lexicon.Hit, run: list[_Word], language: str) -> Token | None:
    entry = hit.entry(language)
    start, end = run[0].start, run[hit.words - 1].end
    if entry.kind == "filler":
        return None
    kind, key = entry.kind, entry.key
    if kind == "word":
        kind, key = {"material": "asked_material", "standard": "asked_standard"}.get(key, key), key
    text = "phrase" if kind == "size" and hit.words > 1 else ""
    if kind == "part" and run[0].folded.startswith(("kademe", "basamak", "stepped")):
        text = "stepped"
    return Token(LETTERS[kind], start, end, key, hit.form, entry.after, entry.language, text=text)


def _number_word(
    run: list[_Word], words: list[str], items: list[_Item], after: int, hit: lexicon.Hit | None
) -> tuple[int, Token] | None:
    """A number in words, with the unit that follows it."""
    found = quantities.spelled(words)
    if found is None or (
        hit is not None and hit.words > max(found[1], 1) and hit.entries[0].kind != "filler"
    ):
        return None
    value, used = found
    following = words[used] if used < len(words) else None
    beside = items[after] if used == len(words) and after < len(items) else None
    unit = (
        UNIT_WORDS.get(next((form.stem for form in forms(following) if form.stem in UNIT_WORDS), ""))
        if following
        else None
    )
    if following == "in" and used + 1 < len(words) and _PREPOSITION_AFTER.match(" " + words[used + 1]):
        unit = None
    if used == 1 and words[0] in DOUBTFUL and unit is None and not _counted(words, used, beside):
        return None
    bare = unit is None and value.denominator == 1
    if unit is not None:
        used += 1
    one = Measure(value, unit, bare=bare)
    if unit is None and value.denominator != 1 and words[0] in ("yarim", "half", "quarter", "ceyrek"):
        return None
    return used, Token(tokens.NUMBER, run[0].start, run[used - 1].end, numbers=(one,), text="word")


def _counted(words: list[str], used: int, beside: _Item | None) -> bool:
    """Whether what follows can be counted, so that the doubtful word before it is a number."""
    if words[0] in ("bir", "one"):
        hit = lexicon.look_up(words, used) if used < len(words) else None
        return hit is not None and hit.entries[0].kind == "count"
    if used < len(words):
        hit = lexicon.look_up(words, used)
        if any(form.stem in ("kademe", "basamak") for form in forms(words[used])):
            return True
        return hit is not None and (
            LETTERS.get(hit.entries[0].kind) in _NUMBERED or hit.entries[0].key == "teeth"
        )
    return isinstance(beside, Token) and beside.kind in (tokens.THREAD,) and words[0] != "on"


__all__ = ["Form", "Scan", "language_of", "scan"]

"""Reads a text about a part: the one way in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from atolye.designs.canonical import CanonicalRequest
from atolye.designs.families import registry
from atolye.designs.materials import Found, find_material
from atolye.designs.notes import Warning
from atolye.designs.outputs import DEFAULT_EXPORTS
from atolye.designs.service import Defaults, canonicalise
from atolye.designs.units import LENGTHS, Unit
from atolye.errors import AtolyeError
from atolye.prompts.local import tokens as t
from atolye.prompts.local.characters import LONGEST_TEXT, composed, plain
from atolye.prompts.local.choices import Choices, UndecidedError
from atolye.prompts.local.draft import Draft, Stated, tidy
from atolye.prompts.local.holes import HoleGroup, gathered
from atolye.prompts.local.notes import reading_note
from atolye.prompts.local.parts import BUILDERS, Built, build
from atolye.prompts.local.scanner import Scan, scan
from atolye.prompts.local.sentence import Sentence, sorted_out
from atolye.prompts.local.tokens import Token
from atolye.prompts.models import Reading, Suggestion

MOST_READINGS: Final = 8
"""Readings of one text that are followed to their end."""

MOST_DOUBTS: Final = 4
"""Doubts that a reading decides one after the other; with more of them a person must."""

_KIN: Final = (
    ("cube", "block", "box"),
    ("enclosure", "box", "block"),
    ("flat_bar", "plate"),
    ("pin", "cylinder"),
    ("disc", "cylinder"),
    ("disc", "plate"),
    ("shaft", "cylinder"),
    ("bush", "tube"),
    ("washer", "ring"),
    ("ring", "tube"),
    ("tube", "cylinder"),
    ("washer", "disc"),
    ("sphere", "cylinder"),
    ("plate", "bracket"),
)[:12]
"""Names that say the same part, the more special one first: “lama plaka”, “silindirik burç”."""

_ASKED_FOR: Final = frozenset(
    (
        "wall_thickness", "inner_diameter", "inner_radius", "depth", "angle", "top_diameter", "top_radius",
        "fillet", "chamfer", "profile_shift", "pressure_angle",
    )
)  # fmt: skip
"""Sizes that change a part when they are given: named without a number, they are asked for."""

_STANDARDS: Final = {
    "screw": frozenset(("933", "4017")),
    "nut": frozenset(("934", "4032")),
    "bearing": frozenset(("625",)),
}
"""Standards that name a part of their own."""

_GRADE: Final = re.compile(r"(?:s|st|c|ck|x|a|gg|ggg)\d{2,4}\w*")
"""How grades of steel and iron look."""

_AROUND: Final = frozenset(("type", "language", "family", "material", "process", "machine", "exports"))
"""What a request says beside the part's own fields."""

_BOXES: Final = frozenset(("plate", "flat_bar", "block", "box", "cube", "enclosure"))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Where one reading led."""

    label: str
    suggestion: Suggestion | None
    error: AtolyeError | None
    canonical: CanonicalRequest | None = None


def read(text: str, *, language: str | None = None, context: Mapping[str, Any] | None = None) -> Suggestion:
    """The request that a Turkish or English text about one part means.

    Args:
        text: what a person wrote.
        language: ``tr`` or ``en`` when the caller knows it; found out otherwise.
        context: ``{"defaults": Defaults}``: what the caller's context says where the text is silent.

    Raises:
        AtolyeError: ``AI_HINT_REQUIRED`` (422) with everything that is missing in its causes;
        ``AI_AMBIGUOUS`` (425)
            with the readings and what each would be in ``details.candidates``; ``READING_*`` for what
            cannot be made
            or contradicts itself; ``VALIDATION_*`` for values that no part can have.
    """
    raw = composed(text)
    if len(raw) > LONGEST_TEXT:
        raise AtolyeError("READING_TEXT_TOO_LONG", value=len(raw), limit=LONGEST_TEXT)
    scanned = scan(raw, plain(raw), language)
    defaults = (context or {}).get("defaults")
    outcomes: list[_Outcome] = []
    strict = _follow(scanned, Choices(), defaults, outcomes)
    return _decided(outcomes, strict=strict)


def _follow(scanned: Scan, choices: Choices, defaults: Defaults | None, outcomes: list[_Outcome]) -> bool:
    """Follows every reading; whether a person must decide between them."""
    if len(outcomes) >= MOST_READINGS:
        return True
    label = "; ".join(choices.labels.values())
    try:
        suggestion, canonical = _Reader(scanned, choices, defaults).read()
    except UndecidedError as doubt:
        if len(choices.made) >= MOST_DOUBTS:
            return True
        deeper = [
            _follow(scanned, choices.with_(doubt.key, index, name), defaults, outcomes)
            for index, name in enumerate(doubt.labels)
        ]
        return doubt.strict or any(deeper)
    except AtolyeError as error:
        outcomes.append(_Outcome(label, None, error))
    else:
        outcomes.append(_Outcome(label, suggestion, None, canonical))
    return False


def _decided(outcomes: list[_Outcome], *, strict: bool) -> Suggestion:
    if not outcomes:
        raise _ambiguous(outcomes)
    made = [
        outcome for outcome in outcomes if outcome.suggestion is not None and outcome.canonical is not None
    ]
    if len(outcomes) == 1:
        if outcomes[0].error is not None:
            raise outcomes[0].error
        assert outcomes[0].suggestion is not None
        return outcomes[0].suggestion
    if not made and all(
        outcome.error is not None and outcome.error.http_status != 425 for outcome in outcomes
    ):
        assert outcomes[0].error is not None
        raise outcomes[0].error
    same = {outcome.canonical.sha256 for outcome in made if outcome.canonical is not None}
    if not strict and len(same) == 1:
        only = made[0].suggestion
        assert only is not None
        note = reading_note("READING_ONLY_POSSIBLE", "", made[0].label, made[0].label)
        return Suggestion(only.request, only.reading, (*only.warnings, note))
    raise _ambiguous(outcomes)


def _ambiguous(outcomes: list[_Outcome]) -> AtolyeError:
    labels = [outcome.label for outcome in outcomes] + ["–", "–"]
    cause = AtolyeError("READING_TWO_WAYS", value=" / ".join(labels[:2]), first=labels[0], second=labels[1])
    return AtolyeError(
        "AI_AMBIGUOUS", details={"candidates": [_candidate(outcome) for outcome in outcomes]}, causes=(cause,)
    )


def _candidate(outcome: _Outcome) -> dict[str, Any]:
    """A reading with its geometry, or with what would be wrong with it."""
    if outcome.canonical is None:
        return {"reading": outcome.label, "error": outcome.error.code if outcome.error else ""}
    return {
        "reading": outcome.label,
        "family": outcome.canonical.family,
        "fields": outcome.canonical.fields,
        "bbox_mm": list(outcome.canonical.part.envelope_mm()),
    }


class _Reader:
    """One reading of a scanned text, with every doubt decided."""

    def __init__(self, scanned: Scan, choices: Choices, defaults: Defaults | None) -> None:
        self.scan, self.choices, self.defaults = scanned, choices, defaults
        self.notes: list[Warning] = []
        self.causes: list[AtolyeError] = []
        self.not_understood: list[str] = []
        self.asked: list[Token] = []
        """Names of sizes without a number."""

    def read(self) -> tuple[Suggestion, CanonicalRequest]:
        sentence = sorted_out(self.scan, self.choices)
        self._refuse_unmade(sentence)
        part = self._part(sentence)
        draft = self._draft(sentence, part)
        built = build(part, draft) if part is not None else None
        draft.leftovers()
        self.causes += draft.causes
        self._check_flags(part, draft)
        self._note_around(sentence, draft)
        request = self._request(sentence, built)
        canonical = self._canonical(request, built)
        reading = Reading(
            family=canonical.family,
            fields=canonical.fields,
            assumed=self._assumed(canonical),
            not_understood=self.not_understood,
            candidates=[],
        )
        return Suggestion(request, reading, tuple(self.notes)), canonical

    def said(self, token: Token) -> str:
        return self.scan.said(token.start, token.end)

    # ---- which part -------------------------------------------------------------------------------------

    def _refuse_unmade(self, sentence: Sentence) -> None:
        if sentence.unmade:
            token = sentence.unmade[0]
            words = [self.said(each) for each in sentence.unmade]
            known = ", ".join(family.title.of(self.scan.language) for family in registry().values())
            raise AtolyeError(
                "READING_PART_UNAVAILABLE", details={"words": words}, value=self.said(token), known=known
            )

    def _part(self, sentence: Sentence) -> str | None:
        tokens = sentence.every("p")
        keys = list(dict.fromkeys(token.key for token in tokens))
        for kin in _KIN:
            if len(keys) > 1 and set(keys) <= set(kin):
                keys = [next(key for key in kin if key in keys)]
        if len(keys) > 1 and not {"nut", "washer"} & set(keys) and _passes_through(sentence):
            keys.remove("screw")
        if len(keys) > 1:
            names = list(dict.fromkeys(self.said(token) for token in tokens))
            cause = AtolyeError("READING_SEVERAL_PARTS", parts=", ".join(names))
            raise AtolyeError(
                "AI_AMBIGUOUS", details={"candidates": [{"part": key} for key in keys]}, causes=(cause,)
            )
        if keys:
            return keys[0]
        if sentence.several:
            token = sentence.several[0]
            said = self.said(token)
            cause = AtolyeError(
                "READING_TWO_WAYS", value=said, first="L köşebent / L bracket", second="plaka / plate"
            )
            raise AtolyeError("AI_AMBIGUOUS", details={"words": said}, causes=(cause,))
        return _inferred(sentence)

    # ---- what is said of it -----------------------------------------------------------------------------

    def _draft(self, sentence: Sentence, part: str | None) -> Draft:
        unit, other = self._units(sentence)
        draft = Draft(self.scan, self.choices, unit, other)
        phrases = [_without_step_counts(phrase, draft) for phrase in sentence.phrases]
        if part not in ("screw", None):  # a flange's “6 M10 bolts” are its holes
            phrases = [[each for each in phrase if each.key != "screw"] for phrase in phrases]
        draft.phrases = [[*phrase] for phrase in phrases] + [sentence.of_kind("S")]
        _claim_keyway(phrases, draft)
        found = gathered(phrases, screw=part in ("screw", "nut", "gear", "bearing"))
        draft.groups = [
            group for group in found.groups if not group.only_place and not _is_lone_thread(group)
        ]
        for group in found.groups:
            if _is_lone_thread(group):
                draft.unassigned(Token(t.THREAD, group.start, group.end))
            said_none = any(token.kind == "h" for token in sentence.denied)
            if group.only_place and "keyway" not in draft.flags and not said_none:
                self._not_understood(self.scan.said(group.start, group.end))
        if found.quantity is not None:
            self._note_quantity(found.quantity, sentence)
        for phrase in found.rest:
            for token in phrase:
                self._sort(token, draft)
        self._ask_for_numbers(draft)
        _give_diameters(draft, part)
        for token in sentence.unavailable:
            draft.unavailable(token)
        for token in sentence.negations:
            said = self.said(token)
            self.causes.append(AtolyeError("READING_NEGATION", details={"words": said}, value=said))
        if draft.groups and any(token.kind == "h" for token in sentence.denied):
            draft.contradict(next(token for token in sentence.denied if token.kind == "h"), _as_token(draft))
        return draft

    def _sort(self, token: Token, draft: Draft) -> None:
        """Puts a token where builders look for it; words without a number are asked about or dropped."""
        if token.kind == t.SIZE:
            draft.sizes.append(Stated(token.key, token.numbers, token))
        elif token.kind == t.SIZES:
            draft.dims.append(Stated(token.key, token.numbers, token))
        elif token.kind == t.THREAD:
            draft.threads.append(token)
        elif token.kind == "q":
            draft.flags.setdefault(token.key, token)
        elif token.kind == t.NUMBER:
            draft.unassigned(token)
        elif token.kind == "a":
            self.asked.append(token)
        elif token.kind in "eixjrlo" and not (
            token.kind == "o" and token.key == "circle" and token.language == "en"
        ):
            self._not_understood(self.said(token))

    def _ask_for_numbers(self, draft: Draft) -> None:
        """“köşeleri yuvarlatılmış” without a radius; required sizes are asked for anyway."""
        given = {_sort_of_size(stated.key) for stated in draft.sizes}
        for token in self.asked:
            name = _sort_of_size(token.key)
            if (
                name in _ASKED_FOR
                and name not in given
                and token.form.stem not in ("ic", "dış", "dis", "inner", "outer")
            ):
                draft.missing(name, self.said(token), self.said(token))

    def _units(self, sentence: Sentence) -> tuple[Unit, Unit | None]:
        declared = {token.key for token in sentence.of_kind("U") if token.text == "unit"}
        if len(declared) == 1:
            return LENGTHS[declared.pop()], None
        used = {
            number.unit.key
            for token in self.scan.tokens
            if token.kind in (t.NUMBER, t.SIZES, "@")
            for number in token.numbers
            if number.unit is not None
        }
        default = LENGTHS[self.defaults.units] if self.defaults else LENGTHS["mm"]
        others = sorted(used - {default.key})
        return default, LENGTHS[others[0]] if others else None

    def _check_flags(self, part: str | None, draft: Draft) -> None:
        """Words for a shape that this part cannot have."""
        allowed = {
            "square": _BOXES,
            "round": frozenset(BUILDERS) - {"block", "box", "cube", "bracket", "enclosure", "nut"},
            "hollow": {"block", "box", "cube", "enclosure", "cylinder", "tube", "bush", "ring", "shaft"},
            "open_top": {"box", "enclosure", "cube", "block"},
            "closed": {"box", "enclosure", "cube", "block"},
            "half": frozenset[str](),
            "keyway": {"shaft", "cylinder", "pin"},
        }
        for name, token in draft.flags.items():
            if part is not None and part not in allowed[name]:
                said = self.said(token)
                self.causes.append(
                    AtolyeError("READING_FEATURE_UNAVAILABLE", details={"words": said}, value=said)
                )

    # ---- notes ------------------------------------------------------------------------------------------

    def _note_around(self, sentence: Sentence, draft: Draft) -> None:
        for written, meant in self.scan.corrected:
            self.notes.append(reading_note("READING_SPELLING", "", meant, written))
        if draft.bare:
            because = ", ".join(dict.fromkeys(self.said(token) for token in draft.bare))
            self.notes.append(reading_note("READING_UNIT_ASSUMED", "units", draft.unit.key, because))
        for token in sentence.aside:
            if token.kind in "TLJ":
                self.notes.append(reading_note("READING_NOT_MODELLED", "", None, self.said(token)))
        self.notes += draft.notes
        for token in sentence.unknown:
            self._not_understood(self.said(token))

    def _note_quantity(self, quantity: int, sentence: Sentence) -> None:
        if quantity != 1:
            self.notes.append(reading_note("READING_QUANTITY", "", quantity, str(quantity)))

    def _not_understood(self, words: str) -> None:
        if words and words not in self.not_understood:
            self.not_understood.append(words)
            self.notes.append(reading_note("READING_NOT_UNDERSTOOD", "", None, words))

    def _assumed(self, canonical: CanonicalRequest) -> list[dict[str, Any]]:
        taken = [note for note in self.notes if note.code in ("READING_ASSUMED", "READING_UNIT_ASSUMED")]
        values = [
            note for note in canonical.warnings if note.value is not None and note.field not in ("process",)
        ]
        return [
            {"field": note.field, "value": note.value, "because": note.because} for note in (*taken, *values)
        ]

    # ---- the request ------------------------------------------------------------------------------------

    def _request(self, sentence: Sentence, built: Built | None) -> dict[str, Any]:
        request: dict[str, Any] = {"type": "params", "language": self.scan.language}
        if built is not None:
            request |= {"family": built.family, **tidy(built.fields)}
        material = self._material(sentence)
        if material is not None:
            request["material"] = material
        for kind, name in (("P", "process"), ("H", "machine")):
            value = self._one(sentence.of_kind(kind))
            if value is not None:
                request[name] = value
        exports = [token.key for token in sentence.of_kind("E") if token.key not in DEFAULT_EXPORTS]
        if exports:
            request["exports"] = [*DEFAULT_EXPORTS, *dict.fromkeys(exports)]
        return request

    def _material(self, sentence: Sentence) -> str | None:
        tokens = sentence.of_kind("M")
        if not tokens:
            return sentence.material or self._unknown_grade(sentence)
        found = {token.text: find_material(token.text) for token in tokens}
        graded = {text: one for text, one in found.items() if one is None or not one.by_class}
        keys = {one.material.key if one else text for text, one in (graded or found).items()}
        groups = {_group(one) for one in found.values() if one is not None}
        if len(keys) > 1 or (graded and None not in graded.values() and len(groups) > 1):
            first, other = tokens[0], next(each for each in tokens if each.text != tokens[0].text)
            self.causes.append(
                AtolyeError(
                    "READING_CONTRADICTION", field="material", first=self.said(first), second=self.said(other)
                )
            )
        return next(iter(graded or found))

    def _unknown_grade(self, sentence: Sentence) -> str | None:
        """“S275”: a grade that the catalogue does not have is refused by name, not asked for."""
        return next((self.said(token) for token in sentence.unknown if _GRADE.fullmatch(token.key)), None)

    def _one(self, tokens: list[Token]) -> str | None:
        texts = list(dict.fromkeys(token.text for token in tokens))
        if len(texts) > 1:
            other = next(token for token in tokens if token.text == texts[1])
            self.causes.append(
                AtolyeError(
                    "READING_CONTRADICTION",
                    field="process",
                    first=self.said(tokens[0]),
                    second=self.said(other),
                )
            )
        return texts[0] if texts else None

    def _canonical(self, request: dict[str, Any], built: Built | None) -> CanonicalRequest:
        """Canonicalises for what is wrong and missing; our own findings and its are told together."""
        causes = list(self.causes)
        canonical = None
        if built is None:
            known = ", ".join(registry())
            causes.append(
                AtolyeError(
                    "VALIDATION_MISSING_FIELD",
                    field="family",
                    name_tr=f"parçanın türü: {known}",
                    name_en=f"kind of part: {known}",
                )
            )
            if "material" not in request and (self.defaults is None or self.defaults.material is None):
                causes.append(
                    AtolyeError(
                        "VALIDATION_MISSING_FIELD",
                        field="material",
                        name_tr="malzeme (material)",
                        name_en="material",
                    )
                )
        else:
            try:
                canonical = canonicalise(request, defaults=self.defaults)
            except AtolyeError as error:
                known_fields = {cause.field for cause in causes if cause.code == "VALIDATION_MISSING_FIELD"}
                causes += [
                    each for each in (_flat(error)) if each.field not in known_fields or each.field is None
                ]
        if causes:
            raise self._failure(causes, request)
        assert canonical is not None
        return canonical

    def _failure(self, causes: list[AtolyeError], request: dict[str, Any]) -> AtolyeError:
        """One failure for all findings: what cannot be made, then what is missing.

        Then contradictions and doubts.
        """
        ordered = sorted(causes, key=_rank)
        worst = ordered[0]
        reading = {
            "family": request.get("family"),
            "fields": {name: value for name, value in request.items() if name not in _AROUND},
            "assumed": [
                {"field": note.field, "value": note.value, "because": note.because}
                for note in self.notes
                if note.code == "READING_ASSUMED"
            ],
            "not_understood": self.not_understood,
            "candidates": [],
        }
        details = {**worst.details, "reading": reading}
        head = {"VALIDATION_MISSING_FIELD": "AI_HINT_REQUIRED"}.get(worst.code)
        if worst.http_status == 425:
            head = "AI_AMBIGUOUS"
        if head is not None:
            return AtolyeError(head, field=worst.field, details={"reading": reading}, causes=tuple(ordered))
        params = {name: value for name, value in worst.params.items() if name != "field"}
        return AtolyeError(
            worst.code, field=worst.field, details=details, causes=tuple(ordered[1:]), **params
        )


def _sort_of_size(key: str) -> str:
    """Rounding of any edge is one sort of size."""
    name = key.partition(":")[0]
    return "fillet" if name in ("corner_radius", "radius") else name


def _rank(error: AtolyeError) -> tuple[int, int]:
    first = ("READING_FEATURE_UNAVAILABLE", "VALIDATION_MISSING_FIELD")
    if error.code in first:
        return (first.index(error.code), 0)
    return (2, {409: 1, 425: 2}.get(error.http_status, 0))


def _flat(error: AtolyeError) -> list[AtolyeError]:
    """A failure and its causes as equals; the head that only sums them up is left out."""
    if error.code in ("AI_AMBIGUOUS", "AI_HINT_REQUIRED"):
        return list(error.causes)
    return [AtolyeError(error.code, details=error.details, **error.params), *error.causes]


def _group(found: Found) -> str:
    return found.material.group


def _inferred(sentence: Sentence) -> str | None:
    """The part that sizes alone mean, where every part with them is the same solid.

    Or that a standard names.
    """
    standards = {
        re.sub(r"\D", "", token.text.split("-")[0]) for token in sentence.of_kind("S") + sentence.every("S")
    }
    if sentence.every("#"):
        return "bearing"
    for part, numbers in _STANDARDS.items():
        if standards & numbers:
            return part
    sizes = {token.key for token in sentence.every(t.SIZE)}
    products = sentence.every(t.SIZES)
    round_product = len(products) == 1 and products[0].numbers[0].diameter
    if {"module", "teeth"} <= sizes:
        return "gear"
    if {"length", "width"} <= sizes and sizes & {"height", "thickness"}:
        return "block" if "height" in sizes else "plate"
    if (
        sizes & {"inner_diameter", "wall_thickness"}
        and sizes & {"outer_diameter", "diameter"}
        and "length" in sizes
    ):
        return "tube"
    if len(products) == 1 and len(products[0].numbers) == 3 and not round_product:
        return "block"
    if (
        len(products) == 1
        and len(products[0].numbers) == 2
        and sizes & {"height", "thickness"}
        and not round_product
    ):
        return "plate" if "thickness" in sizes else "block"
    if (round_product and len(products[0].numbers) == 2) or (
        "diameter" in sizes and sizes & {"length", "height"}
    ):
        return "cylinder"
    return None


def _is_lone_thread(group: HoleGroup) -> bool:
    """“M8” with no word for a hole, no place and no number: nobody knows what for."""
    nowhere = group.place is None and not group.edges
    return isinstance(group.diameter, str) and nowhere and not group.named and group.count is None


def _passes_through(sentence: Sentence) -> bool:
    """“M8 cıvata ile bağlanacak flanş”: every screw stands beside the thread of a hole."""
    for phrase in sentence.phrases:
        for index, token in enumerate(phrase):
            if (
                token.kind == "p"
                and token.key == "screw"
                and (not index or phrase[index - 1].kind != t.THREAD)
            ):
                return False
    return any(token.key == "screw" for token in sentence.every("p"))


def _without_step_counts(phrase: list[Token], draft: Draft) -> list[Token]:
    """“3 kademeli”: how many steps there shall be is compared with the steps that are described."""
    made: list[Token] = []
    for index, token in enumerate(phrase):
        following = phrase[index + 1] if index + 1 < len(phrase) else None
        if token.kind == t.COUNT and following is not None and following.kind == "s":
            draft.step_counts.append(token)
        else:
            made.append(token)
    return made


def _claim_keyway(phrases: list[list[Token]], draft: Draft) -> None:
    """Gives a keyway the sizes of its own phrase; of lengths the one beside it.

    Unless the shaft has no other.
    """
    lengths = sum(token.kind == t.SIZE and token.key == "length" for phrase in phrases for token in phrase)
    for phrase in phrases:
        for place, token in enumerate(phrase):
            if token.kind != "w":
                continue
            draft.flags["keyway"] = token
            beside = [phrase[index] for index in (place - 1, place + 1) if 0 <= index < len(phrase)]
            product = next((each for each in beside if each.kind == t.SIZES), None)
            if product is not None:
                product.key = "keyway"
            with_part = any(each.kind == "p" for each in phrase)
            for each in phrase:
                if each.kind == t.SIZE and each.key in ("width", "depth"):
                    each.key = f"keyway:{each.key}"
            if product is None and (lengths > 1 or not with_part):
                _claim_length(phrase, place)


def _claim_length(phrase: list[Token], place: int) -> None:
    """The keyway's length: on the side of its other sizes, else the smaller of two, else the nearest."""
    lengths = [index for index, token in enumerate(phrase) if token.kind == t.SIZE and token.key == "length"]
    others = [index for index, token in enumerate(phrase) if token.key in ("keyway:width", "keyway:depth")]
    beside = [index for index in lengths if others and (index > place) == (others[0] > place)]
    if len(beside) == 1:
        phrase[beside[0]].key = "keyway:length"
    elif len(lengths) == 2 and (lengths[0] < place) != (lengths[1] < place):
        smaller = min(lengths, key=lambda index: phrase[index].number.mm(LENGTHS["mm"]))
        phrase[smaller].key = "keyway:length"
    elif lengths:
        nearest = min(lengths, key=lambda index: (abs(index - place), index > place))
        phrase[nearest].key = "keyway:length"


def _give_diameters(draft: Draft, part: str | None) -> None:
    """“köşelerde 4 delik, çapı 8 mm”: a plate has no diameter, so it is that of the holes that have none."""
    if part in _BOXES or (part == "bracket"):
        for stated in draft.find("diameter"):
            waiting = [
                group for group in draft.groups if group.diameter is None and group.start < stated.token.start
            ]
            waiting = waiting or [group for group in draft.groups if group.diameter is None]
            if waiting and "round" not in draft.flags:
                waiting[-1].diameter, stated.used = stated.numbers[0], True
        return
    stated_ones = draft.find("diameter")
    waiting = [group for group in draft.groups if group.diameter is None]
    if len(waiting) == 1 and len(stated_ones) == 2:
        later = max(stated_ones, key=lambda each: each.token.start)
        if later.token.start > waiting[0].start:
            waiting[0].diameter, later.used = later.numbers[0], True


def _as_token(draft: Draft) -> Token:
    group = draft.groups[0]
    return Token("h", group.start, group.end)

"""Reads what a model answered: finds the JSON in it and checks its schema.

Two schemas are accepted (specification 02.03 and 02.30). The older one has ``language``, ``units``,
``intent``, ``glossary_used``, ``parameters``, ``script_py``, ``warnings`` and ``requires_clarification``; the
minimal one ``language``, ``units``, ``parameters`` and ``script_py``. What that leaves out is filled in.
``missing`` and ``questions`` are ours: what a model lacks or wants to know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from atolye.designs.units import length_unit

LONGEST_ANSWER: Final = 65_536
"""Characters; 2,000 tokens are some 8,000."""
MOST_NOTES: Final = 20
LONGEST_NOTE: Final = 500
_MOST_TRIES: Final = 200
"""Braces at which JSON is looked for."""

_KEYS: Final = frozenset(
    (
        "language", "units", "intent", "glossary_used", "parameters", "script_py", "warnings",
        "requires_clarification", "missing", "questions",
    )
)  # fmt: skip
_TELLING: Final = frozenset(("parameters", "script_py", "family", "operations", "requires_clarification"))
"""An object with one of these is an answer; any other JSON in the text is not."""
_THOUGHTS: Final = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)


class UnreadableError(Exception):
    """An answer that cannot be used.

    Args:
        reason: for programs, such as ``not_json``.
        told: for the model, in Turkish, as it is asked again.
    """

    def __init__(self, reason: str, told: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.told = told


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer in the older schema, complete."""

    parameters: dict[str, Any]
    script_py: str | None
    units: str
    """Key of a unit of length."""
    language: str
    intent: str = "freecad_script"
    glossary_used: bool = False
    warnings: tuple[str, ...] = ()
    requires_clarification: bool = False
    missing: tuple[str, ...] = ()
    questions: tuple[str, ...] = field(default=())


def read_answer(text: str, *, language: str = "tr") -> Answer:
    """The answer in a model's text, whatever stands around it.

    Args:
        language: of the request, for an answer that does not name its own.

    Raises:
        UnreadableError: no JSON, several answers, wrong types, no units, or nothing to make.
    """
    if len(text) > LONGEST_ANSWER:
        raise UnreadableError("too_long", f"yanıt {LONGEST_ANSWER} karakterden uzun")
    found: list[dict[str, Any]] = []
    for each in _objects(_THOUGHTS.sub("", text)):
        if each.keys() & _TELLING and each not in found:
            found.append(each)
    if not found:
        raise UnreadableError("not_json", "yanıtta istenen alanları taşıyan geçerli bir JSON nesnesi yok")
    if len(found) > 1:
        raise UnreadableError("several", "yanıtta birbirinden farklı birden çok JSON nesnesi var")
    return _checked(found[0], language)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The outermost JSON objects in a text, from left to right."""
    decoder = json.JSONDecoder(
        strict=False,  # models break lines inside strings
        object_pairs_hook=_without_doubles,
        parse_constant=_no_number,
        parse_float=_finite,
    )
    place = text.find("{")
    for _ in range(_MOST_TRIES):
        if place < 0:
            return
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            yield value
        place = text.find("{", end)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key twice")
    return made


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _finite(digits: str) -> float:
    value = float(digits)
    if abs(value) == float("inf"):
        raise ValueError(digits)
    return value


# ---- schema ------------------------------------------------------------------------------------------


def _checked(raw: Mapping[str, Any], language: str) -> Answer:
    parameters = raw.get("parameters")
    if parameters is None:  # a family's fields beside the rest
        parameters = {key: value for key, value in raw.items() if key not in _KEYS}
    if not isinstance(parameters, dict):
        raise _wrong("parameters", "nesne")
    script = raw.get("script_py")
    if script is not None and not isinstance(script, str):
        raise _wrong("script_py", "metin")
    clarify = _flag(raw, "requires_clarification")
    script = script if script and script.strip() else None
    if not parameters and script is None and not clarify:
        raise UnreadableError("empty", "ne parameters ne de script_py dolu")
    return Answer(
        parameters=parameters,
        script_py=script,
        units=_units(raw, needed=not clarify),
        language=_word(raw, "language", language),
        intent=_word(raw, "intent", "freecad_script"),
        glossary_used=_flag(raw, "glossary_used"),
        warnings=_notes(raw, "warnings"),
        requires_clarification=clarify,
        missing=_notes(raw, "missing"),
        questions=_notes(raw, "questions"),
    )


def _wrong(name: str, expected: str) -> UnreadableError:
    return UnreadableError(f"type:{name}", f"{name} alanı {expected} olmalı")


def _flag(raw: Mapping[str, Any], name: str) -> bool:
    value = raw.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _wrong(name, "true veya false")
    return value


def _word(raw: Mapping[str, Any], name: str, default: str) -> str:
    value = raw.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise _wrong(name, "metin")
    return value[:LONGEST_NOTE]


def _units(raw: Mapping[str, Any], *, needed: bool) -> str:
    """The unit of bare numbers. It is never guessed: a wrong one makes a wrong part."""
    value = raw.get("units")
    if value is None and not needed:
        return "mm"
    unit = length_unit(value) if isinstance(value, str) else None
    if unit is None:
        raise UnreadableError("units", 'units alanı yok ya da bir uzunluk birimi değil; "mm" olmalı')
    return unit.key


def _notes(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = raw.get(name)
    if value is None:
        return ()
    notes = [value] if isinstance(value, str) else value
    if not isinstance(notes, list):
        raise _wrong(name, "metin listesi")
    texts = [note if isinstance(note, str) else json.dumps(note, ensure_ascii=False) for note in notes]
    return tuple(text.strip()[:LONGEST_NOTE] for text in texts[:MOST_NOTES] if text.strip())

"""From a model's answer to a proposal: which request it means, what it asks back, what it notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from atolye.designs.envelope import names as envelope_names
from atolye.designs.families import registry
from atolye.designs.notes import Warning
from atolye.designs.numbers import read_quantity
from atolye.designs.units import LENGTHS, length_unit
from atolye.designs.words import fold, shown
from atolye.errors import AtolyeError
from atolye.prompts.answers import Answer, UnreadableError
from atolye.prompts.glossary import terms
from atolye.prompts.models import Reading
from atolye.prompts.ports import PromptContext, Proposal

SMALLEST_MM: Final = 0.1
LARGEST_MM: Final = 1000.0
"""Sizes that a user may give (specification 02.32)."""
MOST_NOTES: Final = 20

_FEATURES: Final = "features"
_OPERATION_KEYS: Final = frozenset(map(fold, ("operations", "işlemler", "operasyonlar", "features")))
_LATER_KEYS: Final = {fold("standard_parts"): "standard_parts", fold("templates"): "templates"}
"""Parameters for services after this one; they are no fields of a family."""
_NO_LENGTH: Final = re.compile(
    r"(?:count|number|teeth|adet|adedi|sayi|dis|angle|deg|aci|derece|ratio|oran|turn|tur|density|seed|version)",
)
"""Folded names of parameters of a script that are no lengths."""


def proposal_of(answer: Answer, context: PromptContext, *, source: str) -> Proposal:
    """What an answer proposes.

    Args:
        source: who answered, for the notes.

    Raises:
        AtolyeError: ``AI_HINT_REQUIRED`` or ``AI_AMBIGUOUS`` when the model asks back; ``ERR-AI-451`` for a
            script's parameter outside 0.1–1000 mm.
        UnreadableError: a script in another unit than mm, or parameters that name no part.
    """
    if answer.requires_clarification:
        raise _asked_back(answer)
    later, parameters = _apart(answer.parameters)
    request = _request(parameters, later)
    notes = [*_converted(answer, parameters), *_model_notes(answer, source)]
    if request is not None:
        return _for_request(request, answer, context, later, notes)
    if answer.script_py is None:
        raise UnreadableError("no_part", "parameters içinde family veya operations yok ve script_py boş")
    if answer.units != "mm":
        raise UnreadableError("script_units", 'script_py yalnızca mm ile yazılabilir; units "mm" olmalı')
    _check_sizes(parameters)
    extras = {**parameters, **later, "intent": in_english(answer.intent)}
    reading = Reading(family=None, fields={}, assumed=[], not_understood=[], candidates=[])
    return Proposal(None, answer.script_py, reading, tuple(notes + _not_inserted(later)), extras)


def _for_request(
    request: dict[str, Any],
    answer: Answer,
    context: PromptContext,
    later: dict[str, Any],
    notes: list[Warning],
) -> Proposal:
    if not any(envelope_names().get(fold(key)) == "units" for key in request):
        request["units"] = answer.units
    request = _overridden(request, context.overrides)
    family = next(
        (value for key, value in request.items() if envelope_names().get(fold(key)) == "family"), None
    )
    reading = Reading(
        family=family if isinstance(family, str) else None,
        fields=dict(request.get("parameters") or {}),
        assumed=[],
        not_understood=[],
        candidates=[],
    )
    return Proposal(request, None, reading, tuple(notes + _not_inserted(later)), later)


def _apart(parameters: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What later services want, and the rest."""
    later = {_LATER_KEYS[fold(key)]: value for key, value in parameters.items() if fold(key) in _LATER_KEYS}
    rest = {key: value for key, value in parameters.items() if fold(key) not in _LATER_KEYS}
    return later, rest


def _request(parameters: dict[str, Any], later: dict[str, Any]) -> dict[str, Any] | None:
    """The request that the parameters are; ``None`` when they only belong to a script."""
    if any(envelope_names().get(fold(key)) == "family" for key in parameters):
        return _nested(parameters)
    if any(fold(key) in _OPERATION_KEYS for key in parameters):
        return {"family": _FEATURES, **_nested(parameters)}
    single = _single_standard_part(later)
    if single is None or any(fold(key) not in envelope_names() for key in parameters):
        return None
    later.pop("standard_parts")
    return {**single, **parameters}


def _nested(parameters: dict[str, Any]) -> dict[str, Any]:
    """Puts the design's own fields into ``parameters``; a tree of features has named sizes there, too."""
    around: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for key, value in parameters.items():
        name = envelope_names().get(fold(key))
        (own if name in (None, "parameters") else around)[key] = value
    is_tree = any(fold(key) in _OPERATION_KEYS for key in own)
    inner = [key for key in own if envelope_names().get(fold(key)) == "parameters"]
    if not is_tree and len(own) == len(inner) == 1 and isinstance(own[inner[0]], dict):
        own = own[inner[0]]  # a model that nested once more
    return {**around, "parameters": own}


def _single_standard_part(later: Mapping[str, Any]) -> dict[str, Any] | None:
    """A request for the one standard part that is asked for, when a family makes it."""
    parts = later.get("standard_parts")
    if not isinstance(parts, list) or len(parts) != 1 or not isinstance(parts[0], Mapping):
        return None
    code, size = parts[0].get("code"), parts[0].get("size")
    if not isinstance(code, str) or not isinstance(size, str):
        return None
    for family in registry().values():
        if fold(code) in map(fold, family.also_called):
            return {"family": family.key, "standard": code, "size": size}
    return None


def _overridden(request: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The request with the caller's own fields in place of those of the same meaning."""
    names = envelope_names()
    own = {names.get(fold(key)) for key in overrides} - {None}
    return {key: value for key, value in request.items() if names.get(fold(key)) not in own} | dict(overrides)


# ---- asking back -------------------------------------------------------------------------------------


def _asked_back(answer: Answer) -> AtolyeError:
    """A model that cannot decide: what is missing is 422, two readings are 425."""
    questions = list(answer.questions or answer.warnings)
    if not answer.missing:
        return AtolyeError("AI_AMBIGUOUS", details={"questions": questions})
    causes = tuple(
        AtolyeError("VALIDATION_MISSING_FIELD", field=name, name_tr=name, name_en=name)
        for name in answer.missing
    )
    details = {"missing": list(answer.missing), "questions": questions}
    return AtolyeError("AI_HINT_REQUIRED", field=answer.missing[0], details=details, causes=causes)


# ---- notes -------------------------------------------------------------------------------------------


def _model_notes(answer: Answer, source: str) -> Iterator[Warning]:
    """What the model noted itself: assumptions of its own, so doubts for the reader."""
    for text in answer.warnings:
        yield Warning(
            "AI_NOTE",
            "warning",
            "prompt",
            text,
            source,
            f"Yapay zekânın notu: {text}",
            f"The AI model notes: {text}",
        )


def _converted(answer: Answer, parameters: Mapping[str, Any]) -> list[Warning]:
    """Lengths that came in another unit than millimetres (specification 02.57)."""
    found = [("units", answer.units)] if answer.units != "mm" else []
    found += [(path, text) for path, text in _texts(parameters, "") if _other_unit(text) is not None]
    return [_unit_note(path, text) for path, text in found[:MOST_NOTES]]


def _unit_note(path: str, text: str) -> Warning:
    unit = LENGTHS[text] if path == "units" else LENGTHS[_other_unit(text) or "mm"]
    because = f"1 {unit.key} = {float(unit.factor):g} mm"
    return Warning(
        "UNITS_CONVERSION",
        "info",
        path,
        text,
        because,
        f"{path}: {text} milimetreye çevrildi ({because}).",
        f"{path}: {text} was converted to millimetres ({because}).",
    )


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text in nested data with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")


def _other_unit(text: str) -> str | None:
    """Key of the unit of ``"2 in"`` or ``"4,5 cm"``; ``None`` for mm, no unit or no number."""
    try:
        _, written = read_quantity(text)
    except ValueError:
        return None
    unit = length_unit(written) if written.strip() else None
    return None if unit is None or unit.key == "mm" else unit.key


def _not_inserted(later: Mapping[str, Any]) -> list[Warning]:
    """Standard parts and templates are passed on; they are not in the geometry."""
    return [
        Warning(
            "AI_PART_NOT_INSERTED",
            "warning",
            f"parameters.{name}",
            value,
            "parameters",
            f"{name}: {shown(value)} kaydedildi, modele eklenmedi.",
            f"{name}: {shown(value)} was kept but is not part of the model.",
        )
        for name, value in later.items()
    ]


# ---- a script's parameters -----------------------------------------------------------------------------


def _check_sizes(parameters: Mapping[str, Any]) -> None:
    """Lengths beside a script keep to the limits that its literals keep to.

    Raises:
        AtolyeError: ``ERR-AI-451`` with the first length that does not.
    """
    for name, value in parameters.items():
        if fold(name) in envelope_names() or _NO_LENGTH.search(fold(name)):
            continue
        for size_mm in _lengths_mm(value):
            if not SMALLEST_MM <= size_mm <= LARGEST_MM:
                details = {"cause": "DIMENSION_ERROR", "rules": ["DIMENSION_ERROR"], "value_mm": size_mm}
                raise AtolyeError("ERR-AI-451", field=f"parameters.{shown(name)}", details=details)


def _lengths_mm(value: Any) -> Iterator[float]:
    """Positive lengths in a parameter; a list's items count each."""
    if isinstance(value, list):
        for item in value:
            yield from _lengths_mm(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if value > 0:
            yield float(value)
    elif isinstance(value, str) and (unit := _other_unit(value)) is not None:
        yield float(read_quantity(value)[0] * LENGTHS[unit].factor)


def in_english(text: str) -> str:
    """The text with terms of the glossary in English: ``flanş_script`` → ``flange_script``."""
    english = {fold(term.tr): term.en for term in terms() if " " not in term.tr}
    return re.sub(r"[^\W\d_]+", lambda match: english.get(fold(match[0]), match[0]), text)

"""Takes a request apart: the design's own fields, and what surrounds them (material, units, exports …)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from atolye.designs.families import registry
from atolye.designs.fields import Reading
from atolye.designs.findings import At
from atolye.designs.model import Given, Model, add_given
from atolye.designs.words import fold, shown
from atolye.errors import AtolyeError

MOST_FIELDS: Final = 200
"""Fields of a request on its first two levels; the largest real one has about thirty."""

NAMES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "type": (("istek türü",), ("type", "request type")),
    "family": (
        ("aile", "parça ailesi", "parça", "parça türü", "tür", "tip", "şekil"),
        ("family", "part family", "part", "part type", "shape"),
    ),
    "parameters": (
        ("parametreler", "alanlar", "ölçüler", "boyutlar"),
        ("parameters", "params", "fields", "dimensions"),
    ),
    "units": (("birim", "birimler", "ölçü birimi"), ("units", "unit")),
    "display_units": (("gösterim birimi",), ("display units",)),
    "language": (("dil",), ("language", "lang", "locale")),
    "material": (("malzeme", "materyal"), ("material",)),
    "process": (
        ("süreç", "proses", "işlem", "imalat", "imalat yöntemi", "üretim yöntemi", "imalat süreci"),
        ("process", "manufacturing process", "manufacturing"),
    ),
    "machine": (("makine", "makina", "tezgah"), ("machine",)),
    "exports": (
        ("çıktılar", "dışa aktarım", "dışa aktarımlar", "biçimler", "formatlar"),
        ("exports", "export", "formats", "outputs"),
    ),
    "step_schema": (("step şeması",), ("step schema", "step ap")),
    "mesh": (("ağ", "ağ ayarları"), ("mesh", "tessellation")),
    "manufacturing_checks": (
        (
            "imalat denetimi",
            "imalat denetimleri",
            "imalat kontrolleri",
            "üretilebilirlik",
            "üretilebilirlik denetimi",
        ),
        ("manufacturing checks", "manufacturability", "checks"),
    ),
}
"""Turkish and English names of what surrounds a design."""

LANGUAGES: Final = {
    "tr": ("tr", "trtr", "turkce", "turkish"),
    "en": ("en", "enus", "engb", "ingilizce", "english"),
}


@dataclass(slots=True)
class Envelope:
    """The parts of a request."""

    around: dict[str, Given] = field(default_factory=dict)
    """By canonical name of :data:`NAMES`, but for ``parameters``."""
    fields: list[tuple[str, Given]] = field(default_factory=list)
    """Everything else, with its key as typed."""


@cache
def names() -> dict[str, str]:
    """Every folded name of what surrounds a design.

    Raises:
        ValueError: a field of a family has that name, too.
    """
    found = {
        fold(word): name for name, (turkish, english) in NAMES.items() for word in (name, *turkish, *english)
    }
    for family in registry().values():
        clash = {word for word in found.keys() & family.names().keys() if found[word] != "parameters"}
        if clash:  # inside of ``parameters`` that name is free again
            raise ValueError(f"{family.key}: {', '.join(sorted(clash))}")
    return found


def take_apart(raw: Mapping[str, Any], reading: Reading) -> Envelope:
    """Sorts the keys of a request, those inside ``parameters`` too.

    Raises:
        AtolyeError: ``VALIDATION_TOO_MANY`` at once; nobody wants to hear of hundreds of fields.
    """
    made = Envelope()
    _sort(raw, At(), made, reading, nested=False)
    return made


def _sort(raw: Mapping[str, Any], at: At, made: Envelope, reading: Reading, *, nested: bool) -> None:
    if len(raw) > MOST_FIELDS:
        raise AtolyeError(
            "VALIDATION_TOO_MANY",
            field=at.path,
            value=len(raw),
            limit=MOST_FIELDS,
            name_tr=at.typed or "istek",
            name_en=at.typed or "request",
        )
    for key, value in raw.items():
        name = names().get(fold(key))
        typed = shown(key)
        prefix = f"{at.typed}.{typed}" if at.typed else typed
        if name is None or (nested and name == "parameters"):
            made.fields.append((key, Given(value, At(typed, prefix))))
        elif name == "parameters":
            _sort_nested(value, At(name, typed), made, reading)
        else:
            add_given(made.around, name, Given(value, At(name, prefix)), reading)


def _sort_nested(raw: Any, at: At, made: Envelope, reading: Reading) -> None:
    if not isinstance(raw, Mapping):
        reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="{…}")
    else:
        _sort(raw, at, made, reading, nested=True)


def language_of(keys: Iterable[str]) -> str | None:
    """The language that most of the keys are in; ``None`` when they do not tell."""
    words = [fold(key) for key in keys]
    turkish = sum(word in _words()[0] for word in words)
    english = sum(word in _words()[1] for word in words)
    return None if turkish == english else ("tr" if turkish > english else "en")


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """Folded names that are Turkish alone, and English alone."""
    turkish = {word for pair in NAMES.values() for word in pair[0]}
    english = {word for name, pair in NAMES.items() for word in (name, *pair[1])}
    for family in registry().values():
        for name, spec in _all_specs(family):
            turkish.update(spec.tr)
            english.update((name, *spec.en))
    folded_tr, folded_en = {fold(word) for word in turkish}, {fold(word) for word in english}
    return frozenset(folded_tr - folded_en), frozenset(folded_en - folded_tr)


def _all_specs(model: type[Model]) -> list[tuple[str, Any]]:
    return list(model.specs().items())

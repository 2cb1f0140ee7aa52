"""Finds the part family that a request means: the one it names, or the only one that its fields fit.

A family fits when its required fields are given and everything given is one of its fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from atolye.designs import envelope
from atolye.designs.families import names, registry
from atolye.designs.family import PartFamily
from atolye.designs.fields import Reading
from atolye.designs.findings import At
from atolye.designs.model import (
    Given,
    add_given,
    field_of,
    read_model,
    refuse_missing,
    refuse_unknown,
)
from atolye.designs.words import fold, nearest, shown

Family = type[PartFamily]
Fields = Sequence[tuple[str, Given]]

_NEAREST: Final = 5
"""Families that are offered when none fits."""

_GUESSED: Final = 20
"""Unknown keys that are compared with the names of missing fields."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How the given keys and a family's fields match."""

    family: Family
    given: dict[str, Given]
    unknown: list[str]
    repeated: list[tuple[str, Given]]
    """Fields that were given before, under another name."""
    lacking: list[tuple[str, ...]]

    @property
    def fits(self) -> bool:
        return not (self.unknown or self.repeated or self.lacking)


def read_part(named: Given | None, fields: Fields, reading: Reading) -> PartFamily | None:
    """Reads the part of a request; what is wrong goes into the findings."""
    if named is not None:
        family = _named(named, reading)
        return None if family is None else _read_as(family, fields, reading)
    fits = [_fit(family, fields) for family in registry().values()]
    fitting = [fit for fit in fits if fit.fits]
    if len(fitting) > 1:
        fitting = [fit for fit in fitting if fit.family.accepts(fit.given)] or fitting
    if len(fitting) > 1:
        candidates = [fit.family.key for fit in fitting]
        reading.findings.error("VALIDATION_AMBIGUOUS_FAMILY", "family", candidates=", ".join(candidates))
        _read_given(fitting[0], reading)
        return None
    if fitting:
        family = fitting[0].family
        reading.findings.note("FAMILY_INFERRED", "family", family.key, ", ".join(fitting[0].given))
        return _read_as(family, fields, reading)
    return _nearest(fits, fields, reading)


def _named(named: Given, reading: Reading) -> Family | None:
    key = names().get(fold(named.raw)) if isinstance(named.raw, str) else None
    if key is None:
        near = nearest(named.raw, names()) if isinstance(named.raw, str) else []
        known = ", ".join(registry())
        reading.error(
            "VALIDATION_UNKNOWN_FAMILY", named.at, value=shown(named.raw), known=known, nearest=near
        )
        return None
    return registry()[key]


def _fit(family: Family, fields: Fields) -> Fit:
    given: dict[str, Given] = {}
    unknown: list[str] = []
    repeated: list[tuple[str, Given]] = []
    for key, value in fields:
        found = field_of(family.names(), key)
        if found is None:
            unknown.append(key)
            continue
        one = Given(value.raw, At(found[0], value.at.typed), found[1])
        if found[0] in given:
            repeated.append((found[0], one))
        else:
            given[found[0]] = one
    return Fit(family, given, unknown, repeated, family.lacking(given))


def _read_as(family: Family, fields: Fields, reading: Reading) -> PartFamily | None:
    """Reads the fields as those of a family; what it does not know is refused."""
    reading.family = family.key
    given: dict[str, Given] = {}
    for key, value in fields:
        found = field_of(family.names(), key)
        if found is None:
            refuse_unknown(key, At(), {**envelope.names(), **family.names()}, reading)
        else:
            one = Given(value.raw, At(found[0], value.at.typed), found[1])
            add_given(given, found[0], one, reading)
    return read_model(family, family.prepare(given, reading), At(), reading)


def _nearest(fits: list[Fit], fields: Fields, reading: Reading) -> PartFamily | None:
    """No family fits: says what the nearest ones lack, and whatever else is wrong."""
    strangers = set.intersection(*(set(fit.unknown) for fit in fits)) if fields else set()
    known = {name: name for fit in fits for name in fit.family.names()}
    if len(strangers) == len(fields):
        _refuse_all(strangers, known, reading)
        return None
    ranked = sorted(((_cost(fit, strangers), fit) for fit in fits), key=lambda each: each[0])
    best = [fit for cost, fit in ranked if cost == ranked[0][0]][:_NEAREST]
    reading.findings.head = "AI_HINT_REQUIRED" if any(_missing(fit, strangers) for fit in best) else None
    reading.findings.head_details = {"candidates": [_candidate(fit, strangers) for fit in best]}
    if len(best) == 1:
        _read_nearly(best[0], strangers, reading)
        return None
    _refuse_missing_of(best, strangers, reading)
    _refuse_unknown_of(best, strangers, reading)
    _read_given(best[0], reading)
    return None


def _refuse_all(strangers: set[str], known: dict[str, str], reading: Reading) -> None:
    """Not one key is a field of any family."""
    for key in sorted(strangers):
        refuse_unknown(key, At(), {**envelope.names(), **known}, reading)
    listed = ", ".join(registry())
    reading.findings.head = "AI_HINT_REQUIRED"
    reading.findings.head_details = {"families": list(registry())}
    reading.findings.error(
        "VALIDATION_MISSING_FIELD", "family", name_tr=f"aile (family): {listed}", name_en=f"family: {listed}"
    )


def _cost(fit: Fit, strangers: set[str]) -> int:
    """Mistakes that the request would have if this family were meant."""
    misplaced = len(set(fit.unknown) - strangers) + len(fit.repeated)
    return 2 * misplaced + len(_missing(fit, strangers))


def _missing(fit: Fit, strangers: set[str]) -> list[tuple[str, ...]]:
    """What the family lacks, but for fields that a stranger is a misspelling of."""
    meant = {
        name for key in sorted(strangers)[:_GUESSED] for name in nearest(key, fit.family.names(), most=1)
    }
    return [group for group in fit.lacking if not meant.intersection(group)]


def _candidate(fit: Fit, strangers: set[str]) -> dict[str, Any]:
    return {
        "family": fit.family.key,
        "missing": [" | ".join(group) for group in _missing(fit, strangers)],
        "unknown": [shown(key) for key in fit.unknown],
    }


def _read_nearly(fit: Fit, strangers: set[str], reading: Reading) -> None:
    """Says what is wrong if the only nearest family is meant; a misspelled field is not missing, too."""
    for key in fit.unknown:
        refuse_unknown(key, At(), {**envelope.names(), **fit.family.names()}, reading)
    for group in _missing(fit, strangers):
        refuse_missing(fit.family, group, At(), reading)
    _read_given(fit, reading)


def _refuse_missing_of(best: list[Fit], strangers: set[str], reading: Reading) -> None:
    for fit in best:
        for group in _missing(fit, strangers):
            specs = fit.family.specs()
            turkish = " | ".join(f"{specs[name].tr[0]} ({name})" for name in group)
            reading.findings.error(
                "VALIDATION_MISSING_FIELD",
                group[0],
                name_tr=f"{turkish} [{fit.family.key}]",
                name_en=f"{' | '.join(group)} [{fit.family.key}]",
                any_of=list(group),
                family=fit.family.key,
            )


def _refuse_unknown_of(best: list[Fit], strangers: set[str], reading: Reading) -> None:
    """Refuses what none of the nearest families knows."""
    everywhere = set.intersection(*(set(fit.unknown) for fit in best)) | strangers
    known = {name: field for fit in best for name, field in fit.family.names().items()}
    for key in sorted(everywhere):
        refuse_unknown(key, At(), {**envelope.names(), **known}, reading)


def _read_given(fit: Fit, reading: Reading) -> None:
    """Reads what was given for what is wrong with it alone."""
    reading.family = fit.family.key
    for name, again in fit.repeated:
        add_given(dict(fit.given), name, again, reading)
    specs = fit.family.specs()
    for name, one in fit.family.prepare(fit.given, reading).items():
        specs[name].read(one.raw, one.at, reading, one.unit)

"""Models: what is asked for, as typed dataclasses that read themselves from words and values."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, TypeVar

from atolye.designs.fields import UNREAD, Reading, Spec, specs_of
from atolye.designs.findings import At
from atolye.designs.units import Unit, length_unit
from atolye.designs.words import fold, nearest, shown

_SEPARATORS: Final = re.compile(r"[\s_\-().\[\]]+")
_FEW_UNKNOWN: Final = 20
"""Unknown fields whose nearest names are looked for; a request with more is no typing mistake."""

_SPECS: Final[dict[type[Any], dict[str, Spec]]] = {}
_NAMES: Final[dict[type[Any], dict[str, str]]] = {}
"""Computed once for each model: reading is the API's hot path."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value of a request and where it stands; ``unit`` is what its key named (``length_cm``)."""

    raw: Any
    at: At
    unit: Unit | None = None


@dataclass(frozen=True)
class Model:
    """Base of frozen dataclasses whose fields carry a :class:`Spec`."""

    needs: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Groups of optional fields, of each of which at least one must be given."""

    @classmethod
    def specs(cls) -> dict[str, Spec]:
        found = _SPECS.get(cls)
        return _SPECS.setdefault(cls, specs_of(cls)) if found is None else found

    @classmethod
    def names(cls) -> dict[str, str]:
        """Every folded name, Turkish and English, with the field that it stands for."""
        found = _NAMES.get(cls)
        return _NAMES.setdefault(cls, _names(cls)) if found is None else found

    @classmethod
    def lacking(cls, given: Iterable[str]) -> list[tuple[str, ...]]:
        """What is missing beside the given fields: required ones, and groups without any member."""
        have = set(given)
        required = [(name,) for name, spec in cls.specs().items() if spec.required and name not in have]
        return required + [group for group in cls.needs if not have.intersection(group)]

    def values(self) -> dict[str, Any]:
        """The fields as JSON-safe data; those that are not set are left out."""
        made = {name: _data(getattr(self, name)) for name in self.specs()}
        return {name: value for name, value in made.items() if value is not None}

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """JSON schema of the fields under their canonical names."""
        made: dict[str, Any] = {
            "type": "object",
            "properties": {name: _documented(spec) for name, spec in cls.specs().items()},
            "required": [name for name, spec in cls.specs().items() if spec.required],
            "additionalProperties": False,
        }
        if cls.needs:
            made["allOf"] = [{"anyOf": [{"required": [name]} for name in group]} for group in cls.needs]
        return made


M = TypeVar("M", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Item(Spec):
    """An object with fields of its own."""

    model: type[Model] = Model

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        if not isinstance(raw, Mapping):
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="{…}")
            return UNREAD
        made = read_mapping(self.model, raw, at, reading)
        return UNREAD if made is None else made

    def schema(self) -> dict[str, Any]:
        return self.model.schema()


@dataclass(frozen=True, kw_only=True)
class Items(Spec):
    """A list of objects; a single object counts as a list of one."""

    item: Spec = field(default_factory=Item)
    least: int = 0
    most: int = 1000

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        if isinstance(raw, Mapping):
            raw = [raw]
        if not isinstance(raw, list | tuple):
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected="[{…}]")
            return UNREAD
        if len(raw) > self.most:
            reading.error("VALIDATION_TOO_MANY", at, value=len(raw), limit=self.most)
            return UNREAD
        if len(raw) < self.least:
            reading.error("VALIDATION_INVALID_TYPE", at, value="[]", expected="[{…}]")
            return UNREAD
        made = tuple(self.item.read(each, at.item(index), reading) for index, each in enumerate(raw))
        return UNREAD if any(each is UNREAD for each in made) else made

    def schema(self) -> dict[str, Any]:
        item = self.item.schema()
        return {
            "anyOf": [{"type": "array", "items": item, "minItems": self.least, "maxItems": self.most}, item]
        }


def _names(model: type[Model]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, spec in model.specs().items():
        for word in {fold(each) for each in (name, *spec.tr, *spec.en)}:
            if found.setdefault(word, name) != name:
                raise ValueError(f"{model.__name__}: {word} names both {found[word]} and {name}")
    return found


def field_of(names: Mapping[str, str], key: str) -> tuple[str, Unit | None] | None:
    """The field that a key stands for, and the unit that it names at its end (``"uzunluk (cm)"``)."""
    found = names.get(fold(key))
    if found is not None:
        return found, None
    words = [word for word in _SEPARATORS.split(key.strip()) if word]
    if len(words) < 2 or (unit := length_unit(words[-1])) is None:
        return None
    found = names.get(fold("".join(words[:-1])))
    return None if found is None else (found, unit)


def read_mapping(model: type[M], raw: Mapping[str, Any], at: At, reading: Reading) -> M | None:
    """Reads a nested object: unknown and repeated keys are errors, then every field is read."""
    given: dict[str, Given] = {}
    for key, value in raw.items():
        found = field_of(model.names(), key)
        if found is None:
            refuse_unknown(key, at, model.names(), reading)
        else:
            add_given(given, found[0], Given(value, at.child(found[0], shown(key)), found[1]), reading)
    return read_model(model, given, at, reading)


def add_given(given: dict[str, Given], name: str, new: Given, reading: Reading) -> None:
    """Keeps a value; the same field under two names is an error."""
    if name in given:
        both = f"{given[name].at.typed}, {new.at.typed}"
        reading.error("VALIDATION_CONFLICT", new.at, fields=shown(both))
    else:
        given[name] = new


def refuse_unknown(key: str, at: At, names: Mapping[str, str], reading: Reading) -> None:
    """Adds the error about a key that is no field, with the names that look like it."""
    few = len(reading.findings.errors) < _FEW_UNKNOWN
    near = nearest(key, names) if few else []
    place = at.child(shown(key))
    reading.error(
        "VALIDATION_UNKNOWN_FIELD", place, value=shown(key), nearest=", ".join(near) or "–", candidates=near
    )


def read_model(model: type[M], given: Mapping[str, Given], at: At, reading: Reading) -> M | None:
    """Reads every field. Lengths that cannot be read are unknown (NaN); anything else makes it ``None``."""
    for group in model.lacking(given):
        refuse_missing(model, group, at, reading)
    values: dict[str, Any] = {}
    for name, spec in model.specs().items():
        if name in given:
            one = given[name]
            values[name] = spec.read(one.raw, one.at, reading, one.unit)
            reading.findings.typed.setdefault(one.at.path, one.at.typed)
        elif spec.required:
            values[name] = spec.unread
        else:
            values[name] = spec.default
            _note_default(name, spec, at, reading)
    if any(value is UNREAD for value in values.values()):
        return None
    return model(**values)


def refuse_missing(model: type[Model], group: tuple[str, ...], at: At, reading: Reading) -> None:
    """Adds the error about a missing field, named in both languages; of a group, any one would do."""
    specs = model.specs()
    turkish = " | ".join(f"{specs[name].tr[0]} ({name})" if specs[name].tr else name for name in group)
    prefix = f"{at.typed}." if at.typed else ""
    reading.findings.error(
        "VALIDATION_MISSING_FIELD",
        at.child(group[0]).path,
        name_tr=prefix + turkish,
        name_en=prefix + " | ".join(group),
        any_of=list(group),
    )


def _note_default(name: str, spec: Spec, at: At, reading: Reading) -> None:
    if isinstance(spec.default, int | float | str):  # of an absent feature there is nothing to say
        path = at.child(name).path
        reading.findings.note("DEFAULT_ASSUMED", path, spec.default, f"families/{reading.family}")


def _documented(spec: Spec) -> dict[str, Any]:
    about = {
        "title": spec.en[0] if spec.en else "",
        "x-unit": spec.unit or None,
        "x-names-tr": list(spec.tr),
        "x-names-en": list(spec.en),
        "default": spec.default if isinstance(spec.default, int | float | str) else None,
    }
    return {**spec.schema(), **{key: value for key, value in about.items() if value not in (None, "")}}


def _data(value: Any) -> Any:
    if isinstance(value, Model):
        return value.values()
    if isinstance(value, tuple | list):
        return [_data(each) for each in value]
    return value


def with_values(model: M, **changes: Any) -> M:
    """A copy with some fields replaced."""
    return dataclasses.replace(model, **changes)


def known(*values: float) -> bool:
    """Whether all the numbers could be read."""
    return not any(math.isnan(value) for value in values)

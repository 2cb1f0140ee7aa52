"""A part family: one typed model of what can be asked for, with its names, its frame and its checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from atolye.designs.fields import Count, Reading, Spec
from atolye.designs.findings import Findings
from atolye.designs.model import Given, Item, Items, Model
from atolye.designs.words import fold


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages."""

    tr: str
    en: str

    def of(self, language: str) -> str:
        return self.tr if language == "tr" else self.en


CORNER: Final = Text(
    tr="Köşe başlangıç noktasında; uzunluk +X, genişlik +Y, yükseklik veya kalınlık +Z yönünde.",
    en="Corner at the origin; length along +X, width along +Y, height or thickness along +Z.",
)
AXIS: Final = Text(
    tr="Eksen +Z; taban merkezi başlangıç noktasında.", en="Axis +Z; centre of the base at the origin."
)


class Checks:
    """Adds what is wrong between the fields of a part; paths are those of its canonical fields."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def error(self, code: str, path: str, **params: Any) -> None:
        self._findings.error(code, path, **params)

    def note(self, code: str, path: str, value: Any, because: str) -> None:
        self._findings.note(code, path, value, because)

    def smaller(self, path: str, value: float, limit: float, because_of: str) -> None:
        """``value`` must be less than ``limit``, which ``because_of`` imposes; all in mm."""
        if value >= limit:
            self.error("VALIDATION_TOO_LARGE", path, value=value, limit=_short(limit), limit_name=because_of)

    def larger(self, path: str, value: float, limit: float, because_of: str) -> None:
        """``value`` must be more than ``limit``, which ``because_of`` imposes; all in mm."""
        if value <= limit:
            self.error("VALIDATION_TOO_SMALL", path, value=value, limit=_short(limit), limit_name=because_of)


@dataclass(frozen=True)
class PartFamily(Model):
    """Base of the families. A family is a frozen dataclass in a module of ``designs/families/``.

    Class attributes say what it is; fields say what is asked for. ``complete`` adds what a standard
    gives, ``check`` judges the fields against each other, ``kernel_fields`` is what the builder gets.
    """

    key: ClassVar[str]
    title: ClassVar[Text]
    frame: ClassVar[Text]
    also_called: ClassVar[tuple[str, ...]] = ()
    """Names besides the key and the titles."""
    example: ClassVar[Mapping[str, Any]]
    """A small complete request, as documentation shows it."""
    standard_material: ClassVar[tuple[str, str] | None] = None
    """Material of a standard part when none is given, and the standard that says so."""
    rotational: ClassVar[bool] = False
    """Whether it is turned around Z, so that its extent in X is a diameter."""

    @classmethod
    def called(cls) -> set[str]:
        """Every folded name of the family."""
        return {fold(name) for name in (cls.key, cls.title.tr, cls.title.en, *cls.also_called)}

    @classmethod
    def prepare(cls, given: dict[str, Given], reading: Reading) -> dict[str, Given]:
        """Rewrites what was given before it is read; for designations that hold several fields."""
        return given

    @classmethod
    def accepts(cls, given: Mapping[str, Given]) -> bool:
        """Whether the values, not only the names, can be meant for this family."""
        return True

    def complete(self, checks: Checks) -> PartFamily:
        """The part with everything resolved that follows from what was given."""
        return self

    def check(self, checks: Checks) -> None:
        """Judges the fields against each other. Unread lengths are NaN: compare so that NaN finds nothing."""

    def kernel_fields(self) -> dict[str, Any]:
        """What the family's builder receives: mm and degrees, nothing left to look up."""
        return self.values()

    def envelope_mm(self) -> tuple[float, float, float]:
        """Outside sizes along X, Y and Z in mm."""
        raise NotImplementedError

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """JSON schema of the fields, under their canonical names."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": cls.title.en,
            "description": cls.frame.en,
            **cls.schema(),
        }

    @classmethod
    def describe(cls, language: str) -> dict[str, Any]:
        """The family for people and programs: names, frame, fields, schema, an example."""
        return {
            "key": cls.key,
            "title": cls.title.of(language),
            "title_tr": cls.title.tr,
            "title_en": cls.title.en,
            "names": [cls.key, cls.title.tr, cls.title.en, *cls.also_called],
            "frame": cls.frame.of(language),
            "fields": [_field(name, spec) for name, spec in cls.specs().items()],
            "one_of_each": [list(group) for group in cls.needs],
            "standard_material": cls.standard_material[0] if cls.standard_material else None,
            "example": dict(cls.example),
            "schema": cls.json_schema(),
        }


def _field(name: str, spec: Spec) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": name,
        "required": spec.required,
        "unit": spec.unit or None,
        "type": _type_of(spec),
        "names_tr": list(spec.tr),
        "names_en": list(spec.en),
        "default": spec.default if isinstance(spec.default, int | float | str) else None,
    }
    for bound in ("minimum", "maximum"):
        if hasattr(spec, bound):
            made[bound] = getattr(spec, bound)
    item = spec.item if isinstance(spec, Items) else spec
    if isinstance(item, Item):
        made["fields"] = [_field(inner, each) for inner, each in item.model.specs().items()]
    return made


def _type_of(spec: Spec) -> str:
    if isinstance(spec, Items):
        return "list"
    if isinstance(spec, Item):
        return "object"
    return "count" if isinstance(spec, Count) else type(spec).__name__.lower()


def _short(value: float) -> float:
    return round(value, 6)


def finished(part: PartFamily, findings: Findings) -> PartFamily:
    """Completes and checks a part; what is wrong goes into the findings."""
    checks = Checks(findings)
    whole = part.complete(checks)
    whole.check(checks)
    return whole

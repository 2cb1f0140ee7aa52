"""What shall come out: formats, the mesh's fineness, and whether the part is checked for its making."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from atolye.designs.fields import UNREAD, Angle, Choice, Flag, Length, Reading, declared
from atolye.designs.findings import At
from atolye.designs.model import Given, Model, read_mapping
from atolye.designs.words import fold, shown
from atolye.wire import EXPORT_FILES

FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "model.fcstd": ("fcstd", "freecad"),
    "solid.step": ("step", "stp"),
    "solid.iges": ("iges", "igs"),
    "solid.brep": ("brep", "brp"),
    "mesh.stl": ("stl",),
    "mesh.obj": ("obj",),
    "mesh.3mf": ("3mf",),
    "preview.glb": ("glb",),
    "picture.png": ("png",),
    "picture.svg": ("svg",),
    "parameters.json": ("parameters", "parametreler"),
}
"""Names of each kind of export, besides the kind itself."""

SHORT_NAMES: Final = {kind: names[0] for kind, names in FORMATS.items()}
DEFAULT_EXPORTS: Final = ("model.fcstd", "solid.step", "mesh.stl", "preview.glb", "picture.png")
DEFAULT_STEP_SCHEMA: Final = "AP214"
LINEAR_DEFLECTION_MM: Final = 0.1  # tessellation profile m1
ANGULAR_DEFLECTION_DEG: Final = 5.0

_KINDS: Final = {fold(name): kind for kind, names in FORMATS.items() for name in (kind, *names)}
_ALWAYS: Final = frozenset(("provenance", "provenancejson"))
"""Made for every job; asking for it changes nothing."""

_SCHEMA: Final = Choice(
    choices={
        "AP203": ("203", "config control design"),
        "AP214": ("214", "AP214IS", "automotive design"),
        "AP242": ("242", "AP242DIS"),
    }
)
_FORMAT_KEYS: Final = frozenset(fold(name) for name in ("format", "kind", "type", "biçim", "tür"))
_SCHEMA_KEYS: Final = frozenset(fold(name) for name in ("schema", "ap", "step_schema", "şema"))


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """A file to be made; only STEP has a schema."""

    kind: str
    schema: str | None = None

    def as_dict(self) -> dict[str, str]:
        return {"kind": self.kind} if self.schema is None else {"kind": self.kind, "schema": self.schema}


@dataclass(frozen=True)
class MeshOptions(Model):
    """How finely surfaces become triangles. ``relative``: the deflection is a share of each edge's length."""

    linear_deflection_mm: float = declared(
        Length(
            tr=("doğrusal sapma", "sapma"), en=("linear deflection", "deflection", "tolerance"),
            required=False, default=LINEAR_DEFLECTION_MM, minimum=0.001, maximum=10.0, bare="mm",
        )
    )  # fmt: skip
    angular_deflection_deg: float = declared(
        Angle(
            tr=("açısal sapma",), en=("angular deflection", "angular tolerance"),
            required=False, default=ANGULAR_DEFLECTION_DEG, minimum=0.5, maximum=90.0,
        )
    )  # fmt: skip
    relative: bool = declared(Flag(tr=("göreli", "bağıl"), en=("relative",), required=False, default=False))


@dataclass(frozen=True)
class Limits(Model):
    """Limits that the caller sets for the manufacturability checks, instead of the process' own."""

    names_of_rules: ClassVar[tuple[str, ...]] = ("min_wall_mm", "min_draft_deg", "tool_access")
    min_wall_mm: float | None = declared(
        Length(
            tr=("en az et kalınlığı", "en küçük et kalınlığı"),
            en=("min wall", "minimum wall", "min wall thickness"),
            required=False, minimum=0.05, maximum=100.0, bare="mm",
        )
    )  # fmt: skip
    min_draft_deg: float | None = declared(
        Angle(
            tr=("en az koniklik", "en küçük koniklik"),
            en=("min draft", "minimum draft"),
            required=False,
            minimum=0.0,
            maximum=45.0,
        )
    )
    tool_access: bool | None = declared(Flag(tr=("takım erişimi",), en=("tool access",), required=False))


def read_exports(
    given: Given | None, schema: Given | None, defaults: tuple[str, ...], reading: Reading
) -> tuple[ExportSpec, ...]:
    """The exports in canonical order. ``schema`` is the STEP schema where an entry names none."""
    default_schema = DEFAULT_STEP_SCHEMA
    if schema is not None:
        read = _SCHEMA.read(schema.raw, schema.at, reading)
        default_schema = DEFAULT_STEP_SCHEMA if read is UNREAD else read
    if given is None:
        wanted: dict[str, str | None] = dict.fromkeys(defaults)
    else:
        wanted = _wanted(given, reading)
    if schema is not None and "solid.step" not in wanted:
        reading.error("VALIDATION_CONFLICT", schema.at, fields=f"{schema.at.typed}, exports")
    return tuple(
        ExportSpec(kind, (wanted[kind] or default_schema) if kind == "solid.step" else None)
        for kind in EXPORT_FILES
        if kind in wanted
    )


def _wanted(given: Given, reading: Reading) -> dict[str, str | None]:
    """Kinds with the schema that their entry names."""
    entries = given.raw
    if isinstance(entries, str):
        entries = [word for word in entries.replace(";", ",").split(",") if word.strip()]
    elif isinstance(entries, Mapping):
        entries = [entries]
    if not isinstance(entries, list | tuple) or not entries:
        reading.error("VALIDATION_INVALID_TYPE", given.at, value=shown(given.raw), expected="[…]")
        return {}
    if len(entries) > 2 * len(FORMATS):
        reading.error("VALIDATION_TOO_MANY", given.at, value=len(entries), limit=2 * len(FORMATS))
        return {}
    wanted: dict[str, str | None] = {}
    for index, entry in enumerate(entries):
        at = given.at.item(index)
        kind, schema = _entry(entry, at, reading)
        if kind is None:
            continue
        if wanted.get(kind) is not None and schema not in (None, wanted[kind]):
            reading.error("VALIDATION_CONFLICT", at, fields=f"{kind} {wanted[kind]}, {kind} {schema}")
        wanted[kind] = schema or wanted.get(kind)
    return wanted


def _entry(entry: Any, at: At, reading: Reading) -> tuple[str | None, str | None]:
    """Kind and schema of ``"step"`` or ``{"format": "STEP", "ap": "AP203"}``."""
    if not isinstance(entry, Mapping):
        return _kind(entry, at, reading), None
    by_name = {fold(key): (key, value) for key, value in entry.items()}
    unknown = [key for name, (key, _) in by_name.items() if name not in _FORMAT_KEYS | _SCHEMA_KEYS]
    formats = [pair for name, pair in by_name.items() if name in _FORMAT_KEYS]
    schemas = [pair for name, pair in by_name.items() if name in _SCHEMA_KEYS]
    if unknown or len(formats) != 1 or len(schemas) > 1 or len(by_name) != len(entry):
        reading.error("VALIDATION_INVALID_TYPE", at, value="{…}", expected='{"format": …, "schema": …}')
        return None, None
    kind = _kind(formats[0][1], at.child("format", shown(formats[0][0])), reading)
    if not schemas or schemas[0][1] is None:
        return kind, None
    place = at.child("schema", shown(schemas[0][0]))
    if kind not in (None, "solid.step"):
        reading.error("VALIDATION_CONFLICT", place, fields=f"{kind}, {place.typed}")
        return kind, None
    schema = _SCHEMA.read(schemas[0][1], place, reading)
    return kind, None if schema is UNREAD else schema


def _kind(raw: Any, at: At, reading: Reading) -> str | None:
    word = fold(raw) if isinstance(raw, str) else ""
    if word in _ALWAYS:
        return None
    if word not in _KINDS:
        known = ", ".join(SHORT_NAMES.values())
        reading.error("VALIDATION_UNSUPPORTED_FORMAT", at, value=shown(raw), known=known)
        return None
    return _KINDS[word]


def read_mesh(given: Given | None, defaults: MeshOptions, reading: Reading) -> MeshOptions:
    """The mesh options; what is not said is the default, without a note."""
    if given is None:
        return defaults
    if not isinstance(given.raw, Mapping):
        reading.error("VALIDATION_INVALID_TYPE", given.at, value=shown(given.raw), expected="{…}")
        return defaults
    notes = len(reading.findings.notes)
    made = read_mapping(MeshOptions, given.raw, given.at, reading)
    del reading.findings.notes[notes:]
    if made is None:
        return defaults
    return made


def read_checks(given: Given | None, reading: Reading) -> tuple[bool, Limits | None]:
    """Whether the checks run, and with which limits of the caller's own."""
    if given is None:
        return True, None
    if not isinstance(given.raw, Mapping):
        value = Flag().read(given.raw, given.at, reading)
        return value is not False, None
    return True, read_mapping(Limits, given.raw, given.at, reading)

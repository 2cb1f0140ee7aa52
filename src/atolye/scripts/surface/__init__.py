"""FreeCAD's Python API as an engine really has it, and what of it a script may use.

A listing (``freecad-<version>.json.gz``) holds facts and is made by ``tools/gen_api_surface.py`` inside the
engine; ``policy.toml`` holds the allowlist. What is in a listing but not in the policy exists and is
refused.
"""

from __future__ import annotations

import builtins
import difflib
import gzip
import json
import keyword
import re
import tomllib
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, Literal

FOLDER: Final = Path(__file__).parent

Verdict = Literal["ok", "forbidden", "missing"]

_REPLACEMENT: Final = re.compile(r"\b[Uu]se (?:instead )?['`\"]?([A-Za-z_]\w+)")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")
_SHAPES: Final = tuple(
    f"Part.{name}"
    for name in ("Shape", "Solid", "Compound", "CompSolid", "Shell", "Face", "Wire", "Edge", "Vertex")
)
ANY_SHAPE: Final = "Part.Shape*"
"""The type of what may be a shape of any kind."""


def listing_name(freecad_version: str) -> str:
    return f"freecad-{freecad_version}.json.gz"


@cache
def policy() -> dict[str, Any]:
    with (FOLDER / "policy.toml").open("rb") as source:
        return tomllib.load(source)


def _words(table: str, key: str = "names") -> frozenset[str]:
    return frozenset(policy()[table].get(key, "").split())


class Surface:
    """What scripts may use of one FreeCAD version; answers are looked up, so it is made once and kept."""

    def __init__(self, listing: dict[str, Any]) -> None:
        self.freecad: str = listing["freecad"]
        self._types: dict[str, Any] = listing["types"]
        self._objects: dict[str, Any] = listing["objects"]
        self._listed: dict[str, dict[str, str]] = {}
        self._notes: dict[str, dict[str, str]] = {}
        for name, module in listing["modules"].items():
            self._take_module(name, module)
        self.values: frozenset[str] = _words("values") | _words("values", "python")
        self._forbidden_values = _words("values", "forbidden")
        self.call_only = _words("call_only")
        self.allowed_builtins = _words("builtins")
        self.forbidden_names = (
            frozenset(dir(builtins)) | _words("builtins", "forbidden")
        ) - self.allowed_builtins
        self.property_types = _words("properties")
        self._members_of: dict[str, frozenset[str]] = {}

    def _take_module(self, name: str, module: dict[str, Any]) -> None:
        self._listed[name] = module["members"]
        self._notes[name] = module.get("notes", {})
        for inner, submodule in module.get("submodules", {}).items():
            self._take_module(f"{name}.{inner}", submodule)

    # -- modules

    def is_module(self, name: str) -> bool:
        return name in _module_policy()

    @property
    def importable(self) -> list[str]:
        return [name for name in _module_policy() if "." not in name]

    def module_member(self, module: str, name: str) -> Verdict:
        """Whether ``module.name`` may be used, exists at all, or is refused."""
        allowed, forbidden, closed = _module_policy()[module]
        listed = self._listed[module]
        if name in allowed and (name in listed or self.is_module(f"{module}.{name}")):
            return "ok"
        return "forbidden" if closed or name in listed or name in forbidden else "missing"

    def module_names(self, module: str) -> frozenset[str]:
        return _module_policy()[module][0]

    def kind(self, module: str, name: str) -> str | None:
        """What a member of a module is: ``function``, ``class``, ``module`` or ``value``."""
        return self._listed.get(module, {}).get(name)

    def is_class(self, qualname: str) -> bool:
        module, _, name = qualname.rpartition(".")
        return self.kind(module, name) == "class"

    # -- values

    def is_listed(self, name: str) -> bool:
        """Whether any of FreeCAD's types or objects has an attribute of this name."""
        return any(name in entry["members"] for entry in self._types.values()) or any(
            name in entry["properties"] for entry in self._objects.values()
        )

    def value_attribute(self, name: str, kind: str | None) -> Verdict:
        """Whether an attribute may be used on a value of this kind (``None``: of any).

        Args:
            kind: a type of the listing, :data:`ANY_SHAPE`, or ``object:<TypeId>``.
        """
        if name in self._forbidden_values:
            return "forbidden" if name not in self.values else "ok"
        if name not in self.values:
            return "missing"
        members = self.members(kind) if kind else None
        return "ok" if members is None or name in members else "missing"

    def members(self, kind: str) -> frozenset[str] | None:
        """All names of a kind of value, or ``None`` where nothing is known of it."""
        if kind not in self._members_of:
            found = self._find_members(kind)
            if found is None:
                return None
            self._members_of[kind] = found
        return self._members_of[kind]

    def _find_members(self, kind: str) -> frozenset[str] | None:
        if kind == ANY_SHAPE:
            return frozenset().union(*(self._types[name]["members"] for name in _SHAPES))
        if kind.startswith("object:"):
            entry = self._objects.get(kind.removeprefix("object:"))
            if entry is None:
                return None
            return (
                frozenset(entry["properties"])
                | set(entry["members"])
                | set(self._types[entry["type"]]["members"])
            )
        return frozenset(self._types[kind]["members"]) if kind in self._types else None

    # -- document objects

    def object_type(self, type_id: str) -> Verdict:
        if (
            type_id.endswith("Python")
            or type_id in _words("objects", "forbidden")
            or "FeatureTest" in type_id
        ):
            return "forbidden"
        return "ok" if type_id in self._objects else "missing"

    @cached_property
    def object_types(self) -> list[str]:
        return [name for name in self._objects if self.object_type(name) == "ok"]

    def properties(self, type_id: str) -> dict[str, str]:
        """Properties of a kind of document object with their property types."""
        entry = self._objects.get(type_id)
        return dict(entry["properties"]) if entry else {}

    # -- advice

    def replacement(self, owner: str | None, name: str) -> str | None:
        """What stands where ``owner.name`` stood in an older FreeCAD, if that is known."""
        removed: dict[str, str] = policy()["removed"]
        exact = removed.get(f"{owner}.{name}" if owner else name)
        if exact is not None:
            return exact
        typed = self._objects.get((owner or "").removeprefix("object:"), {}).get("type")
        return removed.get(f"{typed}.{name}") if typed else None

    def nearest(self, name: str, known: Iterable[str]) -> list[str]:
        """The known names that look most like a wrong one, best first."""
        by_lower: dict[str, str] = {}
        for candidate in sorted(known):
            by_lower.setdefault(candidate.lower(), candidate)
        found = difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
        return [by_lower[match] for match in found]

    def deprecation(self, module: str, name: str) -> str | None:
        """What to write instead of a deprecated function of a module; ``None``: it is not deprecated."""
        note = self._notes.get(module, {}).get(name)
        if module == "Draft":
            snake = _HUMP.sub(lambda hump: f"_{hump[1].lower()}", name)
            if snake != name and snake in self._listed["Draft"]:
                return f"Draft.{snake}"
        return _advised(note, module) if note and "obsolete types" not in note else None

    def value_deprecation(self, name: str, kind: str | None) -> str | None:
        """What to write instead of a deprecated attribute; of an unknown kind, if it is so everywhere."""
        advice = self._deprecated_values.get(name)
        if advice is None:
            return None
        owners, text = advice
        if kind is None:
            having = {owner for owner, entry in self._types.items() if name in entry["members"]}
            return text if having <= owners else None
        if kind == ANY_SHAPE:
            return text if any(name in self._types[shape].get("notes", {}) for shape in _SHAPES) else None
        typed = self._objects.get(kind.removeprefix("object:"), {}).get("type", kind)
        return text if typed in owners else None

    @cached_property
    def _deprecated_values(self) -> dict[str, tuple[set[str], str]]:
        found: dict[str, tuple[set[str], str]] = {}
        for owner, entry in self._types.items():
            for name, note in entry.get("notes", {}).items():
                if name in self.values and not owner.startswith("numpy."):
                    found.setdefault(name, (set(), _advised(note, "")))[0].add(owner)
        for qualname, advice in policy()["deprecated"].items():
            owner, _, name = qualname.rpartition(".")
            found.setdefault(name, (set(), advice))[0].add(owner)
        return found


def _advised(note: str, module: str) -> str:
    match = _REPLACEMENT.search(note)
    name = match[1] if match else "—"
    return f"{module}.{name}" if module and match else name


@cache
def _module_policy() -> dict[str, tuple[frozenset[str], frozenset[str], bool]]:
    return {
        name: (
            frozenset(table["names"].split()),
            frozenset(table.get("forbidden", "").split()),
            bool(table.get("closed")),
        )
        for name, table in policy()["modules"].items()
    }


def listed_versions() -> list[str]:
    """FreeCAD versions that there is a listing of, newest last."""
    names = [
        path.name.removeprefix("freecad-").removesuffix(".json.gz")
        for path in FOLDER.glob("freecad-*.json.gz")
    ]
    return sorted(names, key=lambda version: tuple(int(part) for part in version.split(".")))


@cache
def surface(freecad_version: str | None = None) -> Surface:
    """The surface of a FreeCAD version.

    Args:
        freecad_version: such as ``1.1.3``; the newest listed one stands in for a version without a listing.
    """
    known = listed_versions()
    version = freecad_version if freecad_version in known else known[-1]
    return Surface(json.loads(gzip.decompress((FOLDER / listing_name(version)).read_bytes())))


def usable_name(name: str) -> bool:
    """Whether a script may give this name to something of its own."""
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__")

"""The lock: exactly which packages the tested engine consists of."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

_FILE: Final = "engine.lock"
_ID_LENGTH: Final = 12
_UPSTREAM: Final = re.compile(r"(?:\d+:)?(\d+(?:\.\d+)*)")

BYTES_MATTER: Final = re.compile(
    r"freecad|libfreecad|libocct|libtbb|python3\.\d+|libpython3|python3-numpy|zlib1g|libfreetype|libcoin|"
    r"python3-vtk|libvtk|.*mesa|libgl1-mesa|libegl-mesa|libllvm|libpng16|fonts-|libc6\Z|libblas|liblapack"
)
"""Names (from their start) of the packages whose version can change a byte of what the engine makes."""


@dataclass(frozen=True, slots=True)
class Package:
    """One Debian package of the engine; ``path`` is where a mirror keeps it."""

    name: str
    version: str
    architecture: str
    sha256: str
    size_bytes: int
    path: str

    @property
    def upstream(self) -> str:
        """The version without Debian's additions: ``1.1.3`` of ``1.1.3+dfsg-3``."""
        found = _UPSTREAM.match(self.version)
        return found[1] if found else self.version

    @property
    def matters_for_bytes(self) -> bool:
        return bool(BYTES_MATTER.match(self.name))


@dataclass(frozen=True, slots=True)
class Lock:
    """The packages asked for, and the set that was tested."""

    suite: str
    include: tuple[str, ...]
    packages: Mapping[str, Package]

    @property
    def id(self) -> str:
        """Name of the folder of the engine made from this lock."""
        lines = sorted(f"{item.name} {item.version} {item.sha256}" for item in self.packages.values())
        text = "\n".join((self.suite, *self.include, *lines))
        return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]

    @property
    def size_bytes(self) -> int:
        """Length of all package files together."""
        return sum(item.size_bytes for item in self.packages.values())


@dataclass(frozen=True, slots=True)
class Drift:
    """How a set of packages differs from the locked one: name → (locked, found) version, ``""`` for none."""

    of_bytes: Mapping[str, tuple[str, str]]
    """Packages that can change a byte of a result: golden bytes no longer hold."""
    of_others: Mapping[str, tuple[str, str]]

    def __bool__(self) -> bool:
        return bool(self.of_bytes or self.of_others)


def drift(lock: Lock, found: Mapping[str, Package]) -> Drift:
    """Compare what is there with what was tested."""
    of_bytes: dict[str, tuple[str, str]] = {}
    of_others: dict[str, tuple[str, str]] = {}
    for name in sorted({*lock.packages, *found}):
        locked, present = lock.packages.get(name), found.get(name)
        versions = (locked.version if locked else "", present.version if present else "")
        if versions[0] != versions[1]:
            matters = any(each is not None and each.matters_for_bytes for each in (locked, present))
            (of_bytes if matters else of_others)[name] = versions
    return Drift(of_bytes, of_others)


def read_rows(text: str) -> dict[str, Package]:
    """Packages from lines of name, version, architecture, sha256, size and path."""
    packages = {}
    for line in text.strip().splitlines():
        name, version, architecture, sha256, size, path = line.split()
        packages[name] = Package(name, version, architecture, sha256, int(size), path)
    return packages


def rows(packages: Iterable[Package]) -> str:
    """The reverse of :func:`read_rows`, sorted by name."""
    ordered = sorted(packages, key=lambda item: item.name)
    return "".join(
        f"{p.name} {p.version} {p.architecture} {p.sha256} {p.size_bytes} {p.path}\n" for p in ordered
    )


def read_lock(text: str) -> Lock:
    """A lock from the text of its file.

    Raises:
        ValueError: the text is no lock. KeyError: something is missing from it.
    """
    table = tomllib.loads(text)
    return Lock(table["suite"], tuple(table["include"]), read_rows(table["packages"]))


def lock_text(lock: Lock) -> str:
    """The file of a lock: short TOML, one line a package, so that a change of it can be read."""
    return (
        "# The packages of the tested engine; `python -m atolye.engine.relock` writes this file.\n"
        "# Columns: name, version, architecture, sha256, size in bytes, path on a mirror.\n"
        f"suite = {json.dumps(lock.suite)}\n"
        f"include = {json.dumps(list(lock.include), indent=4)}\n"
        f'packages = """\n{rows(lock.packages.values())}"""\n'
    )


def lock_file() -> Path:
    """``engine.lock`` in the root of a checkout; an installed package has a copy of it instead."""
    return Path(__file__).parents[3] / _FILE


@cache
def packaged_lock() -> Lock:
    """The lock that this version of the service was tested with."""
    checkout = lock_file()
    if checkout.is_file():
        return read_lock(checkout.read_text(encoding="utf-8"))
    return read_lock(files("atolye.engine").joinpath(_FILE).read_text(encoding="utf-8"))

"""The lock: exactly which packages the tested engine consists of."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

_FILE: Final = "engine.lock"
_ID_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Package:
    """One Debian package of the engine."""

    name: str
    version: str
    architecture: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Lock:
    """The packages asked for, and the set that was tested."""

    suite: str
    include: tuple[str, ...]
    freecad: str
    occt: str
    python: str
    packages: Mapping[str, Package]

    @property
    def id(self) -> str:
        """Name of the folder of the engine made from this lock."""
        content = "\n".join(f"{item.name} {item.version} {item.sha256}" for item in self.packages.values())
        return hashlib.sha256("\n".join((self.suite, *self.include, content)).encode()).hexdigest()[
            :_ID_LENGTH
        ]


def read_lock(text: str) -> Lock:
    """A lock from the text of its file.

    Raises:
        ValueError: the text is no lock.
    """
    table = tomllib.loads(text)
    rows = [line.split() for line in table["packages"].strip().splitlines()]
    return Lock(
        table["suite"],
        tuple(table["include"]),
        table["freecad"],
        table["occt"],
        table["python"],
        {row[0]: Package(*row) for row in rows},
    )


def lock_text(lock: Lock) -> str:
    """The file of a lock: short TOML, one line a package, so that a change of it can be read."""
    rows = [f"{p.name} {p.version} {p.architecture} {p.sha256}" for _, p in sorted(lock.packages.items())]
    return (
        "# The packages of the tested engine. Written by `atolye engine lock`; see atolye/engine/lock.py.\n"
        f"suite = {json.dumps(lock.suite)}\n"
        f"freecad = {json.dumps(lock.freecad)}\nocct = {json.dumps(lock.occt)}\npython = {json.dumps(lock.python)}\n"
        f"include = {json.dumps(list(lock.include), indent=4)}\n"
        "# name, version, architecture, sha256 of the package file\n"
        f'packages = """\n{chr(10).join(rows)}\n"""\n'
    )


@cache
def packaged_lock() -> Lock:
    """The lock that this version of the service was tested with."""
    return read_lock(lock_path_text())


def lock_path_text() -> str:
    """Text of ``engine.lock``: of the checkout's root, or as it was packaged."""
    checkout = Path(__file__).parents[3] / _FILE
    if checkout.is_file():
        return checkout.read_text(encoding="utf-8")
    return files("atolye.engine").joinpath(_FILE).read_text(encoding="utf-8")

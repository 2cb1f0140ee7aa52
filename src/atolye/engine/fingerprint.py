"""Names everything that can change a byte of what the engine makes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import atolye
from atolye.engine.install import Installed

_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Two engines with the same fingerprint make the same bytes of the same request."""

    packages: dict[str, str]
    """Versions of the packages whose code takes part in making results."""
    kernel_sha256: str
    """Hash of the kernel package's own sources."""

    @property
    def value(self) -> str:
        text = json.dumps([self.packages, self.kernel_sha256], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]

    def as_dict(self) -> dict[str, Any]:
        return {"value": self.value, "packages": self.packages, "kernel_sha256": self.kernel_sha256}


def fingerprint(engine: Installed) -> Fingerprint:
    """The fingerprint of an installed engine with this version of the kernel."""
    packages = {p.name: p.version for p in engine.packages.values() if p.matters_for_bytes}
    return Fingerprint(dict(sorted(packages.items())), kernel_sha256(Path(atolye.__file__).parent))


@cache
def kernel_sha256(package: Path) -> str:
    """Hash of the sources that run inside the engine: ``wire.py`` and ``kernel/``, server and all.

    Args:
        package: folder of the package ``atolye``.
    """
    digest = hashlib.sha256()
    sources = [path for path in (package / "kernel").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    for path in sorted([package / "wire.py", *sources]):
        digest.update(f"{path.relative_to(package).as_posix()} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()

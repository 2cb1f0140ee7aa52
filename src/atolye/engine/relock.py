"""Writes ``engine.lock`` anew from what the suite has today: ``python -m atolye.engine.relock``.

After it the engine has to be installed again, the whole test suite run and the golden files approved.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from atolye.engine.lock import Lock, lock_file, lock_text
from atolye.engine.packages import Apt, machine_mirror

SUITE: Final = "forky"
INCLUDE: Final = (
    "freecad-python3", "freecad-common", "python3", "python3-numpy", "python3-vtk9", "fonts-dejavu-core",
    "ca-certificates", "python3-psutil", "python3-trimesh", "python3-ifcopenshell", "python3-ezdxf",
    "python3-collada", "python3-opencamlib", "calculix-ccx", "gmsh", "libseccomp2", "libc-bin",
)  # fmt: skip


def current_lock(folder: Path, mirror: str) -> Lock:
    """The lock that today's state of the suite would give."""
    apt = Apt(folder, mirror, SUITE)
    apt.prepare()
    apt.update()
    return Lock(SUITE, INCLUDE, apt.closure(INCLUDE))


def main() -> None:
    mirror = os.environ.get("ATOLYE_ENGINE_MIRROR") or machine_mirror()
    with tempfile.TemporaryDirectory() as folder:
        lock_file().write_text(lock_text(current_lock(Path(folder), mirror)), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Where the engine lies on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from atolye.engine.lock import Lock, packaged_lock
from atolye.errors import AtolyeError


def home() -> Path:
    """``ATOLYE_HOME``, or the platform's folder for a user's data."""
    given = os.environ.get("ATOLYE_HOME")
    return Path(given) if given else Path(platformdirs.user_data_dir("atolye"))


def engines_folder(root_home: Path) -> Path:
    return root_home / "engine"


def root_of(root_home: Path, lock: Lock | None = None) -> Path:
    """Folder that the engine of this lock is, or would be, installed in."""
    return engines_folder(root_home) / (lock or packaged_lock()).id


def installed_root() -> Path:
    """The engine in use: ``ATOLYE_ENGINE_ROOT``, or what ``install`` has put under :func:`home`.

    Raises:
        AtolyeError: ``ENGINE_NOT_INSTALLED``.
    """
    given = os.environ.get("ATOLYE_ENGINE_ROOT")
    root = Path(given) if given else root_of(home())
    if not (root / "usr/bin/python3").exists():
        raise AtolyeError("ENGINE_NOT_INSTALLED", root=str(root))
    return root

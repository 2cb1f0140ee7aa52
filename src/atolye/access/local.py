"""The local user of embedded mode: one tenant, one licence, secrets in the home folder."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import Final

from atolye.access.models import Licence
from atolye.errors import AtolyeError

LOCAL_TENANT_ID: Final = "6f1d3c52-8a0b-5e0e-9d7a-0a7d5a2f0001"
LOCAL_USER_ID: Final = "6f1d3c52-8a0b-5e0e-9d7a-0a7d5a2f0002"
LOCAL_LICENSE_ID: Final = "6f1d3c52-8a0b-5e0e-9d7a-0a7d5a2f0003"
"""Made up once and the same in every installation: a home has one user, and copies of a home stay valid."""

SECRET_BYTES: Final = 32


def local_licence() -> Licence:
    """The licence of embedded mode: always in force, with the limits of the settings."""
    return Licence(license_id=LOCAL_LICENSE_ID, tenant_id=LOCAL_TENANT_ID, status="active")


def local_secret(home: Path, name: str) -> bytes:
    """The secret ``name`` of a home folder, made at the first call (mode 0600).

    Two processes that start at once get the same secret.

    Raises:
        AtolyeError: ``ACCESS_SECRET_EXPOSED`` when others may read the file, ``ACCESS_SECRET_UNUSABLE``
            when it cannot be made, read or is too short.
    """
    path = home / name
    try:
        if not path.exists():
            _create(path)
        return _read(path)
    except OSError as problem:
        raise AtolyeError("ACCESS_SECRET_UNUSABLE", name=name, reason=problem.strerror or "") from None


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # unlike a rename, it fails when another process was first
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise AtolyeError("ACCESS_SECRET_EXPOSED", name=path.name)
        secret = file.read()
    if len(secret) < SECRET_BYTES:
        raise AtolyeError("ACCESS_SECRET_UNUSABLE", name=path.name, reason=f"{len(secret)} < {SECRET_BYTES}")
    return secret

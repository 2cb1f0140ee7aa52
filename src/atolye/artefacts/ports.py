"""What the product asks of an object store, wherever the bytes are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from atolye.artefacts.models import Artefact, StoredObject
from atolye.errors import AtolyeError

_KEY: Final = re.compile(
    r"jobs/(?P<job_id>[A-Za-z0-9_-]{1,64})/(?P<name>[^/\x00-\x1f@.][^/\x00-\x1f@]{0,199})"
)


class ArtefactStore(Protocol):
    """A store with versions: what was put stays as it was until that version is deleted.

    Every failure is an ``AtolyeError``: ``STORAGE_WRITE_FAILED``, ``STORAGE_READ_FAILED``,
    ``STORAGE_QUOTA_EXCEEDED``, ``STORAGE_CHECKSUM_MISMATCH``, ``STORAGE_UNAVAILABLE`` or
    ``ARTEFACT_NOT_FOUND``. A failed ``put`` leaves nothing behind.
    """

    def put(
        self,
        key: str,
        source: Path | bytes,
        *,
        content_type: str,
        sha256: str | None = None,
        metadata: Mapping[str, str] | None = None,
        consume: bool = False,
    ) -> StoredObject:
        """Stores a new version and makes it the current one.

        Args:
            key: ``jobs/{job_id}/{file}``.
            sha256: what the content must have; other content is refused.
            metadata: kept with the object where the store can; nothing personal, no secrets.
            consume: the source file may be moved away instead of being copied.
        """
        ...

    def open(
        self, artefact: Artefact | StoredObject | Mapping[str, Any] | str, version_id: str | None = None
    ) -> BinaryIO:
        """The bytes of a version; of the current one when none is named. The caller closes the file.

        Args:
            artefact: a key, or anything that knows its key and version.
        """
        ...

    def stat(self, key: str, version_id: str | None = None) -> StoredObject: ...

    def delete(self, key: str, version_id: str | None = None) -> None:
        """Removes a version for good; without one, hides the current version (a delete marker).

        What is not there counts as deleted.
        """
        ...

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """All versions of the objects whose keys begin so, oldest version first."""
        ...

    def work_folder(self, job_id: str) -> AbstractContextManager[Path]:
        """A fresh folder for a running job's files, cheap to ``put(consume=True)`` from. Gone afterwards."""
        ...

    def close(self) -> None:
        """Gives back what the store keeps for this process; it can be used again."""
        ...


def split_key(key: str) -> tuple[str, str]:
    """Job id and file name of a key.

    Raises:
        AtolyeError: ``ARTEFACT_NOT_FOUND``: no object can have such a key.
    """
    found = _KEY.fullmatch(key)
    if found is None:
        raise AtolyeError("ARTEFACT_NOT_FOUND", details={"key": key[:200]})
    return found["job_id"], found["name"]


def reference(
    artefact: Artefact | StoredObject | Mapping[str, Any] | str, version_id: str | None
) -> tuple[str, str | None]:
    """Key and version that an artefact stands for."""
    if isinstance(artefact, str):
        return artefact, version_id
    if isinstance(artefact, Mapping):
        return str(artefact["path"]), version_id or artefact.get("version_id")
    return artefact.key, version_id or artefact.version_id

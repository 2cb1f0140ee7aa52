"""Plain data of artefacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atolye.artefacts.kinds import Disposition, disposition_of


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One version of a file in a store."""

    bucket: str
    key: str
    """``jobs/{job_id}/{file}``."""
    version_id: str
    size_bytes: int
    sha256: str
    content_type: str
    etag: str
    storage_class: str = "STANDARD"
    region: str | None = None
    request_id: str | None = None
    """The store's own id of the request, for its provider's support and for the audit."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """One version of a file of a job, as its row tells."""

    artefact_id: str
    job_id: str
    kind: str
    name: str
    key: str
    version_id: str
    version_seq: int
    sha256: str
    size_bytes: int
    content_type: str
    etag: str
    metadata: dict[str, Any]
    created_at: datetime

    @property
    def disposition(self) -> Disposition:
        return disposition_of(self.content_type)

    def as_json(self) -> dict[str, Any]:
        """The artefact in ``job.json``; ``path`` is its key in the store."""
        return {
            "kind": self.kind,
            "name": self.name,
            "path": self.key,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "content_type": self.content_type,
            "version_id": self.version_id,
            "metadata": self.metadata,
        }

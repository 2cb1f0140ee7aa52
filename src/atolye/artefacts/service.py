"""Artefacts of jobs: their rows, their versions, and what happens to their bytes when they go."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update

from atolye.artefacts.kinds import KINDS, Kind, name_of
from atolye.artefacts.models import Artefact, StoredObject
from atolye.artefacts.ports import ArtefactStore
from atolye.artefacts.tables import ArtefactDeletion, ArtefactRow, TopologyHash
from atolye.db.base import table_of
from atolye.db.session import Database
from atolye.errors import AtolyeError

TRANSIENT_DAYS: Final = 90
"""Age at which pictures and previews of a part expire; its other files stay as long as their job."""
OLD_VERSION_DAYS: Final = 180
"""Age at which a version that is not the current one expires."""

_COLUMNS = table_of(ArtefactRow)
_TOPOLOGY = table_of(TopologyHash)
_DELETIONS = table_of(ArtefactDeletion)
_ROWS = select(_COLUMNS)


@dataclass(frozen=True, slots=True)
class Item:
    """A stored file and what is to be known about it."""

    kind: Kind
    stored: StoredObject
    metadata: dict[str, Any] = field(default_factory=dict)
    exporter_version: str | None = None
    topology: Sequence[Mapping[str, str]] = ()
    """Hashes of its sub-shapes: ``path``, ``kind``, ``hash``."""
    occt_version: str | None = None


class Artefacts:
    """Rows and bytes of artefacts together.

    Rows are written inside the caller's transaction, after the bytes are in the store: a row always has its
    bytes, and bytes without a row are leftovers of a crash (see :meth:`remove_orphans`).
    """

    def __init__(self, database: Database, store: ArtefactStore) -> None:
        self._database = database
        self.store = store

    def put(
        self,
        job_id: str,
        kind: Kind,
        source: Path | bytes,
        *,
        sha256: str | None = None,
        metadata: Mapping[str, str] | None = None,
        consume: bool = False,
    ) -> StoredObject:
        """Stores a job's file of a kind under its name."""
        return self.store.put(
            f"jobs/{job_id}/{name_of(job_id, kind)}",
            source,
            content_type=kind.content_type,
            sha256=sha256,
            metadata=metadata,
            consume=consume,
        )

    def record(
        self, connection: Connection, job_id: str, items: Sequence[Item], *, request_id: str, first: bool
    ) -> list[int]:
        """Writes the rows of stored files; each becomes the latest version of its name.

        Args:
            first: the job has no artefacts yet, so nothing has to be looked up.

        Returns:
            The rows' ids in the order of the items.
        """
        if not items:
            return []
        names = [_file_name(item) for item in items]
        last = {} if first else _supersede(connection, job_id, names)
        values = [
            _values(job_id, item, name, last.get(name, 0) + 1, request_id)
            for item, name in zip(items, names, strict=True)
        ]
        ids = list(
            connection.scalars(
                insert(_COLUMNS).returning(_COLUMNS.c.id, sort_by_parameter_order=True), values
            )
        )
        hashes = [
            {
                "artefact_id": row_id,
                "object_path": part["path"],
                "shape_kind": part["kind"],
                "topo_hash": part["hash"],
                "occt_algo_version": item.occt_version or "",
            }
            for row_id, item in zip(ids, items, strict=True)
            for part in item.topology
        ]
        if hashes:
            connection.execute(insert(_TOPOLOGY), hashes)
        return ids

    def of_job(self, job_id: str, *, connection: Connection | None = None) -> list[Artefact]:
        """The latest version of each file, in the order they were made."""
        query = _ROWS.where(_COLUMNS.c.job_id == job_id, _COLUMNS.c.is_latest).order_by(_COLUMNS.c.id)
        if connection is not None:
            return [_artefact(row) for row in connection.execute(query)]
        with self._database.read() as own:
            return [_artefact(row) for row in own.execute(query)]

    def of_jobs(self, job_ids: Sequence[str], connection: Connection) -> dict[str, list[Artefact]]:
        """The same for several jobs at once."""
        found: dict[str, list[Artefact]] = {job_id: [] for job_id in job_ids}
        query = _ROWS.where(_COLUMNS.c.job_id.in_(job_ids), _COLUMNS.c.is_latest).order_by(_COLUMNS.c.id)
        for row in connection.execute(query) if job_ids else ():
            found[row.job_id].append(_artefact(row))
        return found

    def history(self, job_id: str, name: str) -> list[Artefact]:
        """All versions of a file, oldest first."""
        query = _ROWS.where(_COLUMNS.c.job_id == job_id, _COLUMNS.c.logical_name == name)
        with self._database.read() as connection:
            return [_artefact(row) for row in connection.execute(query.order_by(_COLUMNS.c.version_seq))]

    def find(self, artefact_id: str) -> Artefact:
        """The artefact with that id, whoever it belongs to; for links, which are permissions by themselves.

        Raises:
            AtolyeError: ``ARTEFACT_NOT_FOUND``.
        """
        if artefact_id.isascii() and artefact_id.isdigit() and len(artefact_id) < 19:
            with self._database.read() as connection:
                row = connection.execute(_ROWS.where(_COLUMNS.c.id == int(artefact_id))).first()
            if row is not None:
                return _artefact(row)
        raise AtolyeError("ARTEFACT_NOT_FOUND")

    def by_topology(self, topo_hash: str) -> list[Artefact]:
        """The artefacts that contain a sub-shape with that hash."""
        holders = select(TopologyHash.artefact_id).where(TopologyHash.topo_hash == topo_hash)
        with self._database.read() as connection:
            rows = connection.execute(_ROWS.where(_COLUMNS.c.id.in_(holders)).order_by(_COLUMNS.c.id))
            return [_artefact(row) for row in rows]

    def schedule_deletion(self, connection: Connection, job_id: str, tenant_id: str) -> int:
        """Takes the rows of all versions of a job's files away; their bytes are removed by the collector."""
        return _hand_over(connection, _COLUMNS.c.job_id == job_id, tenant_id)

    def expire(self, now: datetime) -> int:
        """Schedules what has outlived its time: old pictures and previews, and old versions."""
        transient = [kind.key for kind in KINDS.values() if kind.transient]
        due = or_(
            and_(
                _COLUMNS.c.kind.in_(transient), _COLUMNS.c.created_at < now - timedelta(days=TRANSIENT_DAYS)
            ),
            and_(~_COLUMNS.c.is_latest, _COLUMNS.c.created_at < now - timedelta(days=OLD_VERSION_DAYS)),
        )
        with self._database.write() as connection:
            return _hand_over(connection, due, "")

    def remove_orphans(self, job_id: str) -> int:
        """Removes stored versions that no row knows: a process died between storing and recording."""
        with self._database.read() as connection:
            known = set(connection.scalars(select(_COLUMNS.c.version_id).where(_COLUMNS.c.job_id == job_id)))
        orphans = [item for item in self.store.list(f"jobs/{job_id}/") if item.version_id not in known]
        for item in orphans:
            self.store.delete(item.key, item.version_id)
        return len(orphans)


def storage_audit(items: Sequence[Item]) -> tuple[dict[str, Any], str]:
    """What the audit keeps of storing files, and its hash."""
    detail = {
        "operation": "put",
        "objects": [
            {
                "bucket": item.stored.bucket,
                "key": item.stored.key,
                "version_id": item.stored.version_id,
                "sha256": item.stored.sha256,
                "size_bytes": item.stored.size_bytes,
                "request_id": item.stored.request_id,
            }
            for item in items
        ],
    }
    canonical = json.dumps(detail, sort_keys=True, separators=(",", ":"))
    return detail, hashlib.sha256(canonical.encode()).hexdigest()


def _file_name(item: Item) -> str:
    return item.stored.key.rpartition("/")[2]


def _values(job_id: str, item: Item, name: str, version_seq: int, request_id: str) -> dict[str, Any]:
    stored = item.stored
    return {
        "job_id": job_id,
        "kind": item.kind.key,
        "file_type": item.kind.file_type,
        "logical_name": name,
        "version_seq": version_seq,
        "is_latest": True,
        "key": stored.key,
        "bucket": stored.bucket,
        "region": stored.region,
        "version_id": stored.version_id,
        "etag": stored.etag,
        "size_bytes": stored.size_bytes,
        "content_type": stored.content_type,
        "storage_class": stored.storage_class,
        "sha256": stored.sha256,
        "exporter_version": item.exporter_version,
        "request_id": request_id,
        "storage_request_id": stored.request_id,
        "metadata": item.metadata,
    }


def _supersede(connection: Connection, job_id: str, names: Sequence[str]) -> dict[str, int]:
    """Takes the pointer from the versions so far; the highest number of each name."""
    mine = (_COLUMNS.c.job_id == job_id, _COLUMNS.c.logical_name.in_(names))
    query = select(_COLUMNS.c.logical_name, func.max(_COLUMNS.c.version_seq)).where(*mine)
    last = {row[0]: row[1] for row in connection.execute(query.group_by(_COLUMNS.c.logical_name))}
    connection.execute(update(_COLUMNS).where(*mine, _COLUMNS.c.is_latest).values(is_latest=False))
    return last


def _hand_over(connection: Connection, which: Any, tenant_id: str) -> int:
    """Moves artefact rows to the list of pending deletions."""
    fields = ("job_id", "bucket", "key", "version_id")
    rows = connection.execute(select(*(_COLUMNS.c[name] for name in fields)).where(which)).all()
    if rows:
        connection.execute(insert(_DELETIONS), [{**row._mapping, "tenant_id": tenant_id} for row in rows])
        connection.execute(delete(_COLUMNS).where(which))
    return len(rows)


def _artefact(row: Row[Any]) -> Artefact:
    return Artefact(
        artefact_id=str(row.id),
        job_id=row.job_id,
        kind=row.kind,
        name=row.logical_name,
        key=row.key,
        version_id=row.version_id,
        version_seq=row.version_seq,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        content_type=row.content_type,
        etag=row.etag,
        metadata=row.metadata,
        created_at=row.created_at,
    )

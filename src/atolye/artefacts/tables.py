"""Tables of artefacts: a row per version of a file, its topology's hashes, deletions still to be done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, func, text, true
from sqlalchemy.orm import Mapped, mapped_column

from atolye.db.base import Base, BigSerial


class ArtefactRow(Base):
    """One version of one file of a job."""

    __tablename__ = "artefacts"

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(32))
    file_type: Mapped[str] = mapped_column(String(16))
    logical_name: Mapped[str] = mapped_column(String(255))
    version_seq: Mapped[int] = mapped_column(server_default="1")
    is_latest: Mapped[bool] = mapped_column(server_default=true())
    """The pointer to the version that is current; at most one a name (by a partial unique index)."""
    key: Mapped[str] = mapped_column(String(512))
    bucket: Mapped[str] = mapped_column(String(63))
    region: Mapped[str | None] = mapped_column(String(32))
    version_id: Mapped[str] = mapped_column(String(128))
    etag: Mapped[str] = mapped_column(String(128))
    """The store's own tag. On S3 no sha256, and for a multipart upload no hash of the content."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    content_type: Mapped[str] = mapped_column(String(128))
    storage_class: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64))
    exporter_version: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(64))
    storage_request_id: Mapped[str | None] = mapped_column(String(128))
    details: Mapped[dict[str, Any]] = mapped_column("metadata")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint(
            "job_id", "logical_name", "version_seq", name="uq_artefacts_job_id_logical_name_version_seq"
        ),
        UniqueConstraint("job_id", "key", "version_id", name="uq_artefacts_job_id_key_version_id"),
        Index(
            "uq_artefacts_latest",
            "job_id",
            "logical_name",
            unique=True,
            sqlite_where=text("is_latest"),
            postgresql_where=text("is_latest"),
        ),
        Index("ix_artefacts_job_id", "job_id"),
        Index("ix_artefacts_sha256", "sha256"),
        Index("ix_artefacts_created_at", "created_at"),
    )


class TopologyHash(Base):
    """The hash of one sub-shape of an artefact; equal geometry has equal hashes."""

    __tablename__ = "topology_hashes"

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True)
    artefact_id: Mapped[int] = mapped_column(BigSerial, ForeignKey("artefacts.id", ondelete="CASCADE"))
    object_path: Mapped[str] = mapped_column(Text)
    shape_kind: Mapped[str] = mapped_column(Text)
    topo_hash: Mapped[str] = mapped_column(Text)
    occt_algo_version: Mapped[str] = mapped_column(String(16), server_default="7.9.x")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint(
            "artefact_id",
            "object_path",
            "shape_kind",
            name="uq_topology_hashes_artefact_id_object_path_shape_kind",
        ),
        Index("ix_topology_hashes_topo_hash", "topo_hash"),
        Index("ix_topology_hashes_artefact_id", "artefact_id"),
        Index("ix_topology_hashes_occt_algo_version", "occt_algo_version"),
    )


class ArtefactDeletion(Base):
    """A stored version whose row is gone and whose bytes are still to be removed."""

    __tablename__ = "artefact_deletions"

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True)
    job_id: Mapped[str] = mapped_column(String(64))
    tenant_id: Mapped[str] = mapped_column(String(64))
    bucket: Mapped[str] = mapped_column(String(63))
    key: Mapped[str] = mapped_column(String(512))
    version_id: Mapped[str] = mapped_column(String(128))
    status: Mapped[str] = mapped_column(String(20), server_default="deletion_pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str | None] = mapped_column(Text)
    next_try_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("bucket", "key", "version_id", name="uq_artefact_deletions_bucket_key_version_id"),
        Index("ix_artefact_deletions_next_try_at", "next_try_at"),
    )

"""Which versions of FreeCAD and OCCT may make models, as the database sees it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, NoReturn

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Mapped, mapped_column

from atolye.db.base import Base
from atolye.errors import AtolyeError

FREECAD_VERSION: Final = re.compile(r"1\.1\.\d+")
OCCT_VERSION: Final = re.compile(r"7\.[89]\.\d+")


class DeployedToolchain(Base):
    """The toolchain that this installation works with; at most one row."""

    __tablename__ = "deployed_toolchain"

    id: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, server_default="1")
    freecad_version: Mapped[str] = mapped_column(sa.String(16))
    occt_version: Mapped[str] = mapped_column(sa.String(16))
    fingerprint: Mapped[str | None] = mapped_column(sa.String(64))
    recorded_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


def refuse(reason: str) -> NoReturn:
    """Stops a migration; what it did so far is rolled back."""
    raise AtolyeError("DATABASE_MIGRATION_REFUSED", reason=reason)


def is_supported(freecad_version: str, occt_version: str) -> bool:
    return bool(FREECAD_VERSION.fullmatch(freecad_version) and OCCT_VERSION.fullmatch(occt_version))


def assert_toolchain_compat(connection: Connection) -> None:
    """Refuses when the recorded toolchain is out of range; without a record there is nothing to refuse.

    Raises:
        AtolyeError: ``DATABASE_MIGRATION_REFUSED``.
    """
    if not sa.inspect(connection).has_table("deployed_toolchain"):
        return
    row = connection.execute(sa.text("SELECT freecad_version, occt_version FROM deployed_toolchain")).first()
    if row is not None and not is_supported(row.freecad_version, row.occt_version):
        refuse(f"the deployed toolchain is FreeCAD {row.freecad_version} with OCCT {row.occt_version}")


def record_toolchain(
    connection: Connection, *, freecad_version: str, occt_version: str, fingerprint: str | None = None
) -> None:
    """Remembers the toolchain of this installation in the place of the last one."""
    values = {
        "freecad_version": freecad_version,
        "occt_version": occt_version,
        "fingerprint": fingerprint,
        "recorded_at": datetime.now(UTC),
    }
    changed = connection.execute(sa.update(DeployedToolchain).values(values))
    if changed.rowcount == 0:
        connection.execute(sa.insert(DeployedToolchain).values(id=1, **values))

"""Plain data of access control."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final, Literal

READ: Final = "models:read"
WRITE: Final = "models:write"
OPERATE: Final = "service:operate"
"""Scope of operators; needed for the settings page of a production service."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a verified token speaks for. All ids are UUIDs in canonical text."""

    user_id: str
    tenant_id: str
    license_id: str
    scopes: frozenset[str]
    jti: str
    expires_at: int
    """End of the token's life, Unix seconds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many requests a user may make in a minute."""

    writes_per_min: int
    prompts_per_min: int
    reads_per_min: int

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


LicenceStatus = Literal["active", "suspended"]


@dataclass(frozen=True, slots=True)
class Licence:
    """A tenant's right to use the service, within its dates (aware datetimes)."""

    license_id: str
    tenant_id: str
    status: LicenceStatus
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    limits: Limits | None = None
    """The licence's own limits; none means those of the settings."""

"""Signed links: whoever holds one may fetch one artefact, for a while, without a token.

The signature (HMAC-SHA256) covers everything that the link allows: which artefact, until when, with which
method, and optional constraints: the caller's network, the content type, the disposition. Links are
called back by replacing the secret or by deleting the artefact.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode

from atolye.errors import AtolyeError

LEAST_MINUTES: Final = 1
MOST_MINUTES: Final = 1440

Disposition = Literal["attachment", "inline"]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a link allows.

    ``method`` is ``GET`` (which includes ``HEAD``) or ``HEAD``; ``network`` is an address range in CIDR form.
    """

    artefact_id: str
    version: str
    """The version of the bytes: a link never serves what came later under the same id."""
    expires_at: int
    """Unix seconds."""
    method: Literal["GET", "HEAD"] = "GET"
    disposition: Disposition | None = None
    network: str | None = None
    content_type: str | None = None

    def parameters(self) -> dict[str, str]:
        """The grant as query parameters, without its signature."""
        optional = {
            "disposition": self.disposition,
            "network": self.network,
            "content_type": self.content_type,
        }
        given = {name: value for name, value in optional.items() if value is not None}
        return {"version": self.version, "expires": str(self.expires_at), "method": self.method, **given}


class LinkSigner:
    """Signs grants and checks what comes back.

    Args:
        secret: 32 bytes or more.
        clock: Unix seconds.
    """

    def __init__(self, secret: bytes, *, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._clock = clock

    def expiry(self, minutes: int) -> int:
        """Unix seconds at which a link made now ends.

        Raises:
            AtolyeError: ``LINK_TTL_INVALID``: not within 1 to 1440 minutes.
        """
        if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
            raise AtolyeError("LINK_TTL_INVALID", minimum=LEAST_MINUTES, maximum=MOST_MINUTES)
        return int(self._clock()) + 60 * minutes

    def query(self, grant: Grant) -> str:
        """The query string that carries the grant."""
        return urlencode({**grant.parameters(), "signature": self._signature(grant)})

    def check(
        self,
        artefact_id: str,
        query: Mapping[str, str],
        *,
        method: str,
        client: str | None,
    ) -> Grant:
        """The grant of a link that holds for this request.

        Args:
            query: the link's query parameters.
            client: the caller's address; with a network constraint an unknown one is refused.

        Raises:
            AtolyeError: ``LINK_INVALID``, ``LINK_EXPIRED`` or ``LINK_CONSTRAINT`` (403).
        """
        grant = _read(artefact_id, query)
        given = query.get("signature", "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(self._signature(grant).encode(), given):
            raise AtolyeError("LINK_INVALID")
        if self._clock() >= grant.expires_at:
            raise AtolyeError("LINK_EXPIRED")
        if method not in ("GET", "HEAD") or (grant.method == "HEAD" and method != "HEAD"):
            raise AtolyeError("LINK_CONSTRAINT")
        if grant.network is not None and not _within(client, grant.network):
            raise AtolyeError("LINK_CONSTRAINT")
        return grant

    def _signature(self, grant: Grant) -> str:
        # Length-prefixed, so that no two grants have the same text.
        fields = [
            "atolye-link-1",
            grant.artefact_id,
            *(f"{k}={v}" for k, v in sorted(grant.parameters().items())),
        ]
        message = "".join(f"{len(field.encode())}:{field}" for field in fields).encode()
        digest = hmac.new(self._secret, message, hashlib.sha256).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _read(artefact_id: str, query: Mapping[str, str]) -> Grant:
    """The grant that a query claims; only the signature shows whether it is true."""
    expires, method = query.get("expires", ""), query.get("method", "")
    disposition = query.get("disposition")
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 12):
        raise AtolyeError("LINK_INVALID")
    if method not in ("GET", "HEAD") or disposition not in (None, "attachment", "inline"):
        raise AtolyeError("LINK_INVALID")
    return Grant(
        artefact_id=artefact_id,
        version=query.get("version", ""),
        expires_at=int(expires),
        method="HEAD" if method == "HEAD" else "GET",
        disposition=disposition,  # type: ignore[arg-type]  # one of the two, as was just checked
        network=query.get("network"),
        content_type=query.get("content_type"),
    )


def _within(client: str | None, network: str) -> bool:
    try:
        return ipaddress.ip_address(client or "") in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False

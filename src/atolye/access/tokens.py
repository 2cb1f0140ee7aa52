"""Bearer tokens (JWT, RFC 7519): issuing local ones and verifying all of them.

Every way in which a token can be wrong has a code of its own, so that a client can tell “get a new one”
(expired) from “you talk to the wrong service” (audience) and an operator can tell an attack from an accident.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any, Final

import jwt

from atolye.access.keys import KeySource
from atolye.access.models import Caller
from atolye.errors import AtolyeError

LONGEST_TOKEN: Final = 8192
"""Characters; a real token has about 700 with HS256 and 1,100 with RS256."""
CLOCK_SKEW_S: Final = 5
"""How far the issuer's clock may run ahead of ours before ``nbf`` and ``iat`` are refused."""
MOST_SCOPES: Final = 64
LAST_SECOND: Final = 253_402_300_799
"""End of the year 9999, the last that a date can hold."""
TIMES: Final = ("exp", "iat", "nbf")
UUIDS: Final = ("user_id", "license_id", "tenant_id", "jti")


def issue_token(
    secret: bytes,
    *,
    user_id: str,
    tenant_id: str,
    license_id: str,
    scopes: Iterable[str],
    lifetime_s: int,
    issuer: str,
    audience: str,
    now: float | None = None,
) -> str:
    """A new HS256 token with all claims that :class:`TokenVerifier` asks for.

    Args:
        secret: 32 bytes or more (RFC 7518, 3.2).
        lifetime_s: seconds until it expires.
        now: Unix seconds; the present by default.
    """
    issued_at = int(time.time() if now is None else now)
    claims = {
        "user_id": user_id,
        "tenant_id": tenant_id,
        "license_id": license_id,
        "scopes": list(scopes),
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + lifetime_s,
        "jti": str(uuid.uuid4()),
        "iss": issuer,
        "aud": audience,
    }
    return jwt.encode(claims, secret, algorithm="HS256")


class TokenVerifier:
    """Turns a token into a :class:`Caller`, or says why not. Revocation is asked elsewhere."""

    def __init__(
        self, keys: KeySource, *, issuer: str, audience: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock

    def verify(self, token: str) -> Caller:
        """The caller that a token speaks for.

        Raises:
            AtolyeError: one of the ``AUTH_TOKEN_…`` codes (401), or ``AUTH_KEYS_UNAVAILABLE`` (503).
        """
        claims = self._signed_claims(token)
        _check_presence(claims)
        self._check_addressee(claims)
        self._check_times(claims)
        return Caller(
            user_id=claims["user_id"].lower(),
            tenant_id=claims["tenant_id"].lower(),
            license_id=claims["license_id"].lower(),
            scopes=frozenset(claims["scopes"]),
            jti=claims["jti"].lower(),
            expires_at=int(claims["exp"]),
        )

    def _signed_claims(self, token: str) -> dict[str, Any]:
        """The claims of a token whose signature is right; nothing else about them is known yet."""
        header = _header(token)
        key = self._keys.find(header.get("kid"), header["alg"])
        if header["alg"] != key.algorithm:
            raise AtolyeError("AUTH_TOKEN_ALGORITHM")
        try:
            claims: dict[str, Any] = jwt.decode(
                token, key.material, algorithms=[key.algorithm], options=_ONLY_THE_SIGNATURE
            )
        except jwt.InvalidSignatureError:
            raise AtolyeError("AUTH_TOKEN_SIGNATURE") from None
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            raise AtolyeError("AUTH_TOKEN_MALFORMED") from None
        return claims

    def _check_addressee(self, claims: dict[str, Any]) -> None:
        if claims["iss"] != self._issuer:
            raise AtolyeError("AUTH_TOKEN_ISSUER", field="iss")
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if self._audience not in audiences:
            raise AtolyeError("AUTH_TOKEN_AUDIENCE", field="aud")

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock()
        if now >= claims["exp"]:
            raise AtolyeError("AUTH_TOKEN_EXPIRED", field="exp")
        for name in ("nbf", "iat"):
            if claims[name] > now + CLOCK_SKEW_S:
                raise AtolyeError("AUTH_TOKEN_NOT_YET_VALID", field=name)


# PyJWT reads the clock and the claims in its own order; the product's order and clock are ours.
_ONLY_THE_SIGNATURE: Any = {
    "verify_signature": True,
    **{f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")},
}


def _header(token: str) -> dict[str, Any]:
    """The unverified header: used only to pick a key."""
    if len(token) > LONGEST_TOKEN or token.count(".") != 2:
        raise AtolyeError("AUTH_TOKEN_MALFORMED")
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise AtolyeError("AUTH_TOKEN_MALFORMED") from None
    # “crit” and “b64” change what the signature covers (RFC 7515, 4.1.11; RFC 7797): none is supported.
    if "crit" in header or "b64" in header or not isinstance(header.get("alg"), str):
        raise AtolyeError("AUTH_TOKEN_MALFORMED")
    return header


def _check_presence(claims: dict[str, Any]) -> None:
    """Every claim is there and of its type; the first that is not is named."""
    checks: dict[str, Callable[[Any], bool]] = {
        "iss": _is_text,
        "aud": lambda value: _is_text(value) or _is_texts(value),
        **dict.fromkeys(UUIDS, _is_uuid),
        "scopes": _is_texts,
        **dict.fromkeys(TIMES, _is_time),
    }
    for name, fits in checks.items():
        if name not in claims:
            raise AtolyeError("AUTH_TOKEN_CLAIM_MISSING", field=name)
        if not fits(claims[name]):
            raise AtolyeError("AUTH_TOKEN_CLAIM_INVALID", field=name)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_SCOPES and all(map(_is_text, value))


def _is_time(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LAST_SECOND


def _is_uuid(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False

"""Keys that verify tokens: one shared secret, or a key set (JWKS, RFC 7517) in a file or behind a URL.

A key has exactly one algorithm, so a token cannot choose how its key is used (no “none”, no public key taken
for an HMAC secret).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from atolye.errors import AtolyeError

FRESH_FOR_S: Final = 300.0
"""How long a key set is used before it is read again."""
RETRY_AFTER_S: Final = 10.0
"""Least time between two readings, so that tokens with made-up key ids cannot hammer the issuer."""
LEAST_RSA_BITS: Final = 2048  # RFC 7518, 3.3
LARGEST_JWKS_BYTES: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A key and the one algorithm that it may be used with."""

    algorithm: str
    material: Any


class KeySource(Protocol):
    """Finds the key for a token's header."""

    def find(self, key_id: object, algorithm: str) -> VerifyingKey:
        """The key with that id; ``key_id`` is what the (untrusted) header says.

        Raises:
            AtolyeError: ``AUTH_TOKEN_KEY_UNKNOWN`` or, when keys cannot be had, ``AUTH_KEYS_UNAVAILABLE``.
        """
        ...


class SharedSecret:
    """One HS256 secret, for every token."""

    def __init__(self, secret: bytes) -> None:
        self._key = VerifyingKey("HS256", secret)

    def find(self, key_id: object, algorithm: str) -> VerifyingKey:
        return self._key


class PublishedKeys:
    """A JWKS that is read again when it is old or when a token names a key that it does not have.

    Args:
        source: path of a file or an ``https://`` (on loopback also ``http://``) address.
        algorithm: ``RS256`` or ``EdDSA``; keys of any other kind in the set are ignored.
    """

    def __init__(
        self,
        source: str,
        *,
        algorithm: str,
        read: Callable[[str], bytes] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._algorithm = algorithm
        self._read = read or read_source
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str | None, VerifyingKey] = {}
        self._read_at = float("-inf")
        self._tried_at = float("-inf")

    def find(self, key_id: object, algorithm: str) -> VerifyingKey:
        with self._lock:
            now = self._clock()
            stale = now - self._read_at >= FRESH_FOR_S or self._pick(key_id) is None
            if stale and now - self._tried_at >= RETRY_AFTER_S:
                self._tried_at = now
                self._refresh(now)
            found = self._pick(key_id)
        if found is None:
            raise AtolyeError("AUTH_TOKEN_KEY_UNKNOWN" if self._keys else "AUTH_KEYS_UNAVAILABLE")
        return found

    def _pick(self, key_id: object) -> VerifyingKey | None:
        if key_id is None:  # allowed while there is no doubt which key is meant
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(key_id) if isinstance(key_id, str) else None

    def _refresh(self, now: float) -> None:
        """Reads the set; when that fails, the keys at hand stay in use (an issuer's outage is not ours)."""
        try:
            self._keys = parse_jwks(self._read(self._source), self._algorithm)
            self._read_at = now
        except (OSError, ValueError, httpx.HTTPError):
            if not self._keys:
                raise AtolyeError("AUTH_KEYS_UNAVAILABLE") from None


def read_source(source: str) -> bytes:
    """The bytes of a JWKS file or address.

    Raises:
        OSError, httpx.HTTPError: it cannot be read.
        ValueError: it is larger than any key set, or its address is not safe to trust.
    """
    if "://" not in source:
        return Path(source).read_bytes()
    url = httpx.URL(source)
    if url.scheme != "https" and url.host not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("a key set must be fetched over https")
    answer = httpx.get(url, timeout=5.0, follow_redirects=False).raise_for_status()
    if len(answer.content) > LARGEST_JWKS_BYTES:
        raise ValueError("the key set is too large")
    return answer.content


def parse_jwks(content: bytes, algorithm: str) -> dict[str | None, VerifyingKey]:
    """The usable keys of a set by key id.

    Raises:
        ValueError: not a key set.
    """
    document = json.loads(content)
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("not a JWKS")
    found: dict[str | None, VerifyingKey] = {}
    for item in document["keys"]:
        key = _key_of(item, algorithm) if isinstance(item, dict) else None
        if key is not None:
            found[item.get("kid")] = key
    return found


def _key_of(item: Mapping[str, Any], algorithm: str) -> VerifyingKey | None:
    """The key, unless it is private, for encryption, of another algorithm or too weak."""
    wanted = {"RS256": "RSA", "EdDSA": "OKP"}[algorithm]
    if item.get("kty") != wanted or item.get("use", "sig") != "sig" or "d" in item:
        return None
    if item.get("alg", algorithm) not in (algorithm, "Ed25519" if algorithm == "EdDSA" else algorithm):
        return None
    try:
        material = jwt.PyJWK({**item, "alg": algorithm}).key
    except (jwt.PyJWTError, ValueError):
        return None
    if isinstance(material, RSAPublicKey) and material.key_size < LEAST_RSA_BITS:
        return None
    return VerifyingKey(algorithm, material)

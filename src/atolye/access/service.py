"""The guards of the API in their order: token, revocation, licence, scope, limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from atolye.access.licences import Licences, require_in_force
from atolye.access.limits import Limiter, Rule, Verdict
from atolye.access.models import WRITE, Caller, Limits
from atolye.access.revocation import Revocations
from atolye.access.tokens import TokenVerifier
from atolye.errors import AtolyeError


class Access:
    """Decides whether a request may pass.

    Args:
        limits: for licences that have none of their own.
        inline: nothing that is asked here can block for long (all in memory or on a local SQLite), so the
            decision may be made in an event loop, without a thread.
        clock: Unix seconds.
    """

    def __init__(
        self,
        *,
        verifier: TokenVerifier,
        revocations: Revocations,
        licences: Licences,
        limiter: Limiter,
        limits: Limits,
        inline: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.inline = inline
        self._verifier = verifier
        self._revocations = revocations
        self._licences = licences
        self._limiter = limiter
        self._limits = limits
        self._clock = clock

    def authenticate(self, authorization: str | None) -> Caller:
        """The caller named by an ``Authorization`` header.

        Raises:
            AtolyeError: 401 with the code of what is wrong.
        """
        caller = self._verifier.verify(_bearer(authorization))
        if self._revocations.is_revoked(caller.jti):
            raise AtolyeError("AUTH_TOKEN_REVOKED")
        return caller

    def authorise(self, caller: Caller, scope: str) -> Limits:
        """The limits that hold for a caller who has a licence in force and the ``scope``.

        Raises:
            AtolyeError: 403 with the code of what is wrong.
        """
        now = datetime.fromtimestamp(self._clock(), UTC)
        licence = require_in_force(self._licences.find(caller.license_id), caller, now)
        if scope not in caller.scopes:
            raise AtolyeError("SCOPE_MISSING", details={"scope": scope}, scope=scope)
        return licence.limits or self._limits

    def count_prompt(self, caller: Caller, limits: Limits) -> Verdict:
        """Counts a request that turned out to be a prompt after it was counted as a write."""
        return self._limiter.admit(caller.user_id, [_prompts(limits)])

    def count(self, caller: Caller, limits: Limits, scope: str, *, prompt: bool = False) -> Verdict:
        """Counts a request. A refused one is not counted; the verdict says when to come back."""
        return self._limiter.admit(caller.user_id, rules_for(limits, scope, prompt=prompt))


def rules_for(limits: Limits, scope: str, *, prompt: bool = False) -> Sequence[Rule]:
    """The rules of a request: reads have one of their own; prompts count as writes and by themselves."""
    if scope != WRITE:
        return [Rule("read", limits.reads_per_min)]
    writes = Rule("global", limits.writes_per_min)
    return [writes, _prompts(limits)] if prompt else [writes]


def _prompts(limits: Limits) -> Rule:
    return Rule("prompt", limits.prompts_per_min)


def _bearer(authorization: str | None) -> str:
    """The token in a header ``Bearer <token>`` (RFC 6750, 2.1)."""
    if not authorization:
        raise AtolyeError("AUTH_TOKEN_MISSING")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise AtolyeError("AUTH_SCHEME_UNSUPPORTED")
    if not token.strip():
        raise AtolyeError("AUTH_TOKEN_MISSING")
    return token.strip()

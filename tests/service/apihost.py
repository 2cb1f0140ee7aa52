"""The HTTP app with everything that a test wants to control, and a real server around it."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from atolye.access.keys import SharedSecret
from atolye.access.licences import MemoryLicences
from atolye.access.limits import MemoryLimiter
from atolye.access.links import LinkSigner
from atolye.access.models import Licence, Limits
from atolye.access.revocation import MemoryRevocations
from atolye.access.service import Access
from atolye.access.tokens import TokenVerifier, issue_token
from atolye.web.listening import listen

SECRET = b"0123456789abcdef0123456789abcdef"
LINK_SECRET = b"fedcba9876543210fedcba9876543210"
ISSUER, AUDIENCE = "atolye", "atolye-api"
BLOCK = {
    "family": "block_with_hole",
    "length": 100,
    "width": 50,
    "height": 30,
    "hole_diameter": 10,
    "material": "aluminium",
}


class Clock:
    """Unix seconds that pass when a test says so."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass
class Person:
    """Somebody with a licence of his tenant."""

    tenant_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    user_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    license_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Guard:
    """The access control of one app, within reach of the test."""

    clock: Clock = field(default_factory=Clock)
    limits: Limits = field(default_factory=lambda: Limits(60, 30, 600))
    licences: MemoryLicences = field(default_factory=MemoryLicences)

    def __post_init__(self) -> None:
        self.revocations = MemoryRevocations(clock=self.clock)
        self.access = Access(
            verifier=TokenVerifier(SharedSecret(SECRET), issuer=ISSUER, audience=AUDIENCE, clock=self.clock),
            revocations=self.revocations,
            licences=self.licences,
            limiter=MemoryLimiter(clock=self.clock),
            limits=self.limits,
            clock=self.clock,
        )
        self.links = LinkSigner(LINK_SECRET, clock=self.clock)

    def person(self, **licence: Any) -> Person:
        """A new person whose licence is in force unless said otherwise."""
        made = Person()
        known = Licence(made.license_id, made.tenant_id, "active")
        self.licences.put(replace(known, **licence))
        return made

    def token(self, person: Person, *scopes: str, lifetime_s: int = 3600) -> str:
        return issue_token(
            SECRET,
            user_id=person.user_id,
            tenant_id=person.tenant_id,
            license_id=person.license_id,
            scopes=scopes or ("models:read", "models:write"),
            lifetime_s=lifetime_s,
            issuer=ISSUER,
            audience=AUDIENCE,
            now=self.clock(),
        )

    def headers(self, person: Person, *scopes: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(person, *scopes)}"}


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """A real server on a free port; gives its address."""
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            deadline = time.monotonic() + 10
            while not server.started:
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=15)
            assert not thread.is_alive(), "the server did not stop"


@contextmanager
def client_of(app: FastAPI) -> Iterator[httpx.Client]:
    with served(app) as url, httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        yield client

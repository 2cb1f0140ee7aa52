"""The HTTP app with everything that a test wants to control, and a real server around it."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from atolye.access.keys import SharedSecret
from atolye.access.licences import MemoryLicences
from atolye.access.limits import MemoryLimiter
from atolye.access.links import LinkSigner
from atolye.access.models import Licence, Limits
from atolye.access.revocation import MemoryRevocations
from atolye.access.service import Access
from atolye.access.tokens import TokenVerifier, issue_token
from atolye.artefacts.folder import FolderStore
from atolye.db.session import Database
from atolye.designs.families import registry
from atolye.designs.materials import materials
from atolye.designs.service import canonicalise
from atolye.jobs.ports import Toolchain
from atolye.jobs.service import JobService
from atolye.prompts.flow import PromptFlow
from atolye.prompts.local_provider import LocalProvider
from atolye.prompts.records import SqlSuggestions
from atolye.prompts.service import PromptService
from atolye.settings import Settings
from atolye.web.app import create_app
from atolye.web.listening import listen, server
from atolye.web.ports import Options, Services
from atolye.web.schemas import Error
from tests.service.recorded import RecordedEngine

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
    inline: bool = True
    asked: Callable[[str], object] = lambda thread: None
    """Told the thread in which a licence was asked for."""

    def __post_init__(self) -> None:
        self.revocations = MemoryRevocations(clock=self.clock)
        self.access = Access(
            verifier=TokenVerifier(SharedSecret(SECRET), issuer=ISSUER, audience=AUDIENCE, clock=self.clock),
            revocations=self.revocations,
            licences=self,
            limiter=MemoryLimiter(clock=self.clock),
            limits=self.limits,
            inline=self.inline,
            clock=self.clock,
        )
        self.links = LinkSigner(LINK_SECRET, clock=self.clock)

    def find(self, license_id: str) -> Licence | None:
        """The port ``Licences``."""
        self.asked(threading.current_thread().name)
        return self.licences.find(license_id)

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
        running = server(app)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            deadline = time.monotonic() + 10
            while not running.started:
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join(timeout=15)
            assert not thread.is_alive(), "the server did not stop"


@dataclass
class Host:
    """A running API over the real services: SQLite, artefact folder, runner; only the engine is recorded."""

    app: FastAPI
    client: httpx.Client
    guard: Guard
    services: Services
    engine: RecordedEngine
    folder: Path
    secrets: tuple[str, ...] = (SECRET.decode(), LINK_SECRET.decode())

    @contextmanager
    def sibling(self, **changes: Any) -> Iterator[Host]:
        """Another app over the same services, but for some of them or some options."""
        ports = {name: changes.pop(name) for name in ("jobs", "engine_health", "access") if name in changes}
        services = replace(self.services, options=replace(self.services.options, **changes), **ports)
        app = create_app(services)
        with client_of(app) as client:
            yield replace(self, app=app, client=client, services=services)


@contextmanager
def client_of(app: FastAPI) -> Iterator[httpx.Client]:
    with served(app) as url, httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        yield client


@contextmanager
def hosted(folder: Path) -> Iterator[Host]:
    """A new API with its home in ``folder``."""
    guard, engine = Guard(), RecordedEngine()
    settings = Settings(home=folder, token_secret=SECRET.decode(), link_secret=LINK_SECRET.decode())
    database = Database(f"sqlite:///{folder / 'atolye.db'}")
    database.migrate()
    store = FolderStore(folder / "artefacts")
    jobs = JobService(
        database=database,
        store=store,
        engine=engine,
        toolchain=lambda: Toolchain("1.1.3", "7.9.2"),
        workers=4,
    )
    services = Services(
        jobs=jobs,
        canonicalise=canonicalise,
        prompts=PromptFlow(PromptService(LocalProvider(), records=SqlSuggestions(database))),
        families=lambda language: [family.describe(language) for family in registry().values()],
        materials=lambda language: [material.describe(language) for material in materials().values()],
        access=guard.access,
        links=guard.links,
        artefacts=jobs.library,
        store=store,
        engine_health=lambda: {"status": "ok"},
        settings_view=settings.public_view,
        options=Options(),
    )
    try:
        app = create_app(services)
        with client_of(app) as client:
            yield Host(app, client, guard, services, engine, folder)
    finally:
        engine.gate.set()
        jobs.close()
        database.close()


def error_of(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The body of an error, after checking that it has the form and the headers that every error has."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    Error.model_validate(body)
    assert body["http_status"] == status
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert answer.headers["API-Version"] == "1"
    assert body["message_tr"]
    assert body["message_en"]
    assert "{" not in body["message_tr"] + body["message_en"]
    return body

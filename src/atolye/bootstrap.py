"""The one place where settings become objects."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from atolye.access.local import (
    LOCAL_LICENSE_ID,
    LOCAL_TENANT_ID,
    LOCAL_USER_ID,
    local_licence,
    local_secret,
)
from atolye.artefacts.folder import FolderStore
from atolye.artefacts.ports import ArtefactStore
from atolye.db.session import Database
from atolye.engine import Engine, EngineOptions, Limits
from atolye.engine.locate import root_of
from atolye.errors import AtolyeError
from atolye.jobs.ports import EnginePort, Toolchain
from atolye.jobs.service import JobService
from atolye.settings import Settings
from atolye.telemetry.logs import configure_logs

if TYPE_CHECKING:
    from atolye.access.service import Access
    from atolye.prompts.flow import PromptFlow
    from atolye.prompts.ports import Provider
    from atolye.web.ports import Services

TOKEN_SECRET: Final = "token.secret"  # noqa: S105 - names of files
LINK_SECRET: Final = "link.secret"  # noqa: S105
MAINTENANCE_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class LocalCaller:
    """Whoever uses the command line of this home."""

    user_id: str = LOCAL_USER_ID
    tenant_id: str = LOCAL_TENANT_ID


@dataclass(frozen=True, slots=True)
class Records:
    """The jobs of a home, to look at."""

    jobs: JobService
    store: ArtefactStore


@dataclass(frozen=True, slots=True)
class Embedded:
    """Everything in this process: database, store, engine, jobs."""

    jobs: JobService
    store: ArtefactStore
    engine: Engine
    database: Database
    prompts: PromptFlow | None
    """Reads prompts and scripts; none where nobody asked for it."""


def engine_root_of(settings: Settings) -> Path:
    """Folder of the engine that the settings mean.

    Raises:
        AtolyeError: ``ENGINE_NOT_INSTALLED``.
    """
    root = settings.engine_root or root_of(settings.home)
    if not (root / "usr/bin/python3").exists():
        raise AtolyeError("ENGINE_NOT_INSTALLED", root=str(root))
    return root


def engine_options(settings: Settings, *, at_once: int | None = None) -> EngineOptions:
    """The engine's options; ``at_once`` jobs instead of the settings' number."""
    concurrent = at_once or settings.max_concurrent_freecad_workers
    return EngineOptions(
        root=engine_root_of(settings),
        mode=settings.engine_mode,
        warm=min(settings.engine_warm, concurrent),
        max_concurrent=concurrent,
        limits=Limits(
            wall_s=settings.job_wall_s,
            cpu_s=settings.job_cpu_s,
            memory_mb=settings.job_memory_mb,
            disk_mb=settings.job_disk_mb,
            nice=settings.job_nice,
        ),
        recycle_after_s=settings.engine_recycle_s,
        recycle_above_mb=settings.engine_recycle_mb,
    )


def engine_for(settings: Settings) -> Engine:
    """The engine, not yet started; a context manager that starts and closes it."""
    return Engine(engine_options(settings))


@cache
def fingerprint_of(root: Path) -> str | None:
    """The fingerprint of an installed engine; none for one that was not installed by us (in an image)."""
    from atolye.engine.fingerprint import fingerprint
    from atolye.engine.install import installed

    try:
        return fingerprint(installed(root)).value
    except AtolyeError:
        return None


def toolchain_of(engine: Engine) -> Toolchain:
    """Versions of a running engine, with its fingerprint.

    Raises:
        AtolyeError: it does not run.
    """
    facts = engine.facts
    return Toolchain(facts.freecad, facts.occt, fingerprint_of(engine.root))


def engine_identity(engine: Engine) -> dict[str, Any]:
    """What ``job.json`` says of the engine."""
    facts = engine.facts
    return {
        "freecad_version": facts.freecad,
        "occt_version": facts.occt,
        "python_version": facts.python,
        "fingerprint": fingerprint_of(engine.root),
        "mode": engine.options.mode,
        "isolation": {"outer": facts.outer, "profile": facts.profile, "landlock_abi": facts.landlock_abi},
    }


def _open(settings: Settings) -> tuple[Database, FolderStore]:
    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.resolved_database_url)
    database.migrate()
    return database, FolderStore(settings.resolved_artefact_root)


@contextmanager
def records(settings: Settings) -> Iterator[Records]:
    """The jobs of the home without an engine."""
    configure_logs("warning")
    database, store = _open(settings)
    try:
        yield Records(JobService(database=database, store=store), store)
    finally:
        database.close()


def provider_of(settings: Settings, engine: Engine) -> Provider:
    """Who reads prompts."""
    if settings.ai_provider == "local":
        from atolye.prompts.local_provider import LocalProvider

        return LocalProvider()
    from atolye.prompts.cache import MemoryCache
    from atolye.prompts.model_provider import ModelProvider
    from atolye.prompts.openai_provider import azure_chat, openai_chat
    from atolye.prompts.profiles import profile
    from atolye.prompts.retries import RetryPolicy

    key = None if settings.ai_api_key is None else settings.ai_api_key.get_secret_value()
    model = settings.ai_model or ""
    chat = (
        openai_chat(model=model, api_key=key, base_url=settings.ai_base_url)
        if settings.ai_provider == "openai"
        else azure_chat(
            deployment=model,
            endpoint=settings.ai_azure_endpoint or "",
            api_key=key or "",
            api_version=settings.ai_azure_api_version,
        )
    )
    return ModelProvider(
        chat,
        profile=profile(),
        check_engine=lambda: engine.facts,
        policy=RetryPolicy(timeout_s=settings.ai_timeout_s, retries=settings.ai_retries),
        cache=MemoryCache() if settings.cache == "on" else None,
    )


def prompts_of(settings: Settings, engine: Engine, database: Database, *, limited: bool) -> PromptFlow:
    """The prompt flow; ``limited`` counts prompts a second time, behind the API's own limits."""
    from atolye.access.limits import MemoryLimiter
    from atolye.prompts.flow import PromptFlow
    from atolye.prompts.records import SqlSuggestions
    from atolye.prompts.service import PromptService
    from atolye.scripts.service import prepare

    return PromptFlow(
        PromptService(
            provider_of(settings, engine),
            records=SqlSuggestions(database),
            script_gate=lambda source: prepare(source, origin="ai"),
            limiter=MemoryLimiter() if limited else None,
            prompts_per_min=settings.limit_prompts_per_min,
        )
    )


@contextmanager
def embedded(settings: Settings, *, one_job: bool = False, prompts: bool = False) -> Iterator[Embedded]:
    """Everything in this process.

    Args:
        one_job: for the command line, which runs a single job, starts the engine itself once there is one to
            run, and leaves other processes' jobs alone.
        prompts: whether texts and scripts are taken, too.
    """
    configure_logs("warning" if one_job else settings.log_level)
    engine = Engine(engine_options(settings, at_once=1 if one_job else None))
    database, store = _open(settings)
    workers = 0 if one_job else settings.max_concurrent_freecad_workers
    flow = prompts_of(settings, engine, database, limited=not one_job) if prompts else None
    jobs = JobService(
        database=database,
        store=store,
        engine=_reading(engine, flow),
        toolchain=lambda: toolchain_of(engine),
        workers=workers,
        local_caller=LocalCaller(),
        describe_engine=lambda: engine_identity(engine),
    )
    try:
        with closing(engine) if one_job else engine:
            jobs.start()
            try:
                with _maintained(jobs, enabled=not one_job):
                    yield Embedded(jobs, store, engine, database, flow)
            finally:
                jobs.close()
    finally:
        if flow is not None:
            flow.close()
        database.close()


def _reading(engine: Engine, flow: PromptFlow | None) -> EnginePort:
    """The engine for jobs: one that has texts read first when there may be such jobs."""
    if flow is None:
        return engine
    from atolye.prompts.flow import ReadingEngine

    return ReadingEngine(engine, flow)


@contextmanager
def _maintained(jobs: JobService, *, enabled: bool) -> Iterator[None]:
    """Runs the hourly round beside the service."""
    if not enabled:
        yield
        return
    over = threading.Event()

    def rounds() -> None:
        while not over.wait(MAINTENANCE_S):
            jobs.maintain()

    keeper = threading.Thread(target=rounds, name="atolye-maintenance", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _secret(given: Any, settings: Settings, name: str) -> bytes:
    """A secret of the settings, else the home's own."""
    if given is not None:
        value: str = given.get_secret_value()
        return value.encode()
    return local_secret(settings.home, name)


def access_of(settings: Settings, database: Database) -> Access:
    """The guards of the API, with the homes of their data in the database."""
    from atolye.access.keys import PublishedKeys, SharedSecret
    from atolye.access.licences import CachedLicences
    from atolye.access.limits import MemoryLimiter
    from atolye.access.models import Limits as CallLimits
    from atolye.access.records import SqlLicences, SqlRevocations
    from atolye.access.revocation import CachedRevocations
    from atolye.access.service import Access
    from atolye.access.tokens import TokenVerifier

    licences = SqlLicences(database)
    if licences.find(LOCAL_LICENSE_ID) is None:
        licences.put(local_licence())
    keys = (
        SharedSecret(_secret(settings.token_secret, settings, TOKEN_SECRET))
        if settings.token_jwks is None
        else PublishedKeys(settings.token_jwks, algorithm=settings.token_algorithm)
    )
    return Access(
        verifier=TokenVerifier(keys, issuer=settings.token_issuer, audience=settings.token_audience),
        revocations=CachedRevocations(SqlRevocations(database)),
        licences=CachedLicences(licences),
        limiter=MemoryLimiter(),
        inline=database.is_sqlite,
        limits=CallLimits(
            settings.limit_writes_per_min, settings.limit_prompts_per_min, settings.limit_reads_per_min
        ),
    )


def web_services(settings: Settings, parts: Embedded, *, public_url: str | None = None) -> Services:
    """The ports of the HTTP app over the embedded parts."""
    from atolye.access.links import LinkSigner
    from atolye.designs.materials import materials
    from atolye.designs.service import canonicalise
    from atolye.engine.doctor import health
    from atolye.web.ports import Options, Services

    return Services(
        jobs=parts.jobs,
        canonicalise=canonicalise,
        prompts=parts.prompts,
        families=describe_families,
        materials=lambda language: [material.describe(language) for material in materials().values()],
        access=access_of(settings, parts.database),
        links=LinkSigner(_secret(settings.link_secret, settings, LINK_SECRET)),
        artefacts=parts.jobs.library,
        store=parts.store,
        engine_health=lambda: health(parts.engine),
        settings_view=settings.public_view,
        options=Options(
            environment=settings.environment,
            language=settings.language,
            public_url=settings.public_url or public_url,
            max_request_bytes=settings.max_request_bytes,
            link_ttl_minutes=settings.link_ttl_minutes,
            flags={
                "prompt": settings.enable_ai_prompt_flow,
                "params": settings.enable_params_flow,
                "upload": settings.enable_upload_flow,
                "a4": settings.enable_assembly4,
            },
        ),
    )


def describe_families(language: str) -> Sequence[Mapping[str, Any]]:
    from atolye.designs.families import registry

    known = registry()
    return [known[key].describe(language) for key in sorted(known)]


def issue_local_token(settings: Settings, *, scopes: Sequence[str], minutes: int) -> str:
    """A token for the local user.

    Raises:
        AtolyeError: ``TOKEN_NOT_LOCAL`` when tokens come from a key service.
    """
    from atolye.access.tokens import issue_token

    if settings.token_jwks is not None:
        raise AtolyeError("TOKEN_NOT_LOCAL")
    return issue_token(
        _secret(settings.token_secret, settings, TOKEN_SECRET),
        user_id=LOCAL_USER_ID,
        tenant_id=LOCAL_TENANT_ID,
        license_id=LOCAL_LICENSE_ID,
        scopes=scopes,
        lifetime_s=60 * minutes,
        issuer=settings.token_issuer,
        audience=settings.token_audience,
    )

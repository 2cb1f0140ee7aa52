"""The answers as OpenAPI shows them. They document; the services' own JSON is sent as it is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Text(BaseModel):
    """A text in both languages."""

    tr: str
    en: str


class Link(BaseModel):
    """A page that helps."""

    title: str
    url: str


class Error(BaseModel):
    """Every error of the API has this form. Programs switch on ``code``; people read ``message``."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "code": "AUTH_TOKEN_EXPIRED",
                    "http_status": 401,
                    "message": "The access token has expired.",
                    "message_tr": "Erişim belirtecinin süresi dolmuş.",
                    "message_en": "The access token has expired.",
                    "details": {"component": "access", "field": "exp"},
                    "suggestions": [{"tr": "Yeni bir belirteç alın.", "en": "Get a new token."}],
                    "remediation_links": [],
                    "request_id": "0b8f6f5e-6a52-4c55-9f3a-4a4f6c1f7d11",
                    "job_id": None,
                }
            ]
        },
    )

    code: str
    http_status: int
    message: str = Field(description="The message in the caller's language (Accept-Language).")
    message_tr: str
    message_en: str
    details: dict[str, Any] = Field(
        description="component, field, errors (when there are several, each with code and messages), data."
    )
    suggestions: list[Text]
    remediation_links: list[Link]
    request_id: str
    job_id: str | None


class Warning(BaseModel):
    """Something assumed (``info``) or doubtful (``warning``), and what that rests on."""

    code: str
    severity: Literal["info", "warning"]
    field: str | None
    value: Any = None
    because: str | None
    message_tr: str
    message_en: str


class JobLinks(BaseModel):
    """Where the job's parts are."""

    self: str
    artefacts: str
    events: str
    cancel: str


class Accepted(BaseModel):
    """An accepted request. The job runs; ask for it at ``links.self``."""

    job_id: str
    request_id: str
    state: State
    request_sha256: Sha256
    warnings: list[Warning]
    links: JobLinks
    reading: dict[str, Any] | None = Field(
        None, description="How a prompt was understood: family, fields, assumed, not_understood, candidates"
    )


class Job(BaseModel):
    """A job: what was asked, how far it is, what came out."""

    model_config = ConfigDict(extra="allow")

    job_id: str
    state: State
    request: dict[str, Any] | None
    request_sha256: Sha256 | None
    metrics: dict[str, Any] | None
    warnings: list[Warning]
    artefacts: list[dict[str, Any]]
    timings_ms: dict[str, Any]
    engine: dict[str, Any] | None
    error: dict[str, Any] | None


class JobList(BaseModel):
    """Some of the tenant's jobs, newest first."""

    jobs: list[Job]
    next_cursor: str | None


class SignedLink(BaseModel):
    """A link that works without a token until it expires."""

    href: str
    expires_at: AwareDatetime


class Artefact(BaseModel):
    """A file that a job made."""

    model_config = ConfigDict(extra="allow")

    artefact_id: str
    kind: str
    name: str
    sha256: Sha256
    size_bytes: int
    content_type: str
    download: SignedLink
    head: SignedLink


class ArtefactList(BaseModel):
    """The files of a job."""

    job_id: str
    artefacts: list[Artefact]


class EventList(BaseModel):
    """What happened to a job since ``after``, oldest first."""

    job_id: str
    events: list[dict[str, Any]]
    last: int = Field(description="Give this as `after` to get what comes next.")


class FamilyList(BaseModel):
    """The part families, each with its fields and their JSON schema."""

    families: list[dict[str, Any]]


class MaterialList(BaseModel):
    """The materials with their properties in SI units."""

    materials: list[dict[str, Any]]


class Health(BaseModel):
    """Whether the service can do its work."""

    status: Literal["ok", "unavailable"]
    version: str
    engine: str


class EngineHealth(BaseModel):
    """The engine and its packages."""

    model_config = ConfigDict(extra="allow")

    status: str


class ConfigHealth(BaseModel):
    """The settings and feature flags in force; secrets say only whether they are set."""

    settings: dict[str, Any]

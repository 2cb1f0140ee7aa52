"""Every setting of the product: read from ``ATOLYE_*`` variables or an ``.env`` file, checked at start."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from atolye.errors import AtolyeError

PositiveInt = Annotated[int, Field(gt=0)]
PositiveFloat = Annotated[float, Field(gt=0)]


CONFIDENTIAL = ("_secret", "_url", "_jwks", "_key", "_endpoint")
"""Ends of the names of settings whose value a health page does not show."""


def _flag(name: str, default: bool, description: str) -> bool:
    """A feature flag: known by its bare name as well as by ``ATOLYE_`` and its name."""
    choices = AliasChoices(f"ATOLYE_{name}", name)
    value: bool = Field(default=default, validation_alias=choices, description=description)
    return value


class Settings(BaseSettings):
    """Settings of one process. A wrong value stops the start with ``CONFIG_INVALID`` naming the variable."""

    model_config = SettingsConfigDict(
        env_prefix="ATOLYE_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    environment: Literal["dev", "staging", "prod"] = Field(
        "dev", description="Kind of deployment; prod refuses a generated token secret."
    )
    home: Path = Field(
        default_factory=lambda: user_data_path("atolye"),
        description="Folder of the database, the artefacts and the engine.",
    )
    language: Literal["tr", "en"] = Field("en", description="Language when a caller names none.")

    database_url: str | None = Field(None, description="SQLAlchemy URL; default: SQLite in the home folder.")
    artefact_root: Path | None = Field(None, description="Folder of artefacts; default: in the home folder.")

    engine_root: Path | None = Field(None, description="Engine root to use; default: the installed one.")
    engine_mirror: str | None = Field(None, description="Debian mirror for the engine; default: apt's own.")
    engine_strict: bool = Field(False, description="Refuse an engine that differs from engine.lock.")
    engine_mode: Literal["prefork", "fork", "oneshot"] = Field(
        "prefork",
        description="How jobs get their process: waiting warm, forked on demand, or an engine of their own.",
    )
    engine_warm: PositiveInt = Field(2, description="Jobs that wait warmed up.")
    engine_recycle_s: PositiveFloat = Field(
        3600.0, description="Age at which a fork server is replaced, in seconds."
    )
    engine_recycle_mb: PositiveInt = Field(
        1024, description="Memory at which a fork server is replaced, in MiB."
    )

    job_wall_s: PositiveFloat = Field(20.0, description="Wall time of a params job, in seconds.")
    job_cpu_s: PositiveInt = Field(40, description="CPU time of a job, in seconds.")
    job_memory_mb: PositiveInt = Field(2048, description="Memory of a job, in MiB.")
    job_disk_mb: PositiveInt = Field(512, description="Files of a job in all, in MiB.")
    job_nice: Annotated[int, Field(ge=0, le=19)] = Field(5, description="Niceness of a job's process.")
    max_request_bytes: PositiveInt = Field(1_048_576, description="Largest request body, in bytes.")

    host: str = Field("127.0.0.1", description="Address that the API listens on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="Port of the API; 0 takes any.")
    public_url: str | None = Field(None, description="Address that links start with; default: host and port.")
    link_ttl_minutes: Annotated[int, Field(ge=1, le=1440)] = Field(
        15, description="Life of a download link, in minutes."
    )

    token_algorithm: Literal["HS256", "RS256", "EdDSA"] = Field("HS256", description="Algorithm of tokens.")
    token_secret: SecretStr | None = Field(
        None, description="Secret of HS256 tokens; default: one generated into the home folder."
    )
    token_jwks: str | None = Field(None, description="JWKS file or URL of RS256/EdDSA keys.")
    token_issuer: str = Field("atolye", description="Issuer that tokens must name.")
    token_audience: str = Field("atolye-api", description="Audience that tokens must name.")
    link_secret: SecretStr | None = Field(
        None, description="Secret of download links; default: one generated into the home folder."
    )

    limit_writes_per_min: PositiveInt = Field(60, description="Writes a user may make in a minute.")
    limit_prompts_per_min: PositiveInt = Field(30, description="Prompts a user may send in a minute.")
    limit_reads_per_min: PositiveInt = Field(600, description="Reads a user may make in a minute.")

    ai_provider: Literal["local", "openai", "azure"] = Field(
        "local", description="Who reads prompts: our own reader, or a model."
    )
    ai_model: str | None = Field(None, description="Model or, on Azure, deployment.")
    ai_base_url: str | None = Field(None, description="Server with OpenAI's API; default: OpenAI's own.")
    ai_api_key: SecretStr | None = Field(None, description="Key of the model's service.")
    ai_azure_endpoint: str | None = Field(None, description="Endpoint of Azure OpenAI.")
    ai_azure_api_version: str | None = Field(None, description="API version of Azure OpenAI.")
    cache: Literal["on", "off"] = Field("on", description="Whether answers that were given may be kept.")
    ai_timeout_s: PositiveFloat = Field(20.0, description="Longest wait for one answer, in seconds.")
    ai_retries: Annotated[int, Field(ge=0, le=3)] = Field(3, description="Further tries after a failed one.")

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")

    enable_ai_prompt_flow: bool = _flag("ENABLE_AI_PROMPT_FLOW", True, "Accept prompts.")
    enable_params_flow: bool = _flag("ENABLE_PARAMS_FLOW", True, "Accept parameters.")
    enable_upload_flow: bool = _flag("ENABLE_UPLOAD_FLOW", True, "Accept uploads.")
    enable_assembly4: bool = _flag("ENABLE_ASSEMBLY4", True, "Accept assemblies.")
    enable_preview_generation: bool = _flag("ENABLE_PREVIEW_GENERATION", True, "Make GLB and PNG previews.")
    max_concurrent_freecad_workers: PositiveInt = Field(
        4,
        validation_alias=AliasChoices(
            "ATOLYE_MAX_CONCURRENT_FREECAD_WORKERS", "MAX_CONCURRENT_FREECAD_WORKERS"
        ),
        description="Engine jobs that run at once.",
    )

    @field_validator("home", "artefact_root", "engine_root")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().resolve()

    @model_validator(mode="after")
    def _keys_fit_the_algorithm(self) -> Settings:
        if self.token_algorithm == "HS256":  # noqa: S105 - the name of an algorithm
            if self.token_jwks is not None:
                raise ValueError("token_jwks needs token_algorithm RS256 or EdDSA")
            secret = self.token_secret
            if secret is not None and len(secret.get_secret_value().encode()) < 32:
                raise ValueError("token_secret must have 32 bytes or more")  # RFC 7518, 3.2
            if self.environment == "prod" and secret is None:
                raise ValueError("token_secret must be set when environment is prod")
        elif self.token_jwks is None:
            raise ValueError(f"token_algorithm {self.token_algorithm} needs token_jwks")
        return self

    @model_validator(mode="after")
    def _the_provider_is_complete(self) -> Settings:
        if self.ai_provider != "local" and self.ai_model is None:
            raise ValueError(f"ai_provider {self.ai_provider} needs ai_model")
        if self.ai_provider == "openai" and self.ai_api_key is None and self.ai_base_url is None:
            raise ValueError(
                "ai_provider openai needs ai_api_key, or the ai_base_url of a server of your own"
            )
        if self.ai_provider == "azure" and (self.ai_azure_endpoint is None or self.ai_api_key is None):
            raise ValueError("ai_provider azure needs ai_azure_endpoint and ai_api_key")
        return self

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'atolye.db'}"

    @property
    def resolved_artefact_root(self) -> Path:
        return self.artefact_root or self.home / "artefacts"

    def public_view(self) -> dict[str, object]:
        """The settings as a health page may show them: secrets say only whether they are set."""
        shown: dict[str, object] = {}
        for name in sorted(type(self).model_fields):
            value = getattr(self, name)
            if isinstance(value, SecretStr) or name.endswith(
                ("_secret", "_url", "_jwks", "_key", "_endpoint")
            ):
                shown[name] = "set" if value else "unset"
            else:
                shown[name] = str(value) if isinstance(value, Path) else value
        return shown


def variable_of(name: str) -> str:
    """Environment variable of a setting."""
    return f"ATOLYE_{name.upper()}"


def _variable_at(location: tuple[int | str, ...]) -> str:
    """The variable that a finding of the validation is about; a cross-check has none of its own."""
    return variable_of(str(location[0]).removeprefix("ATOLYE_")) if location else "ATOLYE_*"


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment.

    Raises:
        AtolyeError: ``CONFIG_INVALID``, with every wrong variable in ``details.errors``.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as problem:
        findings = [
            {"variable": _variable_at(error["loc"]), "problem": error["msg"]}
            for error in problem.errors(include_input=False, include_url=False)
        ]
        listed = "; ".join(f"{finding['variable']}: {finding['problem']}" for finding in findings)
        raise AtolyeError("CONFIG_INVALID", details={"variables": findings}, listed=listed) from None

"""The exception every layer raises and the body that a user receives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from atolye.errors.catalogue import Entry, entry


class ErrorBody(TypedDict):
    """What is shown of a failure, in the API, in ``job.json`` and by the CLI with ``--json``."""

    code: str
    http_status: int
    message_tr: str
    message_en: str
    details: dict[str, Any]
    suggestions: list[dict[str, str]]
    remediation_links: list[dict[str, str]]
    request_id: str | None
    job_id: str | None


class AtolyeError(Exception):
    """A catalogued failure.

    Args:
        code: a code (or alias) of the catalogue.
        field: path of the field at fault, such as ``holes[2].diameter``.
        details: data for programs, JSON-safe; goes into ``details`` as it is.
        params: values for the message templates; shown to people.
        causes: further failures found in the same request; they go to ``details.errors``, each with
            its own code, field and messages, so that a person can mend them all at once.
    """

    def __init__(
        self,
        code: str,
        *,
        field: str | None = None,
        details: Mapping[str, Any] | None = None,
        causes: tuple[AtolyeError, ...] = (),
        **params: Any,
    ) -> None:
        self.entry: Entry = entry(code)
        self.field = field
        self.params: dict[str, Any] = {"field": field or "", **params}
        self.details: dict[str, Any] = dict(details or {})
        self.causes = causes
        super().__init__(f"{self.code}: {self.message_en}")

    @property
    def code(self) -> str:
        return self.entry.code

    @property
    def http_status(self) -> int:
        return self.entry.http_status

    @property
    def message_tr(self) -> str:
        return self.entry.message_tr.format_map(self.params)

    @property
    def message_en(self) -> str:
        return self.entry.message_en.format_map(self.params)

    def message(self, language: str) -> str:
        """The message in ``tr`` or, for anything else, in English."""
        return self.message_tr if language == "tr" else self.message_en

    def body(self, *, request_id: str | None = None, job_id: str | None = None) -> ErrorBody:
        """The failure as JSON-safe data."""
        details = {"component": self.entry.component, **self.details}
        if self.field is not None:
            details["field"] = self.field
        if self.causes:
            details["errors"] = [
                {
                    "code": cause.code,
                    "field": cause.field,
                    "message_tr": cause.message_tr,
                    "message_en": cause.message_en,
                    **({"details": cause.details} if cause.details else {}),
                }
                for cause in self.causes
            ]
        return ErrorBody(
            code=self.code,
            http_status=self.http_status,
            message_tr=self.message_tr,
            message_en=self.message_en,
            details=details,
            suggestions=[
                {"tr": tr.format_map(self.params), "en": en.format_map(self.params)}
                for tr, en in self.entry.suggestions
            ],
            remediation_links=[{"title": link.title, "url": link.url} for link in self.entry.links],
            request_id=request_id,
            job_id=job_id,
        )

"""The exception every layer raises and the body that a user receives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from atolye.errors import links
from atolye.errors.catalogue import Entry, entry
from atolye.errors.masking import mask_data


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
        details: data for programs, JSON-safe; goes into ``details``, masked.
        params: values for the message templates; shown to people, decimal numbers as their language
            writes them.
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
        return _filled(self.entry.message_tr, self.params, "tr")

    @property
    def message_en(self) -> str:
        return _filled(self.entry.message_en, self.params, "en")

    def message(self, language: str) -> str:
        """The message in ``tr`` or, for anything else, in English."""
        return self.message_tr if language == "tr" else self.message_en

    def body(self, *, request_id: str | None = None, job_id: str | None = None) -> ErrorBody:
        """The failure as JSON-safe data."""
        return ErrorBody(
            code=self.code,
            http_status=self.http_status,
            message_tr=self.message_tr,
            message_en=self.message_en,
            details=self._all_details(),
            suggestions=[
                {"tr": _filled(tr, self.params, "tr"), "en": _filled(en, self.params, "en")}
                for tr, en in self.entry.suggestions
            ],
            remediation_links=[
                {"title": link.title, "url": link.url} for link in links.of(self.code, self.entry.links)
            ],
            request_id=request_id,
            job_id=job_id,
        )

    def _all_details(self) -> dict[str, Any]:
        details: dict[str, Any] = {"component": self.entry.component, **self.details}
        if self.field is not None:
            details["field"] = self.field
        if self.causes:
            details["errors"] = [cause._as_finding() for cause in self.causes]
        masked: dict[str, Any] = mask_data(details)
        return masked

    def _as_finding(self) -> dict[str, Any]:
        finding: dict[str, Any] = {
            "code": self.code,
            "field": self.field,
            "message_tr": self.message_tr,
            "message_en": self.message_en,
        }
        return {**finding, "details": self.details} if self.details else finding


class _Number(float):
    """A number that formats itself for people: twelve digits at most, and the language's decimal sign."""

    decimal_sign = "."

    def __format__(self, spec: str) -> str:
        return format(float(self), spec or ".12g").replace(".", self.decimal_sign)

    def __str__(self) -> str:
        return format(self)


class _TurkishNumber(_Number):
    decimal_sign = ","


class _Values(dict[str, Any]):
    """Values of a template. A failure is reported even where the raising place forgot a value."""

    def __missing__(self, name: str) -> str:
        return "?"


def _filled(template: str, params: Mapping[str, Any], language: str) -> str:
    number = _TurkishNumber if language == "tr" else _Number
    shown = {name: number(value) if isinstance(value, float) else value for name, value in params.items()}
    return template.format_map(_Values(shown))

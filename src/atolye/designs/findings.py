"""Collects everything that is wrong with a request, so that a person can mend it in one go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from atolye.designs.notes import Warning, note
from atolye.errors import AtolyeError

MOST: Final = 100
"""Findings that are reported; after so many mistakes, more of them help nobody."""

_ORDER: Final = (
    "VALIDATION_UNKNOWN_FAMILY",
    "VALIDATION_MISSING_FIELD",
    "VALIDATION_UNKNOWN_FIELD",
)
"""What is mended first; then everything else that is wrong, contradictions (409), doubts (425)."""


@dataclass(frozen=True, slots=True)
class At:
    """A place in a request: its canonical path, and the path as the person typed it."""

    path: str = ""
    typed: str = ""

    def child(self, name: str, typed: str | None = None) -> At:
        dot = "." if self.path else ""
        return At(f"{self.path}{dot}{name}", f"{self.typed}{dot}{name if typed is None else typed}")

    def item(self, position: int) -> At:
        return At(f"{self.path}[{position}]", f"{self.typed}[{position}]")


@dataclass(slots=True)
class Findings:
    """The errors and notes of one request."""

    errors: list[AtolyeError] = field(default_factory=list)
    notes: list[Warning] = field(default_factory=list)
    typed: dict[str, str] = field(default_factory=dict)
    """How the person spelled each canonical path."""
    head: str | None = None
    """Code that stands above all findings when no single one says what is wrong."""
    head_details: dict[str, Any] = field(default_factory=dict)

    def error(self, code: str, path: str, **params: Any) -> None:
        """Adds an error about a canonical path; ``params`` fill its message and go into its details."""
        if len(self.errors) >= MOST:
            return
        shown_as = self.typed.get(path, path)
        names = {"name_tr": shown_as, "name_en": shown_as, **params}
        details = {key: value for key, value in params.items() if key not in ("name_tr", "name_en")}
        if path in self.typed and self.typed[path] != path:
            details["given_as"] = self.typed[path]
        self.errors.append(AtolyeError(code, field=path, details=details, **names))

    def note(self, code: str, path: str, value: Any, because: str) -> None:
        if len(self.notes) < MOST:
            self.notes.append(note(code, path, value, because))

    def raise_any(self) -> None:
        """Raises the worst error with the others as its causes, if there is any.

        Raises:
            AtolyeError: the worst finding; ``AI_AMBIGUOUS`` when doubts are all there is.
        """
        if not self.errors:
            return
        found = tuple(sorted(self.errors, key=_rank))
        worst, rest = found[0], found[1:]
        head = "AI_AMBIGUOUS" if worst.http_status == 425 else self.head
        if head is not None:
            raise AtolyeError(head, field=worst.field, details=self.head_details, causes=found)
        raise AtolyeError(worst.code, details=worst.details, causes=rest, **_params(worst))


def _params(error: AtolyeError) -> dict[str, Any]:
    return {**error.params, "field": error.field}


def _rank(error: AtolyeError) -> tuple[int, int]:
    softness = {409: 1, 425: 2}.get(error.http_status, 0)
    return (softness, _ORDER.index(error.code) if error.code in _ORDER else len(_ORDER))

"""What the gate says of a script, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from atolye.errors import AtolyeError
from atolye.scripts.reasons import REASONS

Origin = Literal["user", "ai"]

MOST_FINDINGS: Final = 100


def number_text(value: float) -> str:
    """A number as messages about scripts show it: as in code, rounded to 1e-6, without trailing zeros."""
    whole = round(value, 6)
    return str(int(whole)) if whole == int(whole) else repr(whole)


def failure(
    code: str,
    params: dict[str, Any],
    *,
    field: str | None,
    details: dict[str, Any],
    causes: tuple[AtolyeError, ...] = (),
) -> AtolyeError:
    """An error whose template may have a value called ``details``, as a specified one has."""
    plain = {name: value for name, value in params.items() if name != "details"}
    problem = AtolyeError(code, field=field, details=details, causes=causes, **plain)
    problem.params.update(params)
    return problem


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one place of a script.

    ``line`` counts from 1 and ``column`` too, both in the text as the user sent it; 0 means the whole script.
    """

    code: str
    line: int
    column: int
    params: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    """Key of the hint that fits better than the catalogue's general one."""
    severity: Literal["error", "warning"] = "error"

    def error(self) -> AtolyeError:
        """The finding as the exception that stops the script."""
        place = f"script:{self.line}:{self.column}" if self.line else "script"
        return failure(self.code, self.params, field=place, details=self._details())

    def hint(self, language: str) -> str:
        """What to do about it, in ``tr`` or, for anything else, in English."""
        if self.reason:
            return REASONS[self.reason][0 if language == "tr" else 1]
        advice = self.error().body()["suggestions"]
        return advice[0]["tr" if language == "tr" else "en"] if advice else ""

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe, for ``atolye script check --json`` and for ``script_meta``."""
        problem = self.error()
        return {
            "code": problem.code,
            "severity": self.severity,
            "line": self.line,
            "column": self.column,
            "message_tr": problem.message_tr,
            "message_en": problem.message_en,
            "hint_tr": self.hint("tr"),
            "hint_en": self.hint("en"),
        }

    def _details(self) -> dict[str, Any]:
        place = {"line": self.line, "column": self.column, **self.params}
        if not self.reason:
            return place
        hint_tr, hint_en = REASONS[self.reason]
        return {**place, "reason": self.reason, "hint_tr": hint_tr, "hint_en": hint_en}


@dataclass(frozen=True, slots=True)
class Conversion:
    """A length that was written in another unit and is in millimetres now."""

    from_unit: str
    before: float | str
    after: float | str
    line: int
    column: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "from_unit": self.from_unit,
            "to_unit": "mm",
            "before": self.before,
            "after": self.after,
            "location": {"line": self.line, "column": self.column},
        }


@dataclass(frozen=True, slots=True)
class PreparedScript:
    """A script that has passed the gate, as it is run and as it counts for caches."""

    canonical_script: str
    script_hash: str
    script_meta: dict[str, Any]
    findings: tuple[Finding, ...]
    """Warnings only; anything worse would have been raised."""
    line_map: tuple[int, ...]
    """For each canonical line the line of the user's text that it comes from; 0 where it was added."""

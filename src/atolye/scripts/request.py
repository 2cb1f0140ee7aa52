"""A FreeCAD script as a request: the checked script, and what is to be made of its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from atolye import wire
from atolye.designs.canonical import Commission
from atolye.designs.notes import Warning
from atolye.designs.service import Defaults, commission
from atolye.scripts.models import Finding, Origin, PreparedScript


@dataclass(frozen=True, kw_only=True)
class ScriptRequest(Commission):
    """A script that has passed the gate, with material, files and checks."""

    script: PreparedScript
    origin: Origin

    def described(self) -> dict[str, Any]:
        return {
            "type": "script",
            "origin": self.origin,
            "script": self.script.canonical_script,
            "script_hash": self.script.script_hash,
            "script_meta": self.script.script_meta,
        }

    def to_wire(self) -> wire.Request:
        made = self._wire("script")
        made["script"] = wire.Script(source=self.script.canonical_script, origin=self.origin)
        return made


def script_request(
    script: PreparedScript, raw: Mapping[str, Any], *, origin: Origin, defaults: Defaults | None = None
) -> ScriptRequest:
    """The request for a prepared script.

    Args:
        raw: what surrounds it, as in a request by parameters: ``material``, ``process``, ``exports`` …

    Raises:
        AtolyeError: something in ``raw`` is wrong or missing.
    """
    made = ScriptRequest(script=script, origin=origin, **commission(raw, defaults=defaults))
    notes = tuple(_note(finding) for finding in script.findings)
    return replace(made, warnings=(*made.warnings, *notes))


def _note(finding: Finding) -> Warning:
    """What the gate only warned about."""
    problem = finding.error()
    field = problem.field or "script"
    because = f"{problem.code}: {finding.line}"
    return Warning(
        problem.code, "warning", field, finding.line, because, problem.message_tr, problem.message_en
    )

"""Manufacturability: what of a shape the chosen process cannot make, with place and measure.

The kernel holds no tables. Which rules apply, and with which numbers, comes with the request
(``atolye.designs.manufacturing`` makes it); a rule that is not named is not checked:

========================== =================================================================
``min_wall_mm``            thinnest wall (error ``WALL_TOO_THIN``)
``min_draft_deg``          draft of every face against ±Z (error ``DRAFT_TOO_SMALL``)
``tool_access``            1: every face is reached by a tool along ±Z (error ``TOOL_NO_ACCESS``);
                           0: neither this nor the inner radius is asked of a tool along Z
``mould_release``          1: no face keeps a two-part mould from opening (warning ``UNDERCUT_NEEDS_SLIDE``)
``min_internal_radius_mm`` inner corners along Z (error ``INTERNAL_RADIUS_TOO_SMALL``)
``max_hole_depth_ratio``   depth of round holes over their diameter (warning ``HOLE_TOO_DEEP``)
``max_overhang_deg``       undersides, from the vertical (warning ``OVERHANG_NEEDS_SUPPORT``)
``max_bridge_mm``          flat ceilings between walls (warning ``BRIDGE_TOO_LONG``)
========================== =================================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, TypedDict

from atolye.kernel.check import access, draft, overhang, radius, wall
from atolye.kernel.check.faces import Solids, solids_of
from atolye.kernel.check.findings import MAX_FINDINGS_PER_CODE, Finding, Severity, worst_first

__all__ = ["Finding", "Report", "validate"]


class Report(TypedDict):
    """What came out: ``valid`` is false when there is any error; ``measured`` has numbers by rule."""

    valid: bool
    errors: list[Finding]
    warnings: list[Finding]
    measured: dict[str, Any]


def validate(shape: Any, manufacturing: Mapping[str, Any]) -> Report:
    """Checks a shape against the rules of a process and a material.

    Args:
        shape: a ``Part.Shape``; every solid in it is checked by itself, loose faces are not.
        manufacturing: the wire's block ``{"process", "material_group", "rules": {name: number}}``.

    Returns:
        the report; findings of one kind are the worst :data:`MAX_FINDINGS_PER_CODE` of it, worst first, and
        ``measured["counts"]`` says how many there were. Deterministic; the shape is not meshed or changed.
    """
    rules: Mapping[str, float] = manufacturing["rules"]
    solids = solids_of(shape)
    findings: list[Finding] = []
    measured: dict[str, Any] = {}
    if solids.faces:
        for found, values in _checks(solids, rules):
            findings += found
            measured.update(
                {name: round(float(value), 6) for name, value in values.items() if value is not None}
            )
    measured["counts"] = dict(sorted(Counter(found["code"] for found in findings).items()))
    errors, warnings = _listed(findings, "error"), _listed(findings, "warning")
    return Report(valid=not errors, errors=errors, warnings=warnings, measured=measured)


def _checks(solids: Solids, rules: Mapping[str, float]) -> Any:
    """Runs every check that has a rule; yields its findings and what it measured."""
    if "min_wall_mm" in rules:
        found, thinnest = wall.check(solids, rules["min_wall_mm"])
        yield found, {"min_wall_mm": thinnest}
    if "min_draft_deg" in rules:
        found, least = draft.check(solids, rules["min_draft_deg"])
        yield found, {"min_draft_deg": least}
    if rules.get("tool_access"):
        found, share = access.check(solids, "TOOL_NO_ACCESS", "error")
        yield found, {"reachable_share": share}
    if rules.get("mould_release"):
        found, share = access.check(solids, "UNDERCUT_NEEDS_SLIDE", "warning")
        yield found, {"releasing_share": share}
    if "min_internal_radius_mm" in rules and rules.get("tool_access", 1.0):
        found, smallest = radius.check(solids, rules["min_internal_radius_mm"])
        yield found, {"min_internal_radius_mm": smallest}
    if "max_hole_depth_ratio" in rules:
        found, deepest = radius.check_depth(solids, rules["max_hole_depth_ratio"])
        yield found, {"max_hole_depth_ratio": deepest}
    if "max_overhang_deg" in rules or "max_bridge_mm" in rules:
        yield overhang.check(solids, rules.get("max_overhang_deg"), rules.get("max_bridge_mm"))


def _listed(findings: list[Finding], severity: Severity) -> list[Finding]:
    """The worst findings of each kind."""
    listed: list[Finding] = []
    taken: Counter[str] = Counter()
    for found in worst_first(f for f in findings if f["severity"] == severity):
        taken[found["code"]] += 1
        if taken[found["code"]] <= MAX_FINDINGS_PER_CODE:
            listed.append(found)
    return listed

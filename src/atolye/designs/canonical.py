"""The canonical request: what two people mean alike, whatever their words, units and order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from atolye import wire
from atolye.designs.family import PartFamily, Text
from atolye.designs.manufacturing import rules_for
from atolye.designs.materials import Material
from atolye.designs.notes import Warning
from atolye.designs.outputs import ExportSpec, Limits, MeshOptions
from atolye.designs.processes import Machine, Process

CANONICAL_UNITS: Final = "mm"


@dataclass(frozen=True, kw_only=True)
class Commission:
    """What is to be done with a design, whatever describes it: material, process, files, checks.

    ``units``, ``language_hint`` and ``warnings`` concern its display and are not part of its identity.
    """

    material: Material
    process: Process | None
    machine: Machine | None
    units: str
    """Unit of length that the caller thinks in: ``um``, ``mm``, ``cm``, ``m``, ``in`` or ``ft``."""
    exports: tuple[ExportSpec, ...]
    mesh: MeshOptions
    manufacturing_checks: bool
    limits: Limits | None
    warnings: tuple[Warning, ...]
    language_hint: str | None

    def described(self) -> dict[str, Any]:
        """The design itself as JSON-safe data, with its ``type``."""
        raise NotImplementedError

    def as_dict(self) -> dict[str, Any]:
        """The request as JSON-safe data; canonicalised again, it gives the same request."""
        checks = self.limits.values() if self.limits is not None else self.manufacturing_checks
        return {
            **self.described(),
            "units": CANONICAL_UNITS,
            "material": self.material.key,
            "process": self.process.key if self.process else None,
            "machine": self.machine.key if self.machine else None,
            "exports": [export.as_dict() for export in self.exports],
            "mesh": self.mesh.values(),
            "manufacturing_checks": checks,
        }

    def canonical_json(self) -> str:
        """The one spelling of the request: sorted keys, no white space, numbers as Python's ``repr``."""
        return json.dumps(
            self.as_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )

    @cached_property
    def sha256(self) -> str:
        """Hash of :meth:`canonical_json` in UTF-8."""
        return hashlib.sha256(self.canonical_json().encode("utf-8")).hexdigest()

    def to_wire(self) -> wire.Request:
        """What the kernel receives."""
        raise NotImplementedError

    def _wire(self, flow: str) -> wire.Request:
        """The kernel's request without the design."""
        material = self.material
        return wire.Request(
            wire=wire.WIRE_VERSION,
            flow=flow,
            material=wire.Material(
                key=material.key, density_kg_m3=material.density_kg_m3, rgba=list(material.rgba)
            ),
            manufacturing=self._manufacturing(),
            mesh=wire.Mesh(
                linear_deflection_mm=self.mesh.linear_deflection_mm,
                angular_deflection_deg=self.mesh.angular_deflection_deg,
                relative=self.mesh.relative,
            ),
            exports=[_wire_export(export) for export in self.exports],
        )

    def _manufacturing(self) -> wire.Manufacturing | None:
        """The rules to check; none without a process, or when the caller switched them off."""
        if self.process is None or not self.manufacturing_checks:
            return None
        rules = rules_for(
            self.process.key,
            material=self.material.key,
            group=self.material.group,
            tool_diameter_mm=self.machine.smallest_tool_mm if self.machine else None,
        )
        if rules is None:
            return None
        return wire.Manufacturing(
            process=self.process.key,
            material_group=self.material.group,
            rules=_with_own(rules, self.limits),
        )


@dataclass(frozen=True, kw_only=True)
class CanonicalRequest(Commission):
    """A part by parameters, in millimetres and degrees, complete and checked."""

    part: PartFamily
    type: str = "params"

    @property
    def family(self) -> str:
        return self.part.key

    @property
    def frame(self) -> Text:
        """Where the part's origin is and which way it lies."""
        return self.part.frame

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The family's fields, in mm and degrees, rounded to 1e-6."""
        return self.part.values()

    def described(self) -> dict[str, Any]:
        return {"type": self.type, "family": self.family, "parameters": self.fields}

    def to_wire(self) -> wire.Request:
        made = self._wire(self.type)
        made["design"] = wire.Design(family=self.family, fields=self.part.kernel_fields())
        return made


def _wire_export(export: ExportSpec) -> wire.Export:
    if export.schema is None:
        return wire.Export(kind=export.kind)
    return wire.Export(kind=export.kind, schema=export.schema)


def _with_own(rules: Mapping[str, float], limits: Limits | None) -> dict[str, float]:
    """The process' rules with the caller's own limits in their place; a rule that is off is left out."""
    own = {} if limits is None else limits.values()
    merged = {**rules, **{name: float(value) for name, value in own.items()}}
    return {name: value for name, value in merged.items() if own.get(name) is not False}

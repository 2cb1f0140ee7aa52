"""The wire between the service and the kernel: a JSON request, a stream of JSON-line events, files.

This module is the only code that both sides share, so it uses nothing but the standard library.
``docs/architecture.md`` shows a whole exchange.

Request (one JSON object)::

    {"wire": 1, "flow": "params",
     "design": {"family": "plate", "fields": {…}},          lengths in mm, angles in degrees
     "material": {"key": "…", "density_kg_m3": …, "rgba": [r, g, b, a]},
     "manufacturing": null | {"process": "milling", "material_group": "aluminium", "rules": {…}},
     "mesh": {"linear_deflection_mm": 0.1, "angular_deflection_deg": 5.0, "relative": false},
     "exports": [{"kind": "solid.step", "schema": "AP214"}, …]}

With ``"flow": "script"`` there is ``"script": {"source": …, "origin": "user" | "ai"}`` in place of
``design``. The engine serves it in two processes; the second gets the flow ``finish``, the files that the
first left, and in ``script.object`` the name of the final object in the document. Its result holds ``script``
besides: what the document consists of.

Events (one JSON object a line, ``event`` names the kind)::

    {"event": "stage", "stage": "build", "progress": 0.2}
    {"event": "progress", "stage": …, "message": …, …}      finer steps inside a stage
    {"event": "resource", "cpu_pct": …, "rss_mb": …}        from the supervisor, while the job runs
    {"event": "warning", "code": …, "field": …, "value": …, "because": …, "severity": …, "params": {…}}
    {"event": "artefact", "kind": …, "file": …, "size_bytes": …, "sha256": …, "metadata": {…}}
    {"event": "result", "metrics": {…}, "checks": {…} | null, "topology": {…}, "parameters": {…},
                        "timings_ms": {…}, "provenance": {…}}
    {"event": "error", "code": …, "phase": …, "exception_class": …, "message": …, "details": {…}}
    {"event": "exit", "outcome": …, "signal": …, "peak_rss_mb": …, "avg_cpu_pct": …, "wall_ms": …}

``exit`` is always the last line and comes from the supervisor, which the job cannot forge.
"""

from __future__ import annotations

from typing import Any, Final, Literal, Required, TypedDict

WIRE_VERSION: Final = 1

Outcome = Literal["finished", "timeout", "cpu_limit", "out_of_memory", "disk_full", "cancelled", "crashed"]
"""How the job's process ended: by itself, or by whom it was ended and why."""

EXPORT_FILES: Final[dict[str, str]] = {
    "model.fcstd": "model.FCStd",
    "solid.step": "solid.step",
    "solid.iges": "solid.iges",
    "solid.brep": "solid.brep",
    "mesh.stl": "mesh.stl",
    "mesh.obj": "mesh.obj",
    "mesh.3mf": "mesh.3mf",
    "preview.glb": "preview.glb",
    "picture.png": "picture.png",
    "picture.svg": "picture.svg",
    "parameters.json": "parameters.json",
}
"""File that each kind of export is written to, inside the job's folder."""

MAX_REQUEST_BYTES: Final = 8 * 1024 * 1024
MAX_EVENT_BYTES: Final = 4 * 1024 * 1024
"""Longest event line that is believed; a longer one ends the job as crashed."""


class Export(TypedDict, total=False):
    kind: str
    schema: str


class Mesh(TypedDict):
    linear_deflection_mm: float
    angular_deflection_deg: float
    relative: bool


class Design(TypedDict):
    family: str
    fields: dict[str, Any]


class Material(TypedDict):
    key: str
    density_kg_m3: float
    rgba: list[float]


class Manufacturing(TypedDict):
    process: str
    material_group: str
    rules: dict[str, float]


class Script(TypedDict, total=False):
    source: str
    origin: Literal["user", "ai"]
    object: str


class Request(TypedDict, total=False):
    wire: Required[int]
    flow: Required[str]
    design: Design
    script: Script
    material: Material
    manufacturing: Manufacturing | None
    mesh: Mesh
    exports: list[Export]


Event = dict[str, Any]

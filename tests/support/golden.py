"""Makes the corpus' models and compares them with the approved goldens.

A golden is believed only because others agree with it: before approval, and in every test run, the STEP is
read by OCP and the STL by trimesh, and both must have the volume that the metrics state.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atolye.designs.service import canonicalise
from tests.support.readers import step_volume_mm3, stl_is_watertight, stl_volume_mm3

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "data" / "params" / "valid"
MANIFEST = ROOT / "tests" / "data" / "golden" / "golden_manifest.json"

COMPARED = ("model.fcstd", "solid.step", "mesh.stl", "preview.glb")
EXACT_METRICS = ("solids", "faces", "edges", "vertices", "triangles")
BBOX_TOLERANCE_MM = 1e-6
RELATIVE_TOLERANCE = 1e-6  # 14.16


@dataclass(frozen=True, slots=True)
class Made:
    """What one request of the corpus became."""

    request_sha256: str
    sha256: dict[str, str]
    metrics: dict[str, Any]
    folder: Path

    def as_entry(self) -> dict[str, Any]:
        return {"request_sha256": self.request_sha256, "sha256": self.sha256, "metrics": self.metrics}


def corpus() -> dict[str, Path]:
    """Requests by test id, the file's name without its suffix."""
    return {path.stem: path for path in sorted(CORPUS.glob("*.json"))}


def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return loaded


def make(engine: Any, source: Path, folder: Path) -> Made:
    """Runs one request of the corpus through the engine."""
    raw = json.loads(source.read_text(encoding="utf-8"))
    raw["exports"] = ["fcstd", "step", "stl", "glb"]
    request = canonicalise(raw)
    folder.mkdir(parents=True, exist_ok=True)
    finished = engine.run(request.to_wire(), folder)
    files = {artefact["kind"]: folder / artefact["file"] for artefact in finished.artefacts}
    digests = {kind: hashlib.sha256(files[kind].read_bytes()).hexdigest() for kind in COMPARED}
    metrics = finished.result["metrics"]
    kept = {name: metrics[name] for name in EXACT_METRICS}
    return Made(request.sha256, digests, {**kept, "display": metrics["display"]}, folder)


def disagreements_of_others(made: Made) -> list[str]:
    """What independent readers say against the metrics; empty when they agree."""
    stated = made.metrics["display"]["volume_mm3"]
    found = []
    step = step_volume_mm3(made.folder / "solid.step")
    if not math.isclose(step, stated, rel_tol=RELATIVE_TOLERANCE):
        found.append(f"OCP reads {step} mm³ from the STEP, the metrics say {stated}")
    stl = stl_volume_mm3(made.folder / "mesh.stl")
    if not math.isclose(stl, stated, rel_tol=0.05):  # 0.1 mm of deflection, on parts of a few millimetres
        found.append(f"trimesh reads {stl} mm³ from the STL, the metrics say {stated}")
    if not stl_is_watertight(made.folder / "mesh.stl"):
        found.append("the STL is not watertight")
    return found


def metric_differences(entry: dict[str, Any], made: Made) -> list[str]:
    """Differences beyond the tolerances of the corpus, one line each."""
    expected, found = entry["metrics"], made.metrics
    lines = [
        f"{name}: {expected[name]} → {found[name]}" for name in EXACT_METRICS if expected[name] != found[name]
    ]
    for name in ("volume_mm3", "area_mm2"):
        if not math.isclose(expected["display"][name], found["display"][name], rel_tol=RELATIVE_TOLERANCE):
            lines.append(f"{name}: {expected['display'][name]} → {found['display'][name]}")
    for corner in ("min", "max"):
        before, now = expected["display"]["bbox_mm"][corner], found["display"]["bbox_mm"][corner]
        if any(abs(a - b) > BBOX_TOLERANCE_MM for a, b in zip(before, now, strict=True)):
            lines.append(f"bbox {corner}: {before} → {now}")
    return lines


def byte_differences(entry: dict[str, Any], made: Made) -> list[str]:
    return [
        f"{kind}: {entry['sha256'][kind]} → {made.sha256[kind]}"
        for kind in COMPARED
        if entry["sha256"][kind] != made.sha256[kind]
    ]

"""Runs a set of prompts with known answers and says how well a reader does.

A set is JSON lines::

    {"id": "tr-plate-1", "language": "tr", "kind": "clear", "prompt": "100x50x8 çelik plaka",
     "expected": {"family": "plate", "fields": {"length": 100, "width": 50, "thickness": 8},
                  "material": "steel_s235jr"},
     "geometry": {"volume_mm3": 40000.0, "bbox_mm": [100, 50, 8]}}
    {"id": "en-missing-1", "language": "en", "kind": "missing", "prompt": "a steel plate",
     "expected": {"code": "AI_HINT_REQUIRED", "fields": ["length", "width", "thickness"]}}
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

from atolye.designs.canonical import CanonicalRequest
from atolye.designs.service import canonicalise
from atolye.errors import AtolyeError
from atolye.prompts.closed_forms import volume_mm3
from atolye.prompts.models import Suggestion

KINDS: Final = ("clear", "ambiguous", "missing", "hostile", "long", "mixed")
TOLERANCE: Final = 1e-6
"""Largest relative error of a volume, and largest error of a box in mm, of a right model."""

Reader = Callable[[str, str | None], Suggestion]
"""Reads a prompt in a language, or raises the failure that the user would see."""


@dataclass(frozen=True, slots=True)
class Built:
    """What was measured on a model that was made."""

    valid: bool
    volume_mm3: float
    bbox_mm: tuple[float, float, float]
    iou: float | None = None
    """Common volume over united volume with the expected solid, when booleans were made."""


Builder = Callable[[CanonicalRequest, Mapping[str, Any]], Built]
"""Builds a request and measures it against the expected geometry of its case."""


@dataclass(frozen=True, slots=True)
class Case:
    """A prompt with its known answer."""

    id: str
    language: str
    kind: str
    prompt: str
    expected: Mapping[str, Any]
    geometry: Mapping[str, Any]

    @property
    def wants_model(self) -> bool:
        return "code" not in self.expected


@dataclass(frozen=True, slots=True)
class Result:
    """How one case went."""

    case: Case
    right: bool
    """The right model within the tolerance, or the right code with the right fields."""
    code: str | None
    because: str = ""
    """What differs from the expected answer."""
    volume_error: float | None = None
    """Relative."""
    bbox_error_mm: float | None = None
    iou: float | None = None
    doubts: int = 0
    """Warnings above info."""
    seconds: float = 0.0

    @property
    def silently_wrong(self) -> bool:
        """A wrong model, or one where none was due, without any word of doubt."""
        return self.code is None and not self.right and self.doubts == 0

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {
            "id": self.case.id,
            "right": self.right,
            "code": self.code,
            "because": self.because,
            "volume_error": self.volume_error,
            "bbox_error_mm": self.bbox_error_mm,
            "iou": self.iou,
            "doubts": self.doubts,
            "ms": round(self.seconds * 1000, 3),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """How a set went."""

    results: Sequence[Result] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe: the whole set, each language, each kind, and every case that went wrong."""
        groups: dict[str, dict[str, list[Result]]] = {
            "language": defaultdict(list),
            "kind": defaultdict(list),
        }
        for result in self.results:
            groups["language"][result.case.language].append(result)
            groups["kind"][result.case.kind].append(result)
        return {
            "all": _summary(self.results),
            "by_language": {name: _summary(found) for name, found in sorted(groups["language"].items())},
            "by_kind": {name: _summary(found) for name, found in sorted(groups["kind"].items())},
            "wrong": [result.as_dict() for result in self.results if not result.right],
        }


def load(path: Path) -> list[Case]:
    """The cases of a file of JSON lines, or of every such file in a folder.

    Raises:
        AtolyeError: ``REQUEST_NOT_JSON`` naming the file and the line that is no case.
    """
    files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
    return [case for file in files for case in _cases(file)]


def _cases(file: Path) -> Iterable[Case]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            case = Case(
                data["id"],
                data["language"],
                data["kind"],
                data["prompt"],
                data["expected"],
                data.get("geometry", {}),
            )
        except (ValueError, KeyError, TypeError) as problem:
            raise AtolyeError("REQUEST_NOT_JSON", problem=f"{file.name}:{number}: {problem}") from None
        if case.kind not in KINDS:
            raise AtolyeError("REQUEST_NOT_JSON", problem=f"{file.name}:{number}: kind {case.kind}")
        yield case


def evaluate(cases: Iterable[Case], read: Reader, *, build: Builder | None = None) -> Report:
    """Runs every case.

    Args:
        read: the reader; any provider that gives a suggestion or fails with a catalogued error.
        build: builds models and measures them; without it volumes come from closed forms and boxes from the
            family's envelope.
    """
    return Report(tuple(_run(case, read, build) for case in cases))


def _run(case: Case, read: Reader, build: Builder | None) -> Result:
    started = time.perf_counter()
    try:
        suggestion = read(case.prompt, case.language)
        canonical = canonicalise(suggestion.request)
    except AtolyeError as error:
        return _refused(case, error, time.perf_counter() - started)
    seconds = time.perf_counter() - started
    doubts = sum(note.severity == "warning" for note in (*suggestion.warnings, *canonical.warnings))
    if not case.wants_model:
        because = f"a {canonical.family} instead of {case.expected['code']}"
        return Result(case, False, None, because, doubts=doubts, seconds=seconds)
    return _judged(case, canonical, build, doubts, seconds)


def _refused(case: Case, error: AtolyeError, seconds: float) -> Result:
    """The right code must name every expected field."""
    if case.wants_model:
        return Result(case, False, error.code, f"{error.code} instead of a model", seconds=seconds)
    named = {error.field, *(cause.field for cause in error.causes)}
    missing = [name for name in case.expected.get("fields", ()) if name not in named]
    right = error.code == case.expected["code"] and not missing
    because = "" if right else f"{error.code}; not named: {', '.join(missing) or '–'}"
    return Result(case, right, error.code, because, seconds=seconds)


def _judged(
    case: Case, canonical: CanonicalRequest, build: Builder | None, doubts: int, seconds: float
) -> Result:
    built = build(canonical, case.geometry) if build is not None else _by_formula(canonical)
    volume_error = _relative(built.volume_mm3, case.geometry.get("volume_mm3"))
    bbox_error = _largest(built.bbox_mm, case.geometry.get("bbox_mm"))
    differing = list(_differences(case.expected, canonical))
    if not built.valid:
        differing.append("the solid is not valid")
    if volume_error is not None and volume_error > TOLERANCE:
        differing.append(f"volume {built.volume_mm3:.6g}")
    if bbox_error is not None and bbox_error > TOLERANCE:
        differing.append(f"box {built.bbox_mm}")
    return Result(
        case, not differing, None, "; ".join(differing), volume_error, bbox_error, built.iou, doubts, seconds
    )


def _by_formula(canonical: CanonicalRequest) -> Built:
    volume = volume_mm3(canonical.family, canonical.part.kernel_fields())
    return Built(True, float("nan") if volume is None else volume, canonical.part.envelope_mm())


def _differences(expected: Mapping[str, Any], canonical: CanonicalRequest) -> Iterable[str]:
    if expected.get("family", canonical.family) != canonical.family:
        yield f"family {canonical.family}"
    if expected.get("material", canonical.material.key) != canonical.material.key:
        yield f"material {canonical.material.key}"
    process = canonical.process.key if canonical.process else None
    if expected.get("process", process) != process:
        yield f"process {process}"
    for name, value in expected.get("fields", {}).items():
        if not _same(canonical.fields.get(name), value):
            yield f"{name} = {canonical.fields.get(name)}"


def _same(found: Any, wanted: Any) -> bool:
    """Numbers within 1e-6; of objects only the wanted keys count."""
    if isinstance(wanted, bool | str) or wanted is None:
        return bool(found == wanted)
    if isinstance(wanted, int | float):
        return isinstance(found, int | float) and abs(found - wanted) <= TOLERANCE
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            _same(found.get(key), value) for key, value in wanted.items()
        )
    return (
        isinstance(found, Sequence)
        and len(found) == len(wanted)
        and all(_same(one, other) for one, other in zip(found, wanted, strict=True))
    )


def _relative(found: float, wanted: float | None) -> float | None:
    if wanted is None or found != found:
        return None
    return abs(found - wanted) / abs(wanted)


def _largest(found: Sequence[float], wanted: Sequence[float] | None) -> float | None:
    if wanted is None:
        return None
    return max(abs(one - other) for one, other in zip(found, wanted, strict=True))


def _summary(results: Sequence[Result]) -> dict[str, Any]:
    """Rates from 0 to 1; ``None`` where there was nothing to judge."""
    models = [result for result in results if result.case.wants_model]
    codes = [result for result in results if not result.case.wants_model]
    right_models = [result for result in models if result.right]
    return {
        "cases": len(results),
        "valid_rate": _rate(models, right_models),
        "right_code_rate": _rate(codes, [result for result in codes if result.right]),
        "silently_wrong": sum(result.silently_wrong for result in results),
        "doubted_rate": _rate(right_models, [result for result in right_models if result.doubts]),
        "largest_volume_error": _worst(result.volume_error for result in models),
        "largest_bbox_error_mm": _worst(result.bbox_error_mm for result in models),
        "lowest_iou": min((result.iou for result in models if result.iou is not None), default=None),
        "median_ms": round(median(result.seconds for result in results) * 1000, 3) if results else None,
        "longest_ms": round(max(result.seconds for result in results) * 1000, 3) if results else None,
    }


def _rate(whole: Sequence[Result], part: Sequence[Result]) -> float | None:
    return len(part) / len(whole) if whole else None


def _worst(errors: Iterable[float | None]) -> float | None:
    return max((error for error in errors if error is not None), default=None)

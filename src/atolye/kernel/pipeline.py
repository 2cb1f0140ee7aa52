"""From a request to files: open → build → recompute → check → tessellate → export → measure.

Three flows come here. ``params`` goes all the way. ``script`` runs somebody's script and leaves what it made;
``finish`` takes that up in another process and goes the rest of the way.

Everything here runs in one process that serves one request. What is seen from outside are the events
(see :mod:`atolye.wire`) and the files in the job's folder.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import os
import re
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from atolye.kernel import check, preferences
from atolye.kernel.canonical import canonical_json
from atolye.kernel.errors import KernelError, Phase
from atolye.kernel.exchange import parameters
from atolye.kernel.exchange.formats import FAILURE_CODES, PICTURES, WRITERS
from atolye.kernel.exchange.model import Model
from atolye.kernel.measure import metrics, topology
from atolye.kernel.measure.parts import Parts
from atolye.kernel.measure.tessellation import Tessellation, tessellate
from atolye.kernel.provenance import exporter
from atolye.kernel.script import FINISH, FLOW, finish, sizes
from atolye.kernel.script.run import ScriptJob
from atolye.kernel.session import Session
from atolye.wire import EXPORT_FILES, WIRE_VERSION, Event

Emit = Callable[[Event], None]

ENVIRONMENT: Final = preferences.prepare()
"""Set on import, so that it comes before the first boolean of any process that can run a request."""

LIMITS: Final = {"max_faces": 50_000, "max_edges": 150_000, "max_triangles": 5_000_000}
"""Caps on what a request may grow into; a request's ``limits`` may lower them."""

_FAMILY: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_KERNEL_FAILURES: Final = ("FC_RECOMPUTE_FAILED", "FC_BOOLEAN_FAILED", "FC_FILLET_CHAMFER_FAILED")
"""Failures of the geometry kernel, which are tried once more in a clean document."""

_STAGES: Final[dict[str, tuple[float, Phase]]] = {
    "open": (0.02, "open"),
    "build": (0.05, "model"),
    "recompute": (0.10, "recompute"),
    "check": (0.40, "check"),
    "tessellate": (0.50, "mesh"),
    "export": (0.65, "export"),
    "measure": (0.95, "measure"),
}
"""Progress at the beginning of each stage, and the phase its failures are reported in."""


def run(request: dict[str, Any], folder: str, emit: Emit) -> None:
    """Serves one request; its last event is ``result`` or ``error``.

    Args:
        request: see :mod:`atolye.wire`.
        folder: an empty folder; the exports get the names of ``EXPORT_FILES`` in it.
        emit: receives the events in order.
    """
    job = _FLOWS.get(str(request.get("flow")), _Job)(request, folder, emit)
    try:
        job.run()
    except KernelError as error:
        emit(_error_event(error, error, error.phase))
    except Exception as error:  # noqa: BLE001 - boundary of the kernel: FreeCAD raises what it likes
        traceback.print_exc()
        emit(_error_event(error, _as_kernel_error(error, job.phase), job.phase))
    finally:
        job.close()


@dataclass
class _Job:
    request: dict[str, Any]
    folder: str
    emit: Emit
    session: Session | None = None
    phase: Phase = "open"
    timings_ms: dict[str, float] = field(default_factory=dict)

    def run(self) -> None:
        started = time.perf_counter()
        obj = self._made()
        with self._stage("check"):
            parts = Parts(obj.Shape)
            self._require_count("faces", len(parts.faces))
            self._require_count("edges", len(parts.edges))
            _require_solid(obj, parts)
            self._require_more(parts)
            checks = self._manufacturing(parts.shape)
        with self._stage("tessellate"):
            mesh = self._tessellation(parts)
        with self._stage("export"):
            model = self._model(obj, parts, mesh)
            artefacts = self._exports(model)
        with self._stage("measure"):
            measured = metrics.measure(parts, mesh, model.material, self._metric_warning)
            measured["stl_sha256"] = artefacts.get("mesh.stl")
            described = self._topology(model)
        self.timings_ms["total"] = _milliseconds(started)
        self.emit(
            {
                "event": "result",
                "metrics": measured,
                "checks": checks,
                "topology": described,
                "parameters": model.parameters,
                "timings_ms": self.timings_ms,
                "provenance": self._provenance(model),
                **self._more_results(),
            }
        )

    def close(self) -> None:
        """Closes the document. Its memory goes with the process, which serves this one request."""
        if self.session is not None:
            self.session.close()
            self.session = None

    # ---- stages -------------------------------------------------------------------------------

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        progress, self.phase = _STAGES[name]
        self.emit({"event": "stage", "stage": name, "progress": progress})
        started = time.perf_counter()
        yield
        self.timings_ms[name] = _milliseconds(started)

    def _made(self) -> Any:
        """The final object of a new document."""
        return self._built(_builder(self.request))

    def _require_more(self, parts: Parts) -> None:
        """What this flow asks of a valid part besides."""

    def _more_results(self) -> dict[str, Any]:
        """What this flow has to say besides."""
        return {}

    def _original_request(self) -> dict[str, Any]:
        return self.request

    def _built(self, build: Callable[[Session, Mapping[str, Any]], Any]) -> Any:
        """The final object; a failure of the geometry kernel is tried once more in a clean document."""
        try:
            return self._build_once(build)
        except KernelError as error:
            if error.code not in _KERNEL_FAILURES:
                raise
            self._progress("recompute", "retry in a clean document", because=error.message)
        self.close()
        gc.collect()  # the second document shall not share memory with what is left of the first
        return self._build_once(build)

    def _build_once(self, build: Callable[[Session, Mapping[str, Any]], Any]) -> Any:
        with self._stage("open"):
            self.session = session = Session()
        with session.transaction("build"):
            with self._stage("build"):
                obj = build(session, self.request["design"]["fields"])
                self._progress("build", "objects", count=len(session.doc.Objects))
            with self._stage("recompute"):
                session.recompute()
                session.show_only(obj)
        return obj

    def _manufacturing(self, shape: Any) -> dict[str, Any] | None:
        wanted = self.request.get("manufacturing")
        if wanted is None:
            return None
        report = check.validate(shape, wanted)
        if not report["valid"]:
            raise KernelError(
                "VALIDATION_MANUFACTURABILITY",
                "check",
                f"{len(report['errors'])} manufacturing rules are broken",
                errors=report["errors"],
                warnings=report["warnings"],
                count=len(report["errors"]),
            )
        return dict(report)

    def _require_count(self, what: str, count: int) -> None:
        key = f"max_{what}"
        limit = min(LIMITS[key], int(self.request.get("limits", {}).get(key, LIMITS[key])))
        if count > limit:
            raise KernelError(
                "FC_GEOM_LIMIT_EXCEEDED",
                self.phase,
                f"{count} {what}, at most {limit} are allowed",
                what=what,
                count=count,
                limit=limit,
            )

    def _tessellation(self, parts: Parts) -> Tessellation:
        wanted = self.request["mesh"]
        mesh = tessellate(
            parts,
            linear_deflection_mm=float(wanted["linear_deflection_mm"]),
            angular_deflection_deg=float(wanted["angular_deflection_deg"]),
            relative=bool(wanted["relative"]),
        )
        self._require_count("triangles", len(mesh.triangles))
        self._progress("tessellate", "triangles", count=len(mesh.triangles))
        return mesh

    def _model(self, obj: Any, parts: Parts, mesh: Tessellation) -> Model:
        assert self.session is not None
        return Model(
            self.session,
            obj,
            parts,
            mesh,
            self.request["material"],
            parameters.read(self.session.doc),
        )

    # ---- exports ------------------------------------------------------------------------------

    def _exports(self, model: Model) -> dict[str, str]:
        """Writes what was asked for; kind to SHA-256 of what was written."""
        wanted = self.request["exports"]
        begin, end = _STAGES["export"][0], _STAGES["measure"][0]
        hashes = {}
        for index, options in enumerate(wanted):
            kind = options["kind"]
            started = time.perf_counter()
            sha256 = self._export(model, kind, options)
            if sha256 is not None:
                hashes[kind] = sha256
            self.timings_ms[f"export.{kind}"] = _milliseconds(started)
            share = begin + (end - begin) * (index + 1) / len(wanted)
            self.emit({"event": "stage", "stage": "export", "progress": round(share, 3), "kind": kind})
        return hashes

    def _export(self, model: Model, kind: str, options: Mapping[str, Any]) -> str | None:
        if kind not in WRITERS:
            raise KernelError("FC_EXPORT_FAILED", "export", f"unknown export {kind!r}", kind=kind)
        path = os.path.join(self.folder, EXPORT_FILES[kind])
        try:
            written = WRITERS[kind](model, path, options)
        except Exception as error:  # boundary of a writer
            if kind in PICTURES:
                self._picture_warning(kind, path, error)
                return None
            if isinstance(error, (KernelError, MemoryError)):
                raise
            raise KernelError(
                FAILURE_CODES.get(kind, "FC_EXPORT_FAILED"),
                "export",
                f"{type(error).__name__}: {error}",
                kind=kind,
                file_format=kind,
                exception_class=type(error).__name__,
            ) from error
        return self._announce(model, kind, path, written)

    def _announce(self, model: Model, kind: str, path: str, written: dict[str, Any]) -> str:
        with open(path, "rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self.emit(
            {
                "event": "artefact",
                "kind": kind,
                "file": EXPORT_FILES[kind],
                "size_bytes": os.path.getsize(path),
                "sha256": sha256,
                "metadata": {
                    "exporter": exporter(),
                    "parameters_sha256": model.parameters_sha256,
                    "tolerances": model.tessellation.parameters,
                    "determinism": DETERMINISM,
                    **written,
                },
            }
        )
        return sha256

    def _topology(self, model: Model) -> dict[str, Any]:
        described = topology.signatures(model.obj, model.parts, exporter()["occt"])
        return {**described, "document_index": topology.document_index(model.session.doc)}

    def _provenance(self, model: Model) -> dict[str, Any]:
        return {
            "wire": WIRE_VERSION,
            "exporter": exporter(),
            "determinism": DETERMINISM,
            "environment": ENVIRONMENT,
            "tolerances": model.tessellation.parameters,
            "parameters_sha256": model.parameters_sha256,
            "request_sha256": hashlib.sha256(canonical_json(self._original_request())).hexdigest(),
        }

    # ---- events -------------------------------------------------------------------------------

    def _progress(self, stage: str, message: str, **data: Any) -> None:
        self.emit({"event": "progress", "stage": stage, "message": message, **data})

    def _metric_warning(self, name: str, because: str) -> None:
        self._warning("METRIC_UNAVAILABLE", f"metrics.{name}", because)

    def _picture_warning(self, kind: str, path: str, error: Exception) -> None:
        if os.path.exists(path):
            os.unlink(path)
        self._warning("PICTURE_FAILED", kind, f"{type(error).__name__}: {error}")

    def _warning(self, code: str, name: str, because: str, severity: str = "warning") -> None:
        self.emit(
            {
                "event": "warning",
                "code": code,
                "severity": severity,
                "field": name,
                "value": None,
                "because": because,
                "params": {"because": because},
            }
        )


class _Finish(_Job):
    """The second half of a script's job; see :mod:`atolye.kernel.script.finish`."""

    facts: dict[str, Any] | None = None

    def _made(self) -> Any:
        with self._stage("open"):
            self.session, obj, self.facts = finish.open_result(self.request, self.folder, self._flattened)
        return obj

    def _flattened(self, because: str) -> None:
        self._warning("SCRIPT_DOCUMENT_FLATTENED", "model.fcstd", because, "info")

    def _require_more(self, parts: Parts) -> None:
        sizes.check(parts.solids)

    def _more_results(self) -> dict[str, Any]:
        return {"script": self.facts}

    def _original_request(self) -> dict[str, Any]:
        return finish.original(self.request)


_FLOWS: Final[dict[str, Callable[[dict[str, Any], str, Emit], _Job | ScriptJob]]] = {
    FLOW: ScriptJob,
    FINISH: _Finish,
}
"""The flows other than ``params``."""

DETERMINISM: Final = {
    "parallel": False,
    "seed_document": True,
    "canonical_headers": True,
    "fixed_dates": True,
    "zip_stored": True,
    "quantisation": False,
}
"""What keeps the bytes equal; goes into every artefact's metadata."""


def _milliseconds(started: float) -> float:
    return round(1e3 * (time.perf_counter() - started), 3)


def _builder(request: Mapping[str, Any]) -> Callable[[Session, Mapping[str, Any]], Any]:
    """The ``build`` function of the request's family.

    Raises:
        KernelError: ``FC_RUNTIME`` for another wire version, flow or family than this kernel knows.
    """
    if request.get("wire") != WIRE_VERSION or request.get("flow") != "params":
        raise KernelError("FC_RUNTIME", "open", f"unknown request: {request.get('flow')!r}")
    family = str(request["design"]["family"])
    if not _FAMILY.fullmatch(family):
        raise KernelError("FC_RUNTIME", "open", "not the name of a family", family=family[:64])
    name = f"atolye.kernel.build.{family}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise KernelError("FC_RUNTIME", "open", f"no builder for {family}", family=family) from error
    build: Callable[[Session, Mapping[str, Any]], Any] = module.build
    return build


def _require_solid(obj: Any, parts: Parts) -> None:
    """Refuses everything but valid, closed solids with a volume.

    Raises:
        KernelError: ``FC_GEOM_INVALID_SHAPE``, with OCCT's own words in ``report``.
    """
    if parts.shape.isNull() or not parts.solids:
        raise _invalid(obj, "it holds no solid")
    if not parts.shape.isValid():
        raise _invalid(obj, "BRepCheck finds faults", report=_check_report(parts.shape))
    if sum(len(faces) for faces in parts.faces_of_solids) != len(parts.faces):
        raise _invalid(obj, "it holds faces that belong to no solid")
    if not all(shell.isClosed() for shell in parts.shells):
        raise _invalid(obj, "a shell is open")
    if not all(solid.volume_mm3 > 0.0 for solid in parts.properties):
        raise _invalid(obj, "a solid has no volume or is inside out")


def _check_report(shape: Any) -> str:
    """What BRepCheck complains about, a line each."""
    try:
        shape.check(True)
    except ValueError as error:
        return str(error)[:2000]
    return ""


def _invalid(obj: Any, why: str, **details: Any) -> KernelError:
    return KernelError(
        "FC_GEOM_INVALID_SHAPE",
        "check",
        f"the shape of {obj.Name} is not valid: {why}",
        object=obj.Name,
        **details,
    )


_PHASE_CODES: Final[dict[Phase, str]] = {"recompute": "FC_RECOMPUTE_FAILED", "mesh": "FC_MESH_FAILED"}


def _as_kernel_error(error: Exception, phase: Phase) -> KernelError:
    """An unforeseen exception under its phase's code; the service refines it from the message."""
    code = "ERR-OOM" if isinstance(error, MemoryError) else _PHASE_CODES.get(phase, "FC_RUNTIME")
    return KernelError(code, phase, str(error) or type(error).__name__)


def _error_event(error: Exception, described: KernelError, phase: Phase) -> Event:
    return {
        "event": "error",
        "code": described.code,
        "phase": phase,
        "exception_class": type(error).__name__,
        "message": described.message,
        "details": described.details,
    }

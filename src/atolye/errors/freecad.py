"""From what FreeCAD and OCCT say to a code of the catalogue.

FreeCAD reports failures as exceptions of a few classes, as the status text of an object that could not
be recomputed, and as text on its console. :func:`code_for` finds the most specific code that such a text
supports; :func:`failure_from_event` makes the error of a job from the kernel's ``error`` event.

The patterns were taken from what FreeCAD 1.1.3 with OCCT 7.9.2 really says when each kind of failure is
provoked (``tests/engine/test_freecad_failures.py`` provokes them again) and from the strings in its
libraries; the remaining ones are the older wordings that specification 12.24 names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from atolye.errors.catalogue import entry
from atolye.errors.masking import mask_text
from atolye.errors.model import AtolyeError

GENERAL: Final = frozenset({"FC_RUNTIME", "FC_RECOMPUTE_FAILED"})
"""Codes that the kernel gives when it knows no better; the text may tell more."""

MAX_MESSAGE: Final = 500
"""Longest part of an engine's message that is kept, in characters."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A wording and its code. ``phase`` and ``format`` narrow it to where it means that."""

    code: str
    text: re.Pattern[str]
    phase: str | None = None
    file_format: str | None = None

    def fits(self, message: str, phase: str, file_format: str) -> bool:
        return (
            (self.phase is None or self.phase == phase)
            and (self.file_format is None or self.file_format == file_format)
            and self.text.search(message) is not None
        )


def _says(code: str, *wordings: str, phase: str | None = None, file_format: str | None = None) -> _Pattern:
    return _Pattern(code, re.compile("|".join(wordings), re.IGNORECASE), phase, file_format)


_ANYTHING: Final = ""
_UNREADABLE: Final = r"(?:cannot|error|failed|could not)\b.*\b(?:read|open|import|load)(?:ing)?\b.*"

_PATTERNS: Final[tuple[_Pattern, ...]] = (
    # A lost reference explains whatever the feature that needed it says.
    _says(
        "FC_A4_LINK_SCOPE",
        r"\bgo(?:es)? out of (?:the )?(?:allowed )?scope",
        r"\blink broken\b",
        r"\bmissing LCS\b|\bLCS\b.*\bnot found",
    ),
    _says(
        "FC_TOPONAMING_UNSTABLE",
        r"invalid (?:edge|face|vertex) link",
        r"AttachEngine\w*: subshape not found",
        r"missing (?:element|topological) reference",
        r"lost (?:its )?reference",
    ),
    # What only one kind of operation says.
    _says(
        "FC_A4_UNSOLVED",
        r"\bassembl\w*\b.*\b(?:solve\w*|constraints?)\b.*\b(?:fail\w*|unsolved|cannot|not possible)",
        r"\bsolve failed\b",
        r"Assembly: Ignoring joint",
    ),
    _says("FC_A4_UNSOLVED", r"\bsolv|\bconflict|\bredundant", phase="assembly"),
    _says(
        "FC_SKETCH_OVERCONSTRAINED",
        r"over-?constrained",
        r"(?:conflicting|redundant) constraints?",
    ),
    _says("FC_SKETCH_UNDERCONSTRAINED", r"under-?constrained"),
    _says(
        "FC_FILLET_CHAMFER_FAILED",
        r"\bPart(?:Design)?::(?:Fillet|Chamfer)\b",
        r"\bmake(?:Fillet|Chamfer)\b",
        r"failed to (?:make|create) (?:fillet|chamfer)",
        r"\b(?:fillet|chamfer)\b.*\b(?:failed|not possible)",
        r"edge does not belong to the shape",
    ),
    _says(
        "FC_BOOLEAN_FAILED",
        r"\bPart::(?:Cut|Fuse|Common|MultiFuse|MultiCommon|Section|Boolean\w*)\b",
        r"\bPartDesign::Boolean\b",
        r"(?:illegal|unsupported) boolean operation",
        r"boolean (?:operation|cut)\b.*\b(?:fail\w*|invalid|only one shape)",
        r"\bdo boolean\b",
        r"(?:failed to perform|running) boolean operation",
        r"\bGeneralFuse failed",
        r"(?:base|tool|input) shape is (?:null|not valid for boolean)",
        r"fusion with base feature failed",
    ),
    # Files, by what they are and which way they went.
    _says(
        "VALIDATION_UNSUPPORTED_FORMAT",
        r"no supported file format",
        r"unknown extension",
        r"file (?:extension|format) not supported",
        r"unsupported (?:file )?(?:format|extension)",
    ),
    _says("FC_EXPORT_STEP_FAILED", r"writing of STEP failed", r"error in transferring STEP"),
    _says("FC_EXPORT_STL_FAILED", r"export of STL mesh failed", r"writing of STL failed"),
    _says("FC_EXPORT_STEP_FAILED", _ANYTHING, phase="export", file_format="step"),
    _says("FC_EXPORT_STL_FAILED", _ANYTHING, phase="export", file_format="stl"),
    _says("FC_EXPORT_FAILED", r"writing of \w+ failed", r"export of [\w ]+ failed", r"saving mesh failed"),
    _says("FC_EXPORT_FAILED", _ANYTHING, phase="export"),
    _says("FC_IMPORT_STEP_FAILED", rf"{_UNREADABLE}\bSTEP\b"),
    _says("FC_IMPORT_IGES_FAILED", rf"{_UNREADABLE}\bIGES\b"),
    _says("FC_IMPORT_STEP_FAILED", _ANYTHING, phase="import", file_format="step"),
    _says("FC_IMPORT_IGES_FAILED", _ANYTHING, phase="import", file_format="iges"),
    _says(
        "FC_MESH_FAILED",
        r"\bmesher\b.*\bfail",
        r"\bBRepMesh",
        r"\bSMESH\b",
        r"\bmeshFromShape\b",
        r"\bmesh\b.*\b(?:non-?manifold|not (?:closed|solid|watertight)|failed)",
        r"non-?manifold.*\bmesh\b",
        r"triangulation\b.*\bfail",
    ),
    _says("FC_MESH_FAILED", _ANYTHING, phase="mesh"),
    # The shape itself.
    _says(
        "FC_GEOM_INVALID_SHAPE",
        r"BRep_API: command not done",
        r"StdFail_NotDone",
        r"TopoDS(?:::|_)\w+",
        r"\bnull (?:input )?shape",
        r"\bshape is (?:null|invalid|empty)",
        r"\b(?:resulting|base feature's) \w+ is (?:null|invalid)",
        r"self[- ]?intersect",
        r"intersects? the sketch|intersecting sketch entities",
        r"non-?manifold",
        r"wire is not closed",
        r"unorientable shape",
        r"BRepCheck|BOPAlgo|BOP check|BRepSweep|BRepFeat|BRepBuilderAPI|BRepExtrema",
        r"failed to create face|creating a face from sketch failed",
        r"\bgp_\w+\(\)",
        r"Standard_(?:ConstructionError|DomainError|NumericError|OutOfRange|NullObject|DimensionError|RangeError)",
        r"creation of \w+ failed",
        r"too small\b|total length of zero",
        r"points are (?:collinear|equal)|identical points|radius value is negative",
        r"offset result has no wires|face does not belong to the shape",
        r"need (?:at least )?two or more|need at least two vertices",
        r"no (?:shells|solids|shapes)\b.*\bfound",
    ),
    _says(
        "FC_RECOMPUTE_FAILED",
        r"recompute failed|still touched after recompute",
        r"cyclic|dependency cycles?|must be a DAG",
        r"in property binding|failed to parse expression|one or more cells",
        r"could not be computed",
    ),
)
"""Most specific first; the first that fits decides."""

_KERNEL_CLASSES: Final = re.compile(r"(?:^|\.)(?:OCC\w*Error|CADKernelError|Standard_\w+|StdFail_\w+)$")
"""Exceptions that only geometry raises, whatever they say (some say nothing)."""

_PROGRAM_FAULTS: Final = frozenset(
    {
        "AssertionError",
        "AttributeError",
        "ImportError",
        "KeyError",
        "ModuleNotFoundError",
        "NameError",
        "NotImplementedError",
        "ReferenceError",
        "TypeError",
        "UnboundLocalError",
    }
)
"""Exceptions that no input of a user can be the cause of: a fault of the program, so status 500."""


def code_for(message: str, exception_class: str = "", phase: str = "", *, file_format: str = "") -> str:
    """The code of the catalogue for a failure inside FreeCAD.

    Args:
        message: the exception's text, or the status text of an object. The object's type in it, as in
            ``F (PartDesign::Fillet) could not be computed: …``, makes the answer more specific.
        exception_class: such as ``Part.OCCError`` or ``ValueError``.
        phase: the step that failed: import, model, recompute, export, mesh, assembly, …
        file_format: format of the file being read or written, such as ``step``.

    Returns:
        The most specific code; ``FC_RUNTIME`` when nothing is known of it.
    """
    if exception_class.rpartition(".")[2] in _PROGRAM_FAULTS:
        return "FC_RUNTIME"
    for pattern in _PATTERNS:
        if pattern.fits(message, phase, file_format.lower()):
            return pattern.code
    if _KERNEL_CLASSES.search(exception_class):
        return "FC_GEOM_INVALID_SHAPE"
    return "FC_RECOMPUTE_FAILED" if phase == "recompute" else "FC_RUNTIME"


def first_meaningful_line(message: str) -> str:
    """The first line of an engine's message that says something, masked and of bounded length."""
    lines = (line.strip() for line in message.splitlines())
    spoken = next((line for line in lines if line and line != "No error"), "")
    return mask_text(spoken)[:MAX_MESSAGE]


def failure_from_event(event: Mapping[str, Any]) -> AtolyeError:
    """The error of a job, from the kernel's ``error`` event (see :mod:`atolye.wire`).

    ``details`` receive the exception's class, the phase and the first meaningful line of the message;
    the event's own details are also the parameters of the catalogue's texts.
    """
    message, phase = str(event.get("message", "")), str(event.get("phase", ""))
    exception_class = str(event.get("exception_class") or "")
    own: dict[str, Any] = dict(event.get("details") or {})
    code = str(event.get("code") or "FC_RUNTIME")
    if code in GENERAL:
        code = code_for(message, exception_class, phase, file_format=str(own.get("file_format", "")))
    elif not _is_known(code):
        own["kernel_code"], code = code, "FC_RUNTIME"
    details = {
        **own,
        "exception_class": exception_class or None,
        "phase": phase or None,
        "engine_message": first_meaningful_line(message),
    }
    reserved = {"code", "field", "details", "causes", "self"}
    params = {name: value for name, value in own.items() if name not in reserved}
    return AtolyeError(code, field=own.get("field"), details=details, **params)


def _is_known(code: str) -> bool:
    try:
        entry(code)
    except KeyError:
        return False
    return True

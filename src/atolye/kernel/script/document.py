"""Reads an FCStd as plain data and says whether FreeCAD may open it.

A document that a script has left can hold whatever its author likes: objects that are Python, expressions
that reach Python, links to files. FreeCAD opens it only when everything in it is on the lists below, which
hold nothing that runs code, reads a file or leaves the document. The check uses no FreeCAD at all.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from atolye.kernel.scrub import ALLOWED_MODULES, ALLOWED_PROPERTIES, LINKS

MAX_BYTES: Final = 256 << 20
MAX_XML_BYTES: Final = 32 << 20
MAX_ENTRIES: Final = 20_000
MAX_OBJECTS: Final = 5_000

_DOCUMENT: Final = "Document.xml"
_ENTRY: Final = re.compile(r"[A-Za-z0-9_.]{1,200}\.(?:brp|bin|txt|xml)|[A-Za-z0-9_]{1,200}")
_PRIMITIVES: Final = "Box Cylinder Cone Sphere Ellipsoid Torus Prism Wedge"

OBJECTS: Final = frozenset(
    {
        *(
            f"App::{kind}"
            for kind in """Origin Line Plane Point Part DocumentObjectGroup VarSet LocalCoordinateSystem
            DatumElement Link LinkElement LinkGroup""".split()  # noqa: SIM905 - a table to read
        ),
        *(f"Part::{kind}" for kind in _PRIMITIVES.split()),
        *(
            f"Part::{kind}"
            for kind in """Feature Plane Line Circle Ellipse Vertex Polygon RegularPolygon Helix Spiral Spline
            Cut Fuse Common Section MultiFuse MultiCommon Compound Compound2 Extrusion
            Revolution Mirroring Scale Fillet Chamfer Face RuledSurface Loft Sweep
            Offset Offset2D Thickness Refine Reverse DatumPlane DatumLine DatumPoint
            LocalCoordinateSystem""".split()  # noqa: SIM905 - a table to read
        ),
        *(
            f"PartDesign::{kind}"
            for kind in """Body Pad Pocket Revolution Groove Hole AdditiveLoft SubtractiveLoft AdditivePipe
            SubtractivePipe AdditiveHelix SubtractiveHelix Fillet Chamfer Draft
            Thickness Mirrored LinearPattern PolarPattern Scaled MultiTransform Boolean
            Plane Line Point CoordinateSystem ShapeBinder FeatureBase Feature""".split()  # noqa: SIM905 - a table to read
        ),
        *(f"PartDesign::{how}{kind}" for how in ("Additive", "Subtractive") for kind in _PRIMITIVES.split()),
        "Sketcher::SketchObject",
        "Spreadsheet::Sheet",
    }
)
"""Kinds of objects that are data and nothing else."""

_EXTENSION: Final = re.compile(r"(?:App|Part|PartDesign|Sketcher)::(?!\w*Python)\w+Extension")
"""Extensions that are FreeCAD's own; those of scripts are called ``…ExtensionPython``."""

_FUNCTIONS: Final = frozenset(
    """abs acos asin atan atan2 cbrt ceil cos cosh exp floor hypot log log10 max min mod pow round sin
    sinh sqrt tan tanh trunc sum average count""".split()  # noqa: SIM905 - a table to read
)
_EXPRESSION: Final = re.compile(r"[\w\s.+\-*/^%()=<>!?:;,#°µ'\"\[\]]{1,2000}")
_WORD: Final = re.compile(r"[^\W\d]\w*")
_CALL: Final = re.compile(r"([^\W\d]\w*)\s*\(")


class UnfitError(Exception):
    """The document holds something that is not on the lists; the text says what."""


def inspect(path: str) -> None:
    """Reads the whole archive without opening the document.

    Raises:
        UnfitError: it must not be opened.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive)
            root = _parsed(archive.read(_DOCUMENT))
            names = {entry.filename for entry in archive.infolist()}
    except (OSError, zipfile.BadZipFile, KeyError, ElementTree.ParseError, NotImplementedError) as error:
        raise UnfitError(f"not a document: {type(error).__name__}") from error
    except (RuntimeError, ValueError, EOFError) as error:  # encrypted, cut short, impossible numbers
        raise UnfitError(f"not a document: {type(error).__name__}") from error
    for element in root.iter():
        _check_element(element, names)
    _check_objects(root)


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise UnfitError("the document is too large")
    if len({entry.filename for entry in entries}) != len(entries):
        raise UnfitError("an entry is there twice")
    for entry in entries:
        if not _ENTRY.fullmatch(entry.filename) or entry.is_dir():
            raise UnfitError(f"an entry is called {entry.filename[:80]!r}")


def _parsed(data: bytes) -> Element:
    if len(data) > MAX_XML_BYTES:
        raise UnfitError("the document is too large")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\x00" in data:
        raise UnfitError("the document declares entities")
    return ElementTree.fromstring(data)  # noqa: S314 - there are no entities in it


def _check_element(element: Element, entries: set[str]) -> None:
    file = element.get("file")
    if file and file not in entries:
        raise UnfitError(f"a file is named that is not there: {file[:80]!r}")
    match element.tag:
        case "Object":
            _require_kind(element.get("type"))
        case "Extension":
            if not _EXTENSION.fullmatch(element.get("type") or ""):
                raise UnfitError(f"an extension is of the kind {(element.get('type') or '')[:80]}")
        case "Property" | "_Property":
            _check_property(element)
        case "Expression":
            _check_expression(element.get("expression") or "")
        case "Cell":
            content = element.get("content") or ""
            if content.startswith("="):
                _check_expression(content[1:])
        case "XLink" | "XLinkSub" if file:
            raise UnfitError("a link leads out of the document")
        case "Python":
            raise UnfitError("the document holds a Python object")
    if element.get("encoded") or element.get("module") or element.get("class"):
        raise UnfitError("the document holds a Python object")


def _require_kind(kind: str | None) -> None:
    # objects appear twice: once with their kind, once with their properties
    if kind is not None and kind not in OBJECTS:
        raise UnfitError(f"an object is of the kind {kind[:80]}")


def _check_property(element: Element) -> None:
    kind = element.get("type") or ""
    if kind in ALLOWED_PROPERTIES or kind in LINKS or kind.startswith(ALLOWED_MODULES):
        return
    if element.tag == "_Property" or _is_empty(element):
        return
    raise UnfitError(f"the property {(element.get('name') or '')[:80]} is of the kind {kind[:80]}")


def _is_empty(element: Element) -> bool:
    """Whether a property holds nothing, whatever its kind: such as an unused link to another document."""
    return all(
        value in ("", "0", "false") or name in ("count", "Count")
        for inner in element.iter()
        if inner is not element
        for name, value in inner.attrib.items()
    )


def _check_expression(text: str) -> None:
    """Arithmetic on numbers, names of the document and functions of mathematics; nothing else."""
    if not _EXPRESSION.fullmatch(text) or "<<" in text:
        raise UnfitError("an expression is more than arithmetic")
    if any(word.startswith("_") for word in _WORD.findall(text)):
        raise UnfitError("an expression reaches inside FreeCAD")
    if not all(name in _FUNCTIONS for name in _CALL.findall(text)):
        raise UnfitError("an expression calls more than mathematics")


def _check_objects(root: Element) -> None:
    listed = list(_listed(root))
    if not listed or len(listed) > MAX_OBJECTS:
        raise UnfitError("the document has no objects or too many")
    if any(element.get("type") is None for element in listed):
        raise UnfitError("an object has no kind")


def _listed(root: Element) -> Iterator[Element]:
    for objects in root.findall("Objects"):
        yield from objects.findall("Object")

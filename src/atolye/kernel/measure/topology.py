"""Signatures of a shape's parts that two runs, and two equal models, agree on.

OCCT has no stable hash of a sub-shape: its own depends on addresses. A signature here is the SHA-256 of
what the part is: kind of geometry, size, place and extent, rounded to a millionth of a millimetre.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

from atolye.kernel.measure.parts import Parts, SolidProperties

ALGORITHM: Final = "atolye-1"
"""Version of the signature; a change of it is a change of every hash."""

ROUNDING_MM: Final = 1e-6

MAX_SIGNATURES: Final = 20_000
"""Parts beyond this number, in the order solids, shells, faces, edges, vertices, get no signature."""


def signatures(obj: Any, parts: Parts, occt_version: str) -> dict[str, Any]:
    """A hash for each solid, shell, face, edge and vertex, by its path such as ``Cut/Face6``.

    Returns:
        ``{"algorithm", "occt", "rounding_mm", "count", "truncated", "hashes": [{"path", "kind", "hash"}]}``;
        ``count`` is the number of parts, also of those without a hash.
    """
    path = object_path(obj)
    hashes: list[dict[str, str]] = []
    count = 0
    for kind, members, describe in _described(parts):
        count += len(members)
        room = MAX_SIGNATURES - len(hashes)
        hashes.extend(
            {"path": f"{path}/{kind}{index}", "kind": kind, "hash": _hash(kind, describe(member))}
            for index, member in enumerate(members[:room], start=1)
        )
    return {
        "algorithm": ALGORITHM,
        "occt": occt_version,
        "rounding_mm": ROUNDING_MM,
        "count": count,
        "truncated": count > len(hashes),
        "hashes": hashes,
    }


def object_path(obj: Any) -> str:
    """The object's name, behind those of the bodies and parts that hold it."""
    names = [obj.Name]
    parent = obj.getParentGeoFeatureGroup()
    while parent is not None:
        names.insert(0, parent.Name)
        parent = parent.getParentGeoFeatureGroup()
    if obj.TypeId == "PartDesign::Body" and obj.Tip is not None:
        names.append(obj.Tip.Name)
    return "/".join(names)


def document_index(document: Any) -> list[dict[str, str]]:
    """Every object's name, label and type, in the order of the names."""
    return [
        {"name": obj.Name, "label": obj.Label, "type": obj.TypeId}
        for obj in sorted(document.Objects, key=lambda obj: str(obj.Name))
    ]


# ---- what a part is ------------------------------------------------------------------------------


def _numbers(*values: float) -> str:
    return ",".join(f"{round(value / ROUNDING_MM):d}" for value in values)


def _point(vector: Any) -> str:
    return _numbers(vector.x, vector.y, vector.z)


def _hash(kind: str, description: str) -> str:
    return hashlib.sha256(f"{kind}|{description}".encode()).hexdigest()


def _described(parts: Parts) -> tuple[tuple[str, list[Any], Callable[[Any], str]], ...]:
    """Kind, members and how one is described, from the largest kind to the smallest."""
    return (
        ("Solid", parts.properties, _solid),
        ("Shell", parts.shells, _shell),
        ("Face", parts.faces, _face),
        ("Edge", parts.edges, _edge),
        ("Vertex", parts.vertices, _vertex),
    )


def _solid(solid: SolidProperties) -> str:
    return f"{_numbers(solid.volume_mm3, *solid.centre_mm, *solid.inertia_mm5[0], *solid.inertia_mm5[1])}"


def _shell(shell: Any) -> str:
    """Number of faces, length of all their outlines, and the corners."""
    corners = sorted(_point(vertex.Point) for vertex in shell.Vertexes)
    return f"{shell.countSubElements('Face')}|{_numbers(shell.Length)}|{'|'.join(corners)}"


def _face(face: Any) -> str:
    """Kind of surface, centroid, length of the outline and number of edges."""
    edges = face.countSubElements("Edge")
    return f"{face.Surface.TypeId}|{_point(face.CenterOfMass)}|{_numbers(face.Length)}|{edges}"


def _edge(edge: Any) -> str:
    """Kind of curve, length, middle and, in either order, the ends."""
    if edge.Degenerated:
        return f"degenerated|{_point(edge.Vertexes[0].Point)}"
    first, last = edge.FirstParameter, edge.LastParameter
    start, end = sorted((_point(edge.valueAt(first)), _point(edge.valueAt(last))))
    middle = _point(edge.valueAt((first + last) / 2.0))
    return f"{edge.Curve.TypeId}|{_numbers(edge.Length)}|{start}|{middle}|{end}"


def _vertex(vertex: Any) -> str:
    return _point(vertex.Point)

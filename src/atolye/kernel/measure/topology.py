"""Signatures of a shape's parts that two runs, and two equal models, agree on.

OCCT has no stable hash of a sub-shape: its own depends on addresses. A signature here is the SHA-256 of
what the part is: kind of geometry, size, place and extent, rounded to a millionth of a millimetre.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

ALGORITHM: Final = "atolye-1"
"""Version of the signature; a change of it is a change of every hash."""

ROUNDING_MM: Final = 1e-6

MAX_SIGNATURES: Final = 20_000
"""Parts beyond this number, in the order solids, shells, faces, edges, vertices, get no signature."""


def signatures(obj: Any, shape: Any, occt_version: str) -> dict[str, Any]:
    """A hash for each solid, shell, face, edge and vertex, by its path such as ``Cut/Face6``.

    Returns:
        ``{"algorithm", "occt", "rounding_mm", "count", "truncated", "hashes": [{"path", "kind", "hash"}]}``;
        ``count`` is the number of parts, also of those without a hash.
    """
    path = object_path(obj)
    hashes: list[dict[str, str]] = []
    count = 0
    for kind, part_name, parts, describe in _KINDS:
        members = getattr(shape, parts)
        count += len(members)
        room = MAX_SIGNATURES - len(hashes)
        hashes.extend(
            {
                "path": f"{path}/{part_name}{index}",
                "kind": kind,
                "hash": hashlib.sha256(f"{kind}|{describe(member)}".encode()).hexdigest(),
            }
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


def _solid(solid: Any) -> str:
    return f"{_numbers(solid.Volume)}|{_point(solid.CenterOfMass)}|{len(solid.Shells)}"


def _shell(shell: Any) -> str:
    return f"{_numbers(shell.Area)}|{_point(shell.CenterOfMass)}|{len(shell.Faces)}"


def _face(face: Any) -> str:
    kind = face.Surface.TypeId
    return f"{kind}|{_numbers(face.Area)}|{_point(face.CenterOfMass)}|{face.countSubElements('Edge')}"


def _edge(edge: Any) -> str:
    ends = "|".join(sorted(_point(vertex.Point) for vertex in edge.Vertexes))
    if edge.Degenerated:
        return f"degenerated|{ends}"
    return f"{edge.Curve.TypeId}|{_numbers(edge.Length)}|{_point(edge.CenterOfMass)}|{ends}"


def _vertex(vertex: Any) -> str:
    return _point(vertex.Point)


_KINDS: Final[tuple[tuple[str, str, str, Callable[[Any], str]], ...]] = (
    ("Solid", "Solid", "Solids", _solid),
    ("Shell", "Shell", "Shells", _shell),
    ("Face", "Face", "Faces", _face),
    ("Edge", "Edge", "Edges", _edge),
    ("Vertex", "Vertex", "Vertexes", _vertex),
)
"""Kind, name in a path, the shape's attribute that lists them, and how one is described."""

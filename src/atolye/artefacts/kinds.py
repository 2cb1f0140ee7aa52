"""The catalogue of artefact kinds: what a file is called, what it is and how a browser shall take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from atolye.errors import AtolyeError

Disposition = Literal["attachment", "inline"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of artefact, such as ``solid.step``."""

    key: str
    suffix: str
    """What follows the job's id in the file's name, such as ``_solid.step``."""
    content_type: str
    disposition: Disposition = "attachment"
    magic: tuple[bytes, ...] = ()
    """Beginnings that a file of this kind has; empty where the format has none."""
    transient: bool = False
    """Can be made again from the design; expires after a while."""
    exact: bool = False
    """Holds the exact geometry (B-rep), so that its topology has hashes."""

    @property
    def file_type(self) -> str:
        return self.key.rpartition(".")[2]


ZIP: Final = (b"PK\x03\x04",)

KINDS: Final = {
    kind.key: kind
    for kind in (
        Kind("model.fcstd", "_model.FCStd", "application/zip", magic=ZIP, exact=True),
        Kind("solid.step", "_solid.step", "model/step", magic=(b"ISO-10303-21;",), exact=True),
        Kind("solid.iges", "_solid.iges", "model/iges", exact=True),
        Kind("solid.brep", "_solid.brep", "text/plain; charset=utf-8", exact=True),
        Kind("mesh.stl", "_mesh.stl", "model/stl"),
        Kind("mesh.obj", "_mesh.obj", "model/obj"),
        Kind("mesh.3mf", "_mesh.3mf", "model/3mf", magic=ZIP),
        Kind("preview.glb", "_preview.glb", "model/gltf-binary", magic=(b"glTF",), transient=True),
        Kind(
            "picture.png",
            "_picture.png",
            "image/png",
            "inline",
            magic=(b"\x89PNG\r\n\x1a\n",),
            transient=True,
        ),
        Kind("picture.svg", "_picture.svg", "image/svg+xml", "inline", transient=True),
        Kind("parameters.json", "_parameters.json", "application/json"),
        Kind("provenance.json", "_provenance.json", "application/json"),
    )
}

CONTENT_TYPES: Final = {
    "fcstd": "application/zip",
    "step": "model/step",
    "stp": "model/step",
    "iges": "model/iges",
    "igs": "model/iges",
    "stl": "model/stl",
    "obj": "model/obj",
    "3mf": "model/3mf",
    "glb": "model/gltf-binary",
    "nc": "text/plain; charset=utf-8",
    "tap": "text/plain; charset=utf-8",
    "gcode": "text/plain; charset=utf-8",
    "brep": "text/plain; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
}
"""Content type by the file name's ending, for files that are of no catalogued kind too."""

_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"glTF", "glb"),
    (b"ISO-10303-21;", "step"),
    (b"%PDF-", "pdf"),
)


def kind_of(key: str) -> Kind:
    """The kind with that key.

    Raises:
        AtolyeError: ``ARTEFACT_TYPE_UNSUPPORTED``.
    """
    try:
        return KINDS[key]
    except KeyError:
        raise AtolyeError("ARTEFACT_TYPE_UNSUPPORTED", details={"kind": key}) from None


def content_type_of(name: str, head: bytes = b"") -> str:
    """Content type by the name's ending, else by how the file begins, else ``application/octet-stream``."""
    known = CONTENT_TYPES.get(name.rpartition(".")[2].lower())
    if known is not None:
        return known
    if head[4:8] == b"ftyp":  # ISO base media file
        return "video/mp4"
    return next(
        (CONTENT_TYPES[ending] for magic, ending in _MAGIC if head.startswith(magic)),
        "application/octet-stream",
    )


def disposition_of(content_type: str) -> Disposition:
    """Pictures and films are shown; files for CAD and CAM are saved."""
    return "inline" if content_type.startswith(("image/", "video/")) else "attachment"


def name_of(job_id: str, kind: Kind) -> str:
    """Name of a job's file, such as ``1234_model.FCStd``."""
    return f"{job_id}{kind.suffix}"

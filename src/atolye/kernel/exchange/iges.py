"""IGES 5.3 with a global section that names neither time nor machine."""

from __future__ import annotations

import re
from typing import Final

import Part

from atolye.kernel.errors import KernelError
from atolye.kernel.exchange.model import Metadata, Model, Options

_DATE: Final = re.compile(rb"15H\d{8}\.\d{6}")
_FIXED_DATE: Final = b"15H20200101.000000"


def write(model: Model, path: str, options: Options) -> Metadata:
    """Exports the final shape as solids (manifold B-rep entities) in millimetres.

    Raises:
        KernelError: ``FC_EXPORT_FAILED`` when the global section is not as expected.
    """
    Part.setStaticValue("write.iges.brep.mode", 1)  # solids instead of loose trimmed faces
    Part.setStaticValue("write.iges.unit", "MM")
    model.shape.exportIges(path)
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(canonical(data))
    return {"options": {"unit": "mm", "brep": True}}


def canonical(data: bytes) -> bytes:
    """The file with fixed dates; they keep their width, so no record moves."""
    lines = data.replace(b"\r\n", b"\n").split(b"\n")
    dates = 0
    for index, line in enumerate(lines):
        if line[72:73] == b"G":
            lines[index], found = _DATE.subn(_FIXED_DATE, line)
            dates += found
    if dates != 2:
        raise KernelError("FC_EXPORT_FAILED", "export", "the IGES file's dates were not found", format="IGES")
    return b"\n".join(lines)

"""FreeCAD's own format, with the same bytes for the same model.

An FCStd is a ZIP archive. What varies between two equal models are the archive's time stamps and, in
``Document.xml``, the dates and the unique id; the numbers of the objects are settled by the seed document.
The entries keep FreeCAD's order: it reads them in the order of registration and silently loses shapes
when they are sorted. They are stored uncompressed, so no version of zlib can change the bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from atolye.kernel.exchange.model import Metadata, Model, Options

EPOCH: Final = "2020-01-01T00:00:00+00:00"
"""The date of everything: SOURCE_DATE_EPOCH 1577836800."""

ZIP_DATE: Final = (2020, 1, 1, 0, 0, 0)
UID: Final = "00000000-0000-4000-8000-000000000000"
UNIT_SYSTEM: Final = 0
"""Standard (mm, kg, s, °), whatever the engine's preferences say."""

_LAST_MODIFIED: Final = re.compile(rb'(<Property name="LastModifiedDate"[^>]*>\s*<String value=")[^"]*(")')


def write(model: Model, path: str, options: Options) -> Metadata:
    """Saves the document."""
    model.session.save(path)
    return {"options": {"compression": False, "thumbnail": False, "sorted_entries": False}}


def fix_properties(document: Any) -> None:
    """Sets the document's own properties that would otherwise tell when and where it was made."""
    document.Uid = UID
    document.CreationDate = EPOCH
    document.CreatedBy = document.LastModifiedBy = document.Company = ""
    document.UnitSystem = UNIT_SYSTEM


def repack(source: str, target: str, *, edit: Callable[[bytes], bytes] | None = None) -> None:
    """Copies an FCStd with fixed dates, uncompressed and without a thumbnail, in the order found.

    Args:
        edit: a further change to ``Document.xml``.
    """
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            if name.startswith("thumbnails/"):
                continue
            data = old.read(name)
            if name == "Document.xml":
                data = _LAST_MODIFIED.sub(rb"\g<1>%s\g<2>" % EPOCH.encode(), data)
                data = edit(data) if edit else data
            new.writestr(entry(name), data)


def entry(name: str) -> zipfile.ZipInfo:
    """A ZIP entry that depends on nothing but its name."""
    info = zipfile.ZipInfo(name, ZIP_DATE)
    info.create_system = 3  # Unix, on every platform
    info.external_attr = 0o644 << 16
    return info

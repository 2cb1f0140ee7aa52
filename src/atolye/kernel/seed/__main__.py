"""Makes the seed document: ``python3 -m atolye.kernel.seed [FILE]``, inside the engine."""

from __future__ import annotations

import os
import re
import sys
import tempfile

import FreeCAD as App

from atolye.kernel.exchange import fcstd
from atolye.kernel.seed import FIRST_ID, OBJECT, PATH


def _numbered(document_xml: bytes) -> bytes:
    """The document with the number of its only object replaced."""
    pattern = rb'(name="%s" id=")\d+' % OBJECT.encode()
    text, count = re.subn(pattern, rb"\g<1>%d" % FIRST_ID, document_xml)
    if count != 1:
        raise ValueError("the seed document must hold exactly one object")
    return text


def make(path: str) -> None:
    """Writes the seed document to ``path``."""
    document = App.newDocument("model")
    try:
        fcstd.fix_properties(document)
        document.addObject("App::FeaturePython", OBJECT)
        with tempfile.TemporaryDirectory() as folder:
            raw = os.path.join(folder, "model.FCStd")
            document.saveAs(raw)
            fcstd.repack(raw, path, edit=_numbered)
    finally:
        App.closeDocument(document.Name)


if __name__ == "__main__":
    make(sys.argv[1] if len(sys.argv) > 1 else PATH)

"""STEP in AP203, AP214 or AP242, with a header that names neither time, person nor machine."""

from __future__ import annotations

from typing import Final

import Import
import Part

from atolye.kernel.errors import KernelError
from atolye.kernel.exchange.model import Metadata, Model, Options
from atolye.kernel.exchange.part21 import canonical

DEFAULT_SCHEMA: Final = "AP214"

_OCCT_SCHEMAS: Final = {"AP203": "AP214IS", "AP214": "AP214IS", "AP242": "AP242DIS"}
"""What OCCT is asked for; AP203 is made from AP214's text."""


def write(model: Model, path: str, options: Options) -> Metadata:
    """Exports the final object.

    Raises:
        KernelError: ``FC_EXPORT_STEP_FAILED`` for an unknown schema or an unexpected file.
    """
    schema = str(options.get("schema", DEFAULT_SCHEMA))
    if schema not in _OCCT_SCHEMAS:
        raise KernelError("FC_EXPORT_STEP_FAILED", "export", f"unknown STEP schema {schema!r}", schema=schema)
    Part.setStaticValue("write.step.schema", _OCCT_SCHEMAS[schema])
    Part.setStaticValue("write.step.unit", "MM")
    Import.export([model.obj], path)
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(canonical(data, schema))
    return {"options": {"schema": schema, "unit": "mm"}}

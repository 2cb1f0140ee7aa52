"""The parameters of the document's spreadsheets: read once, written as a JSON sidecar."""

from __future__ import annotations

from typing import Any, Final

from atolye.kernel.canonical import canonical_json
from atolye.kernel.exchange.model import Metadata, Model, Options
from atolye.kernel.session import SHEET

_UNITS: Final = {"Length": "mm", "Angle": "deg", "Area": "mm^2", "Volume": "mm^3"}
_DIGITS: Final = 12


def read(document: Any) -> dict[str, dict[str, Any]]:
    """Alias to value and unit, sorted; aliases of other sheets than ``Parameters`` carry the sheet's name.

    The document must be up to date, so that expressions have been evaluated exactly once.
    """
    found = {}
    for sheet in document.Objects:
        if sheet.TypeId != "Spreadsheet::Sheet":
            continue
        prefix = "" if sheet.Name == SHEET else f"{sheet.Name}."
        for cell in sheet.getNonEmptyCells():
            alias = sheet.getAlias(cell)
            if alias:
                found[prefix + alias] = _quantity(sheet.get(alias))
    return dict(sorted(found.items()))


def write(model: Model, path: str, options: Options) -> Metadata:
    """Writes ``{alias: {"value", "unit"}}``, sorted, the bytes that ``parameters_sha256`` is of."""
    with open(path, "wb") as file:
        file.write(canonical_json(model.parameters))
    return {"options": {"count": len(model.parameters)}}


def _quantity(value: Any) -> dict[str, Any]:
    if isinstance(value, (int, str)):
        return {"value": value, "unit": ""}
    if isinstance(value, float):
        return {"value": _rounded(value), "unit": ""}
    kind = value.Unit.Type
    return {"value": _rounded(value.Value), "unit": _UNITS.get(kind, str(value.Unit))}


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")

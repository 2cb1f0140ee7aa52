"""A line drawing of the part: isometric, visible edges solid, hidden ones thin and dashed."""

from __future__ import annotations

import importlib
import re
from typing import Any, Final

import FreeCAD as App

from atolye.kernel.errors import KernelError
from atolye.kernel.exchange.model import Metadata, Model, Options
from atolye.kernel.exchange.view import RIGHT, TOWARDS_VIEWER, UP, projected

_MARGIN: Final = 0.06
_LINE_SHARE: Final = 1 / 350  # of the larger side
_HIDDEN_COLOUR: Final = "#8a8a8a"
_VISIBLE_COLOUR: Final = "#111111"
_TOLERANCE_MM: Final = 0.05
_IDS: Final = re.compile(r'\s*\bid\s*=\s*"[^"]*"')


def write(model: Model, path: str, options: Options) -> Metadata:
    """Projects the exact edges by hidden-line removal (OCCT's HLR, through TechDraw)."""
    techdraw: Any = importlib.import_module("TechDraw")  # slow to load, and few jobs want it

    flat = projected(model.tessellation.points)
    low, high = flat.min(axis=0), flat.max(axis=0)
    width, height = float(high[0] - low[0]), float(high[1] - low[1])
    stroke = max(width, height) * _LINE_SHARE
    groups = techdraw.projectToSVG(
        _turned(model.shape),
        App.Vector(0, 0, 1),
        "ShowHiddenLines",
        _TOLERANCE_MM,
        _style(_VISIBLE_COLOUR, stroke),
        _style(_VISIBLE_COLOUR, stroke),
        _style(_VISIBLE_COLOUR, stroke),
        _style(_HIDDEN_COLOUR, stroke / 2, dashed=True),
        _style(_HIDDEN_COLOUR, stroke / 2, dashed=True),
        _style(_HIDDEN_COLOUR, stroke / 2, dashed=True),
    )
    if "<path" not in groups and "<circle" not in groups and "<ellipse" not in groups:
        raise KernelError("FC_EXPORT_FAILED", "export", "the projection holds no edge", format="SVG")
    margin = max(width, height) * _MARGIN
    box = (float(low[0]) - margin, -float(high[1]) - margin, width + 2 * margin, height + 2 * margin)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(_document(box, _IDS.sub("", groups)))
    return {"options": {"view": "isometric", "hidden_lines": True, "unit": "mm"}}


def _turned(shape: Any) -> Any:
    """The shape with the viewer above it, on +Z, and the view's right along +X."""
    rows = (RIGHT, UP, TOWARDS_VIEWER)
    matrix = App.Matrix(*(number for row in rows for number in (*row, 0.0)), 0.0, 0.0, 0.0, 1.0)
    turned = shape.copy()
    turned.Placement = App.Placement(matrix).multiply(turned.Placement)
    return turned


def _style(colour: str, width: float, *, dashed: bool = False) -> dict[str, str]:
    style = {
        "stroke": colour,
        "stroke-width": f"{width:.4g}",
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
    }
    if dashed:
        style["stroke-dasharray"] = f"{4 * width:.4g},{4 * width:.4g}"
    return style


def _document(box: tuple[float, float, float, float], groups: str) -> str:
    view_box = " ".join(f"{number:.4f}" for number in box)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" viewBox="{view_box}"'
        f' width="{box[2]:.4f}mm" height="{box[3]:.4f}mm">\n'
        f"<title>model</title>\n{groups.strip()}\n</svg>\n"
    )

"""Answers as models gave them to the examples of specification 02.20–02.23, in both schemas."""

from __future__ import annotations

from typing import Any, Final

FLANGE_PROMPT: Final = "M8 vida deliği olan 20mm flanş"
FLANGE_SCRIPT: Final = """\
import FreeCAD as App, Part
doc = App.newDocument("flange")
outer_d = 20.0
thickness = 5.0
hole_d = 8.5  # M8 clearance
body = Part.makeCylinder(outer_d/2.0, thickness)
hole = Part.makeCylinder(hole_d/2.0, thickness)
result = body.cut(hole)
Part.show(result)
doc.recompute()
"""
FLANGE: Final[dict[str, Any]] = {
    "language": "tr",
    "units": "mm",
    "intent": "freecad_script",
    "glossary_used": True,
    "parameters": {"outer_d": 20.0, "thickness": 5.0, "hole_d": 8.5},
    "script_py": FLANGE_SCRIPT,
    "warnings": ["Kalınlık verilmedi; 5 mm varsayıldı.", "M8 geçiş deliği 8,5 mm alındı."],
    "requires_clarification": False,
}

GEARS_PROMPT: Final = "3 adet dişli ile güç aktarım sistemi"
GEARS_SCRIPT: Final = """\
import FreeCAD as App, Part
doc = App.newDocument("gear_train")
module = 1.0
teeth = [20, 40, 20]
thickness = 10.0
radii = [module*t/2.0 for t in teeth]
centers = [(0,0,0), (radii[0]+radii[1],0,0), (radii[0]+2*radii[1]+radii[2],0,0)]
shapes = []
for r, c in zip(radii, centers):
    shapes.append(Part.makeCylinder(r, thickness, App.Vector(c[0], c[1], c[2])))
result = Part.makeCompound(shapes)
Part.show(result)
doc.recompute()
"""
GEARS: Final[dict[str, Any]] = {
    "language": "tr",
    "units": "mm",
    "intent": "freecad_script",
    "glossary_used": True,
    "parameters": {"module": 1.0, "teeth": [20, 40, 20], "thickness": 10.0},
    "script_py": GEARS_SCRIPT,
    "warnings": [
        "Dişler sadeleştirildi: evolvent diş açılmadı, taksimat dairesi çapında silindirler kuruldu."
    ],
    "requires_clarification": False,
}

SHAFT_PROMPT: Final = "Ayarlanabilir mil çapı ve uzunluğu"
SHAFT_PROMPT_WITH_BOTH: Final = "Ayarlanabilir mil, çap d = 12 mm, uzunluk L = 80 mm"
SHAFT_SCRIPT: Final = """\
import FreeCAD as App
import Part
d = 12.0
L = 80.0
doc = App.newDocument("shaft")
result = Part.makeCylinder(d/2.0, L)
Part.show(result)
doc.recompute()
"""
SHAFT: Final[dict[str, Any]] = {
    "language": "tr",
    "units": "mm",
    "parameters": {"d": 12.0, "L": 80.0},
    "script_py": SHAFT_SCRIPT,
}
"""The minimal schema: both sizes are given, so nothing is to be clarified."""
SHAFT_UNCLEAR: Final[dict[str, Any]] = {
    **SHAFT,
    "warnings": ["Çap 12 mm ve uzunluk 80 mm varsayıldı."],
    "requires_clarification": True,
    "missing": ["d", "L"],
}

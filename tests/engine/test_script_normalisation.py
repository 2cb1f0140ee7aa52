"""What normalisation makes of a script is built by the engine, and is what its author meant."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from atolye.engine import Engine
from atolye.scripts.service import prepare
from atolye.wire import Event
from tests.support.scripts import script_request

pytestmark = pytest.mark.engine

CENTIMETRES = """\
# Duvar kalınlığı ve çap
d_inch = 1
height_cm = 2.5
box = Part.makeBox(
    10,   # cm
    40,   # mm
    cm(2))
hole = Part.makeCylinder(d_inch / 2, height_cm, App.Vector(50, 20, 0))
result = box.cut(hole)
"""
WITHOUT_A_BODY = """\
import Sketcher
doc = App.newDocument("part")
sketch = doc.addObject("Sketcher::SketchObject", "Sketch")
sketch.addGeometry(Part.Circle(App.Vector(0, 0, 0), App.Vector(0, 0, 1), 5), False)
sketch.addConstraint(Sketcher.Constraint("Coincident", 0, 3, -1, 1))
sketch.addConstraint(Sketcher.Constraint("Radius", 0, 0.5))  # cm
pad = doc.addObject("PartDesign::Pad", "Pad")
pad.Profile = sketch
pad.Length = 1.2  # cm
"""
NAMED_BY_THE_SPECIFICATION = """\
import FreeCAD as App, Part, Base
doc = App.newDocument("gear_train")
for centre in ((0, 0, 0), (30, 0, 0)):
    disc = Part.makeCylinder(10, 5)
    disc.translate(Base.Vector(*centre))
    Part.show(disc)
"""


@pytest.mark.spec("03.52", "03.51", "03.108", "02.90")
@pytest.mark.parametrize(
    ("source", "volume_mm3"),
    [
        (CENTIMETRES, 100 * 40 * 20 - math.pi * 12.7**2 * 20),
        (WITHOUT_A_BODY, math.pi * 5**2 * 12),
        (NAMED_BY_THE_SPECIFICATION, 2 * math.pi * 10**2 * 5),
    ],
    ids=["centimetres", "without a body", "the import of Base"],
)
def test_a_normalised_script_gives_the_part_that_was_meant(
    engine: Engine, tmp_path: Path, source: str, volume_mm3: float
) -> None:
    canonical = prepare(source).canonical_script
    events: list[Event] = []
    engine.run(script_request(canonical, exports=("solid.step",)), tmp_path, on_event=events.append)
    (result,) = [event for event in events if event["event"] == "result"]
    assert result["metrics"]["volume_m3"] * 1e9 == pytest.approx(volume_mm3, rel=1e-6)

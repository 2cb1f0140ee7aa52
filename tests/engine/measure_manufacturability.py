"""Runs inside the engine: makes solids with known walls, corners and undersides; writes what the checks say.

Nothing is judged here. Names and sizes are those of ``test_manufacturability_*.py``.
"""

# ruff: noqa: E402 - FreeCAD is found only after the path is set

import json
import math
import sys
import time
from pathlib import Path

from atolye.kernel.server.preload import arrange_paths

arrange_paths()

import FreeCAD as App
import Part

from atolye.kernel import (
    check,
    pipeline,  # noqa: F401 - sets FreeCAD's preferences as every job has them
)
from atolye.kernel.session import Session

JOB = sys.argv[1]
ORDER = json.loads(Path(f"{JOB}/order.json").read_text())


def vector(x=0.0, y=0.0, z=0.0):
    return App.Vector(x, y, z)


def box(length, width, height, x=0.0, y=0.0, z=0.0):
    return Part.makeBox(length, width, height, vector(x, y, z))


def rod(radius, length, x=0.0, y=0.0, z=0.0, along=(0, 0, 1)):
    return Part.makeCylinder(radius, length, vector(x, y, z), vector(*along))


def prism(corners, height, z=0.0):
    points = [vector(x, y, z) for x, y in corners]
    return Part.Face(Part.makePolygon([*points, points[0]])).extrude(vector(z=height))


def ring(sections):
    """A body of revolution about Z from corners (r, z)."""
    points = [vector(r, 0, z) for r, z in sections]
    return Part.Face(Part.makePolygon([*points, points[0]])).revolve(vector(), vector(0, 0, 1), 360)


def upright_edges(shape):
    return [edge for edge in shape.Edges if abs(edge.tangentAt(edge.FirstParameter).z) > 0.9]


# ---- walls ------------------------------------------------------------------------------------------


def web_between_holes():
    return box(60, 40, 10).cut([rod(5, 10, 20, 20), rod(4, 10, 29.6, 20)])


def web_between_leaning_holes():
    return box(60, 40, 30).cut([rod(5, 60, 15, 20, -10), rod(4, 60, 24.2, 20, -10, along=(0.05, 0, 1))])


def web_between_crossing_holes():
    return box(60, 40, 20).cut([rod(5, 20, 30, 20), rod(3, 40, 38.5, 0, 10, along=(0, 1, 0))])


def hole_beside_a_pocket():
    return box(60, 40, 20).cut([box(20, 20, 20, 20, 10, 5), rod(3, 20, 43.7, 20)])


def hole_under_a_surface():
    return box(60, 40, 11).cut(rod(5, 60, 0, 20, 5.4, along=(1, 0, 0)))


def tapered():
    return prism([(0, 0), (3, 0), (1.75, 40), (1.25, 40)], 20)


def tapered_one_side():
    return prism([(0, 0), (3, 0), (0.5, 40), (0, 40)], 20)


def tapered_loft():
    def rectangle(x0, x1, z):
        corners = [(x0, 0), (x1, 0), (x1, 20), (x0, 20), (x0, 0)]
        return Part.makePolygon([vector(x, y, z) for x, y in corners])

    return Part.makeLoft([rectangle(0, 3, 0), rectangle(1.2, 1.8, 30)], True)


def tapered_pin():
    return Part.makeCone(3, 0.25, 20)


def oblique():
    return box(40, 20, 20).cut([box(21, 22, 11, -1, -1, 10), box(25, 22, 10.6, 20.3, -1, -1)])


def oblique_turned():
    part = oblique()
    part.rotate(vector(3, 5, 7), vector(1, 2, 3), 37)
    return part


def between_round_pockets():
    return box(60, 40, 20).cut(
        [Part.makeSphere(8, vector(20, 20, 20)), Part.makeSphere(6, vector(29.8, 20, 9.1))]
    )


def hollow_sphere():
    return Part.makeSphere(10).cut(Part.makeSphere(9.5))


def crooked_hollow_sphere():
    return Part.makeSphere(10).cut(Part.makeSphere(9.2, vector(0.3, 0.2, 0.1)))


def thin_ring():
    return rod(10, 5).cut(rod(9.6, 5))


def crooked_ring():
    return rod(10, 5).cut(rod(9.5, 5, 0.2))


def cone_shell():
    return Part.makeCone(10, 5, 20).cut(Part.makeCone(9.4, 4.4, 20))


def pipe_bend():
    return Part.makeTorus(20, 5).cut(Part.makeTorus(20, 4.5))


def necked_shaft():
    return rod(5, 20).cut(Part.makeTorus(5.2, 4.9, vector(0, 0, 10)))


def freeform_pin():
    return rod(0.25, 5).toNurbs()


def pin_of_two_halves():
    half = Part.makeCylinder(0.25, 5, vector(), vector(0, 0, 1), 180)
    return half.fuse(half.rotated(vector(), vector(0, 0, 1), 180))


def thin_wire_ring():
    return Part.makeTorus(10, 0.25)


def rounded_rib():
    rib = box(20, 0.6, 10, 0, -0.3).fuse([rod(0.3, 10), rod(0.3, 10, 20)])
    return rib.removeSplitter()


def blind_hole_floor():
    return box(30, 30, 20).cut(rod(3, 19.4, 15, 15, 0.6))


def slot_inside_a_wall():
    """Two skins of 0.7 mm about a slot from end to end; nowhere is the wall 2.4 mm thick."""
    return box(40, 2.4, 20).cut(box(40, 1.0, 10, 0, 0.7, 5)).cut([box(40, 0.7, 5), box(40, 0.7, 5, 0, 0, 15)])


# ---- what is no wall ---------------------------------------------------------------------------------


def chamfered_box():
    part = box(30, 20, 10)
    return part.makeChamfer(0.2, part.Edges)


def filleted_box():
    part = box(30, 20, 10)
    return part.makeFillet(0.2, part.Edges)


def knife():
    return prism([(0, 0), (6, 0), (0, 40)], 20)


def sharp_cone():
    return Part.makeCone(3, 0, 20)


def narrow_slot():
    return box(40, 20, 20).cut(box(0.3, 20, 10, 20, 0, 10))


def ridge():
    """Flanks at 40°, as on a rack's tooth, with a tip of 0.3 mm."""
    slope = math.tan(math.radians(20))
    half = [(10, -5), (10, 0), (0.15 + 5 * slope, 0), (0.15, 5)]
    return prism([*half, *((-x, y) for x, y in reversed(half))], 10)


def bearing():
    groove = Part.makeTorus(17, 4.1)
    inner = ring([(10, -7), (14, -7), (14, 7), (10, 7)]).cut(groove)
    outer = ring([(20, -7), (23.5, -7), (23.5, 7), (20, 7)]).cut(groove)
    turns = [2 * math.pi * k / 9 for k in range(9)]
    balls = [Part.makeSphere(3.96875, vector(17 * math.cos(a), 17 * math.sin(a))) for a in turns]
    return Part.Compound([inner, outer, *balls])


def countersunk():
    return box(30, 30, 3).cut([rod(2, 3, 15, 15), Part.makeCone(2, 4.8, 2.8, vector(15, 15, 0.2))])


# ---- milling -----------------------------------------------------------------------------------------


def pocket(radius):
    cutter = box(20, 20, 20, 10, 10, 5)
    if radius:
        cutter = cutter.makeFillet(radius, upright_edges(cutter))
    return box(40, 40, 20).cut(cutter)


def t_slot():
    return box(40, 40, 20).cut([box(10, 40, 20, 15, 0, 5), box(20, 40, 5, 10, 0, 5)])


def cross_drilled():
    return box(30, 30, 30).cut(rod(5, 30, 0, 15, 15, along=(1, 0, 0)))


def inner_cavity():
    return box(40, 30, 20).cut(box(36, 26, 16, 2, 2, 2))


def deep_hole():
    return box(30, 30, 100).cut(rod(2, 100, 15, 15))


def freeform_pocket():
    """A pocket with rounded ends, every surface of it a B-spline."""
    cutter = box(20, 10, 10, 10, 10, 5).fuse([rod(5, 10, 10, 15, 5), rod(5, 10, 30, 15, 5)])
    return box(40, 30, 15).cut(cutter.removeSplitter()).toNurbs()


def lens():
    """Domed on both sides: all of it is seen from above or below."""
    return Part.makeSphere(30, vector(0, 0, -20)).common(Part.makeSphere(30, vector(0, 0, 20)))


def stepped():
    return rod(10, 30).fuse([rod(15, 20, z=30), rod(8, 30, z=50)]).removeSplitter()


# ---- draft and printing ------------------------------------------------------------------------------


def frustum(draft_deg):
    return Part.makeCone(20, 20 - 10 * math.tan(math.radians(draft_deg)), 10)


def funnel(lean_deg):
    return Part.makeCone(5, 5 + 10 * math.tan(math.radians(lean_deg)), 10)


def bridge(span):
    return box(60, 20, 20).cut(box(span, 20, 12, 5, 0, 0))


def leaning_bridge(span, turn_deg):
    part = bridge(span)
    part.rotate(vector(), vector(0, 0, 1), turn_deg)
    return part


def cantilever():
    return box(40, 20, 20).cut(box(30, 20, 12, 10, 0, 0))


def counterbored_ceiling():
    """A round recess from below with a hole through its ceiling: threads would end in the air."""
    return box(40, 40, 20).cut([rod(12, 5, 20, 20), rod(4, 20, 20, 20)])


def many_holes(count):
    places = [(20 * i + 10, 20 * j + 10) for i in range(count) for j in range(count)]
    return box(20 * count, 20 * count, 10).cut([rod(9.7, 10, x, y) for x, y in places])


def family(name, fields):
    module = __import__(f"atolye.kernel.build.{name}", fromlist=["build"])
    session = Session()
    with session.transaction("build"):
        part = module.build(session, fields)
        session.recompute()
    shape = part.Shape.copy()
    session.close()
    return shape


def kind(surface):
    return [type(surface).__name__, getattr(surface, "Radius", None)]


def report(case):
    shape = globals()[case["solid"]](*case.get("with", ()))
    wanted = {"process": "any", "material_group": "any", "rules": case["rules"]}
    before = shape.exportBrepToString()
    started = time.perf_counter()
    answer = check.validate(shape, wanted)
    seconds = time.perf_counter() - started
    again = check.validate(shape, wanted)
    return {
        **answer,
        "seconds": seconds,
        "same_again": again == answer,
        "untouched": shape.exportBrepToString() == before,
        "is_valid_shape": shape.isValid(),
        "faces": {f"Face{n}": kind(face.Surface) for n, face in enumerate(shape.Faces, 1)},
    }


answers = {case["name"]: report(case) for case in ORDER}
Path(f"{JOB}/seen.json").write_text(json.dumps(answers))

"""Runs inside the engine: builds the cases of ``cases.json``, writes what it measures to ``measured.json``.

Nothing is judged here. Each part is measured as built, and again after its saved document has been reopened,
its spreadsheet edited and everything recomputed; some are written as STEP for another program to read.
"""

# ruff: noqa: E402 - FreeCAD is found only after the path is set

import json
import math
import sys

from atolye.kernel.server.preload import arrange_paths

arrange_paths()

import FreeCAD as App
import Part

from atolye.kernel import pipeline  # noqa: F401 - sets FreeCAD's preferences as every job has them
from atolye.kernel.errors import KernelError
from atolye.kernel.session import Session

JOB = sys.argv[1]
FLANK_POINTS = 160


def measure(shape):
    box = shape.optimalBoundingBox(False, False)
    return {
        "valid": shape.isValid(),
        "closed": all(shell.isClosed() for shell in shape.Shells),
        "volume": shape.Volume,
        "area": shape.Area,
        "box": [[box.XMin, box.YMin, box.ZMin], [box.XMax, box.YMax, box.ZMax]],
        "faces": len(shape.Faces),
        "shells": len(shape.Shells),
        "solids": [of_solid(solid) for solid in shape.Solids],
    }


def of_solid(solid):
    matrix = solid.MatrixOfInertia
    return {
        "volume": solid.Volume,
        "centre": list(solid.CenterOfMass),
        "inertia": [list(matrix.A[row * 4 : row * 4 + 3]) for row in range(3)],
    }


def build(family, fields):
    module = __import__(f"atolye.kernel.build.{family}", fromlist=["build"])
    session = Session()
    try:
        with session.transaction("build"):
            part = module.build(session, fields)
            session.recompute()
    except BaseException:
        session.close()
        raise
    return session, part


def recompute_reopened(path, name, edits):
    document = App.openDocument(path)
    try:
        sheet = document.getObject("Parameters")
        for alias, value in edits.items():
            cell = sheet.getCellFromAlias(alias)
            unit = sheet.get(alias).getUserPreferred()[2] if hasattr(sheet.get(alias), "Unit") else ""
            sheet.set(cell, f"={value!r} {unit}".rstrip())
        document.recompute()
        unhappy = [obj.Name for obj in document.Objects if "Up-to-date" not in obj.State]
        return {**measure(document.getObject(name).Shape), "unhappy": unhappy}
    finally:
        App.closeDocument(document.Name)


def living(document):
    """Kinds, names, expressions and sketches of a document."""
    return {
        "names": [obj.Name for obj in document.Objects],
        "expressions": sum(len(obj.ExpressionEngine) for obj in document.Objects),
        "loose_sketches": [
            obj.Name
            for obj in document.Objects
            if obj.TypeId == "Sketcher::SketchObject" and not (obj.solve() == 0 and obj.FullyConstrained)
        ],
    }


def bearing(shape):
    rings, balls = shape.Solids[:2], shape.Solids[2:]
    return {
        "ring_ball": [ring.common(balls[0]).Volume for ring in rings],
        "ring_gap": [ring.distToShape(balls[0])[0] for ring in rings],
        "ball_gap": balls[0].distToShape(Part.makeCompound(balls[1:]))[0],
    }


def profile(shape, teeth):
    """The curves of the gear's lower face on the side of +X: points (n, 2) of each spline edge."""
    reach = max(math.pi / 3, 6 * math.pi / teeth)
    edges = [e for e in shape.Edges if e.Curve.TypeId == "Part::GeomBSplineCurve"]
    flat = [e for e in edges if all(abs(v.Point.z) < 1e-9 for v in e.Vertexes)]
    near = [e for e in flat if abs(math.atan2(e.firstVertex().Y, e.firstVertex().X)) < reach]
    return [[[p.x, p.y] for p in edge.discretize(Number=FLANK_POINTS)] for edge in near]


def run(case):
    session, part = build(case["family"], case["fields"])
    path, name = f"{JOB}/{case['name']}.FCStd", part.Name
    try:
        result = {"built": measure(part.Shape), "document": living(session.doc)}
        if case["family"] == "deep_groove_bearing":
            result["bearing"] = bearing(part.Shape)
        if case["family"] == "spur_gear":
            result["profile"] = profile(part.Shape, case["fields"]["teeth"])
        if case["step"]:
            part.Shape.exportStep(f"{JOB}/{case['name']}.step")
        session.save(path)
    finally:
        session.close()
    if case["edits"]:
        result["changed"] = recompute_reopened(path, name, case["edits"])
    return result


def summary(family, fields):
    session, part = build(family, fields)
    shape = part.Shape
    box = shape.optimalBoundingBox(False, False)
    found = {
        "valid": shape.isValid(),
        "solids": len(shape.Solids),
        "size": [box.XLength, box.YLength, box.ZLength],
    }
    session.close()
    return found


def refusal(family, fields):
    try:
        session, _ = build(family, fields)
    except KernelError as error:
        return {"code": error.code, "details": error.details}
    session.close()
    return {"code": None, "details": {}}


def main():
    with open(f"{JOB}/cases.json", encoding="utf-8") as file:
        wanted = json.load(file)
    answer = {
        "cases": {case["name"]: run(case) for case in wanted["cases"]},
        "service": {name: summary(*part) for name, part in wanted["service"].items()},
        "refused": {name: refusal(*part) for name, part in wanted["refused"].items()},
    }
    with open(f"{JOB}/measured.json", "w", encoding="utf-8") as file:
        json.dump(answer, file)


main()

"""Runs inside the engine: builds the feature trees of ``cases.json`` and measures them.

Nothing is judged here; ``measured.json`` receives the answer. Each is measured as built, and again after its
saved document has been reopened, its spreadsheet edited and everything recomputed.
"""

# ruff: noqa: E402 - FreeCAD is found only after the path is set

import json
import sys
import traceback

from atolye.kernel.server.preload import arrange_paths

arrange_paths()

import FreeCAD as App

from atolye.kernel import pipeline  # noqa: F401 - sets FreeCAD's preferences as every job has them
from atolye.kernel.build import features
from atolye.kernel.errors import KernelError
from atolye.kernel.session import Session

JOB = sys.argv[1]


def measure(shape):
    box = shape.optimalBoundingBox(False, False)
    return {
        "valid": shape.isValid(),
        "closed": all(shell.isClosed() for shell in shape.Shells),
        "volume": sum(solid.Volume for solid in shape.Solids),
        "box": [[box.XMin, box.YMin, box.ZMin], [box.XMax, box.YMax, box.ZMax]],
        "solids": len(shape.Solids),
        "faces": len(shape.Faces),
    }


def sketches(document):
    return [obj for obj in document.Objects if obj.TypeId == "Sketcher::SketchObject"]


def living(document):
    """Kinds, labels, expressions and loose sketches of a document."""
    return {
        "kinds": sorted({obj.TypeId for obj in document.Objects}),
        "labels": [obj.Label for obj in document.Objects],
        "expressions": sum(len(obj.ExpressionEngine) for obj in document.Objects),
        "loose_sketches": [obj.Label for obj in sketches(document) if not obj.FullyConstrained],
        "unhappy_sketches": [obj.Label for obj in sketches(document) if obj.solve() != 0],
    }


def reopened(path, name, edits):
    document = App.openDocument(path)
    try:
        sheet = document.getObject("Parameters")
        for parameter, value in edits.items():
            row = next(row for row in range(1, 101) if sheet.getContents(f"A{row}").lstrip("'") == parameter)
            unit = sheet.getContents(f"B{row}").rpartition(" ")[2]
            unit = unit if unit in ("mm", "deg") else ""
            sheet.set(f"B{row}", f"={value!r} {unit}".rstrip())
        document.recompute()
        unhappy = [obj.Name for obj in document.Objects if "Up-to-date" not in obj.State]
        return {**measure(document.getObject(name).Shape), "unhappy": unhappy}
    finally:
        App.closeDocument(document.Name)


def run(case):
    session = Session()
    try:
        with session.transaction("build"):
            part = features.build(session, case["fields"])
            session.recompute()
            session.show_only(part)
        result = {"built": measure(part.Shape), "document": living(session.doc)}
        path, name = f"{JOB}/{case['name']}.FCStd", part.Name
        session.save(path)
    except KernelError as error:
        return {"error": error.code, "message": error.message, "details": error.details}
    except Exception:  # noqa: BLE001 - one case that fails must not hide the others
        return {"error": "EXCEPTION", "message": traceback.format_exc(), "details": {}}
    finally:
        session.close()
    if case["edits"]:
        result["changed"] = reopened(path, name, case["edits"])
    return result


def main():
    with open(f"{JOB}/cases.json", encoding="utf-8") as file:
        cases = json.load(file)
    answer = {case["name"]: run(case) for case in cases}
    with open(f"{JOB}/measured.json", "w", encoding="utf-8") as file:
        json.dump(answer, file)


main()

"""Runs inside the engine: provokes each kind of failure for real and prints what FreeCAD said of it.

One JSON object a line: ``{"case", "message", "exception_class", "phase", "file_format"}``. Every case runs
in a fork of a process that has never built geometry, so that one that kills its process kills no other
(some do: an IGES file of nonsense ends the process in ``Import.insert``).
"""

# ruff: noqa: E402, BLE001 - FreeCAD is found only after the path is set; whatever it raises is the finding

import glob
import json
import os
import sys

ROOT = "/usr/share/freecad"
sys.path[:0] = [
    "/usr/lib/freecad-python3/lib",
    f"{ROOT}/Mod",
    f"{ROOT}/Ext",
    *sorted(glob.glob(f"{ROOT}/Mod/*")),
]

import FreeCAD as App
import Import
import Mesh
import MeshPart
import Part
import Sketcher

V = App.Vector
CASES = {}


def case(phase, file_format=""):
    def keep(function):
        CASES[function.__name__] = (function, phase, file_format)
        return function

    return keep


class Status(Exception):
    """What the kernel makes of an object that could not be recomputed."""


def recompute(doc):
    doc.recompute()
    for obj in doc.Objects:
        if "Invalid" in obj.State:
            raise Status(f"{obj.Name} ({obj.TypeId}) could not be computed: {obj.getStatusString()}")


def document():
    return App.newDocument("model")


def box(length=10):
    return Part.makeBox(length, 10, 10)


def written(name, text):
    path = f"/job/{name}"
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def bow_tie():
    return Part.Face(Part.makePolygon([V(), V(10, 10, 0), V(10, 0, 0), V(0, 10, 0), V()]))


# ---- fillets and chamfers ----


def _dressed(type_id):
    doc = document()
    base = doc.addObject("Part::Box", "Base")
    doc.recompute()
    dressed = doc.addObject(type_id, "Dressed")
    dressed.Base, dressed.Edges = base, [(edge, 100.0, 100.0) for edge in range(1, 13)]
    recompute(doc)


@case("recompute")
def fillet_larger_than_the_part():
    _dressed("Part::Fillet")


@case("recompute")
def chamfer_larger_than_the_part():
    _dressed("Part::Chamfer")


@case("recompute")
def fillet_of_a_body_too_large():
    doc = document()
    body = doc.addObject("PartDesign::Body", "Body")
    base = body.newObject("PartDesign::AdditiveBox", "Box")
    doc.recompute()
    fillet = body.newObject("PartDesign::Fillet", "Fillet")
    fillet.Base, fillet.Radius = (base, ["Edge1"]), 100
    recompute(doc)


@case("model")
def fillet_of_a_foreign_edge():
    box().makeFillet(1, [Part.makeLine((0, 0, 0), (5, 0, 0))])


# ---- booleans ----


@case("recompute")
def cut_with_nothing():
    doc = document()
    cut = doc.addObject("Part::Cut", "Cut")
    cut.Base, cut.Tool = doc.addObject("Part::Box", "Box"), doc.addObject("Part::Feature", "Nothing")
    recompute(doc)


@case("recompute")
def union_with_nothing():
    doc = document()
    fuse = doc.addObject("Part::MultiFuse", "Fuse")
    fuse.Shapes = [doc.addObject("Part::Box", "Box"), doc.addObject("Part::Feature", "Nothing")]
    recompute(doc)


@case("model")
def general_fuse_of_nothing():
    box().generalFuse([])


# ---- shapes ----


@case("model")
def fillet_without_its_feature():
    part = box()
    part.makeFillet(100, part.Edges)


@case("model")
def cut_of_a_null_shape():
    Part.Shape().cut(box())


@case("measure")
def volume_of_a_null_shape():
    _ = Part.Shape().Volume


@case("check")
def self_intersecting_face():
    bow_tie().check(True)


@case("check")
def self_intersecting_solid():
    bow_tie().extrude(V(0, 0, 5)).check(True)


@case("model")
def face_of_a_warped_wire():
    Part.Face(Part.makePolygon([V(), V(10, 0, 0), V(10, 10, 5), V(0, 10, 0), V()]))


@case("model")
def box_without_length():
    box(0)


@case("model")
def cone_without_taper():
    Part.makeCone(5, 5, 1)


@case("model")
def curve_that_says_nothing():
    Part.BezierCurve().setPoles([V()])


@case("recompute")
def pad_of_an_open_wire():
    doc = document()
    body = doc.addObject("PartDesign::Body", "Body")
    sketch = body.newObject("Sketcher::SketchObject", "Sketch")
    sketch.addGeometry([Part.LineSegment(V(0, 0, 0), V(9, 0, 0)), Part.LineSegment(V(9, 0, 0), V(9, 9, 0))])
    pad = body.newObject("PartDesign::Pad", "Pad")
    pad.Profile, pad.Length = sketch, 10
    recompute(doc)


# ---- sketches ----


def _sketch(*constraints):
    doc = document()
    sketch = doc.addObject("Sketcher::SketchObject", "Sketch")
    sketch.addGeometry(Part.LineSegment(V(0, 0, 0), V(10, 0, 0)))
    sketch.addConstraint([Sketcher.Constraint(*constraint) for constraint in constraints])
    return doc, sketch


@case("recompute")
def sketch_with_conflicting_constraints():
    recompute(_sketch(("Distance", 0, 10.0), ("Distance", 0, 20.0))[0])


@case("recompute")
def sketch_with_redundant_constraints():
    recompute(_sketch(("Horizontal", 0), ("Horizontal", 0), ("Distance", 0, 10.0))[0])


@case("recompute")
def sketch_over_constrained():
    recompute(
        _sketch(
            ("Coincident", 0, 1, -1, 1),
            ("DistanceX", 0, 2, 10.0),
            ("DistanceY", 0, 2, 0.0),
            ("Distance", 0, 15.0),
        )[0]
    )


@case("check")
def sketch_under_constrained():
    _, sketch = _sketch(("Horizontal", 0))
    sketch.solve()
    if sketch.DoF:  # FreeCAD computes such a sketch without a word; whoever asks for certainty has to look
        raise Status(f"{sketch.Name} is under-constrained: {sketch.DoF} degrees of freedom")


# ---- recompute ----


@case("recompute")
def expression_in_a_circle():
    doc = document()
    doc.addObject("Part::Box", "Box").setExpression("Length", "Length + 1")
    recompute(doc)


@case("recompute")
def spreadsheet_in_a_circle():
    doc = document()
    sheet = doc.addObject("Spreadsheet::Sheet", "Sheet")
    sheet.set("A1", "=A2")
    sheet.set("A2", "=A1")
    recompute(doc)


@case("recompute")
def expression_of_nothing():
    doc = document()
    doc.addObject("Part::Box", "Box").setExpression("Length", "nothing.here")
    recompute(doc)


@case("recompute")
def fault_of_the_program():
    _ = box().NoSuchThing


# ---- files ----


@case("import", "step")
def step_of_nonsense():
    Part.read(written("nonsense.step", "nonsense"))


@case("import", "step")
def step_cut_short():
    whole = "/job/whole.step"
    box().exportStep(whole)
    with open(whole, encoding="ascii") as file:
        text = file.read()
    Import.insert(written("short.step", text[: len(text) // 2]), document().Name)


@case("import", "step")
def step_without_shapes():
    whole = "/job/whole2.step"
    box().exportStep(whole)
    with open(whole, encoding="ascii") as file:
        head = file.read().partition("DATA;")[0]
    _ = Part.read(written("empty.step", f"{head}DATA;\nENDSEC;\nEND-ISO-10303-21;\n")).ShapeType


@case("import", "iges")
def iges_of_nonsense():
    _ = Part.read(written("nonsense.iges", "nonsense")).ShapeType


@case("import", "iges")
def iges_that_is_not_there():
    Import.insert("/job/absent.iges", document().Name)


@case("import")
def format_nobody_knows():
    Import.insert(written("model.xyz123", "nonsense"), document().Name)


@case("export", "step")
def step_into_no_folder():
    box().exportStep("/absent/x.step")


@case("model")
def step_of_a_null_shape():
    Part.Shape().exportStep("/job/null.step")


@case("export", "stl")
def stl_into_no_folder():
    Mesh.createBox().write("/absent/x.stl")


@case("export", "iges")
def iges_into_no_folder():
    box().exportIges("/absent/x.iges")


# ---- meshes ----


@case("mesh")
def mesh_without_deflection():
    box().tessellate(0)


@case("model")
def mesher_that_is_not_built_in():
    MeshPart.meshFromShape(Shape=box(), Fineness=2, SecondOrder=0, Optimize=1, AllowQuad=0)


@case("mesh")
def mesh_not_manifold():
    wings = [V(0, 1, 0), V(0, 0, 1), V(0, -1, 0)]
    mesh = Mesh.Mesh([[V(0, 0, 0), V(1, 0, 0), wing] for wing in wings])
    if mesh.hasNonManifolds():  # again nothing is said unless one asks
        raise Status("the mesh is non-manifold")


# ---- references and links ----


@case("recompute")
def edge_that_is_gone():
    doc = document()
    body = doc.addObject("PartDesign::Body", "Body")
    sketch = body.newObject("Sketcher::SketchObject", "Sketch")
    corners = [V(0, 0, 0), V(10, 0, 0), V(10, 10, 0), V(5, 15, 0), V(0, 10, 0)]
    sketch.addGeometry([Part.LineSegment(corners[i], corners[(i + 1) % 5]) for i in range(5)])
    pad = body.newObject("PartDesign::Pad", "Pad")
    pad.Profile, pad.Length = sketch, 10
    doc.recompute()
    tip = next(
        i for i, edge in enumerate(pad.Shape.Edges, 1) if (edge.CenterOfMass - V(5, 15, 5)).Length < 1e-6
    )
    fillet = body.newObject("PartDesign::Fillet", "Fillet")
    fillet.Base, fillet.Radius = (pad, [f"Edge{tip}"]), 1
    recompute(doc)  # fits so far
    sketch.delGeometries([2, 3])
    sketch.addGeometry(Part.LineSegment(corners[2], corners[4]))
    recompute(doc)


@case("recompute")
def sketch_on_a_face_that_is_not_there():
    doc = document()
    base = doc.addObject("Part::Box", "Box")
    doc.recompute()
    sketch = doc.addObject("Sketcher::SketchObject", "Sketch")
    sketch.AttachmentSupport, sketch.MapMode = [(base, "Face99")], "FlatFace"
    recompute(doc)


@case("recompute")
def link_to_a_part_that_was_removed():
    doc = document()
    link = doc.addObject("App::Link", "Link")
    link.LinkedObject = doc.addObject("Part::Box", "Box")
    doc.recompute()
    doc.removeObject("Box")
    recompute(doc)


def said(function):
    try:
        function()
    except Status as status:
        return "", str(status)
    except Exception as error:
        kind = type(error)
        return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}", str(
            error
        )
    return None


def main():
    for name, (function, phase, file_format) in CASES.items():
        child = os.fork()
        if child == 0:
            heard = said(function)
            exception_class, message = heard or ("", "")
            line = {
                "case": name,
                "failed": heard is not None,
                "message": message,
                "exception_class": exception_class,
                "phase": phase,
                "file_format": file_format,
            }
            print(json.dumps(line), flush=True)
            os._exit(0)
        os.waitpid(child, 0)


main()

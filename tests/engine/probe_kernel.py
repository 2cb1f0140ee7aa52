"""Runs inside the engine: drives the kernel's pipeline directly and writes what it saw to ``seen.json``.

Nothing is judged here. ``failures`` feeds it builders that go wrong; ``bytes`` builds the same parts in
processes with other surroundings; ``heap`` builds them where memory is fragmented; ``documents``
opens saved documents again.
"""

# ruff: noqa: E402 - FreeCAD is found only after the path is set

import ctypes
import hashlib
import importlib
import json
import os
import random
import subprocess
import sys
import time
import types

from atolye.kernel.server.preload import arrange_paths

JOB = sys.argv[1]


def load(path):
    with open(path) as file:
        return json.load(file)


def dump(value, path):
    with open(path, "w") as file:
        json.dump(value, file)


ORDER = load(f"{JOB}/order.json")

if "surroundings" in os.environ:  # a child of case_bytes
    time.tzset()
arrange_paths()

import FreeCAD as App
import Part

from atolye.kernel import pipeline, steady
from atolye.kernel.exchange import formats
from atolye.kernel.measure import metrics
from atolye.kernel.seed.__main__ import make as make_seed
from atolye.kernel.session import Session


def serve(request, name, builder=None):
    folder = f"{JOB}/{name}"
    os.mkdir(folder)
    if builder is not None:
        module = types.ModuleType(f"atolye.kernel.build.{name}")
        module.build = builder
        sys.modules[module.__name__] = module
        request = {**request, "design": {"family": name, "fields": {}}}
    events = []
    pipeline.run(request, folder, events.append)
    return {
        "events": events,
        "open_documents": sorted(App.listDocuments()),
        "files": sorted(os.listdir(folder)),
    }


# ---- builders that go wrong ---------------------------------------------------------------------


def raises(session, fields):
    session.add("Part::Box", "Box")
    raise RuntimeError("the builder gave up")


def open_shell(session, fields):
    box = Part.makeBox(10, 10, 10)
    return session.add("Part::Feature", "Open", Shape=Part.makeShell(box.Faces[:5]))


def loose_face(session, fields):
    box = Part.makeBox(10, 10, 10)
    return session.add("Part::Feature", "Mixed", Shape=Part.makeCompound([box, Part.makePlane(5, 5)]))


def inside_out(session, fields):
    return session.add("Part::Feature", "Reversed", Shape=Part.makeBox(10, 10, 10).reversed())


def twisted(session, fields):
    corners = [(0, 0, 0), (10, 10, 0), (10, 0, 0), (0, 10, 0)]
    wire = Part.makePolygon([App.Vector(*corner) for corner in [*corners, corners[0]]])
    return session.add("Part::Feature", "Twisted", Shape=Part.Face(wire).extrude(App.Vector(0, 0, 5)))


def fillet_too_large(session, fields):
    box = session.add("Part::Box", "Box", Length=10, Width=10, Height=10)
    fillet = session.add("Part::Fillet", "Rounded", Base=box)
    fillet.Edges = [(1, 50.0, 50.0)]
    return fillet


def alias_of_a_unit(session, fields):
    session.parameters({"mm": (1.0, "mm")})


def outward_link(session, fields):
    session.parameters({"length": (10.0, "mm")})
    box = session.add("Part::Box", "Box")
    session.bind(box, "Length", "length")
    box.addProperty("App::PropertyFile", "Source")
    box.Source = "/usr/share/dict/words"
    return box


def dirty_texts(session, fields):
    return session.add("Part::Box", "Box", Label="a\x07b\n" + 500 * "x")


def case_failures():
    request = ORDER["request"]
    cases = (raises, open_shell, loose_face, inside_out, twisted, fillet_too_large, alias_of_a_unit)
    seen = {
        case.__name__: serve(request, case.__name__, case) for case in (*cases, outward_link, dirty_texts)
    }
    seen["limit"] = serve({**request, "limits": {"max_faces": 6}}, "limit")
    seen["triangles"] = serve({**request, "limits": {"max_triangles": 100}}, "triangles")
    seen["unknown_family"] = serve({**request, "design": {"family": "teapot", "fields": {}}}, "unknown")
    seen["path_as_family"] = serve({**request, "design": {"family": "../x", "fields": {}}}, "path")
    seen["another_wire"] = serve({**request, "wire": 99}, "wire")
    seen["unknown_export"] = serve({**request, "exports": [{"kind": "mesh.xyz"}]}, "export")
    seen["unknown_schema"] = serve(
        {**request, "exports": [{"kind": "solid.step", "schema": "AP999"}]}, "schema"
    )
    rules = {"process": "milling", "material_group": "aluminium", "rules": {"min_wall_mm": 500.0}}
    seen["unmakeable"] = serve({**request, "manufacturing": rules}, "unmakeable")
    seen["no_density"] = serve({**request, "material": {"key": "x", "rgba": [1, 1, 1, 1]}}, "density")
    seen["no_picture"] = with_broken(formats.WRITERS, "picture.png", lambda: serve(request, "picture"))
    seen["no_area"] = with_broken(metrics.__dict__, "_bounds", lambda: serve(request, "bounds"))
    seen["afterwards"] = serve(request, "afterwards")
    return seen


def with_broken(place, name, run):
    def broken(*arguments):
        raise ValueError("broken on purpose")

    whole, place[name] = place[name], broken
    try:
        return run()
    finally:
        place[name] = whole


# ---- the same part in other surroundings --------------------------------------------------------


def case_bytes():
    seen = {}
    for name, surroundings in ORDER["surroundings"].items():
        folder = f"{JOB}/{name}/deeper" if name == "folder" else f"{JOB}/{name}"
        os.makedirs(folder)
        dump({**ORDER, "case": "one", "surroundings": {}}, f"{folder}/order.json")
        environment = {**os.environ, **surroundings, "surroundings": name}
        subprocess.run([sys.executable, __file__, folder], env=environment, cwd=folder, check=True)
        seen[name] = load(f"{folder}/seen.json")
    return seen


def case_one():
    seen = {}
    for name, request in ORDER["requests"].items():
        # what the process has done before must not matter
        Part.makeBox(3, 2, 1).cut(Part.makeSphere(1))
        served = serve(request, name)
        assert served["events"][-1]["event"] == "result", served["events"][-1]
        seen[name] = {
            "files": {file: sha256(f"{JOB}/{name}/{file}") for file in served["files"]},
            "topology": served["events"][-1]["topology"],
            "metrics": served["events"][-1]["metrics"],
        }
    make_seed(f"{JOB}/seed.FCStd")
    seen["seed"] = sha256(f"{JOB}/seed.FCStd")
    return seen


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ---- the same part in a heap that other work has churned -----------------------------------------


def case_heap():
    """Distinct shapes of each part over several builds, with the session as it is and without its care."""
    seen = {"settled": {}, "unsettled": {}}
    settle = steady.settle
    for name in ORDER["requests"]:
        seen["settled"][name] = len({built_in_churned_heap(name, seed) for seed in range(ORDER["builds"])})
    steady.settle = lambda sketch: None
    name = ORDER["careless"]
    seen["unsettled"] = len({built_in_churned_heap(name, seed) for seed in range(2 * ORDER["builds"])})
    steady.settle = settle
    return seen


def built_in_churned_heap(name, seed):
    design = ORDER["requests"][name]["design"]
    build = importlib.import_module(f"atolye.kernel.build.{design['family']}").build
    chance = random.Random(seed)
    session = Session()
    churn(chance)
    final = build(session, design["fields"])
    churn(chance)
    session.recompute()
    text = final.Shape.exportBrepToString()
    session.close()
    return hashlib.sha256(text.encode()).hexdigest()


def churn(chance):
    blocks = [libc.malloc(chance.choice((16, 24, 24, 24, 32, 40, 56, 72, 120))) for _ in range(3000)]
    chance.shuffle(blocks)
    for block in blocks[: chance.randrange(len(blocks))]:
        libc.free(block)


libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]


# ---- saved documents ----------------------------------------------------------------------------


def case_documents():
    seen = {}
    for name, wanted in ORDER["documents"].items():
        document = App.openDocument(f"{JOB}/{name}.FCStd")
        final = document.getObject(wanted["object"])
        before = {
            "volume": final.Shape.Volume,
            "valid": final.Shape.isValid(),
            "states": sorted({state for obj in document.Objects for state in obj.State}),
            "label": document.Label,
            "uid": document.Uid,
            "visible": sorted(obj.Name for obj in document.Objects if obj.Visibility),
            "ids": [obj.ID for obj in document.Objects],
            "expressions": sum(len(obj.ExpressionEngine) for obj in document.Objects),
        }
        sheet = document.getObject("Parameters")
        for alias, value in wanted["change"].items():
            sheet.set(sheet.getCellFromAlias(alias), value)
        document.recompute()
        seen[name] = {**before, "volume_after_change": final.Shape.Volume}
        App.closeDocument(document.Name)
    session = Session()
    session.parameters({"length": (7.0, "mm"), "angle": (30.0, "deg"), "count": (3.0, "")})
    box = session.add("Part::Box", "Box")
    session.bind(box, "Length", "length * sin(angle) * count")
    session.place(box, (1.0, 2.0, 3.0), ((0.0, 0.0, 1.0), 90.0))
    session.recompute()
    seen["session"] = {
        "length": box.Length.Value,
        "expression": session.qualified("length * sin(angle) + length_2 - Other.length + <<length>>.x"),
        "corner": tuple(box.Placement.multVec(App.Vector(1, 0, 0))),
        "name": session.doc.Name,
    }
    session.close()
    session.close()
    return seen


dump(globals()[f"case_{ORDER['case']}"](), f"{JOB}/seen.json")

#!/usr/bin/env python
"""Lists FreeCAD's Python API as the installed engine really has it, for the gate of scripts.

tools/gen_api_surface.py              says what differs from the listing in the package; exit status 1 if
anything tools/gen_api_surface.py --write      writes the listing of the installed engine into the package

A listing belongs to one FreeCAD version and holds facts only; what of it a script may use is written in
``src/atolye/scripts/surface/policy.toml``.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from atolye.engine.fingerprint import fingerprint
from atolye.engine.install import installed
from atolye.engine.launch import code, environment, package_folder, sandbox
from atolye.engine.locate import installed_root
from atolye.engine.options import EngineOptions
from atolye.scripts.surface import FOLDER, listing_name

INSIDE = r'''
import inspect, json, sys
output, errors = sys.__stdout__, sys.__stderr__  # FreeCAD puts its own in their place

def complain(kind, problem, trace):
    import traceback
    errors.write("".join(traceback.format_exception(kind, problem, trace)))
    errors.flush()

from atolye.kernel.server.preload import arrange_paths
arrange_paths()
import FreeCAD, Part, PartDesign, Sketcher, Draft, Import, Mesh, Spreadsheet, math, numpy
sys.excepthook = complain

ABSTRACT = frozenset(sys.argv[1:])
SUBMODULES = ("__FreeCADBase__", "__FreeCADConsole__", "Units", "Part", "BRepFeat", "BRepOffsetAPI", "ChFi2d",
    "Geom2d", "GeomPlate", "HLRBRep", "ShapeFix", "ShapeUpgrade")
NOTED = ("deprecated", "obsolete", "do not use", "outdated")
types, queue = {}, []

def public(thing):
    return sorted(name for name in dir(thing) if not name.startswith("_"))

def noted(thing):
    """The line of a docstring that says that something is not to be used any more."""
    for line in (inspect.getdoc(thing) or "").splitlines():
        if any(word in line.lower() for word in NOTED):
            return line.strip()[:160]
    return None

def type_name(kind):
    module = kind.__module__
    module = {"Base": "FreeCAD", "App": "FreeCAD", "__FreeCADBase__": "FreeCAD.Base"}.get(module, module)
    return f"{module}.{kind.__qualname__}"

def kind_of(value):
    if inspect.ismodule(value):
        return "module"
    if isinstance(value, type):
        return "class"
    return "function" if callable(value) else "value"

def take_type(kind):
    name = type_name(kind)
    if name in types or kind in (object, type):
        return name
    types[name] = {}
    members = {}
    for member in public(kind):
        value = inspect.getattr_static(kind, member)
        members[member] = "method" if callable(value) else "attribute"
    entry = {"bases": [take_type(base) for base in kind.__bases__ if base is not object], "members": members}
    notes = {m: note for m in members if (note := noted(inspect.getattr_static(kind, m)))}
    if notes:
        entry["notes"] = notes
    types[name] = entry
    return name

def take_module(module, depth=0):
    members, notes, submodules = {}, {}, {}
    for name in public(module):
        value = getattr(module, name)
        what = kind_of(value)
        members[name] = what
        if what == "class":
            take_type(value)
        elif what == "value":
            take_type(type(value))
        elif what == "module" and depth < 2 and module.__name__ in ("FreeCAD", "Part"):
            if value.__name__.split(".")[0] in SUBMODULES:
                submodules[name] = take_module(value, depth + 1)
        if what == "function" and (note := noted(value)):
            notes[name] = note
    return {"members": members, **({"notes": notes} if notes else {}),
            **({"submodules": submodules} if submodules else {})}

modules = {name: take_module(module) for name, module in (
    ("FreeCAD", FreeCAD), ("Part", Part), ("PartDesign", PartDesign), ("Sketcher", Sketcher),
    ("Draft", Draft), ("Import", Import), ("Mesh", Mesh), ("math", math))}
modules["numpy"] = {"members": {n: kind_of(getattr(numpy, n)) for n in public(numpy) if n != "test"}}
take_type(numpy.ndarray)
for value in (FreeCAD.Units.Quantity("1 mm"), FreeCAD.BoundBox(), Part.makeBox(1, 1, 1)):
    take_type(type(value))

objects, document = {}, FreeCAD.newDocument("surface")
body = document.addObject("PartDesign::Body", "Body")
for type_id in sorted(document.supportedTypes()):
    if type_id in ABSTRACT:
        continue
    made = None
    errors.write(f"trying {type_id}\n")
    errors.flush()
    for owner in (document.addObject, body.newObject):
        try:
            made = owner(type_id, "Probe")
            break
        except Exception:
            continue
    if made is None:
        continue
    objects[type_id] = {
        "type": take_type(type(made)),
        "properties": {p: made.getTypeIdOfProperty(p) for p in made.PropertiesList if not p.startswith("_")},
        "members": [m for m in public(made)],
    }
take_type(type(document))
for name, entry in objects.items():
    inherited, todo = set(), [entry["type"]]
    while todo:
        known = types[todo.pop()]
        inherited |= set(known["members"])
        todo += known["bases"]
    entry["members"] = sorted(set(entry["members"]) - inherited - set(entry["properties"]))
output.write(json.dumps({
    "freecad": ".".join(FreeCAD.Version()[:3]),
    "occt": Part.OCC_VERSION,
    "python": ".".join(map(str, sys.version_info[:3])),
    "numpy": numpy.__version__,
    "modules": modules,
    "types": {name: types[name] for name in sorted(types)},
    "objects": objects,
}) + "\n")
output.flush()
'''


def listing(root: Path) -> dict[str, Any]:
    """What the engine under ``root`` offers to scripts.

    FreeCAD ends the process when an abstract kind of object is made, so those are found out one by one.
    """
    variables = environment(root) | {"PYTHONPATH": "/run/code"}
    wall = sandbox(root, variables, *code(package_folder(EngineOptions())))
    abstract: list[str] = []
    while True:
        command = [*wall, "/usr/bin/python3", "-c", INSIDE, *abstract]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        if done.returncode == 0:
            break
        last = (done.stderr.splitlines() or [""])[-1]
        if not last.startswith("trying ") or len(abstract) > 40:
            raise SystemExit(done.stderr or f"the engine ended with {done.returncode}")
        abstract.append(last.removeprefix("trying "))
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    packages = fingerprint(installed(root)).packages
    found["engine_packages_sha256"] = hashlib.sha256(
        json.dumps(packages, sort_keys=True).encode()
    ).hexdigest()
    return found


def packed(found: dict[str, Any]) -> bytes:
    text = json.dumps(found, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    return {key: leaf for name, part in value.items() for key, leaf in _flat(part, f"{path}/{name}").items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the listing into the package")
    write = parser.parse_args().write
    found = listing(installed_root())
    target = FOLDER / listing_name(found["freecad"])
    if write:
        target.write_bytes(packed(found))
        print(f"{target.name}: {len(found['types'])} types, {len(found['objects'])} kinds of object")
        return 0
    known = json.loads(gzip.decompress(target.read_bytes())) if target.exists() else {}
    before, now = _flat(known), _flat(found)
    changes = [f"- {key}" for key in before if key not in now]
    changes += [f"{'~' if key in before else '+'} {key}" for key in now if before.get(key) != now[key]]
    print("\n".join(changes) or f"{target.name}: nothing differs")
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())

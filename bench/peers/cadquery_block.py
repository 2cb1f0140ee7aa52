"""The bench's part in CadQuery: once from a cold start, or in a warm loop. Prints one JSON line."""

import json
import statistics
import sys
import time

import cadquery

folder, runs = sys.argv[1], int(sys.argv[2])


def make() -> float:
    part = (
        cadquery.Workplane("XY")
        .box(100, 50, 30, centered=False)
        .faces(">Z")
        .workplane(origin=(50, 25, 30))
        .hole(10)
    )
    solid = part.val()
    cadquery.exporters.export(part, f"{folder}/solid.step")
    cadquery.exporters.export(part, f"{folder}/mesh.stl", tolerance=0.1, angularTolerance=0.0872665)
    return solid.Volume()


taken = []
for _ in range(runs):
    began = time.perf_counter()
    volume = make()
    taken.append(1000 * (time.perf_counter() - began))
warm = taken[3:] or taken
print("BENCH " + json.dumps({"median_ms": statistics.median(warm), "volume_mm3": volume}))

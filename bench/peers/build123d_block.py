"""The bench's part in build123d: once from a cold start, or in a warm loop. Prints one JSON line."""

import json
import statistics
import sys
import time

from build123d import Box, Cylinder, Pos, export_step, export_stl

folder, runs = sys.argv[1], int(sys.argv[2])


def make() -> float:
    part = Pos(50, 25, 15) * (Box(100, 50, 30) - Cylinder(5, 30))
    export_step(part, f"{folder}/solid.step")
    export_stl(part, f"{folder}/mesh.stl", tolerance=0.1, angular_tolerance=0.0872665)
    return part.volume


taken = []
for _ in range(runs):
    began = time.perf_counter()
    volume = make()
    taken.append(1000 * (time.perf_counter() - began))
warm = taken[3:] or taken
print("BENCH " + json.dumps({"median_ms": statistics.median(warm), "volume_mm3": volume}))

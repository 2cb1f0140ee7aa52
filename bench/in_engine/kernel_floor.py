"""Bare FreeCAD calls in one warm process: what no service can be faster than. Prints one JSON line."""

import json
import statistics
import sys
import time

sys.path[:0] = ["/usr/lib/freecad-python3/lib", "/job"]
from block import make_block

runs, pause_s = int(sys.argv[1]), float(sys.argv[2])
for _ in range(5):
    make_block("/job/out")
taken = []
for _ in range(runs):
    time.sleep(pause_s)
    began = time.perf_counter()
    volume = make_block("/job/out")
    taken.append(1000 * (time.perf_counter() - began))
print("BENCH " + json.dumps({"median_ms": statistics.median(taken), "volume_mm3": volume}), flush=True)

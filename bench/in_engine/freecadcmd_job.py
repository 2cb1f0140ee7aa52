"""One job by ``FreeCADCmd``, as a process of its own: what a service that starts FreeCAD per job does."""

import os
import sys

sys.path.insert(0, "/job")
try:
    from block import make_block

    volume = make_block("/job/out")
    with open("/job/out/volume.txt", "w", encoding="utf-8") as file:
        file.write(repr(volume))
finally:
    os._exit(0)  # FreeCADCmd would run a failing script a second time

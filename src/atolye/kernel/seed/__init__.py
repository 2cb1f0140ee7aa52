"""The document that every model starts from.

FreeCAD numbers the objects of a new document from a random start, and the numbers end up in the element
maps of the saved shapes. A document opened from a file goes on counting from the highest number in it, so
each model is made in a copy of this file, which holds one object with the number :data:`FIRST_ID`.
``python3 -m atolye.kernel.seed`` (inside the engine) makes the file anew, always with the same bytes.
"""

from __future__ import annotations

import os
from typing import Final

PATH: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "model.FCStd")
"""The committed file. Its stem becomes the document's internal name."""

OBJECT: Final = "Seed"
FIRST_ID: Final = 10000

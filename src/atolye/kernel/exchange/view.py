"""The isometric view that both pictures show: from the front, the right and above, Z up."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from atolye.kernel.measure.arrays import Floats

_HALF, _SIXTH, _THIRD = math.sqrt(1 / 2), math.sqrt(1 / 6), math.sqrt(1 / 3)

RIGHT: Final = (_HALF, _HALF, 0.0)
UP: Final = (-_SIXTH, _SIXTH, 2 * _SIXTH)
TOWARDS_VIEWER: Final = (_THIRD, -_THIRD, _THIRD)


def projected(points: Floats) -> Floats:
    """(n, 3) points or directions of the part in the view's frame: right, up, towards the viewer.

    Written out in elementary operations: a matrix product would go through BLAS, whose result depends on
    the processor.
    """
    x, y, z = points[:, 0], points[:, 1], points[:, 2]
    return np.stack([x * a + y * b + z * c for a, b, c in (RIGHT, UP, TOWARDS_VIEWER)], axis=1)

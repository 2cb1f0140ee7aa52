"""The closed transverse profile of a gear, as FreeCAD's curves."""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator
from typing import Any, Final

import FreeCAD as App
import Part

from atolye.kernel.build.gearing.splines import DEGREE, Spline, fit
from atolye.kernel.build.gearing.teeth import Tooth

INVOLUTE_TOLERANCE: Final = 1e-7
FILLET_TOLERANCE: Final = 1e-6
"""In modules: for module 10 a micrometre's thousandth on the involute, a hundredth on the fillet."""


def profile_wire(tooth: Tooth) -> Any:
    """The closed wire in the plane z = 0 for module 1, a tooth centred on +X; counter-clockwise."""
    involute_end, fillet_end = tooth.meeting
    upper = [
        fit(tooth.involute, involute_end, tooth.tip_roll, INVOLUTE_TOLERANCE),
        fit(tooth.fillet, 0.0, fillet_end, FILLET_TOLERANCE),
    ]
    return Part.Wire([edge for number in range(tooth.teeth) for edge in _tooth_edges(tooth, upper, number)])


def _tooth_edges(tooth: Tooth, upper: list[Spline], number: int) -> Iterator[Any]:
    """Fillet, involute, tip, involute, fillet, root arc: counter-clockwise."""
    involute, fillet = upper
    middle = 2 * math.pi * number / tooth.teeth
    turn = cmath.exp(1j * middle)
    yield _spline_edge(fillet, fillet.poles.conjugate() * turn)
    yield _spline_edge(involute, involute.poles.conjugate() * turn)
    yield _arc_edge(tooth.tip_radius, middle - tooth.tip_half_angle, middle + tooth.tip_half_angle)
    yield _spline_edge(involute, involute.poles * turn)
    yield _spline_edge(fillet, fillet.poles * turn)
    if tooth.has_root_arc:
        following = middle + 2 * math.pi / tooth.teeth
        yield _arc_edge(tooth.root_radius, middle + tooth.root_half_angle, following - tooth.root_half_angle)


def _spline_edge(spline: Spline, poles: Any) -> Any:
    curve = Part.BSplineCurve()
    points = [App.Vector(pole.real, pole.imag, 0.0) for pole in poles.tolist()]
    curve.buildFromPolesMultsKnots(points, spline.multiplicities, spline.knots.tolist(), False, DEGREE)
    return curve.toShape()


def _arc_edge(radius: float, start_rad: float, end_rad: float) -> Any:
    circle = Part.Circle(App.Vector(0, 0, 0), App.Vector(0, 0, 1), radius)
    return Part.ArcOfCircle(circle, start_rad, end_rad).toShape()

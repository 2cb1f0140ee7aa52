"""The numbers of a finished part: exact, from the B-rep, stored in SI and rounded half to even.

``display`` repeats them in millimetres and in full (12 significant digits).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING, Any, Final

from atolye.kernel.canonical import canonical_json
from atolye.kernel.measure.parts import Parts, SolidProperties, Vector

if TYPE_CHECKING:
    from atolye.kernel.measure.tessellation import Tessellation

METRICS_VERSION: Final = 1

_EXACT: Final = Context(prec=60)
_LENGTH: Final = Decimal("1e-9")  # m
_AREA: Final = Decimal("1e-12")  # m²
_VOLUME: Final = Decimal("1e-12")  # m³
_MASS: Final = Decimal("1e-9")  # kg
_DIGITS: Final = 12
_CONFUSION_MM: Final = 1.001e-7  # OCCT Precision::Confusion and the rounding of the difference
_NOISE_MM: Final = 1e-9
"""Coordinates nearer to zero than this are zero: they are rounding errors of OCCT's curves."""

_INERTIA_NOISE: Final = 1e-12
"""Products of inertia below this share of the largest moment are rounding errors."""

Warn = Callable[[str, str], None]
"""Reports a metric that could not be computed: its name and why."""


def measure(parts: Parts, mesh: Tessellation, material: Mapping[str, Any], warn: Warn) -> dict[str, Any]:
    """All metrics of a part.

    Args:
        parts: of the final shape, in mm.
        material: ``key``, ``density_kg_m3`` and what else is known of it.
        warn: called for each metric that comes out as None.
    """
    attempt = _Attempt(warn)
    volume_mm3 = attempt("volume_m3", lambda: sum(solid.volume_mm3 for solid in parts.properties) or None)
    area_mm2 = attempt("area_m2", lambda: parts.shape.Area)
    bounds = attempt("bbox", lambda: _bounds(parts))
    centre_mm = attempt("center_of_mass_m", lambda: _centre(parts.properties))
    density = attempt("density_kg_m3", lambda: float(material["density_kg_m3"]))
    inertia_mm5 = attempt("inertia", lambda: _inertia_mm5(parts.properties, centre_mm))
    return {
        "metrics_version": METRICS_VERSION,
        **_counts(parts),
        "triangles": len(mesh.triangles),
        "surface_closed": all(shell.isClosed() for shell in parts.shells),
        "volume_m3": _si(volume_mm3, 9, _VOLUME),
        "area_m2": _si(area_mm2, 6, _AREA),
        "bbox": _bbox_m(bounds),
        "center_of_mass_m": _lengths(centre_mm),
        "mass_kg": _mass(volume_mm3, density),
        "material": _material(material),
        "stl_params": mesh.parameters,
        "stl_params_sha256": hashlib.sha256(canonical_json(mesh.parameters)).hexdigest(),
        "display": _display(volume_mm3, area_mm2, bounds, centre_mm, inertia_mm5, density),
    }


class _Attempt:
    """Computes a metric; a failure becomes None and a warning, never the end of the job."""

    def __init__(self, warn: Warn) -> None:
        self._warn = warn

    def __call__(self, name: str, compute: Callable[[], Any]) -> Any:
        try:
            value = compute()
        except Exception as error:  # noqa: BLE001 - 10.09: metrics never block the artefacts
            self._warn(name, f"{type(error).__name__}: {error}")
            return None
        if value is None:
            self._warn(name, "not computable for this shape")
        return value


# ---- geometry ------------------------------------------------------------------------------------


def _counts(parts: Parts) -> dict[str, int]:
    return {
        "solids": len(parts.solids),
        "shells": len(parts.shells),
        "faces": len(parts.faces),
        "edges": len(parts.edges),
        "vertices": len(parts.vertices),
    }


def _bounds(parts: Parts) -> tuple[Vector, Vector]:
    """Corners of the smallest box. ``BoundBox`` is looser: it wraps the poles of curved faces.

    OCCT widens the box by its confusion where a surface has to be sampled. Within that distance a corner
    of the part, or else a whole number of nanometres, is taken for the bound.
    """
    box = parts.shape.optimalBoundingBox(False, False)
    corners = [tuple(vertex.Point) for vertex in parts.vertices]
    low = _settled((box.XMin, box.YMin, box.ZMin), corners, min)
    return low, _settled((box.XMax, box.YMax, box.ZMax), corners, max)


def _settled(found: Vector, corners: list[Vector], extreme: Callable[[Iterable[float]], float]) -> Vector:
    def coordinate(axis: int) -> float:
        corner = extreme(corner[axis] for corner in corners) if corners else math.inf
        for candidate in (corner, round(found[axis], 6)):
            if abs(found[axis] - candidate) <= _CONFUSION_MM:
                return candidate
        return found[axis]

    return coordinate(0), coordinate(1), coordinate(2)


def _centre(solids: list[SolidProperties]) -> Vector:
    total = sum(solid.volume_mm3 for solid in solids)
    x, y, z = (sum(solid.volume_mm3 * solid.centre_mm[axis] for solid in solids) / total for axis in range(3))
    return x, y, z


def _inertia_mm5(solids: list[SolidProperties], centre: Vector) -> list[list[float]]:
    """Second moments about ``centre``, axes of the part, density one: own ones and Steiner's share."""
    tensor = [[0.0] * 3 for _ in range(3)]
    for solid in solids:
        arm = [solid.centre_mm[axis] - centre[axis] for axis in range(3)]
        square = sum(part * part for part in arm)
        for row in range(3):
            for column in range(3):
                steiner = (square if row == column else 0.0) - arm[row] * arm[column]
                tensor[row][column] += solid.inertia_mm5[row][column] + solid.volume_mm3 * steiner
    return tensor


# ---- numbers -------------------------------------------------------------------------------------


def _si(value: float | None, exponent: int, quantum: Decimal) -> float | None:
    """A value in a power of mm as SI, rounded to ``quantum``.

    Args:
        exponent: decimal places between the units: 3 for lengths, 6 for areas, 9 for volumes.
    """
    if value is None:
        return None
    exact = Decimal(value).scaleb(-exponent, context=_EXACT)
    return _quantised(exact, quantum)


def _quantised(value: Decimal, quantum: Decimal) -> float:
    return float(value.quantize(quantum, rounding=ROUND_HALF_EVEN, context=_EXACT)) + 0.0


def _lengths(vector: Vector | None) -> list[float | None] | None:
    return None if vector is None else [_si(part, 3, _LENGTH) for part in vector]


def _mass(volume_mm3: float | None, density: float | None) -> float | None:
    if volume_mm3 is None or density is None:
        return None
    exact = _EXACT.multiply(Decimal(volume_mm3).scaleb(-9, context=_EXACT), Decimal(density))
    return _quantised(exact, _MASS)


def _bbox_m(bounds: tuple[Vector, Vector] | None) -> dict[str, Any] | None:
    if bounds is None:
        return None
    low, high = bounds
    size = (high[0] - low[0], high[1] - low[1], high[2] - low[2])
    centre = ((high[0] + low[0]) / 2, (high[1] + low[1]) / 2, (high[2] + low[2]) / 2)
    return {"min": _lengths(low), "max": _lengths(high), "size": _lengths(size), "center": _lengths(centre)}


def _material(material: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "material_name": material.get("name", material["key"]),
        "material_key": material["key"],
        "density_kg_m3": material.get("density_kg_m3"),
        "density_raw": material.get("density_raw", material.get("density_kg_m3")),
        "density_source": material.get("density_source", "job.material"),
    }


def _display(
    volume_mm3: float | None,
    area_mm2: float | None,
    bounds: tuple[Vector, Vector] | None,
    centre_mm: Vector | None,
    inertia_mm5: list[list[float]] | None,
    density: float | None,
) -> dict[str, Any]:
    inertia = None
    if inertia_mm5 is not None and density is not None:
        noise = _INERTIA_NOISE * max(abs(value) for row in inertia_mm5 for value in row)
        inertia = [
            [shown(value, noise) and shown(value * density * 1e-15, 0.0) for value in row]
            for row in inertia_mm5
        ]
    return {
        "volume_mm3": None if volume_mm3 is None else shown(volume_mm3),
        "area_mm2": None if area_mm2 is None else shown(area_mm2),
        "bbox_mm": None
        if bounds is None
        else {"min": [shown(part) for part in bounds[0]], "max": [shown(part) for part in bounds[1]]},
        "center_of_mass_mm": None if centre_mm is None else [shown(part) for part in centre_mm],
        "inertia_kg_m2": inertia,
    }


def shown(value: float, noise: float = _NOISE_MM) -> float:
    """A number at 12 significant digits; what is only noise is zero."""
    return 0.0 if abs(value) <= noise else float(f"{value:.{_DIGITS}g}")

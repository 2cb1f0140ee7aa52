"""Quintic B-splines through plane curves whose derivatives are known.

Points are complex numbers. De Boor, A Practical Guide to Splines (1978), chapters IX and XIII.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

Curve = Callable[[Any], tuple[Any, Any, Any]]
"""Parameter (n,) → points, first and second derivatives, each (n,) complex."""

DEGREE: Final = 5
_MAX_SPANS: Final = 256
_PROBES: Final = (0.113, 0.317, 0.5, 0.683, 0.887)  # where in a span the error is measured


@dataclass(frozen=True)
class Spline:
    """A B-spline of degree 5 without inner multiplicities, so four times differentiable.

    Attributes:
        poles: (spans + 5,) complex.
        knots: (spans + 1,) increasing; the first and the last count six times.
    """

    poles: Any
    knots: Any

    @property
    def multiplicities(self) -> list[int]:
        return [DEGREE + 1, *[1] * (len(self.knots) - 2), DEGREE + 1]

    def __call__(self, parameters: Any) -> Any:
        """Points (n,) complex."""
        return _basis(_full(self.knots), np.asarray(parameters, dtype=float), 0) @ self.poles


def fit(curve: Curve, start: float, end: float, tolerance: float) -> Spline:
    """A spline that stays within ``tolerance`` of the curve, with short spans only where it bends much.

    It goes through the curve at every knot and has its first and second derivatives at both ends.

    Raises:
        ValueError: 256 spans are not enough; the curve is not smooth.
    """
    knots = np.linspace(start, end, 3)
    while len(knots) <= _MAX_SPANS:
        spline = _interpolate(curve, knots)
        coarse = _errors(curve, spline) > tolerance
        if not coarse.any():
            return spline
        middles = (knots[:-1] + knots[1:]) / 2
        knots = np.sort(np.concatenate([knots, middles[coarse]]))
    raise ValueError("the curve is not smooth enough for a spline")


def _errors(curve: Curve, spline: Spline) -> Any:
    """For each span the largest distance at equal parameters: no less than the true distance."""
    widths = np.diff(spline.knots)
    parameters = spline.knots[:-1, None] + widths[:, None] * np.array(_PROBES)
    difference = curve(parameters.ravel())[0] - spline(parameters.ravel())
    return np.abs(difference).reshape(parameters.shape).max(axis=1)


def _interpolate(curve: Curve, knots: Any) -> Spline:
    points, first, second = curve(knots)
    full, ends = _full(knots), knots[[0, -1]]
    rows = np.vstack([_basis(full, knots, 0), _basis(full, ends, 1), _basis(full, ends, 2)])
    values = np.concatenate([points, first[[0, -1]], second[[0, -1]]])
    return Spline(np.linalg.solve(rows, values), knots)


def _full(knots: Any) -> Any:
    return np.concatenate([[knots[0]] * DEGREE, knots, [knots[-1]] * DEGREE])


def _basis(full: Any, parameters: Any, derivative: int) -> Any:
    """Values (n, poles) of the basis functions' derivative at the parameters (n,)."""
    # the last knot is left out of the search: its parameter belongs to the last span
    span = np.searchsorted(full[DEGREE : -DEGREE - 1], parameters, side="right") + DEGREE - 1
    values = np.zeros((len(parameters), len(full) - 1))
    values[np.arange(len(parameters)), span] = 1.0
    for degree in range(1, DEGREE + 1):
        step = _derive if degree > DEGREE - derivative else _raise
        values = step(full, parameters, values, degree)
    return values


def _raise(full: Any, parameters: Any, values: Any, degree: int) -> Any:
    """From the basis of one degree less to this degree's (Cox and de Boor)."""
    left, right = _widths(full, degree)
    rising = (parameters[:, None] - full[: -degree - 1]) * left
    falling = (full[degree + 1 :] - parameters[:, None]) * right
    return rising * values[:, :-1] + falling * values[:, 1:]


def _derive(full: Any, _parameters: Any, values: Any, degree: int) -> Any:
    """From a basis (or its derivative) of one degree less to the next derivative of this degree's."""
    left, right = _widths(full, degree)
    return degree * (left * values[:, :-1] - right * values[:, 1:])


def _widths(full: Any, degree: int) -> tuple[Any, Any]:
    """Reciprocal widths of the supports; 0 for empty ones."""
    widths = full[degree:] - full[:-degree]
    reciprocal = np.divide(1.0, widths, out=np.zeros_like(widths), where=widths > 0)
    return reciprocal[:-1], reciprocal[1:]

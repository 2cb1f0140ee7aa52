"""Zeros of continuous functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_STEPS: Final = 200  # halving a bracket of length 1 reaches 1e-16 in 54 steps


def bisect(function: Callable[[float], float], low: float, high: float) -> float:
    """A zero between two arguments, to the last bit.

    Raises:
        ValueError: the function has the same sign at both.
    """
    sign = function(low) > 0
    if (function(high) > 0) == sign:
        raise ValueError("the function does not change its sign")
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if (function(middle) > 0) == sign:
            low = middle
        else:
            high = middle
    return (low + high) / 2

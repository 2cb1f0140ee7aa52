"""Edges of a feature chosen by where they lie, never by their number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from atolye.kernel.errors import KernelError

CONFUSION_MM: Final = 1e-7  # OCCT Precision::Confusion
"""Points closer than this are one point."""


def edges_where(feature: Any, matches: Callable[[Any], bool], *, count: int) -> list[str]:
    """Names such as ``Edge3`` of the feature's edges for which ``matches(edge)`` holds.

    Args:
        count: how many there must be.

    Raises:
        KernelError: ``FC_TOPONAMING_UNSTABLE`` when another number is found.
    """
    names = [f"Edge{index}" for index, edge in enumerate(feature.Shape.Edges, start=1) if matches(edge)]
    if len(names) != count:
        raise KernelError(
            "FC_TOPONAMING_UNSTABLE",
            "model",
            f"{feature.Name} has {len(names)} matching edges instead of {count}",
            object=feature.Name,
            found=len(names),
            expected=count,
        )
    return names


def is_parallel_to(axis: int) -> Callable[[Any], bool]:
    """Straight edges along the axis 0 (X), 1 (Y) or 2 (Z)."""

    def matches(edge: Any) -> bool:
        first, last = edge.firstVertex().Point, edge.lastVertex().Point
        return all(abs(first[i] - last[i]) < CONFUSION_MM for i in range(3) if i != axis)

    return matches

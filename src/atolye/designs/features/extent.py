"""How large a feature tree's part is, as far as its operations tell without being built."""

from __future__ import annotations

from typing import Final

from atolye.designs.features.operations import (
    Box,
    Chamfer,
    Common,
    Cut,
    Cylinder,
    Fillet,
    Groove,
    LinearPattern,
    Operation,
    Pocket,
    PolarPattern,
    Primitive,
    Sketch,
)
from atolye.designs.features.values import number_of

UNTOLD: Final = (0.0, 0.0, 0.0)
"""Stands for a size that only the engine finds: it is refused by no machine before it is built."""

_NEVER_LARGER: Final = (Chamfer, Common, Cut, Fillet, Groove, Pocket, Sketch)
"""Operations after which a part is no larger than before."""


def envelope_of(operations: tuple[Operation, ...]) -> tuple[float, float, float]:
    """Sizes along X, Y, Z in mm of the blank that the part is cut from; zeros when they do not tell.

    They tell when the part is one upright box or cylinder from which the rest only takes away.
    """
    first, rest = operations[0], operations[1:]
    if (
        not isinstance(first, Box | Cylinder)
        or first.axis not in (None, "z", "-z")
        or first.angle is not None
    ):
        return UNTOLD
    for operation in rest:
        if isinstance(operation, _NEVER_LARGER) or _takes_away(operation, operations):
            continue
        return UNTOLD
    return _size(first)


def _takes_away(operation: Operation, operations: tuple[Operation, ...]) -> bool:
    """Whether it cuts, makes a tool that a cut takes up, or repeats such operations."""
    if isinstance(operation, Primitive):
        tools = {name for each in operations if isinstance(each, Cut) for name in each.b}
        return operation.mode == "cut" or operation.id in tools
    if isinstance(operation, LinearPattern | PolarPattern):
        by_id = {each.id: each for each in operations}
        originals = [by_id.get(name) for name in operation.of or ()]
        return bool(originals) and all(
            isinstance(each, Pocket | Groove) or (isinstance(each, Primitive) and each.mode == "cut")
            for each in originals
        )
    return False


def _size(blank: Box | Cylinder) -> tuple[float, float, float]:
    if isinstance(blank, Box):
        return (blank.length.number, blank.width.number, blank.height.number)
    diameter = number_of(blank.diameter) or 2 * number_of(blank.radius)
    return (diameter, diameter, blank.height.number)

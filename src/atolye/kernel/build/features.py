"""A feature tree: operations in their order, each a feature of a body, driven by the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any, Final

from atolye.kernel.build.featuring.drawn import draw
from atolye.kernel.build.featuring.dressing import DRESSERS
from atolye.kernel.build.featuring.making import MAKERS
from atolye.kernel.build.featuring.tree import Operation, Tree, failed
from atolye.kernel.errors import KernelError
from atolye.kernel.session import Session

_OPERATORS: Final = {**MAKERS, **DRESSERS}
_UNCHANGED: Final = 1e-9
"""Relative change of the volume below which an operation has changed nothing."""

_PRONE_TO_CROSS: Final = frozenset(("loft", "sweep", "helix", "thickness", "draft"))

SMALLEST_MM3: Final = 1e-3
"""A body with less volume is none: a cube of the smallest size has as much."""

OVERLAP_MM3: Final = 1e-6
"""Common volume from which two solids are inside of each other, as in assemblies."""


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """A body, or a compound of the bodies that the request wants to remain.

    Args:
        fields: ``parameters``: name, value, unit, expression; ``operations``: ``op``, ``id``, ``place`` (its
            path in the request), ``body``, ``mode`` and the fields of the kind, with every number a number
            or ``{"expression", "value"}``; ``result``: ids of the bodies that remain.

    Raises:
        KernelError: with the operation's path as ``field``: ``FC_FILLET_CHAMFER_FAILED``,
            ``FC_BOOLEAN_FAILED``, ``FC_SKETCH_…`` or ``FEATURE_…``.
    """
    operations = {operation["id"]: operation for operation in fields["operations"]}
    tree = Tree(session, operations)
    tree.add_parameters(fields["parameters"])
    for operation in operations.values():
        _operate(tree, operation)
    bodies = [tree.bodies[name] for name in fields["result"]]
    if len(bodies) == 1:
        return bodies[0]
    _require_apart(fields["result"], bodies)
    return session.add("Part::Compound", "Result", Links=bodies)


def _operate(tree: Tree, operation: Operation) -> None:
    if operation["op"] == "sketch":
        if operation["face"] is not None:  # of the face as it is now; others are drawn where they are used
            draw(tree, operation, operation)
        return
    before = _volume(tree, operation)
    _OPERATORS[operation["op"]](tree, operation)
    try:
        tree.session.recompute()
    except KernelError as error:
        raise _as_failure(operation, error) from error
    _judge(tree, operation, before)


def _volume(tree: Tree, operation: Operation) -> float | None:
    """The volume of the operation's body in mm³; ``None`` before there is one."""
    body = tree.bodies.get(operation["body"])
    if body is None or body.Tip is None or body.Shape.isNull():
        return None
    return float(body.Shape.Volume)


def _judge(tree: Tree, operation: Operation, before: float | None) -> None:
    body = tree.bodies[operation["body"]]
    shape = body.Shape
    if shape.isNull() or not shape.Solids or shape.Volume < SMALLEST_MM3:
        raise failed("FEATURE_VANISHED", operation, "no solid is left")
    if len(shape.Solids) > 1 and not operation["several_solids"]:
        raise failed("FEATURE_MULTIPLE_SOLIDS", operation, "several solids", count=len(shape.Solids))
    if before is not None and abs(shape.Volume - before) <= _UNCHANGED * before:
        raise failed("FEATURE_NO_EFFECT", operation, "the volume is the same as before")
    if operation["op"] in _PRONE_TO_CROSS:
        _require_no_crossing(operation, tree.features[operation["id"]])


def _require_no_crossing(operation: Operation, feature: Any) -> None:
    """Refuses surfaces that cross each other, which a valid shape may have in OCCT's eyes.

    Raises:
        KernelError: ``FEATURE_SELF_INTERSECTION``.
    """
    own = getattr(feature, "AddSubShape", None)
    shape = feature.Shape if own is None or own.isNull() else own
    try:
        shape.check(True)
    except ValueError as error:
        raise failed("FEATURE_SELF_INTERSECTION", operation, str(error)[:500]) from error


def _as_failure(operation: Operation, error: KernelError) -> KernelError:
    """The failed recompute as the failure of the operation."""
    status = str(error.details.get("status", error.message))
    code = "FEATURE_FAILED" if error.code == "FC_RECOMPUTE_FAILED" else error.code
    return failed(code, operation, f"{error.message}", status=status)


def _require_apart(names: list[str], bodies: list[Any]) -> None:
    """Refuses bodies that lie inside of each other.

    Raises:
        KernelError: ``FEATURE_SOLIDS_OVERLAP``.
    """
    for (one, first), (other, second) in combinations(zip(names, bodies, strict=True), 2):
        if not first.Shape.BoundBox.intersect(second.Shape.BoundBox):
            continue
        common = first.Shape.common(second.Shape).Volume
        if common > OVERLAP_MM3:
            raise KernelError(
                "FEATURE_SOLIDS_OVERLAP",
                "model",
                f"{one} and {other} have {common} mm³ in common",
                field="result",
                one=one,
                other=other,
                volume=common,
            )

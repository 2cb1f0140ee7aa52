"""Opens what a script has left, in a process that has never seen the script."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

import Part

from atolye.kernel.errors import KernelError
from atolye.kernel.script import FLOW, document, facts, rules
from atolye.kernel.session import Session
from atolye.wire import EXPORT_FILES

OBJECT: Final = "Model"
"""What the part is called in a document made here."""

_INPUTS: Final = "in"
_SAME: Final = 1e-9
_SAME_MM: Final = 1e-6

Tell = Callable[[str], None]


def open_result(request: dict[str, Any], folder: str, flattened: Tell) -> tuple[Session, Any, dict[str, Any]]:
    """A document with what the script made, its final object, and what is known of its features.

    The document is the script's own where it can be trusted: it holds nothing but data, obeys the rules,
    computes again without a fault and gives the very solids of the BREP. Else it is made here and
    holds those solids.

    Args:
        flattened: told why the script's own document is not delivered.

    Raises:
        KernelError: ``FC_GEOM_INVALID_SHAPE`` for a BREP that cannot be read; what :mod:`rules` raise.
    """
    shape = _read_brep(os.path.join(folder, _INPUTS, EXPORT_FILES["solid.brep"]))
    path = os.path.join(folder, _INPUTS, EXPORT_FILES["model.fcstd"])
    session = None
    try:
        document.inspect(path)
        session = Session.opened(path)
        obj = _verified(session, str(request["script"].get("object", "")), shape)
    except document.UnfitError as error:
        flattened(str(error))
        if session is not None:
            session.close()
        return _of_solids(shape)
    except BaseException:
        if session is not None:
            session.close()
        raise
    return session, obj, facts.describe(session.doc)


def original(request: dict[str, Any]) -> dict[str, Any]:
    """The request that the service was given, of which this process serves the second half."""
    script = {name: value for name, value in request["script"].items() if name != "object"}
    return {**request, "flow": FLOW, "script": script}


def _read_brep(path: str) -> Any:
    shape = Part.Shape()
    try:
        shape.importBrep(path)
        solids = [] if shape.isNull() else shape.Solids
    except Exception as error:  # boundary: OCCT says of broken files what it likes
        raise _unreadable(f"{type(error).__name__}: {error}") from error
    if not solids:
        raise _unreadable("it holds no solid")
    # only whole solids count; what lies about between them is no part
    return solids[0] if len(solids) == 1 else Part.makeCompound(solids)


def _unreadable(why: str) -> KernelError:
    return KernelError(
        "FC_GEOM_INVALID_SHAPE", "check", f"the script's result cannot be used: {why}", object="result"
    )


def _verified(session: Session, name: str, shape: Any) -> Any:
    """The document's final object, after everything in it has been computed anew.

    Raises:
        UnfitError: it gives other solids than those that were left, or cannot be computed.
        KernelError: a rule is broken.
    """
    obj = session.doc.getObject(name)
    if obj is None:
        raise document.UnfitError("the document lacks the final object")
    rules.check_order(session.doc)
    for each in session.doc.Objects:
        each.touch()
    try:
        session.recompute()
    except KernelError as error:
        rules.check(session.doc)
        raise document.UnfitError(error.message) from error
    rules.check(session.doc)
    if not same(obj.Shape, shape):
        raise document.UnfitError("the document gives another shape than the script did")
    session.show_only(obj)
    return obj


def same(one: Any, other: Any) -> bool:
    """Whether two shapes are equal as far as numbers of their parts, measures and place go."""
    if one.isNull() or other.isNull():
        return False
    kinds = ("Solid", "Face", "Edge", "Vertex")
    if any(one.countSubElements(kind) != other.countSubElements(kind) for kind in kinds):
        return False
    for name in ("Volume", "Area"):
        ours, theirs = getattr(one, name), getattr(other, name)
        if abs(ours - theirs) > _SAME * abs(theirs):
            return False
    a, b = one.BoundBox, other.BoundBox
    corners = ("XMin", "YMin", "ZMin", "XMax", "YMax", "ZMax")
    near = all(abs(getattr(a, name) - getattr(b, name)) < _SAME_MM for name in corners)
    return near and one.CenterOfGravity.distanceToPoint(other.CenterOfGravity) < _SAME_MM


def _of_solids(shape: Any) -> tuple[Session, Any, dict[str, Any]]:
    session = Session()
    obj = session.add("Part::Feature", OBJECT, Shape=shape)
    session.recompute()
    session.show_only(obj)
    return session, obj, facts.describe(session.doc)

"""Which objects a script has made as its result.

The variable ``result`` decides when there is one: a shape, an object, or a list of them. Else every visible
object with a solid that no other object is made of counts, which is what ``Part.show`` leaves behind and what
a person would see on the screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import FreeCAD as App
import Part

from atolye.kernel.errors import KernelError

NAME: Final = "Result"
_BODY: Final = "PartDesign::Body"
_MOST_RESULTS: Final = 1000


def final_object(document: Any, result: Any) -> Any:
    """One object of the document that holds all that was made; made where there is none.

    Args:
        result: the script's variable of that name, ``None`` when it has none.

    Raises:
        KernelError: ``FC_GEOM_INVALID_SHAPE`` when there is no solid.
    """
    found = list(_given(document, result)) if result is not None else []
    found = found or list(_leaves(document))
    if not found:
        raise KernelError("FC_GEOM_INVALID_SHAPE", "check", "the script has made no solid", object="result")
    if len(found) == 1 and _stands_alone(document, found[0]):
        return found[0]
    return _together(document, found)


def _given(document: Any, result: Any) -> Iterator[Any]:
    """Objects of what the script has called ``result``; a bare shape gets one."""
    for item in list(_flat(result))[:_MOST_RESULTS]:
        if isinstance(item, Part.Shape):
            yield _showing(document, item) or _shown(document, item)
        elif isinstance(item, App.DocumentObject) and _solids_of(item):
            yield _body_of(item) or item


def _flat(result: Any) -> Iterator[Any]:
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, list | tuple | set | frozenset):
        for item in result:
            yield from _flat(item)
    else:
        yield result


def _showing(document: Any, shape: Any) -> Any:
    """An object that was made of this very shape, such as by ``Part.show``."""
    same = (obj for obj in document.Objects if _shape_of(obj) is not None and obj.Shape.isSame(shape))
    return next(same, None)


def _shown(document: Any, shape: Any) -> Any:
    obj = document.addObject("Part::Feature", NAME)
    obj.Shape = shape
    return obj


def _leaves(document: Any) -> Iterator[Any]:
    for obj in document.Objects:
        if _solids_of(obj) and obj.Visibility and _body_of(obj) is None and not _consumed(obj):
            yield obj


def _consumed(obj: Any) -> bool:
    """Whether a solid is made of it. Groups and links only show it."""
    return any(
        other.isDerivedFrom("Part::Feature") and _solids_of(other) and other.TypeId != _BODY
        for other in obj.InList
    )


def _body_of(obj: Any) -> Any:
    """The body that a feature is a step of, ``None`` for everything else."""
    parent = obj.getParentGeoFeatureGroup()
    return parent if parent is not None and parent.TypeId == _BODY and obj.TypeId != _BODY else None


def _shape_of(obj: Any) -> Any:
    shape = getattr(obj, "Shape", None)
    return shape if isinstance(shape, Part.Shape) and not shape.isNull() else None


def _solids_of(obj: Any) -> bool:
    if obj.hasExtension("App::GroupExtension") and not obj.isDerivedFrom("Part::Feature"):
        return False  # it only gathers what counts by itself
    shape = _shape_of(obj)
    return shape is not None and shape.countSubElements("Solid") > 0


def _stands_alone(document: Any, obj: Any) -> bool:
    """Whether the object's shape is where it is seen: in no group that moves it, and in this document."""
    return obj.Document.Name == document.Name and obj.getParentGeoFeatureGroup() is None


def _together(document: Any, objects: Iterable[Any]) -> Any:
    """A compound of the objects; of their shapes as they are seen where they lie in groups that move them."""
    objects = list(objects)
    if all(_stands_alone(document, obj) and obj.isDerivedFrom("Part::Feature") for obj in objects):
        compound = document.addObject("Part::Compound", NAME)
        compound.Links = objects
        document.recompute()
        return compound
    return _shown(document, Part.makeCompound([_as_seen(obj) for obj in objects]))


def _as_seen(obj: Any) -> Any:
    shape = Part.getShape(obj).copy()
    group = obj.getParentGeoFeatureGroup()
    while group is not None:
        shape.Placement = group.Placement * shape.Placement
        group = group.getParentGeoFeatureGroup()
    return shape

"""What may stand in a saved document: known kinds of properties, plain text, nothing outside the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from atolye.kernel.errors import KernelError

MAX_TEXT: Final = 256
"""Longest text (label, designation, parameter name) that is written into a document."""

_UNSAFE_TEXT: Final = re.compile(r"[\x00-\x1f\x7f]")

_TEXTS: Final = frozenset({"App::PropertyString"})

ALLOWED_PROPERTIES: Final = frozenset(
    f"App::Property{kind}"
    for kind in """
        String StringList Bool BoolList Enumeration Integer IntegerList IntegerConstraint Percent
        Float FloatList FloatConstraint Precision Length Distance Angle Area Volume Quantity
        QuantityConstraint Vector VectorList VectorDistance Direction Position Placement PlacementList
        Rotation Matrix Color ColorList Material UUID Map ExpressionEngine
        Link LinkList LinkSub LinkSubList LinkChild LinkListChild LinkHidden LinkListHidden LinkSubHidden
        LinkSubListHidden LinkGlobal LinkListGlobal LinkSubListGlobal
    """.split()  # noqa: SIM905 - a table to read
)
ALLOWED_MODULES: Final = ("Part::", "PartDesign::", "Sketcher::", "Spreadsheet::", "Materials::")
"""Kinds of properties whose value lies within the document. Files, paths, links into other documents
(``XLink``) and Python objects are not among them."""


LINKS: Final = frozenset(f"App::PropertyXLink{kind}" for kind in ("", "Sub", "List", "SubList"))
"""Links that can lead into other documents; those that do not are as good as any."""


def clean_text(text: str) -> str:
    """The text without control characters and of bounded length."""
    return _UNSAFE_TEXT.sub(" ", text)[:MAX_TEXT]


def scrub(document: Any) -> None:
    """Cleans every text property of a document before it is saved.

    Raises:
        KernelError: ``FC_RUNTIME`` when an object has a property that can point outside the document.
    """
    for obj in document.Objects:
        for name in obj.PropertiesList:
            kind = obj.getTypeIdOfProperty(name)
            if kind in _TEXTS:
                _clean(obj, name)
            elif not _may_be_saved(document, kind, getattr(obj, name)):
                raise KernelError(
                    "FC_RUNTIME",
                    "export",
                    f"{obj.Name}.{name} is of the kind {kind}, which must not be saved",
                    object=obj.Name,
                    property=name,
                )


def _may_be_saved(document: Any, kind: str, value: Any) -> bool:
    if kind in ALLOWED_PROPERTIES or kind.startswith(ALLOWED_MODULES) or not value:
        return True
    return kind in LINKS and all(target.Document.Name == document.Name for target in _targets(value))


def _targets(value: Any) -> Iterator[Any]:
    """The objects in the value of a link."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _targets(item)
    elif not isinstance(value, str) and value is not None:
        yield value


def _clean(obj: Any, name: str) -> None:
    text = getattr(obj, name)
    cleaned = clean_text(text)
    if cleaned != text:
        setattr(obj, name, cleaned)

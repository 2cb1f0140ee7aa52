"""What a model says about itself without being driven by it: read-only properties of a feature."""

from __future__ import annotations

from typing import Any, Final

from atolye.kernel.session import clean_text

_TYPES: Final[dict[type, str]] = {
    str: "App::PropertyString",
    int: "App::PropertyInteger",
    float: "App::PropertyFloat",
}


def state_facts(obj: Any, group: str, **facts: str | int | float) -> None:
    """Add a property for each fact, shown under ``group`` in FreeCAD's property editor."""
    for name, value in facts.items():
        obj.addProperty(_TYPES[type(value)], name, group, "")
        setattr(obj, name, clean_text(value) if isinstance(value, str) else value)
        obj.setPropertyStatus(name, "ReadOnly")

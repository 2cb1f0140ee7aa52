"""The part families, one module each. A module is found by being here; nothing else lists it."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from atolye.designs.family import PartFamily


@cache
def registry() -> Mapping[str, type[PartFamily]]:
    """Every family by key, in alphabetical order.

    Raises:
        ValueError: a module without exactly one family of its own name, or a name that two families have.
    """
    found: dict[str, type[PartFamily]] = {}
    taken: dict[str, str] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        family = _family_of(module.name)
        found[family.key] = family
        for name in family.called():
            if taken.setdefault(name, family.key) != family.key:
                raise ValueError(f"{name} is the name of {taken[name]} and of {family.key}")
    return MappingProxyType(found)


@cache
def names() -> Mapping[str, str]:
    """Every folded name of a family with the family's key."""
    return {name: family.key for family in registry().values() for name in family.called()}


def _family_of(module: str) -> type[PartFamily]:
    contents = vars(import_module(f"{__name__}.{module}")).values()
    mine = [
        each
        for each in contents
        if isinstance(each, type)
        and issubclass(each, PartFamily)
        and each.__module__ == f"{__name__}.{module}"
    ]
    if [family.key for family in mine] != [module]:
        raise ValueError(f"{module}: exactly one family of that key is expected")
    return mine[0]

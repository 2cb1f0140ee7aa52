"""The document of a feature tree while it grows: parameters, bodies, sketches and features by their ids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from atolye.kernel.build.elements.bodies import add_body, origin_axis
from atolye.kernel.errors import KernelError
from atolye.kernel.session import SHEET, Session, clean_text

Operation = Mapping[str, Any]
Quantity = float | Mapping[str, Any]
"""A number, or ``{"expression": …, "value": …}`` in the parameters."""

_IDENTIFIER: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?![\w(])")


def value_of(quantity: Quantity | None, otherwise: float = 0.0) -> float:
    """The number of a quantity."""
    if quantity is None:
        return otherwise
    return float(quantity["value"]) if isinstance(quantity, Mapping) else float(quantity)


def scaled(quantity: Quantity, factor: float) -> Quantity:
    """The quantity times a number."""
    if not isinstance(quantity, Mapping):
        return quantity * factor
    return {"expression": f"({quantity['expression']}) * {factor!r}", "value": quantity["value"] * factor}


def total(one: Quantity, other: Quantity) -> Quantity:
    """The sum of two lengths."""
    value = value_of(one) + value_of(other)
    if not isinstance(one, Mapping) and not isinstance(other, Mapping):
        return value
    parts = [each["expression"] if isinstance(each, Mapping) else f"{each!r} mm" for each in (one, other)]
    return {"expression": f"({parts[0]}) + ({parts[1]})", "value": value}


@dataclass
class Tree:
    """What has been built so far."""

    session: Session
    operations: dict[str, Operation] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)
    features: dict[str, Any] = field(default_factory=dict)
    sketches: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Sketch by its id and the body it is in: a sketch that two bodies use is drawn in both."""

    # ---- parameters -----------------------------------------------------------------------------------

    def add_parameters(self, parameters: list[dict[str, Any]]) -> None:
        """The spreadsheet: a row of name and value for each, with the name as alias.

        FreeCAD takes some names for units or cells (``t``, ``A1``); their aliases get a ``_`` at the end.
        """
        if not parameters:
            return
        sheet = self.session.add("Spreadsheet::Sheet", SHEET)
        for row, parameter in enumerate(parameters, start=1):
            name = parameter["name"]
            sheet.set(f"A{row}", f"'{clean_text(name)}")
            sheet.set(f"B{row}", f"={parameter['value']!r} {parameter['unit']}".rstrip())
            self.aliases[name] = _set_alias(sheet, f"B{row}", name)
        sheet.recompute()
        for row, parameter in enumerate(parameters, start=1):
            if parameter["expression"]:
                sheet.set(f"B{row}", f"={self._renamed(parameter['expression'], '')}")
        sheet.recompute()

    def text(self, quantity: Mapping[str, Any]) -> str:
        """The expression in FreeCAD's names."""
        return self._renamed(quantity["expression"], f"{SHEET}.")

    def _renamed(self, expression: str, prefix: str) -> str:
        def full(match: re.Match[str]) -> str:
            alias = self.aliases.get(match.group())
            return match.group() if alias is None else f"{prefix}{alias}"

        return _IDENTIFIER.sub(full, expression)

    def drive(self, obj: Any, name: str, quantity: Quantity | None) -> None:
        """Gives a property its number, or the expression that drives it."""
        if quantity is None:
            return
        setattr(obj, name, value_of(quantity) if not isinstance(quantity, int) else quantity)
        if isinstance(quantity, Mapping):
            obj.setExpression(name, self.text(quantity))

    def count(self, obj: Any, name: str, quantity: Quantity) -> None:
        """The same for a whole number."""
        setattr(obj, name, round(value_of(quantity)))
        if isinstance(quantity, Mapping):
            obj.setExpression(name, self.text(quantity))

    # ---- objects --------------------------------------------------------------------------------------

    def body(self, operation: Operation) -> Any:
        """The body that an operation belongs to; the operation that begins it makes it."""
        name = operation["body"]
        if name not in self.bodies:
            number = len(self.bodies) + 1
            # without several solids FreeCAD drops all but one in silence; features.py judges their number
            body = add_body(self.session, f"Body{number}", several_solids=True)
            body.Label = clean_text(f"{name} (body)")
            self.bodies[name] = body
        return self.bodies[name]

    def add(self, operation: Operation, type_id: str, **properties: Any) -> Any:
        """A feature in the operation's body, named by kind and place, labelled by its id."""
        body = self.body(operation)
        obj = self.session.add(type_id, self.name_of(operation, type_id), parent=body, **properties)
        obj.Label = clean_text(operation["id"])
        self.features[operation["id"]] = obj
        return obj

    def name_of(self, operation: Operation, type_id: str) -> str:
        """Such as ``Pad3``: the third operation is a pad."""
        kind = type_id.rpartition("::")[2].removeprefix("Additive").removeprefix("Subtractive")
        number = list(self.operations).index(operation["id"]) + 1
        return f"{kind}{number}"

    def tip(self, operation: Operation) -> Any:
        """The feature whose shape the operation's body has now."""
        return self.bodies[operation["body"]].Tip

    def plane(self, body: Any, letters: str) -> Any:
        """The body's own plane ``xy``, ``xz`` or ``yz``."""
        role = f"{letters.upper()}_Plane"
        return next(feature for feature in body.Origin.OriginFeatures if feature.Role == role)

    def axis(self, body: Any, letter: str) -> Any:
        return origin_axis(body, letter.upper())


def _set_alias(sheet: Any, cell: str, name: str) -> str:
    try:
        sheet.setAlias(cell, name)
    except ValueError:
        name = f"{name}_"
        sheet.setAlias(cell, name)
    return name


def failed(code: str, operation: Operation, message: str, *, below: str = "", **details: Any) -> KernelError:
    """The error of an operation, with its path as the field.

    Args:
        below: path below the operation's own, such as ``.edges``.
    """
    return KernelError(
        code,
        "model",
        f"{operation['place']} ({operation['op']} {operation['id']}): {message}",
        field=f"{operation['place']}{below}",
        operation=operation["id"],
        op=operation["op"],
        **details,
    )

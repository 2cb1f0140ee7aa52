"""One FreeCAD document while it is being built: objects, parameters, expressions, transaction.

Builders receive a :class:`Session` and use it instead of the document wherever the result could
otherwise depend on the process. They never save, export or close.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import FreeCAD as App

from atolye.kernel import seed, steady
from atolye.kernel.errors import KernelError
from atolye.kernel.exchange import fcstd
from atolye.kernel.scrub import clean_text, scrub

__all__ = ["NAME", "SHEET", "Rotation", "Session", "clean_text"]

NAME: Final = "model"
SHEET: Final = "Parameters"

_IDENTIFIER: Final = re.compile(r"(?<![\w.<])[A-Za-z_]\w*(?![\w(])")
_FAILURES: Final = (
    ("FC_FILLET_CHAMFER_FAILED", ("Fillet", "Chamfer")),
    ("FC_BOOLEAN_FAILED", ("Cut", "Fuse", "Common", "Boolean", "MultiFuse", "MultiCommon", "Section")),
)
"""Codes of objects whose kind says more than "recompute failed"."""

Rotation = tuple[tuple[float, float, float], float]
"""Axis and angle in degrees."""


class Session:
    """A document named ``model`` whose bytes depend only on what is built in it."""

    def __init__(self, document: Any = None) -> None:
        self._aliases: frozenset[str] = frozenset()
        self.doc: Any = _open_seed() if document is None else document

    @classmethod
    def opened(cls, path: str) -> Session:
        """A session with a document that was made before; its stem must be :data:`NAME`."""
        document = App.openDocument(path)
        document.Label = NAME
        fcstd.fix_properties(document)
        return cls(document)

    # ---- parameters ---------------------------------------------------------------------------

    def parameters(self, values: Mapping[str, tuple[float, str]]) -> Any:
        """Makes the spreadsheet ``Parameters``: a row of name and value for each alias.

        Args:
            values: alias to value and unit (``"mm"``, ``"deg"`` or ``""``).

        Raises:
            KernelError: ``FC_RUNTIME`` when FreeCAD takes an alias for a cell or a unit (``a1``, ``m``).
        """
        sheet = self.add("Spreadsheet::Sheet", SHEET)
        for row, (alias, (value, unit)) in enumerate(values.items(), start=1):
            cell = f"B{row}"
            sheet.set(f"A{row}", f"'{clean_text(alias)}")
            sheet.set(cell, f"={value!r} {unit}".rstrip())
            try:
                sheet.setAlias(cell, alias)
            except ValueError as error:
                raise KernelError(
                    "FC_RUNTIME", "model", f"{alias!r} cannot be the alias of a cell", alias=alias
                ) from error
        sheet.recompute()  # only now do the aliases exist for expressions
        self._aliases = frozenset(values)
        return sheet

    def bind(self, obj: Any, property_path: str, expression: str) -> None:
        """Drives a property by an expression in the aliases, such as ``length / 2``.

        Args:
            property_path: such as ``Length``, ``Placement.Base.x`` or ``Constraints.Width``.
        """
        obj.setExpression(property_path, self.qualified(expression))

    def qualified(self, expression: str) -> str:
        """The expression with every alias replaced by its full name in the document."""

        def full(match: re.Match[str]) -> str:
            word = match.group()
            return f"{SHEET}.{word}" if word in self._aliases else word

        return _IDENTIFIER.sub(full, expression)

    # ---- objects ------------------------------------------------------------------------------

    def add(self, type_id: str, name: str, *, parent: Any = None, **properties: Any) -> Any:
        """Adds an object and sets its properties, in the order given.

        Args:
            parent: a body or group that makes the object itself (``parent.newObject``).
        """
        obj = parent.newObject(type_id, name) if parent is not None else self.doc.addObject(type_id, name)
        for key, value in properties.items():
            setattr(obj, key, value)
        return obj

    def place(
        self,
        obj: Any,
        position: tuple[float, float, float] = (0.0, 0.0, 0.0),
        rotation: Rotation | None = None,
    ) -> None:
        """Sets the object's placement: rotated about the origin, then moved to ``position`` (mm)."""
        turn = App.Rotation()
        if rotation is not None:
            axis, angle_deg = rotation
            turn = App.Rotation(App.Vector(*axis), angle_deg)
        obj.Placement = App.Placement(App.Vector(*position), turn)

    def recompute(self) -> None:
        """Brings every object up to date.

        Raises:
            KernelError: an object could not be computed; named by ``object`` and ``object_type``.
        """
        for obj in self.doc.Objects:
            if obj.TypeId == steady.SKETCH and "Touched" in obj.State:
                steady.settle(obj)
        self.doc.recompute()
        for obj in self.doc.Objects:
            if "Invalid" in obj.State:
                raise _recompute_error(obj)

    def show_only(self, obj: Any) -> None:
        """Makes the object visible and everything that it is made of invisible."""
        shown = {obj.Name}
        if obj.TypeId == "PartDesign::Body" and obj.Tip is not None:
            shown.add(obj.Tip.Name)
        for other in self.doc.Objects:
            other.Visibility = other.Name in shown

    # ---- life of the document -----------------------------------------------------------------

    @contextmanager
    def transaction(self, name: str) -> Iterator[None]:
        """Commits what was built inside, or takes all of it back when anything fails."""
        self.doc.openTransaction(name)
        try:
            yield
        except BaseException:
            self.doc.abortTransaction()
            raise
        self.doc.commitTransaction()

    def save(self, path: str) -> None:
        """Writes the document as a canonical FCStd, the same bytes for the same model."""
        scrub(self.doc)
        raw = f"{path}.raw.d"
        os.mkdir(raw)
        try:
            source = os.path.join(raw, f"{NAME}.FCStd")  # FreeCAD labels the document after the stem
            self.doc.saveAs(source)
            fcstd.repack(source, path)
            os.unlink(source)
        finally:
            os.rmdir(raw)

    def close(self) -> None:
        """Closes the document; a second call does nothing."""
        if self.doc is None:
            return
        name, self.doc = self.doc.Name, None
        App.closeDocument(name)


def _open_seed() -> Any:
    document = App.openDocument(seed.PATH)
    document.removeObject(seed.OBJECT)
    document.Label = NAME
    fcstd.fix_properties(document)
    document.UndoMode = 1  # without it a transaction records nothing that could be taken back
    return document


def _recompute_error(obj: Any) -> KernelError:
    kind = obj.TypeId.rpartition("::")[2]
    code = next((code for code, kinds in _FAILURES if kind in kinds), "FC_RECOMPUTE_FAILED")
    return KernelError(
        code,
        "recompute",
        f"{obj.Name} ({obj.TypeId}) could not be computed: {obj.getStatusString()}",
        object=obj.Name,
        object_type=obj.TypeId,
        status=obj.getStatusString(),
    )

"""Brings a script into the form that is run, hashed and cached; doing it twice changes nothing more."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from atolye.scripts.edits import Edits
from atolye.scripts.models import Conversion, Finding
from atolye.scripts.names import Names, collect
from atolye.scripts.reading import Source, comments, inside, parse, text_spans
from atolye.scripts.remarks import in_millimetres, stated_unit, translated
from atolye.scripts.structure import Structure
from atolye.scripts.surface import Surface
from atolye.scripts.units import UnitConversion


@dataclass(frozen=True, slots=True)
class Normalised:
    """A canonical text and how it came about."""

    text: str
    line_map: tuple[int, ...]
    """For each line the line of the text before; 0 where it was added."""
    conversions: tuple[Conversion, ...]
    warnings: tuple[Finding, ...]


def normalise(source: Source, surface: Surface, names: Names) -> Normalised:
    """The canonical form of a script that could be parsed."""
    spans = text_spans(source)
    remarks = {line: source.lines[line - 1][column:] for line, column in comments(source, spans)}
    edits = Edits(source)
    units = UnitConversion(source, names, surface, edits, remarks)
    units.run()
    _write_names_of_today(source, surface, edits)
    tidy = _tidy(edits.lines(), source, remarks, spans)
    converted = parse("\n".join(tidy)) if edits.made else source.with_lines(tidy)
    assert isinstance(converted, Source), "edits of numbers and names keep the syntax"
    lines = Structure(converted, surface, collect(converted, surface) if edits.made else names).lines()
    return Normalised(
        text="\n".join(line.text for line in lines) + "\n",
        line_map=tuple(line.origin for line in lines),
        conversions=tuple(sorted(units.conversions, key=lambda each: (each.line, each.column))),
        warnings=tuple(units.warnings),
    )


def _write_names_of_today(source: Source, surface: Surface, edits: Edits) -> None:
    """Kinds of objects that have another name in this FreeCAD, such as ``PartDesign::DatumPlane``."""
    for node in source.of(ast.Constant):
        today = surface.replacement(None, node.value) if isinstance(node.value, str) else None
        if today is not None and node.lineno == node.end_lineno:
            line, start, end = edits.place(node)
            written = source.lines[line - 1][start:end]
            if written[1:-1] == node.value:
                edits.replace(line, start, end, f"{written[0]}{today}{written[-1]}")


def _tidy(
    lines: list[str], source: Source, remarks: dict[int, str], spans: list[tuple[int, int, int, int]]
) -> list[str]:
    """Translates the comments and strips blanks from the ends of lines, except within texts."""
    made = []
    for number, line in enumerate(lines, 1):
        remark = remarks.get(number)
        if remark is not None:
            written = (
                remark if line.endswith(remark) else in_millimetres(remark) if stated_unit(remark) else remark
            )
            if line.endswith(written):
                line = line[: len(line) - len(written)] + translated(written)
        if not inside(spans, number, len(source.lines[number - 1])):
            line = line.rstrip(" \t")
        made.append(line)
    return made

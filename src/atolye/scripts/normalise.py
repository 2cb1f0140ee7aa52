"""Brings a script into the form that is run, hashed and cached; doing it twice changes nothing more."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from atolye.scripts.edits import Edits
from atolye.scripts.models import Conversion, Finding
from atolye.scripts.names import Names, collect
from atolye.scripts.reading import Source, Spans, comments, parse
from atolye.scripts.remarks import in_millimetres, stated_unit, translated
from atolye.scripts.structure import Structure
from atolye.scripts.surface import Surface
from atolye.scripts.units import UnitConversion


@dataclass(frozen=True, slots=True)
class Normalised:
    """A canonical text and how it came about."""

    source: Source
    line_map: tuple[int, ...]
    """For each line the line of the text before; 0 where it was added."""
    conversions: tuple[Conversion, ...] = ()
    warnings: tuple[Finding, ...] = ()


def normalise(source: Source, surface: Surface, names: Names) -> Normalised | list[Finding]:
    """The canonical form of a script that could be parsed; findings where it has become too large.

    Units are converted only if the result is settled: if a script contradicts itself so much that its
    canonical form would be converted once more, nothing of it is converted, and that is told.
    """
    made = _written(source, surface, names, convert=True)
    if isinstance(made, Normalised) and made.conversions and not _is_settled(made.source, surface):
        made = _written(source, surface, names, convert=False)
    return made


def _is_settled(source: Source, surface: Surface) -> bool:
    edits = Edits(source)
    _units(source, surface, collect(source, surface), edits, _remarks(source, Spans(source))).run()
    return not edits.made


def _written(source: Source, surface: Surface, names: Names, *, convert: bool) -> Normalised | list[Finding]:
    spans = Spans(source)
    remarks = _remarks(source, spans)
    edits = Edits(source)
    units = _units(source, surface, names, edits, remarks)
    if convert:
        units.run()
    else:
        units.doubt_everything()
    _write_names_of_today(source, surface, edits)
    tidy = _tidy(edits.lines(), source, remarks, spans)
    converted = parse("\n".join(tidy)) if edits.made else source.with_lines(tidy)
    if not isinstance(converted, Source):
        return converted
    lines = Structure(converted, surface, collect(converted, surface) if edits.made else names).lines()
    canonical = parse("\n".join(line.text for line in lines) + "\n")
    if not isinstance(canonical, Source):
        return canonical
    return Normalised(
        source=canonical,
        line_map=tuple(line.origin for line in lines),
        conversions=tuple(sorted(units.conversions, key=lambda each: (each.line, each.column))),
        warnings=tuple(units.warnings),
    )


def _units(
    source: Source, surface: Surface, names: Names, edits: Edits, remarks: dict[int, str]
) -> UnitConversion:
    return UnitConversion(source, names, surface, edits, remarks)


def _remarks(source: Source, spans: Spans) -> dict[int, str]:
    """The comments by their lines."""
    return {line: source.lines[line - 1][column:] for line, column in comments(source, spans)}


def _write_names_of_today(source: Source, surface: Surface, edits: Edits) -> None:
    """Kinds of objects that have another name in this FreeCAD, such as ``PartDesign::DatumPlane``."""
    for node in source.of(ast.Constant):
        today = surface.replacement(None, node.value) if isinstance(node.value, str) else None
        if today is not None and node.lineno == node.end_lineno:
            line, start, end = edits.place(node)
            written = source.lines[line - 1][start:end]
            if written[1:-1] == node.value:
                edits.replace(line, start, end, f"{written[0]}{today}{written[-1]}")


def _tidy(lines: list[str], source: Source, remarks: dict[int, str], spans: Spans) -> list[str]:
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
        if not spans.hold(number, len(source.lines[number - 1])):
            line = line.rstrip(" \t")
        made.append(line)
    return made

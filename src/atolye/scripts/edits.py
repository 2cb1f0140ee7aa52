"""Changes to a text at places that its syntax tree gives; everything between them stays as it was written."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from atolye.scripts.reading import Source, characters_before


@dataclass(slots=True)
class Edits:
    """Replacements within the lines of one script. No edit adds or removes a line."""

    source: Source
    _made: dict[tuple[int, int, int], str] = field(default_factory=dict)

    @property
    def made(self) -> bool:
        """Whether anything is to be changed."""
        return bool(self._made)

    def replace(self, line: int, start: int, end: int, text: str) -> None:
        """Puts ``text`` where the characters ``start`` to ``end`` of a line (from 1) stand."""
        self._made.setdefault((line, start, end), text)

    def replace_node(self, node: ast.expr, text: str) -> None:
        line, start, end = self.place(node)
        self.replace(line, start, end, text)

    def wrap(self, node: ast.expr, before: str, after: str) -> None:
        """Puts text around an expression, which may span lines."""
        line, start = node.lineno, characters_before(self.source.lines[node.lineno - 1], node.col_offset)
        last = node.end_lineno or node.lineno
        end = characters_before(self.source.lines[last - 1], node.end_col_offset or 0)
        self.replace(line, start, start, before)
        self.replace(last, end, end, after)

    def rename(self, node: ast.AST, old: str, new: str) -> None:
        """Replaces the name that a node begins with."""
        start = characters_before(self.source.lines[node.lineno - 1], node.col_offset)  # type: ignore[attr-defined]
        self.replace(node.lineno, start, start + len(old), new)  # type: ignore[attr-defined]

    def place(self, node: ast.expr) -> tuple[int, int, int]:
        """Line, first column and column behind an expression that stands in one line."""
        text = self.source.lines[node.lineno - 1]
        start = characters_before(text, node.col_offset)
        return node.lineno, start, characters_before(text, node.end_col_offset or 0)

    def reads(self, node: ast.AST, word: str) -> bool:
        """Whether a node really stands at this word (within f-strings Python 3.11 may be wrong)."""
        line = self.source.lines[node.lineno - 1]  # type: ignore[attr-defined]
        start = characters_before(line, node.col_offset)  # type: ignore[attr-defined]
        return line.startswith(word, start)

    def lines(self) -> list[str]:
        """The lines with all edits made."""
        by_line: dict[int, list[tuple[int, int, str]]] = {}
        for (line, start, end), text in self._made.items():
            by_line.setdefault(line, []).append((start, end, text))
        made = list(self.source.lines)
        for line, changes in by_line.items():
            old, parts, position = made[line - 1], [], 0
            for start, end, text in sorted(changes):
                parts += [old[position:start], text]
                position = max(position, end)
            made[line - 1] = "".join(parts) + old[position:]
        return made

"""From the text that was sent to a syntax tree, refusing what would cost too much to look at."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar, cast

from atolye.scripts.models import Finding

MAX_CHARACTERS: Final = 200_000
MAX_LINES: Final = 5_000
MAX_LINE: Final = 2_000
MAX_NODES: Final = 60_000
MAX_DEPTH: Final = 120
"""Limits of what is looked at; the longest hand-written macros of FreeCAD's wiki are a tenth of them."""

_CODING: Final = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
_WORD: Final = re.compile(r"[^\W\d]\w*")
_GREEK: Final = frozenset("αβγδεζηθκλμπρσφψωΔΩ")
# Bidirectional controls, zero-width characters: text would not be what it looks like (CVE-2021-42574).
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")

_SIMPLE: Final = frozenset(
    kind
    for family in (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
    for kind in family.__subclasses__()
)
"""Nodes without anything in them; they are left out of :attr:`Source.nodes`."""

_Node = TypeVar("_Node", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Source:
    """A text with its tree. ``lines`` are without their ends; line 1 is ``lines[0]``."""

    text: str
    tree: ast.Module
    lines: list[str]
    nodes: list[ast.AST]
    """All nodes, each after the one that it belongs to."""
    _by_kind: dict[type[ast.AST], list[ast.AST]]

    def of(self, kind: type[_Node]) -> list[_Node]:
        """All nodes of exactly this kind."""
        return cast(list[_Node], self._by_kind.get(kind, []))

    def column(self, node: ast.AST) -> int:
        """Where a node begins in its line, from 1, in characters."""
        line, offset = node.lineno, node.col_offset  # type: ignore[attr-defined]
        return characters_before(self.lines[line - 1], offset) + 1

    def with_lines(self, lines: list[str]) -> Source:
        """The same code with other comments and blanks at the ends of its lines."""
        return replace(self, text="\n".join(lines), lines=lines)


def characters_before(line: str, offset: int) -> int:
    """Characters of a line that the tree's offset in UTF-8 bytes leaves behind it."""
    return offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))


def plain_newlines(text: str) -> str:
    """The text with ``\\n`` at every end of a line, as Python reads it, and without a byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def read(text: str) -> Source | list[Finding]:
    """Parses a script, or says why not."""
    too_large = _size(text)
    if too_large:
        return too_large
    strange = list(_characters(text))
    if strange:
        return strange
    return parse(text)


def parse(text: str) -> Source | list[Finding]:
    """Parses a text whose size and characters are known to be fine."""
    try:
        tree = ast.parse(text)
    except SyntaxError as problem:
        line, column = problem.lineno or 1, max(problem.offset or 1, 1)
        return [Finding("INVALID_SYNTAX", line, column, {"details": problem.msg, "lineno": line})]
    except (ValueError, RecursionError, MemoryError, OverflowError, SystemError) as problem:
        # deeper than Python's own parser goes, or a number with thousands of digits
        details = str(problem) or type(problem).__name__
        return [Finding("INVALID_SYNTAX", 1, 1, {"details": details, "lineno": 1}, "complex")]
    nodes, deep = _flattened(tree)
    if deep is not None:
        return [deep]
    by_kind: dict[type[ast.AST], list[ast.AST]] = {}
    for node in nodes:
        by_kind.setdefault(type(node), []).append(node)
    return Source(text, tree, text.split("\n"), nodes, by_kind)


def _size(text: str) -> list[Finding]:
    lines = text.count("\n") + 1
    for what, what_en, count, limit in (
        ("karakter sayısı", "number of characters", len(text), MAX_CHARACTERS),
        ("satır sayısı", "number of lines", lines, MAX_LINES),
    ):
        if count > limit:
            params = {"what": what, "what_en": what_en, "count": count, "limit": limit}
            return [Finding("SCRIPT_TOO_LARGE", 0, 0, params)]
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            params = {
                "what": "satır uzunluğu",
                "what_en": "length of a line",
                "count": len(line),
                "limit": MAX_LINE,
            }
            return [Finding("SCRIPT_TOO_LARGE", number, 1, params)]
    return []


def _characters(text: str) -> Iterator[Finding]:
    lines = text.split("\n")
    for number, line in enumerate(lines[:2], 1):
        coding = _CODING.match(line)
        if coding and coding[1].lower().replace("_", "-") not in ("utf-8", "utf8"):
            yield Finding("SECURITY_VIOLATION", number, 1, {"symbol": f"coding: {coding[1][:40]}"}, "coding")
    if _CONTROL.search(text):
        for number, line in enumerate(lines, 1):
            if (control := _CONTROL.search(line)) is not None:
                symbol = f"U+{ord(control[0]):04X}"
                yield Finding(
                    "SECURITY_VIOLATION", number, control.start() + 1, {"symbol": symbol}, "unicode"
                )
    if not text.isascii():
        for number, line in enumerate(lines, 1):
            if not line.isascii() and (hidden := _INVISIBLE.search(line)) is not None:
                symbol = f"U+{ord(hidden[0]):04X}"
                yield Finding("SECURITY_VIOLATION", number, hidden.start() + 1, {"symbol": symbol}, "unicode")


def _flattened(tree: ast.Module) -> tuple[list[ast.AST], Finding | None]:
    """All nodes, level by level; a finding when the tree is too deep or too wide for what comes later."""
    level: list[ast.AST] = [tree]
    nodes: list[ast.AST] = []
    depth = 0
    while level:
        nodes += level
        depth += 1
        if depth > MAX_DEPTH or len(nodes) > MAX_NODES:
            return nodes, _too_complex(level, depth, len(nodes))
        level = _children(level)
    return nodes, None


def _children(level: list[ast.AST]) -> list[ast.AST]:
    below: list[ast.AST] = []
    for node in level:
        for name in node._fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                below += [each for each in value if isinstance(each, ast.AST) and type(each) not in _SIMPLE]
            elif isinstance(value, ast.AST) and type(value) not in _SIMPLE:
                below.append(value)
    return below


def _too_complex(level: list[ast.AST], depth: int, nodes: int) -> Finding:
    deep = depth > MAX_DEPTH
    params = {
        "what": "iç içelik" if deep else "ifade sayısı",
        "what_en": "nesting" if deep else "number of expressions",
        "count": depth if deep else nodes,
        "limit": MAX_DEPTH if deep else MAX_NODES,
    }
    line = next((node.lineno for node in level if hasattr(node, "lineno")), 1)
    return Finding("SCRIPT_TOO_LARGE", line, 1, params)


def doubtful_letters(source: Source) -> Iterator[Finding]:
    """Names with letters of other scripts, or in forms that Python silently replaces."""
    if source.text.isascii():
        return
    spans = Spans(source)
    ends = dict(comments(source, spans))
    for number, line in enumerate(source.lines, 1):
        if line.isascii():
            continue
        for match in _WORD.finditer(line):
            word = match[0]
            in_comment = match.start() > ends.get(number, MAX_LINE)
            if word.isascii() or in_comment or spans.hold(number, match.start()):
                continue
            composed = unicodedata.normalize("NFC", word)
            if unicodedata.normalize("NFKC", word) != composed or not all(map(_is_plain, composed)):
                yield Finding(
                    "SECURITY_VIOLATION", number, match.start() + 1, {"symbol": word[:60]}, "unicode"
                )


def _is_plain(letter: str) -> bool:
    return letter.isascii() or letter in _GREEK or unicodedata.name(letter, "").startswith("LATIN ")


class Spans:
    """Places of a script that hold text and no code; columns in characters, from 0."""

    def __init__(self, source: Source) -> None:
        self._by_line: dict[int, list[tuple[int, int]]] = {}
        texts = [node for node in source.of(ast.Constant) if isinstance(node.value, str | bytes)]
        for node in (*source.of(ast.JoinedStr), *texts):
            last = node.end_lineno or node.lineno
            start = characters_before(source.lines[node.lineno - 1], node.col_offset)
            end = characters_before(source.lines[last - 1], node.end_col_offset or 0)
            for line in range(node.lineno, last + 1):
                first = start if line == node.lineno else 0
                self._by_line.setdefault(line, []).append((first, end if line == last else MAX_LINE + 1))

    def hold(self, line: int, column: int) -> bool:
        """Whether a place lies within a text; the end of a line that a text goes on after does."""
        return any(start <= column < end for start, end in self._by_line.get(line, ()))


def comments(source: Source, spans: Spans) -> Iterator[tuple[int, int]]:
    """Line (from 1) and column (from 0) of every comment's ``#``."""
    for number, line in enumerate(source.lines, 1):
        column = line.find("#")
        while column >= 0:
            if not spans.hold(number, column):
                yield number, column
                break
            column = line.find("#", column + 1)

# ruff: noqa: E501 - scripts are written as people write them
"""Whatever comes in, the gate never fails itself, and normalising twice is normalising once."""

from __future__ import annotations

import ast
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from atolye.errors import AtolyeError
from atolye.scripts.service import check, prepare

NAMES = ("a", "b", "len_cm", "w_in", "d_inch", "uzunluk", "result", "ş_cm", "c_in", "c_out")
NUMBERS = ("1", "2.5", "0.125", "3", "10", "25.4", "1e2", "1_0", "7 / 8")
COMMENTS = (
    "",
    "",
    "",
    "  # cm",
    "  # inç",
    "  # in",
    "  # uzunluk (cm)",
    " # 5 cm",
    "  # Yarıçap  ",
    "#cm",
    "  # mm",
)
OPERATORS = ("+", "-", "*", "/")
HEAD = "a = 2\nb = 3\nuzunluk = 4\nresult = Part.makeBox(1, 2, 3)\n"


class Writer:
    """Writes scripts at random that look like those of people; most of them are fine."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    def script(self) -> str:
        suffixed = [
            f"{name} = {self._pick(NUMBERS)}{self._pick(COMMENTS)}\n" for name in NAMES if "_" in name
        ]
        head = self._pick(
            ("", "# Başlık\n\n", '"""Uzunluk."""\n', "import math\n", "import Part, math  # yarıçap\n")
        )
        body = [self._statement() + "\n" for _ in range(self._rng.randint(0, 7))]
        return head + HEAD + "".join(suffixed) + "".join(body)

    def _pick(self, choices: tuple[str, ...]) -> str:
        return self._rng.choice(choices)

    def _number(self, depth: int = 2) -> str:
        kind = self._rng.randint(0, 9) if depth else self._rng.randint(0, 3)
        if kind < 2:
            return self._pick(NUMBERS)
        if kind < 4:
            return self._pick(tuple(name for name in NAMES if name != "result"))
        inner = [self._number(depth - 1) for _ in range(2)]
        if kind < 7:
            return f"{inner[0]} {self._pick(OPERATORS)} {inner[1]}"
        return self._pick((f"({inner[0]})", f"-{inner[0]}", f"max({inner[0]}, {inner[1]})", f"cm({inner[0]})",
                           f"inch(2 + {inner[1]})"))  # fmt: skip

    def _value(self) -> str:
        one, two = self._number(), self._number()
        return self._pick((
            one, one, one, f"[{one}, {two}]", f"Part.makeBox({one}, {two}, 5)", f"Part.makeCylinder({one},\n    {two})",
            f"result.cut(Part.makeSphere({one}))", f"App.Vector({one}, 0, {two})", "f'{len_cm} {a:.2f} # cm'",
            "doc.addObject('Part::Box', 'B')", "App.ActiveDocument", "'# uzunluk'",
        ))  # fmt: skip

    def _statement(self) -> str:
        name, value, end = self._pick(NAMES), self._value(), self._pick(COMMENTS)
        return self._pick((
            f"{name} = {value}{end}", f"{name} = {value}{end}", f"x = {value}{end}", f"{name} += {self._number()}{end}",
            f"{value}{end}", f"import math{end}", f"if a > 2:{end}\n    {name} = {value}{end}   ",
            f"for k in range(3):\n\t{name} = {value}{end}", f"for {name} in ({self._number()}, 3):\n    pass{end}",
            f"def f({name}={self._number()}, z_cm=2):{end}\n    return {name} + z_cm\ny = f(3, z_cm=4)",
            f"doc.recompute(){end}", f"# uzunluk{end}\n", f"p = doc.addObject('PartDesign::Pad', 'P'){end}\np.Length = {value}",
            "body = App.ActiveDocument.addObject('PartDesign::Body', 'Body')", "d = App.newDocument()", "Part.show(result)",
            f"x = 1; y = {value}; import math{end}",
        ))  # fmt: skip


SEEDS = st.integers(0, 2**32)


@settings(max_examples=400, deadline=None)
@given(SEEDS)
def test_normalisation_is_idempotent(seed: int) -> None:
    try:
        once = prepare(Writer(seed).script())
    except AtolyeError:
        return
    assert prepare(once.canonical_script).canonical_script == once.canonical_script
    ast.parse(once.canonical_script)


def test_most_of_the_scripts_written_at_random_are_fine() -> None:
    fine = sum(
        1 for seed in range(100) if not [f for f in check(Writer(seed).script()) if f.severity == "error"]
    )
    assert fine >= 30


@settings(max_examples=300, deadline=None)
@given(SEEDS, st.integers(0, 300), st.text(max_size=3))
def test_damaged_scripts_are_judged_without_failing(seed: int, place: int, junk: str) -> None:
    source = Writer(seed).script()
    check(source[:place] + junk + source[place + len(junk) :])


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_is_judged_without_failing(source: str) -> None:
    for finding in check(source):
        assert finding.error().message_tr
        assert finding.error().message_en


@settings(max_examples=200, deadline=None)
@given(SEEDS)
def test_places_of_findings_lie_within_the_text(seed: int) -> None:
    source = Writer(seed).script()
    lines = source.split("\n")
    for finding in check(source):
        assert 0 <= finding.line <= len(lines)
        if finding.line:
            assert 0 <= finding.column <= len(lines[finding.line - 1]) + 1

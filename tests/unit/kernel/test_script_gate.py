# ruff: noqa: E501 - tables of texts
"""The names that a script finds, and the lines that it may print."""

from __future__ import annotations

from typing import Any

import pytest

from atolye.kernel.script.gate import ForbiddenError, namespace
from atolye.kernel.script.output import MAX_LINE, MAX_LINES, Output


def run(source: str) -> dict[str, Any]:
    names = namespace(say=lambda *_: None, of_freecad={})
    exec(source, names)
    return names


def test_ordinary_python_works() -> None:
    names = run(
        "import math\nfrom math import sin as s\n"
        "def f(n):\n    return sum(i * i for i in range(n))\n"
        "class A:\n    size = 3\n"
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    why = str(error)\n"
        "x = sorted({round(s(0.5), 3), f(4), getattr(A(), 'size')}, key=lambda v: -v)\n"
        "t = f'{x[0]:>5}' + format(math.pi, '.2f')\n"
    )
    assert names["x"] == [14, 3, 0.479]
    assert names["t"] == "   143.14"
    assert names["why"] == "division by zero"


@pytest.mark.spec("18.13", "03.49", "03.50")
@pytest.mark.parametrize(
    ("source", "symbol"),
    [
        ("import os", "os"), ("import sys", "sys"), ("import json", "json"), ("import numpy.linalg", "numpy.linalg"),
        ("from os import path", "os"), ("from . import x", "."), ("__import__('subprocess')", "subprocess"),
        ("open('x')", "open"), ("eval('1')", "eval"), ("exec('1')", "exec"), ("compile('1', '', 'eval')", "compile"),
        ("globals()", "globals"), ("getattr((), '__class__')", "__class__"), ("setattr(1, '_x', 1)", "_x"),
        ("breakpoint()", "breakpoint"), ("input()", "input"), ("vars()", "vars"), ("exit()", "exit"),
    ],
)  # fmt: skip
def test_what_is_forbidden_is_named(source: str, symbol: str) -> None:
    with pytest.raises(ForbiddenError) as caught:
        run(source)
    assert caught.value.symbol == symbol


def test_a_module_is_imported_as_an_extension_would_but_not_handed_out() -> None:
    names = run("x = __import__('json', {}, {}, [], 0)")
    assert names["x"] is None


def test_output_is_cut_into_lines_and_bounded() -> None:
    lines: list[str] = []
    output = Output(lines.append)
    output.print("a", 1, sep="-")
    output.print("no end", end="")
    output.print("x" * 10_000)
    for number in range(10_000):
        output.print(number)
    output.print("last", end="")
    output.finish()
    assert lines[:3] == ["a-1", ("no end" + "x" * 10_000)[:MAX_LINE], "0"]
    assert len(lines) == MAX_LINES + 1
    assert "left out" in lines[-1]

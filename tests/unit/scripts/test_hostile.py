"""The gate refuses scripts that want more than a model."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atolye.errors import AtolyeError
from atolye.scripts.service import check, prepare

CORPUS = Path(__file__).parents[2] / "data" / "scripts" / "hostile.txt"
REFUSED = {"SECURITY_VIOLATION", "API_NOT_FOUND", "INVALID_SYNTAX", "SCRIPT_TOO_LARGE"}


def hostile() -> dict[str, str]:
    """The scripts of the corpus by their titles."""
    sections = CORPUS.read_text(encoding="utf-8").split("### ")[1:]
    return {title: body for title, _, body in (section.partition("\n") for section in sections)}


def test_the_corpus_is_large_and_no_script_is_in_it_twice() -> None:
    scripts = hostile()
    assert len(scripts) >= 300
    assert len(set(scripts.values())) == len(scripts)


@pytest.mark.spec("03.04", "03.28", "18.03", "02.16", "18.13")
@pytest.mark.parametrize("title", hostile())
def test_a_hostile_script_is_refused(title: str) -> None:
    codes = {finding.code for finding in check(hostile()[title]) if finding.severity == "error"}
    assert codes & REFUSED
    with pytest.raises(AtolyeError) as refused:
        prepare(hostile()[title])
    assert refused.value.code in REFUSED


@pytest.mark.parametrize("title", hostile())
def test_a_hostile_script_is_refused_wherever_it_hides(title: str) -> None:
    body = hostile()[title]
    if body.lstrip().startswith(("# -*-", "# coding", "#!", "from __future__")):
        return  # these only mean something in the first lines
    indented = "".join(f"        {line}\n" for line in body.splitlines())
    hidden = f"L = 10\nfor turn in range(1):\n    if turn == 0:\n{indented}box = Part.makeBox(L, 5, 5)\n"
    codes = {finding.code for finding in check(hidden) if finding.severity == "error"}
    assert codes & REFUSED


@pytest.mark.spec("02.44", "02.79")
def test_what_a_model_writes_is_refused_with_the_rule_as_the_cause() -> None:
    for title in ("import os", "Import.export", "Import.exportStep", "eval", "numpy load"):
        with pytest.raises(AtolyeError) as refused:
            prepare(hostile()[title], origin="ai")
        assert (refused.value.code, refused.value.http_status) == ("ERR-AI-451", 403)
        assert refused.value.details["cause"] == "SECURITY_VIOLATION"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = 1\n" * 2_000_000, id="10 MB of lines"),
        pytest.param("x = " + "1" * 10_000_000, id="a number of 10 MB"),
        pytest.param("x = '" + "a" * 150_000 + "'", id="a very long line"),
        pytest.param("(" * 90_000 + ")" * 90_000, id="brackets in one line"),
        pytest.param("x = " + "(" * 900 + "1" + ")" * 900, id="deep brackets"),
        pytest.param("x = " + "-" * 1900 + "1", id="signs"),
        pytest.param("x = " + "not " * 450 + "1", id="negations"),
        pytest.param("x = " + "[" * 190 + "]" * 190, id="lists"),
        pytest.param("x = 1" + "+1" * 900, id="a long sum"),
        pytest.param("x = a" + ".b" * 900, id="a long chain"),
        pytest.param("x = a" + "()" * 900, id="a chain of calls"),
        pytest.param("x = " + "lambda: " * 240 + "1", id="lambdas"),
        pytest.param("x = " + "f(" * 190 + ")" * 190, id="calls"),
        pytest.param("x = " + "{1:" * 190 + "1" + "}" * 190, id="dicts"),
        pytest.param("\n".join(" " * n + "if 1:" for n in range(101)) + "\n" + " " * 101 + "pass", id="ifs"),
        pytest.param("x = " + "9" * 1990, id="a long number"),
        pytest.param("x = 0x" + "f" * 1990, id="a long hexadecimal number"),
        pytest.param("x=1\n" + "y=x\n" * 4000 + "z=[" + "1,\n" * 40_000 + "]", id="very many expressions"),
        pytest.param("x = 1\0\nimport os", id="a null byte"),
        pytest.param("x = 1\x0cimport os", id="a form feed"),
        pytest.param("x = '\u202e' # \u2066", id="bidirectional controls"),
        pytest.param("x\u200b = 1", id="a zero-width space"),
        pytest.param("x = 1\u2028import os", id="a line separator"),
        pytest.param("x = 1\x85import os", id="a next line"),
    ],
)
def test_a_script_made_to_cost_much_is_refused_quickly(source: str) -> None:
    begun = time.perf_counter()
    codes = {finding.code for finding in check(source)}
    assert codes & REFUSED
    assert time.perf_counter() - begun < 2.0


def test_a_carriage_return_ends_a_line_for_the_gate_as_it_does_for_python() -> None:
    assert [finding.line for finding in check("x = 1 # harmless\rimport os")] == [2]


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_pieces_of_hostile_scripts_put_together_stay_refused(rng: random.Random) -> None:
    bodies = [body for body in hostile().values() if not body.startswith(("#", "from __future__"))]
    source = "".join(rng.sample(bodies, 3))
    assert any(finding.severity == "error" for finding in check(source))

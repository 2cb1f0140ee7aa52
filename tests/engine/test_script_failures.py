# ruff: noqa: E501 - scripts are written as people write them
"""Scripts that fail: each with the code of what went wrong, the line, and nothing that it should not say."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from atolye.engine import Engine, Limits
from atolye.errors import AtolyeError
from tests.support.scripts import script_request
from tests.support.sketching import part, part_design

pytestmark = pytest.mark.engine


def refusal(engine: Engine, folder: Path, source: str, *, origin: str = "user") -> AtolyeError:
    """The error that a script comes to."""
    with pytest.raises(AtolyeError) as caught:
        engine.run(script_request(source, origin=origin), folder)
    assert not list(folder.iterdir())
    return caught.value


# ---- sketches ---------------------------------------------------------------------------------

FREE = part_design(
    's = body.newObject("Sketcher::SketchObject", "S")\n'
    "s.addGeometry(Part.LineSegment(V(0, 0, 0), V(10, 0, 0)), False)\n"
    "s.addGeometry(Part.LineSegment(V(10, 0, 0), V(0, 10, 0)), False)\n"
    "s.addGeometry(Part.LineSegment(V(0, 10, 0), V(0, 0, 0)), False)\n"
    'for i in range(3):\n    s.addConstraint(Sketcher.Constraint("Coincident", i, 2, (i + 1) % 3, 1))\n'
    "pad(body, s, 5)"
)
"""A triangle of three joined lines: three points, so six numbers."""


@pytest.mark.spec("03.101")
@pytest.mark.parametrize(
    ("more", "dof"),
    [
        ("", 6),
        ('s.addConstraint(Sketcher.Constraint("Horizontal", 0))', 5),
        ('s.addConstraint(Sketcher.Constraint("Coincident", 0, 1, -1, 1))', 4),
        ('s.addConstraint(Sketcher.Constraint("Block", 1))', 2),
    ],
)
def test_a_sketch_that_can_move_is_refused_with_its_degrees_of_freedom(
    engine: Engine, tmp_path: Path, more: str, dof: int
) -> None:
    error = refusal(engine, tmp_path, FREE.replace("\npad(body, s", f"\n{more}\npad(body, s"))
    assert (error.code, error.http_status) == ("SKETCH_UNDERCONSTRAINED", 425)
    assert error.details["dof"] == dof
    assert error.message_tr == (
        f"Belirsizlik: eskiz yeterince kısıtlanmadı (DoF={dof}). "
        "Öneri: eksik kısıtları ekleyin veya boyutları netleştirin."
    )


@pytest.mark.parametrize(
    "more",
    ['s.addConstraint(Sketcher.Constraint("DistanceX", 0, 1, 0, 2, 33.0))', 's.addConstraint(Sketcher.Constraint("Horizontal", 0))'],
)  # fmt: skip
def test_a_sketch_with_too_many_constraints_is_a_conflict(engine: Engine, tmp_path: Path, more: str) -> None:
    source = part_design(f's = rectangle(body, "S", 40.0, 20.0)\n{more}\npad(body, s, 10)')
    error = refusal(engine, tmp_path, source)
    assert (error.code, error.http_status) == ("FC_SKETCH_OVERCONSTRAINED", 409)


# ---- features and bodies ----------------------------------------------------------------------

TWO_DISCS = """
s = body.newObject("Sketcher::SketchObject", "S")
for i, x in enumerate((0.0, 50.0)):
    s.addGeometry(Part.Circle(V(x, 0, 0), V(0, 0, 1), 5), False)
    s.addConstraint(Sketcher.Constraint("Radius", i, 5.0))
    s.addConstraint(Sketcher.Constraint("DistanceX", -1, 1, i, 3, x))
    s.addConstraint(Sketcher.Constraint("DistanceY", -1, 1, i, 3, 0.0))
pad(body, s, 5)
"""

RULES = {
    "two solids in a body": (
        TWO_DISCS,
        "SINGLE_SOLID_VIOLATION", {"body": "Body", "solids": 2},
    ),
    "two pads that do not touch": (
        'pad(body, rectangle(body, "S", 10.0, 10.0), 5)\npad(body, rectangle(body, "T", 5.0, 5.0, 0.0, 0.0, 50.0), 5, "Q")',
        "SINGLE_SOLID_VIOLATION", {"body": "Body"},
    ),
    "bodies that do not touch": (
        'pad(body, rectangle(body, "S", 10.0, 10.0), 5)\nother = doc.addObject("PartDesign::Body", "Tool")\n'
        'pad(other, rectangle(other, "T", 10.0, 10.0, 50.0, 0.0), 5, "Q")\n'
        'b = body.newObject("PartDesign::Boolean", "Bool")\nb.setObjects([other])\nbody.Tip = b',
        "BOOLEAN_BODY_ERROR", {"target": "Body", "tool": "Tool"},
    ),
    "a pad without a profile": (
        'pad(body, rectangle(body, "S", 10.0, 10.0), 5)\np = body.newObject("PartDesign::Pad", "Q")\np.Length = 4',
        "FEATURE_DEPENDENCY_ERROR", {"feature": "Q", "parent": "Profile"},
    ),
    "a profile of another body": (
        'pad(body, rectangle(body, "S", 10.0, 10.0), 5)\nother = doc.addObject("PartDesign::Body", "Other")\n'
        'pad(other, body.Group[0], 5, "Q")',
        "FEATURE_DEPENDENCY_ERROR", {"feature": "Q", "parent": "S"},
    ),
    "a feature in no body": (
        'p = doc.addObject("PartDesign::Pad", "Q")\np.Profile = rectangle(body, "S", 10.0, 10.0)\np.Length = 3',
        "FEATURE_DEPENDENCY_ERROR", {"feature": "Q", "parent": "Body"},
    ),
    "a tip that is no feature": (
        's = rectangle(body, "S", 10.0, 10.0)\npad(body, s, 5)\nbody.Tip = s',
        "FEATURE_DEPENDENCY_ERROR", {"feature": "Body", "parent": "S"},
    ),
    "a circle of objects": (
        'a = doc.addObject("Part::Cut", "A")\nb = doc.addObject("Part::Cut", "B")\na.Base = b\nb.Base = a',
        "FEATURE_DEPENDENCY_ERROR", {},
    ),
    "a length out of a loop": (
        'p = pad(body, rectangle(body, "S", 10.0, 10.0), 5)\nlength = 1.0\nfor _ in range(4):\n    length = length * 6\np.Length = length',
        "DIMENSION_ERROR", {"name": "Pad.Length", "value_mm": 1296.0},
    ),
    "a taper out of a function": (
        'p = pad(body, rectangle(body, "S", 10.0, 10.0), 0.5)\np.TaperAngle = sum([20, 20, 7.5])',
        "ANGLE_ERROR", {"name": "Pad.TaperAngle", "value_deg": 47.5, "min_deg": -45.0, "max_deg": 45.0},
    ),
    "a pattern that stands still": (
        'pad(body, rectangle(body, "S", 40.0, 10.0), 5)\nq = pad(body, rectangle(body, "T", 2.0, 2.0, 1.0, 1.0, 5.0), 1, "Q")\n'
        'l = body.newObject("PartDesign::LinearPattern", "L")\nl.Originals = [q]\nl.Direction = (axis(body, "X_Axis"), [""])\n'
        "l.Length = 0.2\nl.Occurrences = 5\nbody.Tip = l",
        "PATTERN_ERROR", {"param": "L.spacing_mm", "value": 0.05},
    ),
    "a mirror without a plane": (
        'q = pad(body, rectangle(body, "S", 40.0, 10.0), 5)\nm = body.newObject("PartDesign::Mirrored", "M")\n'
        "m.Originals = [q]\nbody.Tip = m",
        "PATTERN_ERROR", {"param": "M.MirrorPlane"},
    ),
}  # fmt: skip


@pytest.mark.spec("03.103", "03.104", "03.105", "03.106", "03.107")
@pytest.mark.parametrize("name", RULES)
def test_a_broken_rule_is_found_after_the_recompute(engine: Engine, tmp_path: Path, name: str) -> None:
    text, code, details = RULES[name]
    error = refusal(engine, tmp_path, part_design(text))
    assert error.code == code, (error.code, error.details)
    assert {key: error.details[key] for key in details} == details


# ---- the finished shape -----------------------------------------------------------------------

SIZES = {
    "too long": ("Part.makeBox(1200, 10, 10)", "solid1.X", 1200.0),
    "too thin": ("Part.makeBox(10, 10, 0.05)", "solid1.Z", 0.05),
    "too thin, lying askew": ("Part.makeBox(10, 10, 0.05).rotated(V(0, 0, 0), V(1, 2, 3), 40)", "solid1.thickness", 0.05),
    "too large a sphere": ("Part.makeSphere(500.5)", "solid1.X", 1001.0),
    "the second one": ("Part.makeCompound([Part.makeBox(1, 1, 1), Part.makeBox(1, 2000, 1, V(5, 0, 0))])", "solid2.Y", 2000.0),
}  # fmt: skip


@pytest.mark.spec("03.54")
@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_measured_on_the_finished_solid(engine: Engine, tmp_path: Path, name: str) -> None:
    shape, what, value_mm = SIZES[name]
    error = refusal(engine, tmp_path, part(f"result = {shape}\nPart.show(result)"))
    assert (error.code, error.http_status) == ("DIMENSION_ERROR", 422)
    assert error.details["name"] == what
    assert error.details["value_mm"] == pytest.approx(value_mm, abs=1e-6)


@pytest.mark.spec("03.54")
@pytest.mark.parametrize(
    "shape",
    [
        "Part.makeBox(1000, 1000, 0.1)",
        "Part.makeBox(1000, 1000, 10).rotated(V(0, 0, 0), V(0, 0, 1), 45)",
        "Part.makeCompound([Part.makeBox(1, 1, 1), Part.makeBox(1, 1, 1, V(5000, 0, 0))])",
    ],
)
def test_what_fits_the_bounds_fits_however_it_lies(engine: Engine, tmp_path: Path, shape: str) -> None:
    engine.run(script_request(part(f"result = {shape}\nPart.show(result)")), tmp_path)


@pytest.mark.spec("02.77", "02.83")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "Part.show(Part.makeLine(V(0, 0, 0), V(1, 0, 0)))",
        "Part.show(Part.Face(Part.Wire(Part.makeCircle(5))))",
        "box = Part.makeBox(10, 10, 10)\nPart.show(Part.Solid(Part.Shell(box.Faces[:5])))",
        "p = [V(0, 0, 0), V(10, 10, 0), V(10, 0, 0), V(0, 10, 0), V(0, 0, 0)]\n"
        "Part.show(Part.Face(Part.makePolygon(p)).extrude(V(0, 0, 5)))",
    ],
    ids=["nothing", "a line", "a face", "an open shell", "a twisted prism"],
)
def test_what_is_no_valid_solid_is_refused(engine: Engine, tmp_path: Path, text: str) -> None:
    error = refusal(engine, tmp_path, part(text))
    assert (error.code, error.http_status) == ("FC_GEOM_INVALID_SHAPE", 422)


# ---- what the script itself does --------------------------------------------------------------


def test_an_exception_is_told_with_the_line_of_the_script(engine: Engine, tmp_path: Path) -> None:
    source = "import FreeCAD as App\nimport Part\n\ndef side(n):\n    return 10 / n\n\nPart.makeBox(side(1), side(0), 1)\n"
    error = refusal(engine, tmp_path, source)
    assert (error.code, error.http_status) == ("SCRIPT_FAILED", 422)
    assert error.details["line"] == 5
    assert error.details["statement"] == "return 10 / n"
    assert error.message_tr == "Betik 5. satırda durdu: ZeroDivisionError: division by zero"
    assert error.message_en == "The script stopped in line 5: ZeroDivisionError: division by zero"


def test_what_an_exception_says_is_masked_and_bounded(engine: Engine, tmp_path: Path) -> None:
    source = 'raise ValueError("ayse.yilmaz@example.com /home/ayse/secret.txt " + "x" * 100000)\n'
    error = refusal(engine, tmp_path, source)
    assert error.code == "SCRIPT_FAILED"
    told = str(error.body())
    assert "ayse" not in told
    assert len(told) < 5000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "box = Part.makeBox(10, 10, 10)\nPart.show(box.makeFillet(20, box.Edges))",
            "FC_FILLET_CHAMFER_FAILED",
        ),
        ("raise SystemExit(1)", "SCRIPT_FAILED"),
        ("Part.makeBoxx(1, 1, 1)", "SCRIPT_FAILED"),
        ("doc = None\nApp.closeDocument(App.ActiveDocument.Name)", "SCRIPT_FAILED"),
        ("def again(n):\n    return again(n + 1)\nagain(0)", "SCRIPT_FAILED"),
        ("x = = 3", "INVALID_SYNTAX"),
    ],
)
def test_other_failures_have_their_codes(engine: Engine, tmp_path: Path, text: str, code: str) -> None:
    assert refusal(engine, tmp_path, part(text).removesuffix("doc.recompute()\n")).code == code


@pytest.mark.spec("03.49", "02.79")
@pytest.mark.parametrize(
    ("text", "symbol"), [("import json", "json"), ("open('x')", "open"), ("import Import\nImport.export([], 'x')", "Import.export")]
)  # fmt: skip
def test_what_only_shows_while_it_runs_is_a_violation_too(
    engine: Engine, tmp_path: Path, text: str, symbol: str
) -> None:
    error = refusal(engine, tmp_path, text)
    assert (error.code, error.http_status) == ("SECURITY_VIOLATION", 403)
    assert error.params["symbol"] == symbol


@pytest.mark.spec("02.44", "02.79")
@pytest.mark.parametrize(
    ("text", "cause"),
    [("open('x')", "SECURITY_VIOLATION"), (part("Part.show(Part.makeBox(2000, 1, 1))"), "DIMENSION_ERROR")],
)
def test_a_model_that_breaks_a_rule_is_refused_as_such(
    engine: Engine, tmp_path: Path, text: str, cause: str
) -> None:
    error = refusal(engine, tmp_path, text, origin="ai")
    assert (error.code, error.http_status) == ("ERR-AI-451", 403)
    assert error.details["cause"] == cause


@pytest.mark.spec("03.55")
@pytest.mark.parametrize("text", ["while True:\n    pass", "n = 10 ** 10\nx = [i for i in range(n)]"])
def test_a_script_that_does_not_end_is_ended_by_the_worker(engine: Engine, tmp_path: Path, text: str) -> None:
    begun = time.monotonic()
    with pytest.raises(AtolyeError) as caught:
        engine.run(script_request(text), tmp_path, limits=Limits(wall_s=1.0))
    assert time.monotonic() - begun < 10
    assert (caught.value.code, caught.value.http_status) == ("TIMEOUT_ERROR", 504)
    assert caught.value.message_tr == (
        "Zaman aşımı: script 20 saniyeyi aştı. "
        "Öneri: hesaplamayı basitleştirin veya yinelemeyi sınırlandırın."
    )


def test_a_scripts_time_is_at_most_twenty_seconds() -> None:
    from atolye.engine import scripts

    assert scripts.limits(Limits(wall_s=600.0, cpu_s=900.0)).wall_s == 20.0
    assert scripts.limits(Limits(wall_s=600.0, cpu_s=900.0)).cpu_s == 20.0


def test_numbers_do_not_depend_on_the_callers_language(engine: Engine, tmp_path: Path) -> None:
    lines: list[str] = []
    source = part(
        "print(1234.5, App.Units.Quantity('12.5 mm').Value)\n"
        "print(str(App.Units.Quantity('2.5 mm')), 'çğıöşü')\nPart.show(Part.makeBox(1, 1, 1))"
    )

    def hear(event: dict[str, object]) -> None:
        if event.get("source") == "script":
            lines.append(str(event["message"]))

    engine.run(script_request(source), tmp_path, on_event=hear)
    assert lines == ["1234.5 12.5", "2.5 mm çğıöşü"]

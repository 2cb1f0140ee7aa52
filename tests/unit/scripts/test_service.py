"""What comes out of a script, and how a wrong one is refused: the scenarios of specification 03."""

from __future__ import annotations

import hashlib
import statistics
import time

import pytest

from atolye.errors import AtolyeError
from atolye.scripts.models import Finding
from atolye.scripts.service import check, prepare

HEAD = "import FreeCAD as App\nimport Part\n"


def refusal_of(source: str, *, origin: str = "user") -> AtolyeError:
    with pytest.raises(AtolyeError) as refused:
        prepare(source, origin=origin)  # type: ignore[arg-type]
    return refused.value


def errors_of(source: str) -> list[tuple[str, int]]:
    return [(finding.code, finding.line) for finding in check(source) if finding.severity == "error"]


@pytest.mark.spec("03.24", "03.25", "03.39", "03.48")
def test_a_syntax_error_is_told_with_its_line_in_the_specified_words() -> None:
    error = refusal_of("import Part\nbox = Part.makeBox(1, 2\n")
    assert (error.code, error.http_status) == ("INVALID_SYNTAX", 400)
    assert error.message_tr == (
        "Python sözdizimi hatası: '(' was never closed. Çözüm: satır 2 yakınındaki hatayı düzeltin."
    )
    assert error.details["line"] == 2
    assert error.message_en.startswith("Python syntax error: '(' was never closed.")


@pytest.mark.spec("03.26", "03.27", "03.40", "03.49")
@pytest.mark.parametrize(
    ("source", "symbol"),
    [
        ("exec('1')", "exec"),
        ("eval('1')", "eval"),
        ("open('x')", "open"),
        ("import os", "os"),
        ("import subprocess", "subprocess"),
        ("import sys\nsys.exit()", "sys"),
        ("os.system('x')", "os"),
        ("x = __import__('os')", "__import__"),
    ],
)
def test_forbidden_names_are_told_in_the_specified_words(source: str, symbol: str) -> None:
    error = refusal_of(source)
    assert (error.code, error.http_status) == ("SECURITY_VIOLATION", 403)
    assert error.message_tr == (
        f"Güvenlik ihlali: yasaklı komut/modül kullanımı tespit edildi: {symbol}. Öneri: yalnızca izin "
        "verilen modülleri (FreeCAD, Part, Sketcher, Draft, math, numpy) ve güvenli API’leri kullanın."
    )


@pytest.mark.spec("03.03", "03.05", "03.29", "03.30", "03.50")
def test_other_modules_and_other_parts_of_numpy_are_refused() -> None:
    assert errors_of("import json") == [("SECURITY_VIOLATION", 1)]
    assert errors_of("import numpy as np\nx = np.linalg.solve([[1]], [1])") == [("SECURITY_VIOLATION", 2)]
    allowed = (
        "array asarray linspace arange zeros ones sqrt sin cos tan pi dot cross clip maximum minimum abs "
        "floor ceil round"
    )
    uses = "".join(f"x = np.{name}\n" for name in allowed.split())
    assert errors_of(f"import numpy as np\n{uses}") == []
    assert errors_of(f"import numpy\n{uses.replace('np.', 'numpy.')}") == []


@pytest.mark.spec("02.32", "02.29")
def test_all_allowed_modules_may_be_imported() -> None:
    modules = ("FreeCAD", "Part", "PartDesign", "Sketcher", "Draft", "Import", "Mesh", "math", "numpy")
    source = "".join(f"import {name}\n" for name in modules)
    assert prepare(source).script_meta["modules_used"] == sorted(modules)


@pytest.mark.spec("03.31", "03.32", "03.41", "03.53")
def test_a_function_that_is_not_there_is_told_with_the_nearest_one() -> None:
    error = refusal_of("box = Part.makeBoxx(1, 2, 3)")
    assert (error.code, error.http_status) == ("API_NOT_FOUND", 422)
    assert error.message_tr == (
        "API bulunamadı: Part.makeBoxx FreeCAD 1.1.3 içinde yok veya erişilemez. "
        "Öneri: güncel API’yi kullanın: Part.makeBox, Part.makeTube, Part.makeLoft."
    )


@pytest.mark.spec("03.33", "03.53")
def test_what_is_deprecated_is_only_warned_of() -> None:
    prepared = prepare(
        "import Draft\na = Part.makeBox(1, 2, 3)\nb = a.multiFuse([a])\nw = Draft.makeWire([])\n"
    )
    warnings = prepared.script_meta["api_warnings"]
    assert [(each["code"], each["line"], each["severity"]) for each in warnings] == [
        ("API_DEPRECATED", 3, "warning"),
        ("API_DEPRECATED", 4, "warning"),
    ]
    assert "fuse" in warnings[0]["message_en"]
    assert "Draft.make_wire" in warnings[1]["message_tr"]


@pytest.mark.spec("03.34", "03.35", "03.36", "03.42", "03.54")
@pytest.mark.parametrize("value", ["0.1", "1000", "999.999999", "0.100001"])
def test_sizes_at_the_limits_pass(value: str) -> None:
    assert errors_of(f"a = Part.makeBox({value}, 10, 10)") == []


@pytest.mark.spec("03.34", "03.36", "03.42", "03.54")
@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ("Part.makeBox(1000.000001, 10, 10)", "L=1000.000001"),
        ("Part.makeBox(10, 0.099999, 10)", "W=0.099999"),
        ("Part.makeBox(10, 10, height=2e3)", "H=2000"),
        ("Part.makeBox(10, 10, -5)", "H=-5"),
        ("Part.makeCylinder(1500, 10)", "r=1500"),
        ("Part.makeCylinder(5, 0)", "h=0"),
        ("Part.makeSphere(1200 + 1)", "r=1201"),
        ("Part.makeTorus(10, 0.01)", "r2=0.01"),
        ("Part.makeLine(App.Vector(0, 0, 0), App.Vector(3000, 4000, 0))", "line_length=5000"),
        ("Part.makeBox(1, 1, 1).extrude(App.Vector(0, 0, 2000))", "extrusion=2000"),
        ("Part.makeBox(1, 1, 1).makeFillet(0.01, [])", "fillet_radius=0.01"),
        ("Part.makeWedge(0, 0, 0, 2, 2, 2000, 10, 10, 8, 8)", "L=2000"),
    ],
)
def test_sizes_beyond_the_limits_are_told_in_the_specified_words(call: str, shown: str) -> None:
    error = refusal_of(f"a = {call}")
    assert (error.code, error.http_status) == ("DIMENSION_ERROR", 422)
    assert error.message_tr == (
        f"Boyut limiti aşıldı: {shown} mm (izin: 0.1–1000 mm). Öneri: değeri aralığa çekin."
    )


@pytest.mark.spec("03.35")
def test_constants_are_followed_through_names_and_arithmetic_but_not_through_loops() -> None:
    assert errors_of("L = 40\nk = L * 30\na = Part.makeBox(k + 1, 1, 1)") == [("DIMENSION_ERROR", 3)]
    assert errors_of("import math\na = Part.makeBox(math.sqrt(4e6) + math.pi, 1, 1)") == [
        ("DIMENSION_ERROR", 2)
    ]
    assert errors_of("for L in (1, 2000):\n    a = Part.makeBox(L, 1, 1)") == []
    assert errors_of("L = 1\nL = 2000\na = Part.makeBox(L, 1, 1)") == []


def test_positions_offsets_and_cone_tips_are_no_sizes() -> None:
    source = (
        "a = Part.makeBox(10, 10, 10, App.Vector(-5000, 0, 2000))\n"
        "b = Part.makeCone(10, 0, 20)\n"
        "a.translate(App.Vector(0, 0, 5000))\n"
        "c = a.makeOffsetShape(0.01, 0.001)\n"
    )
    assert errors_of(source) == []


@pytest.mark.spec("03.43")
def test_the_time_out_has_the_specified_words() -> None:
    error = AtolyeError("TIMEOUT_ERROR")
    assert error.http_status == 504
    assert error.message_tr == (
        "Zaman aşımı: script 20 saniyeyi aştı. "
        "Öneri: hesaplamayı basitleştirin veya yinelemeyi sınırlandırın."
    )


@pytest.mark.spec("03.47")
def test_all_findings_come_at_once_with_place_and_hint_in_both_languages() -> None:
    source = "import os\nlen_cm = 5\na = Part.makeBoxx(len_cm, 2)\nb = Part.makeBox(5000, 1, 1)\n"
    found = check(source)
    assert [(each.code, each.line, each.column) for each in found] == [
        ("SECURITY_VIOLATION", 1, 8),
        ("API_NOT_FOUND", 3, 10),
        ("DIMENSION_ERROR", 4, 18),
    ]
    assert all(each.hint("tr") and each.hint("en") and each.hint("tr") != each.hint("en") for each in found)
    error = refusal_of(source)
    assert [error.code, *(cause.code for cause in error.causes)] == [each.code for each in found]
    assert error.body()["details"]["errors"][1]["field"] == "script:4:18"
    assert check(source) == found


def test_places_are_those_of_the_text_that_was_sent_whatever_was_added_above() -> None:
    source = "# başlık\n\nimport math\nx = 3\ny = 'şşş'; a = Part.makeBox(x, 2, 99999)\n"
    column = source.splitlines()[4].index("99999") + 1
    assert [(each.line, each.column) for each in check(source)] == [(5, column)]


@pytest.mark.spec("02.44", "02.41")
def test_the_same_findings_in_a_models_script_have_a_code_of_their_own() -> None:
    for source, cause in (
        ("import os", "SECURITY_VIOLATION"),
        ("a = Part.makeBox(5000, 1, 1)", "DIMENSION_ERROR"),
        ("x = (", "INVALID_SYNTAX"),
        ("Part.makeBoxx(1)", "API_NOT_FOUND"),
    ):
        error = refusal_of(source, origin="ai")
        assert (error.code, error.http_status) == ("ERR-AI-451", 403)
        assert error.details["cause"] == cause
        assert error.causes[0].code == cause


@pytest.mark.spec("02.80", "02.54", "02.53", "02.69")
def test_reading_a_shape_is_allowed() -> None:
    source = (
        "s = Part.makeBox(1, 2, 3)\nv = s.Volume + s.Area + s.CenterOfMass.x\n"
        "ok = s.isValid() and s.isClosed() and not s.isNull()\nm = s.tessellate(0.1)\n"
    )
    assert errors_of(source) == []


@pytest.mark.spec("02.76", "02.48", "02.49", "02.50", "02.52")
def test_the_part_workbench_is_open_to_scripts() -> None:
    source = HEAD + (
        "doc = App.newDocument('model')\n"
        "a = Part.makeBox(10, 20, 5)\nb = Part.makeCylinder(3, 30)\nc = Part.makeSphere(4)\n"
        "d = Part.makeCone(5, 2, 8)\ne = Part.makeTorus(10, 2)\n"
        "f = Part.makeWedge(0, 0, 0, 2, 2, 10, 10, 10, 8, 8)\n"
        "try:\n    g = a.cut(b).fuse(c).common(d)\n    if g.isNull() or not g.isValid():\n"
        "        raise ValueError('invalid')\nexcept Part.OCCError as problem:\n    print(problem)\n"
        "lower = Part.Wire(Part.makeCircle(5))\nupper = Part.Wire(Part.makeCircle(3, App.Vector(0, 0, 30)))\n"
        "h = Part.makeLoft([lower, upper], True, False)\n"
        "i = a.makeFillet(1, [a.Edges[n - 1] for n in (1, 3, 5)])\ni = i.makeChamfer(0.5, [i.Edges[0]])\n"
        "top = max(a.Faces, key=lambda face: face.CenterOfMass.z)\nj = a.makeThickness([top], 1.5, 1e-3)\n"
        "spine = Part.BSplineCurve([App.Vector(0, 0, z) for z in (0, 10, 20)]).toShape()\n"
        "pipe = Part.BRepOffsetAPI.MakePipeShell(Part.Wire(spine))\npipe.add(lower)\npipe.build()\n"
        "pipe.makeSolid()\n"
        "k = pipe.shape()\n"
        "link = doc.addObject('App::Link', 'Link')\nlink.LinkedObject = doc.getObject('Box')\n"
        "link.Placement = App.Placement(App.Vector(1, 2, 3), App.Rotation(App.Vector(0, 0, 1), 90))\n"
        "result = h\nPart.show(result)\ndoc.recompute()\n"
    )
    assert errors_of(source) == []


def test_a_documents_objects_may_be_reached_by_their_names() -> None:
    source = (
        "App.newDocument('m')\nApp.ActiveDocument.addObject('Part::Box', 'Box')\n"
        "App.ActiveDocument.Box.Length = 5\nApp.ActiveDocument.Box001.Length = 6\n"
        "plane = App.ActiveDocument.XY_Plane\n"
    )
    assert errors_of(source) == []
    assert errors_of("d = App.newDocument('m')\nd.Boxx.Length = 5") == [("API_NOT_FOUND", 2)]


def test_a_text_is_made_with_an_f_string_and_the_hint_says_so() -> None:
    (finding,) = check("x = 1\ny = '{:.2f}'.format(x)")
    assert (finding.code, finding.line, finding.column) == ("SECURITY_VIOLATION", 2, 14)
    assert "f-string" in finding.hint("en")
    assert errors_of("x = 1\ny = f'{x:.2f} {x!r}' + '%.2f mm' % x") == []


@pytest.mark.spec("02.34")
def test_what_needs_a_screen_is_refused() -> None:
    seen = "o = App.newDocument().addObject('Part::Box', 'B')\no.ViewObject.Visibility = False"
    assert errors_of(seen) == [("API_NOT_FOUND", 2)]
    assert errors_of("import FreeCADGui") == [("SECURITY_VIOLATION", 1)]
    assert ("SECURITY_VIOLATION", 1) in errors_of("App.Gui.updateGui()")


@pytest.mark.spec("03.02", "03.44", "03.45", "03.57")
def test_the_canonical_script_is_hashed_and_the_same_for_the_same_logical_script() -> None:
    source = "import Part\nimport FreeCAD as App\nL_cm = 2  \nresult = Part.makeBox(L_cm, 5, 5)\n"
    prepared = prepare(source)
    assert prepared.canonical_script == (
        "import FreeCAD as App\nimport Part\ndoc = App.newDocument()\nL = 20\n"
        "result = Part.makeBox(L, 5, 5)\nPart.show(result)\ndoc.recompute()\n"
    )
    assert prepared.script_hash == hashlib.sha256(prepared.canonical_script.encode()).hexdigest()
    twins = (
        source.replace("\n", "\r\n"),
        source.replace("import Part\nimport FreeCAD as App", "import FreeCAD as App, Part"),
        "\ufeff" + source,
        source + "\n\n",
        source + "Part.show(result)\ndoc.recompute()",
        source.replace("L_cm = 2  ", "L = 20").replace("L_cm", "L"),
    )
    assert {prepare(twin).script_hash for twin in twins} == {prepared.script_hash}
    assert prepare(source.replace("5, 5", "5, 6")).script_hash != prepared.script_hash


def test_the_meta_data_name_modules_conversions_and_sizes() -> None:
    meta = prepare(
        "import math\nr_inch = 1\na = Part.makeCylinder(r_inch, 2 * 10)\nb = Part.makeBox(1, 2, 3)"
    ).script_meta
    assert meta["modules_used"] == ["FreeCAD", "Part", "math"]
    assert meta["conversions_applied"] == [
        {
            "from_unit": "inch",
            "to_unit": "mm",
            "before": 1,
            "after": 25.4,
            "location": {"line": 2, "column": 10},
        }
    ]
    assert meta["dims_mm"] == {"r": 25.4, "h": 20.0, "L": 1.0, "W": 2.0, "H": 3.0}
    assert meta["api_warnings"] == []


def test_the_line_map_leads_from_the_canonical_script_back_to_the_users() -> None:
    source = "# kutu\n\nx = 3  # uzunluk\nresult = Part.makeBox(x, 2, 1)\n"
    prepared = prepare(source)
    canonical = prepared.canonical_script.splitlines()
    assert len(canonical) == len(prepared.line_map)
    assert canonical[prepared.line_map.index(4)] == "result = Part.makeBox(x, 2, 1)"
    assert [text for text, line in zip(canonical, prepared.line_map, strict=True) if line == 0] == [
        "import FreeCAD as App", "import Part", "doc = App.newDocument()", "Part.show(result)",
        "doc.recompute()",
    ]  # fmt: skip


def test_a_main_guard_is_no_internal_name() -> None:
    assert errors_of('def main():\n    pass\nif __name__ == "__main__":\n    main()\n') == []


def test_a_finding_without_a_place_belongs_to_the_whole_script() -> None:
    found = check("x = 1\n" * 6000)
    assert [(each.code, each.line) for each in found] == [("SCRIPT_TOO_LARGE", 0)]
    assert found[0].error().field == "script"
    assert found[0].error().http_status == 413


def test_every_reason_has_a_hint_in_both_languages() -> None:
    from atolye.scripts.reasons import REASONS

    for reason, (turkish, english) in REASONS.items():
        finding = Finding("SECURITY_VIOLATION", 1, 1, {"symbol": "x"}, reason)
        assert (finding.hint("tr"), finding.hint("en")) == (turkish, english)
        assert turkish != english


LONG = HEAD + "doc = App.newDocument('x')\nresult = Part.makeBox(10, 10, 10)\n" + "".join(
    f"# delik çapı {n}\nr{n} = 1.{n}  # yarıçap\nh{n} = 20.0 + {n}\n"
    f"c{n} = Part.makeCylinder(r{n}, h{n}, App.Vector({n} * 10, 0, 0))\n"
    f"for k in range(4):\n    c{n}.translate(App.Vector(k * 2, 0, 0))\nif h{n} > 10:\n"
    f"    result = result.fuse(c{n})\nbox{n} = doc.addObject('Part::Box', 'Box{n}')\n"
    f"box{n}.Length = 10 + {n}\n"
    f"box{n}.Placement = App.Placement(App.Vector(0, 0, {n}), App.Rotation(App.Vector(0, 0, 1), 45))\n"
    f"edges = [e for e in result.Edges if abs(e.Length - 10.0) < 1e-3]\n"
    for n in range(1, 17)
)  # fmt: skip


def test_the_gate_takes_milliseconds_for_a_script_of_two_hundred_lines() -> None:
    from atolye.scripts import gate
    from atolye.scripts.names import collect
    from atolye.scripts.reading import Source, read
    from atolye.scripts.surface import surface

    assert 190 <= LONG.count("\n") <= 210
    known = surface()

    def through_the_gate() -> float:
        begun = time.process_time()
        source = read(LONG)
        assert isinstance(source, Source)
        assert gate.examine(source, known, collect(source, known)) == []
        return time.process_time() - begun

    through_the_gate()
    # 10 ms is asked for and 4 to 5 are needed; the machine may be busy and another one slower
    assert statistics.median(through_the_gate() for _ in range(5)) < 0.030


@pytest.mark.parametrize(
    "source",
    [
        "a0 = App\n" + "".join(f"a{n} = a{n - 1}\n" for n in range(1, 4000)),
        "".join(f"a{n} = a{n + 1}\n" for n in range(3000)) + "a3000 = App\n",
        "".join(f"a{n} = a{n + 1}\n" for n in range(3000)) + "a3000 = 5\nb = Part.makeBox(a0, 1, 1)\n",
        "".join(f"a{n}_cm = a{n + 1}_cm\n" for n in range(3000)) + "a3000_cm = foo()\n",
        "".join(f"a{n}_cm = a{n + 1}_cm\n" for n in range(3000)) + "a3000_cm = 3\n",
        "".join(f"v{n} = App.Vector({n}, 1, 1)  # cm\n" for n in range(3000)),
        "".join(f"def f{n}(x_cm=1):\n    return x_cm\n" for n in range(2400)),
        "d = App.newDocument()\n" + "".join(f"p{n} = d.addObject('PartDesign::Pad')\n"
                                            f"p{n}.BaseFeature = p{n + 1}\n"
                                            for n in range(2400)),
        "import Part\n" * 4000,
        "x = 'a' ; y = '#'\n" * 4000,
        "x = 'ş'; ş = 'ü'  # ğ\n" * 4000,
        "d = App.newDocument()\n" + "for t in ('Part::Box', 'Part::Cone'):\n    d.addObject(t)\n" * 2000,
        "".join(f"a.x{n}y = Part.q{n}\n" for n in range(4000)),
    ],
)  # fmt: skip
def test_the_largest_scripts_take_no_more_than_seconds(source: str) -> None:
    begun = time.process_time()
    check(source)
    assert time.process_time() - begun < 5.0

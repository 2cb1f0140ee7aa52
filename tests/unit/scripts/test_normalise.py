# ruff: noqa: E501 - scripts are written as people write them
"""A script is brought into its canonical form: imports, document, units, comments, and nothing twice."""

from __future__ import annotations

import ast

import pytest

from atolye.scripts.models import Finding
from atolye.scripts.remarks import GLOSSARY, translated
from atolye.scripts.service import check, prepare

IMPORTS = "import FreeCAD as App\nimport Part\n"


def canonical(source: str) -> str:
    """The canonical script, which is its own canonical script."""
    text = prepare(source).canonical_script
    assert prepare(text).canonical_script == text
    return text


def body(source: str) -> str:
    """What the canonical script has between its additions at the top and at the end."""
    text = canonical(source)
    return text.removeprefix(f"{IMPORTS}doc = App.newDocument()\n").removesuffix("doc.recompute()\n")


def doubts(source: str) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in check(source) if each.code == "SCRIPT_UNIT_UNCERTAIN"]


@pytest.mark.spec("03.06", "03.07", "03.08", "03.46", "03.51")
def test_what_is_missing_is_added_and_what_is_there_is_not_added_again() -> None:
    assert canonical("result = Part.makeBox(1, 2, 3)") == (
        f"{IMPORTS}doc = App.newDocument()\nresult = Part.makeBox(1, 2, 3)\nPart.show(result)\ndoc.recompute()\n"
    )
    complete = f"{IMPORTS}doc = App.newDocument('x')\nPart.show(Part.makeBox(1, 2, 3))\ndoc.recompute()\n"
    assert canonical(complete) == complete
    assert canonical("") == f"{IMPORTS}doc = App.newDocument()\ndoc.recompute()\n"


@pytest.mark.spec("03.06", "03.09", "03.23")
def test_imports_stand_once_each_at_the_top_in_one_order() -> None:
    source = (
        "import math, Sketcher\nimport Part, FreeCAD as App\nfrom FreeCAD import Vector\nimport Part\n"
        "import numpy as np\nx = 1\nimport Draft  # later\n"
    )
    assert canonical(source).splitlines()[:7] == [
        "import FreeCAD as App",
        "from FreeCAD import Vector",
        "import Part",
        "import Sketcher",
        "import Draft  # later",
        "import math",
        "import numpy as np",
    ]


@pytest.mark.spec("02.07")
def test_the_import_of_base_that_older_scripts_have_is_written_as_freecad_knows_it() -> None:
    assert canonical("import FreeCAD as App, Part, Base\nv = Base.Vector(1, 2, 3)").startswith(
        "import FreeCAD as App\nfrom FreeCAD import Base\nimport Part\n"
    )


def test_a_heading_and_a_docstring_stay_above_the_imports() -> None:
    assert canonical("# Flanş\n# 2024\n\nimport Part\nx = 1\n").startswith(f"# Flange\n# 2024\n\n{IMPORTS}")
    assert canonical("# Flanş\n\nx = 1\n").startswith(f"# Flange\n\n{IMPORTS}")
    assert canonical('"""Uzunluk."""\n# kutu\nx = 1\n').startswith(f'"""Uzunluk."""\n{IMPORTS}')
    assert canonical("# uzunluk\nx = 1\n").startswith(IMPORTS)


def test_imports_over_lines_and_within_blocks_are_kept_whole() -> None:
    text = canonical(
        "from math import (\n    sin,  # sinus\n    cos,\n)\ntry:\n    import Draft\nexcept ValueError:\n    pass\n"
    )
    assert "from math import sin, cos  # sinus\n" in text
    assert "try:\n    import Draft\n" in text
    assert canonical("x = 1; import math\ny = math.pi\n").count("import math") == 1


@pytest.mark.spec("03.10", "03.11", "03.12")
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1", "doc = App.newDocument()\nx = 1\ndoc.recompute()\n"),
        ("box = doc.addObject('Part::Box', 'B')", "doc = App.newDocument()\nbox = doc.addObject('Part::Box', 'B')\ndoc.recompute()\n"),
        ("d = App.newDocument('a')\nx = 1", "d = App.newDocument('a')\nx = 1\ndoc = App.ActiveDocument\ndoc.recompute()\n"),
        (
            "d = App.newDocument('a')\nbox = doc.addObject('Part::Box', 'B')",
            "d = App.newDocument('a')\ndoc = App.ActiveDocument\nbox = doc.addObject('Part::Box', 'B')\ndoc.recompute()\n",
        ),
        (
            "box = App.ActiveDocument.addObject('Part::Box', 'B')\nApp.ActiveDocument.recompute()",
            "box = App.ActiveDocument.addObject('Part::Box', 'B')\ndoc = App.ActiveDocument\nApp.ActiveDocument.recompute()\n",
        ),
        ("doc = App.ActiveDocument or App.newDocument()", "doc = App.ActiveDocument or App.newDocument()\ndoc.recompute()\n"),
        (
            "def make():\n    doc = App.newDocument()\n    doc.recompute()\nmake()",
            "def make():\n    doc = App.newDocument()\n    doc.recompute()\nmake()\ndoc = App.ActiveDocument\ndoc.recompute()\n",
        ),
    ],
)  # fmt: skip
def test_there_is_a_document_and_doc_names_it(source: str, expected: str) -> None:
    assert canonical(source) == IMPORTS + expected


@pytest.mark.spec("03.13", "03.14")
def test_a_result_that_is_a_shape_is_shown_once() -> None:
    for made in (
        "Part.makeBox(1, 2, 3)",
        "a.cut(b)",
        "Part.makeBox(1, 2, 3).fuse(Part.makeSphere(2))",
        "make()",
    ):
        source = f"def make():\n    return Part.makeBox(1, 2, 3)\na = b = make()\nresult = {made}\n"
        assert canonical(source).count("Part.show(result)\ndoc.recompute()\n") == 1
    for source in (
        "result = 5\n",
        "result = [Part.makeBox(1, 2, 3)]\n",
        "def f():\n    result = Part.makeBox(1, 2, 3)\n    return result\nf()\n",
        "doc = App.newDocument()\nresult = doc.addObject('Part::Box', 'B')\n",
        "doc = App.newDocument()\nf = doc.addObject('Part::Feature', 'F')\nresult = Part.makeBox(1, 2, 3)\nf.Shape = result\n",
    ):
        assert "Part.show" not in canonical(source)


@pytest.mark.spec("03.15", "03.16")
def test_the_last_thing_that_a_script_does_is_to_recompute() -> None:
    assert canonical("doc = App.newDocument()\ndoc.recompute()\nx = 1\n").endswith(
        "doc.recompute()\nx = 1\ndoc.recompute()\n"
    )
    assert canonical("doc = App.newDocument()\nif True:\n    doc.recompute()\n").endswith(
        "\ndoc.recompute()\n"
    )
    assert canonical("doc = App.newDocument()\ndoc.recompute()  # son\n\n# bitti\n").count("recompute") == 1


@pytest.mark.spec("03.17", "03.18", "03.19", "03.52")
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("length_cm = 5", "length = 50"),
        ("length_cm = 2.5", "length = 25.0"),
        ("w_inch = 2", "w = 50.8"),
        ("w_in = 0.5", "w = 12.7"),
        ("W_CM = -3", "W = -30"),
        ("t_in = 1 / 8", "t = 25.4 / 8"),
        ("x_cm = 1/3", "x = 10/3"),
        ("x_inch = 0.123456789", "x = 3.135802"),
        ("a_cm = 2\nb_cm = a_cm * 2 + 1", "a = 20\nb = a * 2 + 10"),
        ("holes_cm = [1, 2.5, (3)]", "holes = [10, 25.0, (30)]"),
        ("a_cm = 1\na_cm += 2\na_cm *= 2", "a = 10\na += 20\na *= 2"),
        ("a_cm: float = 1", "a: float = 10"),
        ("def f(d_cm=2, *, h_in=1):\n    return d_cm * h_in\nf(3, h_in=2)", "def f(d=20, *, h=25.4):\n    return d * h\nf(30, h=50.8)"),
        ("for d_cm in (1, 2):\n    print(d_cm)", "for d in (10, 20):\n    print(d)"),
        ("n = 3\na_cm = n", "n = 3\na = (n * 10)"),
        ("length = 12  # cm", "length = 120  # mm"),
        ("length = 12  # inch", "length = 304.8  # mm"),
        ("length = 2 # in", "length = 50.8 # mm"),
        ("length = 2  # inç", "length = 50.8  # mm"),
        ("length = 12  # birim: cm", "length = 120  # unit: mm"),
        ("length = 12  # Genişlik (cm)", "length = 120  # Width (mm)"),
        ("a = 2  # cm\nb = a * 3  # cm", "a = 20  # mm\nb = a * 3  # mm"),
        ("b = Part.makeBox(1, 2, 3)  # cm", "b = Part.makeBox(10, 20, 30)  # mm"),
        (
            "b = Part.makeBox(\n    10,  # cm\n    5,  # mm\n    2)  # inch",
            "b = Part.makeBox(\n    100,  # mm\n    5,  # mm\n    50.8)  # mm",
        ),
        (
            "b = Part.makeCone(1, 2, 3, App.Vector(1, 0, 0), App.Vector(0, 0, 1), 90)  # cm",
            "b = Part.makeCone(10, 20, 30, App.Vector(10, 0, 0), App.Vector(0, 0, 1), 90)  # mm",
        ),
        ("x = cm(5) + inch(2)", "x = 50 + 50.8"),
        ("n = 2\nn = 3\nx = cm(n) / 2", "n = 2\nn = 3\nx = ((n) * 10) / 2"),
        ("d_inch = inch(2)\nw_in = 1 + cm(1)", "d = 50.8\nw = 25.4 + 10"),
        ("x = inch(1/2)", "x = 12.7"),
        ("r = 1\nr = 2\nx = cm(r + 1)", "r = 1\nr = 2\nx = ((r + 1) * 10)"),
        ("length_cm = 5  # cm", "length = 50  # mm"),
        ("v_cm = 3\nprint(f'{v_cm:.2f} {v_cm}')", "v = 30\nprint(f'{v:.2f} {v}')"),
        ("ş_cm = 1; y = ş_cm", "ş = 10; y = ş"),
        ("x_cm_in = 1", "x = 25.4"),
    ],
)  # fmt: skip
def test_lengths_in_other_units_become_millimetres(source: str, expected: str) -> None:
    assert body(source).removesuffix("\n") == expected


@pytest.mark.spec("03.19")
def test_a_name_without_its_suffix_is_no_name_that_is_taken() -> None:
    assert body("length = 1\nlength_cm = 2\nPart.makeBox(length, length_cm, 3)\n") == (
        "length = 1\nlength_2 = 20\nPart.makeBox(length, length_2, 3)\n"
    )
    assert body("w_cm = 1\nw_in = 1\n") == "w = 10\nw_2 = 25.4\n"
    assert body("max_cm = 1\nx = max(1, max_cm)\n") == "max_2 = 10\nx = max(1, max_2)\n"
    assert body("for_cm = 1\nopen_cm = 2\nPart_cm = 3\n") == "for_2 = 10\nopen_2 = 20\nPart_2 = 30\n"


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("l_cm = 5\nb = Part.makeBox(l_cm * 10, 1, 1)", 1, "unit_kept"),
        ("l_in = 5\nmm = 25.4\nb = Part.makeBox(l_in * mm, 1, 1)", 1, "unit_kept"),
        ("l = 5  # inch\nb = Part.makeBox(l * 25.4, 1, 1)", 1, "unit_kept"),
        ("d_in = 20\nd_out = 30", 1, "unit_kept"),
        ("x_cm = Part.makeBox(1, 1, 1).Volume", 1, "unit_kept"),
        ("x_cm = y_in = 3", 1, "unit_kept"),
        ("x_cm = 3  # inch", 1, "unit_kept"),
        ("x_inch = 3  # mm", 1, "unit_kept"),
        ("w_in = 1\nx = w_in  # cm", 2, "unit_kept"),
        ("a_in = 1\nb_cm = a_in * 2.54", 2, "unit_kept"),
        ("x = 5  # 5 cm boşluk", 1, "unit_unread"),
    ],
)
def test_a_unit_that_is_not_certain_is_left_alone_and_told(source: str, line: int, reason: str) -> None:
    assert (line, reason) in doubts(source)
    kept = body(source).removesuffix("\n")
    assert ast.dump(ast.parse(kept)) == ast.dump(ast.parse(source))


def test_names_that_end_like_a_unit_but_hold_no_length_stay_without_a_word() -> None:
    source = "plug_in = Part.makeBox(1, 2, 3)\ndef cut_in(a):\n    return a\nx = cut_in(plug_in)"
    assert body(source).removesuffix("\n") == source
    assert doubts(source) == []


def test_helpers_that_the_script_defines_mean_what_it_says() -> None:
    assert "x = 20\n" in canonical("def cm(v):\n    return v * 10\nx = cm(2)")
    assert "x = cm(2)\n" in canonical("def cm(v):\n    return v * 11\nx = cm(2)")


@pytest.mark.spec("03.20", "03.21", "03.56", "03.65")
def test_comments_are_translated_and_the_code_stays_as_it_is() -> None:
    source = (
        "# Duvar kalınlığı ve YARIÇAP\n"
        "metin = '# uzunluk'  # uzunluk: 5 mm\n"
        "x = '''çok\n# satırlı   \nuzunluk'''\n"
        "uzunluk = 5  # hata, uyarı; Coincident kısıt\n"
        "y = f'{uzunluk} # yükseklik'  # birim mm\n"
    )
    assert body(source) == (
        "# Wall thickness ve RADIUS\n"
        "metin = '# uzunluk'  # length: 5 mm\n"
        "x = '''çok\n# satırlı   \nuzunluk'''\n"
        "uzunluk = 5  # error, warning; Coincident constraint\n"
        "y = f'{uzunluk} # yükseklik'  # unit mm\n"
    )
    assert ast.dump(ast.parse(body(source))) == ast.dump(ast.parse(source))


@pytest.mark.spec("03.21")
def test_the_minimal_glossary_is_translated_in_every_letter_case() -> None:
    minimal = {
        "uzunluk": "length", "genişlik": "width", "yükseklik": "height", "yarıçap": "radius",
        "duvar kalınlığı": "wall thickness", "birim": "unit", "mm": "mm", "cm": "cm", "inç": "inch", "hata": "error",
        "uyarı": "warning",
    }  # fmt: skip
    for turkish, english in minimal.items():
        assert translated(f"# {turkish}.") == f"# {english}."
    assert translated("# İNÇ, GENİŞLİK, Yarıçap, BIRIM") == "# INCH, WIDTH, Radius, UNIT"
    assert translated("# uzunluklar, bilinç, hatasız") == "# uzunluklar, bilinç, hatasız"


def test_no_translation_is_translated_again() -> None:
    for english in GLOSSARY.values():
        assert translated(english) == english


@pytest.mark.spec("03.22", "03.23")
def test_lines_end_without_blanks_and_the_file_with_one_new_line() -> None:
    assert body("x = 1   \t\n\ny = 2 # a  \n\n\n") == "x = 1\n\ny = 2 # a\n"


def test_a_finding_of_normalisation_is_a_warning() -> None:
    found = check("x = 5  # 5 cm long")
    assert [(type(each), each.severity) for each in found] == [(Finding, "warning")]

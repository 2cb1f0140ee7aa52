# ruff: noqa: E501 - scripts are written as people write them
"""PartDesign in scripts: bodies and tips are completed, rules are checked, everything is described."""

from __future__ import annotations

import pytest

from atolye.errors import AtolyeError
from atolye.scripts.partdesign import CONSTRAINTS
from atolye.scripts.service import check, prepare

IMPORTS = "import FreeCAD as App\nimport Part\nimport Sketcher\n"
BODY = (
    IMPORTS + "doc = App.newDocument('model')\nbody = doc.addObject('PartDesign::Body', 'Body')\n"
    "sketch = body.newObject('Sketcher::SketchObject', 'Sketch')\n"
)
PAD = BODY + "pad = body.newObject('PartDesign::Pad', 'Pad')\npad.Profile = sketch\npad.Length = 10\n"


def messages(source: str) -> list[tuple[str, str]]:
    return [(each.code, each.error().message_tr) for each in check(source) if each.severity == "error"]


def codes(source: str) -> list[str]:
    return [code for code, _ in messages(source)]


@pytest.mark.spec("03.58", "03.59", "03.69")
@pytest.mark.parametrize("kind", CONSTRAINTS)
def test_allowed_constraints_pass(kind: str) -> None:
    assert codes(PAD + f"sketch.addConstraint(Sketcher.Constraint('{kind}', 0, 1, 5))\n") == []


@pytest.mark.spec("03.59", "03.69", "03.87", "03.102")
@pytest.mark.parametrize("kind", ["Concentric", "InternalAlignment", "Weight", "distance", "SnellsLaw"])
def test_other_constraints_are_refused_in_the_specified_words(kind: str) -> None:
    source = PAD + f"sketch.addConstraint([Sketcher.Constraint('{kind}', 0, 1)])\n"
    assert messages(source) == [
        (
            "CONSTRAINT_UNSUPPORTED",
            f"Desteklenmeyen Sketcher kısıtı: {kind}. Öneri: izin verilen kısıtları kullanın: Distance, Angle, "
            "Coincident, Parallel, Perpendicular, Horizontal, Vertical, Tangent, Equal, Symmetric, Radius, Diameter, "
            "DistanceX, DistanceY, PointOnObject, Block.",
        )
    ]  # fmt: skip


@pytest.mark.spec("03.71", "03.72", "03.73", "03.91", "03.103")
def test_a_pad_too_long_and_too_steep_is_told_in_the_specified_words() -> None:
    assert messages(PAD + "pad.Length = 1200\npad.TaperAngle = -50.5\n") == [
        ("DIMENSION_ERROR", "Boyut limiti aşıldı: pad_length=1200 mm (izin: 0.1–1000 mm). Öneri: değeri aralığa çekin."),
        ("ANGLE_ERROR", "Açı limiti aşıldı: TaperAngle=-50.5° (izin: -45–45°). Öneri: değeri aralığa çekin."),
    ]  # fmt: skip
    assert codes(PAD + "pad.Length = 1000\npad.TaperAngle = 45\n") == []
    assert codes(PAD + "pad.Length = '120 cm'\n") == ["DIMENSION_ERROR"]


@pytest.mark.spec("03.72", "03.64")
def test_lengths_of_features_are_brought_to_millimetres_before_they_are_judged() -> None:
    prepared = prepare(PAD.replace("pad.Length = 10\n", "pad.Length = 12  # cm\npad.TaperAngle = 5\n"))
    assert "pad.Length = 120  # mm\npad.TaperAngle = 5\n" in prepared.canonical_script
    assert prepared.script_meta["dims_mm"]["pad_length"] == 120
    assert codes(PAD.replace("pad.Length = 10\n", "pad.Length = 120  # cm\n")) == ["DIMENSION_ERROR"]


@pytest.mark.spec("03.74")
@pytest.mark.parametrize(
    ("angle", "fine"), [("360", True), ("0.5", True), ("0", False), ("361", False), ("-90", False)]
)
def test_a_revolution_turns_more_than_nothing_and_at_most_once(angle: str, fine: bool) -> None:
    for kind in ("Revolution", "Groove"):
        source = (
            BODY + f"r = body.newObject('PartDesign::{kind}', 'R')\nr.Profile = sketch\nr.Angle = {angle}\n"
        )
        assert codes(source) == ([] if fine else ["ANGLE_ERROR"])


@pytest.mark.spec("03.75", "03.76", "03.77", "03.92", "03.106")
@pytest.mark.parametrize(
    ("kind", "settings", "shown"),
    [
        ("LinearPattern", "p.Occurrences = 0", "occurrences=0"),
        ("LinearPattern", "p.Occurrences = 1001", "occurrences=1001"),
        ("LinearPattern", "p.Occurrences = 2.5", "occurrences=2.5"),
        ("LinearPattern", "p.Length = 0.5\np.Occurrences = 11", "spacing_mm=0.05"),
        ("LinearPattern", "p.Offset = 1500", "spacing_mm=1500"),
        ("PolarPattern", "p.Angle = 400", "angle_deg=400"),
        ("PolarPattern", "p.Occurrences = -2", "occurrences=-2"),
        ("LinearPattern", "p.Occurrences = 1000\np.Length = 999", ""),
        ("LinearPattern", "p.Offset = 0.1", ""),
        ("PolarPattern", "p.Angle = 360\np.Occurrences = 1", ""),
    ],
)
def test_patterns_keep_to_their_limits(kind: str, settings: str, shown: str) -> None:
    source = PAD + f"p = body.newObject('PartDesign::{kind}', 'P')\np.Originals = [pad]\n{settings}\n"
    expected = (
        f"Dizilim özelliği hatası: {shown}. Öneri: adet 1–1000, aralık 0.1–1000 mm, açı 0–360° olmalıdır."
    )
    assert messages(source) == ([("PATTERN_ERROR", expected)] if shown else [])


@pytest.mark.spec("03.78")
def test_a_mirror_needs_a_plane() -> None:
    source = PAD + "m = body.newObject('PartDesign::Mirrored', 'M')\nm.Originals = [pad]\n"
    assert codes(source) == ["PATTERN_ERROR"]
    assert codes(source + "m.MirrorPlane = None\n") == ["PATTERN_ERROR"]
    assert codes(source + "m.MirrorPlane = (sketch, ['V_Axis'])\n") == []


@pytest.mark.spec("03.79", "03.80", "03.89", "03.104")
def test_a_feature_without_its_profile_is_told_in_the_specified_words() -> None:
    source = BODY + "pad = body.newObject('PartDesign::Pad', 'Pad')\npad.Length = 10\n"
    assert messages(source) == [
        (
            "FEATURE_DEPENDENCY_ERROR",
            "Özellik bağımlılığı hatası: Pad → Profile eksik, geçersiz veya döngü tespit edildi. Öneri: özellikleri "
            "Body içinde sıralı inşa edin ve destekleri doğru ayarlayın.",
        )
    ]  # fmt: skip
    assert codes(source + "pad.Profile = None\n") == ["FEATURE_DEPENDENCY_ERROR"]


@pytest.mark.spec("03.80", "03.60")
def test_a_feature_stands_on_objects_of_its_own_body() -> None:
    other = PAD + "body2 = doc.addObject('PartDesign::Body', 'Body2')\n"
    wrong = (
        other + "pad2 = body2.newObject('PartDesign::Pad', 'Pad2')\npad2.Profile = sketch\npad2.Length = 5\n"
    )
    assert codes(wrong) == ["FEATURE_DEPENDENCY_ERROR"]
    right = wrong.replace(
        "pad2.Profile = sketch", "s2 = body2.newObject('Sketcher::SketchObject', 'S2')\npad2.Profile = s2"
    )
    assert codes(right) == []
    outside = (
        PAD + "lost = doc.addObject('PartDesign::Pad', 'Lost')\nlost.Profile = sketch\nlost.Length = 5\n"
    )
    assert codes(outside) == ["FEATURE_DEPENDENCY_ERROR"]
    assert codes(outside + "body.addObject(lost)\n") == []


@pytest.mark.spec("03.81", "03.104")
def test_features_that_stand_on_each_other_are_refused() -> None:
    source = PAD + (
        "pocket = body.newObject('PartDesign::Pocket', 'Pocket')\npocket.Profile = sketch\npocket.Length = 2\n"
        "pocket.BaseFeature = pad\npad.BaseFeature = pocket\n"
    )
    assert codes(source) == ["FEATURE_DEPENDENCY_ERROR"]
    assert codes(PAD + "pad.BaseFeature = pad\n") == ["FEATURE_DEPENDENCY_ERROR"]


@pytest.mark.spec("03.82")
def test_the_tip_is_a_feature() -> None:
    assert codes(PAD + "body.Tip = sketch\n") == ["FEATURE_DEPENDENCY_ERROR"]
    assert codes(PAD + "body.Tip = pad\n") == []


@pytest.mark.spec("03.85", "03.86", "03.93", "03.107")
def test_bodies_are_joined_by_a_boolean_of_partdesign() -> None:
    two = PAD + (
        "tool = doc.addObject('PartDesign::Body', 'Tool')\ns2 = tool.newObject('Sketcher::SketchObject', 'S2')\n"
        "pad2 = tool.newObject('PartDesign::Pad', 'Pad2')\npad2.Profile = s2\npad2.Length = 5\n"
    )
    fuse = two + "join = body.newObject('PartDesign::Boolean', 'Join')\njoin.Type = 'Cut'\n"
    assert codes(fuse + "join.setObjects([tool])\n") == []
    assert messages(fuse) == [
        (
            "BOOLEAN_BODY_ERROR",
            "Body boolean hatası: 'Body' ile '—' arasında geçersiz işlem veya çoklu katı oluşumu. Öneri: Body düzeyinde "
            "Boolean kullanın ve tek katı kuralını koruyun.",
        )
    ]  # fmt: skip
    assert codes(fuse + "join.addObject(pad2)\n") == ["BOOLEAN_BODY_ERROR"]
    assert codes(fuse + "join.addObject(body)\n") == ["BOOLEAN_BODY_ERROR"]
    part = two + "cut = doc.addObject('Part::Cut', 'Cut')\ncut.Base = body\ncut.Tool = tool\n"
    assert codes(part) == ["BOOLEAN_BODY_ERROR"]


@pytest.mark.spec("03.68", "03.32")
def test_kinds_of_objects_are_those_of_this_freecad() -> None:
    assert codes(BODY + "x = body.newObject('PartDesign::Padd', 'P')\n") == ["API_NOT_FOUND"]
    assert codes(PAD + "pad.Lengthh = 3\n") == ["API_NOT_FOUND"]


def test_a_name_that_was_removed_since_an_older_freecad_is_told_with_its_successor() -> None:
    found = [each for each in check(BODY + "sketch.Support = None\n") if each.severity == "error"]
    assert [(each.code, each.params["suggestion"]) for each in found] == [
        ("API_NOT_FOUND", "AttachmentSupport")
    ]


def test_properties_that_exist_only_in_cpp_are_known() -> None:
    assert codes(PAD + "pad.Reversed = True\npad.SideType = 'Symmetric'\nx = pad.Length2\n") == []


@pytest.mark.spec("03.61", "03.62", "03.66")
def test_features_without_a_body_get_one_and_are_made_in_it() -> None:
    source = (
        "doc = App.newDocument('m')\nsketch = doc.addObject('Sketcher::SketchObject', 'S')\n"
        "pad = App.ActiveDocument.addObject('PartDesign::Pad', 'Pad')\npad.Profile = sketch\npad.Length = 5\n"
    )
    text = prepare(source).canonical_script
    assert text == (
        "import FreeCAD as App\nimport Part\ndoc = App.newDocument('m')\n"
        "body = App.ActiveDocument.addObject('PartDesign::Body','Body')\n"
        "sketch = body.newObject('Sketcher::SketchObject', 'S')\npad = body.newObject('PartDesign::Pad', 'Pad')\n"
        "pad.Profile = sketch\npad.Length = 5\nbody.Tip = pad\ndoc.recompute()\n"
    )
    assert prepare(text).canonical_script == text
    assert "ViewObject" not in text
    taken = "body = 5\n" + source
    assert (
        "body_2 = App.ActiveDocument.addObject('PartDesign::Body','Body')\n"
        in prepare(taken).canonical_script
    )


@pytest.mark.spec("03.63", "03.108")
def test_the_last_feature_of_a_body_becomes_its_tip_unless_the_script_says_otherwise() -> None:
    more = PAD + "datum = body.newObject('PartDesign::Plane', 'D')\n"
    text = prepare(more).canonical_script
    assert text.endswith("body.Tip = pad\ndoc.recompute()\n")
    assert prepare(text).canonical_script == text
    assert prepare(PAD + "body.Tip = pad\n").canonical_script.count(".Tip") == 1
    looped = (
        BODY
        + "for n in (1, 2):\n    pad = body.newObject('PartDesign::Pad', 'P')\n    pad.Profile = sketch\n"
    )
    assert ".Tip" not in prepare(looped).canonical_script


def test_datums_under_the_names_of_the_specification_are_written_as_freecad_knows_them() -> None:
    source = PAD + "d = body.newObject('PartDesign::DatumPlane', 'D')\n"
    assert "body.newObject('PartDesign::Plane', 'D')" in prepare(source).canonical_script


@pytest.mark.spec("03.94", "03.95", "03.96", "03.97", "03.109")
def test_features_sketches_and_bodies_are_described() -> None:
    source = PAD + (
        "sketch.addConstraint(Sketcher.Constraint('Distance', 0, 10.00000049))\n"
        "sketch.addConstraint([Sketcher.Constraint('Horizontal', 0), Sketcher.Constraint('Horizontal', 2)])\n"
        "pad.TaperAngle = 1 / 3\npocket = body.newObject('PartDesign::Pocket', 'Pocket')\npocket.Profile = sketch\n"
        "pocket.Length = 2.5\nrow = body.newObject('PartDesign::LinearPattern', 'Row')\nrow.Originals = [pocket]\n"
        "row.Length = 40\nrow.Occurrences = 5\n"
    )
    meta = prepare(source).script_meta
    assert {"PartDesign", "Sketcher"} <= set(meta["modules_used"])
    assert meta["partdesign_features"] == [
        {"name": "Pad", "class": "PartDesign::Pad", "body": "Body", "params": {"length_mm": 10, "draft_deg": 0.333333}},
        {"name": "Pocket", "class": "PartDesign::Pocket", "body": "Body", "params": {"depth_mm": 2.5}},
        {"name": "Row", "class": "PartDesign::LinearPattern", "body": "Body",
         "params": {"length_mm": 40, "occurrences": 5, "spacing_mm": 10}},
    ]  # fmt: skip
    (sketch,) = meta["sketches"]
    assert (sketch["name"], sketch["body"]) == ("Sketch", "Body")
    assert {kind: count for kind, count in sketch["constraint_counts"].items() if count} == {
        "Distance": 1,
        "Horizontal": 2,
    }
    assert meta["bodies"] == {
        "count": 1,
        "names": ["Body"],
        "tip_map": {"Body": "Row"},
        "single_solid_ok": None,
    }


@pytest.mark.spec("03.98", "03.99", "03.100", "03.109")
def test_datums_booleans_and_sizes_of_features_are_described() -> None:
    source = PAD + (
        "plane = body.newObject('PartDesign::Plane', 'Plane')\n"
        "plane.AttachmentOffset = App.Placement(App.Vector(0, 0, 12.3456789), App.Rotation())\n"
        "tool = doc.addObject('PartDesign::Body', 'Tool')\njoin = body.newObject('PartDesign::Boolean', 'Join')\n"
        "join.Type = 'Cut'\njoin.setObjects([tool])\nturn = tool.newObject('PartDesign::Revolution', 'Turn')\n"
        "s2 = tool.newObject('Sketcher::SketchObject', 'S2')\nturn.Profile = s2\nturn.Angle = 180\npad.TaperAngle = 2\n"
    )
    meta = prepare(source).script_meta
    assert meta["datums"] == {
        "planes": [{"name": "Plane", "body": "Body", "offsets_mm": [0.0, 0.0, 12.345679]}], "axes": [], "points": [],
    }  # fmt: skip
    assert meta["booleans"] == [
        {"target_body": "Body", "tool_bodies": ["Tool"], "operation": "Cut", "result_single_solid": None}
    ]
    assert meta["dims_mm"] == {"pad_length": 10.0, "draft_deg": 2.0, "revolution_angle_deg": 180.0}


@pytest.mark.spec("03.88", "03.90")
def test_what_only_a_finished_document_tells_has_the_specified_words_too() -> None:
    assert AtolyeError("SKETCH_UNDERCONSTRAINED", dof=3).message_tr == (
        "Belirsizlik: eskiz yeterince kısıtlanmadı (DoF=3). Öneri: eksik kısıtları ekleyin veya boyutları netleştirin."
    )  # fmt: skip
    assert AtolyeError("SKETCH_UNDERCONSTRAINED", dof=3).http_status == 425
    assert AtolyeError("SINGLE_SOLID_VIOLATION", body="Body").message_tr == (
        "Tek katı kuralı ihlali: Body 'Body' birden fazla ayrı katı içeriyor. Öneri: özellikleri birleştirerek tek bir "
        "sürekli katı oluşturun veya ayrı Body kullanın."
    )  # fmt: skip
    assert AtolyeError("SINGLE_SOLID_VIOLATION", body="Body").http_status == 422


def test_a_feature_that_is_handed_to_a_function_may_get_its_profile_there() -> None:
    source = BODY + (
        "def fill(feature):\n    feature.Profile = sketch\npad = body.newObject('PartDesign::Pad', 'Pad')\nfill(pad)\n"
    )
    assert codes(source) == []

"""Feature trees as requests: one meaning for every spelling, and all mistakes named where they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from atolye.designs.families.features import Features
from atolye.designs.features.operations import MOST_OPERATIONS, OPERATIONS
from atolye.designs.service import canonicalise
from atolye.errors import AtolyeError
from tests.closed_forms.feature_cases import CASES, REFUSALS

BLOCK = {"id": "block", "op": "box", "length": 60, "width": 40, "height": 20}


def request(operations: list[Any], parameters: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    inner: dict[str, Any] = {"operations": operations, **more}
    if parameters is not None:
        inner["parameters"] = parameters
    return {"family": "features", "parameters": inner, "material": "steel"}


def fields(operations: list[Any], parameters: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return canonicalise(request(operations, parameters, **more)).fields


def findings(operations: list[Any], parameters: dict[str, Any] | None = None, **more: Any) -> dict[str, str]:
    """Path → code of everything that is wrong."""
    with pytest.raises(AtolyeError) as caught:
        canonicalise(request(operations, parameters, **more))
    found = [caught.value, *caught.value.causes]
    for each in found:
        assert "{" not in each.message_tr + each.message_en
        assert each.message_tr != each.message_en
        assert "?" not in each.message_en
    return {str(each.field): each.code for each in found}


# ---- one meaning -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [*CASES, *REFUSALS], ids=lambda case: case.name)
def test_a_canonical_tree_canonicalises_to_itself(case: Any) -> None:
    once = canonicalise(case.request())
    again = canonicalise(once.as_dict())
    assert again.canonical_json() == once.canonical_json()
    assert again.to_wire() == once.to_wire()
    json.dumps(once.to_wire(), allow_nan=False)


@pytest.mark.spec("02.59")
def test_turkish_and_english_spellings_are_one_request() -> None:
    english = request(
        [
            {"id": "a", "op": "box", "length": "L", "width": "L / 2", "height": 12.5},
            {"op": "fillet", "r": 2, "edges": {"parallel": "z", "expect": 4}},
            {"id": "s", "op": "sketch", "face": "top", "curves": [{"kind": "circle", "diameter": 5}]},
            {"op": "pocket", "through": True},
            {"op": "chamfer", "size": 1, "edges": [1, "Edge3"]},
        ],
        {"L": "60 mm"},
    )
    turkish = {
        "aile": "unsur ağacı",
        "malzeme": "çelik",
        "parametreler": {
            "işlemler": [
                {"ad": "a", "işlem": "kutu", "uzunluk": "L", "genişlik": "L/2", "yükseklik": "12,5"},
                {"işlem": "yuvarla", "yarıçap": "2 mm", "kenarlar": {"paralel": "+Z", "beklenen": 4}},
                {"ad": "s", "işlem": "eskiz", "yüz": "üst", "eğriler": [{"tür": "daire", "çap": "0,5 cm"}]},
                {"işlem": "cep", "boydan boya": "evet"},
                {"işlem": "pah", "ölçü": 1, "kenarlar": {"sıra": [3, 1]}},
            ],
            "parametreler": {"L": "6 cm"},
        },
    }
    assert canonicalise(turkish).sha256 == canonicalise(english).sha256


def test_the_units_of_the_request_are_those_of_bare_numbers_in_expressions_too() -> None:
    operations = [{"op": "box", "length": "L", "width": "L + 1", "height": "n * 2"}]
    inches = {**request(operations, {"L": 2, "n": "3 adet"}), "units": "in"}
    millimetres = request(
        [{"op": "box", "length": "L", "width": "L + 1 in", "height": "n * 2 in"}], {"L": "50.8", "n": 3}
    )
    made, same = canonicalise(inches).fields, canonicalise(millimetres).fields
    sizes = [
        [each["operations"][0][name]["value"] for name in ("length", "width", "height")]
        for each in (made, same)
    ]
    assert sizes == [[50.8, 76.2, 152.4]] * 2
    assert made["parameters"]["L"] == {"value": 50.8, "unit": "mm"}
    assert made["parameters"]["n"] == {"value": 3.0, "unit": ""}


@pytest.mark.spec("02.78")
def test_inches_become_millimetres() -> None:
    made = fields([{"op": "cylinder", "diameter": "2 in", "height": "1 1/2 inch"}])
    assert made["operations"][0]["diameter"] == 50.8
    assert made["operations"][0]["height"] == 38.1


def test_the_order_of_the_parameters_changes_nothing() -> None:
    operations = [{"op": "box", "length": "a", "width": "b", "height": "c"}]
    one = canonicalise(request(operations, {"a": 10, "b": "a + 1", "c": "b * 2"}))
    other = canonicalise(request(operations, {"c": "b * 2", "b": "a + 1", "a": 10}))
    assert one.sha256 == other.sha256
    assert one.to_wire() == other.to_wire()


def test_a_parameter_keeps_its_expression_and_its_value() -> None:
    made = fields([{"op": "sphere", "radius": "t"}], {"L": "100 mm", "t": "L/10"})
    assert made["parameters"]["t"] == {"expression": "L / 10", "value": 10.0, "unit": "mm"}
    assert made["operations"][0]["radius"] == {"expression": "t", "value": 10.0}


def test_an_expression_without_names_is_its_value() -> None:
    assert fields([{"op": "sphere", "radius": "30 mm / 4 + 1"}])["operations"][0]["radius"] == 8.5


def test_parameters_may_be_given_as_angles_and_counts() -> None:
    made = fields(
        [
            {"op": "prism", "sides": "n", "diameter": 20, "height": 5, "rotation": "turn"},
            {"op": "polar_pattern", "axis": "z", "count": "n / 2", "angle": "4 * turn"},
        ],
        {"n": 6, "turn": 30},
    )
    assert made["parameters"] == {"n": {"value": 6.0, "unit": ""}, "turn": {"value": 30.0, "unit": "deg"}}
    assert made["operations"][1]["count"] == {"expression": "n / 2", "value": 3}


@pytest.mark.spec("02.65", "02.66")
@pytest.mark.parametrize(
    ("edges", "canonical"),
    [
        ([1, 3, 3], [{"index": [1, 3]}]),
        ([{"by": "length_gt", "value": "2 cm"}], [{"length_min": 20.0}]),
        ([{"by": "name", "value": "Edge1"}], [{"index": [1]}]),
        ("all", [{"all": True}]),
        (">z", [{"position": "max_z"}]),
        ({"parallel": [0, 0, 2], "near": [1, 2]}, [{"parallel": "z", "near": [1.0, 2.0, 0.0]}]),
    ],
)
def test_edges_are_selected_by_index_name_or_what_they_are(edges: Any, canonical: Any) -> None:
    made = fields([BLOCK, {"op": "fillet", "radius": 2, "edges": edges}])
    assert made["operations"][1]["edges"] == canonical


@pytest.mark.spec("02.63", "02.64")
def test_sections_and_paths_name_sketches_with_their_kind_or_without() -> None:
    sketches = [
        {"id": name, "op": "sketch", "offset": z, "curves": [{"kind": "circle", "diameter": 9}]}
        for name, z in (("low", 0), ("high", 10))
    ]
    made = fields([*sketches, {"op": "loft", "profiles": ["sketch:low", "wire:high"]}])
    assert made["operations"][2]["sections"] == ["low", "high"]


def test_the_family_follows_from_the_operations() -> None:
    raw = {"operations": [BLOCK], "material": "steel"}
    assert canonicalise(raw).family == "features"


def test_what_is_cut_from_one_block_is_as_large_as_the_block() -> None:
    cut = {"op": "cylinder", "diameter": 5, "height": 30, "mode": "cut"}
    assert canonicalise(request([BLOCK, cut])).part.envelope_mm() == (60.0, 40.0, 20.0)
    grown = {"op": "cylinder", "diameter": 5, "height": 30, "mode": "add"}
    assert canonicalise(request([BLOCK, grown])).part.envelope_mm() == (0.0, 0.0, 0.0)


def test_the_example_shows_every_kind_of_thing() -> None:
    made = canonicalise(Features.example)
    assert {operation["op"] for operation in made.fields["operations"]} >= {
        "box",
        "sketch",
        "pocket",
        "fillet",
    }


def test_every_operation_has_a_schema_with_its_name() -> None:
    listed = Features.schema()["properties"]["operations"]["items"]["anyOf"]
    assert [each["properties"]["op"]["enum"][0] for each in listed] == list(OPERATIONS)
    json.dumps(listed, allow_nan=False)


# ---- bodies ----------------------------------------------------------------------------------------


def bodies(operations: list[Any], **more: Any) -> list[tuple[str, str | None, str | None]]:
    plan = canonicalise(request(operations, **more)).to_wire()["design"]["fields"]
    return [(each["id"], each["body"], each["mode"]) for each in plan["operations"]]


def test_primitives_begin_bodies_and_what_follows_acts_on_the_current_one() -> None:
    hole = {"id": "drill", "op": "cylinder", "diameter": 5, "height": 30}
    rounded = {"id": "round", "op": "fillet", "radius": 1, "edges": "all"}
    found = bodies([BLOCK, hole, {"id": "part", "op": "cut", "a": "block", "b": "drill"}, rounded])
    assert found == [
        ("block", "block", "new"),
        ("drill", "drill", "new"),
        ("part", "block", None),
        ("round", "block", None),
    ]


def test_a_pad_begins_a_body_only_when_there_is_none() -> None:
    sketch = {"id": "s", "op": "sketch", "curves": [{"kind": "circle", "diameter": 5}]}
    assert bodies([sketch, {"id": "p", "op": "pad", "length": 5}])[1] == ("p", "p", "new")
    assert bodies([BLOCK, sketch, {"id": "p", "op": "pad", "length": 25}])[2] == ("p", "block", "add")
    apart = bodies(
        [BLOCK, sketch, {"id": "p", "op": "pad", "length": 5, "mode": "new"}], result=["block", "p"]
    )
    assert apart[2] == ("p", "p", "new")


def test_an_operation_without_a_name_gets_one_that_is_free() -> None:
    made = fields([{**BLOCK, "id": "fillet_2"}, {"op": "fillet", "radius": 1, "edges": "all"}])
    assert [each["id"] for each in made["operations"]] == ["fillet_2", "fillet_2a"]


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([BLOCK, {"op": "sphere", "radius": 3}], {"operations": "FEATURE_BODIES_LEFT"}),
        ([BLOCK, {"op": "cut", "b": "drill"}], {"operations[1].b[0]": "FEATURE_UNKNOWN_ID"}),
        ([BLOCK, {"op": "cut", "a": "block", "b": "block"}], {"operations[1].b": "FEATURE_SAME_BODY"}),
        ([BLOCK, BLOCK], {"operations[1].id": "FEATURE_ID_TAKEN"}),
        (
            [{"op": "fillet", "radius": 1, "edges": "all"}],
            {"operations[0].target": "VALIDATION_MISSING_FIELD"},
        ),
        ([BLOCK, {"op": "pad", "length": 3}], {"operations[1].sketch": "VALIDATION_MISSING_FIELD"}),
        (
            [BLOCK, {"op": "pad", "length": 3, "sketch": "block"}],
            {"operations[1].sketch": "FEATURE_WRONG_KIND"},
        ),
        (
            [
                BLOCK,
                {"id": "f", "op": "fillet", "radius": 1, "edges": "all"},
                {"op": "linear_pattern", "of": ["f"], "direction": "x", "count": 2, "spacing": 9},
            ],
            {"operations[2].of[0]": "FEATURE_WRONG_KIND"},
        ),
        (
            [
                BLOCK,
                {"id": "k", "op": "sphere", "radius": 3},
                {"op": "fuse", "a": "block", "b": "k"},
                {"op": "fillet", "target": "k", "radius": 1, "edges": "all"},
            ],
            {"operations[3].target": "FEATURE_BODY_USED_UP"},
        ),
        (
            [BLOCK, {"op": "sketch", "curves": [{"kind": "circle", "diameter": 5}]}],
            {"operations[1]": "FEATURE_SKETCH_UNUSED"},
        ),
        (
            [{"op": "sketch", "curves": [{"kind": "circle", "diameter": 5}]}],
            {"operations": "FEATURE_NO_BODY", "operations[0]": "FEATURE_SKETCH_UNUSED"},
        ),
    ],
)
def test_a_tree_that_hangs_together_badly_is_refused(operations: list[Any], expected: dict[str, str]) -> None:
    found = findings(operations)
    assert expected.items() <= found.items()


# ---- mistakes --------------------------------------------------------------------------------------


def test_everything_that_is_wrong_is_found_at_once() -> None:
    found = findings(
        [
            {"op": "box", "length": "L * L", "width": "Lx", "height": "2000 mm"},
            {"op": "filet", "radius": 2, "edges": [1]},
            {"op": "fillet", "radius": 2, "edgs": [1]},
        ],
        {"L": "100 mm", "a": "b", "b": "a", "q": "L + zz", "sqrt": 3, "x y": 1},
    )
    assert found == {
        "operations[0].length": "FEATURE_EXPRESSION_UNITS",
        "operations[0].width": "FEATURE_UNKNOWN_NAME",
        "operations[0].height": "VALIDATION_RANGE_VIOLATION",
        "operations[1].op": "VALIDATION_UNKNOWN_VALUE",
        "operations[2].edgs": "VALIDATION_UNKNOWN_FIELD",
        "operations[2].edges": "VALIDATION_MISSING_FIELD",
        "parameters.a": "FEATURE_PARAMETER_CYCLE",
        "parameters.q": "FEATURE_UNKNOWN_NAME",
        "parameters.sqrt": "FEATURE_NAME_INVALID",
        "parameters.x y": "FEATURE_NAME_INVALID",
    }


def test_a_cycle_is_shown_and_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(AtolyeError) as caught:
        canonicalise(
            request([{"op": "sphere", "radius": "widht"}], {"width": 3, "p": "q", "q": "r", "r": "p"})
        )
    by_code = {each.code: each for each in (caught.value, *caught.value.causes)}
    assert "p → q → r → p" in by_code["FEATURE_PARAMETER_CYCLE"].message_en
    assert by_code["FEATURE_UNKNOWN_NAME"].details["candidates"] == ["width"]


@pytest.mark.parametrize(
    ("radius", "parameters", "code"),
    [
        ("r", {"r": 2000}, "VALIDATION_RANGE_VIOLATION"),
        ("r - 4", {"r": 4}, "VALIDATION_RANGE_VIOLATION"),
        ("r / 0", {"r": 4}, "FEATURE_EXPRESSION_VALUE"),
        ("angle", {"angle": "30 deg"}, "FEATURE_EXPRESSION_UNITS"),
        ({"expression": "r * 2", "value": 9}, {"r": 4}, "FEATURE_VALUE_DIFFERS"),
        ("5 furlong", {}, "VALIDATION_UNIT_MISMATCH"),
    ],
)
def test_a_value_that_cannot_be_is_refused_where_it_is_used(radius: Any, parameters: Any, code: str) -> None:
    assert findings([{"op": "sphere", "radius": radius}], parameters) == {"operations[0].radius": code}


def test_a_count_must_come_out_whole() -> None:
    pattern = {"op": "polar_pattern", "axis": "z", "count": "n / 2"}
    assert findings([BLOCK, pattern], {"n": 5}) == {"operations[1].count": "VALIDATION_NOT_INTEGER"}


@pytest.mark.parametrize(
    ("operation", "path", "code"),
    [
        ({"op": "cylinder", "diameter": 4, "radius": 2, "height": 9}, ".radius", "VALIDATION_CONFLICT"),
        ({"op": "torus", "minor_radius": 2}, ".major_radius", "VALIDATION_MISSING_FIELD"),
        ({"op": "box", "length": 0.05, "width": 1, "height": 1}, ".length", "VALIDATION_RANGE_VIOLATION"),
        ({"op": "sphere", "radius": 3, "position": [1]}, ".position", "VALIDATION_INVALID_TYPE"),
        ({"op": "sphere", "radius": 3, "axis": "w"}, ".axis", "VALIDATION_UNKNOWN_VALUE"),
        ({"op": "sphere", "radius": 3, "axis": [0, 0, 0]}, ".axis", "VALIDATION_INVALID_TYPE"),
        ({"radius": 3}, ".op", "VALIDATION_MISSING_FIELD"),
        (
            {"op": "draft", "angle": 60, "faces": 1, "neutral_plane": "xy"},
            ".angle",
            "VALIDATION_RANGE_VIOLATION",
        ),
        ({"op": "fillet", "radius": 1, "edges": {}}, ".edges", "FEATURE_SELECTOR_EMPTY"),
        ({"op": "fillet", "radius": 1, "edges": {"expect": 2}}, ".edges", "FEATURE_SELECTOR_EMPTY"),
        (
            {"op": "fillet", "radius": 1, "edges": {"by": "colour", "value": 1}},
            ".edges.by",
            "VALIDATION_UNKNOWN_VALUE",
        ),
        (
            {"op": "linear_pattern", "direction": "x", "count": 2, "spacing": 9, "direction2": "y"},
            ".count2",
            "VALIDATION_MISSING_FIELD",
        ),
    ],
)
def test_a_wrong_field_is_named_by_its_path(operation: dict[str, Any], path: str, code: str) -> None:
    assert findings([BLOCK, operation])[f"operations[1]{path}"] == code


def test_there_is_a_most_of_operations() -> None:
    too_many = [{**BLOCK, "id": f"b{number}"} for number in range(MOST_OPERATIONS + 1)]
    assert findings(too_many) == {"operations": "VALIDATION_TOO_MANY"}


# ---- sketches --------------------------------------------------------------------------------------


def drawn(*curves: dict[str, Any], constraints: Any = None, parameters: Any = None) -> dict[str, Any]:
    sketch: dict[str, Any] = {"id": "s", "op": "sketch", "curves": list(curves)}
    if constraints is not None:
        sketch["constraints"] = constraints
    wire = canonicalise(request([sketch, {"op": "pad", "length": 5}], parameters)).to_wire()
    found: dict[str, Any] = wire["design"]["fields"]["operations"][0]
    return found


def sketch_findings(*curves: dict[str, Any], constraints: Any = None) -> dict[str, str]:
    sketch: dict[str, Any] = {"id": "s", "op": "sketch", "curves": list(curves)}
    if constraints is not None:
        sketch["constraints"] = constraints
    return findings([sketch, {"op": "pad", "length": 5}])


def test_a_rectangle_is_four_lines_that_the_parameters_drive() -> None:
    curves = drawn({"kind": "rectangle", "width": "w", "height": 10}, parameters={"w": 30})["curves"]
    assert [curve["kind"] for curve in curves] == ["line"] * 4
    assert curves[0]["start"] == [{"expression": "0 mm - w / 2", "value": -15.0}, -5.0]
    assert curves[0]["end"] == [{"expression": "w / 2", "value": 15.0}, -5.0]


def test_an_arc_drawn_clockwise_keeps_the_names_of_its_ends() -> None:
    arc = {"kind": "arc", "id": "a", "start": [0, 5], "end": [5, 0], "center": [0, 0], "clockwise": True}
    lines = [
        {"kind": "line", "start": [5, 0], "end": [0, 0]},
        {"kind": "line", "start": [0, 0], "end": [0, 5]},
    ]
    plan = drawn(arc, *lines, constraints=[{"type": "coincident", "a": "a.end", "b": "c2.start"}])
    assert plan["curves"][0]["start"] == [5.0, 0.0]  # curves of a sketch run counter-clockwise
    assert plan["constraints"] == [{"type": "coincident", "of": [[0, 1], [1, 1]]}]


def test_an_angle_is_read_as_an_angle_and_a_distance_as_a_length() -> None:
    triangle = {"kind": "polyline", "id": "t", "points": [[0, 0], [10, 0], [0, 10]]}
    plan = drawn(
        triangle,
        constraints=[
            {"type": "angle", "a": "t.1", "b": "t.2", "value": 135},
            {"type": "uzunluk", "a": "t.1", "value": "1 cm"},
            {"type": "distance_y", "a": "t.3.start", "value": "-3"},
        ],
    )
    assert [each["value"] for each in plan["constraints"]] == [135, 10.0, -3.0]


@pytest.mark.parametrize(
    ("curve", "code"),
    [
        ({"kind": "line", "start": [1, 1], "end": [1, 1]}, "FEATURE_CURVE_DEGENERATE"),
        ({"kind": "arc", "start": [0, 0], "end": [5, 0]}, "FEATURE_ARC_FORM"),
        ({"kind": "arc", "start": [0, 0], "end": [5, 0], "center": [9, 9], "radius": 3}, "FEATURE_ARC_FORM"),
        ({"kind": "arc", "start": [5, 0], "end": [0, 7], "center": [0, 0]}, "FEATURE_ARC_MISMATCH"),
        ({"kind": "arc", "start": [0, 0], "end": [10, 0], "radius": 3}, "FEATURE_EXPRESSION_VALUE"),
        ({"kind": "arc", "start": [0, 0], "through": [5, 0], "end": [10, 0]}, "FEATURE_EXPRESSION_VALUE"),
        ({"kind": "slot", "start": [0, 0], "end": [0, 0], "width": 4}, "FEATURE_CURVE_DEGENERATE"),
    ],
)
def test_a_curve_that_cannot_be_drawn_is_refused(curve: dict[str, Any], code: str) -> None:
    assert sketch_findings(curve) == {"operations[0].curves[0]": code}


def test_a_spline_takes_no_parameters() -> None:
    found = findings(
        [
            {"op": "sketch", "curves": [{"kind": "spline", "points": [[0, 0], ["w", 3], [9, 0]]}]},
            {"op": "pad", "length": 4},
        ],
        {"w": 4},
    )
    assert found == {"operations[0].curves[0].points[1][0]": "FEATURE_NOT_DRIVEN"}


@pytest.mark.parametrize(
    ("constraint", "path", "code"),
    [
        ({"type": "concentric", "a": "c1", "b": "c2"}, ".type", "VALIDATION_UNKNOWN_VALUE"),
        ({"type": "horizontal", "a": "c9"}, "", "FEATURE_UNKNOWN_CURVE"),
        ({"type": "distance", "a": "c1"}, "", "FEATURE_CONSTRAINT_OPERANDS"),
        ({"type": "coincident", "a": "c1", "b": "c2.start"}, "", "FEATURE_CONSTRAINT_OPERANDS"),
        ({"type": "horizontal", "a": "c1", "value": 3}, "", "FEATURE_CONSTRAINT_OPERANDS"),
        ({"type": "distance", "a": "c1", "value": -3}, ".value", "VALIDATION_RANGE_VIOLATION"),
    ],
)
def test_a_constraint_on_the_wrong_things_is_refused(constraint: Any, path: str, code: str) -> None:
    line = {"kind": "line", "start": [0, 0], "end": [9, 0]}
    found = sketch_findings(line, {**line, "end": [0, 9]}, constraints=[constraint])
    assert found == {f"operations[0].constraints[0]{path}": code}

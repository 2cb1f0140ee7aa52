"""The families: what they say of themselves, what they resolve, what the kernel gets."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from atolye.designs import envelope, families
from atolye.designs.families import registry, spur_gear
from atolye.designs.fields import LARGEST_SIZE_MM, SMALLEST_SIZE_MM, Length
from atolye.designs.service import canonicalise
from atolye.errors import AtolyeError

FAMILIES = registry()
KERNEL_FIELDS = {
    "block_with_hole": {"length", "width", "height", "hole_diameter"},
    "plate": {"length", "width", "thickness", "corner_radius", "holes"},
    "box": {"length", "width", "height"},
    "cylinder": {"diameter", "length"},
    "cone": {"base_diameter", "top_diameter", "height"},
    "sphere": {"diameter"},
    "flange": {
        "outer_diameter", "thickness", "bore_diameter",
        "bolt_circle_diameter", "bolt_count", "bolt_hole_diameter",
    },
    "features": {"parameters", "operations", "result"},
    "shaft": {"steps", "chamfer", "keyway"},
    "tube": {"outer_diameter", "inner_diameter", "length"},
    "l_bracket": {"leg_a", "leg_b", "width", "thickness", "fillet_radius"},
    "enclosure": {"length", "width", "height", "wall_thickness", "open_top"},
    "hex_screw": {"designation", "diameter", "length", "head_height", "across_flats", "pitch"},
    "hex_nut": {"designation", "diameter", "height", "across_flats", "pitch"},
    "deep_groove_bearing": {
        "designation", "bore", "outer_diameter", "width", "ball_count", "ball_diameter", "pitch_diameter",
        "inner_shoulder_diameter", "outer_shoulder_diameter", "groove_radius",
    },
    "spur_gear": {
        "module", "teeth", "face_width", "bore_diameter", "pressure_angle_deg", "profile_shift",
    },
}  # fmt: skip
"""The contract with the builders, as docs/architecture.md states it."""


def kernel_fields(**raw: Any) -> dict[str, Any]:
    return canonicalise({"material": "steel", **raw}).to_wire()["design"]["fields"]


def refusals(**raw: Any) -> dict[str | None, AtolyeError]:
    with pytest.raises(AtolyeError) as caught:
        canonicalise({"material": "steel", **raw})
    return {each.field: each for each in (caught.value, *caught.value.causes)}


def test_every_module_of_the_package_is_a_family_with_a_builder_of_its_name() -> None:
    here = Path(families.__file__).parent
    modules = {path.stem for path in here.glob("*.py")} - {"__init__"}
    builders = here.parents[1] / "kernel" / "build"
    assert set(FAMILIES) == modules == set(KERNEL_FIELDS)
    assert modules <= {path.stem for path in builders.glob("*.py")}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_the_builder_gets_exactly_its_fields(family: str) -> None:
    fields = canonicalise(FAMILIES[family].example).to_wire()["design"]["fields"]
    assert set(fields) == KERNEL_FIELDS[family]


@pytest.mark.parametrize("family", sorted(FAMILIES))
@pytest.mark.parametrize("language", ["tr", "en"])
def test_a_family_describes_itself_in_both_languages(family: str, language: str) -> None:
    described = FAMILIES[family].describe(language)
    json.dumps(described, allow_nan=False)
    assert described["key"] == family
    assert described["title"] == described[f"title_{language}"]
    assert described["frame"]
    assert [field["name"] for field in described["fields"]] == list(described["schema"]["properties"])
    for field in described["fields"]:
        assert field["names_tr"]
        assert field["names_en"]
    required = {field["name"] for field in described["fields"] if field["required"]}
    assert required == set(described["schema"]["required"])


@pytest.mark.spec("06.27")
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_turkish_name_of_a_field_is_understood(family: str) -> None:
    """The example in Turkish is the example."""
    model = FAMILIES[family]
    turkish = {
        (model.specs()[key].tr[0] if key in model.specs() else key): value
        for key, value in model.example.items()
    }
    turkish["family"] = model.title.tr.upper()
    assert canonicalise(turkish).sha256 == canonicalise(model.example).sha256


def test_no_name_of_a_field_is_a_name_of_what_surrounds_it() -> None:
    assert len(envelope.names()) > 50  # building the table fails on a clash
    for family in FAMILIES.values():
        clash = envelope.names().keys() & family.names().keys()
        assert {envelope.names()[word] for word in clash} <= {"parameters"}  # free again inside of it


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_size_has_the_range_of_a_size(family: str) -> None:
    for name, spec in FAMILIES[family].specs().items():
        if isinstance(spec, Length):
            assert (spec.minimum, spec.maximum) == (SMALLEST_SIZE_MM, LARGEST_SIZE_MM), name


# ---- one by one ----------------------------------------------------------------------------------


def test_a_tube_by_its_wall_is_the_tube_by_its_inner_diameter() -> None:
    by_wall = canonicalise(
        {"family": "tube", "outer_diameter": 30, "wall_thickness": 2.5, "length": 9, "material": "pla"}
    )
    by_bore = canonicalise(
        {"family": "tube", "outer_diameter": 30, "inner_diameter": 25, "length": 9, "material": "pla"}
    )
    assert by_wall.sha256 == by_bore.sha256


def test_a_plain_shaft_is_a_shaft_of_one_step() -> None:
    plain = canonicalise({"family": "shaft", "diameter": 20, "length": 50, "material": "C45"})
    stepped = canonicalise({"family": "shaft", "steps": [{"diameter": 20, "length": 50}], "material": "C45"})
    assert plain.sha256 == stepped.sha256
    assert plain.to_wire()["design"]["fields"]["keyway"] is None


def test_a_shaft_is_given_either_by_steps_or_by_one_diameter() -> None:
    found = refusals(family="shaft", steps=[{"diameter": 20, "length": 50}], diameter=20)
    assert found["diameter"].code == "VALIDATION_CONFLICT"


def test_a_keyway_follows_din_6885_and_sits_in_the_middle_of_its_step() -> None:
    steps = [{"diameter": 20, "length": 30}, {"diameter": 30, "length": 60}]
    keyway = kernel_fields(family="shaft", steps=steps, keyway={"step": 2, "length": 36})["keyway"]
    assert keyway == {"length": 36.0, "width": 8.0, "depth": 4.0, "position": 60.0, "step": 2}


def test_a_keyway_is_in_the_step_that_its_position_is_in() -> None:
    steps = [{"diameter": 20, "length": 30}, {"diameter": 30, "length": 60}]
    keyway = kernel_fields(family="shaft", steps=steps, keyway={"position": 14, "length": 20})["keyway"]
    assert (keyway["step"], keyway["width"]) == (1, 6.0)
    assert "keyway.step" in refusals(family="shaft", steps=steps, keyway={"length": 20})


@pytest.mark.parametrize(
    ("keyway", "field", "code"),
    [
        ({"length": 10, "width": 20}, "keyway.width", "VALIDATION_TOO_LARGE"),
        ({"length": 20, "depth": 10}, "keyway.depth", "VALIDATION_TOO_LARGE"),
        ({"length": 6}, "keyway.length", "VALIDATION_TOO_SMALL"),
        ({"length": 48.5}, "keyway.position", "VALIDATION_KEYWAY_POSITION"),  # the chamfers need their room
        ({"length": 20, "position": 9}, "keyway.position", "VALIDATION_KEYWAY_POSITION"),
        ({"length": 20, "step": 2}, "keyway.step", "VALIDATION_TOO_MANY"),
        ({"length": 20, "step": 0}, "keyway.step", "VALIDATION_RANGE_VIOLATION"),
    ],
)
def test_a_keyway_must_fit_its_step(keyway: dict[str, Any], field: str, code: str) -> None:
    found = refusals(family="shaft", diameter=20, length=50, chamfer=1, keyway=keyway)
    assert found[field].code == code


@pytest.mark.parametrize("open_top", [True, False])
def test_the_walls_of_an_enclosure_leave_room_inside(open_top: bool) -> None:
    limit = 20 if open_top else 10
    walls = {"family": "enclosure", "length": 90, "width": 60, "height": 20, "open_top": open_top}
    assert kernel_fields(**walls, wall_thickness=limit - 0.1)["wall_thickness"] == limit - 0.1
    assert "wall_thickness" in refusals(**walls, wall_thickness=limit)


def test_an_enclosure_says_whether_it_is_open() -> None:
    walls = {"family": "enclosure", "length": 90, "width": 60, "height": 20, "wall_thickness": 2}
    assert refusals(**walls)["open_top"].code == "VALIDATION_MISSING_FIELD"
    assert kernel_fields(**walls, open_top="evet")["open_top"] is True
    assert kernel_fields(**walls, open_top="kapalı")["open_top"] is False
    assert refusals(**walls, open_top="belki")["open_top"].code == "VALIDATION_INVALID_TYPE"


def test_a_bracket_with_a_fillet_as_large_as_its_shorter_leg_is_refused() -> None:
    legs = {"family": "l_bracket", "leg_a": 50, "leg_b": 40, "width": 30, "thickness": 5}
    assert kernel_fields(**legs, fillet_radius=34.9)["fillet_radius"] == 34.9
    assert "fillet_radius" in refusals(**legs, fillet_radius=35)
    assert "thickness" in refusals(**{**legs, "thickness": 40})


@pytest.mark.parametrize("text", ["M8x20", "M8×20", "m8*20", "M 8 X 20", "M8x20 mm", "M8x20.0"])
@pytest.mark.spec("06.16")
def test_a_screw_is_named_as_on_its_box(text: str) -> None:
    named = canonicalise({"family": "hex_screw", "size": text})
    apart = canonicalise({"family": "vida", "boyut": "M8", "uzunluk": "2 cm", "units": "inch"})
    assert named.sha256 == apart.sha256
    assert named.fields == {"size": "M8x20", "standard": "ISO 4017"}


@pytest.mark.spec("06.16")
def test_din_and_iso_screws_differ_where_the_standards_do() -> None:
    din = kernel_fields(family="hex_screw", size="M10x40", standard="DIN 933")
    iso = kernel_fields(family="hex_screw", size="M10x40", standard="iso 4017")
    assert (din["across_flats"], iso["across_flats"]) == (17.0, 16.0)
    assert din["head_height"] == iso["head_height"] == 6.4
    assert din["designation"] == "DIN 933 M10x40"


@pytest.mark.spec("06.18")
@pytest.mark.parametrize(
    ("raw", "field", "known"),
    [
        ({"family": "hex_screw", "size": "M9x20"}, "size", "M8"),
        ({"family": "hex_nut", "size": "M8x20"}, "size", "M8"),
        ({"family": "hex_nut", "size": "large"}, "size", "M8"),
        ({"family": "deep_groove_bearing", "code": "6299"}, "code", "6204"),
    ],
)
def test_an_unknown_size_of_a_standard_part_lists_the_known_ones(
    raw: dict[str, Any], field: str, known: str
) -> None:
    error = refusals(**raw)[field]
    assert (error.http_status, error.code) == (422, "VALIDATION_UNKNOWN_SIZE")
    assert known in error.message_tr


def test_a_screw_needs_a_length() -> None:
    assert refusals(family="hex_screw", size="M8")["length"].code == "VALIDATION_MISSING_FIELD"
    assert refusals(family="hex_screw", size="M8x20", length=20)["length"].code == "VALIDATION_CONFLICT"


def test_a_standard_part_has_the_material_of_its_standard_unless_another_is_given() -> None:
    request = canonicalise({"family": "hex_screw", "size": "M8x20"})
    assert request.material.key == "steel_property_class_8_8"
    assert "STANDARD_MATERIAL" in {each.code for each in request.warnings}
    assert canonicalise({"family": "hex_screw", "size": "M8x20", "material": "A2"}).material.key.startswith(
        "stainless"
    )


@pytest.mark.spec("06.17")
def test_a_bearing_has_the_sizes_of_its_code() -> None:
    fields = kernel_fields(family="rulman", kod=6204)
    assert (fields["bore"], fields["outer_diameter"], fields["width"]) == (20.0, 47.0, 14.0)
    assert fields["designation"] == "DIN 625 6204"


# ---- gears ---------------------------------------------------------------------------------------


def tip_thickness_by_walking(module: float, teeth: int, alpha_deg: float, shift: float) -> float:
    """Walks along the involute from the pitch circle to the tip circle; no involute function."""
    alpha = math.radians(alpha_deg)
    base = module * teeth / 2 * math.cos(alpha)
    tip = module * (teeth + 2 + 2 * shift) / 2

    def polar(radius: float) -> float:
        roll = math.sqrt((radius / base) ** 2 - 1)  # length of the unwound thread over the base radius
        x = math.cos(roll) + roll * math.sin(roll)
        y = math.sin(roll) - roll * math.cos(roll)
        return math.atan2(y, x)

    half_at_pitch = math.pi / (2 * teeth) + 2 * shift * math.tan(alpha) / teeth
    return 2 * tip * (half_at_pitch + polar(base / math.cos(alpha)) - polar(tip))


@pytest.mark.parametrize(
    ("teeth", "alpha", "shift"), [(20, 20, 0), (12, 20, 0.3), (60, 14.5, -0.2), (9, 25, 0.5)]
)
def test_the_thickness_at_the_tip_is_that_of_the_involute(teeth: int, alpha: float, shift: float) -> None:
    stated = spur_gear.tip_thickness_mm(2, teeth, alpha, shift)
    assert stated == pytest.approx(tip_thickness_by_walking(2, teeth, alpha, shift), rel=1e-9)


@pytest.mark.parametrize(("teeth", "undercut"), [(10, True), (15, True), (17, False), (24, False)])
def test_undercut_is_a_doubt_below_seventeen_teeth(teeth: int, undercut: bool) -> None:
    raw = {"family": "spur_gear", "module": 2, "teeth": teeth, "face_width": 10, "material": "C45"}
    codes = {each.code for each in canonicalise(raw).warnings if each.severity == "warning"}
    assert ("GEAR_UNDERCUT" in codes) is undercut


def test_a_gear_notes_its_standard_values_and_an_unusual_module() -> None:
    raw = {"family": "spur_gear", "module": "2.1", "teeth": 24, "face_width": 10, "material": "C45"}
    notes = {each.field: each for each in canonicalise(raw).warnings}
    assert notes["pressure_angle_deg"].value == 20.0
    assert (notes["module"].code, notes["module"].because) == ("NOT_PREFERRED", "ISO 54")


def test_a_module_is_in_millimetres_whatever_the_units() -> None:
    assert kernel_fields(family="spur_gear", module=2, teeth=24, face_width=1, units="inch")["module"] == 2.0


def test_a_gear_larger_than_a_metre_is_refused() -> None:
    assert "module" in refusals(family="spur_gear", module=20, teeth=50, face_width=10)


def test_angles_may_be_radians() -> None:
    radians = kernel_fields(
        family="spur_gear", module=2, teeth=24, face_width=9, pressure_angle_deg="0.3490658503988659 rad"
    )
    assert radians["pressure_angle_deg"] == 20.0

"""Each process asks of a part what it can make; findings are told in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from atolye.designs.manufacturing import processes, rules_for, word_finding
from atolye.designs.materials import materials
from atolye.designs.processes import processes as known_processes
from atolye.errors import entry

OFFERED = [
    (process, material.key, material.group)
    for material in materials().values()
    for process in sorted(material.processes)
]
RULES = {
    "min_wall_mm",
    "min_draft_deg",
    "mould_release",
    "tool_access",
    "min_internal_radius_mm",
    "max_hole_depth_ratio",
    "max_overhang_deg",
    "max_bridge_mm",
}


def rules(process: str, material: str, **options: Any) -> dict[str, float]:
    found = rules_for(process, material=material, group=materials()[material].group, **options)
    assert found is not None
    return found


@pytest.mark.parametrize(("process", "material", "group"), OFFERED)
def test_every_process_that_is_offered_for_a_material_has_rules_for_it(
    process: str, material: str, group: str
) -> None:
    found = rules_for(process, material=material, group=group)
    assert found
    assert set(found) <= RULES
    assert all(value > 0 for value in found.values())
    assert 0.3 <= found["min_wall_mm"] <= 6


def test_every_process_of_the_catalogue_is_known() -> None:
    assert set(known_processes()) <= set(processes())


@pytest.mark.spec("06.09", "06.08")
@pytest.mark.parametrize(
    ("process", "material", "wall_mm"),
    [
        ("milling", "aluminium_6061_t6", 0.8),
        ("turning", "aluminium_7075_t6", 0.8),
        ("milling", "steel_s235jr", 0.5),
        ("laser_cutting", "steel_s355j2", 0.5),
        ("3d_printing", "abs", 1.2),
        ("injection_molding", "abs", 1.2),
        ("milling", "abs", 1.2),
        ("3d_printing", "pla", 0.8),
        ("injection_molding", "pla", 0.8),
    ],
)
def test_walls_are_as_thin_as_the_specification_allows(process: str, material: str, wall_mm: float) -> None:
    assert rules(process, material)["min_wall_mm"] == wall_mm


@pytest.mark.spec("06.10")
def test_draft_of_moulded_parts_is_one_to_two_degrees_by_material() -> None:
    moulded = [one.key for one in materials().values() if "injection_molding" in one.processes]
    drafts = {key: rules("injection_molding", key)["min_draft_deg"] for key in moulded}
    assert min(drafts.values()) == 1.0
    assert max(drafts.values()) == 2.0


@pytest.mark.spec("06.11")
def test_inner_corners_go_by_the_slimmest_tool_of_the_machine() -> None:
    assert rules("milling", "aluminium_6061_t6", tool_diameter_mm=8.0)["min_internal_radius_mm"] == 4.0
    assert rules("milling", "aluminium_6061_t6")["min_internal_radius_mm"] == 1.5


@pytest.mark.spec("06.12")
def test_printing_allows_45_degrees_and_bridges_of_10_mm() -> None:
    found = rules("3d_printing", "petg")
    assert (found["max_overhang_deg"], found["max_bridge_mm"]) == (45.0, 10.0)


@pytest.mark.parametrize(
    "process", ["turning", "grinding", "laser_cutting", "waterjet_cutting", "sheet_metal"]
)
def test_no_tool_along_z_is_asked_of_other_processes(process: str) -> None:
    found = rules(process, "steel_s235jr")
    assert not {"tool_access", "min_internal_radius_mm", "min_draft_deg", "max_overhang_deg"} & set(found)


@pytest.mark.parametrize(
    ("process", "group"), [("forging", "steel"), ("injection_molding", "steel"), ("3d_printing", "titanium")]
)
def test_a_process_without_rules_for_a_material_checks_nothing(process: str, group: str) -> None:
    assert rules_for(process, material="unheard_of", group=group) is None


def test_a_new_material_goes_by_its_group() -> None:
    assert rules_for("milling", material="unheard_of", group="steel") == rules("milling", "steel_s235jr")


FINDINGS = {
    "WALL_TOO_THIN": (0.6, 0.8, "mm", "0,6 mm", "0.6 mm"),
    "DRAFT_TOO_SMALL": (0.25, 1.5, "deg", "0,25°", "0.25°"),
    "TOOL_NO_ACCESS": (0.125, 1.0, "1", "%12,5", "12.5 %"),
    "INTERNAL_RADIUS_TOO_SMALL": (0.0, 1.5, "mm", "0 mm", "0 mm"),
    "HOLE_TOO_DEEP": (12.5, 10.0, "1", "12,5 katı", "12.5 times"),
    "UNDERCUT_NEEDS_SLIDE": (0.5, 1.0, "1", "%50", "50 %"),
    "OVERHANG_NEEDS_SUPPORT": (52.35, 45.0, "deg", "52,4°", "52.4°"),
    "BRIDGE_TOO_LONG": (30.0, 10.0, "mm", "30 mm", "30 mm"),
}


def finding(code: str, **more: Any) -> dict[str, Any]:
    measured, required, unit, _, _ = FINDINGS[code]
    return {
        "code": code,
        "severity": "error" if entry(code).http_status == 422 else "warning",
        "point_mm": [25.3, 20.0, 5.0],
        "face": "Face7",
        "measured": measured,
        "required": required,
        "unit": unit,
        **more,
    }


@pytest.mark.spec("06.13")
@pytest.mark.parametrize("code", FINDINGS)
def test_a_finding_is_told_with_its_numbers_in_turkish_and_in_english(code: str) -> None:
    _, _, _, turkish, english = FINDINGS[code]
    told = word_finding(finding(code))
    assert turkish in told["message_tr"]
    assert english in told["message_en"]
    assert "Face7" in told["message_tr"]
    assert "Face7" in told["message_en"]


@pytest.mark.parametrize("code", FINDINGS)
def test_a_finding_names_what_it_rests_on(code: str) -> None:
    told = word_finding(finding(code, other_face="Face8"))
    assert told["field"] == "Face7, Face8"
    assert told["value"] == FINDINGS[code][0]
    assert re.fullmatch(r"\(25\.3, 20, 5\) mm; limit [\d.]+( mm| °)?", told["because"])
    assert finding(code).items() <= told.items()


def test_broken_rules_fail_with_422_and_say_how_many() -> None:
    failure = entry("VALIDATION_MANUFACTURABILITY")
    assert failure.http_status == 422
    assert "{count}" in failure.message_tr
    assert "{count}" in failure.message_en

"""Every part family is what its formula says: as built, and after its document has been edited in FreeCAD."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from atolye.errors import AtolyeError
from tests.closed_forms.family_cases import CASES, GEARS, REFUSED, Case
from tests.closed_forms.masses import Mass, body
from tests.closed_forms.parts import CLEARANCE_MM, TRUTHS, Truth
from tests.support.families import STEP_CASES, Families, measured_families, service_parts
from tests.support.readers import step_volume_mm3

pytestmark = pytest.mark.engine

ANALYTIC = 1e-9
ROUNDED_POSITIONS = 1e-8  # positions on bolt circles come rounded to 1e-6 mm
CROSSED_CYLINDERS = 2e-7  # OCCT approximates the curve in which a keyway's round end meets the shaft
BY_NAME = {case.name: case for case in (*CASES, *GEARS)}

as_built = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
MOMENTS = [(case, "built") for case in CASES] + [(case, "changed") for case in CASES if case.edits]
at_both_moments = pytest.mark.parametrize(
    ("case", "moment"), MOMENTS, ids=[f"{case.name}-{moment}" for case, moment in MOMENTS]
)


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> Families:
    """All parts, built and measured inside the engine; once for the whole test run."""
    return measured_families(tmp_path_factory)


def _truth(case: Case, moment: str) -> Truth:
    return TRUTHS[case.family](case.fields if moment == "built" else case.fields_after)


def _tolerance(case: Case) -> float:
    if case.fields.get("keyway"):
        return CROSSED_CYLINDERS
    rings = any(group["kind"] == "bolt_circle" for group in case.fields.get("holes", ()))
    return ROUNDED_POSITIONS if rings else ANALYTIC


def _mass(measured: dict[str, Any]) -> Mass:
    """The solids that FreeCAD measured, each by itself, put together after Steiner."""
    whole = Mass(0.0, np.zeros(3), np.zeros((3, 3)))
    for solid in measured["solids"]:
        inertia = np.array(solid["inertia"])
        second = np.trace(inertia) / 2 * np.eye(3) - inertia
        whole += body(solid["volume"], solid["centre"], second)
    return whole


@at_both_moments
@pytest.mark.spec("06.04")
def test_volume_and_surface_are_those_of_the_formula(families: Families, case: Case, moment: str) -> None:
    measured, truth, tolerance = families.cases[case.name][moment], _truth(case, moment), _tolerance(case)
    assert measured["volume"] == pytest.approx(truth.mass.volume, rel=tolerance)
    assert measured["area"] == pytest.approx(truth.area, rel=2 * tolerance)


@at_both_moments
def test_centre_of_mass_and_inertia_are_those_of_the_formula(
    families: Families, case: Case, moment: str
) -> None:
    mass, truth, tolerance = _mass(families.cases[case.name][moment]), _truth(case, moment), _tolerance(case)
    size = max(np.ptp(np.array(truth.box), axis=0))
    assert mass.centre == pytest.approx(truth.mass.centre, abs=tolerance * size)
    assert mass.inertia == pytest.approx(truth.mass.inertia, abs=tolerance * np.abs(truth.mass.inertia).max())


@at_both_moments
def test_the_part_lies_where_its_frame_says(families: Families, case: Case, moment: str) -> None:
    measured = families.cases[case.name][moment]["box"]
    assert np.array(measured) == pytest.approx(np.array(_truth(case, moment).box, dtype=float), abs=2e-7)


@at_both_moments
def test_the_part_is_valid_and_closed_and_of_as_many_solids_as_it_should_be(
    families: Families, case: Case, moment: str
) -> None:
    measured = families.cases[case.name][moment]
    fields = case.fields if moment == "built" else case.fields_after
    assert measured["valid"]
    assert measured["closed"]
    assert len(measured["solids"]) == (2 + fields["ball_count"] if "ball_count" in fields else 1)
    assert all(solid["volume"] > 0 for solid in measured["solids"])


@pytest.mark.parametrize("case", [c for c in (*CASES, *GEARS) if c.edits], ids=lambda case: case.name)
def test_everything_recomputes_after_an_edit_of_the_reopened_document(families: Families, case: Case) -> None:
    assert families.cases[case.name]["changed"]["unhappy"] == []
    assert families.cases[case.name]["changed"]["volume"] != families.cases[case.name]["built"]["volume"]


@pytest.mark.parametrize("case", [*CASES, *GEARS], ids=lambda case: case.name)
def test_the_document_has_named_features_expressions_and_no_loose_sketch(
    families: Families, case: Case
) -> None:
    document = families.cases[case.name]["document"]
    assert "Parameters" in document["names"]
    assert all(name.isascii() and name[0].isupper() for name in document["names"])
    assert document["expressions"] >= (1 if case.family in ("sphere",) else 2)
    assert document["loose_sketches"] == []


@pytest.mark.parametrize("name", STEP_CASES)
def test_another_program_reads_the_same_volume_from_the_step(families: Families, name: str) -> None:
    read = step_volume_mm3(families.folder / f"{name}.step")
    assert read == pytest.approx(families.cases[name]["built"]["volume"], rel=1e-7)


def test_a_closed_enclosure_has_a_shell_inside_and_an_open_one_has_none(families: Families) -> None:
    assert families.cases["enclosure_closed"]["built"]["shells"] == 2
    assert families.cases["enclosure_open"]["built"]["shells"] == 1


def test_a_sieve_of_four_hundred_holes_has_one_face_a_hole_and_no_sliver(families: Families) -> None:
    assert families.cases["plate_sieve"]["built"]["faces"] == 6 + 400


def test_faces_are_those_that_a_draughtsman_would_count(families: Families) -> None:
    expected = {
        "block_odd": 7,
        "cone_pointed": 2,
        "sphere_odd": 1,
        "bracket_round": 9,
        "flange_seven": 3 + 1 + 7,
        "plate_rounded": 10 + 5,
        "screw_m8": 6 + 2 + 2,
        "shaft_stepped": 2 + 2 + 3 + 2,  # ends, chamfers, surfaces, shoulders
        "shaft_keyed": 9 + 1 + 4,  # and the keyway's floor and walls
    }
    assert {name: families.cases[name]["built"]["faces"] for name in expected} == expected


@pytest.mark.parametrize("name", service_parts())
def test_what_the_service_sends_is_built_valid_and_as_large_as_it_says(families: Families, name: str) -> None:
    """Examples of all families and all rows of the standards' tables, resolved by the service."""
    part, built = service_parts()[name], families.service[name]
    balls = part.kernel_fields().get("ball_count", -1)
    assert built["valid"]
    assert built["solids"] == 2 + balls if balls > 0 else built["solids"] == 1
    assert built["size"] == pytest.approx(part.envelope_mm(), abs=1e-6)


# ---- standard parts -------------------------------------------------------------------------------


@pytest.mark.spec("06.16")
@pytest.mark.parametrize(
    ("name", "size", "length", "head_height", "across_flats"),
    [("screw_m8", 8.0, 20.0, 5.3, 13.0), ("screw_m24", 24.0, 100.0, 15.0, 36.0)],
)
def test_a_screw_has_the_dimensions_of_din_933(
    families: Families, name: str, size: float, length: float, head_height: float, across_flats: float
) -> None:
    (x0, y0, z0), (x1, y1, z1) = families.cases[name]["built"]["box"]
    assert x1 - x0 == pytest.approx(across_flats)
    assert y1 - y0 == pytest.approx(across_flats / math.cos(math.radians(30)))
    assert (z0, z1) == (pytest.approx(-length), pytest.approx(head_height))
    head = math.sqrt(3) / 2 * across_flats**2 * head_height
    shank = families.cases[name]["built"]["volume"] - head
    assert math.sqrt(4 * shank / (math.pi * length)) == pytest.approx(size)


def test_a_nut_has_the_dimensions_of_iso_4032(families: Families) -> None:
    (x0, y0, z0), (x1, y1, z1) = families.cases["nut_m8"]["built"]["box"]
    assert (x1 - x0, z0, z1) == (pytest.approx(13.0), pytest.approx(0.0, abs=1e-9), pytest.approx(6.8))
    assert y1 - y0 == pytest.approx(15.011, abs=5e-4)  # e of M8: 14.38 at least


@pytest.mark.spec("06.17")
@pytest.mark.parametrize(
    ("name", "outside", "width"), [("bearing_6204", 47.0, 14.0), ("bearing_6000", 26.0, 8.0)]
)
def test_a_bearing_has_the_dimensions_of_din_625(
    families: Families, name: str, outside: float, width: float
) -> None:
    low, high = np.array(families.cases[name]["built"]["box"])
    assert high - low == pytest.approx([outside, outside, width])


@pytest.mark.spec("06.17")
@pytest.mark.parametrize("name", ["bearing_6204", "bearing_6000"])
def test_the_balls_lie_on_the_pitch_circle_and_touch_nothing(families: Families, name: str) -> None:
    fields, measured = BY_NAME[name].fields, families.cases[name]
    balls = measured["built"]["solids"][2:]
    assert len(balls) == fields["ball_count"]
    for ball in balls:
        assert ball["volume"] == pytest.approx(math.pi / 6 * fields["ball_diameter"] ** 3, rel=1e-12)
        assert math.hypot(*ball["centre"][:2]) == pytest.approx(fields["pitch_diameter"] / 2, rel=1e-12)
        assert ball["centre"][2] == pytest.approx(0.0, abs=1e-12)
    spacing = fields["pitch_diameter"] * math.sin(math.pi / fields["ball_count"])
    assert measured["bearing"]["ball_gap"] == pytest.approx(spacing - fields["ball_diameter"], rel=1e-9)
    assert measured["bearing"]["ball_gap"] > 0
    assert measured["bearing"]["ring_ball"] == [0.0, 0.0]
    # four gaps make the radial clearance: the balls run between the raceways, not in loose channels
    assert measured["bearing"]["ring_gap"] == pytest.approx([CLEARANCE_MM / 4] * 2, abs=1e-9)


# ---- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REFUSED)
def test_a_part_that_cannot_be_is_refused_by_code_and_explained_in_both_languages(
    families: Families, name: str
) -> None:
    refused = families.refused[name]
    assert refused["code"] == REFUSED[name][2]
    error = AtolyeError(refused["code"], **refused["details"])
    assert error.http_status == 422
    assert "{" not in error.message_tr + error.message_en

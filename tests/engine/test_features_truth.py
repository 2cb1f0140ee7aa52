"""Every operation of the feature tree gives the volume of its formula, as built and edited in FreeCAD."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from atolye.designs.features.operations import OPERATIONS
from tests.closed_forms.feature_cases import CASES, Case
from tests.support.features import Measured, measured_features, requests

pytestmark = pytest.mark.engine

BYTES = (
    "pad_of_a_slot_with_a_hole",
    "pad_of_a_constrained_sketch",
    "fillet_of_upright_edges",
    "grid_of_holes",
)
BUILT_AND_EDITED = [case for case in CASES if case.edits]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """All cases, built and measured inside the engine; once for the whole test run."""
    return measured_features(tmp_path_factory)


def the(measured: Measured, case: Case) -> dict[str, Any]:
    found: dict[str, Any] = measured[case.name]
    assert "error" not in found, found
    return found


def test_every_operation_is_among_the_cases() -> None:
    built = {operation.op for case in CASES for operation in requests()[case.name].part.operations}
    assert built == set(OPERATIONS)


@every_case
@pytest.mark.spec("02.82", "02.84", "02.86", "02.87")
def test_the_volume_is_that_of_the_formula(measured: Measured, case: Case) -> None:
    built = the(measured, case)["built"]
    assert built["volume"] == pytest.approx(case.volume(case.plain), rel=case.relative)


@every_case
def test_the_part_is_valid_and_closed_and_of_one_piece_unless_more_are_asked_for(
    measured: Measured, case: Case
) -> None:
    built = the(measured, case)["built"]
    assert built["valid"]
    assert built["closed"]
    assert built["solids"] == case.solids


@pytest.mark.parametrize("case", [case for case in CASES if case.box], ids=lambda case: case.name)
def test_the_part_lies_where_its_operations_say(measured: Measured, case: Case) -> None:
    assert np.array(the(measured, case)["built"]["box"]) == pytest.approx(np.array(case.box), abs=1e-6)


@pytest.mark.parametrize("case", BUILT_AND_EDITED, ids=lambda case: case.name)
def test_an_edit_of_the_reopened_spreadsheet_drives_the_part(measured: Measured, case: Case) -> None:
    changed = the(measured, case)["changed"]
    assert changed["unhappy"] == []
    assert changed["volume"] == pytest.approx(case.volume({**case.plain, **case.edits}), rel=case.relative)
    assert (changed["valid"], changed["solids"]) == (True, case.solids)


@every_case
def test_a_person_finds_bodies_and_constrained_sketches_under_the_names_of_the_request(
    measured: Measured, case: Case
) -> None:
    document = the(measured, case)["document"]
    assert "PartDesign::Body" in document["kinds"]
    assert not {"Part::Feature", "PartDesign::FeatureBase"} & set(document["kinds"])
    assert {each["id"] for each in case.operations if "id" in each} <= set(document["labels"])
    assert document["loose_sketches"] == []
    assert document["unhappy_sketches"] == []
    if case.parameters:
        assert "Spreadsheet::Sheet" in document["kinds"]
        assert document["expressions"] >= 1


@pytest.mark.spec("02.83")
def test_a_body_that_touches_the_other_is_fused_into_one(measured: Measured) -> None:
    assert measured["fuse_of_two_balls"]["built"]["solids"] == 1
    assert measured["fuse_of_two_balls"]["built"]["faces"] == 2


@pytest.mark.spec("02.85")
def test_a_rectangle_swept_along_an_s_curve_is_a_valid_solid(measured: Measured) -> None:
    built = measured["sweep_of_a_rectangle_along_an_s_curve"]["built"]
    assert (built["valid"], built["closed"], built["solids"]) == (True, True, 1)

"""Draft and release of moulded parts; undersides and bridges of printed ones."""

from __future__ import annotations

import math

import pytest

from tests.support.manufacturability import MOULDING, PRINTING, Solid, found, report_of, solid

pytestmark = pytest.mark.engine

STEEP = [(solid("frustum", MOULDING, draft), draft) for draft in (0.5, 0.9)]
LEANING = solid("frustum", MOULDING, 1.1)
BOX = {"length": 30, "width": 20, "height": 10}
UPRIGHT = solid("family", MOULDING, "box", BOX)
BALL = solid("family", MOULDING, "sphere", {"diameter": 40})
CROSS = solid("cross_drilled", MOULDING)

SHALLOW, LOW = solid("funnel", PRINTING, 40), solid("funnel", PRINTING, 50)
PRINTED_BALL = solid("family", PRINTING, "sphere", {"diameter": 40})
PRINTED_BOX = solid("family", PRINTING, "box", BOX)
CROSS_HOLE = solid("cross_drilled", PRINTING)
SHORT, LONG = solid("bridge", PRINTING, 8), solid("bridge", PRINTING, 30)
ASKEW = solid("leaning_bridge", PRINTING, 30, 33)
CANTILEVER = solid("cantilever", PRINTING)
COUNTERBORE = solid("counterbored_ceiling", PRINTING)
CEILING = solid("inner_cavity", PRINTING)


@pytest.mark.spec("06.10", "06.34")
@pytest.mark.parametrize(
    ("case", "draft"), STEEP, ids=lambda value: str(value) if isinstance(value, float) else ""
)
def test_too_little_draft_is_an_error_with_its_angle(
    case: Solid, draft: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    report = report_of(case, tmp_path_factory)
    assert not report["valid"]
    (face,) = found(report, "DRAFT_TOO_SMALL")
    assert face["measured"] == pytest.approx(draft, abs=1e-4)
    assert (face["severity"], face["required"], face["unit"]) == ("error", 1.0, "deg")
    x, y, z = face["point_mm"]
    assert math.hypot(x, y) == pytest.approx(20 - z * math.tan(math.radians(draft)), abs=1e-4)


@pytest.mark.spec("06.10")
def test_enough_draft_passes(tmp_path_factory: pytest.TempPathFactory) -> None:
    report = report_of(LEANING, tmp_path_factory)
    assert report["valid"]
    assert report["measured"]["min_draft_deg"] == pytest.approx(1.1, abs=1e-4)


@pytest.mark.spec("06.10", "06.13")
def test_every_upright_face_of_a_box_is_flagged(tmp_path_factory: pytest.TempPathFactory) -> None:
    faces = found(report_of(UPRIGHT, tmp_path_factory), "DRAFT_TOO_SMALL")
    assert [face["measured"] for face in faces] == [0.0] * 4
    middles = {(0, 10), (30, 10), (15, 0), (15, 20)}
    for face in faces:
        assert min(math.dist(face["point_mm"][:2], middle) for middle in middles) < 3


def test_a_ball_leaves_its_mould_at_the_parting_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    report = report_of(BALL, tmp_path_factory)
    assert report["valid"]
    assert report["warnings"] == []


def test_a_cross_hole_takes_a_slide_and_that_is_a_warning(tmp_path_factory: pytest.TempPathFactory) -> None:
    (undercut,) = found(report_of(CROSS, tmp_path_factory), "UNDERCUT_NEEDS_SLIDE")
    assert undercut["severity"] == "warning"
    _, y, z = undercut["point_mm"]
    assert math.hypot(y - 15, z - 15) == pytest.approx(5, abs=0.05)


@pytest.mark.spec("06.12", "06.34")
def test_an_underside_beyond_45_degrees_needs_support(tmp_path_factory: pytest.TempPathFactory) -> None:
    report = report_of(LOW, tmp_path_factory)
    assert report["valid"]
    (underside,) = found(report, "OVERHANG_NEEDS_SUPPORT")
    assert underside["measured"] == pytest.approx(50, abs=1e-3)
    assert (underside["severity"], underside["required"], underside["unit"]) == ("warning", 45.0, "deg")
    assert found(report_of(SHALLOW, tmp_path_factory), "OVERHANG_NEEDS_SUPPORT") == []


@pytest.mark.spec("06.12", "06.13")
def test_a_ball_on_the_bed_needs_support_below(tmp_path_factory: pytest.TempPathFactory) -> None:
    (underside,) = found(report_of(PRINTED_BALL, tmp_path_factory), "OVERHANG_NEEDS_SUPPORT")
    assert underside["measured"] == pytest.approx(90, abs=5)
    assert underside["point_mm"][2] < -20 * math.cos(math.radians(45))


def test_faces_on_the_bed_need_no_support(tmp_path_factory: pytest.TempPathFactory) -> None:
    report = report_of(PRINTED_BOX, tmp_path_factory)
    assert (report["errors"], report["warnings"]) == ([], [])


@pytest.mark.spec("06.12")
def test_the_top_of_a_lying_hole_needs_support(tmp_path_factory: pytest.TempPathFactory) -> None:
    (underside,) = found(report_of(CROSS_HOLE, tmp_path_factory), "OVERHANG_NEEDS_SUPPORT")
    assert underside["measured"] == pytest.approx(90, abs=0.1)
    assert underside["point_mm"][1:] == pytest.approx([15, 20], abs=0.05)


@pytest.mark.spec("06.12", "06.34")
@pytest.mark.parametrize("case", [LONG, ASKEW], ids=["straight", "askew"])
def test_a_long_bridge_is_warned_of_with_its_span(
    case: Solid, tmp_path_factory: pytest.TempPathFactory
) -> None:
    report = report_of(case, tmp_path_factory)
    assert report["valid"]
    (bridge,) = report["warnings"]
    assert bridge["code"] == "BRIDGE_TOO_LONG"
    assert bridge["measured"] == pytest.approx(30, rel=1e-3)
    assert (bridge["required"], bridge["unit"]) == (10.0, "mm")
    assert bridge["point_mm"][2] == pytest.approx(12)


@pytest.mark.spec("06.12")
def test_a_short_bridge_passes_without_support(tmp_path_factory: pytest.TempPathFactory) -> None:
    report = report_of(SHORT, tmp_path_factory)
    assert report["warnings"] == []
    assert report["measured"]["max_bridge_mm"] == pytest.approx(8)


def test_threads_under_a_ceiling_run_the_short_way(tmp_path_factory: pytest.TempPathFactory) -> None:
    (bridge,) = found(report_of(CEILING, tmp_path_factory), "BRIDGE_TOO_LONG")
    assert bridge["measured"] == pytest.approx(26)  # the cavity is 36 by 26


@pytest.mark.parametrize("case", [CANTILEVER, COUNTERBORE], ids=lambda case: case.solid)
def test_a_ceiling_whose_threads_end_in_the_air_needs_support(
    case: Solid, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (only,) = report_of(case, tmp_path_factory)["warnings"]
    assert (only["code"], only["measured"]) == ("OVERHANG_NEEDS_SUPPORT", 90.0)

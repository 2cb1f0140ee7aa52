"""The mathematics of gear teeth, without FreeCAD."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from atolye.kernel.build.gearing.roots import bisect
from atolye.kernel.build.gearing.splines import DEGREE, fit
from atolye.kernel.build.gearing.teeth import Tooth, ToothError
from tests.closed_forms.gears import Gear

TEETH = [
    Tooth(teeth, math.radians(alpha), shift)
    for teeth, alpha, shift in (
        (20, 20.0, 0.0),
        (17, 20.0, 0.0),
        (12, 20.0, 0.0),
        (7, 20.0, 0.0),
        (8, 20.0, 0.5),
        (13, 20.0, 0.4),
        (31, 20.0, -0.35),
        (33, 25.0, 0.0),
        (25, 14.5, 0.0),
        (20, 20.0, 1.0),
        (200, 20.0, 0.0),
    )
]
every_tooth = pytest.mark.parametrize("tooth", TEETH, ids=lambda t: f"z{t.teeth}x{t.shift}")


@every_tooth
def test_derivatives_of_both_curves_are_those_of_finite_differences(tooth: Tooth) -> None:
    step = 1e-5
    for curve, low, high in (
        (tooth.involute, max(tooth.form_roll, 0.0), tooth.tip_roll),
        (tooth.fillet, 0.0, 1 / math.tan(tooth.pressure_angle_rad)),
    ):
        at = np.linspace(low, high, 7)
        (before, slope_before, _), (after, slope_after, _) = curve(at - step), curve(at + step)
        _, first, second = curve(at)
        scale = tooth.reference_radius
        assert first == pytest.approx((after - before) / (2 * step), abs=1e-8 * scale)
        assert second == pytest.approx((slope_after - slope_before) / (2 * step), abs=1e-8 * scale)


@every_tooth
def test_involute_and_fillet_meet_in_one_point_and_touch_unless_the_tooth_is_undercut(tooth: Tooth) -> None:
    roll, slope = tooth.meeting
    on_involute, along_involute, _ = tooth.involute(roll)
    on_fillet, along_fillet, _ = tooth.fillet(slope)
    assert abs(on_involute - on_fillet) < 1e-12 * tooth.teeth
    bend = abs(np.angle(along_involute / along_fillet))
    assert (bend > 1e-3) == tooth.is_undercut
    assert (bend < 1e-9) == (not tooth.is_undercut)


@every_tooth
def test_the_fillet_begins_on_the_root_circle_and_leaves_it_tangentially(tooth: Tooth) -> None:
    point, slope, _ = tooth.fillet(0.0)
    assert abs(point) == pytest.approx(tooth.root_radius, rel=1e-12)
    assert np.angle(point) == pytest.approx(tooth.root_half_angle, abs=1e-12)
    assert (slope * np.conj(point)).real == pytest.approx(0.0, abs=1e-12)


@every_tooth
def test_the_fillet_is_the_envelope_of_the_rack_found_by_search(tooth: Tooth) -> None:
    gear = Gear(1.0, tooth.teeth, math.degrees(tooth.pressure_angle_rad), tooth.shift)
    points = tooth.fillet(np.linspace(0.2, 1.0, 9) * tooth.meeting[1])[0]
    searched = gear.tooth_half_angle(np.abs(points))
    assert np.angle(points) * np.abs(points) == pytest.approx(searched * np.abs(points), abs=1e-6)


@pytest.mark.parametrize("alpha", [14.5, 20.0, 25.0])
def test_undercut_begins_where_the_classic_limit_says(alpha: float) -> None:
    """z_min = 2 h / sin² α with h the depth to which the rack's flank is straight (ISO 53 A, 20°: 1)."""
    angle = math.radians(alpha)
    tooth = Tooth(20, angle, 0.0)
    straight = 1.25 - tooth.rack_tip_radius * (1 - math.sin(angle))
    limit = 2 * straight / math.sin(angle) ** 2
    assert Tooth(math.floor(limit), angle, 0.0).is_undercut
    assert not Tooth(math.ceil(limit), angle, 0.0).is_undercut
    if alpha == 20.0:
        assert limit == pytest.approx(17.097, abs=2e-3)


def test_profile_shift_of_the_limit_removes_undercut() -> None:
    shift = 1 - 12 * math.sin(math.radians(20)) ** 2 / 2
    assert Tooth(12, math.radians(20), shift - 1e-3).is_undercut
    assert not Tooth(12, math.radians(20), shift + 1e-3).is_undercut


def test_the_racks_tip_radius_shrinks_to_what_fits_between_steep_flanks() -> None:
    assert Tooth(30, math.radians(20), 0.0).rack_tip_radius == 0.38
    steep = Tooth(30, math.radians(25), 0.0)
    assert steep.rack_tip_radius == pytest.approx(0.3179, abs=1e-4)
    assert not steep.has_root_arc


@pytest.mark.parametrize(
    ("teeth", "alpha", "shift", "code"),
    [
        (8, 20.0, 0.9, "GEAR_TEETH_POINTED"),
        (4, 20.0, -0.4, "GEAR_TEETH_UNDERCUT"),
        (3, 20.0, -0.4, "GEAR_RACK_IMPOSSIBLE"),
        (30, 33.0, 0.0, "GEAR_RACK_IMPOSSIBLE"),
    ],
)
def test_a_tooth_that_cannot_be_is_refused(teeth: int, alpha: float, shift: float, code: str) -> None:
    with pytest.raises(ToothError) as refused:
        Tooth(teeth, math.radians(alpha), shift).require()
    assert refused.value.code == code


def test_a_spline_stays_within_its_tolerance_everywhere_and_keeps_the_ends() -> None:
    tooth = TEETH[2]
    roll, slope = tooth.meeting
    for curve, low, high in ((tooth.involute, roll, tooth.tip_roll), (tooth.fillet, 0.0, slope)):
        for tolerance in (1e-5, 1e-7, 1e-9):
            spline = fit(curve, low, high, tolerance)
            at = np.linspace(low, high, 2001)
            assert np.abs(curve(at)[0] - spline(at)).max() < 1.2 * tolerance
            assert abs(spline.poles[0] - curve(low)[0]) < 1e-14 * tooth.teeth
            assert abs(spline.poles[-1] - curve(high)[0]) < 1e-14 * tooth.teeth


def test_a_spline_reproduces_a_quintic_exactly() -> None:
    def quintic(t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return t**5 + 1j * t, 5 * t**4 + 1j, 20 * t**3 + 0j

    spline = fit(quintic, -1.0, 2.0, 1e-12)
    assert len(spline.knots) == 3
    assert spline.multiplicities == [DEGREE + 1, 1, DEGREE + 1]
    at = np.linspace(-1, 2, 50)
    assert spline(at) == pytest.approx(quintic(at)[0], abs=1e-12)


def test_a_spline_refuses_a_curve_with_a_corner() -> None:
    def corner(t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return np.abs(t - 0.1) + 0j, np.sign(t - 0.1) + 0j, 0 * t + 0j

    with pytest.raises(ValueError, match="not smooth"):
        fit(corner, -1.0, 1.0, 1e-9)


def test_bisection_finds_the_zero_to_the_last_bit_and_refuses_a_bracket_without_one() -> None:
    zero = bisect(lambda x: x * x - 2, 0.0, 2.0)
    assert zero == pytest.approx(math.sqrt(2), rel=4e-16)
    with pytest.raises(ValueError, match="sign"):
        bisect(lambda x: x * x + 1, 0.0, 2.0)


def test_more_shift_makes_a_thinner_tip() -> None:
    widths = [Tooth(12, math.radians(20), shift).tip_half_angle for shift in (0.0, 0.2, 0.4)]
    assert all(one > other for one, other in pairwise(widths))

"""Spur gears, measured as an inspector would, and against a rack rolled past them by brute force."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.closed_forms.family_cases import GEARS, Case
from tests.closed_forms.gears import Gear
from tests.support.families import Families, measured_families

pytestmark = pytest.mark.engine

every_gear = pytest.mark.parametrize("case", GEARS, ids=lambda case: case.name)
MOMENTS = [(case, moment) for case in GEARS for moment in ("built", "changed")]
at_both_moments = pytest.mark.parametrize(
    ("case", "moment"), MOMENTS, ids=[f"{case.name}-{moment}" for case, moment in MOMENTS]
)


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> Families:
    """All parts, built and measured inside the engine; once for the whole test run."""
    return measured_families(tmp_path_factory)


class Flanks:
    """The curves of a built gear's lower face, sorted into involutes and fillets by where they lie."""

    def __init__(self, curves: list[Any], gear: Gear) -> None:
        self.gear = gear
        self.curves = [np.array(curve) for curve in curves]
        self.involutes = [c for c in self.curves if _radius(c)[[0, -1]].max() > gear.tip - 1e-6]
        self.fillets = [c for c in self.curves if _radius(c)[[0, -1]].max() <= gear.tip - 1e-6]

    def from_tooth_middle(self, curve: Any) -> Any:
        """Absolute angle of each point from the middle of its tooth; a tooth is centred on +X."""
        angle, pitch = np.arctan2(curve[:, 1], curve[:, 0]), 2 * math.pi / self.gear.teeth
        return np.abs(angle - pitch * np.round(angle / pitch))

    def flank(self, tooth: int, side: int) -> Any:
        """Points of the involute on the left (+1) or right (−1) of a tooth counted from +X."""
        pitch = 2 * math.pi / self.gear.teeth
        for curve in self.involutes:
            away = np.arctan2(curve[:, 1], curve[:, 0]).mean() - tooth * pitch
            if abs(away) < pitch / 2 and away * side > 0:
                return curve
        raise AssertionError(f"no flank {side} on tooth {tooth}")

    def outermost(self, curve: Any, direction: Any) -> float:
        """Reach of the curve in a direction, where a flat jaw would touch: a parabola between points."""
        reach = curve @ direction
        at = int(np.argmax(reach))
        assert 0 < at < len(reach) - 1, "the jaw would touch the end of the flank"
        before, here, after = reach[at - 1 : at + 2]
        return float(here - (after - before) ** 2 / (8 * (after - 2 * here + before)))


def _radius(curve: Any) -> Any:
    return np.hypot(curve[:, 0], curve[:, 1])


def _across(angle: float) -> Any:
    return np.array([-math.sin(angle), math.cos(angle)])


@pytest.fixture
def flanks(families: Families, case: Case) -> Flanks:
    return Flanks(families.cases[case.name]["profile"], Gear.of(case.fields))


@at_both_moments
def test_volume_and_polar_inertia_are_those_of_the_rolled_rack(
    families: Families, case: Case, moment: str
) -> None:
    measured = families.cases[case.name][moment]
    fields = case.fields if moment == "built" else case.fields_after
    area, polar = Gear.of(fields).moments()
    bore, face = fields["bore_diameter"], fields["face_width"]
    assert measured["volume"] == pytest.approx((area - math.pi * bore**2 / 4) * face, rel=1e-6)
    (solid,) = measured["solids"]
    assert solid["inertia"][2][2] == pytest.approx((polar - math.pi * bore**4 / 32) * face, rel=1e-6)
    assert solid["centre"] == pytest.approx([0, 0, face / 2], abs=1e-7)


@at_both_moments
def test_the_gear_is_valid_and_stands_on_z_0_within_its_tip_circle(
    families: Families, case: Case, moment: str
) -> None:
    measured = families.cases[case.name][moment]
    fields = case.fields if moment == "built" else case.fields_after
    low, high = measured["box"]
    assert measured["valid"]
    assert measured["closed"]
    assert (low[2], high[2]) == pytest.approx((0, fields["face_width"]), abs=2e-7)
    assert high[0] == pytest.approx(Gear.of(fields).tip, abs=1e-6)  # a tooth on +X


@every_gear
def test_the_flanks_are_involutes_to_a_tenth_of_a_micrometre(flanks: Flanks) -> None:
    assert len(flanks.involutes) >= 4
    for curve in flanks.involutes:
        radius = _radius(curve)
        off = (flanks.from_tooth_middle(curve) - flanks.gear.involute_half_angle(radius)) * radius
        assert np.abs(off).max() < 1e-4


@every_gear
def test_the_fillets_are_what_the_rolled_rack_leaves(flanks: Flanks) -> None:
    gear = flanks.gear
    for curve in flanks.fillets:
        radius = _radius(curve)
        assert radius.min() == pytest.approx(gear.root, abs=1e-6)
        clear = radius > gear.root + 0.02 * gear.module  # on the root circle itself an angle says nothing
        off = flanks.from_tooth_middle(curve)[clear] - gear.tooth_half_angle(radius[clear])
        assert np.abs(off * radius[clear]).max() < 1e-4


@pytest.mark.parametrize(
    "case",
    [
        case for case in GEARS if case.fields["teeth"] > 7
    ],  # the flanks of seven teeth are shorter than a pitch
    ids=lambda case: case.name,
)
def test_base_pitch_between_neighbouring_flanks_is_pi_m_cos_alpha(flanks: Flanks) -> None:
    gear = flanks.gear
    first, second = flanks.flank(0, +1), flanks.flank(1, +1)
    low, high = np.sqrt((_radius(first)[[0, -1]] / gear.base) ** 2 - 1)  # roll angles at the flank's ends
    # where the flank has rolled by t, its normal points t below the angle at which it meets the base circle
    normal = _across(gear.involute_half_angle(gear.base) + math.pi / gear.teeth - (low + high) / 2)
    distance = flanks.outermost(second, normal) - flanks.outermost(first, normal)
    assert distance == pytest.approx(gear.base_pitch, abs=1e-3)


@every_gear
def test_span_over_k_teeth_between_parallel_jaws_is_the_base_tangent_length(flanks: Flanks) -> None:
    gear, count = flanks.gear, flanks.gear.span_count
    middle = (count - 1) * math.pi / gear.teeth
    jaw = _across(middle)
    width = flanks.outermost(flanks.flank(count - 1, +1), jaw) + flanks.outermost(flanks.flank(0, -1), -jaw)
    assert width == pytest.approx(gear.span(count), abs=1e-3)


def test_teeth_below_seventeen_are_undercut_and_those_above_are_not(families: Families) -> None:
    """An undercut tooth grows thinner from the end of its flank inwards, seen as an angle."""
    undercut = {}
    for case in GEARS:
        flanks = Flanks(families.cases[case.name]["profile"], Gear.of(case.fields))
        fillet = flanks.fillets[0]
        angle = flanks.from_tooth_middle(fillet)[np.argsort(_radius(fillet))]
        undercut[case.name] = bool(angle[-1] - angle.min() > 1e-5)
    assert {name for name, is_undercut in undercut.items() if is_undercut} == {"gear_z7", "gear_z12"}

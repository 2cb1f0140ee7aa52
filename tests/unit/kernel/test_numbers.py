"""How metrics are rounded and combined, with solids whose properties are known in full."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from atolye.kernel.measure import metrics
from atolye.kernel.measure.parts import SolidProperties


class Box:
    """What a shape made of axis-parallel boxes would answer."""

    Area = 600.0

    def optimalBoundingBox(self, *_: bool) -> Any:
        return SimpleNamespace(
            XMin=-1e-7, YMin=-4.44e-16, ZMin=-12.0000001, XMax=22.0000001, YMax=7.50555349947, ZMax=0.0
        )


def cube(side: float, x: float) -> SolidProperties:
    moment = side**5 / 6
    inertia = ((moment, 0.0, 0.0), (0.0, moment, 0.0), (0.0, 0.0, moment))
    return SolidProperties(side**3, (x, 0.0, 0.0), inertia)


def parts(*solids: SolidProperties) -> Any:
    shell = SimpleNamespace(isClosed=lambda: True)
    vertex = SimpleNamespace(Point=(0.0, 0.0, -11.0))
    return SimpleNamespace(
        shape=Box(),
        properties=list(solids),
        solids=list(solids),
        shells=[shell],
        faces=[],
        edges=[],
        vertices=[vertex],
    )


MESH: Any = SimpleNamespace(triangles=range(12), parameters={"linear_deflection_mm": 0.1})
STEEL = {"key": "steel", "density_kg_m3": 7850.0}


def measured(*solids: SolidProperties, material: Any = STEEL) -> tuple[dict[str, Any], list[str]]:
    warnings: list[str] = []
    found = metrics.measure(parts(*solids), MESH, material, lambda name, because: warnings.append(name))
    return found, warnings


@pytest.mark.spec("10.07")
@pytest.mark.parametrize(
    ("volume_mm3", "volume_m3"),
    [
        (0.0625, 62e-12),  # 62.5 picolitres exactly: to the even neighbour
        (0.1875, 188e-12),
        (0.3125, 312e-12),
        (147643.80550980766, 0.000147643806),
        (1e9, 1.0),
    ],
)
def test_volumes_are_rounded_half_to_even_at_a_picolitre(volume_mm3: float, volume_m3: float) -> None:
    solid = SolidProperties(volume_mm3, (0.0, 0.0, 0.0), ((1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0)))
    found, _ = measured(solid)
    assert found["volume_m3"] == volume_m3


@pytest.mark.spec("10.05")
def test_mass_is_volume_times_density_and_missing_without_one() -> None:
    found, warnings = measured(cube(10.0, 0.0))
    assert found["mass_kg"] == 0.00785
    assert warnings == []
    found, warnings = measured(cube(10.0, 0.0), material={"key": "unknown"})
    assert found["mass_kg"] is None
    assert found["display"]["inertia_kg_m2"] is None
    assert warnings == ["density_kg_m3"]


def test_two_cubes_turn_about_their_common_centre() -> None:
    found, _ = measured(cube(10.0, 0.0), cube(10.0, 40.0))
    assert found["display"]["center_of_mass_mm"] == [20.0, 0.0, 0.0]
    inertia = found["display"]["inertia_kg_m2"]
    mass = 0.00785
    own = mass * 0.01**2 / 6
    assert math.isclose(inertia[0][0], 2 * own, rel_tol=1e-11)
    assert math.isclose(inertia[1][1], 2 * (own + mass * 0.02**2), rel_tol=1e-11)
    assert inertia[0][1] == 0.0


def test_bounds_lose_what_the_geometry_kernel_adds_and_nothing_else() -> None:
    found, _ = measured(cube(10.0, 0.0))
    assert found["display"]["bbox_mm"] == {"min": [0.0, 0.0, -12.0], "max": [22.0, 7.50555349947, 0.0]}


@pytest.mark.spec("10.09")
def test_a_shape_that_cannot_answer_leaves_null_and_a_warning() -> None:
    broken = parts(cube(10.0, 0.0))
    del type(broken.shape).Area
    try:
        warnings: list[tuple[str, str]] = []
        found = metrics.measure(broken, MESH, STEEL, lambda *warning: warnings.append(warning))
    finally:
        Box.Area = 600.0
    assert found["area_m2"] is None
    assert found["volume_m3"] == 1e-6
    assert [name for name, _ in warnings] == ["area_m2"]
    assert "AttributeError" in warnings[0][1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(123.45678901234567, 123.456789012), (-0.0, 0.0), (4.44e-16, 0.0), (1e-8, 1e-8), (-22.5, -22.5)],
)
def test_shown_numbers_have_twelve_significant_digits_and_no_noise(value: float, expected: float) -> None:
    assert repr(metrics.shown(value)) == repr(expected)

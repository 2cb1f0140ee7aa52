"""The truth about the part families: mass properties, surface and box from the formula of each.

Written from the frames and fields in ``docs/architecture.md``, not from the builders.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tests.closed_forms import masses
from tests.closed_forms.masses import Mass

Fields = Mapping[str, Any]
Box = tuple[tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True)
class Truth:
    mass: Mass
    area: float
    box: Box


def _disc(diameter: float) -> float:
    return math.pi * diameter**2 / 4


def block_with_hole(f: Fields) -> Truth:
    length, width, height, d = f["length"], f["width"], f["height"], f["hole_diameter"]
    solid = masses.box(length, width, height)
    hole = masses.cylinder(d, height).moved(length / 2, width / 2, 0)
    area = _box_area(length, width, height) - 2 * _disc(d) + math.pi * d * height
    return Truth(solid - hole, area, ((0, 0, 0), (length, width, height)))


def box(f: Fields) -> Truth:
    size = (f["length"], f["width"], f["height"])
    return Truth(masses.box(*size), _box_area(*size), ((0, 0, 0), size))


def _box_area(x: float, y: float, z: float) -> float:
    return 2 * (x * y + y * z + z * x)


def cylinder(f: Fields) -> Truth:
    d, length = f["diameter"], f["length"]
    area = 2 * _disc(d) + math.pi * d * length
    return Truth(masses.cylinder(d, length), area, _round_box(d, 0, length))


def _round_box(diameter: float, low: float, high: float) -> Box:
    r = diameter / 2
    return (-r, -r, low), (r, r, high)


def cone(f: Fields) -> Truth:
    a, b, h = f["base_diameter"], f["top_diameter"], f["height"]
    slant = math.hypot(h, (a - b) / 2)
    area = _disc(a) + _disc(b) + math.pi * (a + b) / 2 * slant
    return Truth(masses.frustum(a, b, h), area, _round_box(max(a, b), 0, h))


def sphere(f: Fields) -> Truth:
    d = f["diameter"]
    return Truth(masses.sphere(d), math.pi * d * d, _round_box(d, -d / 2, d / 2))


def tube(f: Fields) -> Truth:
    outer, inner, length = f["outer_diameter"], f["inner_diameter"], f["length"]
    mass = masses.cylinder(outer, length) - masses.cylinder(inner, length)
    area = 2 * (_disc(outer) - _disc(inner)) + math.pi * (outer + inner) * length
    return Truth(mass, area, _round_box(outer, 0, length))


def enclosure(f: Fields) -> Truth:
    size, t = (f["length"], f["width"], f["height"]), f["wall_thickness"]
    depth = size[2] - t * (1 if f["open_top"] else 2)
    cavity = (size[0] - 2 * t, size[1] - 2 * t, depth)
    mass = masses.box(*size) - masses.box(*cavity).moved(t, t, t)
    area = _box_area(*size) + _box_area(*cavity)
    if f["open_top"]:
        area -= 2 * cavity[0] * cavity[1]
    return Truth(mass, area, ((0, 0, 0), size))


def l_bracket(f: Fields) -> Truth:
    a, b, width, t, r = f["leg_a"], f["leg_b"], f["width"], f["thickness"], f["fillet_radius"]
    # the section lies in local x, y = X, Z; the width runs along local z = Y
    section = masses.box(a, t, width) + masses.box(t, b - t, width).moved(0, t, 0)
    face = a * t + (b - t) * t
    around = 2 * (a + b)
    if r:
        section += masses.spandrel(r, width).moved(t, t, 0)
        face += r * r * (1 - math.pi / 4)
        around += r * (math.pi / 2 - 2)
    return Truth(section.permuted(0, 2, 1), 2 * face + around * width, ((0, 0, 0), (a, width, b)))


def flange(f: Fields) -> Truth:
    outer, t, bore = f["outer_diameter"], f["thickness"], f["bore_diameter"]
    circle, count, hole = f["bolt_circle_diameter"], f["bolt_count"], f["bolt_hole_diameter"]
    mass = masses.cylinder(outer, t) - masses.cylinder(bore, t)
    for number in range(count):
        turn = 2 * math.pi * number / count
        drilled = masses.cylinder(hole, t)
        mass -= drilled.moved(circle / 2 * math.cos(turn), circle / 2 * math.sin(turn), 0)
    faces = 2 * (_disc(outer) - _disc(bore) - count * _disc(hole))
    return Truth(mass, faces + math.pi * (outer + bore + count * hole) * t, _round_box(outer, 0, t))


def plate(f: Fields) -> Truth:
    length, width, t, r = f["length"], f["width"], f["thickness"], f["corner_radius"]
    mass = masses.box(length, width, t)
    face, around = length * width, 2 * (length + width)
    if r:
        corner = masses.spandrel(r, t)
        for x, sx in ((0, 1), (length, -1)):
            for y, sy in ((0, 1), (width, -1)):
                mass -= masses.mirrored(corner, sx, sy).moved(x, y, 0)
        face -= (4 - math.pi) * r * r
        around -= (8 - 2 * math.pi) * r
    for group in f["holes"]:
        d = group["diameter"]
        for x, y in group["positions"]:
            mass -= masses.cylinder(d, t).moved(x, y, 0)
            face -= _disc(d)
            around += math.pi * d
    return Truth(mass, 2 * face + around * t, ((0, 0, 0), (length, width, t)))


def shaft(f: Fields) -> Truth:
    steps, c, keyway = f["steps"], f["chamfer"], f["keyway"]
    z, mass, area = 0.0, Mass(0.0, np.zeros(3), np.zeros((3, 3))), 0.0
    for number, step in enumerate(steps):
        d, low, high = step["diameter"], z, z + step["length"]
        z = high
        if c and number == 0:
            mass += masses.frustum(d - 2 * c, d, c)
            low += c
        if c and number == len(steps) - 1:
            mass += masses.frustum(d, d - 2 * c, c).moved(0, 0, high - c)
            high -= c
        mass += masses.cylinder(d, high - low).moved(0, 0, low)
        area += math.pi * d * (high - low)
    for one, other in pairwise(steps):
        area += abs(_disc(one["diameter"]) - _disc(other["diameter"]))
    for end in (steps[0]["diameter"], steps[-1]["diameter"]):
        area += _disc(end - 2 * c) + math.pi * (end - c) * c * math.sqrt(2)
    largest = max(step["diameter"] for step in steps)
    if keyway:
        slot, more = _keyway(steps[keyway["step"] - 1]["diameter"] / 2, keyway)
        mass, area = mass - slot.moved(0, 0, keyway["position"]), area + more
    return Truth(mass, area, _round_box(largest, 0, z))


def _keyway(radius: float, keyway: Mapping[str, float]) -> tuple[Mass, float]:
    """What a round-ended slot on +X takes from a cylinder along Z, and how much it adds to the surface.

    Strips at y = b/2 sin θ: from the floor x = f up to the surface x = s(y), 2 e(y) long.
    """
    half, straight, floor = keyway["width"] / 2, keyway["length"] - keyway["width"], radius - keyway["depth"]
    angle, weights = masses.gauss(-math.pi / 2, math.pi / 2)
    y, dy = half * np.sin(angle), half * np.cos(angle) * weights
    surface, e = np.sqrt(radius**2 - y**2), straight / 2 + half * np.cos(angle)
    powers = [dy * 2 * e * (surface**n - floor**n) / n for n in (1, 2, 3)]
    volume, first, second = (float(power.sum()) for power in powers)
    mass = Mass(
        volume,
        np.array([first, (powers[0] * y).sum(), 0]),
        np.array(
            [
                [second, (powers[1] * y).sum(), 0],
                [(powers[1] * y).sum(), (powers[0] * y * y).sum(), 0],
                [0, 0, (powers[0] * e * e / 3).sum()],
            ]
        ),
    )
    outside = float((dy * 2 * e * radius / surface).sum())
    bottom = 2 * half * straight + math.pi * half**2
    edge = math.sqrt(radius**2 - half**2) - floor
    turn, turn_weights = masses.gauss(0, math.pi / 2)
    ends = 4 * half * float((turn_weights * (np.sqrt(radius**2 - (half * np.sin(turn)) ** 2) - floor)).sum())
    return mass, bottom + 2 * straight * edge + ends - outside


def hex_screw(f: Fields) -> Truth:
    d, length, k, s = f["diameter"], f["length"], f["head_height"], f["across_flats"]
    mass = masses.hexagon(s, k) + masses.cylinder(d, length).moved(0, 0, -length)
    corner = s / math.sqrt(3)
    return Truth(
        mass,
        _hexagon_area(s, k) + math.pi * d * length,
        ((-s / 2, -corner, -length), (s / 2, corner, k)),
    )


def _hexagon_area(s: float, height: float) -> float:
    return math.sqrt(3) * s * s + 2 * math.sqrt(3) * s * height


def hex_nut(f: Fields) -> Truth:
    d, m, s = f["diameter"], f["height"], f["across_flats"]
    corner = s / math.sqrt(3)
    return Truth(
        masses.hexagon(s, m) - masses.cylinder(d, m),
        _hexagon_area(s, m) - 2 * _disc(d) + math.pi * d * m,
        ((-s / 2, -corner, 0), (s / 2, corner, m)),
    )


CLEARANCE_MM = 0.012
"""Radial play of the bearings: within ISO 5753-1 group CN."""


def deep_groove_bearing(f: Fields) -> Truth:
    width, count, ball, pitch = f["width"], f["ball_count"], f["ball_diameter"], f["pitch_diameter"] / 2
    groove = f["groove_radius"]
    shift = groove - ball / 2 - CLEARANCE_MM / 4
    inner = _ring(f["bore"] / 2, f["inner_shoulder_diameter"] / 2, pitch + shift, groove, width)
    outer = _ring(f["outer_diameter"] / 2, f["outer_shoulder_diameter"] / 2, pitch - shift, groove, width)
    mass, area = inner[0] + outer[0], inner[1] + outer[1] + count * math.pi * ball**2
    for number in range(count):
        turn = 2 * math.pi * number / count
        mass += masses.sphere(ball).moved(pitch * math.cos(turn), pitch * math.sin(turn), 0)
    return Truth(mass, area, _round_box(f["outer_diameter"], -width / 2, width / 2))


def _ring(rim: float, shoulder: float, centre: float, groove: float, width: float) -> tuple[Mass, float]:
    """A ring with a groove in its shoulder: mass and surface."""
    half = math.sqrt(groove**2 - (centre - shoulder) ** 2)
    sign = 1 if shoulder < centre else -1  # the groove's bottom is nearer to the axis on the inner ring
    z, weights = masses.gauss(-half, half)
    bottom = centre - sign * np.sqrt(groove**2 - z**2)
    flat, flat_weights = masses.gauss(half, width / 2)
    mass = Mass(0.0, np.zeros(3), np.zeros((3, 3)))
    for at, weight, radius in (
        (z, weights, bottom),
        (flat, flat_weights, np.full_like(flat, shoulder)),
        (-flat, flat_weights, np.full_like(flat, shoulder)),
    ):
        low, high = (np.full_like(at, rim), radius) if sign > 0 else (radius, np.full_like(at, rim))
        mass += masses.revolved(high, low, at, weight)
    opening = math.asin(half / groove)
    torus = 2 * math.pi * groove * (2 * opening * centre - sign * 2 * half)
    faces = 2 * math.pi * abs(shoulder**2 - rim**2)
    return mass, torus + faces + 2 * math.pi * (rim * width + shoulder * (width - 2 * half))


TRUTHS: dict[str, Callable[[Fields], Truth]] = {
    function.__name__: function
    for function in (
        block_with_hole,
        box,
        cylinder,
        cone,
        sphere,
        tube,
        enclosure,
        l_bracket,
        flange,
        plate,
        shaft,
        hex_screw,
        hex_nut,
        deep_groove_bearing,
    )
}

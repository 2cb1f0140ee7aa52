"""A stepped shaft with chamfered ends and, if wanted, a keyway (DIN 6885)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import Sketcher

from atolye.kernel.build.elements import sketches
from atolye.kernel.build.elements.bodies import add_body, origin_axis
from atolye.kernel.build.elements.cutters import OVERHANG
from atolye.kernel.session import Session

Steps = Sequence[Mapping[str, float]]


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """A body: Profile, Revolution and, if wanted, Keyway; axis +Z from the first end's centre.

    The chamfers are lines of the profile: references to edges would not outlive every change of a step.

    Args:
        fields: ``steps`` [{``diameter``, ``length``}] along +Z, ``chamfer`` (0 = none; both ends, 45°),
            ``keyway``: null or {``width``, ``depth``, ``length``, ``position``, ``step``}, in mm. ``step``
            counts from 1; ``position`` is the z of the slot's centre.
    """
    steps, chamfer, keyway = fields["steps"], fields["chamfer"], fields["keyway"]
    runs = _runs(steps)
    session.parameters(_parameters(steps, runs, chamfer, keyway))
    body = add_body(session)
    profile = _add_profile(session, body, _Section(steps, runs, chamfer))
    axis = (origin_axis(body, "Z"), [""])
    session.add("PartDesign::Revolution", "Revolution", parent=body, Profile=profile, ReferenceAxis=axis)
    if keyway:
        run = next(run for run in runs if keyway["step"] - 1 in run)
        _add_keyway(session, body, keyway, steps[run[0]]["diameter"], _diameter(run))
    return body


def _runs(steps: Steps) -> list[range]:
    """Indices of neighbouring steps of one diameter: there is no shoulder between them."""
    borders = [0, *(i for i in range(1, len(steps)) if _differ(steps[i - 1], steps[i])), len(steps)]
    return [range(first, last) for first, last in pairwise(borders)]


def _differ(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    return one["diameter"] != other["diameter"]


def _diameter(run: range) -> str:
    return f"step{run[0] + 1}_diameter"


def _length(run: range) -> str:
    return " + ".join(f"step{index + 1}_length" for index in run)


def _parameters(
    steps: Steps, runs: list[range], chamfer: float, keyway: Mapping[str, float] | None
) -> dict[str, tuple[float, str]]:
    values = {_diameter(run): steps[run[0]]["diameter"] for run in runs}
    values.update({f"step{index}_length": step["length"] for index, step in enumerate(steps, start=1)})
    if chamfer:
        values["chamfer"] = chamfer
    if keyway:
        names = ("width", "depth", "length", "position")
        values.update({f"keyway_{name}": keyway[name] for name in names})
    return {alias: (value, "mm") for alias, value in values.items()}


@dataclass(frozen=True)
class _Section:
    """Half of the lengthwise section: sketch x is the radius, sketch y is Z.

    Its curves, in order: the first end, a chamfer; for each run its surface and the shoulder after it; a
    chamfer, the last end, the axis.
    """

    steps: Steps
    runs: list[range]
    chamfer: float

    @property
    def first_surface(self) -> int:
        return 2 if self.chamfer else 1

    def surface(self, number: int) -> int:
        """Index of the curve that is the surface of run ``number``."""
        return self.first_surface + 2 * number

    @property
    def last_end(self) -> int:
        return self.surface(len(self.runs) - 1) + (2 if self.chamfer else 1)

    def radius(self, number: int) -> float:
        return self.steps[self.runs[number][0]]["diameter"] / 2

    def length(self, number: int) -> float:
        return math.fsum(self.steps[index]["length"] for index in self.runs[number])

    def outline(self) -> list[tuple[float, float]]:
        """The corners, from the origin round to the far end of the axis."""
        points, z, c = [], 0.0, self.chamfer
        for number in range(len(self.runs)):
            points.append((self.radius(number), z))
            z += self.length(number)
            points.append((self.radius(number), z))
        if c:
            (first, low), (last, high) = points[0], points[-1]
            points[:1] = [(first - c, low), (first, low + c)]
            points[-1:] = [(last, high - c), (last - c, high)]
        return [(0.0, 0.0), *points, (0.0, z)]

    def fixed(self) -> list[Any]:
        """The constraints without a dimension."""
        surfaces = [self.surface(number) for number in range(len(self.runs))]
        shoulders = [surface + 1 for surface in surfaces[:-1]]
        return [
            *sketches.closed_chain(self.last_end + 2),
            *(Sketcher.Constraint("Horizontal", index) for index in (0, *shoulders, self.last_end)),
            *(Sketcher.Constraint("Vertical", index) for index in (*surfaces, self.last_end + 1)),
            Sketcher.Constraint("Coincident", 0, sketches.START, *sketches.ORIGIN),
        ]

    def dimensions(self) -> dict[str, tuple[Any, str]]:
        """Name → constraint and the expression that drives it."""
        found, below = {}, sketches.ORIGIN
        for number, run in enumerate(self.runs):
            surface, label = self.surface(number), number + 1
            is_last = number == len(self.runs) - 1
            above = (self.last_end, sketches.START) if is_last else (surface, sketches.END)
            radius = _distance("X", sketches.ORIGIN, (surface, sketches.START), self.radius(number))
            found[f"Radius{label}"] = (radius, f"{_diameter(run)} / 2")
            found[f"Length{label}"] = (_distance("Y", below, above, self.length(number)), _length(run))
            below = above
        return {**found, **self._chamfers()}

    def _chamfers(self) -> dict[str, tuple[Any, str]]:
        if not self.chamfer:
            return {}
        lower, upper = self.first_surface - 1, self.last_end - 1
        pairs = {
            "ChamferX1": ("X", (lower, sketches.START), (lower, sketches.END)),
            "ChamferY1": ("Y", (lower, sketches.START), (lower, sketches.END)),
            "ChamferX2": ("X", (upper, sketches.END), (upper, sketches.START)),
            "ChamferY2": ("Y", (upper, sketches.START), (upper, sketches.END)),
        }
        return {name: (_distance(*ends, self.chamfer), "chamfer") for name, ends in pairs.items()}


def _distance(axis: str, start: tuple[int, int], end: tuple[int, int], value: float) -> Any:
    return Sketcher.Constraint(f"Distance{axis}", *start, *end, value)


def _add_profile(session: Session, body: Any, section: _Section) -> Any:
    sketch = session.add("Sketcher::SketchObject", "Profile", parent=body)
    session.place(sketch, rotation=sketches.BACK_XZ_PLANE)  # no seam where the keyway is cut
    sketch.addGeometry(sketches.polygon(section.outline()))
    sketches.add_driven(session, sketch, section.dimensions(), section.fixed())
    return sketch


def _add_keyway(
    session: Session, body: Any, keyway: Mapping[str, float], diameter_mm: float, diameter: str
) -> None:
    """A pocket from the slot's floor outwards: its sketch lies on the floor, centred on the slot."""
    sketch = _add_slot(session, body, keyway["length"], keyway["width"])
    session.place(
        sketch, (diameter_mm / 2 - keyway["depth"], 0.0, keyway["position"]), rotation=sketches.YZ_PLANE
    )
    session.bind(sketch, "Placement.Base.x", f"{diameter} / 2 - keyway_depth")
    session.bind(sketch, "Placement.Base.z", "keyway_position")
    pocket = session.add(
        "PartDesign::Pocket", "Keyway", parent=body, Profile=sketch, Reversed=True, Refine=False
    )
    session.bind(pocket, "Length", f"keyway_depth + {OVERHANG}")


def _add_slot(session: Session, body: Any, length_mm: float, width_mm: float) -> Any:
    """A slot with round ends along sketch y, about the sketch's origin."""
    radius, half = width_mm / 2, (length_mm - width_mm) / 2
    sketch = session.add("Sketcher::SketchObject", "KeywaySketch", parent=body)
    sketch.addGeometry(
        [
            sketches.arc((0.0, half), radius, 0.0, math.pi),
            sketches.line((-radius, half), (-radius, -half)),
            sketches.arc((0.0, -half), radius, math.pi, 2 * math.pi),
            sketches.line((radius, -half), (radius, half)),
        ]
    )
    fixed = [
        *(
            Sketcher.Constraint("Tangent", index, sketches.END, (index + 1) % 4, sketches.START)
            for index in range(4)
        ),
        Sketcher.Constraint("Equal", 0, 2),
        Sketcher.Constraint("PointOnObject", 0, sketches.CENTRE, sketches.Y_AXIS),
        Sketcher.Constraint("Symmetric", 0, sketches.CENTRE, 2, sketches.CENTRE, *sketches.ORIGIN),
    ]
    centres = ((2, sketches.CENTRE), (0, sketches.CENTRE))
    dimensions = {
        "EndRadius": (Sketcher.Constraint("Radius", 0, radius), "keyway_width / 2"),
        "CentreDistance": (_distance("Y", *centres, 2 * half), "keyway_length - keyway_width"),
    }
    sketches.add_driven(session, sketch, dimensions, fixed)
    return sketch

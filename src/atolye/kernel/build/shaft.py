"""A stepped shaft with chamfered ends and, if wanted, a keyway (DIN 6885)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import Sketcher

from atolye.kernel.build.elements import sketches
from atolye.kernel.build.elements.bodies import add_body, origin_axis
from atolye.kernel.build.elements.cutters import OVERHANG
from atolye.kernel.build.elements.edges import edges_where, is_circle_at
from atolye.kernel.session import Session

Steps = Sequence[Mapping[str, float]]


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """A body: Profile, Revolution, then Chamfer and Keyway; axis +Z from the first end's centre.

    Args:
        fields: ``steps`` [{``diameter``, ``length``}] along +Z, ``chamfer`` (0 = none; both ends, 45°),
            ``keyway``: null or {``width``, ``depth``, ``length``, ``position``, ``step``}, in mm. ``step``
            counts from 1; ``position`` is the z of the slot's centre.
    """
    steps, chamfer, keyway = fields["steps"], fields["chamfer"], fields["keyway"]
    runs = _runs(steps)
    session.parameters(_parameters(steps, runs, chamfer, keyway))
    body = add_body(session)
    profile = _add_profile(session, body, steps, runs)
    axis = (origin_axis(body, "Z"), [""])
    revolution = session.add(
        "PartDesign::Revolution", "Revolution", parent=body, Profile=profile, ReferenceAxis=axis
    )
    if chamfer:
        _add_chamfer(session, body, revolution, steps)
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


def _run_length_mm(steps: Steps, run: range) -> float:
    return math.fsum(steps[index]["length"] for index in run)


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


def _add_profile(session: Session, body: Any, steps: Steps, runs: list[range]) -> Any:
    """Half of the lengthwise section: sketch x is the radius, sketch y is Z.

    Its curves, in order: the first end; for each run its surface and the shoulder (or last end) after it;
    the axis.
    """
    sketch = session.add("Sketcher::SketchObject", "Profile", parent=body)
    session.place(sketch, rotation=sketches.XZ_PLANE)
    sketch.addGeometry(sketches.polygon(_outline(steps, runs)))
    surfaces = [1 + 2 * number for number in range(len(runs))]
    last = 2 * len(runs) + 1
    fixed = [
        *sketches.closed_chain(last + 1),
        *(Sketcher.Constraint("Horizontal", index) for index in range(0, last, 2)),
        *(Sketcher.Constraint("Vertical", index) for index in range(1, last + 1, 2)),
        Sketcher.Constraint("Coincident", 0, sketches.START, *sketches.ORIGIN),
    ]
    dimensions, expressions = {}, {}
    for number, (surface, run) in enumerate(zip(surfaces, runs, strict=True), start=1):
        start = (surface, sketches.START)
        radius, length = steps[run[0]]["diameter"] / 2, _run_length_mm(steps, run)
        dimensions[f"Radius{number}"] = Sketcher.Constraint("DistanceX", *sketches.ORIGIN, *start, radius)
        dimensions[f"Length{number}"] = Sketcher.Constraint(
            "DistanceY", *start, surface, sketches.END, length
        )
        expressions[f"Radius{number}"] = f"{_diameter(run)} / 2"
        expressions[f"Length{number}"] = _length(run)
    for name, path in sketches.add_named(sketch, dimensions, fixed).items():
        session.bind(sketch, path, expressions[name])
    sketches.require_full_constraint(sketch)
    return sketch


def _outline(steps: Steps, runs: list[range]) -> list[tuple[float, float]]:
    points, z = [(0.0, 0.0)], 0.0
    for run in runs:
        radius = steps[run[0]]["diameter"] / 2
        points.append((radius, z))
        z += _run_length_mm(steps, run)
        points.append((radius, z))
    return [*points, (0.0, z)]


def _add_chamfer(session: Session, body: Any, revolution: Any, steps: Steps) -> None:
    session.recompute()
    ends = (
        (0.0, steps[0]["diameter"] / 2),
        (math.fsum(step["length"] for step in steps), steps[-1]["diameter"] / 2),
    )
    edges = [name for end in ends for name in edges_where(revolution, is_circle_at(*end), count=1)]
    chamfer = session.add(
        "PartDesign::Chamfer", "Chamfer", parent=body, Base=(revolution, edges), Refine=False
    )
    session.bind(chamfer, "Size", "chamfer")


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
    distance = Sketcher.Constraint("DistanceY", 2, sketches.CENTRE, 0, sketches.CENTRE, 2 * half)
    dimensions = {"EndRadius": Sketcher.Constraint("Radius", 0, radius), "CentreDistance": distance}
    paths = sketches.add_named(sketch, dimensions, fixed)
    session.bind(sketch, paths["EndRadius"], "keyway_width / 2")
    session.bind(sketch, paths["CentreDistance"], "keyway_length - keyway_width")
    sketches.require_full_constraint(sketch)
    return sketch

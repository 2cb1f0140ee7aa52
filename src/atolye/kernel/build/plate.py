"""A flat plate with rounded corners and groups of through holes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from atolye.kernel.build.elements import holes, layouts
from atolye.kernel.build.elements.bodies import add_body
from atolye.kernel.build.elements.drillings import add_drilling
from atolye.kernel.build.elements.edges import edges_where, is_parallel_to
from atolye.kernel.errors import KernelError
from atolye.kernel.session import Session

Parameters = dict[str, tuple[float, str]]


def build(session: Session, fields: Mapping[str, Any]) -> Any:
    """A body: Plate, Fillet, and a hole with its pattern for each regular group.

    Groups of holes at free positions are drilled after the body, each from one sketch.

    Args:
        fields: ``length``, ``width``, ``thickness``, ``corner_radius`` (0 = sharp) in mm; ``holes``: groups
            of ``kind``, ``diameter`` and ``positions`` [[x, y], …]. The pattern of a group is read from its
            positions, so that it is built exactly where they say.

    Raises:
        KernelError: ``FC_FILLET_CHAMFER_FAILED`` when the corners leave no straight edge.
    """
    size = (fields["length"], fields["width"])
    groups = [
        layouts.recognise(group, size, f"hole{number}")
        for number, group in enumerate(fields["holes"], start=1)
    ]
    session.parameters(_parameters(fields, groups))
    body = _add_plate(session, fields)
    for group in groups:
        _add_group(session, body, group)
    part = body
    for group in groups:
        if isinstance(group, layouts.Free):
            part = add_drilling(session, part, group)
    return part


def _parameters(fields: Mapping[str, Any], groups: list[layouts.Layout]) -> Parameters:
    names = ["length", "width", "thickness", *(["corner_radius"] if fields["corner_radius"] else [])]
    parameters: Parameters = {name: (fields[name], "mm") for name in names}
    for group in groups:
        parameters.update(group.parameters)
    return parameters


def _add_plate(session: Session, fields: Mapping[str, Any]) -> Any:
    body = add_body(session)
    plate = session.add("PartDesign::AdditiveBox", "Plate", parent=body)
    session.bind(plate, "Length", "length")
    session.bind(plate, "Width", "width")
    session.bind(plate, "Height", "thickness")
    radius = fields["corner_radius"]
    if radius:
        _require_room(radius, fields)
        session.recompute()
        corners = edges_where(plate, is_parallel_to(2), count=4)
        fillet = session.add("PartDesign::Fillet", "Fillet", parent=body, Base=(plate, corners), Refine=False)
        session.bind(fillet, "Radius", "corner_radius")
    return body


def _require_room(radius_mm: float, fields: Mapping[str, Any]) -> None:
    shorter = min(fields["length"], fields["width"])
    if 2 * radius_mm >= shorter or math.isclose(2 * radius_mm, shorter):
        raise KernelError(
            "FC_FILLET_CHAMFER_FAILED",
            "model",
            f"corners of radius {radius_mm} mm do not fit a side of {shorter} mm",
            field="corner_radius",
            value=radius_mm,
            limit=shorter / 2,
        )


def _add_group(session: Session, body: Any, group: layouts.Layout) -> None:
    if not isinstance(group, layouts.Single):
        return
    name = group.prefix.capitalize()
    hole = holes.add_hole(
        session, body, name, diameter=group.diameter, depth="thickness", x=group.x, y=group.y
    )
    if isinstance(group, layouts.Grid):
        holes.grid_pattern(
            session,
            body,
            f"{name}Grid",
            hole,
            columns=group.columns,
            rows=group.rows,
            extent_x=group.extent_x,
            extent_y=group.extent_y,
        )
    elif isinstance(group, layouts.Ring):
        axis = _add_axis(session, body, f"{name}Axis", group)
        holes.polar_pattern(session, body, f"{name}Circle", hole, count=group.count, axis=axis)


def _add_axis(session: Session, body: Any, name: str, ring: layouts.Ring) -> Any:
    axis = session.add("PartDesign::Line", name, parent=body)
    session.bind(axis, "Placement.Base.x", ring.centre_x)
    session.bind(axis, "Placement.Base.y", ring.centre_y)
    return axis

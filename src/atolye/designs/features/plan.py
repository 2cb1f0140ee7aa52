"""What the kernel receives: the parameters, and every operation with its body and its numbers."""

from __future__ import annotations

from typing import Any

from atolye.designs.family import Checks
from atolye.designs.features import drawing
from atolye.designs.features.operations import Operation, PolarPattern, Sketch, Turned
from atolye.designs.features.parameters import Parameters
from atolye.designs.features.selectors import EdgeSelector, FaceSelector
from atolye.designs.features.structure import Step, Structure
from atolye.designs.features.values import Value, direction_vector, values_in
from atolye.designs.findings import Findings
from atolye.designs.model import Model, known


def plan_of(
    parameters: Parameters, operations: tuple[Operation, ...], result: tuple[str, ...] | None
) -> dict[str, Any]:
    """The fields of the family's builder. The operations must have been checked."""
    structure = structured(operations, result, Checks(Findings()))
    numbers = {item.name: item.value for item in parameters.items}
    return {
        "parameters": [_parameter(item.name, item.values()) for item in parameters.items],
        "operations": [_operation(step, structure, numbers) for step in structure.steps],
        "result": list(structure.result(result)),
    }


def structured(
    operations: tuple[Operation, ...], result: tuple[str, ...] | None, checks: Checks
) -> Structure:
    """The bodies behind the operations, with what is wrong about them added to the checks."""
    structure = Structure(checks, operations)
    structure.run()
    structure.result(result)
    return structure


def check_drawings(parameters: Parameters, operations: tuple[Operation, ...], checks: Checks) -> None:
    """Draws every sketch for what is wrong with it alone."""
    numbers = {item.name: item.value for item in parameters.items}
    for number, operation in enumerate(operations):
        if isinstance(operation, Sketch) and _is_complete(operation):
            drawing.draw(operation, f"operations[{number}]", numbers, checks)


def _is_complete(sketch: Sketch) -> bool:
    """Whether nothing is missing or unread in it; what is has been found already."""
    lacking = any(
        curve.lacking(name for name in curve.specs() if getattr(curve, name) is not None)
        for curve in sketch.curves
    )
    return not lacking and all(known(each.number) for each in values_in(sketch))


def _parameter(name: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "expression": None, **values}


def _operation(step: Step, structure: Structure, numbers: dict[str, float]) -> dict[str, Any]:
    operation = step.operation
    if isinstance(operation, Sketch):
        fields = drawing.draw(operation, step.path, numbers, Checks(Findings()))
        fields |= {
            "plane": operation.plane or ("xy" if operation.face is None else None),
            "offset": _data(operation.offset),
            "face": _data(operation.face),
        }
    else:
        fields = {name: _data(getattr(operation, name)) for name in operation.specs()}
        fields.pop("target", None)
        if getattr(operation, "axis", None) is not None and not isinstance(operation, Turned | PolarPattern):
            fields["axis"] = _axis(operation)
    several = step.body in structure.tools
    return {
        **fields,
        "id": operation.id,
        "op": operation.op,
        "place": step.path,
        "body": step.body,
        "mode": step.mode,
        "several_solids": several,
        **_combined(operation, structure),
    }


def _axis(operation: Any) -> Any:
    """The direction of a primitive as a vector; a helix names its axis."""
    axis = operation.axis
    return axis if operation.op == "helix" else list(direction_vector(axis))


def _combined(operation: Operation, structure: Structure) -> dict[str, Any]:
    tools = getattr(operation, "b", None)
    if tools is None:
        return {}
    return {"tools": list(dict.fromkeys(structure.body_of_id(name) for name in tools))}


def _data(value: Any) -> Any:
    if isinstance(value, Value):
        return value.values()
    if isinstance(value, EdgeSelector | FaceSelector):
        return _selector(value)
    if isinstance(value, Model):
        return value.values()
    if isinstance(value, tuple):
        return [_data(each) for each in value]
    return value


def _selector(selector: EdgeSelector | FaceSelector) -> dict[str, Any]:
    """The criteria, directions as vectors."""
    made = {name: _data(getattr(selector, name)) for name in selector.specs()}
    for name in ("parallel", "normal"):
        if made.get(name) is not None:
            made[name] = list(direction_vector(getattr(selector, name)))
    return {name: value for name, value in made.items() if value is not None}

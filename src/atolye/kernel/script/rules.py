"""What the rules of PartDesign say of a finished document (specification 03, PartDesign).

They are looked at twice: where the script has run, so that its author hears early, and by the process that
opens what was left, so that it is true.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from atolye.kernel.errors import KernelError

BODY: Final = "PartDesign::Body"
SKETCH: Final = "Sketcher::SketchObject"
BOOLEAN: Final = "PartDesign::Boolean"

SIZE_MM: Final = (0.1, 1000.0)
TAPER_DEG: Final = (-45.0, 45.0)
TURN_DEG: Final = (0.0, 360.0)
OCCURRENCES: Final = (1, 1000)

_LENGTHS: Final[dict[str, tuple[str, ...]]] = {
    "PartDesign::Pad": ("Length", "Length2"),
    "PartDesign::Pocket": ("Length", "Length2"),
}
_TAPERS: Final = ("TaperAngle", "TaperAngle2")
_TURNS: Final = frozenset({"PartDesign::Revolution", "PartDesign::Groove"})
_NEED_PROFILE: Final = frozenset(
    f"PartDesign::{kind}"
    for kind in """Pad Pocket Revolution Groove AdditiveLoft SubtractiveLoft AdditivePipe SubtractivePipe
    AdditiveHelix SubtractiveHelix Hole""".split()  # noqa: SIM905 - a table to read
)
_NOT_STEPS: Final = frozenset(
    f"PartDesign::{kind}"
    for kind in ("Plane", "Line", "Point", "CoordinateSystem", "ShapeBinder", "SubShapeBinder")
)
"""Objects of PartDesign that make no solid and cannot be a body's tip."""

_SLACK: Final = 1e-6


def check_order(document: Any) -> None:
    """Looks for features that are made of themselves, before FreeCAD tries to compute them.

    Raises:
        KernelError: ``FEATURE_DEPENDENCY_ERROR``.
    """
    done: set[str] = set()
    for start in document.Objects:
        path: list[tuple[Any, Iterator[Any]]] = [(start, iter(_needs(start)))]
        on_path = {start.Name}
        while path:
            obj, rest = path[-1]
            other = next(rest, None)
            if other is None:
                done.add(obj.Name)
                on_path.discard(obj.Name)
                path.pop()
            elif other.Name in on_path:
                raise _dependency(obj, other.Name)
            elif other.Name not in done:
                on_path.add(other.Name)
                path.append((other, iter(_needs(other))))


def _needs(obj: Any) -> list[Any]:
    """What an object is made of; a feature knows its body and the body it, which is no circle."""
    return [other for other in obj.OutList if other.TypeId != BODY or obj.TypeId == BOOLEAN]


def check(document: Any) -> None:
    """Looks at every sketch, feature and body of a document that has just been recomputed.

    Raises:
        KernelError: the first rule that is broken: ``FC_SKETCH_OVERCONSTRAINED``,
            ``SKETCH_UNDERCONSTRAINED``, ``FEATURE_DEPENDENCY_ERROR``, ``DIMENSION_ERROR``,
            ``ANGLE_ERROR``, ``PATTERN_ERROR``, ``BOOLEAN_BODY_ERROR``, ``SINGLE_SOLID_VIOLATION``.
    """
    for obj in document.Objects:
        if obj.TypeId == SKETCH:
            _check_sketch(obj)
    for obj in document.Objects:
        if _is_step(obj):
            _check_parent(obj)
            _check_sizes(obj)
            _check_pattern(obj)
    for obj in document.Objects:
        if obj.TypeId == BODY:
            _check_body(obj)


# ---- sketches ---------------------------------------------------------------------------------


def _check_sketch(sketch: Any) -> None:
    sketch.solve()  # the counts below are those of the last solution
    faults = {
        "conflicting": list(sketch.ConflictingConstraints),
        "redundant": list(sketch.RedundantConstraints),
        "malformed": list(sketch.MalformedConstraints),
    }
    if any(faults.values()):
        text = ", ".join(f"{kind} constraints {numbers}" for kind, numbers in faults.items() if numbers)
        raise KernelError(
            "FC_SKETCH_OVERCONSTRAINED", "recompute", f"{sketch.Name}: {text}", object=sketch.Name, **faults
        )
    if sketch.DoF > 0:
        raise KernelError(
            "SKETCH_UNDERCONSTRAINED",
            "recompute",
            f"{sketch.Name} has {sketch.DoF} degrees of freedom",
            object=sketch.Name,
            sketch=sketch.Name,
            dof=int(sketch.DoF),
        )


# ---- features ---------------------------------------------------------------------------------


def _is_step(obj: Any) -> bool:
    """Whether the object is a feature that adds to or takes from the solid of a body."""
    return obj.TypeId.startswith("PartDesign::") and obj.TypeId != BODY and obj.TypeId not in _NOT_STEPS


def _check_parent(feature: Any) -> None:
    body = feature.getParentGeoFeatureGroup()
    if body is None or body.TypeId != BODY:
        raise _dependency(feature, "Body")
    if feature.TypeId not in _NEED_PROFILE:
        return
    profile = feature.Profile[0] if feature.Profile else None
    if profile is None:
        raise _dependency(feature, "Profile")
    home = profile.getParentGeoFeatureGroup()
    if home is None or home.Name != body.Name:
        raise _dependency(feature, profile.Name)


def _dependency(feature: Any, parent: str) -> KernelError:
    return KernelError(
        "FEATURE_DEPENDENCY_ERROR",
        "recompute",
        f"{feature.Name} stands on {parent}, which is missing, elsewhere or made of it",
        object=feature.Name,
        feature=feature.Name,
        parent=parent,
    )


def _check_sizes(feature: Any) -> None:
    for name in _judged_lengths(feature):
        _require_size(f"{feature.Name}.{name}", float(getattr(feature, name)))
    for name in _TAPERS:
        if hasattr(feature, name):
            _require_angle(f"{feature.Name}.{name}", float(getattr(feature, name)), TAPER_DEG)
    if feature.TypeId in _TURNS and str(feature.Type) == "Angle":
        angle_deg = float(feature.Angle)
        _require_angle(f"{feature.Name}.Angle", angle_deg, TURN_DEG, above_least=True)


def _judged_lengths(feature: Any) -> Iterator[str]:
    """Names of the lengths that the feature really uses."""
    for name in _LENGTHS.get(feature.TypeId, ()):
        second = name.endswith("2")
        used = not second or str(getattr(feature, "SideType", "")) == "Two sides"
        if used and str(getattr(feature, "Type2" if second else "Type", "Length")) in (
            "Length",
            "TwoLengths",
        ):
            yield name


def _require_size(name: str, value_mm: float) -> None:
    if not SIZE_MM[0] - _SLACK <= value_mm <= SIZE_MM[1] + _SLACK:
        raise dimension(name, value_mm)


def dimension(name: str, value_mm: float) -> KernelError:
    """A size out of bounds."""
    value_mm = round(value_mm, 6)
    return KernelError(
        "DIMENSION_ERROR", "check", f"{name} = {value_mm:g} mm", name=name, value_mm=value_mm, field=name
    )


def _require_angle(
    name: str, value_deg: float, bounds: tuple[float, float], *, above_least: bool = False
) -> None:
    least, most = bounds
    if (least < value_deg if above_least else least - _SLACK <= value_deg) and value_deg <= most + _SLACK:
        return
    value_deg = round(value_deg, 6)
    raise KernelError(
        "ANGLE_ERROR",
        "check",
        f"{name} = {value_deg:g} degrees",
        name=name,
        value_deg=value_deg,
        min_deg=least,
        max_deg=most,
        field=name,
    )


# ---- patterns ---------------------------------------------------------------------------------


def _check_pattern(feature: Any) -> None:
    match feature.TypeId:
        case "PartDesign::LinearPattern":
            _require_reference(feature, "Direction")
            count = _require_occurrences(feature)
            if count > 1:
                _require_spacing(feature, count)
        case "PartDesign::PolarPattern":
            _require_reference(feature, "Axis")
            _require_occurrences(feature)
            if not TURN_DEG[0] <= float(feature.Angle) <= TURN_DEG[1] + _SLACK:
                raise _pattern(feature, "Angle", float(feature.Angle))
        case "PartDesign::Mirrored":
            _require_reference(feature, "MirrorPlane")


def _require_reference(feature: Any, name: str) -> None:
    if not getattr(feature, name):
        raise _pattern(feature, name, None)


def _require_occurrences(feature: Any) -> int:
    count = int(feature.Occurrences)
    if not OCCURRENCES[0] <= count <= OCCURRENCES[1]:
        raise _pattern(feature, "Occurrences", count)
    return count


def _require_spacing(feature: Any, count: int) -> None:
    by_spacing = str(getattr(feature, "Mode", "")) == "Spacing"
    spacing_mm = float(feature.Offset) if by_spacing else float(feature.Length) / (count - 1)
    if not SIZE_MM[0] - _SLACK <= spacing_mm <= SIZE_MM[1] + _SLACK:
        raise _pattern(feature, "spacing_mm", spacing_mm)


def _pattern(feature: Any, name: str, value: float | None) -> KernelError:
    shown = round(value, 6) if isinstance(value, float) else value
    return KernelError(
        "PATTERN_ERROR",
        "check",
        f"{feature.Name}.{name} = {shown}",
        object=feature.Name,
        param=f"{feature.Name}.{name}",
        value=shown,
    )


# ---- bodies -----------------------------------------------------------------------------------


def _check_body(body: Any) -> None:
    steps = [obj for obj in body.Group if _is_step(obj)]
    if not steps:
        return
    if body.Tip is None or not _is_step(body.Tip) or body.Tip.Name not in {step.Name for step in steps}:
        raise _dependency(body, body.Tip.Name if body.Tip is not None else "Tip")
    for step in steps:
        if step.TypeId == BOOLEAN:
            _check_boolean(body, step)
    split = next((step for step in steps if _says_several(step)), None)
    if split is not None or solids_of(body) > 1:
        raise KernelError(
            "SINGLE_SOLID_VIOLATION",
            "check",
            f"{body.Name} holds {solids_of(body)} solids",
            object=body.Name,
            body=body.Name,
            solids=solids_of(body),
        )


def solids_of(obj: Any) -> int:
    """Solids in an object's shape; 0 when it has none."""
    return 0 if obj.Shape.isNull() else int(obj.Shape.countSubElements("Solid"))


def _says_several(step: Any) -> bool:
    return "Invalid" in step.State and "multiple solids" in step.getStatusString().lower()


def _check_boolean(body: Any, boolean: Any) -> None:
    tools = [tool for tool in boolean.Group if tool.TypeId == BODY]
    names = ", ".join(tool.Name for tool in boolean.Group) or "?"
    if not tools or len(tools) != len(boolean.Group) or solids_of(boolean) != 1 or "Invalid" in boolean.State:
        raise KernelError(
            "BOOLEAN_BODY_ERROR",
            "check",
            f"{boolean.Name} of {body.Name} and {names} gives {solids_of(boolean)} solids",
            object=boolean.Name,
            target=body.Name,
            tool=names,
            solids=solids_of(boolean),
        )

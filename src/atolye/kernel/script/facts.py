"""What a document consists of: its part of a script's ``script_meta`` (specification 03.94–03.100)."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from atolye.kernel.script.rules import BODY, BOOLEAN, SKETCH, solids_of

_DATUMS: Final = {
    "PartDesign::Plane": "planes",
    "PartDesign::Line": "axes",
    "PartDesign::Point": "points",
}
_PARAMETERS: Final[dict[str, tuple[str, ...]]] = {
    "PartDesign::Pad": ("Length", "Length2", "TaperAngle"),
    "PartDesign::Pocket": ("Length", "Length2", "TaperAngle"),
    "PartDesign::Revolution": ("Angle",),
    "PartDesign::Groove": ("Angle",),
    "PartDesign::LinearPattern": ("Length", "Offset", "Occurrences"),
    "PartDesign::PolarPattern": ("Angle", "Occurrences"),
}
_NAMES: Final = {
    ("PartDesign::Pad", "Length"): "length_mm",
    ("PartDesign::Pad", "Length2"): "length2_mm",
    ("PartDesign::Pocket", "Length"): "depth_mm",
    ("PartDesign::Pocket", "Length2"): "depth2_mm",
    ("PartDesign::Pad", "TaperAngle"): "draft_deg",
    ("PartDesign::Pocket", "TaperAngle"): "draft_deg",
    ("PartDesign::Revolution", "Angle"): "angle_deg",
    ("PartDesign::Groove", "Angle"): "angle_deg",
    ("PartDesign::LinearPattern", "Length"): "length_mm",
    ("PartDesign::LinearPattern", "Offset"): "spacing_mm",
    ("PartDesign::LinearPattern", "Occurrences"): "occurrences",
    ("PartDesign::PolarPattern", "Angle"): "sweep_angle_deg",
    ("PartDesign::PolarPattern", "Occurrences"): "occurrences",
}


def describe(document: Any) -> dict[str, Any]:
    """Features, sketches, bodies, datums and booleans, in the order in which they were made."""
    objects = list(document.Objects)
    bodies = [obj for obj in objects if obj.TypeId == BODY]
    return {
        "partdesign_features": [_feature(obj) for obj in objects if _is_feature(obj)],
        "sketches": [_sketch(obj) for obj in objects if obj.TypeId == SKETCH],
        "bodies": {
            "count": len(bodies),
            "names": [body.Name for body in bodies],
            "tip_map": {body.Name: body.Tip.Name if body.Tip else None for body in bodies},
            "single_solid_ok": all(solids_of(body) <= 1 for body in bodies),
        },
        "datums": _datums(objects),
        "booleans": [_boolean(obj) for obj in objects if obj.TypeId == BOOLEAN],
    }


def _is_feature(obj: Any) -> bool:
    return obj.TypeId.startswith("PartDesign::") and obj.TypeId != BODY and obj.TypeId not in _DATUMS


def _home(obj: Any) -> str | None:
    parent = obj.getParentGeoFeatureGroup()
    return parent.Name if parent is not None else None


def _feature(obj: Any) -> dict[str, Any]:
    known = _PARAMETERS.get(obj.TypeId, ())
    parameters = {_NAMES[obj.TypeId, name]: round(float(getattr(obj, name)), 6) for name in known}
    return {"name": obj.Name, "class": obj.TypeId, "body": _home(obj), "params": parameters}


def _sketch(obj: Any) -> dict[str, Any]:
    counts = Counter(constraint.Type for constraint in obj.Constraints)
    return {
        "name": obj.Name,
        "body": _home(obj),
        "constraint_counts": dict(sorted(counts.items())),
        "dof": int(obj.DoF),
    }


def _datums(objects: list[Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in _DATUMS.values()}
    for obj in objects:
        if obj.TypeId in _DATUMS:
            offset_mm = [round(float(number), 6) for number in obj.AttachmentOffset.Base]
            found[_DATUMS[obj.TypeId]].append({"name": obj.Name, "body": _home(obj), "offset_mm": offset_mm})
    return found


def _boolean(obj: Any) -> dict[str, Any]:
    return {
        "target_body": _home(obj),
        "tool_bodies": [tool.Name for tool in obj.Group],
        "operation": str(obj.Type),
        "result_single_solid": solids_of(obj) == 1,
    }

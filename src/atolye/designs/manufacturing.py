"""What each process asks of a part, and how findings about it are told.

The numbers go to the kernel with the request; it measures the part against them. Where the specification
gives a number (06.08–06.12) it is used for every process that makes the material; the others are what shops
publish as the least they make (“feasible”), not what they recommend, since a broken rule fails the job.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from atolye.errors import entry
from atolye.i18n.display import number_text

_Number = TypeVar("_Number", float, tuple[float, float])

MAX_OVERHANG_DEG: Final = 45.0  # from the vertical; specification 06.12
MAX_BRIDGE_MM: Final = 10.0  # specification 06.12
MAX_HOLE_DEPTH_RATIO: Final = 10.0  # jobbing drills; “feasible depth 10 × diameter” in CNC guides

DEFAULT_TOOL_DIAMETER_MM: Final = 3.0
"""End mill of a machine that says nothing of its tools: small, and still stocked everywhere (DIN 6527)."""

_METALS: Final = (
    "aluminium", "steel", "stainless_steel", "cast_iron", "brass", "bronze", "copper", "titanium",
    "magnesium", "zinc",
)  # fmt: skip

_MACHINED_MM: Final[Mapping[str, float]] = MappingProxyType(
    {
        "aluminium": 0.8,  # specification 06.09
        "steel": 0.5,  # specification 06.09
        "abs": 1.2,  # specification 06.09
        "pla": 0.8,  # specification 06.09
        # Metals: 0.8 recommended, 0.5 feasible; plastics: 1.5 and 1.0 (CNC guides of the large job shops).
        "stainless_steel": 0.5,
        "brass": 0.5,
        "bronze": 0.5,
        "titanium": 0.8,  # springs away from the cutter, so the recommended value
        "copper": 0.8,  # soft, the same
        "magnesium": 0.8,  # as aluminium
        "zinc": 0.8,
        "cast_iron": 0.8,  # brittle
        "thermoplastic": 1.0,
    }
)
"""Thinnest wall that is milled, turned or ground, by material or group."""

_PRINTED_MM: Final[Mapping[str, float]] = MappingProxyType(
    {
        "abs": 1.2,  # specification 06.09; three lines of a 0.4 mm nozzle
        "asa": 1.2,  # warps like ABS
        "polycarbonate": 1.2,
        "pla": 0.8,  # specification 06.09; two lines of a 0.4 mm nozzle
        "thermoplastic": 0.8,
    }
)
"""Thinnest wall that is printed (FDM), by material or group."""

_MOULDED: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        # Walls: lower ends of the ranges in moulders' tables (ABS 0.045 in, acetal 0.030, acrylic 0.025,
        # nylon 0.030, PC 0.040, PE 0.030, PP 0.025, polyester 0.025). Draft: 1–2° (specification 06.10);
        # resins that slide (nylon, acetal, PE, PP) at the low end, stiff and clear ones at the high end.
        "abs": (1.2, 1.0),  # wall: specification 06.09
        "asa": (1.2, 1.0),
        "pla": (0.8, 1.5),  # wall: specification 06.09
        "petg": (0.65, 1.5),
        "nylon_pa6": (0.75, 1.0),
        "nylon_pa12": (0.75, 1.0),
        "pom_c": (0.75, 1.0),
        "polyethylene_hd": (0.75, 1.0),
        "polypropylene": (0.65, 1.0),
        "polycarbonate": (1.0, 2.0),
        "pmma": (0.65, 2.0),
        "peek": (1.0, 2.0),
        "thermoplastic": (1.0, 1.5),
    }
)
"""Injection moulding: thinnest wall (mm) and least draft (degrees), by material or group."""

_SAND_CAST_MM: Final[Mapping[str, float]] = MappingProxyType(
    # Least sections of sand castings in foundries' guides.
    {
        "aluminium": 3.0,
        "magnesium": 4.0,
        "cast_iron": 3.0,
        "bronze": 3.0,
        "zinc": 3.0,
        "brass": 3.0,
        "steel": 5.0,
    }
)
SAND_DRAFT_DEG: Final = 1.0  # patterns are drawn with 1–2°

_DIE_CAST: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    # Least section and draft (1:100, 1:200, 1:80) of pressure die castings in foundries' guides; the section
    # of aluminium rounded up to two decimals from 0.035 in.
    {
        "aluminium": (0.89, 0.6),
        "magnesium": (1.27, 0.6),
        "zinc": (0.63, 0.3),
        "brass": (1.27, 0.7),
        "bronze": (1.27, 0.7),
    }
)

_CUT_MM: Final[Mapping[str, float]] = MappingProxyType(
    {**dict.fromkeys(_METALS, 0.5), "aluminium": 0.8, "thermoplastic": 1.0, "abs": 1.2, "pla": 0.8}
)
"""Thinnest web between two cuts in sheet; aluminium and steel as in specification 06.09."""


def processes() -> tuple[str, ...]:
    """The processes that have rules."""
    return tuple(_RULES)


def rules_for(
    process: str, *, material: str, group: str, tool_diameter_mm: float | None = None
) -> dict[str, float] | None:
    """The rules of a process for a material, as the kernel reads them (``atolye.kernel.check``).

    Args:
        process: key of the process, such as ``milling``.
        material: key of the material, such as ``abs``; its own numbers win over its group's.
        group: its group, such as ``thermoplastic``.
        tool_diameter_mm: the slimmest end mill there is; else :data:`DEFAULT_TOOL_DIAMETER_MM`.

    Returns:
        names of rules to numbers, or ``None`` when the process, or the material in it, has none.
    """
    rules = _RULES.get(process)
    return None if rules is None else rules(material, group, tool_diameter_mm)


def _milling(material: str, group: str, tool_diameter_mm: float | None) -> dict[str, float] | None:
    wall = _for_material(_MACHINED_MM, material, group)
    if wall is None:
        return None
    return {
        "min_wall_mm": wall,
        "tool_access": 1.0,
        "min_internal_radius_mm": (tool_diameter_mm or DEFAULT_TOOL_DIAMETER_MM) / 2,
        "max_hole_depth_ratio": MAX_HOLE_DEPTH_RATIO,
    }


def _turning(material: str, group: str, _: float | None) -> dict[str, float] | None:
    wall = _for_material(_MACHINED_MM, material, group)
    return None if wall is None else {"min_wall_mm": wall, "max_hole_depth_ratio": MAX_HOLE_DEPTH_RATIO}


def _grinding(material: str, group: str, _: float | None) -> dict[str, float] | None:
    return _only_wall(_for_material(_MACHINED_MM, material, group))


def _cutting(material: str, group: str, _: float | None) -> dict[str, float] | None:
    return _only_wall(_for_material(_CUT_MM, material, group))


def _printing(material: str, group: str, _: float | None) -> dict[str, float] | None:
    wall = _for_material(_PRINTED_MM, material, group)
    if wall is None:
        return None
    return {"min_wall_mm": wall, "max_overhang_deg": MAX_OVERHANG_DEG, "max_bridge_mm": MAX_BRIDGE_MM}


def _injection(material: str, group: str, _: float | None) -> dict[str, float] | None:
    return _moulded(_for_material(_MOULDED, material, group))


def _casting(material: str, group: str, _: float | None) -> dict[str, float] | None:
    wall = _for_material(_SAND_CAST_MM, material, group)
    return _moulded(None if wall is None else (wall, SAND_DRAFT_DEG))


def _die_casting(material: str, group: str, _: float | None) -> dict[str, float] | None:
    return _moulded(_for_material(_DIE_CAST, material, group))


def _only_wall(wall_mm: float | None) -> dict[str, float] | None:
    return None if wall_mm is None else {"min_wall_mm": wall_mm}


def _moulded(wall_and_draft: tuple[float, float] | None) -> dict[str, float] | None:
    if wall_and_draft is None:
        return None
    wall_mm, draft_deg = wall_and_draft
    return {"min_wall_mm": wall_mm, "min_draft_deg": draft_deg, "mould_release": 1.0}


def _for_material(table: Mapping[str, _Number], material: str, group: str) -> _Number | None:
    return table.get(material, table.get(group))


_RULES: Final = MappingProxyType(
    {
        "milling": _milling,
        "turning": _turning,
        "grinding": _grinding,
        "3d_printing": _printing,
        "injection_molding": _injection,
        "casting": _casting,
        "die_casting": _die_casting,
        "laser_cutting": _cutting,
        "waterjet_cutting": _cutting,
        "sheet_metal": _cutting,
    }
)


def word_finding(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A finding of the kernel's checks with its texts, in the shape that jobs carry warnings in.

    Args:
        finding: ``{"code", "severity", "point_mm", "face", "measured", "required", "unit"}``, and
            ``"other_face"`` where two faces are involved.

    Returns:
        the finding with ``field`` (the faces), ``value`` (the measure), ``because`` (place and limit),
        ``message_tr`` and ``message_en``.
    """
    faces = ", ".join(finding[name] for name in ("face", "other_face") if name in finding)
    known = entry(finding["code"])
    words = {"faces": faces, **_numbers(finding, "tr"), **_numbers(finding, "en")}
    place = ", ".join(f"{coordinate:g}" for coordinate in finding["point_mm"])
    return {
        **finding,
        "field": faces,
        "value": finding["measured"],
        "because": f"({place}) mm; limit {finding['required']:g} {_UNIT_SIGNS[finding['unit']]}".rstrip(),
        "message_tr": known.message_tr.format_map(words),
        "message_en": known.message_en.format_map(words),
    }


_UNIT_SIGNS: Final = {"mm": "mm", "deg": "°", "1": ""}
_SHARES: Final = frozenset({"TOOL_NO_ACCESS", "UNDERCUT_NEEDS_SLIDE"})
"""Findings whose measure is a share of a face's area, told in percent."""


def _numbers(finding: Mapping[str, Any], language: str) -> dict[str, str]:
    factor = 100.0 if finding["code"] in _SHARES else 1.0
    return {
        f"{name}_{language}": number_text(finding[name] * factor, language, digits=3)
        for name in ("measured", "required")
    }

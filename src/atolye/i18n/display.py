"""Numbers, quantities and the table of metrics as text.

The decimal sign is the language's; thousands are never grouped, because ``1.234`` would be another number
in the other language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from atolye.designs.units import LENGTHS
from atolye.i18n.labels import label, metric_label

DIGITS: Final = 9
"""Significant digits that are shown; what is stored has more."""

SMALLEST_PLAIN: Final = 1e-6
"""Numbers nearer to zero than this are written with a power of ten."""

UNKNOWN: Final = "—"

KG_MM2_PER_KG_M2: Final = 1e6

_POWERS: Final = {1: "", 2: "²", 3: "³"}


def number_text(value: float, language: str, *, digits: int = DIGITS) -> str:
    """A number with at most ``digits`` significant digits, without trailing zeros: ``100,5`` or ``100.5``."""
    from babel.numbers import format_decimal, format_scientific  # 40 ms that few commands need

    locale = "tr_TR" if language == "tr" else "en_US"
    if 0 < abs(value) < SMALLEST_PLAIN:
        return format_scientific(
            float(f"{value:.{digits}g}"), format=f"0.{'#' * (digits - 1)}E0", locale=locale
        )
    rounded = float(f"{value:.{digits}g}") + 0.0
    return format_decimal(rounded, format=f"0.{'#' * 15}", locale=locale, decimal_quantization=False)


def quantity_text(value: float, unit: str, language: str, *, power: int = 1, digits: int = DIGITS) -> str:
    """A number and its unit, as in ``12,5 mm`` or ``3.2 in³``.

    Args:
        unit: a key of the labels' section ``units``.
        power: 2 for the unit's square, 3 for its cube.
    """
    return f"{number_text(value, language, digits=digits)} {label('units', unit, language)}{_POWERS[power]}"


def metrics_table(metrics: Mapping[str, Any], language: str, *, unit: str = "mm") -> list[tuple[str, str]]:
    """The metrics of a part as rows of label and value, in the order in which people ask for them.

    Args:
        metrics: as in ``job.json``, with its ``display`` block. What is missing has no row; what could not
            be computed has a dash.
        unit: unit of the lengths shown, of which areas and volumes take the square and the cube.
    """
    rows = _Rows(metrics, language, unit)
    return [(metric_label(key, language), text) for key, text in rows]


class _Rows:
    """Iterates over the keys and texts of the rows."""

    def __init__(self, metrics: Mapping[str, Any], language: str, unit: str) -> None:
        self.metrics = metrics
        self.display: Mapping[str, Any] = metrics.get("display") or {}
        self.language = language
        self.unit = unit
        self.unit_mm = float(LENGTHS[unit].factor)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        yield from self._geometry()
        yield from self._matter()
        yield from self._counts("solids", "faces", "edges", "triangles")
        yield from self._counts(
            "duration_ms", "cpu_user_s", "cpu_system_s", "cpu_percent_peak", "ram_peak_mb"
        )

    def _geometry(self) -> Iterator[tuple[str, str]]:
        if "bbox_mm" in self.display:
            yield "bbox", self._box(self.display["bbox_mm"])
        for key, name, power in (("volume", "volume_mm3", 3), ("area", "area_mm2", 2)):
            if name in self.display:
                yield key, self._length(self.display[name], power)
        if "center_of_mass_mm" in self.display:
            yield "center_of_mass", self._point(self.display["center_of_mass_mm"])

    def _matter(self) -> Iterator[tuple[str, str]]:
        material = self.metrics.get("material") or {}
        if "mass_kg" in self.metrics:
            yield "mass", self._quantity(self.metrics["mass_kg"], "kg")
        if "inertia_kg_m2" in self.display:
            yield "inertia", self._inertia(self.display["inertia_kg_m2"])
        if "material_name" in material:
            yield "material", self._name(material["material_name"])
        if "density_kg_m3" in material:
            yield "density", self._quantity(material["density_kg_m3"], "kg_m3")

    def _counts(self, *keys: str) -> Iterator[tuple[str, str]]:
        for key in keys:
            if key in self.metrics:
                value = self.metrics[key]
                yield key, UNKNOWN if value is None else number_text(value, self.language)

    # ---- values ----------------------------------------------------------------------------------

    def _quantity(self, value: float | None, unit: str) -> str:
        return UNKNOWN if value is None else quantity_text(value, unit, self.language)

    def _length(self, value: float | None, power: int = 1) -> str:
        """A length, area or volume, given in a power of mm."""
        if value is None:
            return UNKNOWN
        return quantity_text(value / self.unit_mm**power, self.unit, self.language, power=power)

    def _joined(self, values: Sequence[float], between: str, unit: str) -> str:
        texts = [number_text(value, self.language) for value in values]
        return f"{between.join(texts)} {label('units', unit, self.language)}"

    def _box(self, box: Mapping[str, Sequence[float]] | None) -> str:
        if box is None:
            return UNKNOWN
        sizes = [(high - low) / self.unit_mm for low, high in zip(box["min"], box["max"], strict=True)]
        return self._joined(sizes, " × ", self.unit)

    def _point(self, point: Sequence[float] | None) -> str:
        if point is None:
            return UNKNOWN
        return self._joined([part / self.unit_mm for part in point], "; ", self.unit)

    def _inertia(self, tensor: Sequence[Sequence[float]] | None) -> str:
        """The diagonal only: the whole tensor is for programs."""
        if tensor is None:
            return UNKNOWN
        diagonal = [tensor[axis][axis] * KG_MM2_PER_KG_M2 for axis in range(3)]
        return self._joined(diagonal, "; ", "kg_mm2")

    def _name(self, name: Any) -> str:
        """A name, which may be given in both languages."""
        if isinstance(name, Mapping):
            return str(name.get(self.language) or name.get("en") or UNKNOWN)
        return str(name)

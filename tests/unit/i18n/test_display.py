"""Numbers as a Turkish and an English reader write them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atolye.i18n import metrics_table, number_text, quantity_text

METRICS: dict[str, Any] = {
    "solids": 1,
    "faces": 7,
    "edges": 15,
    "triangles": 592,
    "volume_m3": 1.46823e-4,
    "mass_kg": 0.396422,
    "material": {"material_name": {"tr": "Alüminyum", "en": "Aluminium"}, "density_kg_m3": 2700.0},
    "display": {
        "volume_mm3": 146823.0,
        "area_mm2": 26987.25,
        "bbox_mm": {"min": [0.0, 0.0, 0.0], "max": [100.5, 50.0, 30.0]},
        "center_of_mass_mm": [50.25, 25.0, 15.0],
        "inertia_kg_m2": [[1.1e-4, 0.0, 0.0], [0.0, 3.7e-4, 0.0], [0.0, 0.0, 4.2e-4]],
    },
}


@pytest.mark.parametrize(
    ("value", "tr", "en"),
    [
        (100.5, "100,5", "100.5"),
        (1234567.0, "1234567", "1234567"),
        (0.1 + 0.2, "0,3", "0.3"),
        (-0.0, "0", "0"),
        (-2.25, "-2,25", "-2.25"),
        (5, "5", "5"),
        (1e-6, "0,000001", "0.000001"),
        (1.5e-9, "1,5E-9", "1.5E-9"),
        (123456.7890123, "123456,789", "123456.789"),
    ],
)
def test_a_number_has_the_decimal_sign_of_the_language_and_no_thousands(
    value: float, tr: str, en: str
) -> None:
    assert (number_text(value, "tr"), number_text(value, "en")) == (tr, en)


@given(st.floats(-1e12, 1e12))
def test_a_shown_number_reads_back_as_itself_to_nine_digits(value: float) -> None:
    shown = number_text(value, "tr")
    assert "." not in shown
    assert float(shown.replace(",", ".")) == pytest.approx(value, rel=1e-8, abs=0)


def test_a_quantity_has_its_unit_in_the_language() -> None:
    assert quantity_text(2.5, "in", "tr") == "2,5 inç"
    assert quantity_text(2.5, "in", "en", power=3) == "2.5 in³"


@pytest.mark.spec("10.08", "10.11")
def test_the_table_of_metrics_in_turkish() -> None:
    assert metrics_table(METRICS, "tr") == [
        ("Sınır kutusu", "100,5 × 50 × 30 mm"),
        ("Hacim", "146823 mm³"),
        ("Yüzey alanı", "26987,25 mm²"),
        ("Kütle merkezi", "50,25; 25; 15 mm"),
        ("Kütle", "0,396422 kg"),
        ("Atalet momentleri (x, y, z)", "110; 370; 420 kg·mm²"),
        ("Malzeme", "Alüminyum"),
        ("Yoğunluk", "2700 kg/m³"),
        ("Katılar", "1"),
        ("Yüzeyler", "7"),
        ("Kenarlar", "15"),
        ("Üçgen sayısı", "592"),
    ]


def test_lengths_areas_and_volumes_follow_the_callers_unit() -> None:
    inches = dict(metrics_table(METRICS, "en", unit="in"))
    assert inches["Bounding box"].endswith(" in")
    for label, power, value_mm in (("Volume", 3, 146823.0), ("Surface area", 2, 26987.25)):
        shown = float(inches[label].split(" ")[0])
        assert shown * 25.4**power == pytest.approx(value_mm, rel=1e-8)


def test_what_could_not_be_computed_is_a_dash_and_what_is_missing_has_no_row() -> None:
    empty = dict.fromkeys(METRICS["display"])
    rows = dict(metrics_table({"mass_kg": None, "solids": 0, "display": empty}, "tr"))
    assert set(rows.values()) == {"—", "0"}
    assert metrics_table({}, "tr") == []


def test_stored_metrics_are_not_touched() -> None:
    before = repr(METRICS)
    metrics_table(METRICS, "tr", unit="in")
    assert repr(METRICS) == before
    assert not re.search(r"\d,\d", before)

"""What holds for every request: stable under itself, order and language; never a crash."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from atolye.designs.canonical import CanonicalRequest
from atolye.designs.envelope import NAMES
from atolye.designs.families import registry
from atolye.designs.service import canonicalise
from atolye.designs.units import LENGTHS
from atolye.errors import AtolyeError

FAMILIES = registry()

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["1,234", "10 mm", "M6", "M8x20", "çelik", "milling", "1/8 inch", "merkez", "evet"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
known_keys = st.sampled_from(
    sorted(
        {word for turkish, english in NAMES.values() for word in (*turkish, *english)}
        | {
            word
            for family in FAMILIES.values()
            for spec in family.specs().values()
            for word in spec.tr + spec.en
        }
    )
)


def outcome(raw: Any) -> CanonicalRequest | AtolyeError:
    try:
        return canonicalise(raw)
    except AtolyeError as refusal:
        return refusal


def assert_sound(result: CanonicalRequest | AtolyeError) -> None:
    if isinstance(result, AtolyeError):
        json.dumps(result.body(), allow_nan=False).encode()
        assert result.http_status in (409, 415, 422, 425)
        return
    json.dumps(result.to_wire(), allow_nan=False)
    again = canonicalise(result.as_dict())
    assert again.canonical_json() == result.canonical_json()


@given(st.dictionaries(known_keys | st.text(max_size=20), json_values, max_size=8))
@settings(max_examples=300, deadline=None)
def test_any_json_is_a_request_or_a_catalogued_refusal(raw: dict[str, Any]) -> None:
    assert_sound(outcome(raw))


@given(st.data(), st.sampled_from(sorted(FAMILIES)))
@settings(max_examples=300, deadline=None)
def test_a_damaged_request_is_a_request_or_a_catalogued_refusal(data: st.DataObject, family: str) -> None:
    raw = dict(FAMILIES[family].example)
    for key in data.draw(st.lists(st.sampled_from(sorted(raw)), min_size=1, max_size=3, unique=True)):
        raw[key] = data.draw(json_values | st.sampled_from([0, -1, 0.1, 5, 999, 1e308, "0,1", "1000 mm"]))
    extra = data.draw(
        st.dictionaries(st.sampled_from(sorted(FAMILIES[family].specs())), json_values, max_size=2)
    )
    assert_sound(outcome({**raw, **extra}))


sizes_mm = st.integers(20_000_000, 900_000_000).map(lambda nanometres: Fraction(nanometres, 10**6))


def written(value_mm: Fraction, unit: str, comma: bool) -> str:
    """Exactly the value, as a person would write it in a unit."""
    value = value_mm / LENGTHS[unit].factor
    if 10**12 % value.denominator:  # no finite decimal: a fraction
        return f"{value.numerator}/{value.denominator} {unit}"
    text = f"{value.numerator * (10**12 // value.denominator):013d}"
    text = f"{text[:-12]}.{text[-12:]}"
    return f"{text.replace('.', ',') if comma else text} {unit}"


@given(
    st.lists(sizes_mm, min_size=3, max_size=3),
    st.lists(st.sampled_from(sorted(LENGTHS)), min_size=3, max_size=3),
    st.booleans(),
    st.data(),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@pytest.mark.spec("03.01", "14.18", "06.27")
def test_language_unit_order_and_decimal_sign_leave_the_hash_alone(
    sizes: list[Fraction], units: list[str], comma: bool, data: st.DataObject
) -> None:
    family = FAMILIES["box"]
    plain = {name: float(size) for name, size in zip(("length", "width", "height"), sizes, strict=True)}
    fields = []
    for (name, _), size, unit in zip(plain.items(), sizes, units, strict=True):
        spec = family.specs()[name]
        text = written(size, unit, comma)
        assume(
            (len(text) <= 60 and all(len(part) <= 9 for part in text.split(" ")[0].split("/")))
            or "/" not in text
        )
        fields.append((data.draw(st.sampled_from([name, *spec.tr, *spec.en])), text))
    around = [
        (
            data.draw(st.sampled_from(["material", "malzeme", "MALZEME"])),
            data.draw(st.sampled_from(["6061", "AlMg1SiCu"])),
        ),
        (
            data.draw(st.sampled_from(["family", "aile", "parça"])),
            data.draw(st.sampled_from(["box", "Kutu", "KUTU"])),
        ),
    ]
    twin = dict(data.draw(st.permutations([*fields, *around])))
    assert canonicalise(twin).sha256 == canonicalise({"family": "box", **plain, "material": "6061"}).sha256


@given(st.data(), st.sampled_from(sorted(FAMILIES)))
@settings(max_examples=60, deadline=None)
def test_the_order_of_keys_changes_nothing(data: st.DataObject, family: str) -> None:
    raw = dict(FAMILIES[family].example)
    shuffled = dict(data.draw(st.permutations(list(raw.items()))))
    assert canonicalise(shuffled).to_wire() == canonicalise(raw).to_wire()


@given(st.floats(0.1, 1000, allow_nan=False))
@settings(deadline=None)
@pytest.mark.spec("14.18")
def test_numbers_are_rounded_to_a_millionth_and_stay(length: float) -> None:
    request = canonicalise({"family": "box", "length": length, "width": 1, "height": 1, "material": "pla"})
    kept = request.fields["length"]
    assert math.isclose(kept, length, abs_tol=0.5e-6 + 1e-12)
    assert round(kept, 6) == kept
    again = canonicalise({"family": "box", "length": kept, "width": 1, "height": 1, "material": "pla"})
    assert again.fields["length"] == kept


@pytest.mark.parametrize("written", ["Ø20", "⌀ 20 mm", "ø20"])
def test_a_diameter_may_carry_its_sign_and_nothing_else_may(written: str) -> None:
    base = {"family": "cylinder", "length": 50, "material": "steel"}
    assert canonicalise({**base, "diameter": written}).sha256 == canonicalise({**base, "diameter": 20}).sha256
    with pytest.raises(AtolyeError):
        canonicalise({**base, "diameter": 20, "length": written})

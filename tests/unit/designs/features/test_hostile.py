"""Whatever stands in a feature tree, the answer is a request or a catalogued error."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from atolye.designs.features.operations import OPERATIONS
from atolye.designs.features.sketching import CONSTRAINTS, CURVES
from atolye.designs.service import canonicalise
from atolye.errors import AtolyeError

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 60)
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.sampled_from(
        [
            "L",
            "L / 2",
            "n",
            "a",
            "top",
            "all",
            "z",
            "xy",
            "s",
            "b",
            "5 mm",
            "30 deg",
            "1/0",
            "origin",
            "c1.end",
        ]
    )
    | st.text(max_size=6)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)


def with_fields(model: Any, naming: dict[str, str]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of a kind's own fields, filled with anything."""
    names = st.sampled_from(list(model.specs()))
    return st.dictionaries(names, VALUES, max_size=6).map(lambda given: {**given, **naming})


CURVE = st.sampled_from(list(CURVES)).flatmap(lambda kind: with_fields(CURVES[kind], {"kind": kind}))
CONSTRAINT = st.fixed_dictionaries(
    {"type": st.sampled_from(list(CONSTRAINTS)), "a": SCALARS},
    optional={"b": SCALARS, "about": SCALARS, "value": SCALARS},
)
SKETCH = st.fixed_dictionaries(
    {"op": st.just("sketch"), "id": st.just("s"), "curves": st.lists(CURVE, max_size=3)},
    optional={"constraints": st.lists(CONSTRAINT, max_size=3), "face": VALUES, "offset": VALUES},
)
OPERATION = SKETCH | st.sampled_from(list(OPERATIONS)).flatmap(
    lambda kind: with_fields(OPERATIONS[kind], {"op": kind})
)


@settings(max_examples=150, deadline=None)
@given(
    operations=st.lists(OPERATION, max_size=4),
    parameters=st.dictionaries(st.sampled_from(["L", "n", "a", "b c", "1"]), VALUES, max_size=4) | VALUES,
    result=VALUES,
)
def test_anything_is_a_request_or_a_catalogued_error(operations: Any, parameters: Any, result: Any) -> None:
    block = {"id": "b", "op": "box", "length": 30, "width": 20, "height": 10}
    inner = {"parameters": parameters, "operations": [block, *operations], "result": result}
    made = None
    with suppress(AtolyeError):
        made = canonicalise({"family": "features", "parameters": inner, "material": "steel"})
    if made is not None:
        assert canonicalise(made.as_dict()).sha256 == made.sha256
        made.to_wire()

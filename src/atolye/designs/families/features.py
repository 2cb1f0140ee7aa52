"""Anything that operations can make: primitives, sketches, booleans, fillets, patterns, with parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from atolye.designs.family import Checks, PartFamily, Text
from atolye.designs.features.extent import envelope_of
from atolye.designs.features.operations import ANY_OPERATION, MOST_OPERATIONS, Operation, Unreadable
from atolye.designs.features.parameters import Parameters, ParametersSpec, Resolution
from atolye.designs.features.plan import check_drawings, plan_of, structured
from atolye.designs.features.sketching import Several
from atolye.designs.features.structure import with_ids
from atolye.designs.features.values import Ids, mapped, values_in
from atolye.designs.fields import declared
from atolye.designs.model import with_values


@dataclass(frozen=True, kw_only=True)
class Features(PartFamily):
    key: ClassVar[str] = "features"
    title: ClassVar[Text] = Text(tr="Unsur ağacı", en="Feature tree")
    frame: ClassVar[Text] = Text(
        tr="Parçanın kendi eksenleri: XY yatay düzlem, +Z yukarı; her unsur konumunu kendisi söyler.",
        en="The part's own axes: XY is level, +Z is up; every feature says itself where it is.",
    )
    also_called: ClassVar[tuple[str, ...]] = (
        "unsurlar",
        "işlem ağacı",
        "operations",
        "parametric",
        "parametrik model",
    )
    example: ClassVar[Mapping[str, Any]] = {
        "family": "features",
        "parameters": {
            "parameters": {"L": "80 mm", "W": "50 mm", "t": "L / 8", "d": "8 mm"},
            "operations": [
                {"id": "plate", "op": "box", "length": "L", "width": "W", "height": "t"},
                {"id": "outline", "op": "sketch", "face": "top", "curves": [
                    {"kind": "circle", "center": ["d * 1.5", "d * 1.5"], "diameter": "d"},
                ]},
                {"id": "hole", "op": "pocket", "sketch": "outline", "through": True},
                {
                    "op": "linear_pattern", "of": ["hole"],
                    "direction": "x", "count": 2, "spacing": "L - 3 * d",
                    "direction2": "y", "count2": 2, "spacing2": "W - 3 * d",
                },
                {
                    "id": "rounding", "op": "fillet", "radius": 5,
                    "edges": {"parallel": "z", "type": "line", "expect": 4},
                },
            ],
        },
        "material": "aluminium",
    }  # fmt: skip

    parameters: Parameters = declared(  # noqa: RUF009 (a field, not a value)
        ParametersSpec(
            tr=("parametreler", "değişkenler", "değişken"),
            en=("parameters", "params", "variables"),
            required=False,
            default=Parameters(),
        )
    )
    operations: tuple[Operation, ...] = declared(
        Several(
            tr=("işlemler", "operasyonlar", "unsurlar"),
            en=("operations", "ops", "features"),
            item=ANY_OPERATION,
            least=1,
            most=MOST_OPERATIONS,
        )
    )
    result: tuple[str, ...] | None = declared(Ids(tr=("sonuç",), en=("result",), required=False))
    """Bodies that remain side by side; needed only when there is more than one."""

    def complete(self, checks: Checks) -> Features:
        resolution = Resolution(
            checks,
            {item.name: item for item in self.parameters.items},
            [value for value in values_in(self.operations) if value.node is not None],
        )
        parameters = resolution.run()
        operations = mapped(with_ids(self.operations, checks), resolution.resolved)
        if any(isinstance(each, Unreadable) for each in operations):
            return with_values(self, parameters=parameters, operations=operations)
        steps = structured(operations, self.result, checks).steps
        return with_values(self, parameters=parameters, operations=tuple(step.operation for step in steps))

    def check(self, checks: Checks) -> None:
        if not any(isinstance(each, Unreadable) for each in self.operations):
            check_drawings(self.parameters, self.operations, checks)

    def kernel_fields(self) -> dict[str, Any]:
        return plan_of(self.parameters, self.operations, self.result)

    def envelope_mm(self) -> tuple[float, float, float]:
        return envelope_of(self.operations)

"""Named parameters: read, put in order, given their units, evaluated."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from atolye.designs.family import Checks
from atolye.designs.features import dimensions, expressions, parsing
from atolye.designs.features.expressions import (
    ANGLE,
    LENGTH,
    PURE,
    UNITS,
    Dimension,
    ExpressionError,
    Literal,
    Node,
)
from atolye.designs.features.values import Value, as_expression
from atolye.designs.fields import UNREAD, Count, Reading, Spec
from atolye.designs.findings import At
from atolye.designs.model import Model
from atolye.designs.numbers import (
    AmbiguousNumberError,
    UnreadableNumberError,
    exact,
    read_quantity,
    rounded,
)
from atolye.designs.units import Unit, angle_unit, length_unit
from atolye.designs.words import fold, nearest, shown

MOST_PARAMETERS: Final = 100

_VALUE_KEYS: Final = frozenset(map(fold, ("value", "değer")))
_UNIT_KEYS: Final = frozenset(map(fold, ("unit", "units", "birim")))
_UNITS_KNOWN: Final = "um, mm, cm, m, in, ft, deg, rad"
_AGREED: Final = 1e-6
"""How far a number beside an expression may be from what the expression gives."""


@dataclass(frozen=True)
class Parameter(Model):
    """A named value; an expression in other parameters when it has names in it."""

    name: str = ""
    node: Node = field(default_factory=lambda: Literal(0.0))
    at: At = field(default_factory=At, compare=False)
    bare_mm: float = field(default=1.0, compare=False)
    claimed: float | None = field(default=None, compare=False)
    value: float = math.nan
    unit: str = ""

    @property
    def expression(self) -> str | None:
        """The canonical expression; ``None`` of a plain value."""
        return expressions.written(self.node) if any(expressions.names_in(self.node)) else None

    def values(self) -> dict[str, Any]:
        made: dict[str, Any] = {"value": self.value, "unit": self.unit}
        return made if self.expression is None else {"expression": self.expression, **made}


@dataclass(frozen=True)
class Parameters(Model):
    """All parameters, by name."""

    items: tuple[Parameter, ...] = ()

    def values(self) -> dict[str, Any]:
        return {item.name: item.values() for item in self.items}


@dataclass(frozen=True, kw_only=True)
class ParametersSpec(Spec):
    """``{"L": "100 mm", "t": "L / 10", "n": 4}``."""

    def read(self, raw: Any, at: At, reading: Reading, unit: Unit | None = None) -> Any:
        if not isinstance(raw, Mapping):
            reading.error("VALIDATION_INVALID_TYPE", at, value=shown(raw), expected='{"L": "100 mm", …}')
            return UNREAD
        if len(raw) > MOST_PARAMETERS:
            reading.error("VALIDATION_TOO_MANY", at, value=len(raw), limit=MOST_PARAMETERS)
            return UNREAD
        made: dict[str, Parameter] = {}
        for key, value in raw.items():
            name = expressions.plain_name(str(key))
            place = at.child(name, shown(key))
            if not expressions.is_name(name):
                reading.error("FEATURE_NAME_INVALID", at.child(shown(key)), value=shown(key))
            elif name in made:
                reading.error("VALIDATION_CONFLICT", place, fields=f"{made[name].at.typed}, {place.typed}")
            else:
                made[name] = _read_parameter(name, value, place, reading)
        return Parameters(tuple(made[name] for name in sorted(made)))

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "maxProperties": MOST_PARAMETERS,
            "additionalProperties": {"type": ["number", "string", "object"]},
        }


def _read_parameter(name: str, raw: Any, at: At, reading: Reading) -> Parameter:
    reading.findings.typed.setdefault(at.path, at.typed)
    bare_mm = float(reading.unit.factor)
    try:
        found = as_expression(raw)
        if found is not None:
            text, claimed = found
            beside = float(claimed) if isinstance(claimed, int | float) else None
            return Parameter(name, parsing.parse(text), at, bare_mm, beside)
        return Parameter(name, _literal(raw), at, bare_mm)
    except ExpressionError as problem:
        reading.error(problem.code, at, **{"value": shown(raw), **problem.params})
    except AmbiguousNumberError as doubt:
        first, second = doubt.readings
        reading.error("VALIDATION_AMBIGUOUS_NUMBER", at, value=shown(raw), first=first, second=second)
    except UnreadableNumberError:
        reading.error("VALIDATION_INVALID_NUMBER", at, value=shown(raw))
    return Parameter(name, Literal(math.nan), at, bare_mm)


def _literal(raw: Any) -> Literal:
    """A number with the unit that stands after it or beside it."""
    unit: Any = None
    if isinstance(raw, Mapping):
        by_name = {fold(str(key)): value for key, value in raw.items()}
        values = [value for key, value in by_name.items() if key in _VALUE_KEYS]
        units = [value for key, value in by_name.items() if key in _UNIT_KEYS]
        if len(values) != 1 or len(units) > 1 or len(values) + len(units) != len(raw):
            raise UnreadableNumberError
        raw, unit = values[0], units[0] if units else None
    number, written = read_quantity(raw) if isinstance(raw, str) else (exact(raw), "")
    if written:
        unit = written
    if abs(number) > expressions.LARGEST:
        raise UnreadableNumberError
    if unit is None:
        return Literal(float(number), bare=True)
    return _with_unit(number, unit)


def _with_unit(number: Any, unit: Any) -> Literal:
    text = unit if isinstance(unit, str) else ""
    if (length := length_unit(text)) is not None:
        return Literal(rounded(number * length.factor), LENGTH)
    if (angle := angle_unit(text)) is not None:
        return Literal(rounded(number * angle.factor), ANGLE)
    if Count()._lookup(text) is not None or unit == "":
        return Literal(float(number))
    raise ExpressionError("VALIDATION_UNIT_MISMATCH", value=shown(unit), known=_UNITS_KNOWN)


# ---- resolution -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Resolution:
    """Gives every parameter its unit and value, and then every field its number."""

    checks: Checks
    parameters: dict[str, Parameter]
    uses: list[Value]
    """The fields that are expressions."""
    known: dict[str, Dimension] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Parameters that something is wrong with; what depends on them is not judged."""

    def run(self) -> Parameters:
        """The parameters with their values; what is wrong goes into the checks."""
        self._refuse_unknown_names()
        order = self._order()
        self._type(order)
        for name in order:
            self._evaluate(name)
        return Parameters(tuple(self.parameters[name] for name in sorted(self.parameters)))

    def resolved(self, value: Value) -> Value:
        """The field with its number, checked against its limits; NaN when it has none."""
        if value.node is None:
            return value
        names = set(expressions.names_in(value.node))
        if names & self.broken or not names <= self.parameters.keys():
            return replace(value, number=math.nan, node=None)
        try:
            node = dimensions.typed(value.node, value.dimension, self.known, value.bare_mm)
            number = expressions.evaluate(node, self.values)
        except ExpressionError as problem:
            self._error(value.at, problem, value.expression or "")
            return replace(value, number=math.nan, node=None)
        number = _judged(value, number, self.checks)
        expression = expressions.written(node) if names and not value.constant else None
        return replace(value, number=number, expression=expression, node=node if expression else None)

    # ---- names --------------------------------------------------------------------------------------

    def _refuse_unknown_names(self) -> None:
        places = [(each.at, each.node) for each in self.parameters.values()]
        places += [(use.at, use.node) for use in self.uses if use.node is not None]
        for at, node in places:
            for name in dict.fromkeys(expressions.names_in(node)):
                if name not in self.parameters:
                    near = nearest(name, {fold(known): known for known in self.parameters})
                    self.checks.error(
                        "FEATURE_UNKNOWN_NAME",
                        at.path,
                        value=name,
                        nearest=", ".join(near or sorted(self.parameters)[:10]) or "–",
                        candidates=near,
                    )
        for name, parameter in self.parameters.items():
            unknown = set(expressions.names_in(parameter.node)) - self.parameters.keys()
            if unknown or (isinstance(parameter.node, Literal) and math.isnan(parameter.node.value)):
                self.broken.add(name)

    def _order(self) -> list[str]:
        """The parameters, each after those it depends on; a cycle is an error and breaks its members."""
        order: list[str] = []
        state: dict[str, int] = {}
        for name in sorted(self.parameters):
            self._visit(name, [], state, order)
        return order

    def _visit(self, name: str, path: list[str], state: dict[str, int], order: list[str]) -> None:
        if state.get(name) == 2 or name not in self.parameters:
            return
        if state.get(name) == 1:
            cycle = [*path[path.index(name) :], name]
            self.checks.error(
                "FEATURE_PARAMETER_CYCLE", self.parameters[name].at.path, cycle=" → ".join(cycle)
            )
            self.broken.update(cycle)
            return
        state[name] = 1
        for other in sorted(set(expressions.names_in(self.parameters[name].node))):
            self._visit(other, [*path, name], state, order)
            if other in self.broken:
                self.broken.add(name)
        state[name] = 2
        order.append(name)

    # ---- units --------------------------------------------------------------------------------------

    def _type(self, order: list[str]) -> None:
        """First what the parameters say themselves, then what is demanded of those that say nothing."""
        for name in order:
            self._know_if_said(name)
        demanded: dict[str, set[Dimension]] = defaultdict(set)
        for use in self.uses:
            if use.node is not None:
                self._collect(use.node, use.dimension, demanded)
        for name in reversed(order):
            wanted = demanded[name]
            self.known.setdefault(name, wanted.pop() if len(wanted) == 1 else PURE)
            self._collect(self.parameters[name].node, self.known[name], demanded)

    def _know_if_said(self, name: str) -> None:
        node = self.parameters[name].node
        names = set(expressions.names_in(node))
        bare = isinstance(node, Literal) and node.bare
        with _Silence():
            dimension = dimensions.dimension_of(node, self.known)
            if dimension in UNITS and (dimension != PURE or (names and names <= self.known.keys())):
                self.known[name] = dimension
            elif isinstance(node, Literal) and not bare:
                self.known[name] = node.dimension

    def _collect(self, node: Node, wanted: Dimension, demanded: dict[str, set[Dimension]]) -> None:
        with _Silence():
            for name, dimension in dimensions.demands(node, wanted, self.known):
                if name not in self.known:
                    demanded[name].add(dimension if dimension in UNITS else PURE)

    # ---- values -------------------------------------------------------------------------------------

    def _evaluate(self, name: str) -> None:
        parameter = self.parameters[name]
        if name in self.broken or set(expressions.names_in(parameter.node)) & self.broken:
            self.broken.add(name)
            return
        dimension = self.known[name]
        try:
            node = dimensions.typed(parameter.node, dimension, self.known, parameter.bare_mm)
            value = expressions.evaluate(node, self.values)
        except ExpressionError as problem:
            self.broken.add(name)
            self._error(parameter.at, problem, expressions.written(parameter.node))
            return
        if isinstance(node, Literal):  # what is written is rounded, like every number of a request
            value = rounded(value)
            node = replace(node, value=value)
        self.values[name] = value
        _agree(parameter.at, parameter.claimed, value, self.checks)
        self.parameters[name] = replace(parameter, node=node, value=rounded(value), unit=UNITS[dimension])

    def _error(self, at: At, problem: ExpressionError, text: str) -> None:
        self.checks.error(problem.code, at.path, **{"value": shown(text), **problem.params})


class _Silence:
    """Lets an error of units pass where it is only looked ahead; it is reported where it is judged."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: object, trace: object) -> bool:
        return isinstance(problem, ExpressionError)


def _judged(value: Value, number: float, checks: Checks) -> float:
    """The number within its limits, rounded; NaN when it is outside of them."""
    limits, at = value.limits, value.at
    _agree(at, value.claimed, number, checks)
    whole = rounded(number)
    if isinstance(limits, Count) and whole != int(whole):
        checks.error("VALIDATION_NOT_INTEGER", at.path, value=f"{value.expression} = {whole:g}")
        return math.nan
    if limits.minimum <= whole <= limits.maximum or (limits.zero and whole == 0):
        return int(whole) if isinstance(limits, Count) else whole
    checks.error(
        "VALIDATION_RANGE_VIOLATION",
        at.path,
        value=whole,
        minimum=_plain(limits.minimum),
        maximum=_plain(limits.maximum),
        unit=limits.unit,
    )
    return math.nan


def _agree(at: At, claimed: float | None, value: float, checks: Checks) -> None:
    if claimed is not None and abs(claimed - value) > _AGREED:
        checks.error("FEATURE_VALUE_DIFFERS", at.path, value=rounded(claimed), computed=rounded(value))


def _plain(bound: float) -> float | int:
    return int(bound) if math.isfinite(bound) and bound == int(bound) else bound

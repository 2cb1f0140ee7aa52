"""Which operation acts on which body: the tree behind the list.

Bodies are made by primitives and by the first extrusion, revolution, loft, sweep or helix; whatever follows
acts on the body it names by one of its operations, or else on the current one, which is the last that was
made or changed. A combination uses up the bodies of ``b``. At the end one body must be left, or those that
``result`` names.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from string import ascii_lowercase
from typing import Any, Final, TypeVar

from atolye.designs.family import Checks
from atolye.designs.features.operations import (
    OPERATIONS,
    Combination,
    Extruded,
    Groove,
    Helix,
    LinearPattern,
    Loft,
    Operation,
    Pattern,
    Pocket,
    PolarPattern,
    Primitive,
    Sketch,
    Sketched,
    Sweep,
    Turned,
)
from atolye.designs.words import fold, nearest

NEW, ADD, CUT = "new", "add", "cut"

ALTERNATIVES: Final = (
    ("diameter", "radius", "across_flats"),
    ("base_diameter", "base_radius"),
    ("top_diameter", "top_radius"),
    ("major_diameter", "major_radius"),
    ("minor_diameter", "minor_radius"),
    ("spacing", "length"),
    ("neutral_plane", "neutral_face"),
    ("plane", "face"),
    ("size2", "angle"),
    ("turns", "height"),
)
"""Fields of one operation of which at most one may be given."""

AnyOperation = TypeVar("AnyOperation", bound=Operation)


@dataclass(frozen=True, slots=True)
class Step:
    """An operation in its place: the body that it makes or changes."""

    operation: Operation
    path: str
    body: str | None
    """Id of the operation that began the body; ``None`` for a sketch in a plane."""
    mode: str | None = None


@dataclass(slots=True)
class Structure:
    """Follows the operations in their order; what is wrong goes into the checks."""

    checks: Checks
    operations: tuple[Operation, ...]
    steps: list[Step] = field(default_factory=list)
    made: dict[str, Operation] = field(default_factory=dict)
    """Operations so far, by folded id."""
    body_of: dict[str, str] = field(default_factory=dict)
    """Folded id of an operation → id of the body it belongs to."""
    alive: list[str] = field(default_factory=list)
    used_up: set[str] = field(default_factory=set)
    tools: set[str] = field(default_factory=set)
    """Bodies that combinations take up; they may consist of several solids."""
    used_sketches: set[str] = field(default_factory=set)
    current: str | None = None

    def run(self) -> None:
        for number, operation in enumerate(self.operations):
            path = f"operations[{number}]"
            step = self._step(operation, path)
            self.steps.append(step)
            self.made[_key(operation)] = operation
            if step.body is not None and not isinstance(operation, Sketch):
                self.body_of[_key(operation)] = step.body
                self.current = step.body
        self._refuse_unused_sketches()

    def result(self, named: tuple[str, ...] | None) -> tuple[str, ...]:
        """The bodies that the part consists of."""
        if named is None:
            return self._only_body()
        found = [self._body_named(name, "result") for name in named]
        bodies = tuple(dict.fromkeys(body for body in found if body is not None))
        left = [body for body in self.alive if body not in bodies]
        if left and None not in found:
            self.checks.error("FEATURE_BODIES_LEFT", "result", value=", ".join(left))
        return bodies

    def _only_body(self) -> tuple[str, ...]:
        if not self.alive and self.steps:
            self.checks.error("FEATURE_NO_BODY", "operations")
        if len(self.alive) > 1:
            self.checks.error("FEATURE_BODIES_LEFT", "operations", value=", ".join(self.alive))
        return tuple(self.alive)

    def body_of_id(self, name: str) -> str:
        """The body that an operation of this id belongs to."""
        return self.body_of[fold(name)]

    # ---- one operation --------------------------------------------------------------------------------

    def _step(self, operation: Operation, path: str) -> Step:
        self._check_alternatives(operation, path)
        self._note_defaults(operation, path)
        if isinstance(operation, Sketch):
            return self._sketch(operation, path)
        if isinstance(operation, Combination):
            return Step(operation, path, self._combination(operation, path))
        if isinstance(operation, Primitive):
            mode = operation.mode or (NEW if operation.target is None else ADD)
            return self._solid(operation, path, mode, None)
        if isinstance(operation, Sketched | Helix | Loft | Sweep):
            return self._from_sketches(operation, path)
        body = self._target(getattr(operation, "target", None), path)
        if isinstance(operation, Pattern):
            self._check_originals(operation, body, path)
        if isinstance(operation, LinearPattern):
            self._check_second_direction(operation, path)
        return Step(operation, path, body)

    def _sketch(self, sketch: Sketch, path: str) -> Step:
        if sketch.face is None:
            return Step(sketch, path, None)
        if sketch.offset is not None:
            fields = f"{path}.offset, {path}.face"
            self.checks.error("VALIDATION_CONFLICT", f"{path}.offset", fields=fields)
        return Step(sketch, path, self._target(sketch.target, path))

    def _from_sketches(self, operation: Any, path: str) -> Step:
        operation, sketches = self._with_sketches(operation, path)
        on_face = next((self._face_body(name) for name in sketches if self._face_body(name)), None)
        if isinstance(operation, Pocket | Groove):
            mode = CUT
        elif operation.mode is not None:
            mode = operation.mode
        else:
            mode = ADD if (on_face or operation.target or self.current) else NEW
        self._check_sides(operation, path)
        return self._solid(operation, path, mode, on_face)

    def _solid(self, operation: Any, path: str, mode: str, on_face: str | None) -> Step:
        if mode == NEW:
            if operation.target is not None:
                fields = f"{path}.mode, {path}.target"
                self.checks.error("VALIDATION_CONFLICT", f"{path}.target", fields=fields)
            self.alive.append(operation.id)
            return Step(operation, path, operation.id, mode)
        body = self._target(operation.target, path) if operation.target or on_face is None else on_face
        return Step(operation, path, body, mode)

    def _with_sketches(self, operation: Any, path: str) -> tuple[Any, list[str]]:
        """The operation with the sketch it takes when it names none, and the sketches it uses."""
        if isinstance(operation, Loft):
            names = {f"sections[{n}]": name for n, name in enumerate(operation.sections)}
        elif isinstance(operation, Sweep):
            names = {"profile": operation.profile, "path": operation.path}
        else:
            if operation.sketch is None:
                operation = replace(operation, sketch=self._latest_sketch(path))
            names = {"sketch": operation.sketch} if operation.sketch is not None else {}
        for place, name in names.items():
            self._sketch_named(name, f"{path}.{place}")
        self.used_sketches.update(map(fold, names.values()))
        return operation, list(names.values())

    def _latest_sketch(self, path: str) -> str | None:
        sketches = [each.id for each in self.made.values() if isinstance(each, Sketch)]
        if sketches:
            return sketches[-1]
        name = f"{path}.sketch"
        self.checks.error("VALIDATION_MISSING_FIELD", name, name_tr=f"{name} (eskiz)", name_en=name)
        return None

    def _face_body(self, name: str) -> str | None:
        """The body on whose face a sketch lies."""
        steps = {_key(step.operation): step for step in self.steps}
        step = steps.get(fold(name))
        return step.body if step is not None and isinstance(step.operation, Sketch) else None

    def _combination(self, operation: Combination, path: str) -> str | None:
        found = [self._body_named(name, f"{path}.b[{n}]") for n, name in enumerate(operation.b)]
        tools = [body for body in dict.fromkeys(found) if body is not None]
        base = self._base_of(operation, tools, path)
        if base is not None and base in tools:
            self.checks.error("FEATURE_SAME_BODY", f"{path}.b", value=base)
            return base
        self.tools.update(tools)
        self.used_up.update(tools)
        self.alive = [body for body in self.alive if body not in tools]
        return base

    def _base_of(self, operation: Combination, tools: list[str], path: str) -> str | None:
        if operation.a is not None:
            return self._body_named(operation.a, f"{path}.a")
        rest = [body for body in self.alive if body not in tools]
        if len(rest) == 1:
            return rest[0]
        name = f"{path}.a"
        known = ", ".join(rest) or "–"
        self.checks.error(
            "VALIDATION_MISSING_FIELD", name, name_tr=f"{name} ({known})", name_en=f"{name} ({known})"
        )
        return None

    def _check_sides(self, operation: Any, path: str) -> None:
        if not isinstance(operation, Extruded):
            return
        if operation.symmetric and operation.length2 is not None:
            fields = f"{path}.symmetric, {path}.length2"
            self.checks.error("VALIDATION_CONFLICT", f"{path}.length2", fields=fields)
        if isinstance(operation, Pocket) and operation.through and operation.length is not None:
            fields = f"{path}.through, {path}.length"
            self.checks.error("VALIDATION_CONFLICT", f"{path}.through", fields=fields)

    def _check_second_direction(self, pattern: LinearPattern, path: str) -> None:
        """Its three fields go together."""
        names = ("direction2", "count2", "spacing2")
        missing = [name for name in names if getattr(pattern, name) is None]
        if not 0 < len(missing) < len(names):
            return
        for name in missing:
            place = f"{path}.{name}"
            self.checks.error("VALIDATION_MISSING_FIELD", place, name_tr=place, name_en=place)

    def _note_defaults(self, operation: Operation, path: str) -> None:
        """Says what is assumed where the operation is silent."""
        if isinstance(operation, Turned | PolarPattern) and operation.angle is None:
            self.checks.note("DEFAULT_ASSUMED", f"{path}.angle", 360.0, "families/features")
        if isinstance(operation, Turned | Helix) and operation.axis is None:
            self.checks.note("DEFAULT_ASSUMED", f"{path}.axis", "sketch_y", "families/features")
        if isinstance(operation, Sketch) and operation.plane is None and operation.face is None:
            self.checks.note("DEFAULT_ASSUMED", f"{path}.plane", "xy", "families/features")

    def _check_alternatives(self, operation: Operation, path: str) -> None:
        """Of fields that say the same in two ways only one may be given."""
        for group in ALTERNATIVES:
            given = [name for name in group if getattr(operation, name, None) is not None]
            if len(given) > 1:
                fields = ", ".join(f"{path}.{name}" for name in given)
                self.checks.error("VALIDATION_CONFLICT", f"{path}.{given[1]}", fields=fields)

    def _check_originals(self, operation: Pattern, body: str | None, path: str) -> None:
        for number, name in enumerate(operation.of or ()):
            place = f"{path}.of[{number}]"
            original = self._named(name, place, tuple(OPERATIONS.values()))
            if original is None:
                continue
            if not original.repeatable:
                known = ", ".join(key for key, kind in OPERATIONS.items() if kind.repeatable)
                self.checks.error("FEATURE_WRONG_KIND", place, value=name, kind=original.op, known=known)
            elif self.body_of.get(fold(name)) != body and body is not None:
                self.checks.error("FEATURE_OTHER_BODY", place, value=name, body=body)

    # ---- references -----------------------------------------------------------------------------------

    def _named(self, name: str, path: str, kinds: tuple[type[AnyOperation], ...]) -> AnyOperation | None:
        """The earlier operation of an id, when it is of one of the kinds."""
        found = self.made.get(fold(name))
        if found is None:
            known = {key: str(each.id) for key, each in self.made.items() if isinstance(each, kinds)}
            near = nearest(name, known)
            self.checks.error(
                "FEATURE_UNKNOWN_ID",
                path,
                value=name,
                nearest=", ".join(near or list(known.values())[:10]) or "–",
                candidates=near,
            )
            return None
        if not isinstance(found, kinds):
            known_kinds = ", ".join(kind.op for kind in kinds)
            self.checks.error("FEATURE_WRONG_KIND", path, value=name, kind=found.op, known=known_kinds)
            return None
        return found

    def _sketch_named(self, name: str, path: str) -> None:
        self._named(name, path, (Sketch,))

    def _body_named(self, name: str, path: str) -> str | None:
        solids = tuple(kind for kind in OPERATIONS.values() if kind is not Sketch)
        if self._named(name, path, solids) is None:
            return None
        body = self.body_of.get(fold(name))
        if body in self.used_up:
            self.checks.error("FEATURE_BODY_USED_UP", path, value=name)
            return None
        return body

    def _target(self, name: str | None, path: str) -> str | None:
        """The body that an operation acts on."""
        if name is not None:
            return self._body_named(name, f"{path}.target")
        if self.current is not None and self.current not in self.used_up:
            return self.current
        if len(self.alive) == 1:
            return self.alive[0]
        known = ", ".join(self.alive) or "–"
        place = f"{path}.target"
        self.checks.error(
            "VALIDATION_MISSING_FIELD", place, name_tr=f"{place} ({known})", name_en=f"{place} ({known})"
        )
        return None

    def _refuse_unused_sketches(self) -> None:
        for number, operation in enumerate(self.operations):
            if isinstance(operation, Sketch) and _key(operation) not in self.used_sketches:
                self.checks.error("FEATURE_SKETCH_UNUSED", f"operations[{number}]", value=operation.id)


def with_ids(operations: tuple[Operation, ...], checks: Checks) -> tuple[Operation, ...]:
    """The operations with an id for each; two of the same are an error."""
    taken: dict[str, str] = {}
    for number, operation in enumerate(operations):
        if operation.id is None:
            continue
        if fold(operation.id) in taken:
            checks.error("FEATURE_ID_TAKEN", f"operations[{number}].id", value=operation.id)
        taken[fold(operation.id)] = operation.id
    return tuple(_with_id(operation, number, taken) for number, operation in enumerate(operations, start=1))


def _with_id(operation: Operation, number: int, taken: dict[str, str]) -> Operation:
    if operation.id is not None:
        return operation
    candidates = (f"{operation.op}_{number}{suffix}" for suffix in ("", *ascii_lowercase))
    name = next(
        (each for each in candidates if fold(each) not in taken), f"{operation.op}_{number}_{len(taken)}"
    )
    taken[fold(name)] = name
    return replace(operation, id=name)


def _key(operation: Operation) -> str:
    return fold(operation.id or "")

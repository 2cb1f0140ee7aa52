"""Makes a canonical request of what a person wrote. Pure: no engine, no clock, no locale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from atolye.designs.canonical import CanonicalRequest
from atolye.designs.envelope import LANGUAGES, Envelope, language_of, take_apart
from atolye.designs.family import PartFamily, finished
from atolye.designs.fields import Choice, Reading
from atolye.designs.findings import At, Findings
from atolye.designs.inference import read_part
from atolye.designs.materials import Material, find_material, materials, nearest_materials
from atolye.designs.model import Given
from atolye.designs.notes import Warning
from atolye.designs.outputs import (
    ANGULAR_DEFLECTION_DEG,
    DEFAULT_EXPORTS,
    LINEAR_DEFLECTION_MM,
    ExportSpec,
    MeshOptions,
    read_checks,
    read_exports,
    read_mesh,
)
from atolye.designs.processes import (
    Machine,
    Process,
    find_machine,
    find_process,
    nearest_machines,
    processes,
)
from atolye.designs.units import LENGTHS, Unit, length_unit
from atolye.designs.words import shown
from atolye.errors import AtolyeError

__all__ = ["CanonicalRequest", "Defaults", "ExportSpec", "MeshOptions", "Warning", "canonicalise"]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the caller's context says where the request does not."""

    material: str | None = None
    process: str | None = None
    machine: str | None = None
    units: str = "mm"
    exports: tuple[str, ...] = DEFAULT_EXPORTS
    mesh: MeshOptions = field(
        default_factory=lambda: MeshOptions(LINEAR_DEFLECTION_MM, ANGULAR_DEFLECTION_DEG, False)
    )


NO_DEFAULTS = Defaults()

_TYPE = Choice(choices={"params": ("parameters", "parametreler", "parametre")})
_LANGUAGE = Choice(choices=LANGUAGES)


def canonicalise(raw: Mapping[str, Any], *, defaults: Defaults | None = None) -> CanonicalRequest:
    """Reads, completes and checks a request for a part by parameters.

    Args:
        raw: the request's JSON object: Turkish or English keys, the design's fields beside the rest or
            in ``parameters``. ``None`` as a value counts as not given.
        defaults: what holds where the request is silent.

    Raises:
        AtolyeError: what is wrong, the worst first and everything else in ``causes``; 422 mostly, 409 for
            contradictions, 425 when it can be meant in two ways, 415 for an unknown format.
    """
    if not isinstance(raw, Mapping):
        raise AtolyeError("REQUEST_NOT_OBJECT", found=type(raw).__name__)
    findings = Findings()
    reading = Reading(findings)
    request = take_apart(_without_nulls(raw), reading)
    reading.unit = _unit(request.around.get("units"), (defaults or NO_DEFAULTS).units, reading)
    made = _read(request, reading, defaults or NO_DEFAULTS)
    findings.raise_any()
    assert made is not None  # whoever returns None has added an error
    return made


def _without_nulls(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in raw.items() if value is not None}


def commission(raw: Mapping[str, Any], *, defaults: Defaults | None = None) -> dict[str, Any]:
    """Reads what surrounds a design that is not a part family: material, process, files, checks.

    Returns:
        The fields of a :class:`~atolye.designs.canonical.Commission`.

    Raises:
        AtolyeError: as :func:`canonicalise`; a key that describes a part is an unknown field.
    """
    findings = Findings()
    reading = Reading(findings)
    request = take_apart(_without_nulls(raw), reading)
    reading.unit = _unit(request.around.get("units"), (defaults or NO_DEFAULTS).units, reading)
    for typed, given in request.fields:
        reading.error("VALIDATION_UNKNOWN_FIELD", given.at, value=shown(typed), nearest="–", candidates=[])
    made = _read_commission(request, None, reading, defaults or NO_DEFAULTS)
    findings.raise_any()
    assert made is not None  # whoever returns None has added an error
    return made


def _read(request: Envelope, reading: Reading, defaults: Defaults) -> CanonicalRequest | None:
    """Reads everything, even when something is wrong, so that all of it is found."""
    findings, around = reading.findings, request.around
    if "type" in around:
        _TYPE.read(around["type"].raw, around["type"].at, reading)
    before = len(findings.errors)
    part = read_part(around.get("family"), request.fields, reading)
    if part is not None:
        part = finished(part, findings)
    part_is_sound = len(findings.errors) == before
    made = _read_commission(request, part, reading, defaults)
    if part is not None and part_is_sound and made is not None:
        _check_room(part, made["machine"], findings)
    if findings.errors or part is None or made is None:
        return None
    return CanonicalRequest(part=part, **{**made, "warnings": tuple(findings.notes)})


def _read_commission(
    request: Envelope, part: PartFamily | None, reading: Reading, defaults: Defaults
) -> dict[str, Any] | None:
    findings, around = reading.findings, request.around
    display = _unit(around.get("display_units"), reading.unit.key, reading)
    language = _language(request, reading)
    process, machine = _making(around, defaults, reading)
    material = _material(around.get("material"), part, defaults, reading)
    exports = read_exports(around.get("exports"), around.get("step_schema"), defaults.exports, reading)
    mesh = read_mesh(around.get("mesh"), defaults.mesh, reading)
    checks, limits = read_checks(around.get("manufacturing_checks"), reading)
    if material is None:
        return None
    if process is not None:
        _check_compatible(material, process, findings)
    if not checks:
        findings.note("CHECKS_OFF", "manufacturing_checks", False, "manufacturing_checks")
    elif process is None:
        findings.note("NO_PROCESS", "process", None, "process")
    return {
        "material": material,
        "process": process,
        "machine": machine,
        "units": display.key,
        "exports": exports,
        "mesh": mesh,
        "manufacturing_checks": checks,
        "limits": limits,
        "warnings": tuple(findings.notes),
        "language_hint": language,
    }


def _unit(given: Given | None, default: str, reading: Reading) -> Unit:
    if given is None:
        return LENGTHS[default]
    found = length_unit(given.raw) if isinstance(given.raw, str) else None
    if found is None:
        reading.error("VALIDATION_UNIT_MISMATCH", given.at, value=shown(given.raw), known=", ".join(LENGTHS))
        return LENGTHS[default]
    return found


def _language(request: Envelope, reading: Reading) -> str | None:
    given = request.around.get("language")
    if given is None:
        typed = [key for key, _ in request.fields] + [each.at.typed for each in request.around.values()]
        return language_of(typed)
    found = _LANGUAGE.read(given.raw, given.at, reading)
    return found if isinstance(found, str) else None


# ---- material, process, machine ------------------------------------------------------------------


def _material(
    given: Given | None, part: PartFamily | None, defaults: Defaults, reading: Reading
) -> Material | None:
    if given is None:
        return _unnamed_material(part, defaults, reading)
    found = find_material(given.raw) if isinstance(given.raw, str) else None
    if found is None:
        near = nearest_materials(given.raw) if isinstance(given.raw, str) else []
        reading.error(
            "VALIDATION_UNKNOWN_MATERIAL",
            given.at,
            value=shown(given.raw),
            nearest=", ".join(near) or "–",
            candidates=near,
        )
        return None
    if found.by_class:
        reading.findings.note("DEFAULT_GRADE", "material", found.material.key, shown(given.raw))
    return found.material


def _unnamed_material(part: PartFamily | None, defaults: Defaults, reading: Reading) -> Material | None:
    """A standard part has its standard's material; anything else what the context says, if it does."""
    findings = reading.findings
    if part is not None and part.standard_material is not None:
        key, because = part.standard_material
        findings.note("STANDARD_MATERIAL", "material", key, because)
        return materials()[key]
    if defaults.material is not None and (found := find_material(defaults.material)) is not None:
        findings.note("CONTEXT_DEFAULT", "material", found.material.key, "defaults.material")
        return found.material
    findings.error("VALIDATION_MISSING_FIELD", "material", name_tr="malzeme (material)", name_en="material")
    return None


def _making(
    around: Mapping[str, Given], defaults: Defaults, reading: Reading
) -> tuple[Process | None, Machine | None]:
    """A machine implies its process, and a process may stand where a machine is asked for."""
    machine_given, process_given = _with_default(around, "machine", defaults.machine), around.get("process")
    process = None if process_given is None else _process(process_given, reading)
    machine = None
    if machine_given is not None:
        machine, implied = _machine(machine_given, reading)
        process = _agreed(process, implied, machine, process_given, machine_given, reading)
    elif process_given is None and defaults.process is not None:
        process = _process(Given(defaults.process, At("process", "process")), reading)
        reading.findings.note("CONTEXT_DEFAULT", "process", defaults.process, "defaults.process")
    return process, machine


def _with_default(around: Mapping[str, Given], name: str, default: str | None) -> Given | None:
    if name in around or default is None or "process" in around:
        return around.get(name)
    return Given(default, At(name, name))


def _process(given: Given, reading: Reading) -> Process | None:
    found = find_process(given.raw) if isinstance(given.raw, str) else None
    if found is None:
        known = ", ".join(processes())
        reading.error("VALIDATION_UNKNOWN_PROCESS", given.at, value=shown(given.raw), known=known)
    return found


def _machine(given: Given, reading: Reading) -> tuple[Machine | None, Process | None]:
    """The machine with the process it implies."""
    text = given.raw if isinstance(given.raw, str) else ""
    machine = find_machine(text)
    if machine is not None:
        return machine, processes()[machine.processes[0]]
    process = find_process(text)
    if process is None:
        near = nearest_machines(text)
        reading.error(
            "VALIDATION_UNKNOWN_MACHINE",
            given.at,
            value=shown(given.raw),
            nearest=", ".join(near),
            candidates=near,
        )
    return None, process


def _agreed(
    process: Process | None,
    implied: Process | None,
    machine: Machine | None,
    process_given: Given | None,
    machine_given: Given,
    reading: Reading,
) -> Process | None:
    """The process, when the named and the implied one go together."""
    if implied is None or (process_given is not None and process is None):
        return process
    if process is None:
        because = machine.name if machine else shown(machine_given.raw)
        reading.findings.note("PROCESS_FROM_MACHINE", "process", implied.key, because)
        return implied
    can = machine.processes if machine else (implied.key,)
    if process.key not in can:
        name = machine.name if machine else shown(machine_given.raw)
        reading.error(
            "VALIDATION_MACHINE_PROCESS",
            machine_given.at,
            machine=name,
            process=process.key,
            processes=", ".join(can),
        )
    return process


def _check_compatible(material: Material, process: Process, findings: Findings) -> None:
    if process.key in material.processes:
        return
    suited = [each.key for each in materials().values() if process.key in each.processes]
    findings.error(
        "VALIDATION_MATERIAL_PROCESS",
        "process",
        material=material.key,
        process=process.key,
        processes=", ".join(sorted(material.processes)),
        materials=", ".join(suited),
    )


def _check_room(part: PartFamily, machine: Machine | None, findings: Findings) -> None:
    """The part must fit the machine that is named."""
    if machine is None:
        return
    envelope = part.envelope_mm()
    if not machine.takes(envelope, rotational=part.rotational):
        findings.error(
            "VALIDATION_PART_TOO_LARGE",
            "machine",
            machine=machine.name,
            part=" × ".join(f"{extent:g}" for extent in envelope),
            travel=machine.room(),
        )

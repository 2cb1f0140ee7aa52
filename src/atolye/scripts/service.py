"""FreeCAD scripts as input: from the text that somebody sent to the one that may be run.

:func:`prepare` normalises and checks; it needs no engine. What only a finished document can tell (degrees
of freedom, single solids, sizes that loops hide) is checked by the worker after it has run
``canonical_script``.
"""

from __future__ import annotations

import hashlib

from atolye.errors import AtolyeError
from atolye.scripts import dimensions, gate
from atolye.scripts.folding import Folder
from atolye.scripts.kinds import Kinds
from atolye.scripts.models import MOST_FINDINGS, Finding, Origin, PreparedScript, failure
from atolye.scripts.names import collect
from atolye.scripts.normalise import Normalised, normalise
from atolye.scripts.partdesign import BodyContents, Rules, described
from atolye.scripts.reading import Source, plain_newlines, read
from atolye.scripts.surface import Surface, surface

_ORDER = ("INVALID_SYNTAX", "SCRIPT_TOO_LARGE", "SECURITY_VIOLATION", "API_NOT_FOUND")
"""What is mended first; everything else in the order of the script."""


def prepare(source: str, *, origin: Origin = "user", freecad_version: str | None = None) -> PreparedScript:
    """The script as it is run, or all that is wrong with it.

    Args:
        source: the text as it was sent; any kind of line ends.
        origin: who wrote it. A model's script that breaks a rule is not the user's mistake, so it has a code
            of its own.
        freecad_version: version of the engine that will run it; its listing of the API counts.

    Raises:
        AtolyeError: the worst finding with the others as its causes: ``INVALID_SYNTAX`` 400,
            ``SCRIPT_TOO_LARGE`` 413, ``SECURITY_VIOLATION`` 403, or with 422 ``API_NOT_FOUND``,
            ``DIMENSION_ERROR``, ``CONSTRAINT_UNSUPPORTED``, ``ANGLE_ERROR``, ``PATTERN_ERROR``,
            ``FEATURE_DEPENDENCY_ERROR``, ``BOOLEAN_BODY_ERROR``; for a model's script ``ERR-AI-451`` (403)
            with the rule in ``details.cause``.
    """
    prepared, found = _examined(source, surface(freecad_version))
    errors = [finding for finding in found if finding.severity == "error"]
    if errors or prepared is None:
        raise refusal(errors, origin)
    return prepared


def check(source: str, *, freecad_version: str | None = None) -> list[Finding]:
    """Everything that there is to say about a script, errors and warnings, in its own order."""
    return _examined(source, surface(freecad_version))[1]


def refusal(errors: list[Finding], origin: Origin) -> AtolyeError:
    """The exception for the errors of one script; also for those that the worker finds after running it."""
    ranked = sorted(errors, key=_rank)
    problems = [finding.error() for finding in ranked]
    first = problems[0]
    if origin == "ai":
        details = {"cause": first.code, "line": ranked[0].line, "column": ranked[0].column,
                   "rules": sorted({problem.code for problem in problems})}  # fmt: skip
        return AtolyeError("ERR-AI-451", field=first.field, details=details, causes=tuple(problems))
    params = {name: value for name, value in first.params.items() if name != "field"}
    return failure(first.code, params, field=first.field, details=first.details, causes=tuple(problems[1:]))


def _rank(finding: Finding) -> tuple[int, int, int]:
    order = _ORDER.index(finding.code) if finding.code in _ORDER else len(_ORDER)
    return order, finding.line, finding.column


def _examined(text: str, known: Surface) -> tuple[PreparedScript | None, list[Finding]]:
    source = read(plain_newlines(text))
    if not isinstance(source, Source):
        return None, source
    names = collect(source, known)
    found = gate.examine(source, known, names)
    normalised = normalise(source, known, names)
    if not isinstance(normalised, Normalised):
        return None, found or normalised
    canonical = normalised.source
    contents = _contents(canonical, known)
    sizes, dims = dimensions.examine(canonical, contents)
    later = [*sizes, *Rules(canonical, contents).findings()]
    found += _at_their_origin(later, normalised)
    found += normalised.warnings
    found = sorted(found, key=lambda finding: (finding.line, finding.column))[:MOST_FINDINGS]
    if any(finding.severity == "error" for finding in found):
        return None, found
    wall = gate.examine(canonical, known, contents.names, canonical=True)
    refused = [finding for finding in wall if finding.severity == "error"]
    if refused:  # what is run has to pass by itself, whatever normalisation has made of it
        return None, sorted([*found, *_at_their_origin(refused, normalised)], key=lambda each: each.line)
    return _prepared(contents, dims, normalised, found), found


def _contents(source: Source, known: Surface) -> BodyContents:
    names = collect(source, known)
    folder = Folder(names)
    return BodyContents(source, names, folder, Kinds(names, known, folder))


def _at_their_origin(findings: list[Finding], normalised: Normalised) -> list[Finding]:
    """Findings in the canonical text, at the lines of the user's."""
    lines = (0, *normalised.line_map)
    return [
        Finding(each.code, lines[each.line], each.column if lines[each.line] else 0, each.params, each.reason,
                each.severity)
        for each in findings
    ]  # fmt: skip


def _prepared(
    contents: BodyContents,
    dims: dict[str, float],
    normalised: Normalised,
    found: list[Finding],
) -> PreparedScript:
    script_hash = hashlib.sha256(normalised.source.text.encode()).hexdigest()
    partdesign = described(contents)
    meta = {
        "modules_used": _modules_used(contents),
        "conversions_applied": [each.as_dict() for each in normalised.conversions],
        "api_warnings": [each.as_dict() for each in found if each.code == "API_DEPRECATED"],
        "dims_mm": dims,
        "script_hash": script_hash,
        **(partdesign if contents.made else {}),
    }
    return PreparedScript(normalised.source.text, script_hash, meta, tuple(found), normalised.line_map)


def _modules_used(contents: BodyContents) -> list[str]:
    """The modules that a script imports, and the workbenches whose objects it makes."""
    used = {qualname.partition(".")[0] for qualname in contents.names.modules.values()}
    used |= {qualname.partition(".")[0] for qualname in contents.names.members.values()}
    used |= {each.type_id.partition("::")[0] for each in contents.made} & {
        "PartDesign",
        "Sketcher",
        "Spreadsheet",
    }
    return sorted(used)

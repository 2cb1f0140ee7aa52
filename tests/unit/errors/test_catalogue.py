"""Every failure has one entry, and every entry speaks to a person in both languages."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

import atolye
from atolye.errors import AtolyeError, Entry, catalogue, entry

SOURCES = Path(atolye.__file__).parent
ENTRIES = list(catalogue().values())
EVERY_ENTRY = pytest.mark.parametrize("item", ENTRIES, ids=lambda item: item.code)
CLIENT_CLOSED_REQUEST = 499  # not in the RFC; the usual status of an interrupted caller
NOTE = 200
"""Status of an entry that is the text of a warning and never refuses anything."""
FINDING = "REQUEST_FIELD_"
"""Codes that only travel as causes of ``REQUEST_INVALID``, which carries the advice."""
ENGLISH = re.compile(
    r"\b(the|and|are|was|with|not|file|error|failed|failure|invalid|must|please|value|request|missing|unknown|"
    r"for|cannot|should|your|you|again|try|check|make|part|dimension|allowed|shape|from|this|that|when|has)\b",
    re.IGNORECASE,
)
"""Words that no Turkish text has, outside quotation marks and placeholders."""


def texts(item: Entry) -> Iterator[tuple[str, str]]:
    """All pairs of Turkish and English text of an entry."""
    yield item.message_tr, item.message_en
    yield from item.suggestions


def placeholders(template: str) -> set[str]:
    return {
        name.partition(".")[0].partition("[")[0]
        for _, name, _, _ in string.Formatter().parse(template)
        if name
    }


def neutral(template: str) -> set[str]:
    """The placeholders, with ``name_tr`` and ``name_en`` as one."""
    return {re.sub("_(?:tr|en)$", "", name) for name in placeholders(template)}


def all_placeholders(item: Entry) -> set[str]:
    return {name for pair in texts(item) for text in pair for name in placeholders(text)}


def known_names() -> set[str]:
    return {*catalogue(), *(alias for item in ENTRIES for alias in item.aliases)}


def raised() -> Iterator[tuple[str, str, str, set[str] | None]]:
    """Where, exception, code and keyword names (``None``: not to be known) of each failure in the sources."""
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in ("AtolyeError", "KernelError") or not isinstance(node.args[0].value, str):
                continue
            keywords = {keyword.arg for keyword in node.keywords}
            known = None if None in keywords else {word for word in keywords if word is not None}
            yield f"{path.relative_to(SOURCES)}:{node.lineno}", name, node.args[0].value, known


@pytest.mark.spec("12.95")
def test_no_code_and_no_alias_is_defined_twice() -> None:
    names = Counter(
        code
        for path in (SOURCES / "errors/catalogue").glob("*.toml")
        for code in re.findall(r'^\["?([\w.-]+)"?\]', path.read_text(encoding="utf-8"), flags=re.M)
    )
    names.update(alias for item in ENTRIES for alias in item.aliases)
    assert [name for name, count in names.items() if count > 1] == []
    assert len(ENTRIES) == len({item.code for item in ENTRIES})


@pytest.mark.spec("12.26", "12.111", "12.117", "12.121")
@EVERY_ENTRY
def test_every_text_is_there_in_turkish_and_in_english_and_they_differ(item: Entry) -> None:
    for tr, en in texts(item):
        assert tr.strip() == tr != ""
        assert en.strip() == en != ""
        assert tr != en


@pytest.mark.spec("12.121")
@EVERY_ENTRY
def test_turkish_texts_hold_no_english_words(item: Entry) -> None:
    for tr, _ in texts(item):
        bare = re.sub(r"“[^”]*”|\"[^\"]*\"|\{[^}]*\}|\S*[_/=:.-]\S+|--?\w+", " ", tr)
        bare = re.sub(r"\b(Part|PartDesign|Sketcher|Draft|Import|Mesh)\b", " ", bare)  # modules of FreeCAD
        assert ENGLISH.findall(bare) == []


@EVERY_ENTRY
def test_both_languages_use_the_same_parameters(item: Entry) -> None:
    for tr, en in texts(item):
        assert neutral(tr) == neutral(en)


@pytest.mark.spec("12.45", "12.118")
@EVERY_ENTRY
def test_every_entry_advises_what_to_do(item: Entry) -> None:
    assert item.suggestions or item.http_status == NOTE or item.code.startswith(FINDING)


@pytest.mark.spec("12.118", "12.53", "12.112")
@EVERY_ENTRY
def test_links_are_secure_and_the_codes_of_freecad_have_some(item: Entry) -> None:
    for link in item.links:
        assert re.fullmatch(r"https://[\w.-]+/\S+", link.url)
        assert link.title
    if item.code.startswith("FC_") or item.code == "TIMEOUT_WORKER":
        assert item.links


@EVERY_ENTRY
def test_every_status_is_one_of_http(item: Entry) -> None:
    standard = {int(status) for status in HTTPStatus if status >= 400}
    assert item.http_status in standard | {CLIENT_CLOSED_REQUEST, NOTE}


STATUSES = {
    "12.03": ("AI_AMBIGUOUS", 425),
    "12.04": ("AI_HINT_REQUIRED", 422),
    "12.05": ("VALIDATION_MISSING_FIELD", 422),
    "12.06": ("VALIDATION_UNSUPPORTED_FORMAT", 415),
    "12.07": ("VALIDATION_CONFLICT", 409),
    "12.08": ("FC_GEOM_INVALID_SHAPE", 422),
    "12.09": ("FC_BOOLEAN_FAILED", 422),
    "12.10": ("FC_FILLET_CHAMFER_FAILED", 422),
    "12.11": ("FC_SKETCH_OVERCONSTRAINED", 409),
    "12.12": ("FC_RECOMPUTE_FAILED", 422),
    "12.13": ("FC_IMPORT_STEP_FAILED", 422),
    "12.14": ("FC_EXPORT_STEP_FAILED", 500),
    "12.15": ("FC_MESH_FAILED", 422),
    "12.16": ("FC_TOPONAMING_UNSTABLE", 409),
    "12.17": ("FC_A4_UNSOLVED", 409),
    "12.18": ("FC_A4_LINK_SCOPE", 409),
    "12.19": ("TIMEOUT_WORKER", 504),
    "12.20": ("STORAGE_WRITE_FAILED", 503),
    "12.21": ("STORAGE_QUOTA_EXCEEDED", 507),
    "12.22": ("RATE_LIMITED", 429),
}
MORE_STATUSES = [
    ("FC_SKETCH_UNDERCONSTRAINED", 409),
    ("FC_IMPORT_IGES_FAILED", 422),
    ("FC_EXPORT_STL_FAILED", 500),
    ("FC_RUNTIME", 500),
    ("VALIDATION_UNIT_MISMATCH", 422),
    ("VALIDATION_RANGE_VIOLATION", 422),
    ("VALIDATION_MANUFACTURABILITY", 422),
    ("STORAGE_READ_FAILED", 503),
    ("INTERNAL_ERROR", 500),
    ("FLOW_NOT_AVAILABLE", 501),
]


@pytest.mark.parametrize(
    ("code", "status"),
    [pytest.param(*pair, marks=pytest.mark.spec(spec_id), id=pair[0]) for spec_id, pair in STATUSES.items()]
    + [pytest.param(*pair, id=pair[0]) for pair in MORE_STATUSES],
)
def test_a_code_of_the_specification_has_its_status(code: str, status: int) -> None:
    assert entry(code).http_status == status


@pytest.mark.spec("12.01")
@pytest.mark.parametrize(
    ("alias", "code"), [("ERR-AI-425", "AI_AMBIGUOUS"), ("ERR-AI-422", "AI_HINT_REQUIRED")]
)
def test_an_alias_is_looked_up_and_never_emitted(alias: str, code: str) -> None:
    assert AtolyeError(alias).body()["code"] == code


WORDED = tomllib.loads((Path(__file__).parent / "worded.toml").read_text(encoding="utf-8"))
"""Texts, advice and links that the specification words itself (12.27–12.90)."""


def worded(part: str) -> list[object]:
    return [
        pytest.param(code, row[part], id=code, marks=pytest.mark.spec(*row[f"{part}_ids"]))
        for code, row in WORDED.items()
        if part in row
    ]


@pytest.mark.parametrize(("code", "expected"), worded("message"))
def test_a_message_of_the_specification_is_used_as_it_stands(code: str, expected: dict[str, str]) -> None:
    assert (entry(code).message_tr, entry(code).message_en) == (expected["tr"], expected["en"])


@pytest.mark.parametrize(("code", "expected"), worded("advice"))
def test_advice_of_the_specification_comes_first_and_as_it_stands(
    code: str, expected: list[dict[str, str]]
) -> None:
    given = [{"tr": tr, "en": en} for tr, en in entry(code).suggestions]
    assert given[: len(expected)] == expected


@pytest.mark.parametrize(("code", "expected"), worded("links"))
def test_links_of_the_specification_are_given(code: str, expected: list[dict[str, str]]) -> None:
    assert [{"title": link.title, "url": link.url} for link in entry(code).links] == expected


@pytest.mark.spec("12.93")
def test_general_advice_is_given_somewhere() -> None:
    advice = {en for item in ENTRIES for _, en in item.suggestions}
    assert "Reduce part bounding box or tessellation density." in advice


def test_every_code_that_is_raised_is_in_the_catalogue() -> None:
    assert [f"{where}: {code}" for where, _, code, _ in raised() if code not in known_names()] == []


def test_every_raise_gives_the_parameters_of_its_texts() -> None:
    forgotten = []
    for where, exception, code, keywords in raised():
        if keywords is None or exception != "AtolyeError" or code not in known_names():
            continue
        missing = all_placeholders(entry(code)) - keywords - {"field"}
        if missing or ("field" in all_placeholders(entry(code)) and "field" not in keywords):
            forgotten.append(f"{where}: {code} lacks {sorted(missing) or ['field']}")
    assert forgotten == []


def test_every_catalogue_file_is_read() -> None:
    tables = [
        tomllib.loads(path.read_text(encoding="utf-8"))
        for path in (SOURCES / "errors/catalogue").glob("*.toml")
    ]
    assert sum(map(len, tables)) == len(ENTRIES)

# ruff: noqa: E501 - tables of texts
"""Documents that a script has left, read as data: what FreeCAD may open and what not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from atolye.kernel.script import document

PROPERTY = '<Property name="{name}" type="{kind}">{value}</Property>'


def archive(
    folder: Path,
    *,
    kind: str = "Part::Box",
    inside: str = "",
    extension: str = "",
    head: str = "",
    files: dict[str, bytes] | None = None,
) -> str:
    """A document with one object."""
    xml = (
        f"<?xml version='1.0' encoding='utf-8'?>{head}<Document SchemaVersion=\"4\">"
        f'<Objects Count="1"><Object type="{kind}" name="B" id="1"/></Objects>'
        f'<ObjectData Count="1"><Object name="B"><Extensions>{extension}</Extensions>'
        f"<Properties>{inside}</Properties></Object></ObjectData></Document>"
    )
    path = folder / "model.FCStd"
    with zipfile.ZipFile(path, "w") as made:
        for name, data in {"Document.xml": xml.encode(), **(files or {})}.items():
            made.writestr(name, data)
    return str(path)


def expression(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f'<Expression path="Length" expression="{escaped}"/>'


@pytest.mark.parametrize(
    "text",
    ["Parameters.length / 2", "P.size * 2 + 1 mm", "sqrt(A.B ^ 2) - min(1; 2)", "sum(A1:B3)", "S.Constraints.Width", "a > 3 ? 1 : 2"],
)  # fmt: skip
def test_arithmetic_on_names_is_fit(tmp_path: Path, text: str) -> None:
    document.inspect(archive(tmp_path, inside=expression(text)))


@pytest.mark.spec("18.17")
@pytest.mark.parametrize(
    "text",
    [
        "_py.open", "Box._self", "_app.listDocuments", "A.__class__", "<<other>>#Box.Length", "eval(1)",
        "create(<<vector>>; 1; 2; 3)", "import_py(os)", "href(A.B)", "func A() {}", "x" * 3000,
        "hiddenref(Box.Length)", "A.B`C", "str(A)",
    ],
)  # fmt: skip
def test_expressions_that_are_more_than_arithmetic_are_unfit(tmp_path: Path, text: str) -> None:
    with pytest.raises(document.UnfitError):
        document.inspect(archive(tmp_path, inside=expression(text)))
    cell = f'<Cell address="A1" content="={text.replace("<", "&lt;")}"/>'
    with pytest.raises(document.UnfitError):
        document.inspect(archive(tmp_path, inside=cell))


@pytest.mark.spec("18.17")
@pytest.mark.parametrize(
    "kind",
    [
        "App::FeaturePython", "Part::FeaturePython", "Part::ImportBrep", "Part::ImportStep", "App::TextDocument",
        "App::DocumentObjectFileIncluded", "App::VRMLObject", "Fem::FemAnalysis", "Path::FeaturePython",
        "Sketcher::SketchObjectPython", "Nix::Da", "App::FeatureTestException", "App::MaterialObject",
    ],
)  # fmt: skip
def test_objects_that_are_not_plain_data_are_unfit(tmp_path: Path, kind: str) -> None:
    with pytest.raises(document.UnfitError, match="of the kind"):
        document.inspect(archive(tmp_path, kind=kind))


@pytest.mark.parametrize("kind", sorted(document.OBJECTS))
def test_no_kind_of_object_that_is_fit_is_python_or_a_file(kind: str) -> None:
    assert not any(word in kind for word in ("Python", "Import", "File", "Test"))


@pytest.mark.spec("18.17")
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("App::PropertyPythonObject", '<Python value="ImUi" encoded="yes" module="os" class="system"/>'),
        ("App::PropertyFile", '<String value="/etc/passwd"/>'),
        ("App::PropertyFileIncluded", '<FileIncluded file="x.bin"/>'),
        ("App::PropertyPath", '<String value="/"/>'),
        ("App::PropertyXLink", '<XLink file="other.FCStd" name="B"/>'),
        ("App::PropertyXLinkList", '<XLinkList><XLink file="../a.FCStd" name="B"/></XLinkList>'),
        ("Path::PropertyPath", '<Path file="x.bin"/>'),
    ],
)
def test_properties_that_leave_the_document_are_unfit(tmp_path: Path, kind: str, value: str) -> None:
    inside = PROPERTY.format(name="P", kind=kind, value=value)
    with pytest.raises(document.UnfitError):
        document.inspect(archive(tmp_path, inside=inside))


def test_links_that_stay_inside_are_fit(tmp_path: Path) -> None:
    inside = PROPERTY.format(name="P", kind="App::PropertyXLink", value='<XLink file="" stamp="" name="B"/>')
    document.inspect(archive(tmp_path, inside=inside))


@pytest.mark.parametrize(
    "kind", ["App::LinkExtensionPython", "App::GroupExtensionPython", "Evil::Extension", ""]
)
def test_extensions_of_scripts_are_unfit(tmp_path: Path, kind: str) -> None:
    with pytest.raises(document.UnfitError):
        document.inspect(archive(tmp_path, extension=f'<Extension type="{kind}" name="E"/>'))


@pytest.mark.parametrize(
    "head",
    ['<!DOCTYPE x SYSTEM "file:///etc/passwd">', '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'],
)
def test_entities_are_unfit(tmp_path: Path, head: str) -> None:
    with pytest.raises(document.UnfitError, match="entities"):
        document.inspect(archive(tmp_path, head=head))


@pytest.mark.parametrize("name", ["../evil.brp", "/etc/evil.brp", "a/b.brp", "x.py", "x\\y.brp", ".hidden"])
def test_entries_with_odd_names_are_unfit(tmp_path: Path, name: str) -> None:
    with pytest.raises(document.UnfitError):
        document.inspect(archive(tmp_path, files={name: b"x"}))


def test_an_archive_that_unpacks_to_too_much_is_unfit(tmp_path: Path) -> None:
    path = tmp_path / "model.FCStd"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(5):
            made.writestr(f"x{number}.bin", bytes(60 << 20))
    with pytest.raises(document.UnfitError, match="too large"):
        document.inspect(str(path))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no archive at all", b"\0" * 1000])
def test_what_is_no_archive_is_unfit(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.FCStd"
    path.write_bytes(data)
    with pytest.raises(document.UnfitError):
        document.inspect(str(path))


def test_a_document_that_is_not_there_is_unfit(tmp_path: Path) -> None:
    with pytest.raises(document.UnfitError):
        document.inspect(str(tmp_path / "model.FCStd"))

"""Canonical files without an engine: archives, STEP's text, JSON."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from atolye.kernel.canonical import canonical_json
from atolye.kernel.errors import KernelError
from atolye.kernel.exchange import fcstd, part21

DOCUMENT = (
    b'<Property name="LastModifiedDate" type="App::PropertyString" status="16777217">\n'
    b'  <String value="%s"/>\n</Property>'
)


def archive(path: Path, date: bytes, year: int, compression: int) -> Path:
    """An FCStd as FreeCAD writes it: not sorted, with a thumbnail and the time of day everywhere."""
    with zipfile.ZipFile(path, "w", compression) as target:
        for name, data in (
            ("Document.xml", DOCUMENT % date),
            ("Zylinder.brp", b"shape one" * 50),
            ("Block.brp", b"shape two" * 50),
            ("thumbnails/Thumbnail.png", date),
        ):
            target.writestr(zipfile.ZipInfo(name, (year, 5, 6, 7, 8, 10)), data, compression)
    return path


@pytest.mark.spec("06.20", "06.36")
def test_two_archives_that_differ_in_time_and_packing_become_the_same_bytes(tmp_path: Path) -> None:
    one = archive(tmp_path / "a", b"2024-02-03T04:05:06+00:00", 2024, zipfile.ZIP_DEFLATED)
    other = archive(tmp_path / "b", b"2031-12-31T23:59:59+03:00", 2031, zipfile.ZIP_STORED)
    for source in (one, other):
        fcstd.repack(str(source), f"{source}.FCStd")
    assert Path(f"{one}.FCStd").read_bytes() == Path(f"{other}.FCStd").read_bytes()


def test_a_repacked_archive_keeps_order_and_content_and_drops_the_thumbnail(tmp_path: Path) -> None:
    source = archive(tmp_path / "a", b"2024-02-03T04:05:06+00:00", 2024, zipfile.ZIP_DEFLATED)
    fcstd.repack(str(source), str(tmp_path / "out"))
    with zipfile.ZipFile(tmp_path / "out") as result:
        assert result.namelist() == ["Document.xml", "Zylinder.brp", "Block.brp"]
        assert result.read("Zylinder.brp") == b"shape one" * 50
        assert result.read("Document.xml") == DOCUMENT % fcstd.EPOCH.encode()
        assert {entry.compress_type for entry in result.infolist()} == {zipfile.ZIP_STORED}


STEP = b"""ISO-10303-21;\r
HEADER;\r
FILE_DESCRIPTION(('FreeCAD Model'),'2;1');\r
FILE_NAME('Open CASCADE Shape Model','2026-01-02T03:04:05',('Ayse'),('host'),'x','y','z');\r
FILE_SCHEMA(('AUTOMOTIVE_DESIGN { 1 0 10303 214 1 1 1 1 }'));\r
ENDSEC;\r
DATA;\r
#1 = PRODUCT('Open CASCADE STEP translator 7.9 17','Open CASCADE STEP translator 7.9 17.1','',(#8));\r
#2 = NEXT_ASSEMBLY_USAGE_OCCURRENCE('41','a','b',#1,#1,$);\r
#3 = NEXT_ASSEMBLY_USAGE_OCCURRENCE('40','a','b',#1,#1,$);\r
ENDSEC;\r
END-ISO-10303-21;\r
"""


@pytest.mark.spec("09.04", "09.09")
def test_a_step_file_loses_time_person_host_and_counters() -> None:
    text = part21.canonical(STEP, "AP214").decode()
    for word in ("2026", "Ayse", "host", "\r"):
        assert word not in text
    assert "'2020-01-01T00:00:00'" in text
    assert "translator 7.9 1','Open CASCADE STEP translator 7.9 1'" in text
    assert "OCCURRENCE('1'" in text
    assert "OCCURRENCE('2'" in text
    assert part21.canonical(text.encode(), "AP214").decode() == text


def test_a_file_that_is_not_step_is_refused() -> None:
    with pytest.raises(KernelError) as caught:
        part21.canonical(b"solid x", "AP214")
    assert (caught.value.code, caught.value.phase) == ("FC_EXPORT_STEP_FAILED", "export")


def test_an_unexpected_product_structure_is_not_called_ap203() -> None:
    with pytest.raises(KernelError) as caught:
        part21.canonical(STEP, "AP203")
    assert caught.value.code == "FC_EXPORT_STEP_FAILED"


def test_canonical_json_does_not_depend_on_the_order_of_keys_and_refuses_nan() -> None:
    one = canonical_json({"b": 1.5, "a": {"ş": [1, None], "c": True}})
    assert one == canonical_json({"a": {"c": True, "ş": [1, None]}, "b": 1.5})
    assert one.decode() == '{"a":{"c":true,"ş":[1,null]},"b":1.5}'
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json({"a": float("nan")})

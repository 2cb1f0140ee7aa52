"""What the kinds of artefacts are called and how they are delivered."""

from __future__ import annotations

import pytest

from atolye.artefacts.kinds import KINDS, content_type_of, disposition_of, kind_of, name_of
from atolye.artefacts.messages import KEYS, message
from atolye.errors import AtolyeError
from atolye.wire import EXPORT_FILES


@pytest.mark.spec("11.61", "11.18", "11.20", "11.21", "11.22")
@pytest.mark.parametrize(
    ("name", "content_type", "disposition"),
    [
        ("1_model.FCStd", "application/zip", "attachment"),
        ("1_solid.step", "model/step", "attachment"),
        ("1_solid.STP", "model/step", "attachment"),
        ("1_mesh.stl", "model/stl", "attachment"),
        ("1_preview.glb", "model/gltf-binary", "attachment"),
        ("1_part.nc", "text/plain; charset=utf-8", "attachment"),
        ("1_part.tap", "text/plain; charset=utf-8", "attachment"),
        ("1_part.gcode", "text/plain; charset=utf-8", "attachment"),
        ("1_provenance.json", "application/json", "attachment"),
        ("1_picture.png", "image/png", "inline"),
        ("1_simulation.mp4", "video/mp4", "inline"),
        ("1_drawing.pdf", "application/pdf", "attachment"),
    ],
)
def test_a_name_tells_content_type_and_disposition(name: str, content_type: str, disposition: str) -> None:
    assert content_type_of(name) == content_type
    assert disposition_of(content_type) == disposition


@pytest.mark.spec("11.17", "11.19", "11.25", "11.28")
def test_documents_and_data_are_delivered_as_what_they_are() -> None:
    assert content_type_of("1_parameters.json") == "application/json"
    assert content_type_of("1_drawing.PDF", b"not looked at") == "application/pdf"
    assert {kind.content_type for kind in KINDS.values() if kind.file_type == "json"} == {"application/json"}
    for kind in KINDS.values():
        assert content_type_of(f"1{kind.suffix}") == kind.content_type, "the name and the kind disagree"
        assert disposition_of(kind.content_type) == kind.disposition


@pytest.mark.spec("11.18", "11.23", "11.24", "11.26", "11.27")
@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"glTF\x02\x00", "model/gltf-binary"),
        (b"ISO-10303-21;\nHEADER", "model/step"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"nothing known", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_nameless_file_is_known_by_its_beginning(head: bytes, content_type: str) -> None:
    assert content_type_of("unknown", head) == content_type


@pytest.mark.spec("01.09")
def test_every_export_of_the_wire_has_a_kind_and_a_name_with_the_job_s_id() -> None:
    for kind, file in EXPORT_FILES.items():
        assert name_of("1234", kind_of(kind)) == f"1234_{file}"
    assert name_of("1234", KINDS["provenance.json"]) == "1234_provenance.json"


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(AtolyeError, match="ARTEFACT_TYPE_UNSUPPORTED"):
        kind_of("solid.exe")


@pytest.mark.spec("11.64", "11.42", "11.43", "11.53")
def test_the_messages_about_storage_are_turkish_for_turks_and_english_for_others() -> None:
    turkish = {
        "artefacts.upload.success": "Yükleme tamamlandı.",
        "artefacts.upload.failed": "Yükleme başarısız.",
        "artefacts.not_found": "İstenen artifakt bulunamadı.",
        "artefacts.presign.expired": "İmzalı bağlantı geçersiz veya süresi dolmuş.",
        "artefacts.type.unsupported": "Dosya türü desteklenmiyor.",
        "storage.unavailable": "Nesne depolama hizmetine ulaşılamıyor.",
        "storage.delete.pending": "Silme işlemi planlandı.",
        "storage.delete.failed": "Silme işlemi başarısız; daha sonra tekrar denenecek.",
        "job.link.missing": "İlgili iş kaydı bulunamadı.",
    }
    assert {key: message(key, "tr-TR") for key in KEYS} == turkish
    for key in KEYS:
        assert message(key, "de") == message(key, "en") != message(key, "tr")

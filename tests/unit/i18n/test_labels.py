"""Labels exist in both languages; languages are negotiated as HTTP says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atolye import i18n
from atolye.i18n.labels import bundle
from atolye.wire import EXPORT_FILES

TURKISH_METRICS = (
    "solids=Katılar, faces=Yüzeyler, edges=Kenarlar, triangles=Üçgen sayısı, bbox=Sınır kutusu, "
    "width=Genişlik, height=Yükseklik, depth=Derinlik, volume=Hacim, mass=Kütle, "
    "material=Malzeme, density=Yoğunluk, duration_ms=Süre (ms), cpu_user_s=CPU kullanıcı (sn), "
    "cpu_system_s=CPU sistem (sn), cpu_percent_peak=CPU tepe (%), "
    "ram_peak_mb=Bellek tepe (MB), units=Birimler"
)
"""As 10.08 lists them."""

MESSAGES = {
    "11.44": ("artefacts.upload.success", "Yükleme tamamlandı."),
    "11.45": ("artefacts.upload.failed", "Yükleme başarısız."),
    "11.46": ("artefacts.not_found", "İstenen artifakt bulunamadı."),
    "11.47": ("artefacts.presign.expired", "İmzalı bağlantı geçersiz veya süresi dolmuş."),
    "11.48": ("artefacts.type.unsupported", "Dosya türü desteklenmiyor."),
    "11.49": ("storage.unavailable", "Nesne depolama hizmetine ulaşılamıyor."),
    "11.50": ("storage.delete.pending", "Silme işlemi planlandı."),
    "11.51": ("storage.delete.failed", "Silme işlemi başarısız; daha sonra tekrar denenecek."),
    "11.52": ("job.link.missing", "İlgili iş kaydı bulunamadı."),
}


@pytest.mark.spec("10.08")
@pytest.mark.parametrize("pair", TURKISH_METRICS.split(", "))
def test_a_metric_has_its_turkish_label(pair: str) -> None:
    key, _, label = pair.partition("=")
    assert i18n.metric_label(key, "tr") == label
    assert i18n.metric_label(key, "en") not in (label, key)


@pytest.mark.parametrize(
    ("key", "text"),
    [pytest.param(*row, marks=pytest.mark.spec(spec_id)) for spec_id, row in MESSAGES.items()],
)
def test_a_message_key_has_its_turkish_text_and_an_english_one(key: str, text: str) -> None:
    assert i18n.message(key, "tr") == text
    assert i18n.message(key, "en") not in (text, key)


@pytest.mark.spec("11.53", "12.111")
def test_an_unknown_language_falls_back_to_english_and_an_unknown_key_to_itself() -> None:
    assert i18n.message("artefacts.not_found", "de") == i18n.message("artefacts.not_found", "en")
    assert i18n.stage_label("no-such-stage", "tr") == "no-such-stage"


def test_every_label_is_there_in_both_languages() -> None:
    for section, labels in bundle().items():
        for key, texts in labels.items():
            assert set(texts) == {"tr", "en"}, (section, key)
            assert all(text and text == text.strip() for text in texts.values()), (section, key)
            if section != "units":
                assert texts["tr"] != texts["en"], (section, key)


def test_every_kind_of_artefact_has_a_label() -> None:
    for kind in EXPORT_FILES:
        assert i18n.artefact_label(kind, "tr") != kind


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("tr", "tr"),
        ("tr-TR", "tr"),
        ("TR-tr", "tr"),
        ("en-US,en;q=0.9,tr;q=0.8", "en"),
        ("en;q=0.3, tr;q=0.8", "tr"),
        ("de, tr;q=0.5, en;q=0.4", "tr"),
        ("de-DE,de", "en"),
        ("tr;q=0", "en"),
        ("tr;q=0, *", "en"),
        ("en;q=0, *;q=0.1", "tr"),
        ("*", "en"),
        ("tr, en", "tr"),
        ("en, tr", "en"),
        ("tr;q=0.5, en;q=0.5", "tr"),
        ("*;q=0.5, tr;q=0.1", "en"),
        ("tr;q=abc, en;q=0.1", "en"),
        ("tr;q=2", "en"),
        ("tr ; q=0.7 , en ; q=0.2", "tr"),
        ("tur", "en"),
        (",,;q=1,tr", "tr"),
    ],
)
def test_the_language_with_the_higher_weight_is_chosen(header: str | None, language: str) -> None:
    assert i18n.negotiate(header) == language


@given(st.text(max_size=100))
def test_any_header_gives_a_language(header: str) -> None:
    assert i18n.negotiate(header) in ("tr", "en")

"""Names and addresses leave a prompt; what it says of the part stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atolye.designs.families import registry
from atolye.errors.masking import mask_prompt, without_marks
from atolye.prompts.glossary import terms
from atolye.prompts.privacy import is_technical, masked

NAMES = [
    ("Sn. Ahmet Yılmaz, 100 mm plaka", ", 100 mm plaka"),
    ("Sayın Yetkili Plaka 100x50x8 mm", "Plaka 100x50x8 mm"),
    ("Merhaba, adım Mehmet Öz, bana 20 mm flanş lazım", "Merhaba, , bana 20 mm flanş lazım"),
    ("Benim adım ayşe demir, mil çapı 20 mm", ", mil çapı 20 mm"),
    ("ad soyad: Zeynep Kaya; flanş 120", "; flanş 120"),
    ("Ahmet Yılmaz için 50 mm mil", "için 50 mm mil"),
    ("ahmet yılmaz için 50 mm mil", "için 50 mm mil"),
    ("Huseyin Yilmaz icin 50 mm mil", "icin 50 mm mil"),
    ("AHMET YILMAZ İÇİN 50 MM MİL", "İÇİN 50 MM MİL"),
    ("Ahmet Bey'in flanşı 100 mm", "flanşı 100 mm"),
    ("Ayşe Hanım 40 mm küp istiyor", "40 mm küp istiyor"),
    ("müşteri: Elif Kaya, flanş dış çap 120", ", flanş dış çap 120"),
    ("40 mm küp. Saygılarımla, Hasan Çelik", "40 mm küp."),
    ("Ali'nin parçası: 40 mm küp", "parçası: 40 mm küp"),
    ("My name is John Smith and I need a 20 mm flange", "and I need a 20 mm flange"),
    ("Dear Mr. Brown, the plate is 100 x 50 x 5 mm", "Dear , the plate is 100 x 50 x 5 mm"),
    ("I am Sarah Connor from sales. Box 10 x 20 x 5 mm", "from sales. Box 10 x 20 x 5 mm"),
    ("Ms Olivia Reed ordered 4 pins of 20 mm", "ordered 4 pins of 20 mm"),
    ("Box 10 x 20 x 5 mm\nKind regards,\nEmma Stone", "Box 10 x 20 x 5 mm"),
]
ADDRESSES = [
    ("Adres: Bağdat Caddesi No: 12/4 Kadıköy/İstanbul, 100 mm plaka", ", 100 mm plaka"),
    ("Atatürk Mah. 1234. Sok. No:5 D:3 34710 Kadıköy/İstanbul 100 mm plaka", "100 mm plaka"),
    ("atatürk mahallesi 5. sokak no 3 plaka 100 x 50 x 8", "plaka 100 x 50 x 8"),
    ("Teslimat adresi: Ankara 5. cadde no 3. Kalınlık 8 mm", "Kalınlık 8 mm"),
    ("Plaka 100x50x8, posta kodu: 34710", "Plaka 100x50x8,"),
    ("1234. Sokak, mil 20x100", ", mil 20x100"),
    ("16000 Nilüfer Bursa, mil 20x100", ", mil 20x100"),
    ("221B Baker Street, London NW1 6XE, block 100 x 50 x 30 mm", ", block 100 x 50 x 30 mm"),
    ("Ship to 1600 Pennsylvania Avenue NW, Washington, DC 20500 plate", "Ship to plate"),
    ("P.O. Box 1234, block 100 x 50 x 30 mm", ", block 100 x 50 x 30 mm"),
]
KEPT = [
    "Mil Çapı 20 mm, Flanş Dış Çap 120 mm, L Profil 50x50, No 5",
    "Adım Motoru Braketi NEMA 17, adım motoru, Hatve Adım Sayısı 5, Adım 1,25",
    "Alüminyum Levha 100 mm, Kalınlık 5 mm, Köşe Radyüsü 3 mm, Malzeme: Çelik",
    "Plastik Enjeksiyon Kutu, Mavi Boya, Siyah Eloksal, Kare Kutu Profil, Paslanmaz Mil",
    "18 mm OSB levha, 18 OSB, 1/2 Square Drive socket, 3 Way Valve Body, 10 Square Hole",
    "M8 cıvata 5 adet, Çelik Mil ve Flanş, D: 20 mm, Kat: 2, DIN 933 M8x20",
    "100 /50/30 mm blok, 120 × 80 × 8, Ø20/Ø10, 1/2 inch, R6, Al 6061-T6, X5CrNi18-10, 34710 adet",
    "Deep Groove Bearing 6204, Spur Gear Module 2, Hex Bolt M8x20, Allen Key 5",
    "Acil çağrı butonu kutusu, sedef renkli, yunus biçimli plaka, a part of mine, adam boyu direk",
    "Sokak Lambası Flanşı 200 mm, 5. Sokak Lambası, Web Sitesi Logosu 50 mm, 12 Street Light Pole Base",
    "Yıldız başlı vida, uğur böceği biçimli plaka 40 mm",
]


@pytest.mark.spec("02.01", "02.19", "12.105")
@pytest.mark.parametrize(("text", "left"), NAMES)
def test_a_name_leaves_the_text_and_the_part_stays(text: str, left: str) -> None:
    found = masked(text)
    assert "[name redacted]" in found
    assert without_marks(found).split() == left.split()


@pytest.mark.spec("02.01", "02.19", "12.105")
@pytest.mark.parametrize(("text", "left"), ADDRESSES)
def test_an_address_leaves_the_text_and_the_part_stays(text: str, left: str) -> None:
    found = masked(text)
    assert "[address redacted]" in found
    assert without_marks(found).split() == left.split()


@pytest.mark.spec("02.19")
@pytest.mark.parametrize("text", KEPT)
def test_words_of_the_workshop_are_no_people(text: str) -> None:
    assert masked(text) == text
    assert mask_prompt(text) == text  # without the glossary, too


@pytest.mark.spec("02.19")
def test_no_term_of_the_glossary_is_ever_taken_for_a_name() -> None:
    for term in terms():
        for sentence in (f"Sn. Ahmet Yılmaz {term.tr.title()} 20 mm", f"Adım {term.tr.title()} 20 mm"):
            assert term.tr.title() in masked(sentence), sentence


@pytest.mark.spec("02.19")
def test_the_names_of_all_families_stay_beside_a_name() -> None:
    for family in registry().values():
        for title in (family.title.tr, family.title.en):
            assert masked(f"Bay Kemal Öz {title} 20 mm") == f"[name redacted] {title} 20 mm"


def test_a_technical_word_is_known_with_its_endings() -> None:
    assert all(map(is_technical, ("Flanş", "flanşın", "PLAKALAR", "Mil", "kalınlığı")))
    assert not any(map(is_technical, ("Ahmet", "Kadıköy", "Smith")))


@pytest.mark.parametrize("text", [text for text, _ in (*NAMES, *ADDRESSES)])
def test_masking_again_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@given(st.text(alphabet="abÇçĞI İıö.,:/'’@ 0123456789\nSnMAhmetBy", max_size=80))
def test_any_text_is_masked_once_and_for_all(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    "piece", ["a ", "Ab ", "Ahmet ", "adres: ", "1 ", "Atatürk Mah. ", "Sn. ", "12 Baker "]
)
def test_a_very_long_text_is_masked_at_once(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    began = time.perf_counter()
    masked(text)
    assert time.perf_counter() - began < 2.0

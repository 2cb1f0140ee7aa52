"""Personal data and secrets leave logs, details and stored text; the numbers of a part stay."""

from __future__ import annotations

import hashlib
import json
import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atolye.errors import masking
from atolye.errors.masking import is_iban, is_turkish_identity, mask_data, mask_text, names_a_secret

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGkifQ.c2lnbmF0dXJl-_x"


@pytest.mark.spec("12.100", "02.19")
@pytest.mark.parametrize(
    "address", ["ali.veli+cad@atolye.com.tr", "AYŞE@örnek.com", "o'neil@mail.example.org"]
)
def test_an_email_is_replaced_whole(address: str) -> None:
    assert mask_text(f"yaz: {address}, lütfen") == "yaz: [email redacted], lütfen"


@pytest.mark.spec("12.101", "02.19")
@pytest.mark.parametrize(
    "number",
    [
        "+90 532 123 45 67",
        "+905321234567",
        "+90 (532) 123 45 67",
        "+90-532-123-45-67",
        "0090 532 123 45 67",
        "0532 123 45 67",
        "05321234567",
        "0 532 123 45 67",
        "0(212) 123 45 67",
        "0 (312) 123 4567",
        "(0532) 123 45 67",
        "+1 415 555 2671",
        "+44 20 7946 0958",
        "+49 30 1234567",
    ],
)
def test_a_phone_number_is_replaced_in_its_usual_spellings(number: str) -> None:
    masked = mask_text(f"ara {number} hemen")
    assert "[phone redacted]" in masked
    assert not any(sign.isdigit() for sign in masked)


@pytest.mark.spec("12.101")
@pytest.mark.parametrize(
    "words", ["Telefonum 532 123 45 67", "cep: 532-123-45-67", "phone number is 5321234567"]
)
def test_a_bare_number_is_a_phone_number_beside_a_word_that_says_so(words: str) -> None:
    masked = mask_text(words)
    assert masked.endswith("[phone redacted]")
    assert not any(sign.isdigit() for sign in masked)


@pytest.mark.spec("12.102")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"token {JWT} refused", "token [token redacted] refused"),
        (f"Authorization: Bearer {JWT}", "Authorization: Bearer [token redacted]"),
        ("authorization: bearer abc.def-123", "authorization: bearer [token redacted]"),
        ("key sk-proj-Ab12Cd34Ef56Gh78Ij90 used", "key [token redacted] used"),
        ("AKIAIOSFODNN7EXAMPLE", "[token redacted]"),
        ("api_key=abc123&x=1", "api_key=[token redacted]&x=1"),
        ("'password': 'çok gizli'", "'password': '[token redacted] gizli'"),
        ("parola: hunter2", "parola: [token redacted]"),
        ("DB_PASSWORD=hunter2", "DB_PASSWORD=[token redacted]"),
        ("postgresql://u:p@db:5432/atolye", "postgresql://[token redacted]@db:5432/atolye"),
        ("amqp://user:s3cr3t@mq/vhost", "amqp://[token redacted]@mq/vhost"),
        (
            "GET /api/v1/artefacts/7?expires=1700000000&sig=Zm9vYmFy",
            "GET /api/v1/artefacts/7?expires=1700000000&sig=[token redacted]",
        ),
        (
            "https://s3/b/k?X-Amz-Credential=AKIA%2F2026&X-Amz-Date=20260101&X-Amz-Signature=deadbeef",
            "https://s3/b/k?X-Amz-Credential=[token redacted]&X-Amz-Date=20260101"
            "&X-Amz-Signature=[token redacted]",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nrest", "[token redacted]\nrest"),
    ],
)
def test_tokens_keys_passwords_and_signatures_are_replaced(text: str, expected: str) -> None:
    assert mask_text(text) == expected


@pytest.mark.spec("12.103")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open /home/ali/parts/gövde.step failed", "open [path redacted]/gövde.step failed"),
        ("/home/ali veli/parts/a.step", "[path redacted]/a.step"),
        ("/home/ali", "[path redacted]"),
        ("cwd=/Users/ayse", "cwd=[path redacted]"),
        ("/root/.local/share/atolye/atolye.db", "[path redacted]/atolye.db"),
        ("~/secret/plan.FCStd", "[path redacted]/plan.FCStd"),
        ("file:///srv/data/x.stl", "[path redacted]/x.stl"),
        (r"C:\Users\Ali Veli\Desktop\kapak.step", "[path redacted]/kapak.step"),
        (r"C:\Users\ali", "[path redacted]"),
        (r"\\sunucu\paylaşım\kapak.step", "[path redacted]/kapak.step"),
        ('File "/usr/lib/python3/dist-packages/a.py", line 3', 'File "[path redacted]/a.py", line 3'),
    ],
)
def test_a_path_keeps_only_its_last_name_and_a_home_folder_not_even_that(text: str, expected: str) -> None:
    assert mask_text(text) == expected


@pytest.mark.spec("12.104")
@pytest.mark.parametrize(
    "address",
    ["10.0.0.5", "192.168.1.254", "8.8.8.8", "2001:db8::1", "fe80::1ff:fe23:4567:890a", "2001:db8::"],
)
def test_an_internet_address_is_replaced(address: str) -> None:
    assert mask_text(f"client={address} refused") == "client=[ip redacted] refused"


@pytest.mark.spec("12.105")
def test_bank_and_identity_numbers_are_replaced_only_when_their_check_digits_hold() -> None:
    assert mask_text("IBAN TR33 0006 1005 1978 6457 8413 26.") == "IBAN [iban redacted]."
    assert mask_text("TR330006100519786457841326") == "[iban redacted]"
    assert mask_text("TR340006100519786457841326") == "TR340006100519786457841326"
    assert mask_text("kimlik 10000000146") == "kimlik [id redacted]"
    assert mask_text("kimlik 10000000147") == "kimlik 10000000147"
    assert is_iban("DE89 3704 0044 0532 0130 00")
    assert is_turkish_identity("10000000146")
    assert not is_turkish_identity("00000000000")


@pytest.mark.parametrize(
    "text",
    [
        "100,5 x 50 x 30 mm, delik 10 mm, R2.5, ±0,05",
        "500 100 50 20 mm",
        "points 0 0 10 20 550 120 40 20",
        "FreeCAD 1.1.3, OCCT 7.9.2, Python 3.14.0",
        "OCCT version 7.9.2.1 and freecad 1.1.3.0",
        "loopback 127.0.0.1:8000 and 0.0.0.0",
        "feed 1200 mm/min, σ = 275 N/mm², 1/8 inch, 5 m/s",
        "12:30:45 2026-01-02T03:04:05.123Z",
        "App::Part, Part::Box, Std::FeC",
        "POST /api/v1/designs/params 202",
        "holes[2].diameter must be in 0.1–1000 mm",
        "sha256:" + hashlib.sha256(b"x").hexdigest(),
        "AL-6061-T6 1.4301 EN 10025-2 DIN 6885 ISO 4017",
        "G1 X+100.5 Y-20.25 Z+3 F1200",
        "tokens: 512, token_algorithm: HS256",
        "M8x20 8.8",
        "and/or, image/png, */*, #/components/schemas/Plate",
        "https://wiki.freecad.org/Part_RefineShape",
        "+0.2/-0.1, ~5/8 inch",
    ],
)
def test_dimensions_units_versions_hashes_and_routes_stay_as_they_are(text: str) -> None:
    assert mask_text(text) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["mm", "in", "kg", "m3", "°"]))
def test_no_number_with_a_unit_is_touched(value: float, unit: str) -> None:
    for text in (f"x = {value!r} {unit}", f"{value:.6f}{unit}", f"{value:+.4f}", json.dumps({"x": value})):
        assert mask_text(text) == text


@given(st.lists(st.floats(-1e4, 1e4).map(lambda value: round(value, 3)), min_size=1, max_size=8))
def test_no_list_of_coordinates_is_touched(values: list[float]) -> None:
    for text in (
        json.dumps(values),
        " ".join(map(str, values)),
        " ".join(f"{value:+.3f}" for value in values),
    ):
        assert mask_text(text) == text


@given(st.binary(max_size=64), st.uuids())
def test_no_hash_and_no_id_is_touched(data: bytes, job: uuid.UUID) -> None:
    text = f"{hashlib.sha256(data).hexdigest()} {job} {job.hex}_model.FCStd"
    assert mask_text(text) == text


@given(st.text(max_size=200))
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once


_secretive = st.sampled_from(
    [
        "ali@ornek.com",
        "+90 532 123 45 67",
        JWT,
        "/home/ali/gizli/x.step",
        "10.0.0.5",
        "TR330006100519786457841326",
    ]
)


@given(st.text(max_size=30), _secretive, st.text(max_size=30))
def test_a_secret_is_found_in_any_surrounding_words(before: str, secret: str, after: str) -> None:
    masked = mask_text(f"{before} {secret} {after}")
    assert f" {secret} " not in masked
    assert mask_text(masked) == masked


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "db_password",
        "accessToken",
        "X-Api-Key",
        "Authorization",
        "token_secret",
        "Set-Cookie",
        "şifre",
    ],
)
def test_a_key_that_names_a_secret_is_known(key: str) -> None:
    assert names_a_secret(key)


@pytest.mark.parametrize(
    "key", ["token_algorithm", "max_tokens", "key", "signature", "material", "token_issuer"]
)
def test_a_key_that_only_sounds_like_a_secret_is_not_taken_for_one(key: str) -> None:
    assert not names_a_secret(key)


@pytest.mark.spec("12.96", "12.99")
def test_nested_data_is_masked_by_content_and_by_key_and_its_numbers_stay() -> None:
    masked = mask_data(
        {
            "user": {"mail": "ali@ornek.com", "token": "abc", "password": None},
            "files": ("/home/ali/x.step", 12.5),
            "length_mm": 5321234567.0,
            "valid": True,
            "ali@ornek.com": 1,
        }
    )
    assert masked == {
        "user": {"mail": "[email redacted]", "token": "[token redacted]", "password": None},
        "files": ["[path redacted]/x.step", 12.5],
        "length_mm": 5321234567.0,
        "valid": True,
        "[email redacted]": 1,
    }


def test_data_nested_without_end_is_cut() -> None:
    deep: object = "ali@ornek.com"
    for _ in range(10_000):
        deep = [deep]
    assert "ali@ornek.com" not in json.dumps(mask_data(deep))


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "'",
        "tel",
        "tel ",
        "1",
        "1 ",
        "/a",
        "/home/a ",
        "TR33 ",
        "0 ",
        "2001:",
        "eyJa.",
        "token ",
        "\\\\a",
        "+90 ",
    ],
)
def test_a_long_line_is_masked_in_time_that_grows_with_its_length(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.perf_counter()
    mask_text(text)
    assert time.perf_counter() - began < 5.0  # quadratic patterns took minutes


@given(st.from_regex(masking._PLAIN_WORD, fullmatch=True))
def test_no_rule_would_match_what_is_passed_over_as_plain(word: str) -> None:
    for pattern, _ in masking._RULES:
        assert pattern.search(word) is None

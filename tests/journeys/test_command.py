"""What a person sees who types ``atolye generate params``."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

import pytest

from tests.support.command import Command
from tests.support.readers import step_volume_mm3

pytestmark = pytest.mark.engine

TURKISH = {
    "uzunluk": "73,3 mm",
    "genişlik": "4,17 cm",
    "yükseklik": "19,9",
    "delik çapı": "7,7",
    "malzeme": "alüminyum",
    "süreç": "frezeleme",
}
ENGLISH = {
    "length": 73.3,
    "width": "41.7 mm",
    "height": 19.9,
    "hole_diameter": "7.7 mm",
    "material": "aluminium",
    "process": "milling",
}
VOLUME_MM3 = 73.3 * 41.7 * 19.9 - math.pi / 4 * 7.7**2 * 19.9


@pytest.mark.spec("06.27", "06.31", "06.33", "14.25")
def test_the_turkish_request_of_the_readme_becomes_a_model(atolye: Command, tmp_path: Path) -> None:
    ran = atolye.params(TURKISH, tmp_path / "çıktı", "--job-id", "is-1", "--lang", "tr")
    assert ran.status == 0, ran.stderr
    result = ran.result
    assert result["state"] == "succeeded"
    assert result["error"] is None
    assert result["job_id"] == "is-1"
    names = {artefact["name"] for artefact in result["artefacts"]}
    assert names == {
        "is-1_model.FCStd",
        "is-1_solid.step",
        "is-1_mesh.stl",
        "is-1_preview.glb",
        "is-1_picture.png",
        "is-1_provenance.json",
    }
    for artefact in result["artefacts"]:
        content = Path(artefact["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == artefact["sha256"]
        assert len(content) == artefact["size_bytes"] > 0
    assert math.isclose(result["metrics"]["display"]["volume_mm3"], VOLUME_MM3, rel_tol=1e-9)
    assert math.isclose(step_volume_mm3(tmp_path / "çıktı" / "is-1_solid.step"), VOLUME_MM3, rel_tol=1e-9)
    assert json.loads((tmp_path / "çıktı" / "job.json").read_text(encoding="utf-8")) == result
    assert not [warning for warning in result["warnings"] if warning["severity"] != "info"]


@pytest.mark.spec("06.27", "09.11", "14.26")
def test_language_locale_time_zone_folder_job_and_mode_leave_the_bytes_alone(
    atolye: Command, tmp_path: Path
) -> None:
    formats = ("--format", "fcstd,step,iges,brep,stl,obj,3mf,glb,svg,png")
    elsewhere = tmp_path / "başka yer"
    elsewhere.mkdir()
    runs = [
        atolye.params(TURKISH, tmp_path / "a", *formats),
        atolye.params(ENGLISH, tmp_path / "b", *formats, "--job-id", "another", LC_ALL="tr_TR.UTF-8"),
        atolye.params(ENGLISH, elsewhere, *formats, TZ="Asia/Tokyo", PYTHONHASHSEED="7"),
        atolye.params(TURKISH, tmp_path / "d", *formats, ATOLYE_ENGINE_MODE="oneshot"),
    ]
    assert [ran.status for ran in runs] == [0, 0, 0, 0], [ran.stderr for ran in runs]
    digests = [
        {a["kind"]: a["sha256"] for a in ran.result["artefacts"] if a["kind"] != "provenance.json"}
        for ran in runs
    ]
    assert len(digests[0]) == 10
    assert digests[1] == digests[2] == digests[3] == digests[0]
    assert len({ran.result["request_sha256"] for ran in runs}) == 1


def test_everything_wrong_with_a_request_is_said_at_once(atolye: Command, tmp_path: Path) -> None:
    wrong = {"length": 100, "widht": 50, "height": "abc", "hole_diameter": 10, "material": "unobtainium"}
    ran = atolye.params(wrong, tmp_path / "out")
    assert ran.status == 2
    error = ran.result["error"]
    assert ran.result["artefacts"] == []
    assert error["http_status"] == 422
    fields = {error["details"].get("field"), *(c["field"] for c in error["details"].get("errors", ()))}
    assert {"widht", "height", "material"} <= fields
    assert "width" in json.dumps(error["details"])
    assert error["message_tr"] != error["message_en"]


def test_an_ambiguous_number_is_425_in_both_languages(atolye: Command, tmp_path: Path) -> None:
    for language in ("tr", "en"):
        ran = atolye.params({**ENGLISH, "length": "1,234"}, tmp_path / language, "--lang", language)
        assert (ran.status, ran.result["error"]["http_status"]) == (2, 425)


def test_an_error_is_told_in_the_asked_language(atolye: Command, tmp_path: Path) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps({**ENGLISH, "material": "unobtainium"}), encoding="utf-8")
    turkish = atolye("generate", "params", str(request), "--out", str(tmp_path / "o"), "--lang", "tr")
    english = atolye("generate", "params", str(request), "--out", str(tmp_path / "o"), "--lang", "en")
    assert (turkish.status, english.status) == (2, 2)
    assert (turkish.stdout, english.stdout) == ("", "")
    assert turkish.stderr.startswith("Hata")
    assert "malzeme" in turkish.stderr.casefold()
    assert english.stderr.startswith("Error")


@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", "params"),
        ("generate", "params", "-", "--out", "x", "--nonsense"),
        ("generate", "params", "-", "--out", "x", "--lang", "de"),
        ("nonsense",),
        ("generate", "params", "no-such-file.json", "--out", "x"),
    ],
)
def test_wrong_usage_is_64_and_json_when_json_was_asked_for(
    atolye: Command, arguments: tuple[str, ...]
) -> None:
    ran = atolye(*arguments, "--json", stdin=b"{}")
    assert ran.status == 64
    assert ran.result["error"]["code"] in ("CLI_USAGE", "CLI_INPUT_UNREADABLE")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "REQUEST_NOT_JSON"),
        (b"{'length': 1}", "REQUEST_NOT_JSON"),
        (b'{"length": NaN}', "REQUEST_NOT_JSON"),
        (b"\xff\xfe", "REQUEST_NOT_JSON"),
        (b"[1, 2]", "REQUEST_NOT_OBJECT"),
        (b'{"length": 1, "length": 2}', "REQUEST_DUPLICATE_KEY"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "REQUEST_TOO_DEEP"),
        (b'{"a":"' + b"x" * 9_000_000 + b'"}', "REQUEST_TOO_LARGE"),
    ],
)
def test_what_is_not_a_request_is_refused_by_name(
    atolye: Command, tmp_path: Path, content: bytes, code: str
) -> None:
    ran = atolye("generate", "params", "-", "--out", str(tmp_path), "--json", stdin=content)
    assert (ran.status, ran.result["error"]["code"]) == (2, code)


def test_a_used_job_id_is_a_conflict_and_a_strange_one_is_refused(atolye: Command, tmp_path: Path) -> None:
    cheap = ("--format", "brep")
    assert atolye.params(ENGLISH, tmp_path / "1", *cheap, "--job-id", "once").status == 0
    again = atolye.params(ENGLISH, tmp_path / "2", *cheap, "--job-id", "once")
    assert (again.status, again.result["error"]["http_status"]) == (2, 409)
    strange = atolye.params(ENGLISH, tmp_path / "3", *cheap, "--job-id", "../evil")
    assert (strange.status, strange.result["error"]["http_status"]) == (2, 422)


def test_a_wall_too_thin_to_mill_fails_the_job_with_its_place(atolye: Command, tmp_path: Path) -> None:
    thin = {**ENGLISH, "width": 8.5, "hole_diameter": 7.7}  # 0.4 mm left beside the hole
    ran = atolye.params(thin, tmp_path)
    assert ran.status == 1
    error = ran.result["error"]
    assert (error["code"], error["http_status"]) == ("VALIDATION_MANUFACTURABILITY", 422)
    assert ran.result["artefacts"] == []
    findings = error["details"]["errors"]
    assert any(math.isclose(finding["measured"], 0.4, rel_tol=0.01) for finding in findings)


def test_the_result_is_a_table_with_decimal_commas_in_turkish(atolye: Command, tmp_path: Path) -> None:
    request = tmp_path / "istek.json"
    request.write_text(json.dumps(TURKISH, ensure_ascii=False), encoding="utf-8")
    ran = atolye(
        "generate", "params", str(request), "--out", str(tmp_path / "o"), "--lang", "tr", "--format", "step"
    )
    assert ran.status == 0, ran.stderr
    assert "Hacim" in ran.stdout
    assert "Kütle" in ran.stdout
    assert "73,3" in ran.stdout
    assert "sha256" in ran.stdout


def test_families_list_their_fields_in_both_languages(atolye: Command) -> None:
    listed = atolye("families", "--json").result["families"]
    keys = {family["key"] for family in listed}
    assert {"block_with_hole", "plate", "spur_gear", "deep_groove_bearing", "hex_screw", "hex_nut"} <= keys
    turkish = atolye("families", "flange", "--lang", "tr")
    assert turkish.status == 0
    assert "outer_diameter" in turkish.stdout
    assert "dış çap" in turkish.stdout
    unknown = atolye("families", "widget", "--json")
    assert unknown.status == 2
    assert "plate" in json.dumps(unknown.result)

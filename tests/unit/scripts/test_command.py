"""``atolye script check`` shows what the gate finds, like a linter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from atolye.cli import run

WRONG = "import os\nlen_cm = 5\nb = Part.makeBoxx(len_cm, 2, 3)\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "part.py"
    path.write_text(WRONG, encoding="utf-8")
    return path


def test_findings_are_shown_with_place_code_and_hint(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["script", "check", str(script), "--lang", "tr"]) == 2
    shown = capsys.readouterr().out
    assert f"{script}:1:8 SECURITY_VIOLATION Güvenlik ihlali" in shown
    assert f"{script}:3:10 API_NOT_FOUND API bulunamadı: Part.makeBoxx" in shown
    assert shown.count("→") == 2


def test_findings_are_one_json_object(script: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["script", "check", str(script), "--json"]) == 2
    told = json.loads(capfdbinary.readouterr().out)
    assert told["errors"] == 2
    assert [(each["code"], each["line"]) for each in told["findings"]] == [
        ("SECURITY_VIOLATION", 1),
        ("API_NOT_FOUND", 3),
    ]
    assert all(each["hint_tr"] and each["hint_en"] for each in told["findings"])


def test_a_script_with_warnings_only_may_be_run(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text("x = 5  # 5 cm\n", encoding="utf-8")
    assert run(["script", "check", str(script), "--lang=en"]) == 0
    assert "0 errors, 1 warnings" in capsys.readouterr().out


def test_a_file_that_is_no_text_is_refused(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_bytes(b"x = '\xff'\n")
    assert run(["script", "check", str(script)]) == 2
    assert "CLI_INPUT_NOT_TEXT" in capsys.readouterr().err
    assert run(["script", "check", str(script.parent / "none.py")]) == 64
    assert "CLI_INPUT_UNREADABLE" in capsys.readouterr().err

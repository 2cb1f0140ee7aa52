"""What is needed to install, and how it is told that something is missing."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from atolye.engine import install as installation
from atolye.engine.lock import Lock, Package, packaged_lock
from atolye.engine.packages import Apt, machine_mirror
from atolye.errors import AtolyeError


def package(content: bytes, name: str = "tool") -> Package:
    return Package(
        name, "1.0", "all", hashlib.sha256(content).hexdigest(), len(content), f"pool/{name}_1.0_all.deb"
    )


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    (folder / "pool").mkdir(parents=True)
    return folder


@pytest.fixture
def apt(tmp_path: Path, mirror: Path) -> Apt:
    found = Apt(tmp_path / "apt", f"file://{mirror}", "forky")
    found.prepare()
    return found


def test_packages_are_fetched_checked_and_kept(apt: Apt, mirror: Path) -> None:
    good, bad, gone = package(b"good", "good"), package(b"expected", "bad"), package(b"gone", "gone")
    (mirror / good.path).write_bytes(b"good")
    (mirror / bad.path).write_bytes(b"replaced")
    seen: list[int] = []
    assert apt.fetch([good, bad, gone], seen.append) == [bad, gone]
    assert apt.file_of(good).read_bytes() == b"good"
    assert not apt.file_of(bad).exists()
    assert (seen[0], seen[-1]) == (0, good.size_bytes)
    (mirror / good.path).unlink()
    assert apt.fetch([good], seen.append) == []  # it is here already


def test_a_damaged_download_is_fetched_again(apt: Apt, mirror: Path) -> None:
    wanted = package(b"content")
    (mirror / wanted.path).write_bytes(b"content")
    apt.file_of(wanted).write_bytes(b"con")
    assert apt.fetch([wanted], lambda _done: None) == []
    assert apt.file_of(wanted).read_bytes() == b"content"


def test_missing_programs_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "shutil.which", lambda name: None if name in ("bwrap", "dpkg-deb") else f"/usr/bin/{name}"
    )
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(AtolyeError) as caught:
        installation.check_tools()
    assert caught.value.code == "ENGINE_INSTALL_TOOL_MISSING"
    assert caught.value.details["packages"] == ["bubblewrap", "dpkg"]
    suggestion = caught.value.body()["suggestions"][0]
    assert "apt-get install bubblewrap dpkg" in suggestion["tr"]
    assert "apt-get install bubblewrap dpkg" in suggestion["en"]


def test_as_root_missing_programs_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    there = {"apt-get", "apt-cache", "dpkg-deb"}

    def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        if "bubblewrap" in command:
            there.add("bwrap")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr("shutil.which", lambda name: name if name in there else None)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("subprocess.run", run)
    installation.check_tools()
    assert ran[-1] == ["apt-get", "-qq", "-y", "install", "bubblewrap"]


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ("http://mirror.test/debian-security/\nhttp://mirror.test/debian/\n", "http://mirror.test/debian"),
        ("https://other.test/some/debian\n", "https://other.test/some/debian"),
    ],
)
def test_the_mirror_is_the_one_of_the_machines_apt(
    monkeypatch: pytest.MonkeyPatch, lists: str, expected: str
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("atolye.engine.packages._run", lambda *_: lists)
    assert machine_mirror() == expected


def test_a_machine_without_a_debian_mirror_is_told_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("atolye.engine.packages._run", lambda *_: "http://mirror.test/ubuntu/\n")
    with pytest.raises(AtolyeError) as caught:
        machine_mirror()
    assert caught.value.code == "ENGINE_INSTALL_NO_MIRROR"
    assert "ATOLYE_ENGINE_MIRROR" in caught.value.body()["suggestions"][0]["tr"]


def test_too_little_room_is_said_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 10**9})())
    monkeypatch.setattr(installation, "check_tools", lambda: None)
    with pytest.raises(AtolyeError) as caught:
        installation.install(tmp_path, progress=lambda _step: None, mirror=f"file://{tmp_path}")
    assert caught.value.code == "ENGINE_INSTALL_NO_ROOM"
    assert caught.value.params["free_gb"] == "1.0"


def test_a_strict_installation_refuses_other_packages_than_the_locked(
    tmp_path: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATOLYE_ENGINE_STRICT", "1")
    monkeypatch.setattr(installation, "check_tools", lambda: None)
    lock = packaged_lock()
    few = dict(list(lock.packages.items())[:3])
    with pytest.raises(AtolyeError) as caught:
        installation.install(
            tmp_path / "home", progress=lambda _step: None, mirror=f"file://{mirror}",
            lock=Lock(lock.suite, lock.include, few),
        )  # fmt: skip
    assert caught.value.code == "ENGINE_LOCK_DRIFT"
    assert next(iter(few)) in caught.value.message_en
    left = [path.name for path in (tmp_path / "home/engine").iterdir()]
    assert not [name for name in left if not name.startswith(".")]

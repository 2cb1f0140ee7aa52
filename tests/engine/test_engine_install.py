"""The installed engine is the locked one and fit; installing survives being killed."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from atolye.engine import Engine, EngineOptions, doctor
from atolye.engine import install as installation
from atolye.engine.fingerprint import fingerprint
from atolye.engine.install import MANIFEST, Progress, install, installed
from atolye.engine.locate import home, installed_root, root_of
from atolye.engine.lock import Lock, Package, lock_text
from atolye.engine.versions import FREECAD_ACCEPTED, OCCT_ACCEPTED, accepted

pytestmark = pytest.mark.engine


@pytest.mark.spec("14.37", "14.33")
def test_the_running_engine_is_of_the_versions_that_the_lock_names(engine: Engine) -> None:
    packages = installed(installed_root()).packages
    assert engine.facts.freecad == packages["freecad-python3"].upstream
    occt = {item.upstream for name, item in packages.items() if name.startswith("libocct-")}
    assert occt == {engine.facts.occt}
    assert accepted(engine.facts.freecad, FREECAD_ACCEPTED)
    assert accepted(engine.facts.occt, OCCT_ACCEPTED)


def test_installing_what_is_installed_does_nothing() -> None:
    steps: list[Progress] = []
    found = install(home(), progress=steps.append)
    assert found.root == installed_root()
    assert not found.fresh
    assert steps == []


def test_the_modules_are_compiled_and_the_libraries_indexed() -> None:
    root = installed_root()
    assert (root / "etc/ld.so.cache").is_file()
    assert list(root.glob("usr/lib/python3.*/__pycache__/json*.pyc")) or list(
        root.glob("usr/lib/python3.*/json/__pycache__/*.pyc")
    )
    assert list(root.glob("usr/lib/python3/dist-packages/numpy/__pycache__/*.pyc"))


def test_the_doctor_finds_the_engine_fit() -> None:
    checks = doctor.examine()
    assert doctor.fit(checks), [check for check in checks if check.status == "failed"]
    found = {check.key: check for check in checks}
    assert {
        "tools",
        "packages",
        "freecad",
        "occt",
        "modules",
        "headless",
        "techdraw",
        "profile",
        "landlock",
    } <= set(found)
    assert fingerprint(installed(installed_root())).value in found["packages"].found
    assert json.loads(json.dumps([check.as_dict() for check in checks]))
    assert all(check.title_tr and check.title_en for check in checks)


def test_the_doctor_says_what_is_wrong_with_an_engine_that_is_not_there(tmp_path: Path) -> None:
    checks = doctor.examine(tmp_path / "nothing")
    assert not doctor.fit(checks)
    assert {check.key for check in checks if check.status == "failed"} == {"packages", "start"}


@pytest.mark.spec("05.24", "05.82", "05.12", "05.53")
def test_health_says_what_the_engine_is_and_that_it_works(engine: Engine) -> None:
    health = doctor.health(engine)
    assert health["status"] == "ok"
    assert health["freecad_version"] == engine.facts.freecad
    assert health["python_version"].startswith("3.")
    assert {"numpy", "trimesh", "psutil"} <= {name for name, version in health["packages"].items() if version}
    assert health["techdraw"] is True
    assert health["headless_ok"] is True
    assert set(health["cgroups"]) == {"memory_limit_mb", "cpu_quota", "cpu_period"}
    assert json.loads(json.dumps(health)) == health


def test_health_of_an_engine_that_is_not_there_is_an_answer_too(tmp_path: Path) -> None:
    health = doctor.health(Engine(EngineOptions(root=tmp_path)))
    assert health["status"] == "failed"
    assert health["error"]["code"] == "ENGINE_UNAVAILABLE"


# Installing, with packages so small that it takes no time


@pytest.fixture
def small(tmp_path: Path) -> tuple[str, Lock]:
    """A mirror with a few real packages, and a lock that names them."""
    mirror = tmp_path / "mirror"
    (mirror / "pool").mkdir(parents=True)
    packages: dict[str, Package] = {}
    for number in range(8):
        name = f"piece{number}"
        tree = tmp_path / name
        (tree / "DEBIAN").mkdir(parents=True)
        control = f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: x <x@y.z>\nDescription: x\n"
        (tree / "DEBIAN/control").write_text(control)
        (tree / "usr/lib").mkdir(parents=True)
        (tree / "usr/lib" / name).write_text("content")
        file = mirror / "pool" / f"{name}.deb"
        subprocess.run(["dpkg-deb", "-b", str(tree), str(file)], check=True, capture_output=True)
        data = file.read_bytes()
        # of the machine's own architecture as far as the installer can see
        architecture = subprocess.run(
            ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
        )
        packages[name] = Package(
            name,
            "1",
            architecture.stdout.strip(),
            hashlib.sha256(data).hexdigest(),
            len(data),
            f"pool/{file.name}",
        )
    return f"file://{mirror}", Lock("forky", ("piece0",), packages)


@pytest.mark.parametrize("step", ["download", "unpack", "compile", "verify"])
def test_an_installation_killed_at_any_step_leaves_nothing_half_and_is_taken_up_again(
    tmp_path: Path, small: tuple[str, Lock], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    mirror, lock = small
    (tmp_path / "lock").write_text(lock_text(lock))
    program = (
        "import sys, time; from pathlib import Path; from atolye.engine.install import install\n"
        "from atolye.engine.lock import read_lock\n"
        "def report(progress):\n"
        "    if progress.step == sys.argv[4]: print('there', flush=True); time.sleep(60)\n"
        "install(Path(sys.argv[1]), progress=report, mirror=sys.argv[2],\n"
        "        lock=read_lock(Path(sys.argv[3]).read_text()))"
    )
    target, argument = tmp_path / "home", str(tmp_path / "lock")
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(target), mirror, argument, step],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "there\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    root = root_of(target, lock)
    assert not root.exists()

    monkeypatch.setattr(installation, "_compile", lambda *_: None)
    monkeypatch.setattr(installation, "_verify", lambda *_: None)  # there is no FreeCAD in these packages
    steps: list[Progress] = []
    found = install(target, progress=steps.append, mirror=mirror, lock=lock)
    assert found.fresh
    assert not found.drift
    assert found.root == root
    assert (root / "usr/lib/piece3").read_text() == "content"
    assert (root / "lib" / "piece3").read_text() == "content"
    assert "engine:x:1000" in (root / "etc/passwd").read_text()
    downloads = [progress for progress in steps if progress.step == "download"]
    if step in ("unpack", "compile", "verify"):
        assert downloads[0].done == lock.size_bytes  # nothing was fetched twice
    assert [path.name for path in root.parent.iterdir() if path.name.startswith(".building")] == []
    assert root.stat().st_mode & 0o777 == 0o755


def test_an_engine_that_does_not_start_is_never_put_in_place(tmp_path: Path, small: tuple[str, Lock]) -> None:
    mirror, lock = small
    with pytest.raises(Exception, match="ENGINE_UNAVAILABLE"):
        install(tmp_path / "home", progress=lambda _step: None, mirror=mirror, lock=lock)
    assert not root_of(tmp_path / "home", lock).exists()


def test_half_an_engine_of_the_same_lock_is_replaced(
    tmp_path: Path, small: tuple[str, Lock], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror, lock = small
    monkeypatch.setattr(installation, "_verify", lambda *_: None)
    monkeypatch.setattr(installation, "_compile", lambda *_: None)
    root = root_of(tmp_path / "home", lock)
    (root / "usr").mkdir(parents=True)
    (root / "usr").chmod(0o500)
    install(tmp_path / "home", progress=lambda _step: None, mirror=mirror, lock=lock)
    assert (root / MANIFEST).is_file()

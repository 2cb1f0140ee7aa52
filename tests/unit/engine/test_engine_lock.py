"""The lock, drift from it, and the fingerprint."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atolye.engine.fingerprint import fingerprint, kernel_sha256
from atolye.engine.install import MANIFEST, Installed, installed
from atolye.engine.locate import home, installed_root, root_of
from atolye.engine.lock import (
    Drift,
    Lock,
    Package,
    drift,
    lock_file,
    lock_text,
    packaged_lock,
    read_lock,
    read_rows,
    rows,
)
from atolye.engine.versions import FREECAD_ACCEPTED, OCCT_ACCEPTED, accepted, check_versions, range_text
from atolye.errors import AtolyeError

words = st.text("abcdefghijklmnopqrstuvwxyz0123456789.+-~", min_size=1, max_size=20)
packages = st.builds(
    Package, words, words, st.just("amd64"), st.text("0123456789abcdef", min_size=64, max_size=64),
    st.integers(1, 10**9), words.map("pool/main/{}".format),
)  # fmt: skip
sets = st.dictionaries(words, packages, max_size=6).map(
    lambda found: {name: replace(item, name=name) for name, item in found.items()}
)


def changed(lock: Lock, name: str, version: str) -> dict[str, Package]:
    return {**lock.packages, name: replace(lock.packages[name], version=version)}


@given(sets)
def test_a_lock_reads_back_as_it_was_written(found: dict[str, Package]) -> None:
    lock = Lock("suite", ("freecad-python3",), found)
    again = read_lock(lock_text(lock))
    assert again == lock
    assert again.id == lock.id


def test_the_packaged_lock_is_the_checkouts_and_names_freecad_and_occt_in_the_accepted_range() -> None:
    lock = packaged_lock()
    assert lock == read_lock(lock_file().read_text(encoding="utf-8"))
    assert accepted(lock.packages["freecad-python3"].upstream, FREECAD_ACCEPTED)
    occt = {item.upstream for name, item in lock.packages.items() if name.startswith("libocct-")}
    assert len(occt) == 1
    assert accepted(occt.pop(), OCCT_ACCEPTED)
    assert all(len(item.sha256) == 64 and item.path.startswith("pool/") for item in lock.packages.values())
    assert set(lock.include) <= set(lock.packages)


def test_the_lock_names_no_host() -> None:
    text = lock_file().read_text(encoding="utf-8")
    assert "://" not in text


def test_the_id_changes_with_any_package() -> None:
    lock = packaged_lock()
    other = Lock(lock.suite, lock.include, changed(lock, "gmsh", "0"))
    assert other.id != lock.id


def test_no_difference_is_no_drift() -> None:
    assert not drift(packaged_lock(), packaged_lock().packages)


@pytest.mark.parametrize(
    "name",
    ["freecad-python3", "libocct-foundation-7.9t64", "libtbb12", "python3-numpy", "zlib1g", "libfreetype6",
     "libpng16-16t64", "fonts-dejavu-core", "python3.14-minimal", "libc6"],
)  # fmt: skip
def test_packages_that_change_bytes_are_told_from_the_others(name: str) -> None:
    lock = packaged_lock()
    locked = next(item for item in lock.packages if item.startswith(name.removesuffix("t64")))
    found = drift(lock, changed(lock, locked, "99"))
    assert found == Drift({locked: (lock.packages[locked].version, "99")}, {})
    assert drift(lock, changed(lock, "ca-certificates", "99")).of_bytes == {}


def test_a_package_too_many_and_one_too_few_are_drift() -> None:
    lock = packaged_lock()
    fewer = {name: item for name, item in lock.packages.items() if name != "gmsh"}
    assert drift(lock, fewer).of_others == {"gmsh": (lock.packages["gmsh"].version, "")}
    more = {**lock.packages, "extra": Package("extra", "1", "all", "0" * 64, 1, "pool/extra")}
    assert drift(lock, more).of_others == {"extra": ("", "1")}


@pytest.mark.spec("09.10")
def test_the_fingerprint_follows_what_changes_bytes_and_nothing_else() -> None:
    lock = packaged_lock()
    same = Installed(Path("/x"), lock.packages, Drift({}, {}), fresh=False)
    first = fingerprint(same)
    assert fingerprint(replace(same, packages=changed(lock, "ca-certificates", "99"))).value == first.value
    assert fingerprint(replace(same, packages=changed(lock, "zlib1g", "99"))).value != first.value
    assert first.packages["freecad-python3"] == lock.packages["freecad-python3"].version


def test_the_kernels_hash_follows_every_source_and_no_compiled_file(tmp_path: Path) -> None:
    (tmp_path / "kernel/build").mkdir(parents=True)
    (tmp_path / "wire.py").write_text("1")
    (tmp_path / "kernel/build/plate.py").write_text("a")
    first = kernel_sha256(tmp_path)
    (tmp_path / "kernel/build/plate.pyc").write_text("compiled")
    kernel_sha256.cache_clear()
    assert kernel_sha256(tmp_path) == first
    (tmp_path / "kernel/build/plate.py").write_text("b")
    kernel_sha256.cache_clear()
    assert kernel_sha256(tmp_path) != first


def test_an_installation_says_what_it_is_made_of(tmp_path: Path) -> None:
    lock = packaged_lock()
    lines = rows(changed(lock, "zlib1g", "99").values()).splitlines()
    (tmp_path / MANIFEST).write_text(json.dumps({"lock": lock.id, "packages": lines}))
    found = installed(tmp_path, lock)
    assert found.packages == read_rows("\n".join(lines))
    assert list(found.drift.of_bytes) == ["zlib1g"]


@pytest.mark.parametrize("content", [None, "", "{", "[]"])
def test_half_an_installation_counts_as_none(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(AtolyeError, match="ENGINE_NOT_INSTALLED"):
        installed(tmp_path)


def test_the_home_is_given_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATOLYE_HOME", str(tmp_path))
    monkeypatch.delenv("ATOLYE_ENGINE_ROOT", raising=False)
    assert home() == tmp_path
    assert root_of(home()) == tmp_path / "engine" / packaged_lock().id
    with pytest.raises(AtolyeError) as caught:
        installed_root()
    assert caught.value.http_status == 503
    assert str(tmp_path) in caught.value.message_tr


@pytest.mark.spec("02.28")
@pytest.mark.parametrize(
    ("freecad", "occt", "program"),
    [("0.21.2", "7.9.2", "FreeCAD"), ("1.2.0", "7.9.2", "FreeCAD"), ("1.1.3", "7.7.1", "OCCT"),
     ("1.1.0", "8.0.0", "OCCT"), ("dev", "7.9.2", "FreeCAD")],
)  # fmt: skip
@pytest.mark.spec("06.32")
def test_versions_outside_the_accepted_range_are_refused(freecad: str, occt: str, program: str) -> None:
    with pytest.raises(AtolyeError) as caught:
        check_versions(freecad, occt)
    assert (caught.value.code, caught.value.http_status) == ("CONFIG_FREECAD_VERSION_MISMATCH", 503)
    assert caught.value.details["program"] == program


@pytest.mark.parametrize("occt", ["7.8.1", "7.9.2"])
def test_versions_inside_the_accepted_range_are_taken(occt: str) -> None:
    check_versions("1.1.0", occt)
    check_versions("1.1.3", occt)


def test_ranges_are_shown_as_people_write_them() -> None:
    assert range_text(FREECAD_ACCEPTED) == "1.1.x"
    assert range_text(OCCT_ACCEPTED) == "7.8.x–7.9.x"

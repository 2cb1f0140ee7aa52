"""The local home of artefacts: what is particular to a folder on a disk."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from atolye.artefacts.folder import FolderStore
from atolye.errors import AtolyeError

KEY = "jobs/1234/1234_solid.step"


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "a")


@pytest.mark.spec("01.09")
def test_a_person_finds_the_files_of_a_job_under_their_names(store: FolderStore) -> None:
    store.put(KEY, b"data", content_type="model/step")
    assert (store.root / "jobs/1234/1234_solid.step").read_bytes() == b"data"


def test_a_stored_file_cannot_be_written_by_accident(store: FolderStore) -> None:
    stored = store.put(KEY, b"data", content_type="model/step")
    path = store.root / f"jobs/1234/.versions/1234_solid.step@{stored.version_id}"
    assert path.stat().st_mode & 0o222 == 0


def test_damage_on_the_disk_is_found(store: FolderStore) -> None:
    store.put(KEY, b"data", content_type="model/step")
    assert store.verify(KEY).size_bytes == 4
    path = (store.root / KEY).resolve()
    path.chmod(0o644)
    path.write_bytes(b"dAta")
    with pytest.raises(AtolyeError, match="STORAGE_CHECKSUM_MISMATCH"):
        store.verify(KEY)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "STORAGE_QUOTA_EXCEEDED"),
        (errno.EDQUOT, "STORAGE_QUOTA_EXCEEDED"),
        (errno.EIO, "STORAGE_WRITE_FAILED"),
        (errno.EROFS, "STORAGE_WRITE_FAILED"),
    ],
)
def test_a_failing_disk_has_its_code_and_leaves_nothing_half_written(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def fail(source: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("atolye.artefacts.folder._point", fail)
    with pytest.raises(AtolyeError) as failure:
        store.put(KEY, b"data", content_type="model/step")
    assert failure.value.code == code
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_a_full_disk_is_reported_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    """On a real file system of 64 KiB, in a mount namespace of its own."""
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from atolye.artefacts.folder import FolderStore
        from atolye.errors import AtolyeError

        store = FolderStore(Path(sys.argv[1]))
        store.put("jobs/1/1_a.stl", b"x" * 20_000, content_type="model/stl")
        try:
            store.put("jobs/2/2_b.stl", b"y" * 200_000, content_type="model/stl")
        except AtolyeError as problem:
            print(problem.code)
        print(sorted(path.name.split("@")[0] for path in store.root.rglob("*") if path.is_file()))
        print(store.verify("jobs/1/1_a.stl").size_bytes, store.is_full())
    """)
    mount = 'mount -t tmpfs -o size=64k none "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, "sh", str(tmp_path), sys.executable, script],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        "STORAGE_QUOTA_EXCEEDED",
        "['1_a.stl', '1_a.stl']",
        "20000 True",
    ], done.stderr


def test_a_link_or_pipe_instead_of_a_file_is_not_stored(store: FolderStore, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    with store.work_folder("1234") as folder:
        (folder / "link").symlink_to(secret)
        (folder / "folder").mkdir()
        for name in ("link", "folder"):
            with pytest.raises(AtolyeError, match="STORAGE_WRITE_FAILED"):
                store.put(KEY, folder / name, content_type="model/step", consume=True)
    assert secret.read_bytes() == b"secret"


def test_an_emptied_work_folder_is_used_again_and_a_used_one_is_not(store: FolderStore) -> None:
    with store.work_folder("1") as first:
        pass
    with store.work_folder("2") as second:
        assert second == first
        with store.work_folder("3") as third:
            assert third != second
        (second / "left").write_bytes(b"")
    assert not second.exists()
    store.close()
    assert list((store.root / "work").iterdir()) == []


def test_work_folders_of_dead_processes_are_removed_and_those_of_living_ones_stay(store: FolderStore) -> None:
    with store.work_folder("alive") as alive:
        dead = store.root / "work" / "dead"
        dead.mkdir()
        (dead / "model.FCStd").write_bytes(b"half")
        for folder in (alive, dead):
            os.utime(folder, (time.time() - 60, time.time() - 60))
        assert FolderStore(store.root).sweep_work() == 1
        assert alive.exists()
        assert not dead.exists()

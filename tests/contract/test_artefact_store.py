"""What every home of artefacts promises; the local folder is the first one."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from atolye.artefacts.folder import FolderStore
from atolye.artefacts.ports import ArtefactStore
from atolye.errors import AtolyeError

KEY = "jobs/1234/1234_solid.step"
TURKISH = "jobs/1234/1234_Çelik İğne Şığ.step"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(params=["folder", "folder, durable"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ArtefactStore]:
    store = FolderStore(tmp_path / "a", durability="power" if "durable" in request.param else "process")
    yield store
    store.close()


def put(store: ArtefactStore, content: bytes, key: str = KEY) -> str:
    return store.put(key, content, content_type="model/step").version_id


def read(store: ArtefactStore, key: str = KEY, version_id: str | None = None) -> bytes:
    with store.open(key, version_id) as file:
        return file.read()


def leftovers(store: ArtefactStore) -> list[str]:
    assert isinstance(store, FolderStore)
    return [path.name for path in store.root.rglob("*") if not path.is_dir()]


@pytest.mark.spec("14.15", "11.29")
@pytest.mark.parametrize("key", [KEY, TURKISH])
def test_what_was_put_comes_back_with_its_own_hash(store: ArtefactStore, key: str) -> None:
    content = b"ISO-10303-21;" * 1000
    stored = store.put(key, content, content_type="model/step", metadata={"request-id": "r"})
    assert read(store, key) == content
    assert (stored.sha256, stored.size_bytes, stored.key) == (sha256(content), len(content), key)
    found = store.stat(key)
    assert (found.sha256, found.size_bytes, found.version_id) == (
        stored.sha256,
        stored.size_bytes,
        stored.version_id,
    )
    assert found.content_type == "model/step"


@pytest.mark.spec("11.07", "11.08", "11.09")
def test_an_overwrite_makes_a_new_version_and_the_old_one_stays(store: ArtefactStore) -> None:
    first, second = put(store, b"one"), put(store, b"two")
    assert first != second
    assert read(store) == b"two"
    assert read(store, version_id=first) == b"one"
    assert store.stat(KEY).version_id == second
    assert [item.version_id for item in store.list("jobs/1234/")] == [first, second]


def test_the_same_content_twice_is_two_versions(store: ArtefactStore) -> None:
    first, second = put(store, b"same"), put(store, b"same")
    store.delete(KEY, first)
    assert read(store, version_id=second) == b"same"


@pytest.mark.spec("11.10")
def test_a_version_can_be_deleted_by_itself_and_twice(store: ArtefactStore) -> None:
    first, second = put(store, b"one"), put(store, b"two")
    for _ in range(2):
        store.delete(KEY, second)
    assert read(store) == b"one"
    store.delete(KEY, first)
    with pytest.raises(AtolyeError, match="ARTEFACT_NOT_FOUND"):
        read(store)
    assert list(store.list("jobs/")) == []
    assert leftovers(store) == []


@pytest.mark.spec("11.10")
def test_deleting_without_a_version_hides_the_file_and_keeps_its_versions(store: ArtefactStore) -> None:
    version = put(store, b"one")
    store.delete(KEY)
    with pytest.raises(AtolyeError, match="ARTEFACT_NOT_FOUND"):
        store.stat(KEY)
    assert read(store, version_id=version) == b"one"
    put(store, b"two")
    assert read(store) == b"two"


def test_content_without_the_promised_hash_is_refused_and_leaves_nothing(store: ArtefactStore) -> None:
    with pytest.raises(AtolyeError) as refusal:
        store.put(KEY, b"tampered", content_type="model/step", sha256=sha256(b"original"))
    assert refusal.value.code == "STORAGE_CHECKSUM_MISMATCH"
    assert leftovers(store) == []


def test_a_job_s_files_are_taken_from_its_work_folder(store: ArtefactStore) -> None:
    with store.work_folder("1234") as folder:
        assert list(folder.iterdir()) == []
        source = folder / "solid.step"
        source.write_bytes(b"data")
        store.put(KEY, source, content_type="model/step", sha256=sha256(b"data"), consume=True)
        assert not source.exists()
        (folder / "left").write_bytes(b"behind")
    assert not folder.exists()
    assert read(store) == b"data"


def test_a_file_that_is_not_to_be_consumed_stays(store: ArtefactStore, tmp_path: Path) -> None:
    source = tmp_path / "mine.step"
    source.write_bytes(b"data")
    store.put(KEY, source, content_type="model/step")
    source.write_bytes(b"changed")
    assert read(store) == b"data"


@pytest.mark.parametrize(
    "key",
    [
        "jobs/1234/../x",
        "jobs/../etc/passwd",
        "/etc/passwd",
        "jobs/1234/a/b",
        "jobs/1234/.versions",
        "jobs/1234/a@b",
        "jobs/1234/a\nb",
        "jobs/1234/",
        "jobs/ş/x",
        "other/1234/x",
    ],
)
def test_a_key_cannot_lead_out_of_the_store(store: ArtefactStore, key: str) -> None:
    with pytest.raises(AtolyeError, match="ARTEFACT_NOT_FOUND"):
        store.put(key, b"x", content_type="text/plain")
    with pytest.raises(AtolyeError, match="ARTEFACT_NOT_FOUND"):
        store.open(key)


@pytest.mark.parametrize("version", ["../../../etc/passwd", "", "a/b", "0-%00", "x y"])
def test_a_version_cannot_lead_out_of_the_store(store: ArtefactStore, version: str) -> None:
    put(store, b"one")
    with pytest.raises(AtolyeError, match="ARTEFACT_NOT_FOUND"):
        store.open(KEY, version or "..")
    with pytest.raises(AtolyeError, match="ARTEFACT_NOT_FOUND"):
        store.delete(KEY, version or "..")


def test_readers_and_writers_at_once_see_whole_files_only(store: ArtefactStore) -> None:
    contents = [bytes([65 + n]) * 20_000 for n in range(8)]
    put(store, contents[0])
    failures: list[str] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            if read(store) not in contents:
                failures.append("half a file")

    readers = [threading.Thread(target=look) for _ in range(2)]
    writers = [threading.Thread(target=put, args=(store, content)) for content in contents]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert failures == []
    assert len(list(store.list("jobs/1234/"))) == 9

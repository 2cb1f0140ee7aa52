"""The store's local home: a folder on this machine's disk.

::

    jobs/{job_id}/{file}                      the current version: a link into .versions
    jobs/{job_id}/.versions/{file}@{version}  every version; never written again
    work/{random}/                            files of a running job, locked by its process

A version's id is its time (for the order) and its sha256, so the folder can be checked without the database.
A file that is being written has a name of no version and is renamed when it is whole.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from atolye.artefacts.kinds import content_type_of
from atolye.artefacts.models import Artefact, StoredObject
from atolye.artefacts.ports import reference, split_key
from atolye.errors import AtolyeError

Durability = Literal["process", "power"]

BUCKET: Final = "local"
VERSIONS: Final = ".versions"
PART: Final = ".part-"
CHUNK_BYTES: Final = 1 << 20
MOST_IDLE_FOLDERS: Final = 8
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class _WorkFolder:
    """A folder that is this process's as long as ``handle`` is open (by flock)."""

    path: Path
    handle: int

    def remove(self) -> None:
        os.close(self.handle)
        shutil.rmtree(self.path, ignore_errors=True)


class FolderStore:
    """The port ``ArtefactStore`` over a folder. Threads and processes may share it.

    Args:
        root: the folder; made when it is first needed.
        durability: ``process``: what was put survives the death of any process, and after a loss of power the
            newest files may be missing (their rows tell). ``power``: every file is on the disk before ``put``
            returns, which costs some milliseconds a file.
    """

    def __init__(self, root: Path, *, durability: Durability = "process") -> None:
        self.root = root
        self._durable = durability == "power"
        self._idle: list[_WorkFolder] = []
        self._lock = threading.Lock()

    def put(
        self,
        key: str,
        source: Path | bytes,
        *,
        content_type: str,
        sha256: str | None = None,
        metadata: Mapping[str, str] | None = None,
        consume: bool = False,
    ) -> StoredObject:
        job_id, name = split_key(key)
        folder = self.root / "jobs" / job_id
        part: Path | None = None
        try:
            (folder / VERSIONS).mkdir(parents=True, exist_ok=True)
            if isinstance(source, bytes) or not consume:
                part = source = _copied(source, folder / VERSIONS / f"{PART}{secrets.token_hex(8)}")
            digest, size = self._sealed(source)
            if sha256 is not None and sha256 != digest:
                raise AtolyeError("STORAGE_CHECKSUM_MISMATCH", path=name, details={"found": digest})
            version_id = f"{time.time_ns():016x}-{digest}"
            target = folder / VERSIONS / f"{name}@{version_id}"
            _move(source, target)
            part = target
            _point(folder / name, target)
            if self._durable:
                _flush_folder(folder / VERSIONS)
                _flush_folder(folder)
        except (OSError, AtolyeError) as problem:
            if part is not None:
                part.unlink(missing_ok=True)
            _remove_if_empty(folder)
            if isinstance(problem, OSError):
                raise write_failure(problem, name) from problem
            raise
        return _stored(key, version_id, size, content_type)

    def open(
        self, artefact: Artefact | StoredObject | Mapping[str, Any] | str, version_id: str | None = None
    ) -> BinaryIO:
        key, version_id = reference(artefact, version_id)
        path = self._path(key, version_id)
        try:
            return path.open("rb")
        except FileNotFoundError:
            raise _not_found(key, version_id) from None
        except OSError as problem:
            raise AtolyeError(
                "STORAGE_READ_FAILED", path=path.name, reason=problem.strerror or ""
            ) from problem

    def stat(self, key: str, version_id: str | None = None) -> StoredObject:
        path = self._path(key, version_id)
        try:
            size = path.stat().st_size
            found = version_id or _version_of(path.readlink().name)
        except FileNotFoundError:
            raise _not_found(key, version_id) from None
        except OSError as problem:
            raise AtolyeError(
                "STORAGE_READ_FAILED", path=path.name, reason=problem.strerror or ""
            ) from problem
        return _stored(key, found, size, content_type_of(key))

    def verify(self, key: str, version_id: str | None = None) -> StoredObject:
        """Reads a version from the disk and compares it with its hash.

        Raises:
            AtolyeError: ``STORAGE_CHECKSUM_MISMATCH``.
        """
        found = self.stat(key, version_id)
        path = self._path(key, found.version_id)
        with path.open("rb", buffering=0) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != found.sha256:
            raise AtolyeError("STORAGE_CHECKSUM_MISMATCH", path=split_key(key)[1], details={"found": digest})
        return found

    def delete(self, key: str, version_id: str | None = None) -> None:
        job_id, name = split_key(key)
        folder = self.root / "jobs" / job_id
        try:
            if version_id is None:
                (folder / name).unlink(missing_ok=True)
                return
            target = folder / VERSIONS / f"{name}@{_checked(version_id)}"
            target.unlink(missing_ok=True)
            _repoint(folder / name)
            _remove_if_empty(folder)
        except OSError as problem:
            raise AtolyeError(
                "STORAGE_DELETE_FAILED", details={"reason": problem.strerror or ""}
            ) from problem

    def list(self, prefix: str) -> Iterator[StoredObject]:
        jobs = self.root / "jobs"
        # "jobs/{job_id}/…" needs one folder only; anything shorter goes through all of them.
        parts = prefix.split("/")
        folders = [jobs / parts[1]] if len(parts) > 2 else sorted(jobs.glob("*"))
        for folder in folders:
            for path in sorted((folder / VERSIONS).glob("*@*"), key=lambda path: path.name):
                name, _, version_id = path.name.rpartition("@")
                key = f"jobs/{folder.name}/{name}"
                if key.startswith(prefix):
                    with suppress(FileNotFoundError):  # deleted in the meantime
                        yield _stored(key, version_id, path.stat().st_size, content_type_of(name))

    @contextmanager
    def work_folder(self, job_id: str) -> Iterator[Path]:
        folder = self._idle_folder() or self._new_folder()
        try:
            yield folder.path
        finally:
            self._give_back(folder)

    def _idle_folder(self) -> _WorkFolder | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _new_folder(self) -> _WorkFolder:
        path = self.root / "work" / secrets.token_hex(8)
        try:
            path.mkdir(mode=0o700, parents=True)
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as problem:
            raise write_failure(problem, "work") from problem
        fcntl.flock(handle, fcntl.LOCK_EX)
        return _WorkFolder(path, handle)

    def _give_back(self, folder: _WorkFolder) -> None:
        """Keeps an emptied folder for the next job: making and removing one can cost milliseconds."""
        with self._lock:
            if len(self._idle) < MOST_IDLE_FOLDERS and not any(folder.path.iterdir()):
                self._idle.append(folder)
                return
        folder.remove()

    def close(self) -> None:
        """Removes the work folders that are kept for further jobs."""
        with self._lock:
            idle, self._idle = self._idle, []
        for folder in idle:
            folder.remove()

    def sweep_work(self) -> int:
        """Removes the work folders that dead processes left; how many there were."""
        swept = 0
        for folder in (self.root / "work").glob("*"):
            with suppress(OSError):  # locked by a living process, or gone already
                handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
                try:
                    # Made a moment ago, it may not be locked yet.
                    if time.time() - os.fstat(handle).st_mtime > 5:
                        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        shutil.rmtree(folder, ignore_errors=True)
                        swept += 1
                finally:
                    os.close(handle)
        return swept

    def is_full(self, *, margin_bytes: int = 1 << 20) -> bool:
        """Whether the disk has less room than that."""
        existing = next(path for path in (self.root, *self.root.parents) if path.exists())
        return shutil.disk_usage(existing).free < margin_bytes

    def _path(self, key: str, version_id: str | None) -> Path:
        job_id, name = split_key(key)
        folder = self.root / "jobs" / job_id
        return folder / name if version_id is None else folder / VERSIONS / f"{name}@{_checked(version_id)}"

    def _sealed(self, path: Path) -> tuple[str, int]:
        """Hash and size of a regular file that nobody may write any more."""
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with open(handle, "rb", buffering=0) as file:  # noqa: PTH123 -- of a descriptor
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, "not a regular file")
            os.fchmod(handle, 0o444)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            if self._durable:
                os.fsync(handle)
            return digest, os.fstat(handle).st_size


def write_failure(problem: OSError, name: str) -> AtolyeError:
    """The catalogued failure of a write: no room, or anything else."""
    if problem.errno in _NO_ROOM:
        return AtolyeError("STORAGE_QUOTA_EXCEEDED", details={"store": "artefacts"})
    return AtolyeError("STORAGE_WRITE_FAILED", path=name, reason=problem.strerror or type(problem).__name__)


def _stored(key: str, version_id: str, size: int, content_type: str) -> StoredObject:
    digest = version_id.rpartition("-")[2]
    return StoredObject(BUCKET, key, version_id, size, digest, content_type, etag=digest)


def _not_found(key: str, version_id: str | None) -> AtolyeError:
    return AtolyeError("ARTEFACT_NOT_FOUND", details={"key": key, "version_id": version_id})


def _checked(version_id: str) -> str:
    """A version id that cannot lead out of the folder."""
    if not version_id.replace("-", "").isalnum() or not version_id.isascii():
        raise AtolyeError("ARTEFACT_NOT_FOUND", details={"version_id": version_id[:200]})
    return version_id


def _version_of(file_name: str) -> str:
    return file_name.rpartition("@")[2]


def _copied(source: Path | bytes, part: Path) -> Path:
    """A copy under a name that no version has; whole or not there."""
    try:
        with part.open("xb") as copy:
            if isinstance(source, bytes):
                copy.write(source)
            else:
                with source.open("rb") as original:
                    shutil.copyfileobj(original, copy, CHUNK_BYTES)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return part


def _move(source: Path, target: Path) -> None:
    """Renames; where the source is on another file system, copies beside the target first."""
    try:
        source.rename(target)
    except OSError as problem:
        if problem.errno != errno.EXDEV:
            raise
        part = _copied(source, target.with_name(f"{PART}{secrets.token_hex(8)}"))
        part.chmod(0o444)
        part.rename(target)
        source.unlink()


def _point(current: Path, version: Path) -> None:
    """Makes a version the current one, at once: no reader ever finds nothing or half of it."""
    destination = f"{VERSIONS}/{version.name}"
    try:
        current.symlink_to(destination)
    except FileExistsError:
        draft = current.with_name(f"{PART}{secrets.token_hex(8)}")
        draft.symlink_to(destination)
        draft.rename(current)


def _repoint(current: Path) -> None:
    """Where the current version was deleted, the newest that is left becomes current."""
    if not current.is_symlink() or current.exists():
        return
    left = sorted((current.parent / VERSIONS).glob(f"{_escaped(current.name)}@*"), key=lambda path: path.name)
    if left:
        _point(current, left[-1])
    else:
        current.unlink(missing_ok=True)


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):  # not empty, or another process was quicker
        (folder / VERSIONS).rmdir()
        folder.rmdir()


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

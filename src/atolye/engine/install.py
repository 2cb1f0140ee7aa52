"""Puts the engine on this machine: FreeCAD and its Python, unpacked from Debian packages into a folder.

No rights are needed beyond those of an ordinary user. The new engine is built beside the old one and
renamed at the end, so that an installation killed at any moment leaves the old engine or none; packages that
were downloaded are kept and not fetched again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from atolye.engine.launch import environment, sandbox
from atolye.engine.locate import engines_folder, root_of
from atolye.engine.lock import Drift, Lock, Package, drift, packaged_lock, read_rows, rows
from atolye.engine.packages import Apt, machine_mirror
from atolye.errors import AtolyeError

MANIFEST: Final = "engine.json"
_STAGING: Final = ".building"
_APT: Final = ".packages"
_REMOVALS: Final = 4
_BETWEEN_REMOVALS_S: Final = 0.3
_NEEDED_BYTES: Final = 4 << 30
_USR_MERGED: Final = ("bin", "sbin", "lib", "lib64")
_MOUNT_POINTS: Final = ("proc", "dev", "run", "job", "sys", "tmp")
_COMPILED: Final = (
    "usr/lib/python3",
    "usr/lib/freecad-python3",
    "usr/share/freecad/Mod",
    "usr/share/freecad/Ext",
)
# without an entry for the uid in use FreeCAD crashes while it looks for HOME
_USERS: Final = "root:x:0:0:root:/root:/bin/sh\nengine:x:1000:1000::/tmp:/bin/sh\n"
_GROUPS: Final = "root:x:0:\nengine:x:1000:\n"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an installation is: ``step`` is one of ``tools``, ``packages``, ``download``, ``unpack``,
    ``compile``, ``verify``; ``done`` of ``total`` in the step's own unit (bytes for downloads)."""

    step: str
    done: int
    total: int


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Installed:
    """An engine that lies on this machine."""

    root: Path
    packages: Mapping[str, Package]
    drift: Drift
    fresh: bool
    """Whether it was installed just now."""


def install(
    root_home: Path, *, progress: Report, mirror: str | None = None, lock: Lock | None = None
) -> Installed:
    """Install the locked engine under ``root_home``, or find that it is there already.

    Args:
        root_home: the product's folder (``ATOLYE_HOME``); the engine comes into ``engine/<lock id>`` of it.
        progress: told of every step.
        mirror: a Debian mirror; by default ``ATOLYE_ENGINE_MIRROR`` or the one of the machine's apt.

    Raises:
        AtolyeError: ``ENGINE_INSTALL_*``, ``ENGINE_LOCK_DRIFT`` with ``ATOLYE_ENGINE_STRICT=1``, or
            ``CONFIG_FREECAD_VERSION_MISMATCH``.
    """
    lock = lock or packaged_lock()
    root = root_of(root_home, lock)
    folder = engines_folder(root_home)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        if (root / MANIFEST).is_file():
            return installed(root, lock)
        progress(Progress("tools", 0, 1))
        check_tools()
        _check_room(folder)
        mirror = (mirror or os.environ.get("ATOLYE_ENGINE_MIRROR") or machine_mirror()).rstrip("/")
        apt = Apt(folder / _APT, mirror, lock.suite)
        packages = _get_packages(apt, lock, progress)
        _build(root, apt, packages, lock, progress)
    found = installed(root, lock)
    return Installed(found.root, found.packages, found.drift, fresh=True)


def installed(root: Path, lock: Lock | None = None) -> Installed:
    """What an installed engine consists of.

    Raises:
        AtolyeError: ``ENGINE_NOT_INSTALLED``.
    """
    try:
        manifest: dict[str, Any] = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
        packages = read_rows("\n".join(manifest["packages"]))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise AtolyeError("ENGINE_NOT_INSTALLED", root=str(root)) from error
    return Installed(root, packages, drift(lock or packaged_lock(), packages), fresh=False)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for another installation into the same folder to end."""
    with (folder / ".lock").open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# Getting ready


def check_tools() -> None:
    """Make sure that the programs for installing and running are there; as root, install what is missing.

    Raises:
        AtolyeError: ``ENGINE_INSTALL_TOOL_MISSING`` naming the packages to install.
    """
    missing = missing_tools()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "-y", "install", *missing]):
            variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        missing = missing_tools()
    if missing:
        raise AtolyeError(
            "ENGINE_INSTALL_TOOL_MISSING", details={"packages": missing}, tools=" ".join(missing)
        )


def missing_tools() -> list[str]:
    """Debian packages that have to be installed before the engine can be."""
    programs = {"bwrap": "bubblewrap", "dpkg-deb": "dpkg", "apt-get": "apt", "apt-cache": "apt"}
    return sorted({package for program, package in programs.items() if shutil.which(program) is None})


def _check_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < _NEEDED_BYTES:
        needed_gb, free_gb = f"{_NEEDED_BYTES / 1e9:.1f}", f"{free / 1e9:.1f}"
        raise AtolyeError("ENGINE_INSTALL_NO_ROOM", folder=str(folder), needed_gb=needed_gb, free_gb=free_gb)


def _get_packages(apt: Apt, lock: Lock, progress: Report) -> Mapping[str, Package]:
    """The locked packages where the mirror still has them all, else the suite's present ones."""
    apt.prepare()
    gone = list(lock.packages.values())
    if _architecture() in {item.architecture for item in gone}:
        gone = _fetch(apt, lock.packages, progress)
    if not gone:
        return lock.packages
    if os.environ.get("ATOLYE_ENGINE_STRICT") == "1":
        raise AtolyeError("ENGINE_LOCK_DRIFT", packages=", ".join(item.name for item in gone[:5]))
    progress(Progress("packages", 0, 1))
    apt.update()
    current = apt.closure(lock.include)
    still_gone = _fetch(apt, current, progress)
    if still_gone:
        name = still_gone[0].name
        raise AtolyeError("ENGINE_INSTALL_FAILED", command="apt-helper", reason=f"{name} cannot be fetched")
    return current


def _architecture() -> str:
    shown = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    return shown.stdout.strip()


def _fetch(apt: Apt, packages: Mapping[str, Package], progress: Report) -> list[Package]:
    total = sum(item.size_bytes for item in packages.values())
    return apt.fetch(packages.values(), lambda done: progress(Progress("download", done, total)))


# Building


def _build(root: Path, apt: Apt, packages: Mapping[str, Package], lock: Lock, progress: Report) -> None:
    _remove_left_overs(root.parent)
    staging = Path(tempfile.mkdtemp(prefix=f"{_STAGING}-", dir=root.parent))
    staging.chmod(0o755)
    _unpack(staging, apt, packages, progress)
    _furnish(staging)
    _compile(staging, progress)
    progress(Progress("verify", 0, 1))
    _verify(staging)
    _write_manifest(staging, packages, lock)
    if root.exists():  # without a manifest: what an older version left half done
        remove_tree(root)
    staging.rename(root)
    progress(Progress("verify", 1, 1))


def _remove_left_overs(folder: Path) -> None:
    """Remove what killed installations left; their unpackers may outlive them a little and still write."""
    for _ in range(_REMOVALS):
        for path in folder.glob(f"{_STAGING}-*"):
            with contextlib.suppress(OSError):
                remove_tree(path)
        if not any(folder.glob(f"{_STAGING}-*")):
            return
        time.sleep(_BETWEEN_REMOVALS_S)


def _unpack(staging: Path, apt: Apt, packages: Mapping[str, Package], progress: Report) -> None:
    # the suite's packages have everything under /usr and leave these links to a maintainer script
    for name in _USR_MERGED:
        (staging / "usr" / name).mkdir(parents=True)
        (staging / name).symlink_to(f"usr/{name}")
    files = sorted((apt.file_of(item) for item in packages.values()), key=lambda path: -path.stat().st_size)
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as workers:
        running = [workers.submit(_unpack_one, path, staging) for path in files]
        for done, each in enumerate(as_completed(running), 1):
            each.result()
            progress(Progress("unpack", done, len(files)))


def _unpack_one(package: Path, staging: Path) -> None:
    done = subprocess.run(["dpkg-deb", "-x", str(package), str(staging)], capture_output=True, text=True)
    if done.returncode != 0:
        raise AtolyeError("ENGINE_INSTALL_FAILED", command="dpkg-deb", reason=done.stderr.strip())


def _furnish(staging: Path) -> None:
    """What maintainer scripts would have done, as far as the engine needs it."""
    for name in _MOUNT_POINTS:
        (staging / name).mkdir(exist_ok=True)
    (staging / "etc").mkdir(exist_ok=True)
    (staging / "etc/passwd").write_text(_USERS, encoding="ascii")
    (staging / "etc/group").write_text(_GROUPS, encoding="ascii")


def _compile(staging: Path, progress: Report) -> None:
    """Compile every Python module once (the root is read-only later), and index the shared libraries."""
    progress(Progress("compile", 0, 1))
    standard_library = [str(path.relative_to(staging)) for path in staging.glob("usr/lib/python3.*")]
    folders = [f"/{name}" for name in (*_COMPILED, *standard_library) if (staging / name).is_dir()]
    for command in (
        ["/usr/sbin/ldconfig", "-X"],
        ["/usr/bin/python3", "-m", "compileall", "-q", "-j", "0", *folders],
    ):
        # both complain about files that are broken in the packages and nobody needs
        argv = sandbox(staging, environment(staging) | {"PYTHONDONTWRITEBYTECODE": ""}, writable=True)
        subprocess.run([*argv, *command], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    progress(Progress("compile", 1, 1))


def _verify(staging: Path) -> None:
    """Start the new engine once; it must be of an accepted version and able to confine a job."""
    from atolye.engine.options import EngineOptions
    from atolye.engine.server import ForkServer

    ForkServer(EngineOptions(root=staging), staging, jobs=1).stop()


def _write_manifest(staging: Path, packages: Mapping[str, Package], lock: Lock) -> None:
    manifest = {"lock": lock.id, "suite": lock.suite, "packages": rows(packages.values()).splitlines()}
    with (staging / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def remove_tree(path: Path) -> None:
    """Remove a folder of unpacked packages, some of whose folders may be read-only."""
    for parent, folders, _files in os.walk(path):
        for name in folders:
            inner = Path(parent, name)
            if not inner.is_symlink():
                inner.chmod(0o700)
    shutil.rmtree(path)

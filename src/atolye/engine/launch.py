"""The command line that starts the fork server behind its outer wall."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import atolye
from atolye.engine.options import EngineOptions
from atolye.errors import AtolyeError

SOURCE_DATE_EPOCH: Final = "1577836800"  # 2020-01-01, the date in every file
_SANDBOX_CODE: Final = "/run/code"
_SANDBOX_JOBS: Final = "/job"
_UID: Final = "1000"


@dataclass(frozen=True, slots=True)
class Launch:
    """A command with its whole environment."""

    outer: str
    argv: tuple[str, ...]
    environment: dict[str, str]


def environment(root: Path) -> dict[str, str]:
    """Everything the engine's processes find in their environment; nothing of the caller's gets in."""
    # unpacked without maintainer scripts the alternatives of BLAS and LAPACK are not set
    algebra = sorted(
        str(path) for name in ("blas", "lapack") for path in root.glob(f"usr/lib/*-linux-gnu/{name}")
    )
    inside = ["/" + str(Path(path).relative_to(root)) for path in algebra]
    return {
        "HOME": "/tmp",  # noqa: S108 - inside the sandbox it is a tmpfs of its own
        "PATH": "/usr/bin:/bin:/usr/lib/freecad/bin",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONSAFEPATH": "1",
        "PYTHONNOUSERSITE": "1",
        "SOURCE_DATE_EPOCH": SOURCE_DATE_EPOCH,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",  # an arena per thread reserves address space that limits count
        "QT_QPA_PLATFORM": "offscreen",
        "FC_NO_UI": "1",
        "UCX_VFS_ENABLE": "n",  # MeshPart's libraries bring UCX along, which would look for sockets
        "LD_LIBRARY_PATH": ":".join(inside),
    }


def package_folder(options: EngineOptions) -> Path:
    """Folder of the package whose kernel runs."""
    if options.kernel_path is not None:
        return options.kernel_path / "atolye"
    return Path(atolye.__file__).parent


def launch(options: EngineOptions, root: Path, run_folder: Path, server_arguments: list[str]) -> Launch:
    """The command for the fork server.

    Args:
        run_folder: private folder of this server; jobs get their folders in it where nothing hides them.

    Raises:
        AtolyeError: ``ENGINE_UNAVAILABLE`` where bubblewrap is needed and missing.
    """
    outer = options.outer
    if outer == "auto":
        outer = "none" if root == Path("/") else "bubblewrap"
    if outer == "none":
        jobs = run_folder / "jobs"
        jobs.mkdir(mode=0o700, exist_ok=True)
        modules = str(package_folder(options).parent)
        argv = (*_python(modules, str(jobs)), *server_arguments)
        variables = environment(root) | {"PYTHONPATH": modules, "HOME": str(run_folder)}
        return Launch(outer, argv, variables)
    variables = environment(root) | {"PYTHONPATH": _SANDBOX_CODE}
    wall = sandbox(root, variables, *code(package_folder(options)))
    return Launch(outer, (*wall, *_python(_SANDBOX_CODE, _SANDBOX_JOBS), *server_arguments), {})


def _python(modules: str, jobs: str) -> tuple[str, ...]:
    return ("/usr/bin/python3", "-m", "atolye.kernel.server", "--code-folder", modules, "--jobs-folder", jobs)


def sandbox(root: Path, variables: dict[str, str], *extra: str, writable: bool = False) -> tuple[str, ...]:
    """The outer wall: no network, all namespaces of its own, an ordinary uid, a root that cannot be written.

    Args:
        variables: the whole environment inside.
        extra: further options of bwrap, such as ``--ro-bind FROM TO``.
        writable: let the root be written; for installing only.

    Raises:
        AtolyeError: ``ENGINE_UNAVAILABLE`` when bwrap is not there.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise AtolyeError("ENGINE_UNAVAILABLE", reason="bubblewrap (bwrap) is not installed")
    settings = [part for name, value in variables.items() for part in ("--setenv", name, value)]
    return (
        program,
        "--unshare-all", "--die-with-parent", "--clearenv",
        "--uid", _UID, "--gid", _UID, "--hostname", "engine",
        "--bind" if writable else "--ro-bind", str(root), "/", "--proc", "/proc", "--dev", "/dev",
        "--tmpfs", "/tmp", "--tmpfs", "/run", "--tmpfs", _SANDBOX_JOBS,  # noqa: S108 - mount points
        *extra,
        "--remount-ro", "/run",
        *settings,
        "--chdir", "/",
    )  # fmt: skip


def code(package: Path) -> tuple[str, ...]:
    """Options that put the kernel's part of the package into the sandbox, and nothing else of it."""
    folder = f"{_SANDBOX_CODE}/atolye"
    parts = [
        ("--ro-bind", str(package / name), f"{folder}/{name}")
        for name in ("__init__.py", "wire.py", "kernel")
    ]
    return ("--dir", folder, *(word for part in parts for word in part))

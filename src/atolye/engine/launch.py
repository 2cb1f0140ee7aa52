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
        code = str(package_folder(options).parent)
        argv = (*_python(code, str(jobs)), *server_arguments)
        variables = environment(root) | {"PYTHONPATH": code, "HOME": str(run_folder)}
        return Launch(outer, argv, variables)
    variables = environment(root) | {"PYTHONPATH": _SANDBOX_CODE}
    argv = (*bubblewrap(root, package_folder(options), variables), *_python(_SANDBOX_CODE, _SANDBOX_JOBS))
    return Launch(outer, (*argv, *server_arguments), {})


def _python(code: str, jobs: str) -> tuple[str, ...]:
    return ("/usr/bin/python3", "-m", "atolye.kernel.server", "--code-folder", code, "--jobs-folder", jobs)


def bubblewrap(root: Path, package: Path, variables: dict[str, str], *extra: str) -> tuple[str, ...]:
    """The outer wall: read-only root, no network, all namespaces of its own, an ordinary uid.

    Args:
        extra: further options of bwrap, such as ``--bind FROM TO``.

    Raises:
        AtolyeError: ``ENGINE_UNAVAILABLE`` when bwrap is not there.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise AtolyeError("ENGINE_UNAVAILABLE", reason="bubblewrap (bwrap) is not installed")
    code = f"{_SANDBOX_CODE}/atolye"
    settings = [part for name, value in variables.items() for part in ("--setenv", name, value)]
    return (
        program,
        "--unshare-all", "--die-with-parent", "--uid", _UID, "--gid", _UID, "--hostname", "engine", "--clearenv",
        "--ro-bind", str(root), "/", "--proc", "/proc", "--dev", "/dev",
        "--tmpfs", "/tmp", "--tmpfs", "/run", "--tmpfs", _SANDBOX_JOBS,
        "--dir", code,
        "--ro-bind", str(package / "__init__.py"), f"{code}/__init__.py",
        "--ro-bind", str(package / "wire.py"), f"{code}/wire.py",
        "--ro-bind", str(package / "kernel"), f"{code}/kernel",
        *extra,
        "--remount-ro", "/run",
        *settings,
        "--chdir", "/",
    )  # fmt: skip

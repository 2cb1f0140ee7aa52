"""Runs a script inside the installed engine, in a sandbox, with the product's source beside it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from atolye.engine.locate import installed_root

SOURCE = Path(__file__).resolve().parents[2] / "src"
_TIMEOUT_S = 240


def run_inside(script: Path, folder: Path) -> None:
    """Run the script with the folder as its argument and only writable place; it must end well."""
    folder.chmod(0o777)
    libraries = ":".join(f"/usr/lib/x86_64-linux-gnu/{name}" for name in ("blas", "lapack"))
    environment = {
        "HOME": "/tmp",
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "LD_LIBRARY_PATH": libraries,
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": "/tmp/src",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [
        "bwrap",
        *("--ro-bind", str(installed_root()), "/"),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),
        *("--ro-bind", str(SOURCE), "/tmp/src"),
        *("--ro-bind", str(script), "/tmp/script.py"),
        *("--bind", str(folder), "/job"),
        *("--unshare-all", "--uid", "1000", "--gid", "1000", "--die-with-parent", "--clearenv"),
        *(word for name, value in environment.items() for word in ("--setenv", name, value)),
        *("/usr/bin/python3", "/tmp/script.py", "/job"),
    ]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]

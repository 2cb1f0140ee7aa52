"""Runs the real ``atolye`` command in a home of its own, with the installed engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Ran:
    status: int
    stdout: str
    stderr: str

    @property
    def result(self) -> dict[str, Any]:
        """The JSON object on standard output; fails when there is anything else."""
        loaded: dict[str, Any] = json.loads(self.stdout)
        return loaded


class Command:
    """The command with a home folder that lasts as long as the test module."""

    def __init__(self, home: Path, engine_root: Path) -> None:
        self.home = home
        self.engine_root = engine_root

    def __call__(
        self, *arguments: str, stdin: bytes = b"", cwd: Path | None = None, **environment: str
    ) -> Ran:
        finished = subprocess.run(
            [sys.executable, "-m", "atolye", *arguments],
            input=stdin,
            capture_output=True,
            cwd=cwd,
            timeout=120,
            env={
                **os.environ,
                "ATOLYE_HOME": str(self.home),
                "ATOLYE_ENGINE_ROOT": str(self.engine_root),
                **environment,
            },
        )
        return Ran(finished.returncode, finished.stdout.decode("utf-8"), finished.stderr.decode("utf-8"))

    def params(self, request: dict[str, Any], out: Path, *options: str, **environment: str) -> Ran:
        """``atolye generate params`` with the request on standard input and the result as JSON."""
        content = json.dumps(request, ensure_ascii=False).encode("utf-8")
        return self(
            "generate", "params", "-", "--out", str(out), "--json", *options, stdin=content, **environment
        )

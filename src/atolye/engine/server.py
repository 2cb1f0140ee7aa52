"""One running fork server, seen from outside: its process, its sockets, what it said of itself."""

from __future__ import annotations

import collections
import contextlib
import fcntl
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from atolye.engine.launch import launch
from atolye.engine.options import EngineOptions
from atolye.engine.versions import check_versions
from atolye.errors import AtolyeError

_log = logging.getLogger(__name__)

_BACKLOG: Final = 128
_LOG_LINES: Final = 200
_STOP_S: Final = 3.0
_JUST_MADE_S: Final = 60.0
_FOLDER_PREFIX: Final = "atolye-engine-"
_CLAIM: Final = "claim"
"""A file that a living service holds locked; its folder is free to remove when nobody does."""


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What runs, and behind which walls."""

    freecad: str
    freecad_revision: str
    freecad_hash: str
    occt: str
    python: str
    outer: str
    """``bubblewrap`` or ``none``."""
    profile: str
    """``NLS``: namespaces per job, Landlock, seccomp. ``LS``: without the namespaces."""
    landlock_abi: int
    import_ms: int


def sweep(temporary: Path) -> None:
    """Remove the folders of services that were killed before they could."""
    for folder in temporary.glob(f"{_FOLDER_PREFIX}*"):
        with contextlib.suppress(OSError), (folder / _CLAIM).open(encoding="ascii") as claim:
            if time.time() - os.fstat(claim.fileno()).st_mtime < _JUST_MADE_S:
                continue  # perhaps not locked yet
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def claimed_folder() -> Iterator[Path]:
    """A private folder that goes in the end; should this service be killed, the next one removes it."""
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER_PREFIX))
    try:
        with (folder / _CLAIM).open("w", encoding="ascii") as claim:
            fcntl.flock(claim, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class ForkServer:
    """A fork server from its start to its stop.

    Start it from a thread that lives as long as it should: the sandbox dies with the thread that made it.
    """

    def __init__(self, options: EngineOptions, root: Path, *, jobs: int | None = None) -> None:
        """Start the process and wait until it can take jobs.

        Args:
            jobs: after how many jobs it ends by itself.

        Raises:
            AtolyeError: ``ENGINE_UNAVAILABLE``, with its log as a note;
                ``CONFIG_FREECAD_VERSION_MISMATCH``.
        """
        self.born = time.monotonic()
        sweep(Path(tempfile.gettempdir()))
        self._folder = Path(tempfile.mkdtemp(prefix=_FOLDER_PREFIX))
        self._claim = (self._folder / _CLAIM).open("w", encoding="ascii")
        fcntl.flock(self._claim, fcntl.LOCK_EX)
        self._address = str(self._folder / "jobs.sock")
        self._lines: collections.deque[str] = collections.deque(maxlen=_LOG_LINES)
        self._question = threading.Lock()
        self._heard = b""
        try:
            self._spawn(options, root, jobs)
            self.facts = self._hello(options.start_timeout_s)
            check_versions(self.facts.freecad, self.facts.occt)
        except BaseException:
            self.stop()
            raise

    def _spawn(self, options: EngineOptions, root: Path, jobs: int | None) -> None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._control, theirs = socket.socketpair()
        self._process: subprocess.Popen[str] | None = None
        with listener, theirs:
            listener.bind(self._address)
            listener.listen(_BACKLOG)
            command = launch(options, root, self._folder, self._arguments(options, listener, theirs, jobs))
            self._outer = command.outer
            self._process = subprocess.Popen(
                command.argv,
                env=command.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(listener.fileno(), theirs.fileno()),
                start_new_session=True,
                text=True,
                errors="replace",
            )
        threading.Thread(target=self._drain, name="atolye-engine-log", daemon=True).start()

    def _arguments(
        self, options: EngineOptions, listener: socket.socket, control: socket.socket, jobs: int | None
    ) -> list[str]:
        arguments = ["--listener", str(listener.fileno()), "--control", str(control.fileno())]
        arguments += ["--warm", str(0 if options.mode == "fork" else 1 if jobs else options.warm)]
        if jobs is not None:
            arguments += ["--jobs", str(jobs)]
        if not options.namespaces:
            arguments.append("--no-namespaces")
        return arguments

    def _drain(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            for line in stream:
                self._lines.append(line.rstrip("\n"))

    def _hello(self, timeout_s: float) -> EngineFacts:
        said = self._next_message(timeout_s)
        if said is None:
            raise self._unavailable("the engine's server did not start")
        return EngineFacts(
            **said["hello"],
            outer=self._outer,
            profile=said["profile"],
            landlock_abi=said["landlock_abi"],
            import_ms=said["import_ms"],
        )

    def _unavailable(self, reason: str) -> AtolyeError:
        time.sleep(0.05)  # the last lines of the log are still under way
        lines = list(self._lines)
        error = AtolyeError("ENGINE_UNAVAILABLE", reason=f"{reason}: {lines[-1]}" if lines else reason)
        error.add_note("\n".join(lines))
        return error

    def _next_message(self, timeout_s: float) -> dict[str, Any] | None:
        self._control.settimeout(timeout_s)
        with contextlib.suppress(OSError):
            while b"\n" not in self._heard:
                data = self._control.recv(4096)
                if not data:
                    return None
                self._heard += data
            line, _, self._heard = self._heard.partition(b"\n")
            message: dict[str, Any] = json.loads(line)
            return message
        return None

    @property
    def pid(self) -> int:
        """The sandbox's outermost process."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> list[str]:
        """Last lines that the server wrote to standard error."""
        return list(self._lines)

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.born

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def state(self) -> dict[str, Any] | None:
        """Memory and jobs of the server process as it sees them, ``None`` when it does not answer."""
        with self._question:
            try:
                self._control.sendall(b"?\n")
            except OSError:
                return None
            return self._next_message(5.0)

    def connect(self) -> socket.socket:
        """A connection for one job.

        Raises:
            OSError: nobody listens any more.
        """
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(self._address)
        except BaseException:
            connection.close()
            raise
        return connection

    def stop(self) -> None:
        """End it and everything it started; running jobs are lost."""
        self._control.close()
        if self._process is not None:
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._claim.close()

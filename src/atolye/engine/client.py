"""The engine as the rest of the service sees it: give it a request, get files and a result."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event as Flag
from types import TracebackType
from typing import Any, Final, Self

from atolye.engine import cgroups, scripts
from atolye.engine.exchange import ForgeryError, LostError, Transcript, exchange, kept_files, remove
from atolye.engine.locate import installed_root
from atolye.engine.options import EngineOptions, Limits
from atolye.engine.outcome import Finished, crashed, failure, finished
from atolye.engine.server import EngineFacts, ForkServer, claimed_folder
from atolye.errors import AtolyeError
from atolye.wire import EXPORT_FILES, Event, Request

_log = logging.getLogger(__name__)

_ATTEMPTS: Final = 2
_FALSE_STARTS: Final = 5
_FALSE_START_PAUSE_S: Final = 0.1
_KEEPER_S: Final = 1.0
_STATE_EVERY_S: Final = 10.0
_RESTART_PAUSE_S: Final = 2.0
_LOOK_FOR_CANCEL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class _Task:
    """One job for one process; see :meth:`Engine.run`."""

    request: Request
    folder: Path
    limits: Limits
    inputs: Mapping[str, Path]
    on_event: Callable[[Event], None] | None
    cancel: Flag | None
    files: tuple[str, ...] | None = None
    """Results to bring out, all there are when ``None``."""


class Engine:
    """Runs jobs; safe to use from many threads at once.

    Args:
        options: how to run; the default finds the installed engine.
    """

    def __init__(self, options: EngineOptions | None = None) -> None:
        self.options = options or EngineOptions()
        self._slots = threading.BoundedSemaphore(self.options.max_concurrent)
        self._changed = threading.Condition()
        self._server: ForkServer | None = None
        self._retired: list[ForkServer] = []
        self._busy: dict[ForkServer, int] = {}
        self._failure: AtolyeError | None = None
        self._wake = threading.Event()
        self._closing = False
        self._keeper: threading.Thread | None = None
        self._facts: EngineFacts | None = None
        self._memory_cap_mb = cgroups.read().memory_limit_mb
        self.restarts = 0
        """How often a dead fork server was replaced."""

    # Life

    def start(self) -> Self:
        """Start the fork server and wait until it can take jobs. Starting twice does nothing.

        Raises:
            AtolyeError: ``ENGINE_NOT_INSTALLED``, ``ENGINE_UNAVAILABLE``,
                ``CONFIG_FREECAD_VERSION_MISMATCH``.
        """
        self._root = self.root
        if self.options.mode == "oneshot":
            return self
        with self._changed:
            if self._keeper is None:
                self._closing = False
                self._keeper = threading.Thread(target=self._keep, name="atolye-engine", daemon=True)
                self._keeper.start()
        try:
            self._current(self.options.start_timeout_s)
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """End the fork server; running jobs are lost. An engine that is closed can be started again."""
        with self._changed:
            self._closing = True
            keeper, self._keeper = self._keeper, None
            self._changed.notify_all()
        self._wake.set()
        if keeper is not None:
            keeper.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def facts(self) -> EngineFacts:
        """Versions and walls of the running engine.

        Raises:
            AtolyeError: it does not run.
        """
        if self.options.mode == "oneshot" and self._facts is None:
            with self._server_of_its_own() as server:
                return server.facts
        return self._facts or self._current(self.options.start_timeout_s).facts

    @property
    def root(self) -> Path:
        """Folder of the engine that runs or would run.

        Raises:
            AtolyeError: ``ENGINE_NOT_INSTALLED``.
        """
        return self.options.root or installed_root()

    @property
    def started_at(self) -> float:
        """When the present fork server was started, on the monotonic clock; 0 before that."""
        return self._server.born if self._server is not None else 0.0

    def state(self) -> dict[str, Any]:
        """Memory and jobs of the fork server now; empty in one-shot mode or when it does not run."""
        server = self._server
        return (server.state() if server is not None else None) or {}

    @property
    def server_pid(self) -> int | None:
        """Process id of the sandbox around the fork server."""
        return self._server.pid if self._server is not None else None

    # Jobs

    def run(
        self,
        request: Request,
        folder: Path,
        *,
        on_event: Callable[[Event], None] | None = None,
        limits: Limits | None = None,
        inputs: Mapping[str, Path] | None = None,
        cancel: Flag | None = None,
    ) -> Finished:
        """Run one job and block until it has ended.

        A request of the flow ``script`` takes two processes: the first runs the script, the second, which has
        never seen it, measures and exports what it left.

        Args:
            folder: an existing folder for the results, which are named as in ``wire.EXPORT_FILES``.
            on_event: called in this thread with every event as it comes (but ``exit``).
            inputs: files that the job finds under these names in the folder ``in`` of its own folder.
            cancel: when set, the job finishes the step in hand and ends; files that are whole stay.

        Raises:
            AtolyeError: the job failed (``TIMEOUT_WORKER``, ``ENGINE_CPU_LIMIT``, ``ERR-OOM``,
                ``ENGINE_DISK_FULL``, ``ENGINE_CRASHED``, ``CANCELLED``, or what the kernel reported; of a
                script also ``TIMEOUT_ERROR``, ``SCRIPT_FAILED`` and the codes of its rules), or the engine
                does not run. Its notes hold the last lines of the job's log.
            FileExistsError: a result's name is taken.
        """
        taken = [name for name in EXPORT_FILES.values() if (folder / name).exists()]
        if taken:
            raise FileExistsError(f"{folder} holds {taken[0]} already")
        task = _Task(
            request, folder, self.bounds(limits or self.options.limits), inputs or {}, on_event, cancel
        )
        with self._slot(cancel):
            if request.get("flow") == scripts.FLOW:
                return self._run_script(task)
            transcript, attempt = self._persist(task)
            return self._conclude(transcript, task, attempt)

    def _run_script(self, task: _Task) -> Finished:
        """Run the script in one process, then have another judge what it has made."""
        with claimed_folder() as made:
            relay = scripts.Relay(task.on_event)
            first = replace(
                task,
                folder=made,
                limits=scripts.limits(task.limits),
                on_event=relay.hear,
                files=scripts.LEFT,
            )
            ran, _ = self._persist(first, crashes=1)
            error = scripts.failure(ran, first.limits, task.request)
            if error is not None:
                raise error
            second = replace(
                task,
                request=scripts.finishing(task.request, ran),
                inputs=scripts.left(made),
                on_event=relay.rest,
            )
            transcript, attempt = self._persist(second)
            try:
                return scripts.together(self._conclude(transcript, second, attempt), ran)
            except AtolyeError as found:
                raise scripts.judged(found, task.request) from found

    def _persist(self, task: _Task, *, crashes: int = _ATTEMPTS) -> tuple[Transcript, int]:
        """Try until there is an answer; the answer and the number of the attempt.

        Args:
            crashes: at which attempt a process that dies by itself is an answer.

        Raises:
            AtolyeError: ``ENGINE_CRASHED`` when the server was lost every time.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            transcript = self._attempt(task)
            if transcript is not None and not (crashed(transcript) and attempt < crashes):
                return transcript, attempt
            remove(task.folder, list(EXPORT_FILES.values()))
            _log.warning("a job was lost, attempt %d", attempt)
        raise AtolyeError("ENGINE_CRASHED", details={"reason": "server lost"}, how="server lost")

    def bounds(self, limits: Limits) -> Limits:
        """The limits, not beyond what the service's own control group leaves."""
        cap = self._memory_cap_mb
        return limits if cap is None or cap >= limits.memory_mb else replace(limits, memory_mb=cap)

    @contextlib.contextmanager
    def _slot(self, cancel: Flag | None) -> Iterator[None]:
        """Wait for one of the places in which jobs run."""
        while not self._slots.acquire(timeout=None if cancel is None else _LOOK_FOR_CANCEL_S):
            if cancel is not None and cancel.is_set():
                raise AtolyeError("CANCELLED", details={"exit_code": 143})
        try:
            yield
        finally:
            self._slots.release()

    def _attempt(self, task: _Task) -> Transcript | None:
        """One try; ``None`` when the engine died under it. That it died before the job began is no try."""
        for _ in range(_FALSE_STARTS):
            try:
                with self._borrowed() as server, server.connect() as connection:
                    return exchange(
                        connection,
                        task.request,
                        task.folder,
                        limits=task.limits,
                        inputs=task.inputs,
                        accept_timeout_s=self.options.start_timeout_s + task.limits.wall_s,
                        on_event=task.on_event,
                        cancel=task.cancel,
                        files=task.files,
                    )
            except ForgeryError as error:
                reason = str(error)
                raise AtolyeError("ENGINE_CRASHED", details={"reason": reason}, how=reason) from error
            except LostError as error:
                self._wake.set()
                if error.begun:
                    return None
            except ConnectionError:  # it died before it was reached
                self._wake.set()
            time.sleep(_FALSE_START_PAUSE_S)
        return None

    def _conclude(self, transcript: Transcript, task: _Task, attempt: int) -> Finished:
        kept = kept_files(transcript)
        remove(task.folder, [name for name in transcript.exit.get("files", {}) if name not in kept])
        error = failure(transcript, task.limits)
        if error is not None:
            error.details["attempts"] = attempt
            raise error
        return finished(transcript, attempt)

    # The fork server

    @contextlib.contextmanager
    def _server_of_its_own(self) -> Iterator[ForkServer]:
        server = ForkServer(self.options, self.root, jobs=1)
        self._facts = server.facts
        try:
            yield server
        finally:
            server.stop()

    @contextlib.contextmanager
    def _borrowed(self) -> Iterator[ForkServer]:
        """The server for one job; it is not stopped while it is lent out."""
        if self.options.mode == "oneshot":
            with self._server_of_its_own() as server:
                yield server
            return
        with self._changed:
            server = self._current_locked(self.options.start_timeout_s)
            self._busy[server] = self._busy.get(server, 0) + 1
        try:
            yield server
        finally:
            with self._changed:
                self._busy[server] -= 1

    def _current(self, timeout_s: float) -> ForkServer:
        with self._changed:
            return self._current_locked(timeout_s)

    def _current_locked(self, timeout_s: float) -> ForkServer:
        deadline = time.monotonic() + timeout_s
        while True:
            if self._keeper is None or self._closing:
                raise AtolyeError("ENGINE_UNAVAILABLE", reason="the engine is not started")
            if self._server is not None and self._server.alive():
                return self._server
            if self._failure is not None:
                raise self._failure
            self._wake.set()
            if not self._changed.wait(min(1.0, deadline - time.monotonic())) and time.monotonic() > deadline:
                raise AtolyeError("ENGINE_UNAVAILABLE", reason="the engine does not start in time")

    def _keep(self) -> None:
        """Keep one live server: start it, replace it when dead, old or large, stop it in the end.

        Runs in a thread of its own for as long as the engine: the sandbox dies with the thread that made it.
        """
        asked = time.monotonic()
        while not self._closing:
            server = self._server
            if server is None or not server.alive():
                self._replace(server)
                if self._failure is not None:
                    self._wake.wait(_RESTART_PAUSE_S)
            elif server.age_s > self.options.recycle_after_s:
                self._replace(server)
            elif time.monotonic() - asked > _STATE_EVERY_S:
                asked = time.monotonic()
                state = server.state()
                if state is not None and state["rss_mb"] > self.options.recycle_above_mb:
                    self._replace(server)
            self._stop_retired()
            self._wake.wait(_KEEPER_S)
            self._wake.clear()
        with self._changed:
            last, self._server = self._server, None
            self._retired += [last] if last is not None else []
        for server in self._retired:
            server.stop()
        self._retired.clear()
        self._busy.clear()

    def _replace(self, old: ForkServer | None) -> None:
        """Put a new server in place of the old one, which ends when its last job has."""
        if old is not None and not old.alive():
            _log.error("the fork server died: %s", "\n".join(old.log[-20:]))
            self.restarts += 1
        try:
            new, failed = ForkServer(self.options, self._root), None
        except AtolyeError as error:
            new, failed = None, error
            _log.error("the fork server does not start: %s", error)
        except Exception as error:  # noqa: BLE001 - boundary of the thread: without it nothing would start again
            new, failed = None, AtolyeError("ENGINE_UNAVAILABLE", reason=repr(error))
            _log.exception("the fork server does not start")
        with self._changed:
            self._failure = failed
            if new is not None:
                self._server, self._facts = new, new.facts
                if old is not None:
                    self._retired.append(old)
            self._changed.notify_all()

    def _stop_retired(self) -> None:
        with self._changed:
            idle = [server for server in self._retired if not self._busy.get(server)]
            self._retired = [server for server in self._retired if server not in idle]
            for server in idle:
                self._busy.pop(server, None)
        for server in idle:
            server.stop()

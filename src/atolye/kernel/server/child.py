"""The job's own process: jailed first, warmed up second, and only then given a request."""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, NoReturn

from atolye.kernel.server.jail import Jail, lock_up, lock_up_script

EVENTS: Final = 3
REQUEST: Final = 4
READY: Final = b"ready\n"
END: Final = b".\n"
"""Last line of a job that ended by itself; without it the process died."""
REQUEST_LENGTH: Final = struct.Struct(">I")
INPUTS_FOLDER: Final = "in"
SCRATCH_FOLDER: Final = "tmp"
EXIT_NOT_JAILED: Final = 70
_LINGER_S: Final = 60.0


class Cancelled(BaseException):
    """SIGTERM arrived: the step in hand is finished, the rest is not begun."""


def main(
    jail: Jail, folder: str, events: int, request: int, log: int, warm_up: Callable[[], None]
) -> NoReturn:
    """Run one job in this just-forked process. Never returns."""
    try:
        os.setsid()  # where the scheduler groups by session, a job's threads share one job's portion
        _arrange_descriptors(events, request, log)
        _arrange_folder(folder)
        lock_up(jail, folder)
        warm_up()
        _write(READY)
    except BaseException:  # noqa: BLE001 - boundary: no request is read outside a jail
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(EXIT_NOT_JAILED)
    _serve(jail, folder)


def _arrange_descriptors(events: int, request: int, log: int) -> None:
    """Keep the two pipes and the log; whatever else the server has open is closed."""
    null = os.open(os.devnull, os.O_RDONLY)
    # first out of the way, so that no dup2 below overwrites one still needed
    events, request, log, null = (_moved_up(number) for number in (events, request, log, null))
    for source, target in ((null, 0), (log, 1), (log, 2), (events, EVENTS), (request, REQUEST)):
        os.dup2(source, target, inheritable=False)
    os.closerange(REQUEST + 1, os.sysconf("SC_OPEN_MAX"))


def _moved_up(number: int) -> int:
    import fcntl

    return fcntl.fcntl(number, fcntl.F_DUPFD, 64)


def _arrange_folder(folder: str) -> None:
    import FreeCAD

    scratch = os.path.join(folder, SCRATCH_FOLDER)
    os.mkdir(scratch)
    os.mkdir(os.path.join(folder, INPUTS_FOLDER))
    os.chdir(folder)
    # by default a folder that all jobs of the server would share
    FreeCAD.ConfigSet("UserCachePath", scratch + "/")
    os.environ["TMPDIR"] = tempfile.tempdir = scratch


def _serve(jail: Jail, folder: str) -> NoReturn:
    signal.signal(signal.SIGTERM, _on_term)
    # FreeCAD's own handler turns a crash into "exit 1"; this one logs where it was and lets it be a crash
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    faulthandler.enable(all_threads=False)
    try:
        request = json.loads(_read_request())
        from atolye.kernel import pipeline, script

        if script.is_untrusted(request):
            lock_up_script(jail, folder, script.prepare(request))
        pipeline.run(request, folder, emit)
    except Cancelled:
        print("cancelled", file=sys.stderr)
    except BaseException as error:  # noqa: BLE001 - boundary: the pipeline itself is broken
        traceback.print_exc()
        emit(_unexpected(error))
    sys.stdout.flush()
    sys.stderr.flush()
    _write(END)
    # the supervisor reads what this process used before it ends it
    time.sleep(_LINGER_S)
    os._exit(0)


def _on_term(_signal: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Cancelled


def _unexpected(error: BaseException) -> dict[str, Any]:
    return {
        "event": "error",
        "code": "FC_RUNTIME",
        "phase": "pipeline",
        "exception_class": type(error).__name__,
        "message": str(error),
        "details": {},
    }


def emit(event: dict[str, Any]) -> None:
    """Send one event. NaN and infinities are refused: JSON has none."""
    _write(json.dumps(event, ensure_ascii=False, allow_nan=False).encode() + b"\n")


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(EVENTS, view) :]


def _read_request() -> bytes:
    (length,) = REQUEST_LENGTH.unpack(_read_exactly(REQUEST_LENGTH.size))
    data = _read_exactly(length)
    os.close(REQUEST)
    return data


def _read_exactly(length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        part = os.read(REQUEST, length - len(data))
        if not part:  # the supervisor is gone
            os._exit(0)
        data += part
    return bytes(data)

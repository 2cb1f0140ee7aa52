"""The harness for one job, run by hand or by a container: no server, the same jail, the same files.

Inside the engine::

    python3 -m atolye.kernel.worker_script --flow params --input /work/input.json --outdir /work/out \\
        --request-id ID --cpu-seconds 600 --mem-mb 4096 --metrics-interval 2

The input is a request of ``atolye.wire``. Every line on standard output is a JSON object of a log. The exit
status is 0 for a finished job, 143 for one that SIGTERM cancelled, 124 over the time limit, 125 over another
limit, 1 for a job that failed, 139 for one that crashed, 64 for wrong usage.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from atolye.kernel.server import jail, preload, supervisor
from atolye.kernel.server.health import serve_in_child
from atolye.kernel.server.order import FROM_SUPERVISOR, LENGTHS
from atolye.wire import MAX_REQUEST_BYTES

EXIT_STATUS: Final = {
    "cancelled": 143,
    "timeout": 124,
    "cpu_limit": 125,
    "out_of_memory": 125,
    "disk_full": 125,
    "crashed": 139,
}
_WRONG_USAGE: Final = 64


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="worker_script", description=__doc__, exit_on_error=False)
    parser.add_argument("--flow", required=True, choices=("prompt", "params", "upload", "a4"))
    parser.add_argument("--input", required=True, help="file with the request, - for standard input")
    parser.add_argument("--outdir", required=True, help="folder for the results; made if it is not there")
    parser.add_argument("--request-id", required=True, help="goes into every line of the log")
    parser.add_argument("--cpu-seconds", type=float, default=40.0)
    parser.add_argument("--wall-seconds", type=float, default=20.0)
    parser.add_argument("--mem-mb", type=int, default=2048)
    parser.add_argument("--disk-mb", type=int, default=512)
    parser.add_argument("--file-mb", type=int, default=256)
    parser.add_argument("--nice", type=int, default=0)
    parser.add_argument("--metrics-interval", type=float, default=2.0, help="seconds between two samples")
    parser.add_argument(
        "--health-server", action="store_true", default=os.environ.get("HEALTH_SERVER") == "1"
    )
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8080")))
    return parser


def main() -> NoReturn:
    try:
        options = _parser().parse_args()
        request = _request(options)
        os.makedirs(options.outdir, exist_ok=True)
    except (argparse.ArgumentError, ValueError, OSError) as error:
        print(f"worker_script: {error}", file=sys.stderr)
        sys.exit(_WRONG_USAGE)
    log = functools.partial(_log, options.request_id)
    preload.load(everything=False)
    preload.touch()
    health = serve_in_child(options.port) if options.health_server else None
    try:
        status = _run(options, request, log)
    finally:
        if health is not None:
            os.kill(health, signal.SIGKILL)
            os.waitpid(health, 0)
    sys.stdout.flush()
    os._exit(status)  # FreeCAD's own way out takes longer and may crash


def _request(options: argparse.Namespace) -> bytes:
    """The request's bytes, seen to be of the flow that was asked for."""
    with open(0 if options.input == "-" else options.input, "rb") as file:
        data = file.read(MAX_REQUEST_BYTES + 1)
    if len(data) > MAX_REQUEST_BYTES:
        raise ValueError("the request is too long")
    request = json.loads(data)
    if not isinstance(request, dict) or request.get("flow") != options.flow:
        raise ValueError(f"the input is not a request of the flow {options.flow}")
    return data


def _log(request_id: str, stage: str, message: str, **data: Any) -> None:
    line = {"request_id": request_id, "stage": stage, "msg": message, **data}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _run(options: argparse.Namespace, request: bytes, log: functools.partial[None]) -> int:
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryDirectory() as jobs_folder:
        code_folder = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        confinement = jail.prepare(jobs_folder, code_folder)
        log("start", "sandbox", profile=confinement.profile, landlock_abi=confinement.landlock_abi)
        warm_up = functools.partial(preload.warm_up, thorough=False)
        pid = os.fork()
        if pid == 0:
            ours.close()
            supervisor.main(confinement, warm_up, lambda _state: None, ours, theirs)
        theirs.close()
        signal.signal(signal.SIGTERM, lambda *_: ours.shutdown(socket.SHUT_WR))
        _send(ours, options, request)
        status = _relay(ours, log)
        os.waitpid(pid, 0)
    return status


def _send(connection: socket.socket, options: argparse.Namespace, request: bytes) -> None:
    limits = {
        "wall_s": options.wall_seconds,
        "cpu_s": options.cpu_seconds,
        "memory_mb": options.mem_mb,
        "file_mb": options.file_mb,
        "disk_mb": options.disk_mb,
        "inodes": 2000,
        "threads": 64,
        "nice": options.nice,
        "metrics_interval_s": options.metrics_interval,
    }
    header = json.dumps({"limits": limits, "inputs": []}).encode()
    folder = os.open(options.outdir, os.O_RDONLY | os.O_DIRECTORY)
    data = LENGTHS.pack(len(header), len(request)) + header + request
    sent = socket.send_fds(connection, [data], [folder])
    connection.sendall(data[sent:])
    os.close(folder)


def _relay(connection: socket.socket, log: functools.partial[None]) -> int:
    """Log what happens; the status to exit with."""
    failed, progress_pct = False, 0.0
    for trusted, event in _events(connection):
        kind = str(event.get("event"))
        if kind == "exit" and trusted:
            outcome = str(event["outcome"])
            log("exit", outcome, **{name: value for name, value in event.items() if name != "event"})
            return EXIT_STATUS.get(outcome, 1 if failed or event["uncollected"] else 0)
        failed = failed or kind == "error"
        progress_pct = max(progress_pct, 100 * float(event.get("progress") or 0.0))
        data = {name: value for name, value in event.items() if name not in ("event", "stage", "message")}
        stage = str(event.get("stage") or event.get("phase") or kind)
        log(stage, str(event.get("message") or kind), progress_pct=round(progress_pct, 1), **data)
    log("exit", "crashed")
    return EXIT_STATUS["crashed"]


def _events(connection: socket.socket) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Events, each with whether the supervisor itself said it; what a job garbles is passed over."""
    with connection.makefile("rb") as stream:
        while line := stream.readline():
            try:
                event = json.loads(line[1:])
            except ValueError:
                continue
            if isinstance(event, dict):
                yield line[:1] == FROM_SUPERVISOR, event


if __name__ == "__main__":
    main()

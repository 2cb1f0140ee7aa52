"""Entry of the server inside the engine: ``python3 -m atolye.kernel.server``.

Its log is standard error; what it has to tell the service goes over the control connection.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import time

from atolye.kernel.server import jail, preload
from atolye.kernel.server.pool import Pool


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="atolye.kernel.server", description="fork server of the engine")
    parser.add_argument("--listener", type=int, required=True, help="descriptor of the listening socket")
    parser.add_argument("--control", type=int, required=True, help="descriptor of the control connection")
    parser.add_argument("--jobs-folder", required=True, help="where jobs get their folder")
    parser.add_argument("--code-folder", required=True, help="where the kernel package lies")
    parser.add_argument("--warm", type=int, default=2, help="jobs that wait warmed up; 0: fork on demand")
    parser.add_argument("--jobs", type=int, default=None, help="stop after this many jobs")
    parser.add_argument("--no-namespaces", action="store_true", help="profile LS even where NLS is possible")
    return parser.parse_args()


def main() -> None:
    options = _arguments()
    begun = time.monotonic()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is for the service to handle
    preload.load(everything=options.jobs is None)
    preload.touch()
    confinement = jail.prepare(options.jobs_folder, options.code_folder, namespaces=not options.no_namespaces)
    preload.settle()
    listener = socket.socket(fileno=options.listener)
    listener.setblocking(False)
    control = socket.socket(fileno=options.control)
    pool = Pool(confinement, listener, control, options.warm, options.jobs)
    pool.tell(
        {
            "hello": preload.versions(),
            "profile": confinement.profile,
            "landlock_abi": confinement.landlock_abi,
            "threads": preload.threads(),
            "import_ms": round((time.monotonic() - begun) * 1000),
            "rss_mb": pool.state()["rss_mb"],
        }
    )
    try:
        pool.run()
    finally:
        pool.end()
    os._exit(0)  # FreeCAD's own way out takes longer and may crash


if __name__ == "__main__":
    main()
    sys.exit(0)

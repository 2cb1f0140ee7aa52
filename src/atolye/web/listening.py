"""The server around the app, and the socket that it listens on."""

from __future__ import annotations

import socket
from typing import Final

import uvicorn
from starlette.types import ASGIApp

BACKLOG: Final = 512
GRACE_S: Final = 10
"""How long requests may go on after the server was told to stop."""


def server(app: ASGIApp) -> uvicorn.Server:
    """The server for the app; ``run(sockets=[listen(…)])`` blocks until it is told to stop.

    What a caller says about his own address (``X-Forwarded-For``) is not believed.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """A listening TCP socket; port 0 takes a free one.

    asyncio switches Nagle's algorithm off only for sockets that say ``IPPROTO_TCP`` themselves. Those of
    ``socket.create_server`` do not, and every answer would wait 40 ms for the client's acknowledgement.

    Raises:
        OSError: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener

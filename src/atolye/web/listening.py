"""The socket that the API listens on."""

from __future__ import annotations

import socket
from typing import Final

BACKLOG: Final = 512


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

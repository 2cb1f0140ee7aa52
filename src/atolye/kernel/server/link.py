"""The supervisor's end of the connection: never blocks, so that the watch over the job never stops."""

from __future__ import annotations

import json
import select
import socket
from typing import Any, Final

from atolye.kernel.server.order import FROM_JOB, FROM_SUPERVISOR

_FULL_BYTES: Final = 8 << 20
_LAST_WORDS_S: Final = 30.0


class Link:
    """Sends lines to the service and notices when it cancels or goes away."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._pending = bytearray()
        self.cancelled = False
        self.gone = False
        connection.setblocking(False)

    def fileno(self) -> int:
        return self._connection.fileno()

    @property
    def waiting(self) -> bool:
        """Whether there is something that the connection did not take yet."""
        return bool(self._pending)

    @property
    def full(self) -> bool:
        """Whether so much is waiting that the job should not be listened to for now."""
        return len(self._pending) > _FULL_BYTES

    def relay(self, line: bytes) -> None:
        """Pass on what the job wrote, marked as the job's."""
        self._send(FROM_JOB + line + b"\n")

    def say(self, event: dict[str, Any]) -> None:
        """Send the supervisor's own word."""
        self._send(FROM_SUPERVISOR + json.dumps(event).encode() + b"\n")

    def _send(self, data: bytes) -> None:
        self._pending += data
        self.flush()

    def flush(self) -> None:
        try:
            while self._pending:
                sent = self._connection.send(self._pending)
                del self._pending[:sent]
        except BlockingIOError:
            pass
        except OSError:
            self._pending.clear()
            self.gone = self.cancelled = True

    def listen(self) -> None:
        """Read what came in: nothing but the end of the stream is expected, and it means "cancel"."""
        try:
            if not self._connection.recv(4096):
                self.cancelled = True
        except BlockingIOError:
            pass
        except OSError:
            self.gone = self.cancelled = True

    def finish(self) -> None:
        """Send what is left, within reason, and hang up."""
        poller = select.poll()
        poller.register(self._connection, select.POLLOUT)
        while self._pending and not self.gone and poller.poll(_LAST_WORDS_S * 1000):
            self.flush()
        self._connection.close()

"""One event loop in a thread of its own, for clients whose calls must be breakable at any moment."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

Result = TypeVar("Result")

POLL_S: Final = 0.02
"""How often a waiting thread looks whether it shall give up."""
GRACE_S: Final = 1.0
"""Time beyond its limit after which a call that does not even time out is left behind."""


class StuckError(Exception):
    """The call did not keep to its own time-out; its task was cancelled."""


class BackgroundLoop:
    """Runs coroutines for threads; starts with the first one, in the process that asks for it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._pid = 0

    def run(
        self,
        coroutine: Coroutine[Any, Any, Result],
        *,
        most_s: float,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Result:
        """Waits for a coroutine.

        However this ends — also by an exception in the waiting thread, such as Ctrl-C — the coroutine's task
        is over or being cancelled then, which closes its connection.

        Raises:
            asyncio.CancelledError: ``cancelled`` said so.
            StuckError: ``most_s`` and some more have passed.
        """
        future = asyncio.run_coroutine_threadsafe(coroutine, self._running())
        ends = time.monotonic() + most_s + GRACE_S
        try:
            while not concurrent.futures.wait([future], timeout=POLL_S).done:
                if cancelled():
                    raise asyncio.CancelledError
                if time.monotonic() > ends:
                    raise StuckError
            return future.result()
        except concurrent.futures.CancelledError:
            raise asyncio.CancelledError from None
        finally:
            future.cancel()

    def close(self) -> None:
        """Ends the thread; what still runs in it is cancelled."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None or self._pid != os.getpid():
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._loop, self._pid = asyncio.new_event_loop(), os.getpid()
                self._thread = threading.Thread(
                    target=_serve, args=(self._loop,), name=self._name, daemon=True
                )
                self._thread.start()
            return self._loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()

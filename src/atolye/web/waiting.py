"""Long polls: they hold a thread each, so they get threads of their own and leave everybody else's alone."""

from __future__ import annotations

import time
from functools import partial
from typing import Final

import anyio
import anyio.to_thread
from starlette.requests import Request

from atolye.web.ports import JobService, JobView

MOST_SECONDS: Final = 60.0
MOST_WAITERS: Final = 256
TURN_S: Final = 1.0
"""How often a waiting request looks whether its client is still there."""
ENDED: Final = frozenset({"succeeded", "failed", "cancelled"})


class Waiters:
    """Waits for jobs on behalf of many requests at once.

    When all places are taken a request is answered at once, with the job as it is.
    """

    def __init__(self, most: int = MOST_WAITERS) -> None:
        self._places = anyio.CapacityLimiter(most)

    async def wait(
        self, jobs: JobService, job_id: str, *, tenant_id: str, seconds: float, request: Request
    ) -> JobView:
        """The job as soon as it has ended, or as it is after ``seconds``."""
        deadline = time.monotonic() + min(seconds, MOST_SECONDS)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or self._places.available_tokens < 1:
                return await anyio.to_thread.run_sync(partial(jobs.get, job_id, tenant_id=tenant_id))
            job = await anyio.to_thread.run_sync(
                partial(jobs.wait, job_id, tenant_id=tenant_id, seconds=min(left, TURN_S)),
                limiter=self._places,
            )
            if job.state in ENDED or await request.is_disconnected():
                return job

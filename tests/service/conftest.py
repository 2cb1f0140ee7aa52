"""One running API for the tests of its surface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from atolye.telemetry.logs import configure_logs
from tests.service.apihost import Host, hosted


@pytest.fixture(scope="session", autouse=True)
def _logs() -> None:
    """Logs as in production; structlog's own default draws every failure with colours, for half a second."""
    configure_logs("error")


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with hosted(tmp_path_factory.mktemp("api")) as host:
        yield host


@pytest.fixture
def host(running: Host) -> Host:
    """The running API, with an engine that lets everything pass."""
    running.engine.gate.set()
    running.engine.code = None
    return running


@pytest.fixture
def host_without_flows(host: Host) -> Iterator[Host]:
    """The same services behind an app on which every flow is switched off."""
    with host.sibling(flags=dict.fromkeys(("prompt", "params", "upload", "a4"), False)) as other:
        yield other

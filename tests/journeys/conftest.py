from __future__ import annotations

import pytest

from atolye.bootstrap import engine_root_of
from atolye.settings import load_settings
from tests.support.command import Command


@pytest.fixture(scope="module")
def atolye(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The command in a home of its own, with the machine's engine."""
    return Command(tmp_path_factory.mktemp("home"), engine_root_of(load_settings()))

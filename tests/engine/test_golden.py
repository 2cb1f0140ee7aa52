"""The corpus of requests against its goldens, under every locale of the matrix."""

from __future__ import annotations

import locale
import os
from pathlib import Path
from typing import Any

import pytest

from atolye.bootstrap import toolchain_of
from tests.support import golden

pytestmark = [pytest.mark.engine, pytest.mark.locale_tr]


@pytest.fixture(autouse=True)
def the_locale_of_the_matrix() -> Any:
    """Turns the matrix' locale on for real; a machine without it fails instead of passing unseen."""
    wanted = os.environ.get("ATOLYE_TEST_LOCALE", "C.UTF-8")
    before = locale.setlocale(locale.LC_ALL)
    assert locale.setlocale(locale.LC_ALL, wanted) == wanted
    yield
    locale.setlocale(locale.LC_ALL, before)


@pytest.mark.spec("06.33", "06.37", "14.16", "14.26", "14.30")
@pytest.mark.parametrize("test_id", sorted(golden.corpus()))
def test_a_request_of_the_corpus_becomes_its_golden(
    test_id: str, engine: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    approved = golden.manifest()
    made = golden.make(engine, golden.corpus()[test_id], tmp_path)
    assert made.request_sha256 == approved["entries"][test_id]["request_sha256"]
    assert golden.disagreements_of_others(made) == []
    assert golden.metric_differences(approved["entries"][test_id], made) == []
    if toolchain_of(engine).fingerprint == approved["env"]["fingerprint"]:
        assert golden.byte_differences(approved["entries"][test_id], made) == []
    else:
        request.node.user_properties.append(("byte_goldens", "off"))


@pytest.mark.spec("14.02", "14.03")
def test_every_request_of_the_corpus_has_a_golden_and_none_is_left_over() -> None:
    assert sorted(golden.manifest()["entries"]) == sorted(golden.corpus())

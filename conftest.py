"""Collects which requirements the passed tests prove, for ``build/spec-report.json``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

REPORT = Path(__file__).parent / "build" / "spec-report.json"
MOST_IDS_A_TEST = 5


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        ids = sorted({str(spec_id) for mark in item.iter_markers("spec") for spec_id in mark.args})
        if len(ids) > MOST_IDS_A_TEST:
            raise pytest.UsageError(f"{item.nodeid} names {len(ids)} requirements; {MOST_IDS_A_TEST} at most")
        if ids:
            item.user_properties.append(("spec", ids))


class SpecReport:
    """Merges this run's outcome into the report: what ran replaces what an earlier run said of it."""

    def __init__(self) -> None:
        self.passed: dict[str, list[str]] = {}
        self.ran: set[str] = set()
        self.without_bytes: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = dict(report.user_properties).get("spec", [])
        if report.failed:
            self.passed.pop(report.nodeid, None)
            self.ran.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self.ran.add(report.nodeid)
            self.passed[report.nodeid] = list(ids)  # type: ignore[call-overload]
        if dict(report.user_properties).get("byte_goldens") == "off":
            self.without_bytes.add(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.without_bytes:
            terminalreporter.write_line(
                f"byte goldens were not compared for {len(self.without_bytes)} models: the engine's "
                "fingerprint is not the approved one (tools/gen_golden.py)",
                yellow=True,
            )

    def pytest_sessionfinish(self) -> None:
        if not self.ran:
            return
        known: dict[str, list[str]] = json.loads(REPORT.read_text()) if REPORT.exists() else {}
        merged = {key: {test for test in tests if test not in self.ran} for key, tests in known.items()}
        for test, ids in self.passed.items():
            for key in ids:
                merged.setdefault(key, set()).add(test)
        REPORT.parent.mkdir(exist_ok=True)
        kept = {key: sorted(tests) for key, tests in sorted(merged.items()) if tests}
        REPORT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # with xdist, the controller alone writes
        config.pluginmanager.register(SpecReport(), "spec-report")

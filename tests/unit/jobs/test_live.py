"""Events of a job while it runs, notes in words, and who owns a job."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from atolye.jobs import live as live_module
from atolye.jobs.live import MOST_EVENTS, Live
from atolye.jobs.notes import worded
from atolye.jobs.ownership import is_dead, owner_of_this_process

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def job() -> Live:
    return Live("job", "tenant", seq=1)


def kinds(job: Live) -> list[str]:
    return [row["type"] for row in job.unsaved()]


def test_finer_steps_come_twice_a_second_at_most_and_stages_always(
    job: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(live_module.time, "monotonic", lambda: now[0])
    for step in range(20):
        job.take({"event": "progress", "stage": "build", "count": step})
        now[0] += 0.1
    assert len(kinds(job)) == 4
    job.take({"event": "stage", "stage": "export", "progress": 0.65})
    job.take({"event": "stage", "stage": "measure", "progress": 0.95})
    assert kinds(job)[-2:] == ["stage", "stage"]
    assert [row["seq"] for row in job.unsaved()] == [2, 3, 4, 5, 6, 7]


def test_a_job_that_talks_without_end_is_not_recorded_without_end(job: Live) -> None:
    for _ in range(3 * MOST_EVENTS):
        job.take({"event": "stage", "stage": "x" * 100_000, "progress": 0.5, "table": [1] * 1000})
    rows = job.unsaved()
    assert len(rows) == MOST_EVENTS - 1
    assert max(len(str(row["data"])) for row in rows) < 1000
    job.note("state", {"state": "failed"})
    assert kinds(job)[-1] == "state"


@pytest.mark.parametrize("progress", [None, "0.5", -1, 7, float("nan"), float("inf"), [0.5]])
def test_a_nonsensical_progress_is_ignored(job: Live, progress: object) -> None:
    job.take({"event": "stage", "stage": "build", "progress": 0.3})
    job.take({"event": "stage", "stage": "check", "progress": progress})
    assert (job.stage, job.progress) == ("check", 0.3)


def test_progress_never_goes_back(job: Live) -> None:
    for value in (0.4, 0.02, 0.5, 0.1):
        job.take({"event": "stage", "stage": "open", "progress": value})
    assert job.progress == 0.5


def test_an_event_of_an_unknown_kind_is_not_kept(job: Live) -> None:
    job.take({"event": "result", "metrics": {}})
    job.take({"event": "exit"})
    job.take({})
    assert kinds(job) == []


def test_saved_events_are_forgotten_and_later_ones_kept(job: Live) -> None:
    job.note("state", {"state": "running"})
    rows = job.unsaved()
    job.note("state", {"state": "succeeded"})
    job.saved(rows)
    assert [row["seq"] for row in job.unsaved()] == [3]


# ---- notes ---------------------------------------------------------------------------------------


def test_the_kernels_warnings_get_both_languages() -> None:
    note = worded(
        {"event": "warning", "code": "METRIC_UNAVAILABLE", "field": "metrics.inertia", "because": "x"}
    )
    assert note["message_tr"] != note["message_en"]
    assert all("metrics.inertia" in note[name] for name in ("message_tr", "message_en"))
    assert note["severity"] == "warning"
    assert "event" not in note


def test_a_warning_with_texts_of_its_own_keeps_them() -> None:
    note = worded({"code": "X", "severity": "info", "message_tr": "a", "message_en": "b"})
    assert (note["message_tr"], note["message_en"], note["severity"]) == ("a", "b", "info")


def test_a_warning_nobody_knows_still_says_what_it_can() -> None:
    note = worded({"code": "NEW_THING", "field": "Face1", "because": "{weird} text"})
    assert note["message_en"] == "Face1: NEW_THING ({weird} text)"


def test_a_finding_of_the_checks_rests_on_its_place_and_limit() -> None:
    finding = {"code": "WALL_TOO_THIN", "severity": "error", "face": "Face1", "other_face": "Face4",
               "measured": 0.25, "required": 0.8, "unit": "mm", "point_mm": [1.0, 2.5, 3.0]}  # fmt: skip
    note = worded(finding)
    assert {name: note[name] for name in finding} == finding
    assert (note["field"], note["value"]) == ("Face1, Face4", 0.25)
    assert "0,25" in note["message_tr"]
    assert "0.25" in note["message_en"]
    assert "0.8" in note["because"]


# ---- owners --------------------------------------------------------------------------------------


def test_this_process_lives_and_one_that_ended_does_not() -> None:
    assert not is_dead(owner_of_this_process(), None, NOW)
    script = "from atolye.jobs.ownership import owner_of_this_process as o; print(o())"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=60,
    )
    # Its lease runs for a while, but on this machine that is not what counts.
    assert is_dead(done.stdout.strip(), NOW + timedelta(hours=1), NOW)


def test_a_process_that_got_the_number_of_a_dead_one_does_not_own_its_jobs() -> None:
    place, pid, started, token = owner_of_this_process().rsplit("|", 3)
    assert is_dead(f"{place}|{pid}|{int(started) - 1}|{token}", NOW + timedelta(hours=1), NOW)


def test_nothing_survives_a_restart_of_the_machine() -> None:
    place, rest = owner_of_this_process().rsplit("|", 3)[0], "1|1|x"
    host, _, namespace = place.rsplit("|", 2)
    assert is_dead(f"{host}|another-boot|{namespace}|{rest}", NOW + timedelta(hours=1), NOW)


@pytest.mark.parametrize(("minutes", "dead"), [(1, False), (-1, True)])
def test_elsewhere_the_lease_decides(minutes: int, dead: bool) -> None:
    assert is_dead("other|boot|1|2|3|x", NOW + timedelta(minutes=minutes), NOW) is dead


def test_no_owner_and_no_lease_mean_nobody() -> None:
    assert is_dead(None, NOW + timedelta(hours=1), NOW)
    assert is_dead("other|boot|1|2|3|x", None, NOW)

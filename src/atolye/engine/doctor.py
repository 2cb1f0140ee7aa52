"""Says whether the engine is fit, as data for a table, for JSON and for ``/health/freecad``."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from atolye.engine import cgroups
from atolye.engine.client import Engine
from atolye.engine.fingerprint import fingerprint
from atolye.engine.install import MANIFEST, Installed, installed, missing_tools
from atolye.engine.launch import code, environment, package_folder, sandbox
from atolye.engine.locate import home, root_of
from atolye.engine.lock import packaged_lock
from atolye.engine.options import EngineOptions
from atolye.engine.versions import FREECAD_ACCEPTED, OCCT_ACCEPTED, accepted, range_text
from atolye.errors import AtolyeError

_PROBE_S: Final = 60.0

Status = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the report."""

    key: str
    title_tr: str
    title_en: str
    status: Status
    found: str
    expected: str = ""

    def as_dict(self) -> dict[str, str]:
        return dataclasses.asdict(self)


def _check(key: str, titles: tuple[str, str], ok: bool, found: str, expected: str = "") -> Check:
    return Check(key, *titles, "ok" if ok else "failed", found, expected)


def probe(root: Path) -> dict[str, Any]:
    """What the engine says of itself; starts it once and ends it.

    Raises:
        AtolyeError: ``ENGINE_UNAVAILABLE``.
    """
    package = package_folder(EngineOptions())
    if root == Path("/"):
        argv: tuple[str, ...] = ()
        variables = environment(root) | {"PYTHONPATH": str(package.parent)}
    else:
        argv = sandbox(root, environment(root) | {"PYTHONPATH": "/run/code"}, *code(package))
        variables = {}
    command = [*argv, "/usr/bin/python3", "-m", "atolye.kernel.server.probe"]
    try:
        done = subprocess.run(
            command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PROBE_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AtolyeError("ENGINE_UNAVAILABLE", reason=str(error)) from error
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise AtolyeError("ENGINE_UNAVAILABLE", reason=lines[-1])
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def examine(root: Path | None = None) -> list[Check]:
    """Every check there is, failed ones included; never raises for an engine that is unfit.

    Args:
        root: the engine to examine, by default the one that is or would be installed.
    """
    root = root or root_of(home())
    checks = [_tools(), *_packages(root)]
    try:
        said = probe(root)
    except AtolyeError as error:
        return [
            *checks,
            _check("start", ("Motorun başlaması", "Start of the engine"), False, error.message_en),
        ]
    return [*checks, *_versions(said), *_modules(said), *_walls(said), _cgroups()]


def fit(checks: list[Check]) -> bool:
    """Whether nothing failed; warnings do not count."""
    return all(check.status != "failed" for check in checks)


def _tools() -> Check:
    missing = missing_tools()
    titles = ("Gerekli programlar", "Programs needed")
    return _check("tools", titles, not missing, ", ".join(missing) or "bwrap, dpkg-deb, apt", "")


def _packages(root: Path) -> list[Check]:
    titles = ("Paketler ve kilit", "Packages and lock")
    try:
        engine = installed(root)
    except AtolyeError as error:
        return [_check("packages", titles, False, error.message_en, f"{MANIFEST} in {root}")]
    return [_lock_check(engine, titles)]


def _lock_check(engine: Installed, titles: tuple[str, str]) -> Check:
    value = fingerprint(engine).value
    if not engine.drift:
        return Check("packages", *titles, "ok", f"{len(engine.packages)}, {value}", packaged_lock().id)
    names = ", ".join([*engine.drift.of_bytes, *engine.drift.of_others][:5])
    found = f"{len(engine.drift.of_bytes)} + {len(engine.drift.of_others)}: {names}, {value}"
    return Check("packages", *titles, "warning", found, packaged_lock().id)


def _versions(said: dict[str, Any]) -> list[Check]:
    return [
        _check(key, (name, name), accepted(said[key], series), said[key], range_text(series))
        for key, name, series in (("freecad", "FreeCAD", FREECAD_ACCEPTED), ("occt", "OCCT", OCCT_ACCEPTED))
    ] + [_check("python", ("Python", "Python"), True, said["python"])]


def _modules(said: dict[str, Any]) -> list[Check]:
    missing = sorted(name for name, present in said["modules"].items() if not present)
    found = ", ".join(missing) or str(len(said["modules"]))
    headless = ("Ekransız belge", "Document without a screen")
    return [
        _check("modules", ("Modüller", "Modules"), not missing, found),
        _check("techdraw", ("TechDraw", "TechDraw"), said["techdraw"], _yes(said["techdraw"])),
        _check("headless", headless, said["headless_ok"], _yes(said["headless_ok"])),
    ]


def _yes(value: bool) -> str:
    return "✓" if value else "✗"


def _walls(said: dict[str, Any]) -> list[Check]:
    landlock = said["landlock_abi"]
    isolation = ("İş başına yalıtım", "Isolation of each job")
    return [
        _check_softly("profile", isolation, said["profile"] == "NLS", said["profile"], "NLS"),
        _check_softly("landlock", ("Landlock", "Landlock"), landlock >= 6, f"ABI {landlock}", "≥ 6"),
        _check(
            "threads", ("Tek iş parçacığı", "One thread"), said["threads"] == 1, str(said["threads"]), "1"
        ),
    ]


def _check_softly(key: str, titles: tuple[str, str], ok: bool, found: str, expected: str) -> Check:
    """A check that only warns: the engine works without, behind fewer walls."""
    return Check(key, *titles, "ok" if ok else "warning", found, expected)


def _cgroups() -> Check:
    limits = cgroups.read()
    parts = [f"{limits.memory_limit_mb} MB"] if limits.memory_limit_mb else []
    parts += [f"{limits.cpu_quota}/{limits.cpu_period} µs"] if limits.cpu_quota else []
    titles = ("Denetim grubu sınırları", "Limits of the control group")
    return _check("cgroups", titles, True, ", ".join(parts) or "-")


@lru_cache(maxsize=4)
def _probe_once(root: Path, _born: float) -> dict[str, Any]:
    return probe(root)


def health(engine: Engine) -> dict[str, Any]:
    """What ``/health/freecad`` answers. The modules are imported once for each server that is started.

    Returns:
        ``status`` is ``ok`` when every check passed, else ``failed`` with ``error``.
    """
    try:
        facts = engine.facts
        said = _probe_once(engine.root, engine.started_at)
    except AtolyeError as error:
        body = error.body()
        return {
            "status": "failed",
            "error": {name: body[name] for name in ("code", "message_tr", "message_en")},
        }
    ok = bool(said["techdraw"] and said["headless_ok"] and all(said["modules"].values()))
    return {
        "status": "ok" if ok else "failed",
        "freecad_version": facts.freecad,
        "occt_version": facts.occt,
        "python_version": facts.python,
        "packages": said["packages"],
        "techdraw": said["techdraw"],
        "headless_ok": said["headless_ok"],
        "cgroups": dataclasses.asdict(cgroups.read()),
        "sandbox": {"outer": facts.outer, "profile": facts.profile, "landlock_abi": facts.landlock_abi},
        "server": engine.state(),
    }

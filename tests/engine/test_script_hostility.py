"""Scripts that never met the first gate: what they can do to the machine, to others, and to their own result.

The attacks are in ``tests/data/hostile``, most of them many to a job. Every one says itself what became of
it; that nothing left the job is seen from outside besides.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

import atolye
from atolye.engine import Engine, EngineOptions, Finished, Limits
from atolye.errors import AtolyeError
from tests.support.scripts import CATEGORIES, HOSTILE, answers, hostile, script_request, with_prelude

pytestmark = pytest.mark.engine

REFUSED = frozenset({"EACCES", "EPERM", "ENOENT", "ENOSYS", "EROFS", "EXDEV", "EAGAIN"})
"""What the walls answer; everything else must be an exception of the library that met one of them."""

VICTIM = (
    "import FreeCAD as App\nimport Part\nPart.show(Part.makeBox(30, 20, 10).cut(Part.makeCylinder(4, 10)))\n"
)
VICTIM_MM3 = 30 * 20 * 10 - math.pi * 4**2 * 10 / 4
SHORT = Limits(wall_s=2.5, cpu_s=4.0, memory_mb=600, disk_mb=48)

ENDINGS = {
    "ENGINE_CRASHED": """leave leave_with_status abort segfault jump_into_data flood_events
        flood_log long_event forge_exit garbage_events""",
    "TIMEOUT_ERROR": """spin spin_deaf sleep_for_ever wait_for_input regular_expression large_power occt_loop
        endless_recompute fine_mesh flood_print fork_bomb thread_bomb""",
    "ERR-OOM": "memory memory_by_numpy memory_at_once",
    "ENGINE_DISK_FULL": "disk long_file sparse_file inodes",
    "FC_GEOM_INVALID_SHAPE": "forge_the_end",
    "SCRIPT_FAILED": "nested_lists",
}
FATAL = {name: code for code, names in ENDINGS.items() for name in names.split()}
EITHER = {
    "int_80": ("ENGINE_CRASHED", "SCRIPT_FAILED"),
    "fine_mesh": ("TIMEOUT_ERROR", "ERR-OOM"),
    "memory_by_shapes": (
        "ERR-OOM",
        "ENGINE_CRASHED",
        "TIMEOUT_ERROR",
    ),  # OCCT does not live through a failed allocation
    "memory_by_numpy": ("ERR-OOM", "TIMEOUT_ERROR"),  # slow where many take memory at once
}


def functions(category: str) -> list[str]:
    """Names of a category's attacks that have a job of their own."""
    text = (HOSTILE / f"{category}.py").read_text(encoding="utf-8")
    return re.findall(r"^def (\w+)\(\)", text, re.MULTILINE)


def sources() -> str:
    """Hash of everything that a job could write to if it could write at all: the kernel's own code."""
    package = Path(atolye.__file__).parent
    digest = hashlib.sha256()
    for path in sorted([package / "wire.py", *(package / "kernel").rglob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Canary:
    """Listens on this machine; nobody may come."""

    def __init__(self) -> None:
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        for each in (self.tcp, self.udp):
            each.setblocking(False)

    def sang(self) -> bool:
        """Whether somebody came."""
        for listen in (self.tcp.accept, lambda: self.udp.recv(1)):
            with contextlib.suppress(BlockingIOError):
                listen()
                return True
        return False

    def close(self) -> None:
        self.tcp.close()
        self.udp.close()


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Engine]:
    """The engine that attackers and their victims share."""
    with Engine(EngineOptions(max_concurrent=4)) as running:
        yield running


@pytest.fixture(autouse=True)
def unharmed(shared: Engine, canary: Canary, tmp_path: Path) -> Iterator[None]:
    """After every test: another job as good as before, no process left, no code changed, nobody called."""
    before = sources()
    yield
    folder = tmp_path / "victim"
    folder.mkdir()
    victim = shared.run(script_request(VICTIM), folder)
    assert victim.attempts == 1
    assert victim.result["metrics"]["display"]["volume_mm3"] == pytest.approx(VICTIM_MM3)
    deadline = time.monotonic() + 10
    while shared.state()["running"] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert shared.state()["running"] == 0
    assert shared.restarts == 0
    processes = psutil.Process(shared.server_pid).children(recursive=True)
    assert not [process for process in processes if process.status() == psutil.STATUS_ZOMBIE]
    assert sources() == before
    assert not canary.sang()


def attacked(
    engine: Engine, source: str, folder: Path, limits: Limits | None = None
) -> tuple[str, list[str]]:
    """How a hostile job ended, and what it printed."""
    lines: list[str] = []

    def hear(event: dict[str, object]) -> None:
        if event.get("source") == "script":
            lines.append(str(event["message"]))

    folder.mkdir()
    try:
        engine.run(script_request(source, exports=("mesh.stl",)), folder, on_event=hear, limits=limits)
    except AtolyeError as error:
        return error.code, lines
    return "finished", lines


def test_there_are_at_least_two_hundred_attacks() -> None:
    names = [name for category in CATEGORIES for name in hostile(category)[1]]
    alone = functions("fatal") + functions("forging")
    assert set(FATAL) | set(EITHER) == set(functions("fatal"))
    assert len(set(names)) + len(set(alone)) >= 400


@pytest.mark.spec("18.13", "03.49", "03.50")
def test_the_second_gate_names_what_it_refuses(shared: Engine, tmp_path: Path) -> None:
    source, names = hostile("gate")
    _, lines = attacked(shared, source, tmp_path / "a")
    told = answers(lines, names)
    assert list(told) == names
    assert [name for name, answer in told.items() if not answer.endswith("is not allowed in scripts")] == []


@pytest.mark.spec("18.13", "02.45")
@pytest.mark.parametrize("category", [name for name in CATEGORIES if name != "gate"])
def test_past_both_gates_the_jail_refuses(
    shared: Engine, canary: Canary, tmp_path: Path, category: str
) -> None:
    source, names = hostile(category, canary.port)
    _, lines = attacked(shared, source, tmp_path / "a")
    told = answers(lines, names)
    assert list(told) == names
    assert {name: answer for name, answer in told.items() if answer.startswith("ok")} == {}
    by_the_walls = [name for name, answer in told.items() if answer in REFUSED]
    assert len(by_the_walls) >= 0.7 * len(names)


def test_system_calls_are_refused_before_the_kernel_looks_at_them(shared: Engine, tmp_path: Path) -> None:
    source, names = hostile("kernel")
    _, lines = attacked(shared, source, tmp_path / "a")
    assert set(answers(lines, names).values()) == {"EPERM"}


def test_attacks_that_do_not_end_are_ended_each_with_its_own_error(shared: Engine, tmp_path: Path) -> None:
    body = (HOSTILE / "fatal.py").read_text(encoding="utf-8")

    def run(name: str) -> tuple[str, str]:
        return name, attacked(shared, with_prelude(f"{body}\n{name}()\n"), tmp_path / name, SHORT)[0]

    with ThreadPoolExecutor(4) as pool:
        found = dict(pool.map(run, functions("fatal")))
    wrong = {name: code for name, code in found.items() if code not in (EITHER.get(name) or (FATAL[name],))}
    assert wrong == {}


def forged(engine: Engine, name: str, folder: Path) -> Finished:
    folder.mkdir()
    body = (HOSTILE / "forging.py").read_text(encoding="utf-8")
    return engine.run(script_request(with_prelude(f"{body}\n{name}()\n")), folder)


FLATTENED = frozenset(
    """swap_the_document python_in_the_document expression_in_the_document proxy_in_the_document
    file_in_the_document entity_in_the_document bomb_in_the_document path_in_the_archive no_archive
    no_document name_another_object""".split()  # noqa: SIM905 - a table to read
)


@pytest.mark.spec("18.17", "02.71", "02.74")
@pytest.mark.parametrize("name", [name for name in functions("forging") if name != "folder_for_a_document"])
def test_what_a_script_says_of_its_result_is_not_believed(shared: Engine, tmp_path: Path, name: str) -> None:
    finished = forged(shared, name, tmp_path / "a")
    metrics = finished.result["metrics"]
    assert metrics["display"]["volume_mm3"] == pytest.approx(1000.0, rel=1e-9)
    assert metrics["solids"] == 1
    assert {event["kind"] for event in finished.artefacts} == {
        "model.fcstd", "solid.step", "solid.brep", "mesh.stl", "preview.glb"
    }  # fmt: skip
    codes = [warning["code"] for warning in finished.warnings]
    assert codes == (["SCRIPT_DOCUMENT_FLATTENED"] if name in FLATTENED else [])


def test_a_folder_in_place_of_a_file_is_not_collected(shared: Engine, tmp_path: Path) -> None:
    with pytest.raises(AtolyeError) as caught:
        forged(shared, "folder_for_a_document", tmp_path / "a")
    assert caught.value.code == "ENGINE_OUTPUT_FAILED"


def test_without_namespaces_of_their_own_scripts_are_held_as_well(tmp_path: Path) -> None:
    """Profile LS: only what other jobs have at places that a script can name may still be looked at."""
    with Engine(EngineOptions(namespaces=False, warm=1)) as engine:
        assert engine.facts.profile == "LS"
        for category in CATEGORIES:
            source, names = hostile(category)
            _, lines = attacked(engine, source, tmp_path / category)
            told = answers(lines, names)
            assert list(told) == names
            assert {name: answer for name, answer in told.items() if answer.startswith("ok")} == {}, category


def test_rules_that_a_script_has_switched_off_are_looked_at_again(shared: Engine, tmp_path: Path) -> None:
    source = with_prelude(
        'modules["atolye.kernel.script.rules"].check = lambda document: None\n'
        'body = DOC.addObject("PartDesign::Body", "Body")\n'
        's = body.newObject("Sketcher::SketchObject", "S")\n'
        "s.addGeometry(Part.Circle(App.Vector(0, 0, 0), App.Vector(0, 0, 1), 5), False)\n"
        'pad = body.newObject("PartDesign::Pad", "Pad")\npad.Profile = s\npad.Length = 5\nDOC.recompute()\n'
    )
    (tmp_path / "a").mkdir()
    with pytest.raises(AtolyeError) as caught:
        shared.run(script_request(source), tmp_path / "a")
    assert (caught.value.code, caught.value.details["dof"]) == ("SKETCH_UNDERCONSTRAINED", 3)


def test_a_size_that_a_script_has_hidden_is_measured(shared: Engine, tmp_path: Path) -> None:
    source = with_prelude("Part.show(REAL_PART.makeBox(1500, 10, 10))")
    (tmp_path / "a").mkdir()
    with pytest.raises(AtolyeError) as caught:
        shared.run(script_request(source), tmp_path / "a")
    assert (caught.value.code, caught.value.details["value_mm"]) == ("DIMENSION_ERROR", 1500.0)

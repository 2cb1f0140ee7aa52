"""Measures the product against bare FreeCAD, CadQuery and build123d in one run, and prints ratios.

Absolute times depend on the machine; the ratios are what is promised. ``bench/README.md`` says what each
figure is.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from atolye.bootstrap import engine_for, engine_root_of
from atolye.designs.service import canonicalise
from atolye.settings import load_settings
from bench import service
from bench.service import BLOCK, PACE_S, SENTENCE, Client, median_ms

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "latest.json"
SPAWNS = 15
JOBS = 100
PLATE_400 = {
    "family": "plate",
    "length": 430,
    "width": 430,
    "thickness": 8,
    "holes": [{"kind": "grid", "diameter": 6, "rows": 20, "columns": 20, "pitch_x": 20, "pitch_y": 20}],
    "material": "aluminium",
    "exports": ["fcstd", "step", "stl", "glb"],
}
STEP_AND_STL = {**BLOCK, "exports": ["step", "stl"]}

console = Console(highlight=False)


def marked_line(output: str) -> dict[str, Any]:
    """The JSON after ``BENCH`` in what a measured program printed."""
    for line in output.splitlines():
        if line.startswith("BENCH "):
            found: dict[str, Any] = json.loads(line.removeprefix("BENCH "))
            return found
    raise RuntimeError(f"the program printed no measurement: {output[-500:]}")


def in_engine(root: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in the engine's root with the folder as /job, in a plain installation's environment."""
    settings = {
        "HOME": "/tmp",
        "PATH": "/usr/bin:/bin:/usr/lib/freecad/bin",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "QT_QPA_PLATFORM": "offscreen",
        "OMP_NUM_THREADS": "1",
        "LD_LIBRARY_PATH": "/usr/lib/x86_64-linux-gnu/blas:/usr/lib/x86_64-linux-gnu/lapack",
    }
    environment = [part for name, value in settings.items() for part in ("--setenv", name, value)]
    walls = f"--ro-bind {root} / --proc /proc --dev /dev --tmpfs /tmp --bind {folder} /job"
    return subprocess.run(
        [
            *("bwrap", *walls.split(), "--unshare-all", "--die-with-parent", "--clearenv"),
            *(*environment, "--chdir", "/job", *command),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )


def job_folder(scratch: Path) -> Path:
    folder = scratch / "in_engine"
    shutil.copytree(HERE / "in_engine", folder, dirs_exist_ok=True)
    (folder / "out").mkdir(exist_ok=True)
    return folder


def freecadcmd_ms(root: Path, scratch: Path) -> float:
    """One ``FreeCADCmd`` process a job, page cache warm."""
    folder, taken = job_folder(scratch), []
    for run in range(SPAWNS + 2):
        began = time.perf_counter()
        in_engine(root, folder, "/usr/lib/freecad/bin/freecadcmd-python3", "/job/freecadcmd_job.py")
        if run >= 2:
            taken.append(time.perf_counter() - began)
    return median_ms(taken)


def kernel_floor_ms(root: Path, scratch: Path) -> float:
    """Bare calls in one warm process, at the same pace as the jobs."""
    folder = job_folder(scratch)
    finished = in_engine(root, folder, "/usr/bin/python3", "/job/kernel_floor.py", str(JOBS), str(PACE_S))
    return float(marked_line(finished.stdout)["median_ms"])


def peer_environment(name: str) -> Path:
    """Python of a peer's own environment, made from its lock file when it is not there."""
    folder = Path("build") / f"bench-{name}"
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        lock = Path("requirements") / f"bench-{name}.lock"
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)], check=True
        )
        (folder / ".ready").touch()
    return python.absolute()


def peer(name: str, scratch: Path) -> dict[str, float]:
    """Medians of a peer's cold script (whole process) and of its warm loop (STEP and STL)."""
    command = [str(peer_environment(name)), str(HERE / "peers" / f"{name}_block.py"), str(scratch)]
    cold = []
    for run in range(5 + 1):
        began = time.perf_counter()
        subprocess.run([*command, "1"], check=True, capture_output=True)
        if run:
            cold.append(time.perf_counter() - began)
    warm = subprocess.run([*command, str(JOBS)], check=True, capture_output=True, text=True)
    return {"cold_ms": median_ms(cold), "warm_ms": float(marked_line(warm.stdout)["median_ms"])}


def hit_and_get_ms(client: Client) -> dict[str, float]:
    """An idempotent repeat of a finished job, and an authenticated GET of it, in turn."""
    key = str(uuid.uuid4())
    accepted = client.post(BLOCK, {"Idempotency-Key": key})
    client.finished(accepted["job_id"])
    hits, gets = [], []
    for _ in range(JOBS):
        began = time.perf_counter()
        client.post(BLOCK, {"Idempotency-Key": key})
        hits.append(time.perf_counter() - began)
        began = time.perf_counter()
        client.http.get(f"/api/v1/jobs/{accepted['job_id']}").raise_for_status()
        gets.append(time.perf_counter() - began)
    return {"hit_ms": median_ms(hits), "get_ms": median_ms(gets)}


def engine_throughput_per_s(body: dict[str, Any], count: int, at_once: int, **settings: Any) -> float:
    """Jobs a second of the fork servers driven directly: no API, no database, no store."""
    request = canonicalise(dict(body)).to_wire()
    left, lock = iter(range(count)), threading.Lock()
    with (
        tempfile.TemporaryDirectory() as scratch,
        engine_for(load_settings(max_concurrent_freecad_workers=at_once, **settings)) as engine,
    ):

        def work() -> None:
            while True:
                with lock:
                    number = next(left, None)
                if number is None:
                    return
                folder = Path(scratch) / str(number)
                folder.mkdir()
                engine.run(request, folder)

        for _ in range(3):
            warm = Path(scratch) / f"warm{uuid.uuid4()}"
            warm.mkdir()
            engine.run(request, warm)
        threads = [threading.Thread(target=work) for _ in range(at_once)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return count / (time.perf_counter() - began)


def scaling(root: Path) -> dict[str, float]:
    """Throughput of the 400-hole plate with one and with two engine jobs at once."""
    rates = {}
    for workers in (1, 2):
        settings = {
            "ATOLYE_MAX_CONCURRENT_FREECAD_WORKERS": str(workers),
            "ATOLYE_ENGINE_WARM": str(workers),
        }
        with service.running(root, **settings) as client:
            client.jobs_s(PLATE_400, 1, 0)
            rates[f"plate_{workers}_per_s"] = round(client.throughput_per_s(PLATE_400, 12, workers), 4)
    return rates


def cold_cli_ms(scratch: Path) -> float:
    """The whole ``atolye generate`` process, default artefacts."""
    request = scratch / "block.json"
    request.write_text(json.dumps({key: value for key, value in BLOCK.items() if key != "exports"}))
    taken = []
    for run in range(4):
        began = time.perf_counter()
        subprocess.run(
            [
                *service.ATOLYE,
                "generate",
                "params",
                str(request),
                "--out",
                str(scratch / f"cli{run}"),
                "--json",
            ],
            check=True,
            capture_output=True,
        )
        taken.append(time.perf_counter() - began)
    return median_ms(taken[1:])


def memory_mb(pid: int) -> dict[str, float]:
    """Resident memory of the service and of the fork server's processes under it."""
    process = psutil.Process(pid)
    children = [child for child in process.children(recursive=True) if "python" in child.name()]
    sizes = sorted((child.memory_info().rss / 2**20 for child in children), reverse=True)
    return {
        "service_rss_mb": round(process.memory_info().rss / 2**20, 1),
        "fork_server_rss_mb": round(sizes[0], 1) if sizes else 0.0,
    }


def measure() -> dict[str, Any]:
    root = engine_root_of(load_settings())
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="atolye-bench-") as folder:
        scratch = Path(folder)
        console.print("FreeCADCmd per job …")
        figures["spawn_ms"] = freecadcmd_ms(root, scratch)
        console.print("bare FreeCAD calls in one warm process …")
        figures["kernel_ms"] = kernel_floor_ms(root, scratch)
        console.print("warm jobs …")
        with service.running(root) as client:
            figures["first_job_ms"] = round(1000 * client.job_s(BLOCK), 1)
            client.jobs_s(BLOCK, 10, PACE_S)
            figures["warm_ms"] = median_ms(client.jobs_s(BLOCK, JOBS, PACE_S))
            figures["prompt_ms"] = median_ms(client.jobs_s(SENTENCE, JOBS, PACE_S))
            figures["warm_step_stl_ms"] = median_ms(client.jobs_s(STEP_AND_STL, JOBS, PACE_S))
            figures["warm_back_to_back_ms"] = median_ms(client.jobs_s(BLOCK, JOBS, 0))
            figures |= hit_and_get_ms(client)
            figures["service_per_s"] = round(client.throughput_per_s(BLOCK, 4 * JOBS, 4), 2)
            job = client.finished(client.post(BLOCK)["job_id"])
            figures |= memory_mb(client.pid)
            figures["job_peak_rss_mb"] = job["resources"]["ram_peak_mb"]
        console.print("the fork servers driven directly …")
        figures["engine_per_s"] = round(engine_throughput_per_s(BLOCK, 4 * JOBS, 4), 2)
        console.print("bare FreeCAD calls again …")
        figures["kernel_ms"] = round(
            statistics.mean([figures["kernel_ms"], kernel_floor_ms(root, scratch)]), 3
        )
        console.print("one and two workers …")
        figures |= scaling(root)
        console.print("cold command line …")
        figures["cold_cli_ms"] = cold_cli_ms(scratch)
        for name in ("cadquery", "build123d"):
            console.print(f"{name} …")
            figures |= {f"{name}_{key}": value for key, value in peer(name, scratch).items()}
    return figures


RATIOS = {
    "spawn_over_warm": ("spawn_ms", "warm_ms", "≥ 15"),
    "warm_over_kernel": ("warm_ms", "kernel_ms", "≤ 1.7"),
    "cadquery_cold_over_warm": ("cadquery_cold_ms", "warm_ms", "≥ 30"),
    "build123d_cold_over_warm": ("build123d_cold_ms", "warm_ms", "≥ 30"),
    "cadquery_loop_over_warm": ("cadquery_warm_ms", "warm_step_stl_ms", "≥ 1"),
    "build123d_loop_over_warm": ("build123d_warm_ms", "warm_step_stl_ms", ""),
    "scaling_2": ("plate_2_per_s", "plate_1_per_s", "≥ 1.7"),
    "saturation": ("service_per_s", "engine_per_s", "≥ 0.75"),
    "prompt_over_params": ("prompt_ms", "warm_ms", "≤ 1.3"),
    "hit_over_get": ("hit_ms", "get_ms", "≤ 3"),
}


def ratio_of(figures: dict[str, Any], above: str, below: str, goal: str) -> dict[str, Any]:
    kind = "medians_ms" if above.endswith("_ms") else "rates_per_s"
    parts = {above: figures[above], below: figures[below]}
    return {"value": round(figures[above] / figures[below], 3), "goal": goal, kind: parts}


def report(figures: dict[str, Any]) -> dict[str, Any]:
    ratios = {name: ratio_of(figures, *terms) for name, terms in RATIOS.items()}
    table = Table("Ratio", "Value", "Goal", "Figures")
    for name, ratio in ratios.items():
        parts = ratio.get("medians_ms") or ratio["rates_per_s"]
        shown = ", ".join(f"{figure} {value}" for figure, value in parts.items())
        table.add_row(name, f"{ratio['value']:.2f}", ratio["goal"], shown)
    console.print(table)
    used = {figure for above, below, _ in RATIOS.values() for figure in (above, below)}
    others = [f"{figure} {value}" for figure, value in figures.items() if figure not in used]
    console.print(", ".join(others))
    machine = {
        "processors": os.cpu_count(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }
    return {"ratios": ratios, "figures": figures, "machine": machine}


def main() -> None:
    result = report(measure())
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(f"written to {RESULTS.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()

"""Limits of control groups, of both kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from atolye.engine import Engine, EngineOptions, Limits
from atolye.engine.cgroups import CgroupLimits, read


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text + "\n")
    return folder


@pytest.mark.spec("05.53")
@pytest.mark.parametrize(
    ("own", "files", "expected"),
    [
        pytest.param("0::/app\n", {"app/memory.max": "1073741824", "app/cpu.max": "150000 100000"},
                     CgroupLimits(1024, 150000, 100000), id="unified"),
        pytest.param("0::/app\n", {"memory.max": "536870912", "cpu.max": "max 100000"},
                     CgroupLimits(512, None, None), id="unified in a container"),
        pytest.param("0::/app\n", {"app/memory.max": "max", "app/cpu.max": "max 100000"},
                     CgroupLimits(None, None, None), id="unified without limits"),
        pytest.param("4:memory:/job\n3:cpu,cpuacct:/job\n",
                     {"memory/job/memory.limit_in_bytes": "2147483648", "cpu/job/cpu.cfs_quota_us": "50000",
                      "cpu/job/cpu.cfs_period_us": "100000"},
                     CgroupLimits(2048, 50000, 100000), id="old"),
        pytest.param("4:memory:/\n3:cpu:/\n",
                     {"memory/memory.limit_in_bytes": "9223372036854771712", "cpu/cpu.cfs_quota_us": "-1",
                      "cpu/cpu.cfs_period_us": "100000"},
                     CgroupLimits(None, None, None), id="old without limits"),
        pytest.param("", {}, CgroupLimits(None, None, None), id="none"),
    ],
)  # fmt: skip
def test_limits_are_read_where_the_kernel_writes_them(
    tmp_path: Path, own: str, files: dict[str, str], expected: CgroupLimits
) -> None:
    (tmp_path / "own").write_text(own)
    assert read(tmp_path / "own", written(tmp_path / "root", files)) == expected


@pytest.mark.spec("05.58")
@pytest.mark.parametrize(("cap_mb", "expected"), [(512, 512), (8192, 2048), (None, 2048)])
def test_a_job_never_gets_more_memory_than_the_control_group_leaves(
    monkeypatch: pytest.MonkeyPatch, cap_mb: int | None, expected: int
) -> None:
    monkeypatch.setattr("atolye.engine.cgroups.read", lambda: CgroupLimits(cap_mb, None, None))
    assert Engine(EngineOptions()).bounds(Limits(memory_mb=2048)).memory_mb == expected

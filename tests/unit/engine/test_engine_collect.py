"""The supervisor's dealings with what it cannot trust: a job's folder, an order, a slow listener."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from atolye.engine.options import Limits
from atolye.engine.server import sweep
from atolye.kernel.server import order
from atolye.kernel.server.collect import NotCollectedError, bring_out
from atolye.kernel.server.link import Link
from atolye.wire import EXPORT_FILES, MAX_REQUEST_BYTES

FILES = ("solid.step", "mesh.stl")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("job", "out"):
        (tmp_path / name).mkdir()
    return tmp_path / "job", tmp_path / "out"


def collect(folders: tuple[Path, Path], max_bytes: int = 1 << 20) -> dict[str, Any]:
    target = os.open(folders[1], os.O_RDONLY)
    try:
        return dict(bring_out(str(folders[0]), FILES, target, max_bytes))
    finally:
        os.close(target)


def test_named_files_come_out_with_their_hashes_and_nothing_else_does(folders: tuple[Path, Path]) -> None:
    job, out = folders
    (job / "solid.step").write_bytes(b"content")
    (job / "other.txt").write_bytes(b"not asked for")
    sha = hashlib.sha256(b"content").hexdigest()
    assert collect(folders) == {"solid.step": {"size_bytes": 7, "sha256": sha}}
    assert [path.name for path in out.iterdir()] == ["solid.step"]
    assert (out / "solid.step").read_bytes() == b"content"


@pytest.mark.parametrize("trap", ["symlink", "fifo", "folder", "socket"])
def test_a_trap_in_place_of_a_result_is_refused_without_waiting(
    folders: tuple[Path, Path], tmp_path: Path, trap: str
) -> None:
    path = folders[0] / "mesh.stl"
    (tmp_path / "secret").write_text("secret")
    with contextlib.ExitStack() as opened:
        if trap == "symlink":
            path.symlink_to(tmp_path / "secret")
        elif trap == "fifo":
            os.mkfifo(path)
        elif trap == "folder":
            path.mkdir()
        else:
            opened.enter_context(socket.socket(socket.AF_UNIX)).bind(str(path))
        with pytest.raises(NotCollectedError, match=r"mesh\.stl"):
            collect(folders)
    assert not list(folders[1].iterdir())


def test_a_file_that_is_too_long_leaves_no_part_of_it(folders: tuple[Path, Path]) -> None:
    (folders[0] / "solid.step").write_bytes(b"x" * 5_000_000)
    with pytest.raises(NotCollectedError, match="longer"):
        collect(folders, max_bytes=4_000_000)
    assert not list(folders[1].iterdir())


def test_what_is_there_already_is_not_written_over(folders: tuple[Path, Path]) -> None:
    (folders[0] / "solid.step").write_bytes(b"new")
    (folders[1] / "solid.step").write_bytes(b"old")
    with pytest.raises(NotCollectedError):
        collect(folders)
    assert (folders[1] / "solid.step").read_bytes() == b"old"


# Orders


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(5)
    with ours, theirs:
        yield ours, theirs


def send(connection: socket.socket, header: object, request: bytes, descriptors: list[int]) -> None:
    text = json.dumps(header).encode()
    data = order.LENGTHS.pack(len(text), len(request)) + text + request
    socket.send_fds(connection, [data[:5]], descriptors)
    connection.sendall(data[5:])
    connection.shutdown(socket.SHUT_WR)


def test_an_order_arrives_whole_however_it_is_cut(
    pair: tuple[socket.socket, socket.socket], tmp_path: Path
) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    request = b"x" * 100_000
    send(pair[0], {"limits": Limits().as_dict(), "inputs": ["a.stl"]}, request, [folder, folder])
    found = order.receive(pair[1])
    assert found.request == request
    assert found.limits.wall_s == Limits().wall_s
    assert os.path.samestat(os.fstat(found.output_folder), os.stat(tmp_path))
    assert list(found.inputs) == ["a.stl"]
    assert set(found.files) == set(EXPORT_FILES.values())
    for descriptor in (folder, found.output_folder, *found.inputs.values()):
        os.close(descriptor)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/b", "", ".hidden", "a\n", "a" * 200, 3])
def test_an_input_cannot_have_a_name_that_leads_elsewhere(
    pair: tuple[socket.socket, socket.socket], name: object
) -> None:
    with open(os.devnull) as null:
        send(pair[0], {"limits": Limits().as_dict(), "inputs": [name]}, b"", [null.fileno()] * 2)
        with pytest.raises(order.OrderError):
            order.receive(pair[1])


def test_a_request_that_is_too_long_is_refused_before_it_is_read(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    pair[0].sendall(order.LENGTHS.pack(2, MAX_REQUEST_BYTES + 1) + b"{}")
    with pytest.raises(order.OrderError):
        order.receive(pair[1])


@pytest.mark.parametrize("data", [b"", b"\0\0", order.LENGTHS.pack(2, 5) + b"{}123"])
def test_an_order_that_is_cut_short_is_refused(
    pair: tuple[socket.socket, socket.socket], data: bytes
) -> None:
    pair[0].sendall(data)
    pair[0].shutdown(socket.SHUT_WR)
    with pytest.raises(order.OrderError):
        order.receive(pair[1])


# The connection


def test_a_listener_that_does_not_read_never_blocks_the_supervisor(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    link = Link(pair[1])
    while not link.full:
        link.relay(b"x" * 100_000)
    assert link.waiting
    assert not link.cancelled
    pair[0].close()
    link.flush()
    assert link.gone
    assert link.cancelled
    assert not link.waiting
    link.finish()


def test_half_a_hang_up_means_cancel_and_leaves_the_way_back_open(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    link = Link(pair[1])
    pair[0].shutdown(socket.SHUT_WR)
    link.listen()
    assert link.cancelled
    assert not link.gone
    link.say({"event": "exit"})
    link.finish()
    assert pair[0].recv(100) == b's{"event": "exit"}\n'


def test_folders_of_dead_services_are_removed_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    for name in ("dead", "alive", "new"):
        (tmp_path / f"atolye-engine-{name}").mkdir()
        (tmp_path / f"atolye-engine-{name}/claim").touch()
        if name != "new":
            os.utime(tmp_path / f"atolye-engine-{name}/claim", (0, 0))
    (tmp_path / "else").mkdir()
    with (tmp_path / "atolye-engine-alive/claim").open() as claim:
        fcntl.flock(claim, fcntl.LOCK_EX)
        sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "atolye-engine-alive",
        "atolye-engine-new",
        "else",
    ]

"""Stands in for a builder of the kernel: what an attacker would do who has the interpreter.

It is copied over ``kernel/build/sphere.py`` and runs inside the engine. Each attack returns a report, which
travels to the test in the details of an error.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from atolye.kernel.errors import KernelError

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

EVENTS = 3


def build(session: Any, fields: Mapping[str, Any]) -> Any:
    attack = fields.get("attack", "none")
    report = ATTACKS[attack](fields) if attack != "none" else None
    if report is not None:
        raise KernelError("FC_RUNTIME", "model", "attack", report=report)
    session.parameters({"diameter": (fields["diameter"], "mm")})
    sphere = session.add("Part::Sphere", "Sphere")
    session.bind(sphere, "Radius", "diameter / 2")
    return sphere


def tried(action: Callable[[], Any]) -> str:
    """``ok …`` when it worked, else the error's name."""
    try:
        return f"ok {action()!r}"[:200]
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    except Exception as error:  # noqa: BLE001 - whatever refuses, it is refused
        return type(error).__name__


def syscall(number: int, *arguments: Any) -> str:
    ctypes.set_errno(0)
    converted = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    result = _libc.syscall(ctypes.c_long(number), *converted)
    return f"ok {result}" if result >= 0 else errno.errorcode[ctypes.get_errno()]


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(60)


def write(path: str) -> str:
    with open(path, "ab") as file:
        file.write(b"#evil\n")
    return "written"


# Tenant B


def victim(fields: Mapping[str, Any]) -> None:
    """A job with something to steal: in a file, in memory, and with time enough to be attacked."""
    with open("secret.txt", "w", encoding="utf-8") as file:
        file.write(fields["secret"])
    time.sleep(fields["seconds"])
    with open("secret.txt", encoding="utf-8") as file:
        assert file.read() == fields["secret"]


# Tenant A


def files(_fields: Mapping[str, Any]) -> dict[str, str]:
    paths = [
        "/etc/passwd", "/etc/hostname", "/proc/1/environ", "/proc/self/environ", "/proc/self/status",
        "/proc/2/environ", "/job/secret.txt", "/tmp/secret.txt",
    ]  # fmt: skip
    found = {path: tried(lambda path=path: read(path)) for path in paths}
    for folder in ("/", "/proc", "/tmp", "/run", "/dev/shm", "/job"):
        found[f"list {folder}"] = tried(lambda folder=folder: sorted(os.listdir(folder)))
    for folder in ("/proc", "/tmp", "/dev/shm"):
        found[f"stat {folder}/1"] = tried(lambda folder=folder: os.stat(f"{folder}/1"))
    return found


def writes(_fields: Mapping[str, Any]) -> dict[str, str]:
    targets = (
        "/tmp/x",
        "/dev/shm/x",
        "/run/x",
        "/usr/x",
        "/x",
        "/run/code/atolye/kernel/pipeline.py",
        "/job/../x",
    )
    return {path: tried(lambda path=path: write(path)) for path in targets}


def traps(_fields: Mapping[str, Any]) -> dict[str, str]:
    """What a collector that trusts names would fall into."""
    return {
        "symlink": tried(lambda: os.symlink("/etc/passwd", "solid.step")),
        "hardlink": tried(lambda: os.link("/usr/bin/python3", "solid.brep")),
        "fifo": tried(lambda: os.mkfifo("mesh.stl")),
        "socket": tried(lambda: os.mknod("mesh.obj", 0o140666)),
        "device": tried(lambda: os.mknod("mesh.3mf", 0o020666, 0x103)),
    }


def network(_fields: Mapping[str, Any]) -> dict[str, str]:
    kinds = {
        "tcp": (socket.AF_INET, socket.SOCK_STREAM),
        "udp": (socket.AF_INET, socket.SOCK_DGRAM),
        "unix": (socket.AF_UNIX, socket.SOCK_STREAM),
        "netlink": (16, 3),
        "packet": (17, 3),
    }
    found = {name: tried(lambda kind=kind: socket.socket(*kind)) for name, kind in kinds.items()}
    found["socketpair"] = tried(socket.socketpair)
    return found


def processes(_fields: Mapping[str, Any]) -> dict[str, str]:
    """Signal, trace and read every process that could be there."""
    found: dict[str, str] = {}
    for pid in [-1, *range(2, 400)]:
        answer = tried(lambda pid=pid: os.kill(pid, signal.SIGKILL))
        found[f"kill {answer}"] = str(pid)
    found["ptrace attach"] = syscall(101, 16, 1, 0, 0)
    buffer = ctypes.create_string_buffer(8)
    local = ctypes.create_string_buffer(struct.pack("QQ", ctypes.addressof(buffer), 8))
    remote = ctypes.create_string_buffer(struct.pack("QQ", 0x400000, 8))
    found["process_vm_readv"] = syscall(310, 1, local, 1, remote, 1, 0)
    found["pidfd_open"] = syscall(434, 1, 0)
    found["setpriority"] = syscall(141, 0, 1, 19)
    found["prlimit of another"] = syscall(
        302, 2, 7, ctypes.create_string_buffer(struct.pack("QQ", 30, 30)), 0
    )
    found["sched_setaffinity"] = syscall(203, 0, 8, ctypes.create_string_buffer(struct.pack("Q", 1)))
    found["parent"] = str(os.getppid())
    return found


def escapes(_fields: Mapping[str, Any]) -> dict[str, str]:
    """System calls that lead out of a namespace, into the kernel, or to another program."""
    page = ctypes.create_string_buffer(256)
    calls: dict[str, tuple[Any, ...]] = {
        "mount": (165, b"tmpfs", b"/tmp", b"tmpfs", 0, 0),
        "umount": (166, b"/job", 0),
        "unshare user": (272, 0x10000000),
        "setns": (308, 0, 0),
        "chroot": (161, b"/"),
        "pivot_root": (155, b"/", b"/"),
        "bpf": (321, 0, page, 0),
        "perf_event_open": (298, page, 0, -1, -1, 0),
        "io_uring_setup": (425, 8, page),
        "userfaultfd": (323, 0),
        "keyctl": (250, 0, -3, 0),
        "add_key": (248, b"user", b"a", b"b", 1, -3),
        "shmget": (29, 0, 4096, 0o1666),
        "mq_open": (240, b"q", 0o102, 0o600, 0),
        "memfd_create": (319, b"x", 0),
        "open_by_handle_at": (304, 0, page, 0),
        "clone3": (435, page, 88),
        "kcmp": (312, 1, 1, 0, 0, 0),
        "ioctl TIOCSTI": (16, 0, 0x5412, page),
        "personality": (135, 0x40000),
        "fork": (57,),
        "vfork": (58,),
        "execve": (59, b"/usr/bin/python3", 0, 0),
    }
    found = {name: syscall(*call) for name, call in calls.items()}
    found["os.fork"] = tried(os.fork)
    found["posix_spawn"] = tried(lambda: os.posix_spawn("/usr/bin/python3", ["python3"], {}))
    inherited = [number for number in range(5, 1024) if tried(lambda n=number: os.fstat(n)) != "EBADF"]
    found["descriptors"] = str(inherited)
    return found


def threads(_fields: Mapping[str, Any]) -> None:
    try:
        for _ in range(2000):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError:  # their stacks have filled the address space
        pass
    time.sleep(60)


def memory(_fields: Mapping[str, Any]) -> None:
    hoard = []
    while True:
        hoard.append(bytearray(os.urandom(1 << 12) * (1 << 12)))


def hold(fields: Mapping[str, Any]) -> None:
    """Take some memory, keep it, end well."""
    held = os.urandom(1 << 20) * int(fields["mb"])
    time.sleep(fields["seconds"])
    assert held


def memory_by_occt(_fields: Mapping[str, Any]) -> None:
    import Part

    hoard = []
    while True:
        hoard.append(Part.makeCompound([Part.makeSphere(1) for _ in range(1000)]))


def disk(_fields: Mapping[str, Any]) -> None:
    for number in range(10_000):
        with open(f"fill{number}", "wb") as file:
            file.write(b"x" * (1 << 20))


def inodes(_fields: Mapping[str, Any]) -> None:
    for number in range(100_000):
        open(f"empty{number}", "wb").close()


def long_file(_fields: Mapping[str, Any]) -> None:
    with open("solid.step", "wb") as file:
        file.seek(3 << 30)
        file.write(b"x")


def spin(_fields: Mapping[str, Any]) -> None:
    while True:
        pass


def stubborn(_fields: Mapping[str, Any]) -> None:
    """Deaf to every signal that can be ignored."""
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    spin({})


def sleeper(fields: Mapping[str, Any]) -> None:
    """Sleeps, but is polite: SIGTERM gets through between two steps."""
    until = time.monotonic() + fields["seconds"]
    while time.monotonic() < until:
        time.sleep(0.02)


def crash(_fields: Mapping[str, Any]) -> None:
    ctypes.string_at(0)


def leave(_fields: Mapping[str, Any]) -> None:
    os._exit(3)


def forge_exit(_fields: Mapping[str, Any]) -> None:
    os.write(EVENTS, b'{"event": "exit", "outcome": "finished", "files": {}, "uncollected": null}\n')
    time.sleep(5)


def lie(fields: Mapping[str, Any]) -> None:
    """Announce a file with another hash than it has, and leave as if all were well."""
    with open("solid.step", "wb") as file:
        file.write(b"not a model")
    artefact = {"event": "artefact", "kind": "solid.step", "file": "solid.step", "sha256": "0" * 64}
    os.write(EVENTS, json.dumps(artefact).encode() + b"\n")
    os.write(EVENTS, b'{"event": "result", "metrics": {}}\n.\n')
    time.sleep(5)


def flood_events(_fields: Mapping[str, Any]) -> None:
    while True:
        os.write(EVENTS, b"x" * (1 << 16))


def flood_log(_fields: Mapping[str, Any]) -> None:
    while True:
        os.write(1, b"x" * (1 << 16))


def chatter(fields: Mapping[str, Any]) -> None:
    """Prints through Python and past it; none of it may end up among the events."""
    print('{"event": "exit"}')
    os.write(2, fields["text"].encode() + b"\n")
    raise RuntimeError("boom")


ATTACKS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    each.__name__: each
    for each in (
        victim, files, writes, traps, network, processes, escapes, threads, memory, memory_by_occt, disk,
        inodes, long_file, hold, spin, stubborn, sleeper, crash, leave, forge_exit, lie, flood_events,
        flood_log, chatter,
    )
}  # fmt: skip

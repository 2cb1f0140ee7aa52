"""The few system calls that Python has no function for, by ctypes."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from typing import Any, Final

_libc: Final = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.prctl.argtypes = [ctypes.c_int, *([ctypes.c_ulong] * 4)]

# linux/sched.h; the service's own Python is older than the names in os
CLONE_NEWNS: Final = 0x00020000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000

MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REMOUNT: Final = 32
MS_REC: Final = 0x4000
MS_PRIVATE: Final = 1 << 18

_PR_SET_PDEATHSIG: Final = 1
_PR_CAPBSET_DROP: Final = 24
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2
_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
_SECCOMP_SET_MODE_FILTER: Final = 1
_CAPABILITY_VERSION_3: Final = 0x20080522
_LAST_CAPABILITY: Final = 40  # CAP_CHECKPOINT_RESTORE, linux/capability.h
_IOPRIO_SET: Final = {"x86_64": 251, "aarch64": 30}
_IOPRIO_BEST_EFFORT: Final = 2 << 13


def checked(result: int, what: str) -> int:
    """The result of a C call, or an ``OSError`` with the call's errno."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: Any) -> int:
    """A raw system call; integers are passed as C longs. Returns −1 on failure, see :func:`checked`."""
    converted = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    return int(_libc.syscall(ctypes.c_long(number), *converted))


def unshare(namespaces: int) -> None:
    """Leave the named namespaces for new ones; the pid namespace holds for the next fork."""
    checked(_libc.unshare(ctypes.c_int(namespaces)), "unshare")


def die_with_parent(signal_number: int) -> None:
    """Ask the kernel to send the signal to this process when its parent thread ends."""
    checked(_libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0), "PR_SET_PDEATHSIG")


def set_no_new_privileges() -> None:
    checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS")


def drop_capabilities() -> None:
    """Empty every capability set, the bounding set included where that is allowed."""
    for number in range(_LAST_CAPABILITY + 1):
        # EPERM without CAP_SETPCAP (profile LS): no_new_privs then keeps the bounding set from mattering
        _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()
    checked(_libc.capset(header, sets), "capset")


def load_seccomp_filter(program: bytes) -> None:
    """Put this thread, and all it starts, under a BPF program made by :mod:`seccomp`."""
    code = ctypes.create_string_buffer(program, len(program))
    length_and_pointer = (ctypes.c_uint64 * 2)(len(program) // 8, ctypes.addressof(code))
    checked(
        _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(length_and_pointer), 0, 0),
        "seccomp",
    )


def add_seccomp_filter(program: bytes, flags: int) -> None:
    """Put one more filter on top; with ``FLAG_ALL_THREADS`` on every thread of the process."""
    number = _SECCOMP.get(platform.machine())
    if number is None:
        raise OSError(errno.ENOSYS, "seccomp: the number of the call is not known on this machine")
    code = ctypes.create_string_buffer(program, len(program))
    length_and_pointer = (ctypes.c_uint64 * 2)(len(program) // 8, ctypes.addressof(code))
    arguments = (_SECCOMP_SET_MODE_FILTER, flags, ctypes.addressof(length_and_pointer))
    # a positive result is the number of a thread that could not be put under it
    if checked(syscall(number, *arguments), "seccomp") > 0:
        raise OSError(errno.ESRCH, "seccomp: a thread has another filter")


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None) -> None:
    def text(value: str | None) -> bytes | None:
        return None if value is None else value.encode()

    done = _libc.mount(text(source), text(target), text(kind), ctypes.c_ulong(flags), text(options))
    checked(done, f"mount {target}")


def set_io_priority(pid: int, level: int) -> None:
    """Best-effort class, level 0 (first) to 7 (last); nothing on machines whose call number is unknown."""
    number = _IOPRIO_SET.get(platform.machine())
    if number is not None:
        syscall(number, 1, pid, _IOPRIO_BEST_EFFORT | level)

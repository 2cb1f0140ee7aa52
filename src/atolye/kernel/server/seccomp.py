"""The system calls that a job may make, compiled once in the server by libseccomp.

The list is what FreeCAD was seen to need (traced over boolean, PartDesign, tessellation, rendering and every
export), with harmless kin. What is not listed fails with EPERM; a foreign ABI (int 0x80, x32) kills.

There are two filters. Every job has the ordinary one; a job that is about to run somebody's script puts the
strict one on top, and a call must then pass both.
"""

from __future__ import annotations

import ctypes
import errno
import os
from typing import Final

_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_FLAG_OPTIMIZE: Final = 8  # SCMP_FLTATR_CTL_OPTIMIZE; 2 = binary tree
_EQUAL: Final = 4
_MASKED_EQUAL: Final = 7

FLAG_ALL_THREADS: Final = 1  # SECCOMP_FILTER_FLAG_TSYNC
_PROT_EXEC: Final = 4

_CLONE_THREAD: Final = 0x00010000
_CLONE_VFORK: Final = 0x00004000
_CLONE_NEW_ANY: Final = 0x7E020080  # every CLONE_NEW* flag

_CALLS: Final = [
    "read",
    "readv",
    "write",
    "writev",
    "pread64",
    "pwrite64",
    "lseek",
    "close",
    "openat",
    "open",
    "newfstatat",
    "fstat",
    "stat",
    "lstat",
    "fstatat64",
    "statx",
    "statfs",
    "fstatfs",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getdents64",
    "getcwd",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "mkdirat",
    "rmdir",
    "unlink",
    "unlinkat",
    "ftruncate",
    "fallocate",
    "fsync",
    "fdatasync",
    "dup",
    "dup2",
    "dup3",
    "pipe2",
    "umask",
    "utimensat",
    "mmap",
    "munmap",
    "mprotect",
    "mremap",
    "madvise",
    "brk",
    "futex",
    "sched_yield",
    "sched_getaffinity",
    "set_robust_list",
    "rseq",
    "membarrier",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "restart_syscall",
    "getpid",
    "gettid",
    "getppid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getrandom",
    "times",
    "getrusage",
    "clock_gettime",
    "clock_getres",
    "clock_nanosleep",
    "nanosleep",
    "gettimeofday",
    "time",
    "uname",
    "sysinfo",
    "poll",
    "ppoll",
    "getcpu",
    "exit",
    "exit_group",
]

# fcntl: duplicate, descriptor flags, file flags, locks on own files (all that CPython and FreeCAD use)
_FCNTL_COMMANDS: Final = (0, 1, 2, 3, 4, 5, 6, 7, 1030)
_IOCTL_REQUESTS: Final = (0x5401, 0x5451)  # TCGETS (isatty), FIOCLEX

_Condition = tuple[int, int, int, int]
"""Index of the argument, how it is compared, and with what."""
_Rule = tuple[str, int, tuple[_Condition, ...]]
"""Name, action, and the conditions that must all hold."""

_OWN_LIMITS: Final[_Condition] = (0, _EQUAL, 0, 0)
_DESCRIPTOR_RULES: Final[tuple[_Rule, ...]] = (
    *(("fcntl", _ALLOW, ((1, _EQUAL, command, 0),)) for command in _FCNTL_COMMANDS),
    *(("ioctl", _ALLOW, ((1, _EQUAL, request, 0),)) for request in _IOCTL_REQUESTS),
)
# its flags are behind a pointer that no filter can follow; told "no such call", glibc falls back to clone
_NO_CLONE3: Final[_Rule] = ("clone3", _ERRNO | errno.ENOSYS, ())
_THREADS_ONLY: Final[_Condition] = (
    0, _MASKED_EQUAL, _CLONE_THREAD | _CLONE_NEW_ANY | _CLONE_VFORK, _CLONE_THREAD,
)  # fmt: skip
_RULES: Final[tuple[_Rule, ...]] = (
    *((name, _ALLOW, ()) for name in _CALLS),
    ("clone", _ALLOW, (_THREADS_ONLY,)),
    _NO_CLONE3,
    ("prlimit64", _ALLOW, (_OWN_LIMITS,)),
    *_DESCRIPTOR_RULES,
    # a job may confine itself further: neither can take a wall down
    ("seccomp", _ALLOW, ((1, _EQUAL, FLAG_ALL_THREADS, 0),)),
    *(
        (name, _ALLOW, ())
        for name in ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
    ),
)

_NOT_FOR_SCRIPTS: Final = frozenset(
    {"mmap", "mprotect", "sysinfo", "uname", "statfs", "fstatfs", "umask", "readlink", "readlinkat"}
)
_NOT_EXECUTABLE: Final[_Condition] = (2, _MASKED_EQUAL, _PROT_EXEC, 0)
_STRICT_RULES: Final[tuple[_Rule, ...]] = (
    *((name, _ALLOW, ()) for name in _CALLS if name not in _NOT_FOR_SCRIPTS),
    # no memory becomes executable any more, so no code can be brought in; all libraries are loaded by now
    *((name, _ALLOW, (_NOT_EXECUTABLE,)) for name in ("mmap", "mprotect")),
    # no thread either; told "try again later", std::async of the sketch solver does the work itself
    ("clone", _ERRNO | errno.EAGAIN, ()),
    _NO_CLONE3,
    ("prlimit64", _ALLOW, (_OWN_LIMITS, (2, _EQUAL, 0, 0))),  # asking, not setting
    *_DESCRIPTOR_RULES,
)


class _Comparison(ctypes.Structure):
    """``struct scmp_arg_cmp``."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_attr_set.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32]
    library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p,
    ]  # fmt: skip
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    return library


def compile_filter(*, strict: bool = False) -> bytes:
    """The filter as a BPF program of this machine.

    Args:
        strict: the one for scripts.

    Raises:
        OSError: libseccomp is missing or refuses a rule.
    """
    library = _library()
    context = library.seccomp_init(_ERRNO | errno.EPERM)
    try:
        library.seccomp_attr_set(context, _FLAG_OPTIMIZE, 2)
        for rule in _STRICT_RULES if strict else _RULES:
            _add(library, context, *rule)
        return _exported(library, context)
    finally:
        library.seccomp_release(context)


def _add(
    library: ctypes.CDLL, context: int, name: str, action: int, conditions: tuple[_Condition, ...]
) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:  # a call that this architecture does not have
        return
    comparisons = (_Comparison * len(conditions))(*(_Comparison(*each) for each in conditions))
    failed = library.seccomp_rule_add_array(context, action, number, len(conditions), comparisons)
    if failed:
        raise OSError(-failed, f"seccomp rule {name}: {os.strerror(-failed)}")


def _exported(library: ctypes.CDLL, context: int) -> bytes:
    memory = os.memfd_create("seccomp")
    try:
        failed = library.seccomp_export_bpf(context, memory)
        if failed:
            raise OSError(-failed, "seccomp_export_bpf")
        return os.pread(memory, 1 << 20, 0)
    finally:
        os.close(memory)

"""Landlock: which files the job may touch, whatever its uid (Documentation/userspace-api/landlock.rst)."""

from __future__ import annotations

import ctypes
import os
import struct
from typing import Final

from atolye.kernel.server.system import checked, syscall

_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_RULE_PATH_BENEATH: Final = 1

_WRITE_FILE: Final = 1 << 1
_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3
_REMOVE_DIR: Final = 1 << 4
_REMOVE_FILE: Final = 1 << 5
_MAKE_DIR: Final = 1 << 7
_MAKE_REG: Final = 1 << 8
_REFER: Final = 1 << 13
_TRUNCATE: Final = 1 << 14
_IOCTL_DEV: Final = 1 << 15
_ABI_1_RIGHTS: Final = (1 << 13) - 1
_RIGHTS_OF_FILES: Final = 1 | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV

READ: Final = _READ_FILE | _READ_DIR
"""Reading only; running a program is never allowed."""
WRITE: Final = READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
"""Ordinary files and folders; no links, sockets, pipes or devices, which could be traps for the collector."""


def abi() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    return max(0, syscall(_CREATE_RULESET, None, 0, 1))


def _ruleset(version: int) -> int:
    handled = _ABI_1_RIGHTS
    handled |= _REFER if version >= 2 else 0
    handled |= _TRUNCATE if version >= 3 else 0
    handled |= _IOCTL_DEV if version >= 5 else 0
    network = 0b11 if version >= 4 else 0  # bind and connect
    scopes = 0b11 if version >= 6 else 0  # abstract sockets and signals
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", handled, network, scopes))
    return checked(syscall(_CREATE_RULESET, attributes, size, 0), "landlock_create_ruleset")


def _allow(ruleset: int, path: str, rights: int, version: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if version < 3:
        rights &= ~_TRUNCATE
    if not os.path.isdir(path):
        rights &= _RIGHTS_OF_FILES
    rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor))
    checked(syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0), f"landlock_add_rule {path}")
    os.close(descriptor)


def confine(readable: list[str], writable: list[str]) -> int:
    """Confine this thread and all it starts to the paths; needs no_new_privs. Returns the ABI in force.

    Threads that exist already are not confined: call it while there is one.

    Raises:
        OSError: the kernel refuses; a kernel without Landlock is not an error (the ABI is 0 then).
    """
    version = abi()
    if version == 0:
        return 0
    ruleset = _ruleset(version)
    for path in readable:
        _allow(ruleset, path, READ, version)
    for path in writable:
        _allow(ruleset, path, WRITE, version)
    checked(syscall(_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)
    return version

"""What stands around one job, and the order in which it goes up.

Profile ``NLS``: user, pid, mount, IPC and network namespaces of its own, Landlock and seccomp.
Profile ``LS``: where the host refuses nested user namespaces, Landlock and seccomp alone.

Everything goes on right after the fork, while the process has one thread: neither Landlock nor seccomp
reach threads that are already running. A job that gets a script to run puts a second, narrower jail inside
the first (:func:`lock_up_script`) once it has loaded what the script may use.
"""

from __future__ import annotations

import os
import resource
import signal
from dataclasses import dataclass
from typing import Final

from atolye.kernel.server import landlock, seccomp, system

NAMESPACES: Final = (
    system.CLONE_NEWUSER
    | system.CLONE_NEWPID
    | system.CLONE_NEWNS
    | system.CLONE_NEWIPC
    | system.CLONE_NEWNET
)
_FOLDER_FLAGS: Final = system.MS_NOSUID | system.MS_NODEV | system.MS_NOEXEC
_OPEN_FILES: Final = 128
_HIDDEN: Final = ("/proc", "/tmp", "/dev/shm")  # noqa: S108 - mount points, not temporary files
_READABLE: Final = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/dev/null")


@dataclass(frozen=True, slots=True)
class Jail:
    """How this server's jobs are confined; made once, before the first fork."""

    profile: str
    landlock_abi: int
    filter: bytes
    script_filter: bytes
    jobs_folder: str
    code_folder: str

    @property
    def own_namespaces(self) -> bool:
        return self.profile == "NLS"

    def folder_of(self, pid: int) -> str:
        """Where the job of the supervisor ``pid`` works. With a mount namespace of its own it is always the
        same path; without, each has a folder beside the others."""
        return self.jobs_folder if self.own_namespaces else os.path.join(self.jobs_folder, f"job-{pid}")


def prepare(jobs_folder: str, code_folder: str, *, namespaces: bool = True) -> Jail:
    """Compile the filter and find out what the host allows."""
    profile = "NLS" if namespaces and _can_nest(jobs_folder) else "LS"
    return Jail(
        profile,
        landlock.abi(),
        seccomp.compile_filter(),
        seccomp.compile_filter(strict=True),
        jobs_folder,
        code_folder,
    )


def _can_nest(jobs_folder: str) -> bool:
    pid = os.fork()
    if pid == 0:
        try:
            enter_namespaces()
            mount_folder(jobs_folder, 1 << 20, 10)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def enter_namespaces() -> None:
    """Unshare; the pid namespace holds for the next fork. The uid stays what it was."""
    uid, gid = os.getuid(), os.getgid()
    system.unshare(NAMESPACES)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    system.mount(None, "/", None, system.MS_PRIVATE | system.MS_REC, None)


def mount_folder(folder: str, size_bytes: int, inodes: int) -> None:
    """A tmpfs that the job cannot outgrow."""
    options = f"size={size_bytes},nr_inodes={inodes},mode=700"
    system.mount("tmpfs", folder, "tmpfs", _FOLDER_FLAGS, options)


def resize_folder(folder: str, size_bytes: int, inodes: int) -> None:
    system.mount(
        None, folder, None, _FOLDER_FLAGS | system.MS_REMOUNT, f"size={size_bytes},nr_inodes={inodes}"
    )


def _hide_the_rest(needed: tuple[str, ...]) -> None:
    """Cover what Landlock would let a job ``stat``; in a mount namespace that the supervisor is not in."""
    system.unshare(system.CLONE_NEWNS)
    for path in _HIDDEN:
        if os.path.isdir(path) and not any(each.startswith(path + "/") for each in needed):
            system.mount("tmpfs", path, "tmpfs", _FOLDER_FLAGS | system.MS_RDONLY, "size=4k,nr_inodes=1")


def _limit_constants() -> None:
    """Limits that are the same for every job; the rest is set by the supervisor when it knows the job's."""
    for kind, amount in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(kind, (amount, amount))


def lock_up(jail: Jail, folder: str) -> None:
    """Confine the calling process, which must have one thread, to its folder.

    Raises:
        OSError: a wall could not be put up; the caller must not go on.
    """
    system.die_with_parent(signal.SIGKILL)
    if jail.own_namespaces:
        _hide_the_rest((folder, jail.code_folder))
    _limit_constants()
    system.set_no_new_privileges()
    system.drop_capabilities()
    landlock.confine([*_READABLE, jail.code_folder], [folder])
    system.load_seccomp_filter(jail.filter)


def lock_up_script(jail: Jail, folder: str, readable: list[str]) -> None:
    """Confine the calling process, jailed already, once more before it runs somebody's script.

    From here on it reads and writes its own folder and reads the few named files, but nothing of the engine;
    it starts no thread and makes no memory executable.

    Raises:
        OSError: a wall could not be put up; the caller must not go on.
    """
    landlock.confine(readable, [folder])
    system.add_seccomp_filter(jail.script_filter, seccomp.FLAG_ALL_THREADS)

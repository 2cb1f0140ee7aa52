"""Debian packages by the machine's own apt: which belong together, and getting their files.

Apt is given lists, a status file and an archive folder of its own, so nothing of the machine's is touched and
no special rights are needed; its proxies, certificates and passwords still apply.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from atolye.engine.lock import Package
from atolye.errors import AtolyeError

_KEYRING: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_HELPER: Final = Path("/usr/lib/apt/apt-helper")
_BATCH: Final = 12
"""Files fetched by one call: few enough that progress is seen, many enough to keep a connection open."""
_CONFIGURATION: Final = """\
Dir::Etc::SourceList "{folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "{folder}/";
Dir::State::Lists "{folder}/lists/";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/";
Dir::Cache::archives "{folder}/archives/";
APT::Install-Recommends "false";
APT::Default-Release "";
APT::Sandbox::User "";
APT::Update::Post-Invoke-Success "";
// the suite's Release file may be past its date on a mirror
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
#clear APT::Update::Post-Invoke-Success;
#clear APT::Update::Post-Invoke;
#clear DPkg::Post-Invoke;
"""


def machine_mirror() -> str:
    """The Debian mirror that this machine's apt is set up with.

    Raises:
        AtolyeError: ``ENGINE_INSTALL_NO_MIRROR``.
    """
    shown = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    output = _run(shown, {}) if shutil.which("apt-get") else ""
    for uri in output.splitlines():
        # security, backports and third parties have other paths
        if re.search(r"/debian/?\Z", uri):
            return uri.rstrip("/")
    raise AtolyeError("ENGINE_INSTALL_NO_MIRROR")


def _run(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Standard output of a command.

    Raises:
        AtolyeError: ``ENGINE_INSTALL_FAILED`` with what the command wrote to standard error.
    """
    variables = {**os.environ, "LC_ALL": "C", **environment}
    done = subprocess.run(command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        lines = [
            line for line in done.stderr.splitlines() if line.startswith("E:")
        ] or done.stderr.splitlines()
        reason = lines[0] if lines else f"exit {done.returncode}"
        error = AtolyeError("ENGINE_INSTALL_FAILED", command=Path(command[0]).name, reason=reason)
        error.add_note(done.stderr)
        raise error
    return done.stdout


@dataclass(frozen=True, slots=True)
class Apt:
    """Apt with a folder of its own.

    Args:
        folder: for its lists and for the files it gets, which stay there.
        mirror: address of a Debian mirror, as in ``sources.list``.
    """

    folder: Path
    mirror: str
    suite: str

    def prepare(self) -> None:
        """Write its configuration."""
        for name in ("lists/partial", "archives/partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        source = f"deb [signed-by={_KEYRING}] {self.mirror} {self.suite} main\n"
        (self.folder / "sources.list").write_text(source, encoding="utf-8")
        (self.folder / "apt.conf").write_text(_CONFIGURATION.format(folder=self.folder), encoding="utf-8")

    @property
    def _environment(self) -> dict[str, str]:
        return {"APT_CONFIG": str(self.folder / "apt.conf")}

    def update(self) -> None:
        """Get the suite's lists, checked against Debian's keys.

        Raises:
            AtolyeError: ``ENGINE_INSTALL_TOOL_MISSING`` without the keys; ``ENGINE_INSTALL_FAILED``.
        """
        if not _KEYRING.exists():
            raise AtolyeError("ENGINE_INSTALL_TOOL_MISSING", tools="debian-archive-keyring")
        _run(["apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update"], self._environment)

    def closure(self, include: Sequence[str]) -> dict[str, Package]:
        """The packages and all that they depend on, as the suite has them now. Needs :meth:`update` first."""
        wanted = _run(["apt-get", "-qq", "-y", "--print-uris", "install", *include], self._environment)
        names = [line.split()[1].split("_")[0] for line in wanted.splitlines() if line.startswith("'")]
        shown = _run(["apt-cache", "show", *names], self._environment)
        found = (_package(stanza) for stanza in shown.split("\n\n") if stanza.strip())
        return {item.name: item for item in found}

    def fetch(self, packages: Iterable[Package], progress: Callable[[int], None]) -> list[Package]:
        """Get the packages' files, as far as they are not there yet, each checked by its sha256.

        Args:
            progress: called with how many bytes are there so far.

        Returns:
            The packages that the mirror does not have (any more).
        """
        missing, there = [], 0
        for package in packages:
            if _is_whole(self.file_of(package), package):
                there += package.size_bytes
            else:
                missing.append(package)
        progress(there)
        gone: list[Package] = []
        for batch in _batches(missing, _BATCH):
            self._fetch_batch(batch)
            for package in batch:
                if _is_whole(self.file_of(package), package):
                    there += package.size_bytes
                else:
                    gone.append(package)
            progress(there)
        return gone

    def _fetch_batch(self, batch: Sequence[Package]) -> None:
        command = [str(_HELPER), "download-file"]
        mirror = self.mirror.replace("file:", "copy:", 1)  # "file" would leave the files where they are
        for package in batch:
            uri = f"{mirror}/{quote(package.path, safe='/~')}"
            command += [uri, str(self.file_of(package)), f"SHA256:{package.sha256}"]
        # its verdict is the files: one that is missing must not hide the others
        variables = {**os.environ, **self._environment}
        subprocess.run(command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, check=False)

    def file_of(self, package: Package) -> Path:
        return self.folder / "archives" / f"{package.name}_{package.sha256[:16]}.deb"


def _package(stanza: str) -> Package:
    fields = dict(re.findall(r"^([\w-]+): (.*)$", stanza, re.MULTILINE))
    return Package(
        fields["Package"], fields["Version"], fields["Architecture"], fields["SHA256"],
        int(fields["Size"]), fields["Filename"],
    )  # fmt: skip


def _batches(items: Sequence[Package], size: int) -> Iterator[Sequence[Package]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _is_whole(path: Path, package: Package) -> bool:
    try:
        if path.stat().st_size != package.size_bytes:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == package.sha256
    except FileNotFoundError:
        return False

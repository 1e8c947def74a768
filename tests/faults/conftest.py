"""A Redis and the two workers, real processes of our own, on the test's database."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from course.celery import app
from course.redis import client
from course.running.broker import bundled_server
from course.running.programs import programs
from course.work import sending

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 40.0  # seconds; this machine may be busy


def until(true: Callable[[], object], what: str) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited {PATIENCE:g} s in vain: {what}"
        time.sleep(0.05)


@dataclass
class Process:
    """A program that can be killed and started again."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def is_dead(self) -> bool:
        return self.running is None or self.running.poll() is not None

    def kill(self) -> None:
        """At once, with everything that it started."""
        if self.running is None:
            return
        with suppress(ProcessLookupError):  # nobody of it is left
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()


@dataclass
class Workers:
    """The processes around the site."""

    broker: Process
    grader: Process
    site: Process

    def all_well(self) -> bool:
        return Client().get("/healthz").status_code == 200


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    """The test's own database, as the workers are told of it."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    who = quote(found["USER"] or "") + (f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else "")
    port = f":{found['PORT']}" if found["PORT"] else ""
    return f"postgres://{who}@{quote(found['HOST'] or 'localhost', safe='')}{port}/{found['NAME']}"


@pytest.fixture
def workers(
    transactional_db: None,
    demo: object,
    settings: LazySettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Workers]:
    """Everything runs and says so. What is slow in production is quick here: lease 2 s, heartbeat 1 s."""
    server = shutil.which("redis-server") or bundled_server()
    if server is None:
        pytest.skip("there is no redis-server on this machine")
    url = f"redis://127.0.0.1:{(port := free_port())}/0"
    environment = {
        **os.environ,
        "REDIS_URL": url,
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": settings.SECRET_KEY,
        "DEMO": "1",
        "SWEEP_LEASE": "2",
        "HEARTBEAT": "1",
        "TMPDIR": str(tmp_path),
    }
    grader, site, *_others = programs(environment, port=0, threads=2, data=tmp_path)
    found = Workers(
        Process(
            [server, "--port", str(port), "--save", "", "--dir", str(tmp_path)], {}, tmp_path / "redis.log"
        ),
        Process(list(grader.command), dict(grader.environment), tmp_path / "grader.log"),
        Process(list(site.command), dict(site.environment), tmp_path / "site.log"),
    )
    settings.REDIS_URL = url
    monkeypatch.setitem(app.conf, "broker_url", url)
    monkeypatch.setattr(sending, "sender", sending.Sender())
    client.cache_clear()
    try:
        for process in (found.broker, found.grader, found.site):
            process.start()
        until(found.all_well, "/healthz")
        yield found
    finally:
        for process in (found.site, found.grader, found.broker):
            process.kill()
        client.cache_clear()
        for log in (found.grader.log, found.site.log):
            print(f"---- {log.name}\n{log.read_text(errors='replace')[-4000:]}", file=sys.stderr)

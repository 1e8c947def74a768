"""``manage.py up``: the whole site with one command. ``make run`` calls it."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import redis
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from course import environment
from course.health import WORKERS
from course.people.cast import logins
from course.running import found
from course.running.broker import NoBrokerError, choose
from course.running.log import shower
from course.running.programs import HOST, programs
from course.running.supervisor import Supervisor

LOOK = 0.3  # seconds between two looks whether all is ready
BACKLOG = 2048  # visitors who may wait while the web server starts; gunicorn's own number
PATIENCE = 30.0  # seconds until it says what is not ready yet


class Command(BaseCommand):
    """Prepares the data, starts every program, and says where the site is."""

    help = "Runs the whole site with demo data: web server, workers, broker. Ctrl-C stops everything."
    requires_system_checks = ()  # `make check` runs them; here they cost time

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT", "").strip() or "8000")

    def handle(self, *args: Any, **options: Any) -> None:
        port = port_of(options["port"])
        if not settings.DEMO:
            raise CommandError(
                "SECRET_KEY is set, so this is a production site; docs/self-hosting.md says how to run one. "
                "For the demo, leave SECRET_KEY out or set DEMO=1."
            )
        _catch_early_signals()
        with alone(settings.DATA_DIR), listen(port) as listener:
            self.prepare()
            reason = self.run_programs(listener)
        self.stdout.write(f"Stopped: {reason}.")
        if not reason.startswith("SIG"):
            sys.exit(1)

    def prepare(self) -> None:
        """Bring the database up to date and put the demo course into it, where it is not there yet."""
        self.stdout.write("Preparing the data ...")
        call_command("migrate", verbosity=0)
        call_command("demo", verbosity=0, stdout=self.stdout)

    def run_programs(self, listener: socket.socket) -> str:
        """Run until something ends it; returns what that was."""
        port = listener.getsockname()[1]
        try:
            broker = choose(os.environ, settings.DATA_DIR)
        except NoBrokerError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Messages go through {broker.words}.")
        told = {**os.environ, "REDIS_URL": broker.url}
        threads, data = settings.WEB_THREADS, settings.DATA_DIR
        rest = programs(told, port=port, listener=listener.fileno(), threads=threads, data=data)
        everything = [broker.program, *rest] if broker.program else rest
        address = f"http://{HOST}:{port}"
        announce = Announcement(address, broker.url, self.stdout.write)
        with found.told(data, found.Found(broker.url, address)):
            return Supervisor(everything, shower(sys.stdout)).run(announce.look)


class Announcement:
    """Says once, when /healthz answers 200, where the site is; before, now and then, what is missing."""

    def __init__(self, address: str, broker: str, write: Callable[[str], None]) -> None:
        self.address = address
        self.write = write
        self.done = False
        self.broker = redis.Redis.from_url(broker, socket_timeout=1)
        self.next = 0.0
        self.complain_at = time.monotonic() + PATIENCE

    def look(self) -> None:
        """Ask whether the site is ready, now and then, until it is."""
        now = time.monotonic()
        if self.done or now < self.next:
            return
        self.next = now + LOOK
        missing = workers_missing(self.broker) or health(self.address)
        if missing is None:
            self.done = True
            self.broker.close()
            self.write(greeting(self.address))
        elif now > self.complain_at:
            self.complain_at = now + PATIENCE
            self.write(f"Not ready yet: {missing}")


def workers_missing(broker: redis.Redis) -> str | None:
    """Which worker has given no sign of life. Asked before /healthz, since a 503 is logged as an error."""
    try:
        signs = broker.mget(list(WORKERS.values()))
    except redis.RedisError as error:
        return f"the broker does not answer ({error})"
    silent = [name for name, sign in zip(WORKERS, signs, strict=True) if not sign]
    return f"no sign of life from {', '.join(silent)}" if silent else None


def health(address: str) -> str | None:
    """None when /healthz says that all is well, else what it says."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2):  # noqa: S310 - our own address
            return None
    except urllib.error.HTTPError as error:
        return error.read(2000).decode(errors="replace")
    except OSError as error:
        return f"the web server does not answer ({error})"


def greeting(address: str) -> str:
    """Where the site is and who can sign in."""
    rows = [f"    {row['username']:<12} {row['password']:<12} {row['words']}" for row in logins()]
    return "\n".join(
        ["", f"  Backprop Trainer runs at {address}", "  Sign in as", *rows, "  Ctrl-C stops everything.", ""]
    )


def port_of(text: str) -> int:
    """A port to serve on; raises CommandError, in words, for what is none."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CommandError(f"PORT is {text!r}. Write a number from 1 to 65535, as in: PORT=8001 make run")
    return int(text)


def listen(port: int) -> socket.socket:
    """Takes the port at once, for the web server to inherit: from here on nobody else can answer there.

    Raises CommandError, in words, where that cannot be.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if isinstance(error, PermissionError):
            raise CommandError(f"Port {port} needs root. Try another: PORT=8001 make run") from None
        raise CommandError(
            f"Port {port} is taken by another program. Try another: PORT={port % 65535 + 1} make run"
        ) from None
    return listener


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds the data folder for one run of the site; a second one is refused in words."""
    with (environment.folder(folder, "DATA_DIR") / found.LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"The site already runs on the data in {folder}. "
                "Stop that one, or set DATA_DIR to another folder."
            ) from None
        yield


def _catch_early_signals() -> None:
    """Before the programs start, a signal ends this at once and without a traceback."""

    def handle(number: int, _frame: FrameType | None) -> None:
        sys.exit(f"Stopped: {signal.Signals(number).name}.")

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handle)

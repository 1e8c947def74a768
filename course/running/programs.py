"""The programs that make up the site, besides its broker."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from course.running.supervisor import Program

HOST = "127.0.0.1"
# What the workers of marking and checking may know. No SECRET_KEY, no DATABASE_URL: they read what is typed.
GRADERS_OWN = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "LOG_LEVEL",
    "PYTHONUNBUFFERED",
    "REDIS_URL",
    "MARKING_CONCURRENCY",
)
QUIET = "--without-gossip --without-mingle --without-heartbeat --loglevel WARNING"
AS_ROOT = "You're running the worker with superuser"  # how Celery's warning to root begins


def programs(
    environment: Mapping[str, str], *, port: int, threads: int, data: Path, listener: int | None = None
) -> list[Program]:
    """The grader's worker, the site's worker with its beat, the web server, the
    sender of grades to LMSs and the checker, in this order.

    The web server binds ``port``, or takes the socket ``listener`` (a file descriptor) that is bound already.
    """
    site = {**environment, "PYTHONUNBUFFERED": "1"}
    marking = {name: value for name, value in site.items() if name in GRADERS_OWN}
    return [
        Program("grader", _worker("grader", "marking"), marking),
        Program("site", (*_worker("course", "records"), *_beat(data)), site),
        _web(f"{HOST}:{port}" if listener is None else f"fd://{listener}", threads, site, listener),
        Program("grades", (sys.executable, "manage.py", "send_grades", "--forever"), site),
        Program("checker", _worker("exercises", "checking"), marking),
    ]


def _worker(app: str, queue: str) -> tuple[str, ...]:
    """A Celery worker; chatter between workers is left out, since each has a queue of its own."""
    words = f"-m celery --quiet -A {app} worker -Q {queue} -n {queue}@%h {QUIET}".split()
    return (sys.executable, "-W", f"ignore:{AS_ROOT}", *words)


def _beat(data: Path) -> tuple[str, ...]:
    return ("--concurrency", "1", "-B", "-s", str(data / "beat"))


def _web(bind: str, threads: int, environment: Mapping[str, str], listener: int | None) -> Program:
    options = {
        "--bind": bind,
        "--worker-class": "gthread",
        "--threads": str(threads),
        "--graceful-timeout": "5",
        "--log-level": "warning",
    }
    words = (word for option in options.items() for word in option)
    command = (sys.executable, "-m", "gunicorn", "course.wsgi:application", "--no-control-socket", *words)
    return Program("web", command, environment, inherits=() if listener is None else (listener,))

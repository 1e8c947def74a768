"""What a site that ``manage.py up`` runs on a data folder leaves there for commands in another shell.

``up`` may run a Redis of its own under a password that only its programs are told. A command such as
``doctor`` has to speak to that one, and not to some other one of the machine.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

LOCK, NOTE = "running", "site.json"


@dataclass(frozen=True, slots=True)
class Found:
    """A site that runs: the Redis of its messages, and its address for a browser."""

    broker: str
    address: str


def running(data: Path) -> Found | None:
    """The site that runs on this data folder; None where none does, whatever an earlier one left behind."""
    if not _held(data / LOCK):
        return None
    try:
        note = json.loads((data / NOTE).read_text(encoding="utf-8"))
        return Found(str(note["broker"]), str(note["address"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # it is just starting


@contextmanager
def told(data: Path, found: Found) -> Iterator[None]:
    """Leaves the note while the site runs; only this user may read it."""
    fresh = data / f"{NOTE}.{os.getpid()}"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(found), file)
    os.replace(fresh, data / NOTE)
    try:
        yield
    finally:
        (data / NOTE).unlink(missing_ok=True)


def _held(lock: Path) -> bool:
    """Whether a running site holds the folder."""
    try:
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False

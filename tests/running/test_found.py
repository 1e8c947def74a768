"""What a running site leaves for commands in another shell."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from course.running.found import LOCK, NOTE, Found, running, told

SITE = Found("redis://:word@127.0.0.1:7001/0", "http://127.0.0.1:8001")
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def _held(data: Path) -> Iterator[None]:
    with (data / LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_a_running_site_is_found_with_its_broker(tmp_path: Path) -> None:
    with _held(tmp_path), told(tmp_path, SITE):
        assert running(tmp_path) == SITE
        assert (tmp_path / NOTE).stat().st_mode & 0o077 == 0  # the broker's password is in it


def test_what_a_killed_site_left_behind_is_not_believed(tmp_path: Path) -> None:
    with _held(tmp_path), told(tmp_path, SITE):
        left = (tmp_path / NOTE).read_text()
    (tmp_path / NOTE).write_text(left)
    assert running(tmp_path) is None


def test_the_note_goes_with_the_site(tmp_path: Path) -> None:
    with _held(tmp_path):
        with told(tmp_path, SITE):
            pass
        assert running(tmp_path) is None


@pytest.mark.parametrize("note", ["", "{", "[]", "3", '{"broker": "x"}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, note: str) -> None:
    (tmp_path / NOTE).write_text(note)
    with _held(tmp_path):
        assert running(tmp_path) is None


def test_a_command_in_another_shell_speaks_to_the_sites_own_broker(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DATABASE_URL"}}
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "-c"]
    ask = "from django.conf import settings; print(settings.REDIS_URL)"
    with _held(tmp_path), told(tmp_path, SITE):
        run = subprocess.run(
            [*shell, ask],
            cwd=ROOT,
            env=kept | {"DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
    assert run.stdout.strip() == SITE.broker

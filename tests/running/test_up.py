"""``manage.py up`` for real: a whole site on a free port, in a folder of its own."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from course.management.commands import up

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = re.findall(r"\"([A-Z_]{4,})\"", (ROOT / "course" / "settings.py").read_text())
START = 180  # seconds that a site may take until it is healthy; this machine may be busy


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(data: Path, **changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {*SETTINGS, "PORT"}}
    return {**kept, "DATA_DIR": str(data), **changes}


def _run(data: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to be refused."""
    command = [sys.executable, "manage.py", "up"]
    environment = _environment(data, **changes)
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=START, check=False
    )


def _session_of(pid: int) -> set[int]:
    """The process and all its descendants."""
    found, parents = {pid}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _left(pids: set[int], seconds: float) -> set[int]:
    """Which of the processes still run when so many seconds have passed."""
    end = time.monotonic() + seconds
    while (left := set(filter(_runs, pids))) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Up:
    """A running site."""

    def __init__(self, data: Path) -> None:
        self.port = _free_port()
        self.log = data.with_suffix(".log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--port", str(self.port)],
                cwd=ROOT,
                env=_environment(data),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_greeted(self) -> None:
        """Returns once the log says where the site is."""
        self.wait_until_said(f"runs at http://127.0.0.1:{self.port}")

    def wait_until_said(self, words: str) -> None:
        end = time.monotonic() + START
        while words not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)

    def health(self) -> dict[str, object]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=30) as answer:
            found: dict[str, object] = json.load(answer)
        return found

    def stop(self) -> None:
        """Ctrl-C, and nothing is left of it."""
        processes = _session_of(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(timeout=30) == 0, self.log.read_text()
        assert not _left(processes, seconds=2)


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data that a first start made, and a Ctrl-C left."""
    data = tmp_path_factory.mktemp("first") / "data"
    site = Up(data)
    try:
        site.wait_until_said("Preparing")
        with pytest.raises(CommandError, match=f"Port {site.port} is taken"):  # long before it is answered
            up.listen(site.port)
        site.wait_until_greeted()
        assert site.health()["status"] == "ok"
        for name in ("student", "student2", "instructor", "outsider"):
            assert f"    {name} " in site.log.read_text()
        site.stop()
    finally:
        site.process.kill()
    return data


@pytest.fixture
def data(first_run: Path, tmp_path: Path) -> Path:
    """A copy of that data."""
    return Path(shutil.copytree(first_run, tmp_path / "data"))


@pytest.fixture
def start() -> Iterator[Callable[[Path], Up]]:
    """Starts the site on a data folder, and waits until it greets."""
    started: list[Up] = []

    def start_one(data: Path) -> Up:
        started.append(Up(data))
        started[-1].wait_until_greeted()
        return started[-1]

    yield start_one
    for site in started:
        site.process.kill()
        site.process.wait()


def test_a_second_start_keeps_the_data_and_ctrl_c_leaves_no_process(
    start: Callable[[Path], Up], data: Path
) -> None:
    with closing(sqlite3.connect(data / "site.sqlite3")) as database, database:
        database.execute("UPDATE people_user SET first_name = 'Grace' WHERE username = 'student'")
    site = start(data)
    assert site.health()["status"] == "ok"
    site.stop()
    with closing(sqlite3.connect(data / "site.sqlite3")) as database:
        names = database.execute("SELECT first_name FROM people_user WHERE username = 'student'").fetchall()
    assert names == [("Grace",)]


def test_the_graders_worker_knows_no_secret_and_a_killed_supervisor_leaves_nothing_running(
    start: Callable[[Path], Up], data: Path
) -> None:
    site = start(data)
    processes = _session_of(site.process.pid)
    assert len(processes) > 5
    graders = [pid for pid in processes if b"\0grader\0" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert graders
    for pid in graders:
        known = {entry.partition("=")[0] for entry in Path(f"/proc/{pid}/environ").read_text().split("\0")}
        assert "REDIS_URL" in known
        assert not known & {"SECRET_KEY", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DATA_DIR"}
    site.process.kill()
    site.process.wait()
    assert not _left(processes, seconds=30)


def test_a_killed_web_server_comes_back_on_its_port(start: Callable[[Path], Up], data: Path) -> None:
    site = start(data)
    [gunicorn] = [
        pid
        for pid in _session_of(site.process.pid)
        if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()
        and f"\nPPid:\t{site.process.pid}\n" in Path(f"/proc/{pid}/status").read_text()
    ]
    os.killpg(gunicorn, signal.SIGKILL)
    assert site.health()["status"] == "ok"  # the caller waits meanwhile
    site.stop()


def test_a_taken_port_is_refused_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = _run(tmp_path / "data", PORT=str(port))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"CommandError: Port {port} is taken by another program.")


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "80a"])
def test_a_port_that_is_none_is_refused_in_words(tmp_path: Path, port: str) -> None:
    refused = _run(tmp_path / "data", PORT=port)
    assert refused.returncode == 1
    assert f"PORT is '{port}'. Write a number from 1 to 65535" in refused.stderr


def test_a_second_site_on_the_same_data_is_refused_in_words(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with (data / "running").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = _run(data, PORT=str(_free_port()))
    assert refused.returncode == 1
    assert f"already runs on the data in {data}" in refused.stderr


def test_a_production_site_is_not_started_as_a_demo(tmp_path: Path) -> None:
    secret = "0123456789abcdefghij" * 3
    refused = _run(tmp_path, SECRET_KEY=secret, ALLOWED_HOSTS="learn.example.org", PORT=str(_free_port()))
    assert refused.returncode == 1
    assert "this is a production site" in refused.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ALLOWED_HOSTS", "http://learn.example.org", "Write host names"),
        ("DATABASE_URL", "mysql://localhost/trainer", "DATABASE_URL must start with"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must start with"),
        ("WEB_THREADS", "many", "Write a whole number"),
        ("DEMO", "perhaps", "Write 1 for yes or 0 for no"),
        ("SECRET_KEY", "short", "at least 50 random characters"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_one_line(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    refused = _run(tmp_path, **{"ALLOWED_HOSTS": "learn.example.org"} | {name: value})
    assert refused.returncode != 0
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr


def test_every_variable_of_the_settings_is_in_the_example_and_in_the_docs() -> None:
    text = (ROOT / "course" / "settings.py").read_text()
    names = set(re.findall(r"environment\.\w+\(\s*\"([A-Z_]+)\"", text))
    assert len(names) > 10
    for page in (".env.example", "docs/self-hosting.md"):
        content = (ROOT / page).read_text()
        assert not [name for name in names if name not in content]

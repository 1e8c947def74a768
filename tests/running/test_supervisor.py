"""The supervisor with programs of a few lines: order, restarts, and nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from course.running.supervisor import Program, Supervisor

ROOT = Path(__file__).resolve().parents[2]

LOOP = "import time\nprint('up', flush=True)\ntime.sleep(60)"
WITH_A_CHILD = (
    "import subprocess, time\n"
    "child = subprocess.Popen(['sleep', '60'])\n"
    "print('child', child.pid, flush=True)\n"
    "time.sleep(60)"
)
STUBBORN = "import signal, time\nsignal.signal(15, lambda *_: print('not now', flush=True))\n" + LOOP

MAIN = """
import sys
from course.running.log import shower
from course.running.supervisor import Program, Supervisor
programs = [
    Program(name, (sys.executable, "-u", "-c", code), {{"PATH": "/usr/bin:/bin"}})
    for name, code in {programs!r}.items()
]
print("reason:", Supervisor(programs, shower(sys.stdout)).run(), flush=True)
"""

Start = Callable[[dict[str, str]], subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a supervisor of the programs name -> Python code in a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def start_one(programs: dict[str, str]) -> subprocess.Popen[str]:
        code = MAIN.format(programs=programs)
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def _until(process: subprocess.Popen[str], text: str) -> str:
    """The first line of output that holds the text; fails when the output ends before."""
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return line
    raise AssertionError(f"the output ended without {text!r}")


def _alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def _gone(pid: int) -> bool:
    end = time.monotonic() + 5
    while _alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not _alive(pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_every_program_and_what_it_started(start: Start, number: signal.Signals) -> None:
    supervisor = start({"one": WITH_A_CHILD, "two": LOOP})
    grandchild = int(_until(supervisor, "child").split()[-1])
    supervisor.send_signal(number)
    assert number.name in _until(supervisor, "reason:")
    assert _gone(grandchild)


def test_a_killed_supervisor_takes_its_programs_with_it(start: Start) -> None:
    supervisor = start({"one": "import os\nprint('pid', os.getpid())\n" + LOOP})
    pid = int(_until(supervisor, "pid").split()[-1])
    _until(supervisor, "up")
    supervisor.kill()
    assert _gone(pid)


def test_a_program_that_dies_is_started_again(start: Start) -> None:
    supervisor = start({"weak": "print('here')\nraise SystemExit(3)", "two": LOOP})
    _until(supervisor, "weak   | here")
    _until(supervisor, "ended with status 3; starting it again")
    _until(supervisor, "weak   | here")


def test_what_a_dead_program_left_running_is_ended_before_it_starts_again(start: Start) -> None:
    code = WITH_A_CHILD.replace("time.sleep(60)", "raise SystemExit(1)")
    supervisor = start({"weak": code})
    orphan = int(_until(supervisor, "child").split()[-1])
    _until(supervisor, "starting it again")
    assert _gone(orphan)


def test_a_program_that_dies_again_and_again_stops_everything_with_the_reason(start: Start) -> None:
    supervisor = start({"weak": "raise SystemExit('no such table')"})
    assert "weak" in _until(supervisor, "no such table")
    assert "weak ended 5 times in a row" in _until(supervisor, "reason:")
    assert supervisor.wait(timeout=5) == 0


def test_a_second_ctrl_c_ends_a_program_that_does_not_want_to(start: Start) -> None:
    supervisor = start({"stubborn": "import os\nprint('pid', os.getpid())\n" + STUBBORN})
    pid = int(_until(supervisor, "pid").split()[-1])
    _until(supervisor, "up")
    os.kill(supervisor.pid, signal.SIGINT)
    _until(supervisor, "not now")
    os.kill(supervisor.pid, signal.SIGINT)
    assert "SIGINT" in _until(supervisor, "reason:")
    assert _gone(pid)


def test_output_without_a_last_newline_is_shown(start: Start) -> None:
    supervisor = start({"one": "import sys\nsys.stdout.write('no end')\nraise SystemExit(1)"})
    _until(supervisor, "one    | no end")


def _shown_first(program: Program, monkeypatch: pytest.MonkeyPatch) -> str:
    """The first line of the log of one program."""
    shown: list[str] = []
    monkeypatch.setattr(Supervisor, "_catch_signals", lambda _self: None)  # they are the test runner's
    supervisor = Supervisor([program], lambda _name, line: shown.append(line))
    supervisor.run(lambda: supervisor.stop("seen") if shown else None)
    return shown[0]


def test_a_program_that_ends_before_it_reads_its_settings_is_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed = b"x" * 2**20  # more than a pipe holds
    hasty = Program("hasty", (sys.executable, "-c", "raise SystemExit(3)"), {}, typed)
    assert _shown_first(hasty, monkeypatch) == "ended with status 3; starting it again in 0.5 s"


def test_a_program_gets_the_open_files_that_are_meant_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port, number = listener.getsockname()[1], listener.fileno()
        code = f"import socket; print(socket.socket(fileno={number}).getsockname()[1])"
        heir = Program("heir", (sys.executable, "-u", "-c", code), {}, inherits=(number,))
        assert _shown_first(heir, monkeypatch) == str(port)

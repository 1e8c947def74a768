"""Starts programs in order, shows their output by line, restarts what dies, stops all: what others need last.

One thread, one loop. Every program leads a process group of its own, so nothing that it starts outlives it,
and a Ctrl-C in the terminal reaches the supervisor only.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

TICK = 0.2  # seconds between two looks at the programs
GRACE = 15.0  # seconds that a program has to end after SIGTERM
STEADY = 30.0  # a program that lived longer starts its count of deaths anew
DEATHS = 5  # so many deaths in a row stop everything
TETHER = Path(__file__).with_name("tether.py")


@dataclass(frozen=True, slots=True)
class Program:
    """What to start: a name for the log, the command with its full path, its whole environment."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    typed: bytes = b""  # what it reads on its standard input: settings that no one else should see
    ready: Callable[[], bool] | None = None  # others need it: they start once it is, and end before
    inherits: tuple[int, ...] = ()  # open files that it gets, under the same numbers


@dataclass(slots=True)
class Child:
    """A program and the process that runs it now; between a death and a restart there is none."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = 0.0  # when to start again
    rest: bytes = b""  # the begun last line of its output


class Supervisor:
    """Runs programs until it is told to stop."""

    def __init__(self, programs: Iterable[Program], show: Callable[[str, str], None]) -> None:
        self.children = [Child(program) for program in programs]
        self.show = show
        self.reason: str | None = None  # why everything stops; None while it runs
        self._selector = selectors.DefaultSelector()

    def run(self, on_tick: Callable[[], None] = lambda: None) -> str:
        """Start everything, watch it, stop it; returns why. ``on_tick`` is called at every look."""
        self._catch_signals()
        try:
            self._start_in_order()
            while self.reason is None:
                self._pump(TICK)
                self._revive()
                if self.reason is None:
                    on_tick()
        finally:
            self._stop()
        return self.reason or ""

    def stop(self, reason: str) -> None:
        """Ask for the end; ``run`` does it."""
        self.reason = self.reason or reason

    def _catch_signals(self) -> None:
        def handle(number: int, _frame: FrameType | None) -> None:
            if self.reason is not None:  # asked twice: no more patience
                self._kill_all()
            self.stop(signal.Signals(number).name)

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, handle)

    def _start_in_order(self) -> None:
        for child in self.children:
            self._start(child)
            while self.reason is None and child.program.ready and not child.program.ready():
                self._pump(TICK / 4)
                self._revive()
            if self.reason is not None:
                return

    def _start(self, child: Child) -> None:
        tethered = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *child.program.command]
        process = subprocess.Popen(
            tethered,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            env=dict(child.program.environment),
            start_new_session=True,
            pass_fds=child.program.inherits,
        )
        child.process, child.started, child.rest = process, time.monotonic(), b""
        if process.stdin is not None:
            with suppress(BrokenPipeError), process.stdin:  # it may have ended already: _revive sees that
                process.stdin.write(child.program.typed)
        if process.stdout is not None:
            os.set_blocking(process.stdout.fileno(), False)
            self._selector.register(process.stdout, selectors.EVENT_READ, child)

    def _pump(self, seconds: float) -> None:
        """Show what the programs wrote; returns after at most ``seconds``."""
        for key, _ in self._selector.select(seconds):
            if not self._read(key.data):
                self._selector.unregister(key.fileobj)

    def _read(self, child: Child) -> bool:
        """Show what one program wrote; False: nothing more will come."""
        pipe = child.process.stdout if child.process else None
        chunk = pipe.read(65536) if pipe else b""
        *lines, child.rest = (child.rest + (chunk or b"\n")).split(b"\n")
        for line in lines:
            if line.strip():
                self.show(child.program.name, line.decode(errors="replace").rstrip())
        return bool(chunk)

    def _revive(self) -> None:
        """Notice who has died, and start again who has waited long enough."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if child.started and now >= child.due:
                    self._start(child)
            elif (status := child.process.poll()) is not None:
                self._mourn(child, status, now)

    def _mourn(self, child: Child, status: int, now: float) -> None:
        name = child.program.name
        self._finish(child)
        child.deaths = 1 if now - child.started > STEADY else child.deaths + 1
        if child.deaths >= DEATHS:
            self.stop(f"{name} ended {DEATHS} times in a row; its lines above say why")
            return
        delay = 0.5 * 2 ** (child.deaths - 1)
        child.due = now + delay
        self.show(name, f"ended with status {status}; starting it again in {delay:g} s")

    def _finish(self, child: Child) -> None:
        """Leave nothing of a program's process group, and show its last words."""
        if child.process is None:
            return
        with suppress(ProcessLookupError):  # the whole group may be gone already
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        while self._read(child):
            pass
        if pipe := child.process.stdout:
            with suppress(KeyError):  # unregistered when it came to its end
                self._selector.unregister(pipe)
            pipe.close()
        child.process = None

    def _stop(self) -> None:
        needed = [child for child in self.children if child.program.ready]
        others = [child for child in self.children if not child.program.ready]
        for together in (others, *([child] for child in reversed(needed))):
            self._end(together)
        self._selector.close()

    def _end(self, children: list[Child]) -> None:
        """Ask these to end, all at once; those that do not within GRACE are killed."""
        for child in children:
            if child.process is not None:
                child.process.terminate()
        end = time.monotonic() + GRACE
        while time.monotonic() < end and any(
            child.process and child.process.poll() is None for child in children
        ):
            self._pump(TICK / 4)
        for child in children:
            self._finish(child)

    def _kill_all(self) -> None:
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                os.killpg(child.process.pid, signal.SIGKILL)

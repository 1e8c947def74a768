"""An engine in a process of its own, kept warm, asked over a pipe and watched by a fence."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from types import TracebackType
from typing import NamedTuple, Self

from bench.accuracy.terms import Term
from bench.clock import process_cpu, process_memory
from bench.peers.engines import Engine

MOST_CPU = 1000.0  # milliseconds for one question; then it is killed
MOST_MEMORY = 1 << 30
MOST_WALL = 60.0  # seconds, whatever the CPU says
_LOOK = 0.02  # seconds between two looks


class Reply(NamedTuple):
    """``verdict``: equal, different, killed, or why it said neither. ``cpu`` in milliseconds."""

    verdict: str
    cpu: float


class Session:
    """One engine, started when it is first asked, and again after it was killed."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.process: subprocess.Popen[bytes] | None = None
        self.rest = b""

    def ask(self, left: Term, right: Term, variables: tuple[str, ...]) -> Reply:
        """Its verdict on two terms."""
        return self.send(*self.engine.dialect.pair(left, right, variables))

    def send(self, left: str, right: str, variables: list[str]) -> Reply:
        """Its verdict on two texts, as they are."""
        process = self.process or self._start()
        return self._question(process, self.engine.request(left, right, variables), MOST_CPU)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kill()

    def _start(self) -> subprocess.Popen[bytes]:
        """The process, once it has answered its first question, which loads what it needs."""
        self.rest = b""
        self.process = subprocess.Popen(
            self.engine.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], **self.engine.environment},
            start_new_session=True,
        )
        first = f"{self.engine.prelude}{self.engine.request('x+1', '1+x', ['x'])}"
        if self._question(self.process, first, 60 * MOST_CPU).verdict != "equal":
            raise RuntimeError(f"{self.engine.name} cannot tell that x+1 is 1+x")
        return self.process

    def _question(self, process: subprocess.Popen[bytes], line: str, limit: float) -> Reply:
        assert process.stdin
        before = process_cpu(process.pid)
        try:
            process.stdin.write(line.encode("utf-8", "replace") + b"\n")
            process.stdin.flush()
            verdict = self._answer(process, before + limit)
        except BrokenPipeError:
            verdict = None
        if verdict is None:
            self._kill()
            return Reply("killed", limit)
        return Reply(verdict, process_cpu(process.pid) - before)

    def _answer(self, process: subprocess.Popen[bytes], most_cpu: float) -> str | None:
        """The verdict of the next line that has one; None if it ended or ran into the fence."""
        assert process.stdout
        end = time.monotonic() + MOST_WALL
        while True:
            while b"\n" in self.rest:
                line, _, self.rest = self.rest.partition(b"\n")
                if line.strip().startswith(b'{"verdict"'):
                    return str(json.loads(line)["verdict"])
            if select.select([process.stdout], [], [], _LOOK)[0]:
                more = os.read(process.stdout.fileno(), 1 << 16)
                if not more:
                    return None
                self.rest += more
            elif _is_over(process.pid, most_cpu) or time.monotonic() > end:
                return None

    def _kill(self) -> None:
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()
        self.process = None


def _is_over(pid: int, most_cpu: float) -> bool:
    return process_cpu(pid) > most_cpu or process_memory(pid) > MOST_MEMORY

"""The grader's app with flaws, for tests: some answers make it do what no job should.

An answer of 666 kills the process that marks it, every time. One of 777 does so with the whole worker, once:
like a machine that loses its power while it marks. 888 spins for ever in C, 889 in Python, and 999 allocates
without end. POISON_SECONDS shortens the soft and the hard time limit: "1.5 2".
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from itertools import repeat
from pathlib import Path

from grader import tasks
from grader.job import Job, Verdict
from grader.marking import mark
from grader.worker import app

__all__ = ["app"]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def lose_power() -> None:
    died = Path(os.environ["TMPDIR"], "died")
    if not died.exists():
        died.touch()
        os.killpg(0, signal.SIGKILL)


def spin_in_c() -> None:
    sum(repeat(0))


def spin() -> None:
    while True:
        pass


def hoard() -> None:
    held = []
    while True:
        held.append(bytearray(1 << 24))


FLAWS: Mapping[str, Callable[[], None]] = {
    "666": die,
    "777": lose_power,
    "888": spin_in_c,
    "889": spin,
    "999": hoard,
}


def _mark(job: Job) -> Verdict:
    for answer in job.answers.values():
        if isinstance(answer, str) and answer in FLAWS:
            FLAWS[answer]()
    return mark(job)


tasks.mark = _mark
if "POISON_SECONDS" in os.environ:
    soft, hard = map(float, os.environ["POISON_SECONDS"].split())
    tasks.mark_job.soft_time_limit, tasks.mark_job.time_limit = soft, hard

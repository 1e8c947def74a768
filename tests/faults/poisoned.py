"""The grader's app with two flaws, for tests.

An answer of 666 kills the process that marks it, every time. One of 777 does so with the whole worker, once:
like a machine that loses its power while it marks.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from grader import tasks
from grader.job import Job, Verdict
from grader.marking import mark
from grader.worker import app

__all__ = ["app"]


def _mark(job: Job) -> Verdict:
    if "666" in job.answers.values():
        os.kill(os.getpid(), signal.SIGKILL)
    if "777" in job.answers.values():
        died = Path(os.environ["TMPDIR"], "died")
        if not died.exists():
            died.touch()
            os.killpg(0, signal.SIGKILL)
    return mark(job)


tasks.mark = _mark

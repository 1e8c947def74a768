"""Rows on waiting: from a submission to its verdict, and 500 submissions at once. Wall time, real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from bench.harness import Result, Row, interval, judge
from bench.load import Answer, at_once, at_pace, insert, submit, submit_to_verdict
from bench.noop import echo_task
from bench.site import Site, started
from bench.workers import environment, worker
from course.work.models import State, Submission

RATE, CROWD = 60, 500


class Latency:
    """The arms; keeps what they saw: the tails of the latencies, and the errors."""

    def __init__(self, site: Site, requests: int) -> None:
        self.site = site
        self.requests = requests
        self.tails: list[float] = []  # p99 / p50 of each round
        self.errors = {"60/s": 0, "500 at once": 0, "never graded": 0}

    def verdict(self) -> float:
        """p50 in ms from a submission to its verdict, at 60 submissions a second."""
        answers = at_pace(self.site, submit_to_verdict, self.requests, RATE)
        self.errors["60/s"] += sum(not answer.good for answer in answers)
        times = [answer.seconds for answer in answers]
        self.tails.append(quantiles(times, n=100)[98] / median(times))
        return median(times) * 1000

    def floor(self) -> float:
        """p50 in ms of a bare INSERT at the same pace, and of a Celery round trip that does nothing."""
        inserts = at_pace(self.site, insert, self.requests // 2, RATE)
        return median(answer.seconds for answer in inserts) * 1000 + self.round_trip()

    def round_trip(self) -> float:
        """p50 in ms from sending a number to having it back."""
        times = []
        for number in range(self.requests // 2):
            start = time.perf_counter()
            echo_task.apply_async([number], queue="echo").get(timeout=10)
            times.append(time.perf_counter() - start)
        return median(times) * 1000

    def crowd(self) -> float:
        """Milliseconds until 500 submissions at once are answered; then waits until all are graded."""
        took = _all(answers := at_once(self.site, submit, CROWD))
        self.errors["500 at once"] += sum(not answer.good for answer in answers)
        self.errors["never graded"] += _never_graded()
        return took

    def bare_crowd(self) -> float:
        """Milliseconds until 500 bare INSERTs at once are answered."""
        return _all(at_once(self.site, insert, CROWD))


def _all(answers: list[Answer]) -> float:
    return max(answer.seconds for answer in answers) * 1000


def _never_graded(seconds: float = 60) -> int:
    end = time.monotonic() + seconds
    while (waiting := Submission.objects.filter(state=State.QUEUED).count()) and time.monotonic() < end:
        time.sleep(0.2)
    return waiting


@contextmanager
def rows(site: Site) -> Iterator[tuple[list[Row], Latency]]:
    """Both rows, with the worker of the floor beside the site's."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="backprop-bench-")))
        stack.enter_context(started(worker("bench.noop", "echo"), environment(f"{site.redis}/0"), folder))
        arms = Latency(site, requests=120)
        arms.round_trip()
        floor = "bare INSERT + no-op Celery round trip"
        yield (
            [
                Row("submit to verdict p50, 60/s", floor, arms.verdict, arms.floor, 2.0, 1.5, 12),
                Row("500 at once", "500 bare INSERTs at once", arms.crowd, arms.bare_crowd, 2.5, 1.5, 5),
            ],
            arms,
        )


def tail(arms: Latency, random: Random) -> Result:
    """p99 / p50 of the rounds that were measured."""
    row = Row("submit to verdict p99/p50", "its own p50", float, float, 4, 2.5, len(arms.tails), "x")
    ratio = interval(arms.tails, random)
    return Result(row, ratio, interval([1.0], random), ratio.middle, 1, judge(row, ratio))

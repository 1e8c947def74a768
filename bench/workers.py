"""Rows on the CPU time of workers: the whole process group, read from the kernel."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import redis
from celery import Celery

from bench.clock import group_cpu
from bench.harness import Arm, Row
from bench.site import Site, started

# What the grader's worker must import from others before it can mark anything.
IMPORTS = "import celery.bin.celery, celery.apps.worker, celery.concurrency.prefork, kombu.transport.redis"
LIBRARIES = "import flint, numpy, pydantic"


@contextmanager
def rows(site: Site, *, full: bool) -> Iterator[list[Row]]:
    """One verdict against a task that does nothing, and a start against its imports."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="backprop-bench-")))
        broker = f"{site.redis}/1"
        messages = 300 if full else 60

        def batch(app: str, queue: str, task: str) -> Arm:
            process = stack.enter_context(started(worker(app, queue), environment(broker), folder))
            _drain(broker, task, queue, site.job, 20)

            def work() -> None:
                _drain(broker, task, queue, site.job, messages)

            return lambda: _cpu_of(process.pid, work) / messages

        ours, nothing = batch("grader", "marking", "grader.mark"), batch("bench.noop", "noop", "noop.nothing")
        found = [Row("worker CPU a verdict", "no-op task", ours, nothing, 2.5, 1.7, 15 if full else 4)]
        if full:
            start = Row(
                "worker start to verdict",
                "its imports",
                lambda: _first_verdict(f"{site.redis}/2", site.job, folder),
                _imports,
                must=1.5,
                stretch=1.2,
                rounds=7,
            )
            found.append(start)
        yield found


def environment(broker: str) -> dict[str, str]:
    """All that a worker without secrets needs."""
    return {"PATH": os.environ["PATH"], "REDIS_URL": broker}


def worker(app: str, queue: str) -> tuple[str, ...]:
    """The command of a worker with one process."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR")
    command = (sys.executable, "-m", "celery", "--quiet", "-A", app, "worker", "-Q", queue)
    return (*command, "-n", f"{queue}@bench", "--concurrency", "1", *quiet)


def _cpu_of(leader: int, work: Callable[[], None]) -> float:
    before = group_cpu(leader)
    work()
    return group_cpu(leader) - before


def _drain(broker: str, task: str, queue: str, job: Mapping[str, Any], number: int) -> None:
    """Send so many messages, and return when every one is acknowledged."""
    app = Celery(broker=broker)
    with redis.Redis.from_url(broker) as client, app.producer_pool.acquire(block=True) as producer:
        for _ in range(number):
            app.send_task(task, [job], queue=queue, producer=producer)
        calm, end = 0, time.monotonic() + 60
        while calm < 3:  # a message is for an instant neither in the queue nor among the taken ones
            waiting = client.llen(queue) + client.hlen("unacked")
            calm = calm + 1 if waiting == 0 else 0
            if time.monotonic() > end:
                raise TimeoutError(f"{waiting} messages of {queue} were not taken")
            time.sleep(0.01)
        client.delete("records")


def _first_verdict(broker: str, job: Mapping[str, Any], folder: Path) -> float:
    """CPU time that a fresh worker has used when its first verdict is there."""
    with redis.Redis.from_url(broker) as client:
        client.flushdb()
        Celery(broker=broker).send_task("grader.mark", [job], queue="marking")
        with started(worker("grader", "marking"), environment(broker), folder) as process:
            end = time.monotonic() + 60
            while not client.llen("records"):
                if time.monotonic() > end:
                    raise TimeoutError("a fresh worker gave no verdict")
                time.sleep(0.005)
            return group_cpu(process.pid)


def _imports() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", f"{IMPORTS}\n{LIBRARIES}"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000

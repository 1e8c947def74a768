"""The floor under the grader: a Celery app whose one task does nothing."""

from __future__ import annotations

import os

from celery import Celery

QUEUE = "noop"
app = Celery("noop", broker=os.environ.get("REDIS_URL"), backend=os.environ.get("REDIS_URL"))
app.conf.update(
    task_default_queue=QUEUE,
    task_acks_late=True,  # as the grader does
    worker_prefetch_multiplier=1,
    worker_send_task_events=False,
)


def nothing(job: object) -> None:
    """Takes a job and forgets it."""


def echo(number: int) -> int:
    """Takes a number and returns it, through Redis."""
    return number


app.task(nothing, name="noop.nothing", ignore_result=True)
echo_task = app.task(echo, name="noop.echo")

"""The Celery app that checks what authors write: ``celery -A exercises worker -Q checking``.

It knows the broker and nothing else, as the grader's does: no secret, no database, no Django. One file is
checked at a time, behind the marking of answers, within limits; what it finds goes to the site's worker.
"""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import task_prerun, worker_process_init

from grader import limits

CHECKING, RECORDS = "checking", "records"  # the queues of authors' files and of the site
SOFT_SECONDS, HARD_SECONDS = 240, 270  # of one file; the largest of the bank takes a tenth
CPU_SECONDS = 300
MEGABYTES = 1024  # SymPy is in it
PATIENT = 10  # added to the niceness: a check may wait, a student may not

BROKER_URL = os.environ.get("BROKER_URL") or os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"

app = Celery("exercises", include=["exercises.tasks"])
app.conf.update(
    broker_url=BROKER_URL.replace("unix://", "redis+socket://", 1),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # waits for a broker that is away
    broker_transport_options={"visibility_timeout": 900, "socket_timeout": None},
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_default_queue=CHECKING,
    task_create_missing_queues=True,
    task_acks_late=False,  # what kills the worker is not tried again by itself; the author is told
    task_soft_time_limit=SOFT_SECONDS,
    task_time_limit=HARD_SECONDS,
    worker_concurrency=1,
    worker_prefetch_multiplier=1,
    worker_max_memory_per_child=400 * 1024,  # kilobytes; after that a new process takes its place
    worker_send_task_events=False,
    timezone="UTC",
)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def fence(**_signal: object) -> None:
    """Limit the process that checks as it starts, and then each file; let it wait for everybody else."""
    limits.limit_process(MEGABYTES)
    os.nice(PATIENT)
    task_prerun.connect(_limit_file)


def _limit_file(**_signal: object) -> None:
    limits.limit_job(CPU_SECONDS)

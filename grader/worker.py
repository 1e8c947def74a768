"""The grader's Celery app. It knows the broker and nothing else: no secret, no database, no Django.

A message is a nudge and may be lost or come twice; the site's row is the truth and its sweeper sends again.
So nothing is stored here, and a job whose worker died is not put back by Celery.
"""

from __future__ import annotations

import os
import sys

from celery import Celery
from celery.signals import task_prerun, worker_process_init

from grader import limits

MARKING, RECORDS = "marking", "records"  # the queues of the grader and of the site

BROKER_URL = os.environ.get("BROKER_URL") or os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"


def _processes() -> int:
    """How many jobs are marked at once; refuses nonsense in words."""
    text = os.environ.get("MARKING_CONCURRENCY") or "2"
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 64:
        return int(text)
    sys.exit(f"MARKING_CONCURRENCY must be a whole number from 1 to 64, not '{text}'")


app = Celery("grader", include=["grader.tasks"])
app.conf.update(
    broker_url=BROKER_URL.replace("unix://", "redis+socket://", 1),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # waits for a broker that is away
    broker_transport_options={"visibility_timeout": 300, "socket_timeout": None},
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_default_queue=MARKING,
    task_create_missing_queues=True,
    task_acks_late=True,
    task_reject_on_worker_lost=False,  # the site's sweeper sends again, and counts
    task_soft_time_limit=limits.SOFT_SECONDS,
    task_time_limit=limits.HARD_SECONDS,
    worker_concurrency=_processes(),
    worker_prefetch_multiplier=1,
    worker_max_memory_per_child=limits.REPLACED_AT * 1024,  # kilobytes
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_send_task_events=False,
    timezone="UTC",
)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def fence(**_signal: object) -> None:
    """Limit a process that marks as it starts, and then each of its jobs; no other process is limited."""
    limits.limit_process()
    task_prerun.connect(_limit_job)


def _limit_job(**_signal: object) -> None:
    limits.limit_job()

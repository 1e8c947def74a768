"""The tasks of the site's worker: thin names on the wire for functions elsewhere."""

from __future__ import annotations

from typing import Any

from celery.signals import task_prerun, worker_ready
from django.db import close_old_connections

from course.celery import app
from course.work import records, sittings, sweeping


def record(token: str, verdict: dict[str, Any]) -> None:
    """A verdict from the grader, on a submission or on a canary."""
    if not sweeping.canary_returned(token):
        records.record(token, verdict)


def record_failure(token: str, reason: str) -> None:
    """The grader could not mark a job."""
    if not sweeping.canary_returned(token):
        records.record_fault(token, reason)


app.task(record, name="course.record")
app.task(record_failure, name="course.record_failure")
beat = app.task(sweeping.heartbeat, name="course.heartbeat")
app.task(sittings.hand_in_ended, name="course.hand_in_ended")


def first_heartbeat(**_arguments: object) -> None:
    """A worker that has just started says so at once."""
    beat.delay()


def fresh_connection(**_arguments: object) -> None:
    """Before each task: the connection to the database is kept unless it is too old or broken."""
    close_old_connections()


worker_ready.connect(first_heartbeat)
task_prerun.connect(fresh_connection)

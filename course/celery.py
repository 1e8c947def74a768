"""The site's Celery app: its own worker and beat, and the sender of jobs to the grader.

``celery -A course worker -B -Q records`` runs the worker with its beat. Messages are nudges: the database row
is the truth, so there is no result backend, and what is lost is swept up and sent again.
"""

from __future__ import annotations

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "course.settings")

MARKING, RECORDS = "marking", "records"  # the queues of the grader and of the site


def broker_url(redis_url: str) -> str:
    """The same Redis in kombu's spelling, which has its own for a unix socket."""
    return redis_url.replace("unix://", "redis+socket://", 1)


app = Celery("course")
app.conf.update(
    broker_url=broker_url(settings.REDIS_URL),
    broker_transport_options={"socket_timeout": None},  # a worker waits for messages as long as it takes
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a worker waits for a broker that is away
    task_ignore_result=True,
    task_default_queue=RECORDS,
    task_create_missing_queues=True,
    task_publish_retry=False,
    task_acks_late=True,
    task_reject_on_worker_lost=False,  # the sweeper sends again, and counts
    worker_prefetch_multiplier=4,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="UTC",
    beat_schedule_filename=str(settings.DATA_DIR / "beat"),
    beat_schedule={
        "heartbeat": {
            "task": "course.heartbeat",
            "schedule": settings.HEARTBEAT,
            "options": {"expires": settings.HEARTBEAT},
        },
        "sittings": {
            "task": "course.hand_in_ended",
            "schedule": settings.HEARTBEAT,
            "options": {"expires": settings.HEARTBEAT},
        },
    },
)
# Celery would connect to the database anew for every task; course.work.tasks looks after the connection.
app.conf["CELERY_DB_REUSE_MAX"] = 2**62
app.autodiscover_tasks(["course.work", "course.people", "course.review", "course.authoring"])

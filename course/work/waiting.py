"""A POST may wait a moment for its verdict, behind a bulkhead: at most half of the threads wait at once.

The recorder wakes the waiting thread through a key in Redis; without Redis, or when all seats are taken,
nobody waits and the page asks again.
"""

from __future__ import annotations

import logging
from threading import BoundedSemaphore
from uuid import UUID

import redis
from django.conf import settings

from course.redis import client

log = logging.getLogger(__name__)
LIVES = 5  # seconds that a wake-up is kept for one who has not yet begun to wait
seats = BoundedSemaphore(settings.WEB_THREADS // 2)


def wait_for_verdict(submission: UUID) -> None:
    """Returns when the submission is marked, after VERDICT_WAIT seconds, or at once when no seat is free."""
    if not seats.acquire(blocking=False):
        return
    try:
        client().blpop([_key(submission)], timeout=settings.VERDICT_WAIT)
    except redis.RedisError as error:
        log.warning("Cannot wait for a verdict: %s", error)
    finally:
        seats.release()


def wake(submission: UUID) -> None:
    """Tell the one who waits, if there is one. Only for speed."""
    try:
        both = client().pipeline()
        both.rpush(_key(submission), 1)
        both.expire(_key(submission), LIVES)
        both.execute()
    except redis.RedisError as error:
        log.warning("Cannot wake who waits for a verdict: %s", error)


def _key(submission: UUID) -> str:
    return f"verdict:{submission.hex}"

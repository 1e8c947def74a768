"""``/healthz``: 200 when everything answers, else 503 with what does not."""

from __future__ import annotations

import logging

import redis
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from course.redis import client

log = logging.getLogger(__name__)
WORKERS = {"grader": "alive:grader", "site_worker": "alive:site_worker"}  # what answers -> its key in Redis
LIVES = 15  # seconds that a sign of life counts


class NoProbes(logging.Filter):
    """Leaves out of the log that a probe was told 503: what is missing is logged once where it is missed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is worth a line."""
        return not (record.name == "django.request" and record.getMessage().endswith(": /healthz"))


def sign_of_life(name: str) -> None:
    """``name`` of WORKERS has just answered."""
    client().set(WORKERS[name], "1", ex=LIVES)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The state of the database, the broker, the grader's worker and the site's worker with its beat."""
    states = {"database": _database()} | _broker_and_workers()
    missing = [name for name, state in states.items() if state != "ok"]
    body = {"status": "ok" if not missing else "not ready", "missing": missing, **states}
    return JsonResponse(body, status=503 if missing else 200)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("The database does not answer: %s", error)
        return "does not answer"
    return "ok"


def _broker_and_workers() -> dict[str, str]:
    try:
        signs = client().mget(list(WORKERS.values()))
    except redis.RedisError as error:
        log.warning("The broker does not answer: %s", error)
        return {"broker": "does not answer"} | dict.fromkeys(WORKERS, "unknown without the broker")
    states = {name: "ok" if sign else "no sign of life" for name, sign in zip(WORKERS, signs, strict=True)}
    return {"broker": "ok"} | states

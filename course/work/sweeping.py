"""The sweeper: what was handed in and has no verdict after a while is sent again, within bounds.

Every few seconds the site's beat sends a canary, a tiny job, through the grader's queue. When its verdict
comes back, everything sent before it has left the queue: a submission still without a verdict then was lost,
or its worker died. Only such ones are sent again, so that a grader that is away or has much to do gets
nothing twice, and ``sends`` counts starts. All times are the database's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import F, Max, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from course.celery import MARKING
from course.health import sign_of_life
from course.redis import client
from course.work.catalogue import question_of
from course.work.models import State, Submission
from course.work.records import park
from course.work.sending import digest_of, job_of, send, sender
from course.work.signals import alive
from grader.job import ChoiceBox, Job

log = logging.getLogger(__name__)
SALT = "course.work.canary"
ON_ITS_WAY = "canary"  # key in Redis: a canary has not come back yet
FRONT = "canary:front"  # key in Redis: the oldest message of the grader's queue when it was last looked at
SUSPECT = 3  # sent so often without a verdict, one may be what kills its worker: it is sent alone


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: submissions sent again, and those parked for a person."""

    sent: int = 0
    parked: int = 0


def overdue() -> QuerySet[Submission]:
    """What has been on its way for longer than the lease."""
    lease = timedelta(seconds=settings.SWEEP_LEASE)
    return Submission.objects.filter(state=State.QUEUED, sent_at__lt=Now() - lease)


def heartbeat() -> None:
    """The site's worker and beat are alive; a canary asks the grader for the same."""
    try:
        sign_of_life("site_worker")
        if client().set(ON_ITS_WAY, "1", nx=True, ex=10) and _moves():
            sender.send("grader.mark", [_canary()], MARKING)
    except redis.RedisError as error:
        log.warning("No heartbeat: %s", error)


def _moves() -> bool:
    """Whether the grader's queue is empty, or begins with another message than ten seconds ago.

    Nothing is added to one that stands still, so a weekend without a grader leaves two canaries and not
    thousands. A date of expiry would not do: the clock of the grader's machine may be wrong.
    """
    front = client().lindex(MARKING, -1)  # Celery puts messages in at 0
    return not front or client().set(FRONT, str(front), ex=3600, get=True) != front


def _canary() -> dict[str, object]:
    last = overdue().aggregate(last=Max("sent_at"))["last"]
    token = Signer(salt=SALT).sign(f"{last.isoformat() if last else '-'}|{timezone.now().isoformat()}")
    box = ChoiceBox(id="canary", options=("alive",), right="alive")
    return Job(token=token, boxes=(box,), answers={"canary": "alive"}).model_dump(mode="json")


def canary_returned(token: str) -> bool:
    """Whether the token is a canary's: the grader lives, and what was overdue when it left is swept."""
    try:
        last, _, sent = Signer(salt=SALT).unsign(token).partition("|")
    except BadSignature:
        return False
    try:
        sign_of_life("grader")
        client().delete(ON_ITS_WAY)
    except redis.RedisError as error:
        log.warning("The grader's sign of life is lost: %s", error)
    if last != "-":
        sweep(overdue().filter(sent_at__lt=datetime.fromisoformat(last) + timedelta(milliseconds=1)))
    if sent:
        alive.send(None, since=datetime.fromisoformat(sent))
    return True


def sweep(lost: QuerySet[Submission]) -> Swept:
    """Send again, the oldest first; park what was sent too often. No more than SWEEP_WINDOW at once."""
    rows = lost.select_related("attempt__item__assignment").order_by("sent_at")
    found = list(rows[: settings.SWEEP_WINDOW])
    hopeless = [one for one in found if one.sends >= settings.SWEEP_SENDS]
    parked = sum(park(one, f"sent {one.sends} times, and no verdict came back") for one in hopeless)
    suspects = [one for one in found if SUSPECT <= one.sends < settings.SWEEP_SENDS]
    fresh = [one for one in found if one.sends < SUSPECT]
    sent = send_again(fresh or suspects[:1])
    if sent or parked:
        log.warning("Swept: %d sent again, %d parked for a person.", sent, parked)
    return Swept(sent, parked)


def send_again(lost: Iterable[Submission]) -> int:
    """Send these; how many the broker took. Each is claimed first, so two sweeps do not send it twice."""
    taken = 0
    for submission in lost:
        job = job_of(submission, question_of(submission.attempt))
        submission.digest = digest_of(job)
        if not _claim(submission):
            continue
        if not send(submission, job):
            Submission.objects.filter(pk=submission.pk).update(sends=F("sends") - 1)
            break
        taken += 1
    return taken


def _claim(submission: Submission) -> bool:
    same = Submission.objects.filter(pk=submission.pk, state=State.QUEUED, sends=submission.sends)
    return bool(same.update(sent_at=Now(), sends=F("sends") + 1, digest=submission.digest))


def mark_failed_again() -> tuple[int, int]:
    """Send SWEEP_WINDOW of what could not be marked; how many were sent, of how many.

    The others are queued too: the sweeper finds them when the lease is over.
    """
    failed = Submission.objects.filter(state=State.FAILED).order_by("queued_at")
    first = list(failed.values_list("pk", flat=True)[: settings.SWEEP_WINDOW])
    waiting = {"state": State.QUEUED, "fault": "", "marked_at": None, "sends": 0, "sent_at": Now()}
    count = failed.update(**waiting)
    return send_again(
        Submission.objects.filter(pk__in=first).select_related("attempt__item__assignment")
    ), count

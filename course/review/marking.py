"""The second stage of a regrade: its jobs go to the grader, few at a time, and its verdicts come back.

Only ABREAST messages are on their way at once, so a student who hands in meanwhile waits for a few of them,
not for all. The row of a job is the truth and a message a nudge: what was lost is sent again when a canary
that left later has come back.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from pydantic import ValidationError

from course.celery import MARKING
from course.review.models import UNDER_WAY, Regrade, RegradeJob, Stage
from course.review.preparing import job_of
from course.work import sending
from grader.job import Verdict

log = logging.getLogger(__name__)
SALT = "course.review.regrade"
CHUNK = 25  # jobs of a message
ABREAST = 4  # messages on their way
ALONE = 2  # sent so often, a job may be what kills its worker: it travels alone
STEP = Decimal("0.001")  # of points


def pump(regrade: Regrade) -> int:
    """Send jobs until enough are on their way; how many were sent. 0 where the broker takes none."""
    sent = 0
    while jobs := _claim(regrade):
        message = [_message(job) for job in jobs]
        if not sending.sender.send("grader.mark_many", [message], MARKING):
            RegradeJob.objects.filter(pk__in=[job.pk for job in jobs]).update(sent_at=None)
            break
        sent += len(jobs)
    return sent


@transaction.atomic
def _claim(regrade: Regrade) -> list[RegradeJob]:
    """The next jobs of a message, marked as sent; none while enough are on their way."""
    Regrade.objects.select_for_update(of=("self",)).get(pk=regrade.pk)
    open_jobs = RegradeJob.objects.filter(regrade=regrade, answered=False)
    if open_jobs.filter(sent_at__isnull=False).count() > CHUNK * (ABREAST - 1):
        return []
    waiting = open_jobs.filter(sent_at__isnull=True).select_related("sample__attempt").order_by("pk")
    jobs = list(waiting.filter(sends__lt=ALONE)[:CHUNK]) or list(waiting[:1])
    RegradeJob.objects.filter(pk__in=[job.pk for job in jobs]).update(sent_at=Now(), sends=F("sends") + 1)
    return jobs


def _message(job: RegradeJob) -> dict[str, Any]:
    marking = job_of(job.sample, job.exercise_id)
    token = Signer(salt=SALT).sign(f"{job.pk}.{job.digest}")
    return marking.model_dump(mode="json", exclude={"token"}) | {"token": token}


def record(results: Sequence[Sequence[Any]]) -> set[int]:
    """Store what came back, ``[token, verdict or None, fault]`` each; the regrades that it was about.

    A token that is not ours, or a verdict that comes a second time, changes nothing.
    """
    touched: set[int] = set()
    for token, verdict, fault in results:
        job = _job(str(token))
        if job is None:
            continue
        touched.add(job.regrade_id)
        _store(job, verdict, str(fault))
    return touched


def _job(token: str) -> RegradeJob | None:
    try:
        pk, _, digest = Signer(salt=SALT).unsign(token).partition(".")
    except BadSignature:
        log.warning("A regrade's verdict with a token that is not ours was thrown away.")
        return None
    jobs = RegradeJob.objects.select_related("sample").filter(pk=int(pk), digest=digest, answered=False)
    return jobs.first()


def _store(job: RegradeJob, verdict: Any, fault: str) -> None:
    told: dict[str, Any] = {"fault": (fault or "no verdict")[:200]}
    if verdict is not None:
        try:
            read = Verdict.model_validate(verdict)
        except ValidationError as error:
            log.error("Regrade job %s: what the grader sent is no verdict: %s", job.pk, error)
            return
        if {box.id for box in read.boxes} != set(job.sample.answers):
            told = {"fault": "a verdict on other boxes"}
        else:
            told = {
                "verdict": read.model_dump(mode="json", exclude={"token"}),
                "points": read.points.quantize(STEP, ROUND_HALF_EVEN),
                "possible": read.possible.quantize(STEP, ROUND_HALF_EVEN),
                "counts": read.counts,
            }
    RegradeJob.objects.filter(pk=job.pk, answered=False).update(answered=True, **told)


def finish(regrade: Regrade) -> bool:
    """Go on to comparing once every job is answered; whether it is."""
    if RegradeJob.objects.filter(regrade=regrade, answered=False).exists():
        return False
    Regrade.objects.filter(pk=regrade.pk, stage=Stage.MARKING).update(
        stage=Stage.COMPARING, cursor=[0], touched_at=Now()
    )
    return True


def sweep(since: datetime) -> list[int]:
    """Take back what was sent before ``since`` and has no answer; the regrades that stand still.

    Called when the grader has shown that it lives and that its queue has moved past ``since``.
    """
    lease = timedelta(seconds=settings.SWEEP_LEASE)
    still = Regrade.objects.filter(stage__in=UNDER_WAY, touched_at__lt=Now() - lease).order_by("pk")
    found = list(still.values_list("pk", flat=True))
    under_way = Regrade.objects.filter(stage=Stage.MARKING).values("pk")
    lost = RegradeJob.objects.filter(regrade__in=under_way, answered=False, sent_at__lt=since)
    lost = lost.filter(sent_at__lt=Now() - lease)
    dead = lost.filter(sends__gte=settings.SWEEP_SENDS)
    dead.update(answered=True, fault=f"sent {settings.SWEEP_SENDS} times, and no verdict came back")
    if count := lost.update(sent_at=None):
        log.warning("Regrades: %d jobs are sent again.", count)
    return found

"""What comes back from the grader: verdicts and faults, each recorded once, with its score."""

from __future__ import annotations

import logging
from decimal import ROUND_HALF_EVEN
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from pydantic import ValidationError

from course.work.crediting import settle
from course.work.models import State, Submission
from course.work.policies import policy_for
from course.work.scoring import STEP
from course.work.sending import read_token
from course.work.signals import marked
from course.work.waiting import wake
from grader.job import Outcome, Verdict

log = logging.getLogger(__name__)
LONGEST_FAULT = 2000  # characters


def record(token: str, verdict: dict[str, Any]) -> bool:
    """Store the verdict of a queued submission; whether it was. A forged or repeated one changes nothing."""
    found = _queued(token)
    if found is None:
        return False
    try:
        told = Verdict.model_validate(verdict)
    except ValidationError as error:
        log.error("Submission %s: what the grader sent is no verdict: %s", found.pk, error)
        return False
    if problem := _problem(told, found):
        log.error("Submission %s: a verdict that does not fit: %s", found.pk, problem)
        return False
    with transaction.atomic():
        stored = _store(found, told)
        if stored:
            credits = settle(found.attempt.item, found.attempt.user_id)
            if found.pk in credits:
                found.credit, found.credit_why = credits[found.pk].share, list(credits[found.pk].why)
            marked.send(Submission, submission=found, verdict=told)
            transaction.on_commit(lambda: wake(found.pk))
    return stored


def record_fault(token: str, reason: str) -> bool:
    """The engine could not mark this: a person will look at it. Never a wrong answer, and no try is used."""
    found = _queued(token)
    return found is not None and park(found, reason)


def park(submission: Submission, reason: str) -> bool:
    """Take a submission out of the queue, with the reason for the person who looks at it."""
    queued = Submission.objects.filter(pk=submission.pk, digest=submission.digest, state=State.QUEUED)
    parked = queued.update(state=State.FAILED, fault=str(reason)[:LONGEST_FAULT], marked_at=Now())
    if parked:
        log.error("Submission %s could not be marked: %s", submission.pk, reason)
        wake(submission.pk)
    return bool(parked)


def _queued(token: str) -> Submission | None:
    """The submission that a token speaks of, if it waits for a verdict on exactly that job."""
    read = read_token(token)
    if read is None:
        log.warning("A verdict with a token that is not ours was thrown away.")
        return None
    pk, digest = read
    rows = Submission.objects.select_related("attempt__item__assignment").filter(
        pk=pk, digest=digest, state=State.QUEUED
    )
    found = rows.first()
    if found is None:
        log.info("Submission %s waits for no such verdict: it was marked before.", pk)
    return found


def _problem(verdict: Verdict, submission: Submission) -> str | None:
    """Why a verdict cannot be on this submission."""
    asked, told = set(submission.answers), [box.id for box in verdict.boxes]
    if sorted(told) != sorted(asked):
        return f"boxes {sorted(told)} instead of {sorted(asked)}"
    if not 0 <= verdict.points <= verdict.possible <= 10_000:
        return f"{verdict.points} of {verdict.possible} points"
    return None


def _store(submission: Submission, verdict: Verdict) -> bool:
    """Writes the verdict, unless another came first; ``submission`` then has the new fields too."""
    told = {
        "state": State.GRADED,
        "verdict": verdict.model_dump(mode="json", exclude={"token"}),
        "points": verdict.points.quantize(STEP, ROUND_HALF_EVEN),
        "possible": verdict.possible.quantize(STEP, ROUND_HALF_EVEN),
        "counts": verdict.counts or _is_veiled_try(submission, verdict),
    }
    queued = Submission.objects.filter(pk=submission.pk, digest=submission.digest, state=State.QUEUED)
    stored = bool(queued.update(**told, marked_at=Now()))
    for name, value in told.items() if stored else ():
        setattr(submission, name, value)
    return stored


def _is_veiled_try(submission: Submission, verdict: Verdict) -> bool:
    """Before the close, a try that costs nothing would tell that the digits are right: so it costs one."""
    return verdict.outcome is Outcome.FEW_DIGITS and policy_for(submission.attempt.item).is_veiled

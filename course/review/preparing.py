"""The first stage of a regrade: which submissions, and which jobs they ask for; a chunk at a time.

Submissions that ask for the same marking share one job, so a class that types the same is marked once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now

from course.people.models import Course, User
from course.review.models import Regrade, RegradeJob, RegradeRow, Stage, Stays
from course.review.scope import Wish, misfit, resolve, rules_of
from course.work.catalogue import published, question_of, variant_of
from course.work.models import Attempt, State, Submission
from exercises.steps import job
from grader.job import Job

ATTEMPTS = 200  # of a chunk


def begin(course: Course, by: User | None, wish: Wish, why: str) -> Regrade:
    """A new regrade, about to be prepared. Raises Refused (409) where the wish makes no sense."""
    scope = resolve(course, wish)
    return Regrade.objects.create(
        course=course,
        by=by,
        why=why,
        scope=scope.words,
        items=list(scope.items),
        user=wish.student,
        since=wish.since,
        targets={str(old): new for old, new in scope.targets.items()},
        rules=rules_of(scope.items),
        cursor=[0, 0],
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A submission and what it asks for."""

    submission: Submission
    exercise: int
    digest: str
    stays: str = ""


def prepare_chunk(regrade: Regrade) -> None:
    """Look at the next attempts; with the last one the jobs may be sent. Locks the regrade: one at a time."""
    with transaction.atomic():
        held = Regrade.objects.select_for_update(of=("self",)).get(pk=regrade.pk)
        if held.stage != Stage.PREPARING:
            return
        place, last = held.cursor
        if place >= len(held.items):
            Regrade.objects.filter(pk=held.pk).update(stage=Stage.MARKING, cursor=[0], touched_at=Now())
            return
        attempts = Attempt.objects.filter(item=held.items[place], pk__gt=last)
        if held.user_id is not None:
            attempts = attempts.filter(user=held.user_id)
        found = list(attempts.order_by("pk").values_list("pk", flat=True)[:ATTEMPTS])
        if found:
            _store(held, [_asked(held, one) for one in _submissions(held, found)])
        cursor = [place, found[-1]] if len(found) == ATTEMPTS else [place + 1, 0]
        Regrade.objects.filter(pk=held.pk).update(cursor=cursor, touched_at=Now())


def _submissions(regrade: Regrade, attempts: Sequence[int]) -> list[Submission]:
    """What was handed in in these attempts; locked, so that what is noted of them is true together."""
    rows = Submission.objects.select_for_update(of=("self",)).filter(attempt__in=attempts)
    if regrade.since is not None:
        rows = rows.filter(queued_at__gte=regrade.since)
    return list(rows.select_related("attempt").defer("verdict").order_by("attempt", "number"))


def target_of(regrade: Regrade, exercise: int) -> int:
    """The version in which this one is marked again."""
    return int(regrade.targets.get(str(exercise), exercise))


def _asked(regrade: Regrade, submission: Submission) -> Asked:
    attempt = submission.attempt
    exercise = target_of(regrade, attempt.exercise_id)
    if submission.state == State.QUEUED:
        return Asked(submission, exercise, "", Stays.WAITING)
    if exercise != attempt.exercise_id and misfit(attempt, exercise):
        return Asked(submission, exercise, "", Stays.BOXES)
    content = [exercise, attempt.seed, attempt.generator, attempt.values, submission.answers]
    return Asked(
        submission, exercise, hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    )


def _store(regrade: Regrade, asked: Sequence[Asked]) -> None:
    """The jobs that are new, and a row for each submission."""
    samples = {one.digest: one for one in asked if one.digest}
    known = RegradeJob.objects.filter(regrade=regrade, digest__in=list(samples))
    jobs = dict(known.values_list("digest", "pk"))
    fresh = [
        RegradeJob(regrade=regrade, digest=digest, sample=one.submission, exercise_id=one.exercise)
        for digest, one in samples.items()
        if digest not in jobs
    ]
    jobs |= {one.digest: one.pk for one in RegradeJob.objects.bulk_create(fresh)}
    RegradeRow.objects.bulk_create(_row(regrade, one, jobs.get(one.digest)) for one in asked)


def _row(regrade: Regrade, one: Asked, job_pk: int | None) -> RegradeRow:
    was = one.submission
    return RegradeRow(
        regrade=regrade,
        submission=was,
        job_id=job_pk,
        was_state=was.state,
        was_digest=was.digest,
        was_marked_at=was.marked_at,
        was_override=was.override,
        before=was.points if was.override is None else was.override,
        changed=False if one.stays else None,
        stays=one.stays,
    )


def job_of(sample: Submission, exercise: int) -> Job:
    """The job of marking these answers by this version of the exercise, without its token."""
    attempt = sample.attempt
    asked = question_of(Attempt(**_moved(attempt, exercise)))
    return job(asked, published(exercise), variant_of(attempt), sample.answers)


def _moved(attempt: Attempt, exercise: int) -> dict[str, object]:
    kept = {name: getattr(attempt, name) for name in ("pk", "seed", "generator", "values")}
    return kept | {"exercise_id": exercise}

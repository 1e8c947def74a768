"""The way of an answer: the broker, the workers, what waits, and whether the engine still knows its sums."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Min
from django.utils import timezone

from course.celery import MARKING, RECORDS
from course.doctor.finding import Check, Finding, fail, ok, warn
from course.health import WORKERS
from course.redis import client
from course.work.models import State, Submission
from course.work.sweeping import overdue
from grader.job import AnswerBox, Job, Outcome
from grader.marking import ENGINE, mark

MANY = 1000  # messages in a queue: more than a class hands in within a minute
START = "Start it: `make run` does; docs/self-hosting.md has the command for a production site."


def broker() -> Finding:
    """Redis answers, and its queues are short."""
    lengths = {queue: int(client().llen(queue)) for queue in (MARKING, RECORDS)}
    words = ", ".join(f"{length} in {queue}" for queue, length in lengths.items())
    if max(lengths.values()) > MANY:
        return warn("broker", words, "More workers would help, or the ones there are hang.")
    return ok("broker", words)


def workers() -> Finding:
    """The grader and the site's own worker have given a sign of life."""
    signs = client().mget(list(WORKERS.values()))
    silent = [name for name, sign in zip(WORKERS, signs, strict=True) if not sign]
    if silent:
        return fail("workers", f"no sign of life from {' and '.join(silent)}", START)
    return ok("workers", "the grader and the site's worker answer")


def waiting() -> Finding:
    """Nothing waits longer for its verdict than the sweeper takes to send it again."""
    late = overdue().aggregate(oldest=Min("queued_at"))["oldest"]
    if late is None:
        return ok("waiting", "no answer waits for long")
    minutes = (timezone.now() - late) // timedelta(minutes=1)
    words = f"waiting too long for a verdict: {overdue().count()}, the oldest for {minutes} minutes"
    return fail(
        "waiting", words, "When the workers answer, they are sent again by themselves; or: manage.py sweep"
    )


def unmarked() -> Finding:
    """Nothing is parked because the engine could not mark it."""
    parked = Submission.objects.filter(state=State.FAILED).count()
    if parked:
        words = f"{parked} could not be marked; their students lost no try"
        return warn("unmarked", words, "Read the reasons under Submissions, then: manage.py sweep --failed")
    return ok("unmarked", "everything handed in could be marked")


def engine() -> Finding:
    """The engine marks a right answer right and a wrong one wrong."""
    answers = {"2*(yhat-y)*w": Outcome.CORRECT, "(yhat-y)*w": Outcome.WRONG}
    told = {typed: mark(_job(typed)).boxes[0].outcome for typed in answers}
    if told != answers:
        return fail("engine", f"it says {told}", "This installation is damaged: install it anew.")
    return ok("engine", f"version {ENGINE} tells right from wrong")


def _job(typed: str) -> Job:
    box = AnswerBox(id="g", formula="2*w*yhat - 2*w*y", names=("w", "y", "yhat"))
    values = {"w": "0.5", "y": "1", "yhat": "0.7"}
    return Job(values=values, boxes=(box,), answers={"g": typed})


CHECKS: tuple[tuple[str, Check], ...] = (
    ("broker", broker),
    ("workers", workers),
    ("waiting", waiting),
    ("unmarked", unmarked),
    ("engine", engine),
)

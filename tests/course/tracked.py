"""Marked submissions for tests of tracking, written without a grader: what a verdict says is given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from course.people.models import Course, Enrolment, Role, User
from course.work.catalogue import published
from course.work.models import Attempt, Item, Result, State, Submission
from course.work.signals import marked
from exercises.variants import variant
from grader.job import BoxVerdict, Outcome, Verdict

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
CHAIN = ("dL_dyhat", "dyhat_dh1", "dh1_dw1", "grad_w1")
GOOD = {Outcome.CORRECT, Outcome.FOLLOW_THROUGH}
FREE = {Outcome.UNREADABLE, Outcome.HELD_BACK, Outcome.EMPTY}


def box(id: str, text: str) -> tuple[BoxVerdict, str]:
    """A box's verdict and its answer from a short text: ``ok``, ``empty``, ``unread``, ``=-0.3`` (wrong and
    unexplained), or the id of a misconception."""
    known = {"ok": Outcome.CORRECT, "follows": Outcome.FOLLOW_THROUGH, "empty": Outcome.EMPTY}
    if text in known:
        return BoxVerdict(id=id, outcome=known[text], points=Decimal(text != "empty")), "1"
    if text == "unread":
        return BoxVerdict(id=id, outcome=Outcome.UNREADABLE, code="odd-sign"), "2*("
    if text.startswith("="):
        return BoxVerdict(id=id, outcome=Outcome.WRONG, value=text[1:]), text[1:]
    params = {"id": text}
    return BoxVerdict(id=id, outcome=Outcome.WRONG, code="misconception", params=params, value="9"), "9"


def verdict(told: Mapping[str, str]) -> tuple[Verdict, dict[str, str]]:
    """A verdict on these boxes, and the answers."""
    pairs = [box(id, text) for id, text in told.items()]
    boxes = tuple(one for one, _ in pairs)
    outcomes = {one.outcome for one in boxes}
    points = sum((one.points for one in boxes), Decimal(0))
    whole = (
        Outcome.CORRECT
        if outcomes == {Outcome.CORRECT}
        else Outcome.UNREADABLE
        if Outcome.UNREADABLE in outcomes
        else Outcome.PARTIAL
    )
    found = Verdict(
        engine="4",
        outcome=whole,
        points=points,
        possible=Decimal(len(boxes)),
        counts=not outcomes <= FREE and whole is not Outcome.UNREADABLE,
        boxes=boxes,
    )
    return found, {one.id: typed for one, typed in pairs}


def lesson(item: Item) -> dict[str, str]:
    """The numbers of variant 1."""
    return variant(published(item.exercise_id), 1).values


def handed_in(
    user: User,
    item: Item,
    told: Mapping[str, str],
    *,
    minute: float = 1,
    attempt: int = 1,
    number: int | None = None,
    seed: int = 1,
    values: Mapping[str, str] | None = None,
    tell: bool = True,
) -> Submission:
    """A marked submission; ``tell``: send the signal, as recording does."""
    opened, _new = Attempt.objects.get_or_create(
        user=user,
        item=item,
        number=attempt,
        defaults={
            "exercise": item.exercise,
            "seed": seed,
            "generator": "2",
            "values": dict(values or lesson(item)),
        },
    )
    if _new:
        Attempt.objects.filter(pk=opened.pk).update(opened_at=START)
        opened.opened_at = START
    Result.objects.get_or_create(user=user, item=item, defaults={"marked": 1})
    found, answers = verdict(told)
    submission = Submission.objects.create(
        attempt=opened,
        number=number or opened.submissions.count() + 1,
        key=uuid4().hex,
        answers=answers,
        digest="0" * 64,
        state=State.GRADED,
        verdict=found.model_dump(mode="json", exclude={"token"}),
        points=found.points,
        possible=found.possible,
        counts=found.counts,
        queued_at=START + timedelta(minutes=minute),
    )
    if tell:
        marked.send(Submission, submission=submission, verdict=found)
    return submission


def enrolled(course: Course, count: int) -> list[User]:
    """New students of the course."""
    made = [User.objects.create(username=f"s{number}", last_name=f"Nr {number}") for number in range(count)]
    Enrolment.objects.bulk_create(Enrolment(course=course, user=user, role=Role.STUDENT) for user in made)
    return made

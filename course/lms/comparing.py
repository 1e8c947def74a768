"""What should be in a platform's gradebook, compared with what was sent: only differences travel.

Nothing is remembered of single changes. Scores are worked out from the rows, as for the files of the
gradebook and by the same functions, and every row of ``Push`` that is behind waits to be sent. Whatever
crashes, is done twice or comes in another order, the next comparison finds what is left to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from course.gradebook.book import book_of, enrolments, rows
from course.gradebook.rounding import rounded
from course.gradebook.totals import State
from course.lms.models import Context, Identity, LineItem, Push, PushState

OFTEN = timedelta(seconds=20)  # between two comparisons of one course
CHUNK = 500  # students


@dataclass(frozen=True, slots=True)
class Wanted:
    """A grade as it should be in the platform."""

    identity: int
    assignment: int
    points: Decimal
    possible: Decimal


def wanted(context: Context) -> Iterator[Wanted]:
    """Every released grade of everybody who came from this course of the platform.

    What is excused, hidden, not begun or not marked yet is left as it is there: a grade is never cleared.
    """
    if context.course is None:
        return
    people = dict(
        Identity.objects.filter(memberships__context=context).values_list("user_id", "pk").order_by("pk")
    )
    book = book_of(context.course).only(released=True)
    states = {State.COUNTS, State.MISSING} if context.sends_zeros else {State.COUNTS}
    found = list(enrolments(context.course).filter(user__in=people))
    for start in range(0, len(found), CHUNK):
        for row in rows(book, found[start : start + CHUNK]):
            for entry in row.entries.values():
                if entry.state in states and entry.score.possible > 0:
                    points, possible = rounded(entry.score.points), rounded(entry.score.possible)
                    yield Wanted(people[row.student.user], entry.assignment, points, possible)


@dataclass(frozen=True, slots=True)
class Difference:
    """A grade that is not on its way yet; ``push``: the row of an older one."""

    wanted: Wanted
    push: int | None


def differences(context: Context) -> Iterator[Difference]:
    """What should be sent and was not, in the version that it has now."""
    have = {
        (push.identity_id, push.line_item.assignment_id): push
        for push in Push.objects.filter(line_item__context=context).select_related("line_item")
    }
    for one in wanted(context):
        push = have.get((one.identity, one.assignment))
        if push is None or (push.points, push.possible) != (one.points, one.possible):
            yield Difference(one, push.pk if push else None)


def behind(context: Context) -> int:
    """How many grades a comparison would put on their way."""
    return sum(1 for _one in differences(context))


@transaction.atomic
def compare(context: Context) -> int:
    """Put on its way what differs from what was last on its way; how much that was."""
    Context.objects.filter(pk=context.pk).update(compared_at=Now())
    found = list(differences(context))
    items: dict[int, LineItem] = {}
    for one in found:
        values = {"points": one.wanted.points, "possible": one.wanted.possible}
        if one.push is not None:
            again(Push.objects.filter(pk=one.push), **values)
            continue
        assignment = one.wanted.assignment
        if assignment not in items:
            items[assignment], _new = LineItem.objects.get_or_create(
                context=context, assignment_id=assignment
            )
        Push.objects.get_or_create(
            line_item=items[assignment], identity_id=one.wanted.identity, defaults=values
        )
    return len(found)


def again(rows: QuerySet[Push], **values: Decimal) -> int:
    """Let rows of ``Push`` wait anew, as another version."""
    now = Now()
    fresh: dict[str, Any] = {"state": PushState.WAITING, "tries": 0, "words": ""}
    fresh |= {"since": now, "next_at": now}
    return rows.update(version=F("version") + 1, **fresh, **values)


def due_contexts() -> list[Context]:
    """The courses that send grades and were not compared for a while."""
    stale = Q(compared_at__isnull=True) | Q(compared_at__lt=timezone.now() - OFTEN)
    ready = Context.objects.filter(stale, sends=True, course__isnull=False).exclude(columns_url="")
    return list(ready.select_related("course").order_by("compared_at", "pk")[:20])

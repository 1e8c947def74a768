"""What a submission is worth, and what a student has reached in an item: both follow from the stored rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.db import transaction
from django.db.models.fields.json import KT

from course.work.models import Item, Result, State, Submission
from course.work.signals import rescored
from grader.job import Outcome

STEP = Decimal("0.001")  # of points
ROWS = ("attempt__item_id", "points", "override", "possible", "credit", "credit_why", "counts", "outcome")


def share(submission: Submission) -> Decimal:
    """What a submission is worth of its item, 0 to 1; 0 while it has no verdict.

    The points that a person gave count in place of the grader's, and the credit is a factor on both.
    """
    return worth(submission.points, submission.override, submission.possible, submission.credit)


def worth(
    points: Decimal | None, override: Decimal | None, possible: Decimal | None, credit: Decimal
) -> Decimal:
    """The same from the stored columns."""
    given = points if override is None else override
    return Decimal(given) / possible * Decimal(credit) if given is not None and possible else Decimal(0)


def in_points(item: Item, share: Decimal) -> Decimal:
    """A share of an item's points, as results keep them."""
    return (Decimal(item.points) * share).quantize(STEP, ROUND_HALF_EVEN)


def is_solution(
    outcome: str | None, override: Decimal | None, possible: Decimal | None, why: Iterable[Mapping[str, Any]]
) -> bool:
    """Whether a submission with these columns makes the item solved; not after its solution was shown."""
    if override is not None:
        return override == possible
    return outcome == Outcome.CORRECT.value and not any(cause["code"] == "solution" for cause in why)


def lock_results(user_id: int, item_ids: Iterable[int]) -> dict[int, Result]:
    """The student's results in these items, by item; made if need be, and nobody else's until the commit."""
    wanted = set(item_ids)
    rows = Result.objects.select_for_update(of=("self",)).filter(user=user_id, item__in=wanted)
    rows = rows.select_related("item").order_by("item_id")
    found = {one.item_id: one for one in rows}
    if missing := sorted(wanted - found.keys()):
        for item_id in missing:
            Result.objects.get_or_create(user_id=user_id, item_id=item_id)
        found = {one.item_id: one for one in rows.all()}
    return found


@transaction.atomic
def rescore(user_id: int, item_ids: Iterable[int]) -> None:
    """Work out a student's results in these items anew: the best submission counts.

    Sends ``rescored`` for each item. Call it inside the transaction that changed the rows.
    """
    reached = lock_results(user_id, item_ids)
    work_out(user_id, reached)
    for item_id in sorted(reached):
        rescored.send(Result, user=user_id, item=item_id)


def work_out(user_id: int, locked: Mapping[int, Result]) -> None:
    """The same on results that are locked already, and nobody is told."""
    for one in locked.values():
        one.points, one.solved, one.tries, one.marked = Decimal(0), False, 0, 0
    graded = Submission.objects.filter(attempt__user=user_id, attempt__item__in=locked, state=State.GRADED)
    for item_id, points, override, possible, credit, why, counts, outcome in graded.annotate(
        outcome=KT("verdict__outcome")
    ).values_list(*ROWS):
        one = locked[item_id]
        one.points = max(one.points, in_points(one.item, worth(points, override, possible, credit)))
        one.solved |= is_solution(outcome, override, possible, why)
        one.tries += bool(counts)
        one.marked += 1
    Result.objects.bulk_update(locked.values(), ["points", "solved", "tries", "marked"])

"""What a submission is worth, and what a student has reached in an item: both follow from the stored rows."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from django.db import transaction
from django.db.models.fields.json import KT

from course.work.models import Result, State, Submission
from course.work.signals import rescored
from grader.job import Outcome

STEP = Decimal("0.001")  # of points
ROWS = ("attempt__item_id", "points", "override", "possible", "credit", "counts", "outcome")


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


def in_points(points: Decimal, share: Decimal) -> Decimal:
    """A share of an item's points, as results keep them."""
    return (Decimal(points) * share).quantize(STEP, ROUND_HALF_EVEN)


@transaction.atomic
def rescore(user_id: int, item_ids: Iterable[int], *, quietly: bool = False) -> None:
    """Work out a student's results in these items anew: the best submission counts.

    Sends ``rescored`` for each item, unless ``quietly``. Call it in the transaction that changed the rows.
    """
    wanted = set(item_ids)
    for item_id in sorted(wanted):
        Result.objects.get_or_create(user_id=user_id, item_id=item_id)
    results = Result.objects.select_for_update(of=("self",)).filter(user=user_id, item__in=wanted)
    reached = {one.item_id: one for one in results.select_related("item").order_by("item_id")}
    for one in reached.values():
        one.points, one.solved, one.tries, one.marked = Decimal(0), False, 0, 0
    graded = Submission.objects.filter(attempt__user=user_id, attempt__item__in=wanted, state=State.GRADED)
    for item_id, points, override, possible, credit, counts, outcome in graded.annotate(
        outcome=KT("verdict__outcome")
    ).values_list(*ROWS):
        one = reached[item_id]
        one.points = max(one.points, in_points(one.item.points, worth(points, override, possible, credit)))
        one.solved |= outcome == Outcome.CORRECT.value if override is None else override == possible
        one.tries += bool(counts)
        one.marked += 1
    Result.objects.bulk_update(reached.values(), ["points", "solved", "tries", "marked"])
    if not quietly:
        for item_id in sorted(reached):
            rescored.send(Result, user=user_id, item=item_id)

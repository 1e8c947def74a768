"""What a regrade would do or did, in numbers and as a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from course.review.models import Regrade, RegradeRow, Stage


@dataclass(frozen=True, slots=True)
class Sum:
    """Submissions looked at, with another verdict, with more and fewer points, and by why they stay."""

    looked_at: int
    changed: int
    up: int
    down: int
    stays: dict[str, int]


def sum_of(regrade: Regrade) -> Sum:
    """The numbers of a regrade; one query."""
    rows = RegradeRow.objects.filter(regrade=regrade)
    told = {"WAITING": "waiting", "BOXES": "boxes", "FAULT": "fault", "CHANGED": "changed", "DOWN": "down"}
    found = rows.aggregate(
        looked_at=Count("pk"),
        another=Count("pk", filter=Q(changed=True, stays="")),
        more=Count("pk", filter=Q(changed=True, stays="", after__gt=F("before"))),
        fewer=Count("pk", filter=Q(changed=True, stays="", after__lt=F("before"))),
        **{f"stays_{value}": Count("pk", filter=Q(stays=value)) for value in told.values()},
    )
    stays = {value: found[f"stays_{value}"] for value in told.values() if found[f"stays_{value}"]}
    return Sum(found["looked_at"], found["another"], found["more"], found["fewer"], stays)


def rows_of(regrade: Regrade) -> QuerySet[RegradeRow]:
    """What changes and what is named, in the order in which it was looked at."""
    rows = RegradeRow.objects.filter(regrade=regrade).exclude(changed=False, stays="")
    rows = rows.exclude(changed__isnull=True)
    return rows.select_related(
        "submission__attempt__user",
        "submission__attempt__item__assignment",
        "submission__attempt__item__exercise",
    ).order_by("pk")


def progress(regrade: Regrade) -> tuple[int, int]:
    """How many jobs are answered, of how many so far."""
    found = regrade.jobs.aggregate(all=Count("pk"), answered=Count("pk", filter=Q(answered=True)))
    return found["answered"], found["all"]


def told(regrade: Regrade) -> Iterator[dict[str, Any]]:
    """The list as data, for a command."""
    for row in rows_of(regrade).iterator(1000):
        attempt = row.submission.attempt
        yield {
            "submission": str(row.submission_id),
            "student": attempt.user.get_username(),
            "item": attempt.item_id,
            "before": plain(row.before),
            "after": plain(row.after),
            "boxes": row.boxes,
            "stays": row.stays,
        }


def plain(points: Decimal | None) -> float | None:
    """Points for a machine."""
    return None if points is None else float(points)


def is_under_way(regrade: Regrade) -> bool:
    """Whether the list is not complete yet."""
    return regrade.stage in {Stage.PREPARING, Stage.MARKING, Stage.COMPARING}

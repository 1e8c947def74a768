"""The board of an assignment: four figures, and the matrix of students and items.

Everything comes from ``Standing``: one grouped query over the assignment, one for the cells of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q, Sum

from course.tracking.models import Stage, Standing
from course.tracking.scope import Scope, masked
from course.work.models import Counts

ACTIVE = timedelta(minutes=10)
PER_PAGE = 50
LONGEST = 100  # characters of a search that are looked at
SHOWN = ("finished", "active", "stuck")
SORTED = ("stuck", "name", "done")


class Row(NamedTuple):
    """One student in an assignment."""

    user: int
    name: str
    right: int = 0
    stuck: int = 0
    begun: int = 0
    seconds: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One student at one item."""

    item: int
    stage: int | None
    tries: int


@dataclass(frozen=True, slots=True)
class Tiles:
    """The four figures. ``minutes``: median time of work of those who finished, None without any."""

    students: int
    finished: int
    active: int
    stuck: int
    minutes: float | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are wanted, and in which order; ``only``: these users (who made a mistake)."""

    show: str = ""
    find: str = ""
    sort: str = SORTED[0]
    only: Collection[int] | None = None


def rows_of(scope: Scope) -> list[Row]:
    """All students of the scope with what they have reached, by name."""
    reached = {user: rest for user, *rest in _reached(scope)}
    names = scope.students().order_by("user__last_name", "user__first_name", "user_id")
    fields = names.values_list("user_id", "user__first_name", "user__last_name", "user__username")
    found = []
    for user, first, last, username in fields:
        name = masked(user) if scope.masked else f"{last}, {first}".strip(", ") or username
        found.append(Row(user, name, *reached.get(user, ())))
    return found


def _reached(scope: Scope) -> Iterable[tuple[Any, ...]]:
    kept = [item.pk for item in scope.items if item.counts != Counts.OUT]
    rows = Standing.objects.filter(item__in=kept).values("user").order_by()
    counted = rows.annotate(
        right=Count("pk", filter=Q(stage=Stage.RIGHT)),
        stuck=Count("pk", filter=Q(stage=Stage.STUCK)),
        begun=Count("pk"),
        worked=Sum("seconds"),
        latest=Max("last_at"),
    )
    return counted.values_list("user", "right", "stuck", "begun", "worked", "latest")


def tiles_of(rows: Sequence[Row], needed: int, now: datetime) -> Tiles:
    """The four figures over these rows."""
    done = [row for row in rows if is_finished(row, needed)]
    return Tiles(
        students=len(rows),
        finished=len(done),
        active=sum(is_active(row, now) for row in rows),
        stuck=sum(row.stuck > 0 for row in rows),
        minutes=median(row.seconds for row in done) / 60 if done else None,
    )


def is_finished(row: Row, needed: int) -> bool:
    """Whether all that is needed is right."""
    return needed > 0 and row.right >= needed


def is_active(row: Row, now: datetime) -> bool:
    """Whether something was handed in within the last ten minutes."""
    return row.last_at is not None and now - row.last_at <= ACTIVE


def wanted(rows: Sequence[Row], asked: Asked, needed: int, now: datetime) -> list[Row]:
    """The rows that are asked for, sorted; among equals by name."""
    test = _test(asked.show, needed, now)
    words = asked.find[:LONGEST].casefold().split()
    found = [
        row
        for row in rows
        if test(row)
        and all(word in row.name.casefold() for word in words)
        and (asked.only is None or row.user in asked.only)
    ]
    return sorted(found, key=ORDERS.get(asked.sort, ORDERS["stuck"]))


ORDERS: dict[str, Callable[[Row], tuple[int, ...]]] = {
    "stuck": lambda row: (row.stuck == 0, row.right),
    "done": lambda row: (row.right, row.begun),
    "name": lambda row: (),
}


def _test(show: str, needed: int, now: datetime) -> Callable[[Row], bool]:
    tests: dict[str, Callable[[Row], bool]] = {
        "finished": lambda row: is_finished(row, needed),
        "active": lambda row: is_active(row, now),
        "stuck": lambda row: row.stuck > 0,
    }
    return tests.get(show, lambda row: True)


def page_of(rows: Sequence[Row], number: str | None) -> Page[Row]:
    """Fifty of them."""
    return Paginator(rows, PER_PAGE).get_page(number)


def cells_of(scope: Scope, rows: Iterable[Row]) -> Mapping[int, list[Cell]]:
    """For each of these students a cell for every item of the assignment."""
    users = [row.user for row in rows]
    items = [item.pk for item in scope.items]
    found = Standing.objects.filter(item__in=items, user__in=users)
    stands = {(user, item): rest for user, item, *rest in found.values_list("user", "item", "stage", "tries")}
    return {user: [Cell(item, *stands.get((user, item), (None, 0))) for item in items] for user in users}

"""What is stored about students' work, read for many of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from django.db.models import Case, DecimalField, F, Max, Min, QuerySet, Sum, Value, When

from course.gradebook.models import Excuse
from course.gradebook.scores import Part, Reached
from course.people.models import Accommodation, Enrolment
from course.work.dates import effective_for
from course.work.draws import drawn
from course.work.models import Assignment, Counts, DateException, Item, Result, State, Submission
from course.work.scoring import STEP, in_points, worth

COUNTED = Case(
    When(item__counts=Counts.OUT, then=Value(Decimal(0))),
    When(item__counts=Counts.FULL, marked__gt=0, then=F("item__points")),
    default=F("points"),
    output_field=DecimalField(max_digits=14, decimal_places=3),
)  # what a result adds to its assignment, as course.gradebook.scores has it
WORTH = ("points", "override", "possible", "credit")


class Asked(Protocol):
    """An assignment, of which only these are needed here."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its items."""


@dataclass(slots=True)
class Standing:
    """One student: points by item; assignments that are excused or over; items that wait for a verdict.

    ``drawn``: of assignments with pools, the items that are the student's. ``sums``: in place of ``reached``,
    the points in assignments without pools, and whether anything was tried.
    """

    reached: dict[int, Reached] = field(default_factory=dict)
    excused: set[int] = field(default_factory=set)
    over: frozenset[int] = frozenset()
    waiting: set[int] = field(default_factory=set)
    drawn: dict[int, frozenset[int]] = field(default_factory=dict)
    sums: dict[int, tuple[Decimal, bool]] | None = None


def standings(
    course: int,
    asked: Sequence[Asked],
    found: Sequence[Enrolment],
    *,
    now: datetime,
    as_of: datetime | None,
    full: bool,
) -> dict[int, Standing]:
    """What is stored, by the number of the enrolment; a handful of queries, however many students.

    Unless it is asked in ``full``, points of now are added up by the database, a row an assignment.
    """
    by_user = {one.user_id: Standing() for one in found}
    points = {part.item: part.points for one in asked for part in one.parts}
    pooled = [one.id for one in asked if any(part.pool is not None for part in one.parts)]
    unmarked = True
    if as_of is not None:
        _read_submissions(course, by_user, points, as_of)
    elif full:
        _read_results(by_user, Result.objects.filter(item__assignment__course=course))
    else:
        unmarked = _read_sums(by_user, asked, pooled) or bool(pooled)
        if pooled:
            _read_results(by_user, Result.objects.filter(item__assignment__in=pooled))
    if unmarked:
        _read_waiting(by_user, set(points))
    _read_draws(by_user, pooled)
    overs = over(course, found, as_of or now)
    by_enrolment = {one.pk: by_user[one.user_id] for one in found}
    for number, read in by_enrolment.items():
        read.over = overs[number]
    excuses = Excuse.objects.filter(enrolment__in=list(by_enrolment), assignment__course=course)
    for number, assignment in excuses.values_list("enrolment_id", "assignment_id"):
        by_enrolment[number].excused.add(assignment)
    return by_enrolment


def _read_sums(by_user: Mapping[int, Standing], asked: Sequence[Asked], pooled: Sequence[int]) -> bool:
    """Sums for all assignments but the ``pooled``; whether anything was opened that was never marked."""
    sums: dict[int, dict[int, tuple[Decimal, bool]]] = {user: {} for user in by_user}
    plain = [one for one in asked if one.id not in pooled]
    is_normal = all(part.counts == Counts.NORMAL for one in plain for part in one.parts)
    rows = Result.objects.filter(user__in=list(by_user), item__assignment__in=[one.id for one in plain])
    grouped: QuerySet[Result, Any] = rows.order_by().values_list("user_id", "item__assignment_id")
    found = grouped.annotate(
        sum=Sum("points" if is_normal else COUNTED), most=Max("marked"), least=Min("marked")
    )
    unmarked = False
    for user, assignment, points, most, least in found.iterator():
        sums[user][assignment] = (points.quantize(STEP), most > 0)
        unmarked |= not least
    for user, one in by_user.items():
        one.sums = sums[user]
    return unmarked


def _read_results(by_user: Mapping[int, Standing], rows: QuerySet[Result]) -> None:
    results = rows.filter(user__in=list(by_user))
    for user, item, points, marked in results.values_list("user_id", "item_id", "points", "marked"):
        by_user[user].reached[item] = Reached(points, tried=marked > 0)


def _read_submissions(
    course: int, by_user: Mapping[int, Standing], points: Mapping[int, Decimal], as_of: datetime
) -> None:
    """The best of what was handed in until then, with today's verdicts; equal ones are read once."""
    handed_in = Submission.objects.filter(
        state=State.GRADED,
        queued_at__lte=as_of,
        attempt__user__in=list(by_user),
        attempt__item__assignment__course=course,
    )
    worths = handed_in.order_by().values_list("attempt__user_id", "attempt__item_id", *WORTH).distinct()
    for user, item, *columns in worths.iterator():
        if item in points:
            best = by_user[user].reached.get(item)
            reached = worth_in_points(points[item], *columns)
            by_user[user].reached[item] = Reached(max(reached, best.points if best else reached), tried=True)


@lru_cache(maxsize=4096)
def worth_in_points(
    of: Decimal, points: Decimal | None, override: Decimal | None, possible: Decimal | None, credit: Decimal
) -> Decimal:
    """A submission's worth in points of an item that has ``of`` of them."""
    return in_points(Item(points=of), worth(points, override, possible, credit))


def _read_waiting(by_user: Mapping[int, Standing], items: set[int]) -> None:
    """Items that were opened, never marked, and have something that waits for a verdict or a person."""
    unmarked = Result.objects.filter(user__in=list(by_user), item__in=items, marked=0)
    opened = list(unmarked.values_list("user_id", "item_id"))
    if not opened:
        return
    users, wanted = ({pair[place] for pair in opened} for place in (0, 1))
    rows = Submission.objects.exclude(state=State.GRADED).filter(
        attempt__user__in=users, attempt__item__in=wanted
    )
    for user, item in rows.order_by().values_list("attempt__user_id", "attempt__item_id").distinct():
        by_user[user].waiting.add(item)


def _read_draws(by_user: Mapping[int, Standing], pooled: Sequence[int]) -> None:
    """Which items of pools are whose; no query where there are no pools."""
    if pooled:
        assignments = Assignment.objects.filter(pk__in=pooled)
        for (assignment, user), items in drawn(assignments, list(by_user)).items():
            by_user[user].drawn[assignment] = frozenset(items)


def over(course: int, found: Iterable[Enrolment], when: datetime) -> dict[int, frozenset[int]]:
    """The assignments whose due date (without one: whose closing) was before ``when``, by enrolment.

    Only who has an accommodation or an exception needs dates of their own; all others share one answer.
    """
    assignments = list(Assignment.objects.filter(course=course).only("pk", "opens", "due", "closes"))
    common = frozenset(one.pk for one in assignments if _passed(one.due, one.closes, when))
    overs: dict[int, frozenset[int]] = defaultdict(lambda: common)
    special = _special(course, found)
    own = defaultdict[int, set[int]](set)
    for (assignment, enrolment), dates in effective_for(assignments, special).items():
        if _passed(dates.due, dates.closes, when):
            own[enrolment].add(assignment)
    overs.update({one.pk: frozenset(own[one.pk]) for one in special})
    return overs


def _passed(due: datetime | None, closes: datetime | None, when: datetime) -> bool:
    last = due or closes
    return last is not None and last < when


def _special(course: int, found: Iterable[Enrolment]) -> list[Enrolment]:
    rows = DateException.objects.filter(assignment__course=course).values_list("section_id", "enrolment_id")
    pairs = list(rows)
    sections = {section for section, _one in pairs if section}
    ones = {one for _section, one in pairs if one}
    ones |= set(Accommodation.objects.filter(enrolment__course=course).values_list("enrolment_id", flat=True))
    return [one for one in found if one.section_id in sections or one.pk in ones]

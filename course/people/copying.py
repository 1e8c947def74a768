"""Copying a course: its assignments with their pools, items and policies, and every date moved alike; the
gradebook's weights and letters, and the misconceptions that the staff named.

Dates move by whole days and keep their time of day, also over a change of the clocks. Left out are people and
their work, exceptions to dates, and what items were discounted for the former students.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone

from course.people import journal
from course.people.models import Content, Course, Data, Enrolment, Role, Section, User
from course.tracking.models import NamedRule
from course.work.models import Assignment, Counts, Item, Pool

Row = TypeVar("Row", bound=models.Model)
copied = Signal()  # in the transaction: source, target, assignments={pk of the old one: the new one}


@dataclass(frozen=True, slots=True)
class Moved:
    """One date of an assignment, before and after."""

    name: str
    old: datetime
    new: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one assignment."""

    assignment: Assignment
    items: int
    dates: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A copy, before it is made: ``days`` that dates move, since ``began``, the old course's first day."""

    began: date | None
    days: int
    lines: tuple[Line, ...]
    passwords: int  # assignments with a password, which stays the same

    @property
    def same_weekdays(self) -> bool:
        """Whether a Monday stays a Monday."""
        return self.days % 7 == 0


def plan_copy(course: Course, starts: date, began: date | None = None) -> Plan:
    """What a copy that starts on this day has; ``began``: the old first day, else that of its dates."""
    assignments = course.assignments.annotate(size=models.Count("items")).order_by("position", "pk")
    rows = list(assignments)
    first = (
        began or course.starts or min((_day(when) for row in rows for _n, when in _dates(row)), default=None)
    )
    days = (starts - first).days if first else 0
    lines = tuple(Line(row, row.size, tuple(_moved(row, days))) for row in rows)
    return Plan(first, days, lines, sum(bool(row.password) for row in rows))


def moved(when: datetime, days: int) -> datetime:
    """The same time of day in the site's time zone, so many days later."""
    there = timezone.localtime(when).replace(tzinfo=None) + timedelta(days=days)
    return timezone.make_aware(there)


def _moved(assignment: Assignment, days: int) -> Iterator[Moved]:
    for name, when in _dates(assignment):
        yield Moved(name, when, moved(when, days))


def _dates(assignment: Assignment) -> Iterator[tuple[str, datetime]]:
    """Whatever fields of an assignment are dates, by their names."""
    for column in assignment._meta.concrete_fields:
        if isinstance(column, models.DateTimeField) and column.editable:
            when = getattr(assignment, column.name)
            if when is not None:
                yield column.name, when


def _day(when: datetime) -> date:
    return timezone.localtime(when).date()


@transaction.atomic
def copy_course(
    source: Course,
    plan: Plan,
    *,
    title: str,
    slug: str,
    starts: date,
    by: User | None,
    sections: bool = False,
) -> Course:
    """Make the copy that was planned; ``by`` owns it, or, for a command, the owners of the source."""
    target = Course.objects.create(slug=slug, title=title, starts=starts)
    _give_to(target, [by] if by else _owners(source))
    if sections:
        Section.objects.bulk_create(
            Section(course=target, name=name) for name in source.sections.values_list("name", flat=True)
        )
    assignments = {line.assignment.pk: _copy_assignment(line, target) for line in plan.lines}
    copied.send(Course, source=source, target=target, assignments=assignments)
    NamedRule.objects.bulk_create(
        _unsaved(rule, course=target) for rule in source.named_rules.filter(withdrawn_at=None).order_by("pk")
    )
    journal.note(target, by, "course.copied", title=source.title, days=plan.days)
    journal.note(source, by, "course.copied_to", title=target.title)
    return target


def _owners(course: Course) -> list[User]:
    owners = Enrolment.objects.filter(course=course, content=Content.OWNER, active=True).order_by("pk")
    return [place.user for place in owners.select_related("user")]


def _give_to(course: Course, owners: list[User]) -> None:
    rights = {"role": Role.INSTRUCTOR, "content": Content.OWNER, "data": Data.GRADER}
    Enrolment.objects.bulk_create(Enrolment(course=course, user=owner, **rights) for owner in owners)


def _copy_assignment(line: Line, target: Course) -> Assignment:
    old = line.assignment.pk
    new = _again(line.assignment, course=target, **{one.name: one.new for one in line.dates})
    pools = {pool.pk: _again(pool, assignment=new) for pool in Pool.objects.filter(assignment=old)}
    fresh = {"assignment": new, "counts": Counts.NORMAL}
    items = Item.objects.filter(assignment=old).order_by("position", "pk")
    Item.objects.bulk_create([_unsaved(item, pool=pools.get(item.pool_id or 0), **fresh) for item in items])
    return new


def _again(row: Row, **changes: object) -> Row:
    """A new row like this one, but for the changes."""
    new = _unsaved(row, **changes)
    new.save()
    return new


def _unsaved(row: Row, **changes: object) -> Row:
    values = {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}
    del values[row._meta.pk.attname]
    new = type(row)(**values)
    for name, value in changes.items():
        setattr(new, name, value)
    return new

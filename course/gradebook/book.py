"""The gradebook of a course as frozen values: what is asked, who is asked, and everyone's row.

The number of queries does not grow with the students: ``rows`` takes a page or a chunk of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils import timezone

from course.gradebook.models import Column
from course.gradebook.reached import Standing, standings
from course.gradebook.scores import OUT, Part, Score, score
from course.gradebook.setup import Setup, setup_of
from course.gradebook.totals import Category, Entry, Total, standing, total
from course.people.models import Course, Enrolment, Role
from course.work.models import Assignment, Item, Kind, Pool

CHUNK = 500  # students that are read at once
LONGEST = 100  # characters of a search that are looked at
NAMES = ("user__first_name", "user__last_name", "user__username", "student_number")
NONE = (Decimal(0), False)
POOL = ("assignment_id", "pk", "draws")
PART = ("assignment_id", "pk", "points", "counts", "pool_id")
RELEASED = frozenset({Kind.PRACTICE, Kind.HOMEWORK})  # released unless somebody hides them


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assignment as a column. ``hidden``: only the staff see it, and it counts for nobody.

    ``possible``: what a student can reach; of pools the drawn number of items, the largest if they differ.
    """

    id: int
    title: str
    kind: str
    parts: tuple[Part, ...]
    released: bool
    hidden: bool = False
    lms_id: str = ""
    possible: Decimal = Decimal(0)
    pooled: bool = False  # each student has some of the items only


@dataclass(frozen=True, slots=True)
class Book:
    """All columns of a course. ``as_of``: scores are those of that moment; None: of now."""

    course: int
    assignments: tuple[Assigned, ...]
    setup: Setup
    now: datetime
    as_of: datetime | None = None

    def only(self, *, released: bool) -> Book:
        """The same without what is hidden from students, or as it is."""
        kept = tuple(one for one in self.assignments if not one.hidden and (one.released or not released))
        return Book(self.course, kept, self.setup, self.now, self.as_of)

    def having(self, setup: Setup) -> Book:
        """The same under another setup."""
        return Book(self.course, self.assignments, setup, self.now, self.as_of)


@dataclass(frozen=True, slots=True)
class Student:
    """A student as the gradebook names them."""

    enrolment: int
    user: int
    first_name: str
    last_name: str
    username: str
    email: str
    number: str
    lms_id: str
    section: str

    @property
    def name(self) -> str:
        """The name by which lists are sorted: "Stone, Ada"; the username where there is none."""
        return ", ".join(filter(None, (self.last_name, self.first_name))) or self.username


@dataclass(frozen=True)
class Row:
    """A student's scores by assignment, and the total, which is worked out when it is asked for."""

    book: Book
    student: Student
    entries: Mapping[int, Entry]

    @cached_property
    def total(self) -> Total:
        """The total under the setup of the book."""
        return retotal(self.book, self)


def book_of(course: Course, *, as_of: datetime | None = None) -> Book:
    """The columns of a course; the queries do not grow with it."""
    parts: dict[int, list[Part]] = {}
    items = Item.objects.filter(assignment__course=course).order_by("position", "pk")
    for assignment, item, points, counts, pool in items.values_list(*PART):
        parts.setdefault(assignment, []).append(Part(item, points, counts, pool))
    draws: dict[int, dict[int, int]] = {}
    for assignment, pool, count in Pool.objects.filter(assignment__course=course).values_list(*POOL):
        draws.setdefault(assignment, {})[pool] = count
    columns = {one.assignment_id: one for one in Column.objects.filter(assignment__course=course)}
    rows = Assignment.objects.filter(course=course).order_by("position", "pk")
    assignments = tuple(
        _assigned(row, tuple(parts.get(row.pk, ())), columns.get(row.pk), draws.get(row.pk, {}))
        for row in rows
    )
    return Book(course.pk, assignments, setup_of(course), timezone.now(), as_of)


def _assigned(
    row: Assignment, parts: tuple[Part, ...], column: Column | None, draws: Mapping[int, int]
) -> Assigned:
    released = row.kind in RELEASED
    if column is not None and column.released is not None:
        released = column.released
    return Assigned(
        row.pk,
        row.title,
        row.kind,
        parts,
        released,
        hidden=row.hidden,
        lms_id=column.lms_id if column is not None else "",
        possible=_possible(parts, draws),
        pooled=any(part.pool is not None for part in parts),
    )


def _possible(parts: Iterable[Part], draws: Mapping[int, int]) -> Decimal:
    counted = [part for part in parts if part.counts != OUT]
    found = sum((part.points for part in counted if part.pool is None), Decimal(0))
    for pool, count in draws.items():
        sizes = sorted((part.points for part in counted if part.pool == pool), reverse=True)
        found += sum(sizes[:count], Decimal(0))
    return found


def enrolments(course: Course | int, *, section: int | None = None, find: str = "") -> QuerySet[Enrolment]:
    """The active students by name; each word of ``find`` is part of a name, the username or the number."""
    found = Enrolment.objects.filter(course=course, role=Role.STUDENT, active=True)
    if section is not None:
        found = found.filter(section=section)
    for word in find[:LONGEST].replace("\0", " ").split():
        fits = Q()
        for name in NAMES:
            fits |= Q(**{f"{name}__icontains": word})
        found = found.filter(fits)
    named = found.select_related("user", "section", "accommodation")
    return named.order_by("user__last_name", "user__first_name", "user__username", "pk")


def student_of(enrolment: Enrolment) -> Student:
    """The student behind an enrolment whose user and section are read."""
    user, section = enrolment.user, enrolment.section
    return Student(
        enrolment=enrolment.pk,
        user=enrolment.user_id,
        first_name=user.first_name,
        last_name=user.last_name,
        username=user.username,
        email=user.email,
        number=enrolment.student_number,
        lms_id=enrolment.lms_id,
        section=section.name if section else "",
    )


def rows(book: Book, found: Sequence[Enrolment], *, full: bool = False) -> list[Row]:
    """The students' rows, in their order; ``full``: each score with its lines."""
    read = standings(book.course, book.assignments, found, now=book.now, as_of=book.as_of, full=full)
    return [_row(book, student_of(enrolment), read[enrolment.pk]) for enrolment in found]


def all_rows(book: Book, found: QuerySet[Enrolment]) -> Iterator[Row]:
    """The same for everyone, ``CHUNK`` at a time: memory grows by one number a student."""
    numbers = list(found.values_list("pk", flat=True))
    for start in range(0, len(numbers), CHUNK):
        yield from rows(book, list(found.filter(pk__in=numbers[start : start + CHUNK])))


def _row(book: Book, student: Student, read: Standing) -> Row:
    return Row(book, student, {one.id: _entry(one, read) for one in book.assignments})


def retotal(book: Book, one: Row) -> Total:
    """The total of a row under the setup of ``book``, whatever setup the row was made with."""
    return total(_groups(book, one.entries), book.setup.letters)


def _entry(assigned: Assigned, read: Standing) -> Entry:
    found = _score(assigned, read)
    waiting = (
        bool(read.waiting) and not found.tried and any(part.item in read.waiting for part in assigned.parts)
    )
    excused, over = assigned.id in read.excused, assigned.id in read.over
    return Entry(assigned.id, found, standing(found, excused=excused, over=over, waiting=waiting))


def _score(assigned: Assigned, read: Standing) -> Score:
    if read.sums is None or assigned.pooled:
        return score(assigned.parts, read.reached, read.drawn.get(assigned.id))
    points, tried = read.sums.get(assigned.id, NONE)
    return Score(points, assigned.possible, tried)


def _groups(book: Book, entries: Mapping[int, Entry]) -> list[tuple[Category, list[Entry]]]:
    by_key: dict[int | None, list[Entry]] = {}
    for one in book.assignments:
        if not one.hidden:
            by_key.setdefault(book.setup.key_of(one.id), []).append(entries[one.id])
    return [(category, by_key.get(category.key, [])) for category in book.setup.groups]

"""What a page of tracking is about: an assignment of a course, and which of its students."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from course.people.models import Course, Enrolment, Role, Section
from course.tracking.models import Standing
from course.work.models import Assignment, Counts, Item

Numbers = frozenset[int]


@dataclass(frozen=True)
class Scope:
    """One course, one assignment of it (None: the course has none), all students or those of a section."""

    enrolment: Enrolment
    assignment: Assignment | None
    section: Section | None = None
    masked: bool = False
    chosen: dict[str, str] = field(default_factory=dict)  # what of the address chose it

    @property
    def course(self) -> Course:
        """The course."""
        return self.enrolment.course

    @cached_property
    def items(self) -> list[Item]:
        """The assignment's items in order, without their documents."""
        if self.assignment is None:
            return []
        rows = Item.objects.filter(assignment=self.assignment).select_related("exercise", "pool")
        return list(rows.defer("exercise__document").order_by("position", "pk"))

    @cached_property
    def needed(self) -> int:
        """How many items one student has to solve: of a pool, those that are drawn; discounted ones never."""
        kept = [item for item in self.items if item.counts != Counts.OUT]
        drawn = {item.pool_id: item.pool.draws for item in kept if item.pool}
        return sum(not item.pool_id for item in kept) + sum(drawn.values())

    def students(self) -> QuerySet[Enrolment]:
        """The students who are counted: in the course, still there, of this section; never staff."""
        return students_of(self.course, self.section)


def students_of(course: Course, section: Section | None = None) -> QuerySet[Enrolment]:
    """The students of a course who are still there; of one section, if there is one."""
    rows = Enrolment.objects.filter(course=course, role=Role.STUDENT, active=True)
    return rows.filter(section=section) if section else rows


def learners_of(course: Course, section: Section | None = None) -> QuerySet[Enrolment, int]:
    """The users whose work enters statistics: students, with those who have left; never staff."""
    rows = Enrolment.objects.filter(course=course, role=Role.STUDENT)
    rows = rows.filter(section=section) if section else rows
    return rows.values_list("user_id", flat=True)


def scope_of(request: HttpRequest, enrolment: Enrolment) -> Scope:
    """``?a=`` an assignment, ``?section=``, ``?mask=1``; what cannot be is what nobody chose."""
    chosen = {name: request.GET[name] for name in ("a", "section", "mask") if request.GET.get(name)}
    assignment = _assignment(enrolment.course, _number(chosen.get("a")))
    number = _number(chosen.get("section"))
    section = Section.objects.filter(course=enrolment.course, pk=number).first() if number else None
    return Scope(enrolment, assignment, section, chosen.get("mask") == "1", chosen)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _assignment(course: Course, number: int) -> Assignment | None:
    """The one that was chosen; else the one at which somebody worked last; else the first."""
    rows = Assignment.objects.filter(course=course).order_by("position", "pk")
    if number:
        return rows.filter(pk=number).first() or rows.first()
    latest = Standing.objects.filter(item__assignment__course=course)
    busy = latest.values("item__assignment").annotate(at=Max("last_at")).order_by("-at", "item__assignment")
    found = busy.values_list("item__assignment", flat=True).first()
    return rows.filter(pk=found).first() if found else rows.first()


def choices(scope: Scope) -> dict[str, object]:
    """What the filters of every page offer."""
    return {
        "assignments": Assignment.objects.filter(course=scope.course).order_by("position", "pk"),
        "sections": Section.objects.filter(course=scope.course).order_by("name", "pk"),
    }


def masked(user: int) -> str:
    """A student without a name, for a page that others see."""
    return _("Student {number}").format(number=user)

"""Exceptions from an assignment's dates, for a section or one student: given, changed, taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from course.people import journal
from course.people.models import Enrolment, Section, User
from course.work import gate, sentences  # noqa: F401 - describes the changes of this room
from course.work.dates import Dates, Effective, dates_of, effective, later
from course.work.models import Assignment, DateException


@dataclass(frozen=True, slots=True)
class Change:
    """An exception that was given, with a student's dates before and after it."""

    exception: DateException
    before: Effective | None
    after: Effective | None


def plus(assignment: Assignment, given: DateException | None, days: int) -> Dates:
    """So many days more on the due date and the close that hold now, an exception's or the assignment's."""
    own, base = dates_of(given) if given else Dates(), dates_of(assignment)
    return replace(own, due=later(own.due or base.due, days), closes=later(own.closes or base.closes, days))


@transaction.atomic
def extend(
    assignment: Assignment,
    whom: Enrolment | Section,
    *,
    by: User | None,
    days: int | None = None,
    dates: Dates | None = None,
    note: str = "",
) -> Change:
    """Give an exception, or change the one that is there: by ``days``, or to ``dates``.

    Raises ValueError if there is no due date and no close to which days could be added.
    """
    place = {"enrolment": whom} if isinstance(whom, Enrolment) else {"section": whom}
    student = whom if isinstance(whom, Enrolment) else None
    given = DateException.objects.filter(assignment=assignment, **place).first()
    before = effective(assignment, student) if student else None
    wanted = dates if dates is not None else plus(assignment, given, days or 0)
    if wanted.due is None and wanted.closes is None and wanted.opens is None:
        raise ValueError("an assignment without a due date and a close has nothing to add days to")
    given = given or DateException(assignment=assignment, **place)
    given.opens, given.due, given.closes = wanted.opens, wanted.due, wanted.closes
    given.note = note or given.note
    given.save()
    code = "dates.excepted" if student else "work.section_excepted"
    _note(given, by, code, due=shown(wanted.due), closes=shown(wanted.closes))
    return Change(given, before, effective(assignment, student) if student else None)


@transaction.atomic
def take_back(given: DateException, *, by: User | None) -> None:
    """The dates of the section or of the assignment hold again."""
    _note(given, by, "dates.exception_ended" if given.enrolment_id else "work.section_exception_ended")
    given.delete()


def _note(given: DateException, by: User | None, code: str, **about: str) -> None:
    enrolment, section = given.enrolment, given.section
    named = {"name": enrolment.user.get_full_name() or enrolment.user.username} if enrolment else {}
    named |= {"section": section.name} if section else {}
    whom = enrolment.user if enrolment else None
    course = given.assignment.course
    journal.note(course, by, code, whom=whom, assignment=given.assignment.title, **named, **about)


def shown(when: datetime | None) -> str:
    """A date for the journal; a dash where there is none."""
    return gate.shown(when) if when else "–"

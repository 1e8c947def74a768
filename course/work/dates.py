"""The dates that hold for one student: the assignment's, an exception's, and what an accommodation adds.

Each date is looked up by itself: the student's own exception, else that of the section, else the assignment.
Then the accommodation adds its days to the due and the closing date, at the same hour of the site's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.people.models import Accommodation, Enrolment
from course.work.models import Assignment, DateException


class Source(StrEnum):
    """Whose date it is."""

    ASSIGNMENT = "assignment"
    SECTION = "section"
    STUDENT = "student"


@dataclass(frozen=True, slots=True)
class Dates:
    """The three dates of an assignment or of an exception; None: not given here."""

    opens: datetime | None = None
    due: datetime | None = None
    closes: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What an accommodation gives: days on top of a date, and a factor on the clock."""

    days: int = 0
    factor: Decimal = Decimal(1)


NOTHING = Grant()


@dataclass(frozen=True, slots=True)
class Effective:
    """The dates of an assignment for one student, and where they come from; None: no limit on that side.

    ``factor`` lengthens a time limit; ``days`` are already in the dates.
    """

    opens: datetime | None
    due: datetime | None
    closes: datetime | None
    factor: Decimal = Decimal(1)
    days: int = 0
    source: Source = Source.ASSIGNMENT
    section: str = ""

    @property
    def rule(self) -> str:
        """The rule that won, in words for the staff."""
        won = {
            Source.ASSIGNMENT: _("dates of the assignment"),
            Source.SECTION: _("exception for the section %(name)s") % {"name": self.section},
            Source.STUDENT: _("exception for this student"),
        }[self.source]
        if not self.days:
            return won
        more = ngettext(
            "%(days)d more day by accommodation", "%(days)d more days by accommodation", self.days
        )
        return f"{won}, {more % {'days': self.days}}"

    @property
    def reason(self) -> str:
        """Why the student's dates are not everybody's, in words for the student; empty if they are."""
        parts = []
        if self.source is Source.SECTION:
            parts.append(_("dates of your section"))
        if self.source is Source.STUDENT:
            parts.append(_("a date of your own"))
        if self.days:
            more = ngettext("%(days)d more day for you", "%(days)d more days for you", self.days)
            parts.append(more % {"days": self.days})
        return ", ".join(parts)


def effective(assignment: Assignment, enrolment: Enrolment) -> Effective:
    """The dates that hold for one student; one query, and one more if the accommodation was not read yet."""
    mine = Q(enrolment=enrolment.pk)
    if enrolment.section_id is not None:
        mine |= Q(section=enrolment.section_id)
    found = DateException.objects.filter(mine, assignment=assignment.pk).select_related("section")
    by_whom = {(one.section_id, one.enrolment_id): one for one in found}
    return _for(assignment, enrolment, by_whom, grant_of(enrolment))


def effective_for(
    assignments: Sequence[Assignment], enrolments: Sequence[Enrolment]
) -> dict[tuple[int, int], Effective]:
    """The same for many, by the numbers of assignment and enrolment; two queries, however many."""
    exceptions: dict[int, dict[tuple[int | None, int | None], DateException]] = {}
    for one in DateException.objects.filter(assignment__in=[each.pk for each in assignments]).select_related(
        "section"
    ):
        exceptions.setdefault(one.assignment_id, {})[one.section_id, one.enrolment_id] = one
    grants = grants_of(enrolments)
    return {
        (assignment.pk, enrolment.pk): _for(
            assignment, enrolment, exceptions.get(assignment.pk, {}), grants.get(enrolment.pk, NOTHING)
        )
        for assignment in assignments
        for enrolment in enrolments
    }


def grant_of(enrolment: Enrolment) -> Grant:
    """What the student's accommodation gives."""
    try:
        given = enrolment.accommodation
    except ObjectDoesNotExist:
        return NOTHING
    return Grant(given.extra_days, Decimal(given.time_factor))


def grants_of(enrolments: Sequence[Enrolment]) -> dict[int, Grant]:
    """The same for many, by the number of the enrolment; one query."""
    courses = {each.course_id for each in enrolments}
    given = Accommodation.objects.filter(enrolment__course__in=courses)
    rows = given.values_list("enrolment_id", "extra_days", "time_factor")
    return {enrolment: Grant(days, factor) for enrolment, days, factor in rows}


def _for(
    assignment: Assignment,
    enrolment: Enrolment,
    exceptions: Mapping[tuple[int | None, int | None], DateException],
    grant: Grant,
) -> Effective:
    own = exceptions.get((None, enrolment.pk))
    section = exceptions.get((enrolment.section_id, None)) if enrolment.section_id is not None else None
    layers: list[tuple[Source, Dates]] = [(Source.ASSIGNMENT, dates_of(assignment))]
    if section is not None:
        layers.append((Source.SECTION, dates_of(section)))
    if own is not None:
        layers.append((Source.STUDENT, dates_of(own)))
    name = section.section.name if section is not None and section.section else ""
    return resolve(layers, grant, section=name)


def dates_of(row: Assignment | DateException) -> Dates:
    """The dates that a row gives."""
    return Dates(row.opens, row.due, row.closes)


def resolve(
    layers: Iterable[tuple[Source, Dates]], grant: Grant = NOTHING, *, section: str = ""
) -> Effective:
    """The dates from their layers, the strongest last; a due date after the close moves the close along."""
    opens = due = closes = None
    won = Source.ASSIGNMENT
    for source, given in layers:
        opens, due, closes = given.opens or opens, given.due or due, given.closes or closes
        won = source if given != Dates() else won
    due, closes = later(due, grant.days), later(closes, grant.days)
    if due is not None and closes is not None:
        closes = max(due, closes)
    days = grant.days if due is not None or closes is not None else 0
    return Effective(opens, due, closes, grant.factor, days, won, section)


def later(when: datetime | None, days: int) -> datetime | None:
    """The same hour of the site's clock so many days later, summer time or not."""
    if when is None or not days:
        return when
    return (timezone.localtime(when) + timedelta(days=days)).astimezone(UTC)


def days_late(due: datetime | None, when: datetime) -> int:
    """Begun days from the due date on, counted at the due date's hour of the site's clock; 0: in time."""
    if due is None or when <= due:
        return 0
    days = max((when - due).days - 1, 0)
    while (end := later(due, days)) is not None and end < when:
        days += 1
    return days

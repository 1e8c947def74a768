"""When verdicts are shown after the close only: for everybody at once, when it has closed for the last one.

A student who is done must have nothing to tell those who still sit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from course.people.models import Enrolment
from course.work.dates import effective_for
from course.work.models import Assignment
from course.work.policies import policy_of


def is_veiled(assignment: Assignment, *, is_staff: bool = False) -> bool:
    """Whether verdicts in this assignment are still hidden from its students."""
    return bool(veiled([assignment], is_staff=is_staff))


def veiled(assignments: Iterable[Assignment], *, is_staff: bool = False) -> set[int]:
    """The numbers of those of the assignments whose verdicts are still hidden; the staff see all."""
    if is_staff:
        return set()
    return {each.pk for each in assignments if policy_of(each).is_veiled and not _is_shown(each)}


def _is_shown(assignment: Assignment) -> bool:
    closed = shown_at(assignment)
    return closed is not None and timezone.now() >= closed + timedelta(seconds=policy_of(assignment).grace)


def shown_at(assignment: Assignment) -> datetime | None:
    """When the verdicts are shown, but for the grace: the latest close of any student; None without one.

    No query before the assignment's own close, three after it.
    """
    if assignment.closes is None or timezone.now() < assignment.closes:
        return assignment.closes
    others = (
        Q(accommodation__extra_days__gt=0)
        | Q(exceptions__assignment=assignment.pk)
        | Q(section__exceptions__assignment=assignment.pk)
    )
    places = Enrolment.objects.filter(others, course=assignment.course_id, active=True)
    later = effective_for([assignment], list(places.distinct().order_by("pk"))).values()
    return max([assignment.closes, *(each.closes for each in later if each.closes is not None)])

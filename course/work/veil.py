"""When verdicts are shown after the close only: for everybody at once, when it has closed for the last one.

A student who is done must have nothing to tell those who still sit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from course.errors import Refused
from course.people.models import Enrolment
from course.work.dates import effective_for
from course.work.models import Assignment
from course.work.policies import policy_of


def is_veiled(assignment: Assignment, *, is_staff: bool = False) -> bool:
    """Whether verdicts in this assignment are still hidden from its students."""
    return bool(veiled([assignment], is_staff=is_staff))


def veiled(assignments: Iterable[Assignment], *, is_staff: bool = False) -> set[int]:
    """The numbers of those of the assignments whose verdicts are still hidden; the staff see all.

    No query before an assignment's own close, three after it, however many assignments.
    """
    hiding = [] if is_staff else [each for each in assignments if policy_of(each).is_veiled]
    shown = shown_at(hiding)
    return {each.pk for each in hiding if not _is_past(shown[each.pk], policy_of(each).grace)}


def veiled_in(enrolment: Enrolment) -> set[int]:
    """The numbers of the course's assignments whose verdicts are still hidden from this person."""
    return veiled(Assignment.objects.filter(course=enrolment.course_id), is_staff=enrolment.is_staff)


def refuse_veiled(assignment: Assignment, enrolment: Enrolment) -> None:
    """Raises Refused (409) while verdicts in the assignment are hidden from this person."""
    if is_veiled(assignment, is_staff=enrolment.is_staff):
        detail = _("What this is worth is shown after the close; then you can ask about it.")
        raise Refused(409, _("Not yet"), detail)


def _is_past(moment: datetime | None, grace: int) -> bool:
    return moment is not None and timezone.now() >= moment + timedelta(seconds=grace)


def shown_at(assignments: Sequence[Assignment]) -> dict[int, datetime | None]:
    """When the verdicts of each are shown: at the latest close of any student; None without a closing date.

    Before its own close, an assignment's own close stands for it.
    """
    found = {each.pk: each.closes for each in assignments}
    closed = [each for each in assignments if _is_past(each.closes, 0)]
    if not closed:
        return found
    numbers = [each.pk for each in closed]
    others = (
        Q(accommodation__extra_days__gt=0)
        | Q(exceptions__assignment__in=numbers)
        | Q(section__exceptions__assignment__in=numbers)
    )
    courses = {each.course_id for each in closed}
    places = Enrolment.objects.filter(others, course__in=courses, active=True).distinct().order_by("pk")
    for (assignment, _place), dates in effective_for(closed, list(places)).items():
        closes = found[assignment]
        if closes is not None and dates.closes is not None:
            found[assignment] = max(closes, dates.closes)
    return found

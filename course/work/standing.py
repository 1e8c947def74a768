"""Where one student stands in one assignment now: not open yet, to be begun, open, handed in or over.

With a time limit or a password an assignment has to be begun; without, a quiz is begun by opening it. When it
ends follows from the rows each time, so the limit and the accommodation may change while the clock runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from django.utils import timezone

from course.people.models import Enrolment
from course.work.dates import Effective, effective, effective_for
from course.work.models import Assignment, Sitting
from course.work.policies import MarkingPolicy, policy_of


class Phase(StrEnum):
    """What may be done now."""

    UNOPENED = "unopened"
    READY = "ready"  # to be begun
    OPEN = "open"
    HANDED_IN = "handed in"
    OVER = "over"  # closed, or the time is over


@dataclass(frozen=True, slots=True)
class Standing:
    """One student in one assignment at ``now``."""

    assignment: Assignment
    effective: Effective
    policy: MarkingPolicy
    sitting: Sitting | None
    now: datetime
    user: int
    is_staff: bool = False

    @property
    def ends(self) -> datetime | None:
        """When nothing more is taken, but for the grace; None: never, as it stands."""
        return end_of(self.assignment, self.effective, self.sitting.begun_at if self.sitting else None)

    @property
    def last_moment(self) -> datetime | None:
        """The end with the grace seconds."""
        return self.ends and self.ends + timedelta(seconds=self.policy.grace)

    @property
    def phase(self) -> Phase:
        """What may be done now; staff look in before it opens, and begin nothing."""
        opens, last = self.effective.opens, self.last_moment
        if opens is not None and self.now < opens and not self.is_staff:
            return Phase.UNOPENED
        if self.sitting is not None and self.sitting.handed_in_at is not None:
            return Phase.HANDED_IN
        if last is not None and self.now >= last:
            return Phase.OVER
        if must_begin(self.assignment) and self.sitting is None and not self.is_staff:
            return Phase.READY
        return Phase.OPEN

    @property
    def is_late(self) -> bool:
        """Whether what is handed in now is late."""
        due = self.effective.due
        return due is not None and self.now > due + timedelta(seconds=self.policy.grace)

    @property
    def is_in_grace(self) -> bool:
        """Whether the end is past and only the grace is left."""
        return self.phase is Phase.OPEN and self.ends is not None and self.now >= self.ends

    @property
    def seconds(self) -> int | None:
        """How long the whole sitting may take for this student; None: no time limit."""
        return time_limit(self.assignment, self.effective.factor)


def must_begin(assignment: Assignment) -> bool:
    """Whether the assignment has a page to begin at."""
    return assignment.minutes is not None or bool(assignment.password)


def has_sitting(assignment: Assignment) -> bool:
    """Whether work in it is a sitting, whose drafts are handed in at its end."""
    return must_begin(assignment) or policy_of(assignment).is_veiled


def time_limit(assignment: Assignment, factor: Decimal) -> int | None:
    """Seconds for a student with this time factor; None: no limit."""
    return None if assignment.minutes is None else int(assignment.minutes * 60 * Decimal(factor))


def end_of(assignment: Assignment, dates: Effective, begun_at: datetime | None) -> datetime | None:
    """The end of the time or the close, whichever comes first."""
    seconds = time_limit(assignment, dates.factor)
    if begun_at is None or seconds is None:
        return dates.closes
    over = begun_at + timedelta(seconds=seconds)
    return over if dates.closes is None else min(over, dates.closes)


def standing_of(enrolment: Enrolment, assignment: Assignment) -> Standing:
    """Where the student stands; a query for the dates, and one where there may be a sitting."""
    sitting = None
    if has_sitting(assignment):
        sitting = Sitting.objects.filter(user=enrolment.user_id, assignment=assignment.pk).first()
    return _standing(enrolment, assignment, effective(assignment, enrolment), sitting)


def standings_of(enrolment: Enrolment, assignments: Sequence[Assignment]) -> dict[int, Standing]:
    """The same for many assignments, by number; three queries."""
    dates = effective_for(assignments, [enrolment])
    rows = Sitting.objects.filter(user=enrolment.user_id, assignment__in=[each.pk for each in assignments])
    sittings = {sitting.assignment_id: sitting for sitting in rows}
    return {
        each.pk: _standing(enrolment, each, dates[each.pk, enrolment.pk], sittings.get(each.pk))
        for each in assignments
    }


def standings_by_sitting(sittings: Sequence[Sitting]) -> list[Standing]:
    """Where those stand whose sittings these are, their assignments read; three queries."""
    assignments = {sitting.assignment_id: sitting.assignment for sitting in sittings}
    courses = {each.course_id for each in assignments.values()}
    people = {sitting.user_id for sitting in sittings}
    rows = Enrolment.objects.filter(course__in=courses, user__in=people).select_related("course")
    places = {(each.course_id, each.user_id): each for each in rows}
    dates = effective_for(list(assignments.values()), list(places.values()))
    found = []
    for sitting in sittings:
        if place := places.get((sitting.assignment.course_id, sitting.user_id)):
            own = dates[sitting.assignment_id, place.pk]
            found.append(_standing(place, sitting.assignment, own, sitting))
    return found


def _standing(
    enrolment: Enrolment, assignment: Assignment, dates: Effective, sitting: Sitting | None
) -> Standing:
    policy, now = policy_of(assignment), timezone.now()
    return Standing(assignment, dates, policy, sitting, now, enrolment.user_id, enrolment.is_staff)

"""Planning a course: assignments and their items made, changed, ordered, taken out, with whom it touches.

What was handed in is never lost: an assignment or an item with work in it cannot be deleted. An assignment
can be hidden, an item set not to count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.errors import Refused
from course.people import journal
from course.people.models import Course, User
from course.work import sentences  # noqa: F401 - describes the changes of this room
from course.work.crediting import settle_again
from course.work.models import Assignment, Item, PublishedExercise, Result, Sitting, Submission
from course.work.scoring import rescore

POINTS = Decimal(10)  # of a new item
MOST_ITEMS = 100


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom a change of an assignment touches: students who have opened it, and those who sit just now."""

    begun: int
    sitting: int

    @property
    def words(self) -> str:
        """In a sentence; empty if nobody is touched."""
        if not self.begun:
            return ""
        text = ngettext("%(n)d student has begun", "%(n)d students have begun", self.begun) % {
            "n": self.begun
        }
        if self.sitting:
            text += ", " + ngettext("%(n)d sits now", "%(n)d sit now", self.sitting) % {"n": self.sitting}
        return text + ". " + _("Dates, limits and policies that you change here hold for them at once.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change does to results: how many, and whether it was done or waits to be confirmed."""

    results: int
    done: bool


def touched(assignment: Assignment) -> Touched:
    """Whom a change touches; two queries."""
    results = Result.objects.filter(item__assignment=assignment.pk)
    open_now = Sitting.objects.filter(assignment=assignment.pk, handed_in_at=None)
    return Touched(results.aggregate(n=Count("user", distinct=True))["n"], open_now.count())


def listed(course: Course) -> QuerySet[Assignment]:
    """The course's assignments in order, with how many items and how much handed-in work each has."""
    return course.assignments.annotate(
        size=Count("items", distinct=True),
        begun=Count("items__results__user", distinct=True, filter=Q(items__results__marked__gt=0)),
    ).order_by("position", "pk")


def attempt(change: Callable[[], int], *, confirmed: bool) -> Outcome:
    """Do a change that says how many results it changes; undone if there are some and nobody confirmed."""
    with transaction.atomic():
        results = change()
        done = confirmed or not results
        if not done:
            transaction.set_rollback(True)
    return Outcome(results, done)


def last_position(rows: Iterable[Assignment] | QuerySet[Assignment]) -> int:
    """The place after the last one."""
    return max((each.position for each in rows), default=-1) + 1


def make(course: Course, new: Assignment, by: User) -> Assignment:
    """Put a new assignment at the end of the course."""
    new.course, new.position = course, last_position(course.assignments.all())
    new.save()
    journal.note(course, by, "work.made", assignment=new.title)
    return new


def change(assignment: Assignment, by: User, fields: Sequence[str]) -> int:
    """Save what the form changed, and work the credit out anew; how many results are others now."""
    assignment.save()
    journal.note(assignment.course, by, "work.changed", assignment=assignment.title, fields=", ".join(fields))
    return settle_again(assignment)


@transaction.atomic
def move(rows: Sequence[Assignment | Item], pk: int, by: int) -> None:
    """Move one of the rows up (``by`` is -1) or down (1), and number all of them by their new order."""
    order = list(rows)
    here = next((place for place, row in enumerate(order) if row.pk == pk), None)
    if here is None or not 0 <= here + by < len(order):
        return
    order[here], order[here + by] = order[here + by], order[here]
    for place, row in enumerate(order):
        if row.position != place:
            row.position = place
            row.save(update_fields=["position"])


def work_in(assignment: Assignment) -> int:
    """How many submissions there are."""
    return Submission.objects.filter(attempt__item__assignment=assignment.pk).count()


@transaction.atomic
def delete(assignment: Assignment, by: User) -> None:
    """Delete an assignment in which nothing was handed in; raises Refused (409) for another."""
    if work_in(assignment):
        detail = _("Students have handed in work here, and nothing of that is ever lost. Hide it instead.")
        raise Refused(409, _("Not deleted"), detail)
    journal.note(assignment.course, by, "work.deleted", assignment=assignment.title)
    assignment.delete()


@transaction.atomic
def add_items(assignment: Assignment, exercises: Sequence[PublishedExercise], by: User) -> int:
    """Put exercises at the end, but for those that are in it; how many were new."""
    there = set(assignment.items.values_list("exercise__slug", flat=True))
    fresh = [each for each in exercises if each.slug not in there]
    if len(there) + len(fresh) > MOST_ITEMS:
        detail = _("An assignment holds at most %(most)d exercises.") % {"most": MOST_ITEMS}
        raise Refused(422, _("Too many"), detail)
    end = assignment.items.aggregate(last=Max("position"))["last"] or 0
    Item.objects.bulk_create(
        Item(assignment=assignment, exercise=each, position=end + place, points=POINTS)
        for place, each in enumerate(fresh, start=1)
    )
    if fresh:
        what = ", ".join(each.slug for each in fresh)
        journal.note(assignment.course, by, "work.added", assignment=assignment.title, exercises=what)
    return len(fresh)


@transaction.atomic
def remove_item(item: Item, by: User) -> None:
    """Take an item out in which nothing was handed in; raises Refused (409) for another."""
    if Submission.objects.filter(attempt__item=item.pk).exists():
        detail = _(
            "Students have handed in work here, and nothing of that is ever lost. Set it not to count."
        )
        raise Refused(409, _("Not removed"), detail)
    course, title = item.assignment.course, item.assignment.title
    journal.note(course, by, "work.removed", assignment=title, exercise=item.exercise.slug)
    item.delete()


def change_items(assignment: Assignment, items: Sequence[Item], by: User) -> int:
    """Save items that were changed, and their results; how many results are others, or count otherwise."""
    before = {item.pk: item for item in Item.objects.filter(pk__in=[item.pk for item in items])}
    for item in items:
        item.save()
    names = ", ".join(item.exercise.slug for item in items)
    journal.note(assignment.course, by, "work.items", assignment=assignment.title, exercises=names)
    repriced = [item.pk for item in items if before[item.pk].points != item.points]
    recounted = [item.pk for item in items if before[item.pk].counts != item.counts]
    settled = settle_again(assignment) if any(before[item.pk].tries != item.tries for item in items) else 0
    reached = Result.objects.filter(marked__gt=0)
    for user in reached.filter(item__in=repriced).values_list("user", flat=True).distinct():
        rescore(user, repriced)
    return settled + reached.filter(item__in={*repriced, *recounted}).count()

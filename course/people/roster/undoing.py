"""Taking an import back: everything as it was, but for what somebody has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from course.people import journal
from course.people.models import Course, Enrolment, RosterImport, Section, User
from course.people.roster.applying import write_details
from course.people.roster.plan import ACCOUNT
from course.work.models import Attempt


@dataclass(frozen=True, slots=True)
class Undone:
    """How many people are out again, marked as left because they have worked, put back as they were, and left
    alone because they were changed since."""

    removed: int
    left: int
    restored: int
    kept: int


def last_import(course: Course) -> RosterImport | None:
    """The import that can be taken back: the newest one that was not."""
    done = RosterImport.objects.filter(course=course, applied_at__isnull=False, undone_at=None)
    return done.order_by("-applied_at", "-pk").first()


@transaction.atomic
def undo_import(done: RosterImport, by: User | None) -> Undone:
    """Take it back. Nobody who has worked in the course is deleted: they are marked as left."""
    course = Course.objects.select_for_update().get(pk=done.course_id)
    restored, kept = _restore(course, done.changes["changed"])
    removed, left = _remove(course, done.changes["made"])
    Section.objects.filter(course=course, pk__in=done.changes["sections"]).annotate(
        people=Count("enrolments")
    ).filter(people=0).delete()
    done.undone_at = timezone.now()
    done.save(update_fields=["undone_at"])
    journal.note(course, by, "people.undone", number=done.pk, lines=restored + removed + left, kept=kept)
    return Undone(removed, left, restored, kept)


def _restore(course: Course, changed: list[dict[str, Any]]) -> tuple[int, int]:
    """Put back what is still as the import left it. Returns for how many people, and how many stayed."""
    places = Enrolment.objects.filter(course=course).select_related("user", "section")
    now = places.in_bulk([one["enrolment"] for one in changed])
    sections = {section.name.casefold(): section.pk for section in course.sections.all()}
    back, whole = [], 0
    for one in changed:
        place = now.get(one["enrolment"])
        before = _still(place, one, sections) if place else {}
        whole += before == one["before"]
        if before:
            back.append({"enrolment": one["enrolment"], "before": before})
    write_details(back, "before", sections)
    return len(back), len(changed) - whole


def _still(place: Enrolment, one: Mapping[str, Any], sections: Mapping[str, int]) -> dict[str, Any]:
    """What was before, of the details that nobody has changed since."""
    return {
        field: old
        for field, old in one["before"].items()
        if _folded(_now(place, field)) == _folded(one["after"][field])
        and (field != "section" or not old or old.casefold() in sections)
    }


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _now(place: Enrolment, field: str) -> Any:
    if field in ACCOUNT:
        return getattr(place.user, field)
    if field == "section":
        return place.section.name if place.section else ""
    return getattr(place, field)


def _remove(course: Course, made: list[dict[str, Any]]) -> tuple[int, int]:
    """Take out whom the import put in; those who have worked here are marked as left."""
    here = Enrolment.objects.filter(course=course, pk__in=[one["enrolment"] for one in made], active=True)
    rows = list(here.values_list("pk", "user_id"))
    users = [user for _pk, user in rows]
    working = set(
        Attempt.objects.filter(user__in=users, item__assignment__course=course).values_list("user", flat=True)
    )
    Enrolment.objects.filter(pk__in=[pk for pk, user in rows if user in working]).update(active=False)
    gone = [(pk, user) for pk, user in rows if user not in working]
    Enrolment.objects.filter(pk__in=[pk for pk, _user in gone]).delete()
    ours = {one["user"] for one in made if one["account"]} & {user for _pk, user in gone}
    unused = User.objects.filter(pk__in=ours, invitation__course=course, invitation__used_at=None)
    unused.annotate(places=Count("enrolments")).filter(places=0).delete()
    return len(gone), len(rows) - len(gone)

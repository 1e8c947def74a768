"""Doing what a plan says, and writing down what it was so that it can be taken back.

``RosterImport.changes`` is ``{"counts": {...}, "made": [{enrolment, user, account}], "changed": [{enrolment,
user, name, before, after}], "sections": [ids]}``: ``account`` tells whether the account was made too, and
``before`` and ``after`` hold the details that became different, ``active`` among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from course.people import journal
from course.people.models import Course, Enrolment, Invitation, RosterImport, Section, User
from course.people.roster.known import load_known
from course.people.roster.plan import ACCOUNT, CHANGED, JOINS, NEW, PLACE, RETURNS, Plan, Step, plan_roster
from course.people.roster.rows import Roster

BATCH = 500
KINDS = ("new", "changed", "unchanged", "left")


def plan_for(course: Course, roster: Roster, *, leave: bool = False) -> Plan:
    """What a roster would change in the course as it is now."""
    return plan_roster(roster, load_known(course, roster.people), leave=leave)


@transaction.atomic
def import_roster(draft: RosterImport, roster: Roster, by: User | None, *, seen: str = "") -> Plan:
    """Do what the roster says, if that is still what was ``seen`` (a plan's digest; "" takes any).

    Returns the plan; ``draft.applied_at`` tells whether it was done.
    """
    course = Course.objects.select_for_update().get(pk=draft.course_id)  # one import at a time
    plan = plan_for(course, roster, leave=draft.leave)
    if (not seen or seen == plan.digest) and plan.changes:
        apply_plan(plan, course, draft, by)
    return plan


def apply_plan(plan: Plan, course: Course, draft: RosterImport, by: User | None) -> None:
    """Write it all, in the caller's transaction."""
    sections = _sections(plan, course)
    made = _make(plan, course, sections.ids)
    changed = [_changed(step) for step in plan.of(CHANGED, RETURNS)]
    changed += [_change(place.enrolment, place.account, {"active": (True, False)}) for place in plan.left]
    write_details(changed, "after", sections.ids)
    counts: dict[str, Any] = {name: plan.counts[name] for name in KINDS}
    draft.changes = {"counts": counts, "made": made, "changed": changed, "sections": sections.new}
    draft.text, draft.by, draft.applied_at = "", by, timezone.now()
    draft.save()
    journal.note(course, by, "people.imported", number=draft.pk, **counts)
    _note(course, by, changed)


@dataclass(frozen=True, slots=True)
class Sections:
    """A course's sections by their name in small letters, and the numbers of the new ones."""

    ids: Mapping[str, int]
    new: list[int]


def _sections(plan: Plan, course: Course) -> Sections:
    made = Section.objects.bulk_create(Section(course=course, name=name) for name in plan.sections)
    names = Section.objects.filter(course=course).values_list("name", "pk")
    return Sections({name.casefold(): pk for name, pk in names}, [section.pk for section in made])


def _make(plan: Plan, course: Course, sections: Mapping[str, int]) -> list[dict[str, Any]]:
    """New places, and accounts for those who have none."""
    new, joining = plan.of(NEW), plan.of(JOINS)
    users = User.objects.bulk_create([_user(step) for step in new], batch_size=BATCH)
    Invitation.objects.bulk_create([Invitation(user=user, course=course) for user in users], batch_size=BATCH)
    owners = [(step, user.pk) for step, user in zip(new, users, strict=True)]
    owners += [(step, step.account.user) for step in joining if step.account]
    places = [
        Enrolment(
            course=course,
            user_id=user,
            student_number=step.person.student_number,
            lms_id=step.person.lms_id,
            section_id=sections.get(step.person.section.casefold()),
        )
        for step, user in owners
    ]
    Enrolment.objects.bulk_create(places, batch_size=BATCH)
    accounts = {user.pk for user in users}
    return [{"enrolment": one.pk, "user": one.user_id, "account": one.user_id in accounts} for one in places]


def _user(step: Step) -> User:
    details = {name: getattr(step.person, name) for name in ACCOUNT}
    return User(username=step.username, password=make_password(None), **details)


def _changed(step: Step) -> dict[str, Any]:
    assert step.place is not None
    pairs: dict[str, tuple[Any, Any]] = {one.field: (one.old, one.new) for one in step.differences}
    if not step.place.active:
        pairs["active"] = (False, True)
    return _change(step.place.enrolment, step.place.account, pairs)


def _change(enrolment: int, account: Any, pairs: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    return {
        "enrolment": enrolment,
        "user": account.user,
        "name": account.name,
        "before": {field: old for field, (old, _new) in pairs.items()},
        "after": {field: new for field, (_old, new) in pairs.items()},
    }


def write_details(changed: Iterable[Mapping[str, Any]], which: str, sections: Mapping[str, int]) -> None:
    """Write the ``before`` or ``after`` of each into account and place."""
    rows = [one for one in changed if one[which]]
    places = Enrolment.objects.select_related("user").in_bulk([one["enrolment"] for one in rows])
    for one in rows:
        place = places[one["enrolment"]]
        for field, value in one[which].items():
            if field in ACCOUNT:
                setattr(place.user, field, value)
            elif field == "section":
                place.section_id = sections.get(value.casefold())
            else:
                setattr(place, field, value)
    fields = [field for field in PLACE if field != "section"]
    Enrolment.objects.bulk_update(places.values(), [*fields, "section", "active"], batch_size=BATCH)
    User.objects.bulk_update([place.user for place in places.values()], ACCOUNT, batch_size=BATCH)


def _note(course: Course, by: User | None, changed: list[dict[str, Any]]) -> None:
    """A line for each whose place or account is another now; those who are new stand in the import's own."""
    users = User.objects.in_bulk([one["user"] for one in changed])
    for code in ("left", "returned", "details"):
        some = [one for one in changed if _code(one) == code]
        told = [
            (users[one["user"]], {"name": one["name"], "fields": ", ".join(one["after"])}) for one in some
        ]
        journal.note_all(course, by, f"people.{code}", told)


def _code(one: Mapping[str, Any]) -> str:
    return {True: "returned", False: "left"}.get(one["after"].get("active"), "details")

"""Changing the details of one person, with a line that says which."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from course.people import journal
from course.people.models import Enrolment, Role, Section, User
from course.people.roles import name_of
from course.people.roster.columns import FIELDS
from course.people.roster.plan import ACCOUNT, PLACE


def is_ours(place: Enrolment) -> bool:
    """Whether this course made the account, so that its name and e-mail may be corrected here."""
    invitation = getattr(place.user, "invitation", None)
    return invitation is not None and invitation.course_id == place.course_id


def may_invite(place: Enrolment) -> bool:
    """Whether the course's owners may give this person a link to choose a password.

    Before it was used: the course made the account, and it teaches nowhere else. After that, for a password
    that is forgotten: the account is a student's, and it opens nothing but this course.
    """
    if not is_ours(place) or place.user.is_staff or place.user.is_superuser:
        return False
    others = Enrolment.objects.filter(user=place.user).exclude(pk=place.pk)
    if place.user.invitation.used_at is None:
        return not others.filter(role=Role.INSTRUCTOR).exists()
    return place.role == Role.STUDENT and not others.exists()


def editable(place: Enrolment) -> tuple[str, ...]:
    """The details that the course's owners may change."""
    return (*ACCOUNT, *PLACE) if is_ours(place) else PLACE


def details_of(place: Enrolment) -> dict[str, str]:
    """As a roster says them."""
    own = {name: getattr(place.user, name) for name in ACCOUNT}
    section = place.section.name if place.section else ""
    return own | {"student_number": place.student_number, "lms_id": place.lms_id, "section": section}


@transaction.atomic
def change_details(place: Enrolment, wanted: Mapping[str, str], by: User) -> list[str]:
    """Write what differs; the names of the fields. A section that is not there yet is made."""
    now = details_of(place)
    changed = [name for name in editable(place) if name in wanted and wanted[name] != now[name]]
    for name in changed:
        if name == "section":
            place.section = _section(place, wanted[name])
        else:
            setattr(place.user if name in ACCOUNT else place, name, wanted[name])
    if changed:
        place.user.save(update_fields=ACCOUNT)
        place.save(update_fields=["student_number", "lms_id", "section"])
        words = ", ".join(f"{FIELDS[name]} “{wanted[name]}”" for name in changed)
        journal.note(place.course, by, "people.details", whom=place.user, name=name_of(place), fields=words)
    return changed


def _section(place: Enrolment, name: str) -> Section | None:
    if not name:
        return None
    found = Section.objects.filter(course=place.course, name__iexact=name).first()
    return found or Section.objects.create(course=place.course, name=name)

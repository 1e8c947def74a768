"""The people of the demo, and of the tests: two students, three of the staff, and one from outside."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from course.people.models import Content, Data, Role


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast. ``role`` is None for one who is in no course."""

    username: str
    first_name: str
    last_name: str
    role: Role | None
    words: str | Promise
    content: Content = Content.NONE
    data: Data = Data.NONE


CAST = (
    Member("student", "Ada", "Stone", Role.STUDENT, _("a student")),
    Member("student2", "Ben", "Rivers", Role.STUDENT, _("a second student")),
    Member("instructor", "Iris", "Field", Role.INSTRUCTOR, _("the instructor"), Content.OWNER, Data.GRADER),
    Member(
        "assistant", "Tara", "Hill", Role.INSTRUCTOR, _("an assistant who marks"), Content.VIEWER, Data.GRADER
    ),
    Member("observer", "Olaf", "Lake", Role.INSTRUCTOR, _("an observer"), Content.VIEWER),
    Member("outsider", "Otto", "Wood", None, _("somebody in no course")),
)


def logins() -> list[dict[str, object]]:
    """What the sign-in page of a demo offers."""
    return [
        {"username": who.username, "password": settings.DEMO_PASSWORD, "words": who.words} for who in CAST
    ]

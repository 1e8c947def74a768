"""What the roles of an LMS mean here: rights in that one course, and never more.

Only roles *in the course* count (LTI Core 1.3, A.2.2): somebody who is an instructor somewhere in the school,
or an administrator of the LMS, may sit in this course as a student.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from course.people.models import Content, Data, Role

IN_COURSE = "http://purl.imsglobal.org/vocab/lis/v2/membership"


@dataclass(frozen=True, slots=True, order=True)
class Rights:
    """What a place in a course is made with; ordered by what one may do."""

    content: Content = Content.NONE
    data: Data = Data.NONE

    @property
    def role(self) -> Role:
        """One of the staff, or a student."""
        return Role.INSTRUCTOR if self > Rights() else Role.STUDENT


STUDENT = Rights()
TEACHES = Rights(Content.EDITOR, Data.GRADER)
STAFF = {
    "Instructor": TEACHES,
    "Administrator": TEACHES,
    "ContentDeveloper": Rights(Content.EDITOR, Data.NONE),
    "TeachingAssistant": Rights(Content.VIEWER, Data.GRADER),
}


def rights_of(roles: Iterable[str]) -> Rights:
    """The most that any of the roles gives; nothing known: a student."""
    return max((STAFF.get(_name(role), STUDENT) for role in roles), default=STUDENT)


def _name(role: str) -> str:
    """``Instructor`` of its full or short form; of ``Instructor#TeachingAssistant`` the sub-role."""
    if ":" not in role and "/" not in role:
        return role.rpartition("#")[2]
    base, hash_, name = role.partition("#")
    inside = base == IN_COURSE or base.startswith(IN_COURSE + "/")
    return name if hash_ and inside else ""

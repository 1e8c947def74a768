"""What roles give: staff of that one course, or a student."""

from __future__ import annotations

import pytest

from course.lms.roles import STUDENT, TEACHES, Rights, rights_of
from course.people.models import Content, Data, Role
from tests.course.lms.platform import IN_COURSE

ASSISTS = Rights(Content.VIEWER, Data.GRADER)
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
SUB = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#"


@pytest.mark.parametrize(
    ("roles", "rights"),
    [
        ([], STUDENT),
        ([IN_COURSE + "Learner"], STUDENT),
        (["Learner"], STUDENT),
        ([IN_COURSE + "Mentor"], STUDENT),
        ([IN_COURSE + "Instructor"], TEACHES),
        (["Instructor"], TEACHES),
        (["urn:lti:role:ims/lis/Instructor"], STUDENT),  # the form of LTI 1.1, which 1.3 has left behind
        ([IN_COURSE + "Administrator"], TEACHES),
        ([IN_COURSE + "ContentDeveloper"], Rights(Content.EDITOR, Data.NONE)),
        ([SUB + "TeachingAssistant"], ASSISTS),
        ([IN_COURSE + "Learner", SUB + "TeachingAssistant"], ASSISTS),
        ([INSTITUTION + "Instructor", IN_COURSE + "Learner"], STUDENT),
        ([SYSTEM + "Administrator"], STUDENT),
        ([INSTITUTION + "Administrator"], STUDENT),
        (["http://evil.example.org/membership#Instructor"], STUDENT),
        ([IN_COURSE[:-1] + "x#Instructor"], STUDENT),
        ([""], STUDENT),
    ],
)
def test_only_a_role_in_the_course_gives_rights_there(roles: list[str], rights: Rights) -> None:
    assert rights_of(roles) == rights


def test_no_role_makes_an_owner() -> None:
    assert TEACHES.content < Content.OWNER
    assert (TEACHES.role, STUDENT.role) == (Role.INSTRUCTOR, Role.STUDENT)

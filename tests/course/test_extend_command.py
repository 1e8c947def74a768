"""``manage.py extend``."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from course.people.models import Course, Enrolment, Entry, Section
from course.work.models import Assignment, DateException

DUE = datetime(2026, 12, 10, 18, tzinfo=UTC)


@pytest.fixture
def homework(demo: Course) -> Assignment:
    return Assignment.objects.create(course=demo, title="Homework", kind="homework", due=DUE)


def extend(*arguments: str) -> str:
    out = StringIO()
    call_command("extend", "backprop", *arguments, stdout=out)
    return out.getvalue()


def test_two_days_more_for_a_student(homework: Assignment) -> None:
    told = json.loads(extend("Homework", "--student", "student", "--days", "2", "--format", "json"))
    given = DateException.objects.get()
    assert given.due == DUE + timedelta(days=2)
    assert given.enrolment == Enrolment.objects.get(user__username="student")
    assert (told["whom"], told["rule"]) == ("student", "exception for this student")
    assert "12 Dec 2026" in told["due"]
    assert Entry.objects.get().by is None


def test_a_dry_run_says_the_same_and_changes_nothing(homework: Assignment) -> None:
    told = extend(str(homework.pk), "--student", "student", "--days", "2", "--dry-run")
    assert "12 Dec 2026" in told
    assert "would hold" in told
    assert DateException.objects.count() + Entry.objects.count() == 0


def test_a_date_for_a_section(homework: Assignment, demo: Course) -> None:
    Section.objects.create(course=demo, name="A")
    extend("Homework", "--section", "A", "--due", "2027-01-05T18:00", "--closes", "2027-01-06T18:00")
    assert DateException.objects.get().closes == datetime(2027, 1, 6, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("Homework", "--student", "nobody", "--days", "2"), 2, "no student"),
        (("Homework", "--student", "instructor", "--days", "2"), 2, "no student"),
        (("Essay", "--student", "student", "--days", "2"), 2, "names 0 assignments"),
        (("Homework", "--student", "student", "--days", "0"), 2, "1 to 365"),
        (("Homework", "--student", "student", "--due", "soon"), 2, "no date"),
        (("Homework", "--student", "student", "--due", "2026-13-01T10:00"), 2, "no date"),
        (("Homework", "--student", "student", "--days", "1", "--closes", "2027-01-01T10:00"), 2, "--due"),
        (("One training step", "--student", "student", "--days", "2"), 1, "nothing to add"),
    ],
)
def test_what_cannot_be_done_says_why_with_its_exit_status(
    arguments: tuple[str, ...], code: int, words: str, homework: Assignment
) -> None:
    with pytest.raises(CommandError, match=words) as refused:
        extend(*arguments)
    assert refused.value.returncode == code
    assert DateException.objects.count() == 0

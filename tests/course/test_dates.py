"""Which dates hold for a student, and the rule that won."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from course.people.models import Accommodation, Course, Enrolment, Section
from course.work.dates import (
    Dates,
    Effective,
    Grant,
    Source,
    days_late,
    effective,
    effective_for,
    later,
    resolve,
)
from course.work.models import Assignment, DateException

DUE = datetime(2026, 12, 10, 17, tzinfo=UTC)
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def assignment(demo: Course) -> Assignment:
    return Assignment.objects.create(course=demo, title="Sheet 1", due=DUE, closes=DUE + 2 * DAY)


@pytest.fixture
def place(demo: Course) -> Callable[[str], Enrolment]:
    """Ada is in section A."""
    section, _new = Section.objects.get_or_create(course=demo, name="A")
    Enrolment.objects.filter(user__username="student").update(section=section)
    return lambda name: Enrolment.objects.get(course=demo, user__username=name)


def test_without_an_exception_the_assignments_dates_hold(
    assignment: Assignment, place: Callable[[str], Enrolment]
) -> None:
    found = effective(assignment, place("student"))
    assert (found.opens, found.due, found.closes) == (None, DUE, DUE + 2 * DAY)
    assert (found.rule, found.reason) == ("dates of the assignment", "")


def test_a_sections_exception_is_for_its_students_only(
    assignment: Assignment, place: Callable[[str], Enrolment]
) -> None:
    student = place("student")
    DateException.objects.create(assignment=assignment, section=student.section, due=DUE + DAY)
    assert effective(assignment, student).due == DUE + DAY
    assert effective(assignment, student).rule == "exception for the section A"
    assert effective(assignment, place("student2")).due == DUE


def test_a_students_exception_wins_over_the_sections_date_by_date(
    assignment: Assignment, place: Callable[[str], Enrolment]
) -> None:
    student = place("student")
    DateException.objects.create(
        assignment=assignment, section=student.section, opens=DUE - 9 * DAY, due=DUE + DAY
    )
    DateException.objects.create(assignment=assignment, enrolment=student, due=DUE - DAY)
    found = effective(assignment, student)
    assert (found.opens, found.due, found.closes) == (DUE - 9 * DAY, DUE - DAY, DUE + 2 * DAY)
    assert (found.rule, found.reason) == ("exception for this student", "a date of your own")


def test_an_accommodation_adds_its_days_to_what_won(
    assignment: Assignment, place: Callable[[str], Enrolment]
) -> None:
    student = place("student")
    Accommodation.objects.create(enrolment=student, time_factor="1.5", extra_days=2)
    found = effective(assignment, place("student"))
    assert (found.due, found.closes) == (DUE + 2 * DAY, DUE + 4 * DAY)
    assert (found.factor, found.days, found.reason) == (Decimal("1.5"), 2, "2 more days for you")
    DateException.objects.create(assignment=assignment, enrolment=student, due=DUE + DAY)
    found = effective(assignment, place("student"))
    assert found.due == DUE + 3 * DAY
    assert found.rule == "exception for this student, 2 more days by accommodation"


def test_the_bulk_form_says_the_same_in_two_queries(
    assignment: Assignment,
    place: Callable[[str], Enrolment],
    demo: Course,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    student = place("student")
    Accommodation.objects.create(enrolment=place("student2"), extra_days=1)
    DateException.objects.create(assignment=assignment, section=student.section, due=DUE + DAY)
    DateException.objects.create(assignment=assignment, enrolment=student, closes=DUE + 9 * DAY)
    assignments = list(demo.assignments.order_by("pk"))
    people = list(Enrolment.objects.filter(course=demo).order_by("pk"))
    with django_assert_num_queries(2):
        found = effective_for(assignments, people)
    assert len(found) == len(assignments) * len(people)
    for each in assignments:
        for one in people:
            assert found[each.pk, one.pk] == effective(each, one)


def test_no_date_is_no_limit_and_no_reason() -> None:
    found = resolve([(Source.ASSIGNMENT, Dates())], Grant(3, Decimal(2)))
    assert found == Effective(None, None, None, Decimal(2), 0)
    assert found.reason == ""


def test_an_exception_without_a_date_wins_nothing() -> None:
    layers = [(Source.ASSIGNMENT, Dates(due=DUE)), (Source.STUDENT, Dates())]
    assert resolve(layers).source is Source.ASSIGNMENT


def test_a_due_date_after_the_close_moves_the_close_along() -> None:
    layers = [(Source.ASSIGNMENT, Dates(due=DUE, closes=DUE)), (Source.STUDENT, Dates(due=DUE + DAY))]
    assert resolve(layers).closes == DUE + DAY


@pytest.mark.parametrize(
    ("day", "hours"),
    [((2026, 10, 24, 18), 25), ((2027, 3, 27, 18), 23), ((2026, 12, 10, 18), 24)],
    ids=["clock goes back", "clock goes forward", "no change"],
)
def test_a_day_more_is_the_same_hour_of_the_clock(
    day: tuple[int, int, int, int], hours: int, settings: LazySettings
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    with timezone.override(BERLIN):
        due = datetime(*day, tzinfo=BERLIN)
        found = later(due, 1)
    assert found is not None
    assert found - due.astimezone(UTC) == timedelta(hours=hours)
    assert found.astimezone(BERLIN).hour == 18


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (timedelta(0), 0),
        (timedelta(microseconds=1), 1),
        (DAY, 1),
        (DAY + timedelta(seconds=1), 2),
        (9 * DAY, 9),
    ],
)
def test_a_begun_day_is_a_day_late(after: timedelta, days: int) -> None:
    assert days_late(DUE, DUE + after) == days
    assert days_late(None, DUE + after) == 0


def test_a_day_late_over_the_change_of_the_clock_ends_at_the_same_hour() -> None:
    with timezone.override(BERLIN):
        due = datetime(2026, 10, 24, 18, tzinfo=BERLIN)
        same_hour = datetime(2026, 10, 25, 18, tzinfo=BERLIN).astimezone(UTC)
        assert days_late(due, same_hour) == 1
        assert days_late(due, same_hour + timedelta(seconds=1)) == 2

"""Grades on their way to an LMS: the last one arrives, once, whatever happens on the way."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from course.gradebook.models import Column as Shown
from course.lms import pushing
from course.lms.comparing import compare
from course.lms.models import Context, LineItem, Push
from course.people.models import Course, Enrolment, User
from course.work.models import Assignment
from tests.course.lms.gradebook import Gradebook, reach, settle, shown, state


def test_a_grade_arrives_and_is_confirmed_by_reading_it_back(context: Context, lms: Gradebook) -> None:
    reach("ada", "7.125")
    settle(context)
    push = Push.objects.get()
    assert (push.state, push.points, push.shown) == ("confirmed", Decimal("7.13"), Decimal("7.1300"))
    assert shown(lms) == {"ada": 7.13}  # rounded half up, as in the files
    [sent] = lms.scores
    assert (sent["gradingProgress"], sent["activityProgress"]) == ("FullyGraded", "Completed")
    assert (sent["scoreGiven"], sent["scoreMaximum"]) == (7.13, 10.0)
    assert "comment" not in sent


def test_what_has_not_changed_is_not_sent_again(context: Context, lms: Gradebook) -> None:
    reach("ada", "7")
    settle(context)
    settle(context)
    assert len(lms.scores) == 1
    assert lms.tokens == 1


def test_changes_in_between_are_never_sent(context: Context, lms: Gradebook) -> None:
    for points in ("1", "2", "3"):
        reach("ada", points)
        compare(context)
    settle(context)
    assert [sent["scoreGiven"] for sent in lms.scores] == [3.0]


def test_a_grade_that_goes_down_goes_down_there_too(context: Context, lms: Gradebook) -> None:
    reach("ada", "9")
    settle(context)
    reach("ada", "4")
    settle(context)
    assert shown(lms) == {"ada": 4.0}
    new = [sent["https://canvas.instructure.com/lti/submission"]["new_submission"] for sent in lms.scores]
    assert new == [True, False]


def test_what_is_not_released_or_not_begun_stays_here(context: Context, lms: Gradebook) -> None:
    reach("ada", "7")
    Shown.objects.create(assignment=Assignment.objects.get(), released=False)
    settle(context)
    assert lms.columns == {}
    Shown.objects.update(released=True)
    settle(context)
    assert shown(lms) == {"ada": 7.0}


def test_zeros_are_sent_when_the_teacher_says_so(context: Context, lms: Gradebook) -> None:
    reach("ada", "7")
    Assignment.objects.update(due="2020-01-01T00:00:00Z")
    settle(context)
    assert shown(lms) == {"ada": 7.0}
    Context.objects.update(sends_zeros=True)
    context.refresh_from_db()
    settle(context)
    assert shown(lms) == {"ada": 7.0, "ben": 0.0}


def test_nothing_leaves_before_sending_is_switched_on(context: Context, lms: Gradebook) -> None:
    Context.objects.update(sends=False)
    reach("ada", "7")
    assert pushing.round_trip() == 0
    assert lms.scores == []
    Context.objects.update(sends=True)
    assert pushing.round_trip() == 1


def test_a_column_that_is_there_is_found_on_a_later_page_and_not_made_again(
    context: Context, lms: Gradebook
) -> None:
    reach("ada", "7")
    lms.page = 1
    for name in ("other", "another"):
        lms._columns("POST", "", f'{{"resourceId": "{name}", "scoreMaximum": 1}}'.encode())
    item = LineItem.objects.create(context=context, assignment=Assignment.objects.get())
    lms._columns(
        "POST", "", f'{{"resourceId": "assignment-{item.assignment_id}", "scoreMaximum": 10}}'.encode()
    )
    settle(context)
    assert len(lms.columns) == 3
    assert lms.columns["3"].grades["ada"][0] == 0.7


def test_the_command_says_what_it_would_send_and_sends_it(context: Context, lms: Gradebook) -> None:
    reach("ada", "7")
    call_command("send_grades", dry_run=True, format="json", stdout=(told := StringIO()))
    assert '"to_send": {"c-1": 1}' in told.getvalue()
    assert not Push.objects.exists()
    call_command("send_grades", stdout=(said := StringIO()))
    assert said.getvalue() == "1 sent, 0 still wait\n"


def test_the_page_shows_each_grade_and_sends_what_is_stuck_again(
    context: Context, lms: Gradebook, course: Course
) -> None:
    teacher = User.objects.create_user("teacher", first_name="Iris")
    Enrolment.objects.create(course=course, user=teacher, role="instructor", content=3, data=2)
    client = Client()
    client.force_login(teacher)
    lms.absent.add("ada")
    reach("ada", "7")
    Context.objects.update(sends=False)
    page = client.get("/c/backprop/lms/").content.decode()
    assert "1 released grade differs from what was sent." in page
    client.post("/c/backprop/lms/", {"act": "on"})
    settle(context)
    page = client.get("/c/backprop/lms/").content.decode()
    assert "not in the LMS course" in page
    assert "7.00 / 10.00" in page
    lms.absent.clear()
    client.post("/c/backprop/lms/", {"act": "again", "push": Push.objects.get().pk})
    settle(context)
    assert state("ada") == "confirmed"
    client.post("/c/backprop/lms/", {"act": "off"})
    assert not Context.objects.get().sends
    assert client.get("/c/backprop/changes/").status_code == 200


@pytest.mark.parametrize(
    "sent", [{}, {"act": "x"}, {"act": "again", "push": "x"}, {"act": "again", "push": "9" * 30}]
)
def test_a_strange_post_changes_nothing(context: Context, course: Course, sent: dict[str, str]) -> None:
    teacher = User.objects.create_user("teacher")
    Enrolment.objects.create(course=course, user=teacher, role="instructor", content=3, data=2)
    client = Client()
    client.force_login(teacher)
    assert client.post("/c/backprop/lms/", sent).status_code == 302
    assert Context.objects.get().sends

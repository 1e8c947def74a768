"""Credit is written with the verdict, and anew when dates or policies change."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from course.people.models import Accommodation, Enrolment, Section
from course.work import records
from course.work.crediting import settle_again
from course.work.models import Assignment, DateException, Item, Result, Submission
from course.work.signals import rescored
from grader.job import Job
from grader.marking import mark
from tests.conftest import Post

RIGHT = {"dL_dyhat": "2(yhat-y)", "dyhat_dh1": "w3", "dh1_dw1": "x1", "grad_w1": "2*(yhat-y)*w3*x1"}
WRONG = RIGHT | {"dh1_dw1": "77"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def homework(items: dict[str, Item]) -> Assignment:
    """Due an hour ago, open for ten days."""
    found = items["seed-w1"].assignment
    now = timezone.now()
    Assignment.objects.filter(pk=found.pk).update(kind="homework", due=now - HOUR, closes=now + 10 * DAY)
    found.refresh_from_db()
    return found


@pytest.fixture
def page(items: dict[str, Item]) -> str:
    return f"/c/backprop/i/{items['seed-w1'].pk}/"


@pytest.fixture
def place(demo: object) -> Enrolment:
    return Enrolment.objects.get(user__username="student")


def submit(browser: Client, page: str, answers: dict[str, str] = RIGHT, key: str = "key-number-1") -> None:
    assert browser.post(f"{page}submit", {"key": key, **answers}).status_code == 303


def reached() -> Decimal:
    return Result.objects.get().points


def test_late_work_keeps_what_the_policy_leaves(
    student: Client, page: str, homework: Assignment, marked: Post
) -> None:
    submit(student, page)
    one = Submission.objects.get()
    assert (one.credit, one.credit_why) == (Decimal("0.9"), [{"code": "late", "number": 1, "share": "0.9"}])
    assert reached() == 9
    assert "90 % for 1 begun day late" in student.get(page).content.decode()


def test_an_extension_given_afterwards_gives_the_points_back_and_its_end_takes_them(
    student: Client, page: str, homework: Assignment, marked: Post, place: Enrolment
) -> None:
    submit(student, page)
    given = DateException.objects.create(assignment=homework, enrolment=place, due=timezone.now() + DAY)
    assert reached() == 10
    given.delete()
    assert reached() == 9


def test_an_accommodation_and_a_sections_exception_do_the_same(
    student: Client, page: str, homework: Assignment, marked: Post, place: Enrolment
) -> None:
    submit(student, page)
    given = Accommodation.objects.create(enrolment=place, extra_days=1)
    assert reached() == 10
    given.delete()
    assert reached() == 9
    place.section = Section.objects.create(course_id=place.course_id, name="A")
    place.save()
    DateException.objects.create(assignment=homework, section=place.section, due=timezone.now() + DAY)
    assert reached() == 10


def test_who_listens_hears_of_a_result_that_changed_and_of_no_other(
    student: Client, page: str, homework: Assignment, marked: Post
) -> None:
    submit(student, page)
    told: list[int] = []

    def listen(sender: object, user: int, item: int, **_more: object) -> None:
        told.append(item)

    rescored.connect(listen)
    try:
        assert settle_again(homework) == 0
        homework.due = None
        assert settle_again(homework) == 1
    finally:
        rescored.disconnect(listen)
    assert told == [Submission.objects.get().attempt.item_id]


def test_further_tries_are_numbered_in_the_order_of_handing_in_whatever_comes_back_first(
    student: Client, page: str, homework: Assignment, post: Post
) -> None:
    Assignment.objects.update(due=None)
    submit(student, page, WRONG)
    submit(student, page, RIGHT, "key-number-2")
    told = [mark(Job.model_validate(job)) for _task, [job] in post.messages]
    for verdict in reversed(told):
        records.record(verdict.token, verdict.model_dump(mode="json"))
    assert [one.credit for one in Submission.objects.order_by("number")] == [1, Decimal("0.9")]
    assert reached() == 9


def test_an_unreadable_answer_takes_no_credit(
    student: Client, page: str, homework: Assignment, marked: Post
) -> None:
    Assignment.objects.update(due=None)
    submit(student, page, RIGHT | {"grad_w1": "2*("})
    submit(student, page, RIGHT, "key-number-2")
    assert reached() == 10


def test_the_student_reads_the_date_that_holds_and_why(
    student: Client, page: str, homework: Assignment, place: Enrolment
) -> None:
    Accommodation.objects.create(enrolment=place, extra_days=2)
    for address in (page, "/c/backprop/", f"/c/backprop/a/{homework.pk}/"):
        assert "2 more days for you" in student.get(address).content.decode(), address


def test_follow_through_can_be_switched_off(student: Client, page: str, marked: Post) -> None:
    carried = RIGHT | {"dh1_dw1": "3", "grad_w1": "2*(yhat-y)*w3*3"}
    submit(student, page, carried)
    Assignment.objects.update(policy={"follow_through": False})
    submit(student, page, carried, "key-number-2")
    first, second = Submission.objects.order_by("number")
    assert second.points < first.points

"""Comments, requests to look again and reports of a problem, on both sides."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from course.people.models import Course, Entry, User
from course.review.models import Comment, Notice, Request
from course.review.talking import A_DAY, A_THREAD
from course.work.models import Assignment, Attempt, Item, Submission
from tests.conftest import Post
from tests.course.test_review_by_hand import TYPED, Browser

__all__ = ["TYPED"]


@pytest.fixture
def sent(student: Client, items: dict[str, Item], marked: Post) -> Submission:
    address = f"/c/backprop/i/{items['seed-w1'].pk}/"
    student.get(address)
    student.post(f"{address}submit", TYPED | {"key": "0123456789abcdef"})
    return Submission.objects.get()


@pytest.fixture
def asked(student: Client, sent: Submission) -> str:
    """The address of the student's open request."""
    return student.post(f"/s/{sent.pk}/ask", {"text": "My link 3 is right."}).headers["Location"]


def test_a_comment_on_a_link_is_read_there_and_told(
    browser_of: Browser, student: Client, sent: Submission
) -> None:
    sending = {"box": "dh1_dw1", "text": "Look at <x1>\nonce more"}
    reply = browser_of("assistant").post(f"/c/backprop/review/{sent.pk}/comment", sending)
    assert reply.status_code == 302
    shown = student.get(f"/c/backprop/i/{sent.attempt.item_id}/").content.decode()
    assert "Look at &lt;x1&gt;\nonce more" in shown
    assert "since you last looked" in student.get("/c/backprop/").content.decode()


def test_a_comment_on_the_whole_stands_in_the_panel(
    browser_of: Browser, student: Client, sent: Submission
) -> None:
    browser_of("assistant").post(f"/c/backprop/review/{sent.pk}/comment", {"box": "", "text": "Well tried"})
    panel = (
        student.get(f"/c/backprop/i/{sent.attempt.item_id}/").content.decode().partition('id="verdict"')[2]
    )
    assert "Well tried" in panel.partition("</form>")[0]


@pytest.mark.parametrize(
    ("box", "text", "words"),
    [("", "  ", "Write something"), ("", "x" * 2001, "2001 characters"), ("no_box", "a", "no box")],
)
def test_a_comment_that_makes_no_sense_is_refused(
    browser_of: Browser, sent: Submission, box: str, text: str, words: str
) -> None:
    reply = browser_of("assistant").post(f"/c/backprop/review/{sent.pk}/comment", {"box": box, "text": text})
    assert reply.status_code == 400
    assert words in reply.content.decode()
    assert not Comment.objects.exists()


def test_a_request_goes_to_the_inbox_and_back_as_an_answer(
    browser_of: Browser, student: Client, asked: str, sent: Submission
) -> None:
    assistant = browser_of("assistant")
    assert "My link 3 is right." in assistant.get("/c/backprop/requests/").content.decode()
    assistant.post(asked, {"text": "It is not: h1 is relu.", "end": ""})
    student.post(asked, {"text": "Thank you."})
    assistant.post(asked, {"text": "You are welcome.", "end": "stays"})
    shown = student.get(asked).content.decode()
    assert [words in shown for words in ("It is not", "Thank you.", "You are welcome.")] == [True] * 3
    assert "stays as it is" in shown
    assert list(Notice.objects.order_by("pk").values_list("user__username", "kind")) == [
        ("student", "answer"),
        ("student", "answer"),
    ]
    assert "My link 3" not in assistant.get("/c/backprop/requests/").content.decode()
    assert "My link 3" in assistant.get("/c/backprop/requests/?closed").content.decode()
    assert Entry.objects.get(what="marks.closed").about["end"] == "stays as it is"


def test_a_closed_request_takes_nothing_more_and_another_may_be_opened(
    browser_of: Browser, student: Client, asked: str, sent: Submission
) -> None:
    browser_of("assistant").post(asked, {"text": "It stays.", "end": "stays"})
    assert student.post(asked, {"text": "But"}).status_code == 409
    assert student.get(f"/s/{sent.pk}/ask").status_code == 200
    student.post(f"/s/{sent.pk}/ask", {"text": "Once more."})
    assert Request.objects.count() == 2


def test_only_one_request_about_a_submission_is_open(student: Client, asked: str, sent: Submission) -> None:
    again = student.post(f"/s/{sent.pk}/ask", {"text": "And again."})
    assert (again.status_code, again.headers["Location"]) == (302, asked)
    assert Request.objects.count() == 1


def test_requests_of_a_day_are_bounded(
    student: Client, sent: Submission, person: Callable[[str], User]
) -> None:
    course = Course.objects.get(slug="backprop")
    items = Item.objects.exclude(pk=sent.attempt.item_id).order_by("pk")[:A_DAY]
    Request.objects.bulk_create(
        Request(course=course, item=item, kind="problem", user=person("student"), text="x") for item in items
    )
    reply = student.post(f"/s/{sent.pk}/ask", {"text": "One more."})
    assert reply.status_code == 429
    assert "One more." in reply.content.decode()


def test_a_student_cannot_close_a_request(student: Client, asked: str) -> None:
    student.post(asked, {"text": "I close this.", "end": "changed"})
    assert Request.objects.get().end == ""


def test_a_request_must_say_something_and_be_about_what_was_marked(student: Client, sent: Submission) -> None:
    assert student.post(f"/s/{sent.pk}/ask", {"text": " "}).status_code == 400
    Submission.objects.update(state="queued", verdict=None, points=None, possible=None)
    assert student.post(f"/s/{sent.pk}/ask", {"text": "Hello"}).status_code == 409


def test_a_report_reaches_editors_and_no_other(
    browser_of: Browser, student: Client, sent: Submission
) -> None:
    address = f"/c/backprop/i/{sent.attempt.item_id}/problem"
    thread = student.post(address, {"text": "The arrow is wrong."}).headers["Location"]
    assert "The arrow is wrong." in browser_of("instructor").get("/c/backprop/requests/").content.decode()
    assert "The arrow is wrong." not in browser_of("assistant").get("/c/backprop/requests/").content.decode()
    assert browser_of("instructor").post(thread, {"text": "Mended.", "end": "changed"}).status_code == 302


def test_an_editor_who_sees_no_work_is_not_told_who_reported(
    browser_of: Browser, student: Client, sent: Submission, person: Callable[[str], User]
) -> None:
    person("observer").enrolments.update(content=2)
    thread = student.post(f"/c/backprop/i/{sent.attempt.item_id}/problem", {"text": "Odd."}).headers[
        "Location"
    ]
    for address in ("/c/backprop/requests/", thread):
        shown = browser_of("observer").get(address).content.decode()
        assert "Odd." in shown
        assert "Ada" not in shown


def test_a_thread_is_bounded(browser_of: Browser, asked: str, person: Callable[[str], User]) -> None:
    request = Request.objects.get()
    Comment.objects.bulk_create(
        Comment(request=request, by=person("student"), text="x") for _number in range(A_THREAD)
    )
    assert browser_of("assistant").post(asked, {"text": "no", "end": ""}).status_code == 409


def test_the_inbox_takes_as_many_queries_for_fifty_as_for_one(
    browser_of: Browser,
    asked: str,
    sent: Submission,
    person: Callable[[str], User],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    course, who = Course.objects.get(slug="backprop"), person("student2")
    item, exercise = sent.attempt.item, sent.attempt.exercise
    for number in range(1, 61):
        attempt = Attempt.objects.create(
            user=who, item=item, exercise=exercise, number=number, seed=number, generator="1", values={}
        )
        one = Submission.objects.create(attempt=attempt, number=1, key=f"k{number}", answers={}, digest="")
        Request.objects.create(course=course, item=item, submission=one, kind="regrade", user=who, text="x")
    assistant = browser_of("assistant")
    with django_assert_max_num_queries(8):
        shown = assistant.get("/c/backprop/requests/")
    assert len(shown.context["page_obj"].object_list) == 50


def test_news_of_a_quiz_waits_until_its_verdicts_are_shown(
    browser_of: Browser, student: Client, sent: Submission
) -> None:
    browser_of("assistant").post(f"/c/backprop/review/{sent.pk}/comment", {"box": "", "text": "Look here"})
    Assignment.objects.filter(pk=sent.attempt.item.assignment_id).update(kind="quiz")
    assert "since you last looked" not in student.get("/c/backprop/").content.decode()
    assert "Look here" not in student.get("/c/backprop/changed/").content.decode()
    student.post("/c/backprop/changed/")
    assert Notice.objects.get().seen_at is None

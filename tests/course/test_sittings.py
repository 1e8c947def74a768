"""A timed quiz from the start page to the report, at its boundaries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from course.celery import app
from course.people.models import Accommodation, Course, Enrolment, User
from course.work import records
from course.work.models import Assignment, Attempt, Draft, Item, Result, Sitting, Submission
from course.work.sittings import hand_in_ended
from grader.job import Job
from grader.marking import mark
from tests.conftest import Post

RIGHT = {"dL_dyhat": "2(yhat-y)", "dyhat_dh1": "w3", "dh1_dw1": "x1", "grad_w1": "2*(yhat-y)*w3*x1"}
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
GRACE = timedelta(seconds=30)
Clock = Callable[[datetime], None]


@pytest.fixture
def quiz(demo: Course, items: dict[str, Item]) -> Assignment:
    """Ten minutes for one exercise; it closes in an hour."""
    now = timezone.now()
    found = Assignment.objects.create(
        course=demo, title="Quiz", kind="quiz", minutes=10, opens=now - MINUTE, closes=now + 60 * MINUTE
    )
    Item.objects.create(assignment=found, exercise=items["seed-w1"].exercise, points=10)
    return found


@pytest.fixture
def home(quiz: Assignment) -> str:
    return f"/c/backprop/a/{quiz.pk}/"


@pytest.fixture
def page(quiz: Assignment) -> str:
    return f"/c/backprop/i/{quiz.items.get().pk}/"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the site's clock."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


def submit(browser: Client, page: str, answers: dict[str, str] = RIGHT, key: str = "key-number-1") -> int:
    return browser.post(f"{page}submit", {"key": key, **answers}).status_code


def begun(browser: Client, home: str) -> datetime:
    """Begin, and say when."""
    assert browser.post(f"{home}begin").status_code == 302
    return Sitting.objects.get().begun_at


def test_a_quiz_has_to_be_begun_on_its_own_page(student: Client, home: str, page: str, post: Post) -> None:
    assert student.get(page)["Location"] == home
    assert submit(student, page) == 409
    assert Attempt.objects.count() == 0
    assert b"Begin now" in student.get(home).content
    begun(student, home)
    assert student.get(page).status_code == 200
    assert submit(student, page) == 303


def test_two_tabs_begin_one_sitting(student: Client, home: str) -> None:
    first = begun(student, home)
    assert begun(student, home) == first


def test_the_start_page_shows_no_exercise_yet(student: Client, home: str) -> None:
    assert student.get(home).context["entry"]["items"] == []
    listed = next(entry for entry in student.get("/c/backprop/").context["assignments"] if entry["has_page"])
    assert (listed["items"], listed["phase"]) == ([], "READY")


@pytest.mark.parametrize(
    ("after", "status"),
    [(-SECOND, 303), (timedelta(0), 303), (GRACE - SECOND, 303), (GRACE, 409), (GRACE + SECOND, 409)],
)
def test_answers_are_taken_until_the_end_and_the_grace(
    after: timedelta, status: int, student: Client, home: str, page: str, post: Post, clock: Clock
) -> None:
    end = begun(student, home) + 10 * MINUTE
    student.get(page)
    clock(end + after)
    assert submit(student, page) == status
    assert student.post(f"{page}draft", {"dL_dyhat": "1"}).status_code == (204 if status == 303 else 409)


def test_the_close_ends_a_sitting_before_its_time(
    student: Client, home: str, page: str, quiz: Assignment, post: Post, clock: Clock
) -> None:
    begun(student, home)
    student.get(page)
    Assignment.objects.update(closes=quiz.opens + 3 * MINUTE)
    clock(quiz.opens + 3 * MINUTE + GRACE)
    assert submit(student, page) == 409


def test_a_time_factor_lengthens_the_clock_also_while_it_runs(
    student: Client, home: str, page: str, person: Callable[[str], User], post: Post, clock: Clock
) -> None:
    start = begun(student, home)
    before = student.get(f"{home}clock").json()
    place = Enrolment.objects.get(user=person("student"))
    Accommodation.objects.create(enrolment=place, time_factor=Decimal("1.5"))
    after = student.get(f"{home}clock").json()
    ends = [datetime.fromisoformat(each["ends"]) for each in (before, after)]
    assert ends == [start + 10 * MINUTE, start + 15 * MINUTE]
    clock(start + 15 * MINUTE - SECOND)
    assert submit(student, page) == 303


def test_a_longer_limit_reaches_who_sits_already(
    student: Client, home: str, quiz: Assignment, clock: Clock
) -> None:
    start = begun(student, home)
    Assignment.objects.update(minutes=20)
    clock(start + 19 * MINUTE)
    assert student.get(f"{home}clock").json()["open"]


def test_the_last_draft_is_handed_in_when_the_browser_is_gone(
    student: Client, home: str, page: str, post: Post, clock: Clock
) -> None:
    end = begun(student, home) + 10 * MINUTE
    student.get(page)
    student.post(f"{page}draft", RIGHT)
    clock(end + GRACE - SECOND)
    assert hand_in_ended() == 0
    clock(end + GRACE)
    assert [hand_in_ended(), hand_in_ended()] == [1, 0]
    taken = Submission.objects.get()
    assert (taken.answers, taken.queued_at) == (RIGHT, end)
    assert Sitting.objects.get().handed_in_at == end
    post.deliver()
    assert Result.objects.get(item=taken.attempt.item_id).points == 10


def test_the_page_of_a_sitting_that_is_over_hands_it_in_without_the_beat(
    student: Client, home: str, page: str, post: Post, clock: Clock
) -> None:
    end = begun(student, home) + 10 * MINUTE
    student.get(page)
    student.post(f"{page}draft", {"dL_dyhat": "1"})
    clock(end + GRACE)
    assert student.get(home).context["entry"]["phase"] == "HANDED_IN"
    [sent] = Submission.objects.values_list("answers", flat=True)
    assert sent == dict.fromkeys(RIGHT, "") | {"dL_dyhat": "1"}


@pytest.mark.parametrize("draft", [RIGHT, {"dL_dyhat": "7"}, dict.fromkeys(RIGHT, "")])
def test_what_was_handed_in_uses_the_try_up_and_no_draft_replaces_it(
    draft: dict[str, str], student: Client, home: str, page: str, marked: Post
) -> None:
    begun(student, home)
    submit(student, page)
    student.post(f"{page}draft", draft)
    student.post(f"{home}hand-in")
    assert Submission.objects.count() == 1


def test_an_empty_draft_is_not_handed_in(student: Client, home: str, page: str, post: Post) -> None:
    begun(student, home)
    student.get(page)
    student.post(f"{page}draft", dict.fromkeys(RIGHT, " "))
    student.post(f"{home}hand-in")
    assert (Submission.objects.count(), Draft.objects.count()) == (0, 1)


def test_handing_in_ends_it_and_again_changes_nothing(
    student: Client, home: str, page: str, post: Post
) -> None:
    begun(student, home)
    student.get(page)
    student.post(f"{page}draft", RIGHT)
    for _ in range(2):
        assert student.post(f"{home}hand-in").status_code == 302
    assert Submission.objects.count() == 1
    assert submit(student, page, RIGHT | {"grad_w1": "7"}) == 409
    assert not student.get(f"{home}clock").json()["open"]


def test_a_retry_after_the_end_gets_the_first_submission_back(
    student: Client, home: str, page: str, post: Post, clock: Clock
) -> None:
    end = begun(student, home) + 10 * MINUTE
    assert submit(student, page) == 303
    clock(end + 5 * MINUTE)
    assert submit(student, page) == 303
    assert Submission.objects.count() == 1


def test_verdicts_are_hidden_until_it_has_closed_for_the_last_one(
    student: Client,
    home: str,
    page: str,
    quiz: Assignment,
    marked: Post,
    person: Callable[[str], User],
    clock: Clock,
) -> None:
    begun(student, home)
    reply = student.post(f"{page}submit", {"key": "key-number-1", **RIGHT}, headers={"X-Fragment": "1"})
    sent = Submission.objects.get()
    fragment = student.get(f"/s/{sent.pk}/", headers={"X-Fragment": "1"})
    for told in (reply, fragment, student.get(page), student.get(home), student.get("/c/backprop/")):
        text = told.content.decode()
        assert "The chain holds" not in text
        assert 'data-state="ok"' not in text
        assert "10 / 10" not in text
    assert student.get(f"/s/{sent.pk}/ask").status_code == 409
    other = Enrolment.objects.get(user=person("student2"))
    Accommodation.objects.create(enrolment=other, extra_days=1)
    clock(quiz.closes + GRACE)
    assert "The chain holds" not in student.get(page).content.decode()
    clock(quiz.closes + timedelta(days=1) + GRACE - SECOND)
    assert "The chain holds" not in student.get(page).content.decode()
    clock(quiz.closes + timedelta(days=1) + GRACE)
    assert "The chain holds" in student.get(page).content.decode()
    assert "<strong>10</strong> of 10 points" in student.get(home).content.decode()


def test_before_the_close_a_slip_that_cannot_be_read_is_told_and_free(
    student: Client, home: str, page: str, marked: Post
) -> None:
    begun(student, home)
    submit(student, page, RIGHT | {"grad_w1": "2*(3"})
    assert "One box cannot be read" in student.get(page).content.decode()
    assert submit(student, page, RIGHT, "key-number-2") == 303


def test_before_the_close_too_few_digits_cost_a_try_for_a_free_one_would_tell(
    student: Client, home: str, page: str, post: Post
) -> None:
    begun(student, home)
    submit(student, page)
    verdict = mark(Job.model_validate(post.messages.pop()[1][0])).model_dump(mode="json")
    assert records.record(verdict["token"], verdict | {"outcome": "few-digits", "counts": False})
    assert Submission.objects.get().counts
    assert "too few digits" not in student.get(page).content.decode()


def test_a_quiz_has_one_variant_of_its_own_for_each_student(
    browser_of: Callable[[str], Client], home: str, page: str, marked: Post
) -> None:
    for name in ("student", "student2"):
        browser = browser_of(name)
        browser.post(f"{home}begin")
        submit(browser, page)
        assert browser.post(f"{page}variant").status_code == 409
        assert browser.post(f"{page}hint", {"hint": "1"}).status_code == 409
    seeds = Attempt.objects.order_by("pk").values_list("seed", flat=True)
    assert len(set(seeds)) == 2
    assert 1 not in seeds


def test_a_password_opens_it_and_wrong_ones_are_slow(student: Client, home: str, quiz: Assignment) -> None:
    Assignment.objects.update(password="sesame")
    for _ in range(10):
        assert student.post(f"{home}begin", {"password": "wrong"}).status_code == 403
    assert student.post(f"{home}begin", {"password": "sesame"}).status_code == 429
    assert Sitting.objects.count() == 0


def test_the_right_password_begins_it(student: Client, home: str) -> None:
    Assignment.objects.update(password="sesame")
    assert "not the password" in student.post(f"{home}begin").content.decode()
    student.post(f"{home}begin", {"password": " sesame "})
    assert Sitting.objects.count() == 1


def test_what_is_hidden_or_not_open_cannot_be_begun(student: Client, home: str, quiz: Assignment) -> None:
    Assignment.objects.update(opens=timezone.now() + MINUTE)
    assert student.post(f"{home}begin").status_code == 403
    assert student.get(home).context["entry"]["phase"] == "UNOPENED"
    Assignment.objects.update(hidden=True, opens=None)
    assert [student.get(home).status_code, student.post(f"{home}begin").status_code] == [404, 404]
    assert all(entry["assignment"] != quiz for entry in student.get("/c/backprop/").context["assignments"])


def test_without_a_limit_a_quiz_is_begun_by_opening_it_and_its_drafts_are_handed_in_at_the_close(
    student: Client, page: str, quiz: Assignment, post: Post, clock: Clock
) -> None:
    Assignment.objects.update(minutes=None)
    assert student.get(page).status_code == 200
    student.post(f"{page}draft", {"dL_dyhat": "1"})
    clock(quiz.closes + GRACE - SECOND)
    assert hand_in_ended() == 0
    clock(quiz.closes + GRACE)
    assert hand_in_ended() == 1
    assert Submission.objects.get().queued_at == quiz.closes


def test_a_sweep_takes_no_more_queries_with_more_sittings(
    quiz: Assignment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert hand_in_ended() == 0
    for number in range(6):
        user = User.objects.create(username=f"s{number}")
        Enrolment.objects.create(course=quiz.course, user=user)
        Sitting.objects.create(user=user, assignment=quiz)
    with django_assert_num_queries(4):
        assert hand_in_ended() == 0


def test_the_beat_sends_only_tasks_that_the_worker_knows() -> None:
    app.loader.import_default_modules()
    sent = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert "course.hand_in_ended" in sent
    assert sent <= set(app.tasks)

"""Seeing a course as a student does, for one of the staff."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from course.people.models import Course, Enrolment, Entry
from course.work.models import Attempt, Item, Result, Submission
from tests.conftest import Post

Browser = Callable[[str | None], Client]
RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
FIGURES = ("progress.csv", "mistakes.csv", "statistics.csv", "grades/file")
BANNER = "as a student does"


@pytest.fixture
def looking(browser_of: Browser) -> Client:
    """The instructor's browser, as a student."""
    browser = browser_of("instructor")
    assert browser.post("/c/backprop/as-student/")["Location"] == "/c/backprop/"
    return browser


def test_every_page_has_the_banner_until_one_is_back(looking: Client, items: dict[str, Item]) -> None:
    exercise = f"/c/backprop/i/{items['seed-w1'].pk}/"
    for address in ("/", "/c/backprop/", exercise, "/lesson/1/", "/nothing-here/", "/c/backprop/changes/"):
        assert BANNER in looking.get(address).content.decode(), address
    looking.post("/c/backprop/as-student/end")
    assert BANNER not in looking.get("/c/backprop/").content.decode()


def test_it_begins_on_an_exercise_too_and_stays_there(browser_of: Browser, items: dict[str, Item]) -> None:
    browser, address = browser_of("assistant"), f"/c/backprop/i/{items['seed-w1'].pk}/"
    assert f'name="next" value="{address}"' in browser.get(address).content.decode()
    assert browser.post("/c/backprop/as-student/", {"next": address})["Location"] == address
    assert 'name="next"' not in browser.get(address).content.decode()


def test_the_staffs_tools_are_away_and_come_back(looking: Client) -> None:
    page = looking.get("/c/backprop/").content.decode()
    assert 'class="tabs"' not in page
    assert "0 of 6 right" in page
    assert looking.get("/c/backprop/submissions/").status_code == 403
    looking.post("/c/backprop/as-student/end")
    assert 'class="tabs"' in looking.get("/c/backprop/").content.decode()
    assert looking.get("/c/backprop/submissions/").status_code == 200


def test_what_is_not_open_yet_is_closed_for_one_who_looks_as_a_student(
    looking: Client, items: dict[str, Item]
) -> None:
    assignment = items["seed-w1"].assignment
    assignment.opens = "2099-01-01T00:00Z"
    assignment.save()
    exercise = f"/c/backprop/i/{items['seed-w1'].pk}/"
    assert looking.get(exercise).status_code == 403
    looking.post("/c/backprop/as-student/end")
    assert looking.get(exercise).status_code == 200


def test_the_row_of_one_who_looks_as_a_student_stays_that_of_staff(
    looking: Client, items: dict[str, Item], marked: Post
) -> None:
    looking.post(f"/c/backprop/i/{items['seed-w1'].pk}/submit", {"key": "0123456789abcdef"} | RIGHT)
    enrolment = Enrolment.objects.get(user__username="instructor")
    assert (enrolment.role, enrolment.content, enrolment.data) == ("instructor", 3, 2)


def test_what_is_handed_in_meanwhile_is_in_no_figure(
    browser_of: Browser, items: dict[str, Item], marked: Post
) -> None:
    observed, item = browser_of("assistant"), items["seed-w1"].pk
    browser_of("student").post(f"/c/backprop/i/{item}/submit", {"key": "0123456789abcdef"} | RIGHT)

    def figures() -> dict[str, bytes]:
        pages = {name: observed.get(f"/c/backprop/{name}") for name in FIGURES}
        assert {reply.status_code for reply in pages.values()} == {200}
        return {name: b"".join(reply) for name, reply in pages.items()}

    def listed() -> list[str]:
        page = observed.get("/c/backprop/submissions/").context["page_obj"]
        return [submission.attempt.user.username for submission in page]

    before = figures()
    for name in ("instructor", "assistant"):
        browser = browser_of(name)
        browser.post("/c/backprop/as-student/")
        wrong = {"key": "0123456789abcdef"} | RIGHT | {"dh1_dw1": "7"}
        assert browser.post(f"/c/backprop/i/{item}/submit", wrong).status_code == 303
        browser.post("/c/backprop/as-student/end")
    assert Submission.objects.count() == 3
    assert figures() == before
    assert listed() == ["student"]


def test_it_holds_in_one_course_only(looking: Client) -> None:
    other = Course.objects.create(slug="other", title="Other")
    person = Enrolment.objects.get(user__username="instructor").user
    Enrolment.objects.create(course=other, user=person, role="instructor", content=3, data=2)
    assert looking.get("/c/other/submissions/").status_code == 200


def test_beginning_afresh_deletes_ones_own_attempts_and_nobody_elses(
    looking: Client, student: Client, items: dict[str, Item], marked: Post
) -> None:
    for browser in (looking, student):
        browser.post(f"/c/backprop/i/{items['seed-w1'].pk}/submit", {"key": "0123456789abcdef"} | RIGHT)
    page = looking.get("/c/backprop/as-student/forget").content.decode()
    assert "your own 1 attempt in this course, with 1 submission." in page
    assert Attempt.objects.count() == 2
    looking.post("/c/backprop/as-student/forget")
    assert Attempt.objects.get().user.username == Result.objects.get().user.username == "student"
    assert Submission.objects.count() == 1
    assert Entry.objects.get().what == "course.forgotten"


@pytest.mark.parametrize(
    ("wanted", "where"),
    [("/c/backprop/i/1/", "/c/backprop/i/1/"), ("https://example.org/", "/c/backprop/")],
)
def test_one_goes_on_where_one_was_but_never_to_another_site(
    browser_of: Browser, wanted: str, where: str
) -> None:
    reply = browser_of("instructor").post("/c/backprop/as-student/", {"next": wanted})
    assert reply["Location"] == where


def test_a_flag_that_is_left_over_gives_a_student_nothing(student: Client) -> None:
    session = student.session
    session["as_student"] = "backprop"
    session.save()
    assert student.get("/c/backprop/").status_code == 200
    assert student.get("/c/backprop/changes/").status_code == 403
    student.post("/c/backprop/as-student/end")
    assert BANNER not in student.get("/c/backprop/").content.decode()

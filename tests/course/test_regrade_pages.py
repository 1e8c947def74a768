"""The pages of marking again: choose, wait, look at the list, apply, undo."""

from __future__ import annotations

import pytest
from django.test import Client

from course.review.models import Regrade
from course.work.models import Item, Submission
from tests.conftest import Post
from tests.course.regrading import NEAR, RIGHT, Browser, hand_in, mend, pictures


@pytest.fixture
def item(items: dict[str, Item], browser_of: Browser, marked: Post) -> Item:
    found = items["seed-w1"]
    hand_in(browser_of("student"), found, NEAR, "one")
    hand_in(browser_of("student2"), found, RIGHT, "two")
    mend(found.exercise)
    return found


@pytest.fixture
def instructor(browser_of: Browser) -> Client:
    return browser_of("instructor")


def start(browser: Client, item: Item, **fields: str) -> str:
    """The address of a new regrade."""
    sent = {"what": f"item:{item.pk}", "version": "newest", "why": "too tight"} | fields
    return browser.post("/c/backprop/regrades/", sent).headers["Location"]


def test_it_shows_how_far_it_is_then_the_list_then_is_applied_and_undone(
    instructor: Client, item: Item, post: Post
) -> None:
    before = pictures()
    address = start(instructor, item)
    assert instructor.get(address, headers={"X-Fragment": "1"}).json() == {
        "done": False,
        "words": "collecting what was handed in",
    }
    assert "regrade.js" in instructor.get(address).content.decode()
    post.deliver()
    shown = instructor.get(address).content.decode()
    assert instructor.get(address, headers={"X-Fragment": "1"}).json()["done"]
    assert "Apply to 1 submission" in shown
    assert "Ada Stone" in shown
    assert "Ben Rivers" not in shown
    assert pictures() == before
    instructor.post(f"{address}apply")
    assert "1 submission changed, 1 scores" in instructor.get(address).content.decode()
    assert Submission.objects.get(attempt__user__username="student").points == 4
    instructor.post(f"{address}undo")
    post.deliver()
    assert pictures() == before
    assert "undone" in instructor.get("/c/backprop/regrades/").content.decode()


def test_a_second_click_on_apply_changes_nothing_and_says_so(
    instructor: Client, item: Item, post: Post
) -> None:
    address = start(instructor, item)
    post.deliver()
    instructor.post(f"{address}apply")
    once = pictures()
    reply = instructor.post(f"{address}apply", follow=True)
    assert "so it cannot become" in reply.content.decode()
    assert pictures() == once


def test_the_student_sees_the_mended_exercise_and_why(
    instructor: Client, browser_of: Browser, item: Item, post: Post
) -> None:
    address = start(instructor, item)
    post.deliver()
    instructor.post(f"{address}apply")
    student = browser_of("student")
    assert "too tight" in student.get("/c/backprop/changed/").content.decode()
    shown = student.get(f"/c/backprop/i/{item.pk}/").content.decode()
    assert "4 / 4" in shown
    assert "Marked again, from 3 to 4 points" in shown
    sent = Submission.objects.get(attempt__user__username="student")
    past = instructor.get(f"/c/backprop/review/{sent.pk}/").content.decode()
    assert "marked again: 3 became 4" in past
    assert "too tight" in past


def test_an_assistant_marks_again_but_takes_no_version_along(
    browser_of: Browser, instructor: Client, item: Item, post: Post
) -> None:
    assistant = browser_of("assistant")
    sent = {"what": f"item:{item.pk}", "version": "newest", "why": "x"}
    assert assistant.post("/c/backprop/regrades/", sent).status_code == 403
    assert "newest published version" not in assistant.get("/c/backprop/regrades/").content.decode()
    address = start(instructor, item)
    post.deliver()
    assert assistant.post(f"{address}apply").status_code == 403
    sent.pop("version")
    assert assistant.post("/c/backprop/regrades/", sent).status_code == 302


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"why": ""}, "Say why"),
        ({"student": "nobody"}, "nobody in this course"),
        ({"since": "tomorrow"}, "write the day as"),
        ({"since": "2026-99-99"}, "write the day as"),
        ({"since": "2026-01-01"}, "whole attempts"),
        ({"what": "item:99999999"}, "No exercise of this course"),
        ({"what": "item:abc"}, "No exercise of this course"),
    ],
)
def test_a_form_that_makes_no_sense_says_what_and_keeps_what_was_typed(
    instructor: Client, item: Item, fields: dict[str, str], words: str
) -> None:
    sent = {"what": f"item:{item.pk}", "version": "newest", "why": "because of this"} | fields
    reply = instructor.post("/c/backprop/regrades/", sent)
    assert 400 <= reply.status_code < 500
    assert words in reply.content.decode()
    assert not Regrade.objects.exists()
    if "why" not in fields:
        assert 'value="because of this"' in reply.content.decode()


def test_dropped_it_is_gone_from_what_can_be_applied(instructor: Client, item: Item, post: Post) -> None:
    address = start(instructor, item)
    post.deliver()
    assert "Nothing was changed" in instructor.post(f"{address}drop", follow=True).content.decode()
    assert "Apply to" not in instructor.get(address).content.decode()

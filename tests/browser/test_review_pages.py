"""Marking by people and marking again, as both sides see it in a browser."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from course.review.preparing import begin
from course.review.scope import Wish
from course.review.tasks import advance
from course.work.models import Item, Submission
from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.test_pages import assert_accessible
from tests.conftest import Post
from tests.course.regrading import NEAR, hand_in, mend

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LATE = 60_000  # milliseconds; this machine may be busy


@pytest.fixture
def item(marking_site: Site, student: Client, items: dict[str, Item]) -> Item:
    """An exercise to which the student has handed in one wrong link."""
    hand_in(student, items["seed-w1"], NEAR, "one")
    return items["seed-w1"]


def give_points(page: Page) -> None:
    row = page.locator("#box-dh1_dw1")
    row.locator("summary").click()
    row.get_by_label("Points").fill("0.5")
    row.get_by_label("Reason, for the student").fill("right rule, one slip")
    row.get_by_role("button", name="Change the points").click()
    expect(page.get_by_text("The points are changed")).to_be_visible(timeout=LATE)


def test_points_by_hand_a_comment_and_a_request_reach_the_student_and_come_back(
    marking_site: Site, item: Item
) -> None:
    staff = marking_site.tab(as_="assistant")
    staff.goto(f"/c/backprop/review/{Submission.objects.get().pk}/")
    give_points(staff)
    staff.get_by_label("About").select_option("dyhat_dh1")
    staff.get_by_role("textbox", name="Comment").fill("Well explained.")
    staff.get_by_role("button", name="Send").click()
    expect(staff.get_by_text("The comment is sent.")).to_be_visible(timeout=LATE)

    learner = marking_site.tab(PHONE, as_="student")
    learner.goto("/c/backprop/")
    expect(learner.get_by_text("changed since you last looked")).to_be_visible()
    learner.goto(f"/c/backprop/i/{item.pk}/")
    expect(learner.locator("#v-dh1_dw1")).to_contain_text("Points changed from 0 to 0.5")
    expect(learner.locator("#v-dh1_dw1")).to_contain_text("right rule, one slip")
    expect(learner.locator("#v-dyhat_dh1")).to_contain_text("Well explained.")
    expect(learner.locator("#verdict")).to_contain_text("3.5 / 4")
    learner.get_by_role("link", name="Ask to look again").click()
    learner.get_by_label("What should be looked at?").fill("I think that 0.55 is close enough.")
    learner.get_by_role("button", name="Send").click()
    expect(learner.get_by_text("Your request is sent.")).to_be_visible(timeout=LATE)

    staff.goto("/c/backprop/requests/")
    staff.get_by_role("link", name="I think that 0.55 is close enough.").click()
    staff.get_by_label("Your answer").fill("It is not: see the allowance.")
    staff.get_by_label("close: stays as it is").check()
    staff.get_by_role("button", name="Send").click()
    expect(staff.get_by_text("Your answer is sent.")).to_be_visible(timeout=LATE)
    learner.reload()
    expect(learner.get_by_text("It is not: see the allowance.")).to_be_visible(timeout=LATE)


def test_a_regrade_is_looked_at_then_applied_then_undone(
    marking_site: Site, marked: Post, item: Item
) -> None:
    mend(item.exercise)
    page = marking_site.tab(as_="instructor")
    page.goto(f"/c/backprop/regrades/?item={item.pk}")
    page.get_by_label("by the newest published version").check()
    page.get_by_label("Reason, for the students whose score changes").fill("the tolerance was too tight")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator("#standing")).to_be_visible(timeout=LATE)
    marked.deliver()
    apply = page.get_by_role("button", name="Apply to 1 submission")
    expect(apply).to_be_visible(timeout=LATE)  # the page has looked by itself
    expect(page.get_by_role("row", name="Ada Stone")).to_contain_text("link 3")
    assert Submission.objects.get().points == 3
    apply.click()
    expect(page.get_by_text("1 submission changed, 1 scores.")).to_be_visible(timeout=LATE)
    assert Submission.objects.get().points == 4
    page.get_by_role("button", name="Undo: everything as it was").click()
    expect(page.locator(".chip", has_text="undone").first).to_be_visible(timeout=LATE)
    assert Submission.objects.get().points == 3


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_every_page_of_marking_by_people_is_accessible(
    marking_site: Site, student: Client, marked: Post, item: Item, size: tuple[int, int]
) -> None:
    sent = Submission.objects.get()
    thread = student.post(f"/s/{sent.pk}/ask", {"text": "Look at link 3."}).headers["Location"]
    mend(item.exercise)
    regrade = begin(item.assignment.course, None, Wish(item=item.pk, version="newest"), "too tight")
    advance(regrade.pk)
    marked.deliver()
    page = marking_site.tab(size, as_="instructor")
    here = "/c/backprop"
    page.goto(f"{here}/review/{sent.pk}/")
    give_points(page)
    for path in (
        *(f"{here}/review/{sent.pk}/", thread, f"{here}/requests/", f"{here}/regrades/"),
        *(f"{here}/regrades/{regrade.pk}/", f"{here}/i/{item.pk}/counting", f"{here}/i/{item.pk}/problem"),
    ):
        assert_accessible(page, path)
    learner = marking_site.tab(size, as_="student")
    for path in (f"{here}/", f"{here}/i/{item.pk}/", f"{here}/changed/", thread):
        assert_accessible(learner, path)

"""A timed quiz in a real browser: more time given during it, and a draft handed in by itself; axe."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from course.people.models import Accommodation, Course, Enrolment
from course.work.models import Assignment, Item, Pool, Sitting, Submission
from course.work.sittings import hand_in_ended
from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.test_pages import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def quiz(site: Site, demo: Course, items: dict[str, Item]) -> Assignment:
    """Ten minutes; one exercise for all and one of two from a pool."""
    closes = timezone.now() + 60 * MINUTE
    found = Assignment.objects.create(
        course=demo, title="Quiz 1", kind="quiz", minutes=10, closes=closes, position=0
    )
    pool = Pool.objects.create(assignment=found, name="Links", draws=1)
    for place, slug in enumerate(("seed-w1", "seed-w3", "seed-loss"), start=1):
        of = pool if place > 1 else None
        Item.objects.create(assignment=found, exercise=items[slug].exercise, position=place, pool=of)
    return found


def test_a_quiz_with_more_time_given_during_it_and_its_last_draft_handed_in_by_itself(
    marking_site: Site, quiz: Assignment
) -> None:
    page = marking_site.tab(as_="student")
    page.clock.install()
    page.goto(f"/c/backprop/a/{quiz.pk}/")
    page.get_by_role("button", name="Begin now").click()
    expect(page.locator("#clock .left")).to_have_text("10:00 left")
    page.locator(".items a").first.click()
    expect(page.locator("#clock")).to_be_visible()
    expect(page.get_by_text("In the lesson")).to_be_visible()

    place = Enrolment.objects.get(user__username="student")
    Accommodation.objects.create(enrolment=place, time_factor=Decimal(2))
    page.clock.run_for(16_000)
    expect(page.locator("#clock [role=status]")).to_contain_text("The end has been moved to")
    expect(page.locator("#clock .left")).to_contain_text("19:")

    page.fill("#b-dL_dyhat", "2(yhat-y)")
    with page.expect_response("**/draft"):
        page.clock.run_for(2_000)
    expect(page.locator("#saved")).to_contain_text("Draft saved")

    Sitting.objects.update(begun_at=timezone.now() - 21 * MINUTE)  # past the grace, too
    page.clock.run_for(16_000)
    page.wait_for_url(f"**/a/{quiz.pk}/")
    expect(page.get_by_text("You have handed this in.")).to_be_visible()
    taken = Submission.objects.get()
    assert taken.answers == {"dL_dyhat": "2(yhat-y)", "dyhat_dh1": "", "dh1_dw1": "", "grad_w1": ""}
    assert hand_in_ended() == 0


def test_a_student_without_a_script_begins_and_hands_in(marking_site: Site, quiz: Assignment) -> None:
    page = marking_site.tab(PHONE, script=False, as_="student")
    page.goto(f"/c/backprop/a/{quiz.pk}/")
    page.get_by_role("button", name="Begin now").click()
    page.locator(".items a").first.click()
    page.fill("#b-dL_dyhat", "2(yhat-y)")
    page.get_by_role("button", name="Hand in this answer").click()
    expect(page.locator("#verdict")).to_contain_text("shown after the close")
    page.get_by_role("link", name="All exercises").click()
    page.locator(".hand-in summary").click()
    expect(page.get_by_text("1 of 2 exercises")).to_be_visible()
    page.get_by_role("button", name="Hand in everything").click()
    expect(page.get_by_text("Everything that you had saved is in it.")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_a_sitting_is_accessible(
    marking_site: Site, quiz: Assignment, size: tuple[int, int]
) -> None:
    Assignment.objects.filter(pk=quiz.pk).update(password="sesame")
    page, home = marking_site.tab(size, as_="student"), f"/c/backprop/a/{quiz.pk}/"
    assert_accessible(page, "/c/backprop/")
    assert_accessible(page, home)
    page.fill("#password", "sesame")
    page.get_by_role("button", name="Begin now").click()
    expect(page.locator("#clock")).to_be_visible()
    assert_accessible(page, home)
    item = page.locator(".items a").first.get_attribute("href")
    assert item is not None
    assert_accessible(page, item)
    Sitting.objects.update(handed_in_at=timezone.now())
    assert_accessible(page, home)
    Assignment.objects.filter(pk=quiz.pk).update(closes=timezone.now() - 2 * MINUTE)
    assert_accessible(page, home)
    assert_accessible(page, item)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_planning_is_accessible(
    marking_site: Site, quiz: Assignment, size: tuple[int, int]
) -> None:
    page, room = marking_site.tab(size, as_="instructor"), "/c/backprop/assignments/"
    parts = ("", "items/", "dates/", "delete/")
    for path in (room, f"{room}new/?kind=quiz", *(f"{room}{quiz.pk}/{part}" for part in parts)):
        assert_accessible(page, path)
    page.goto(f"{room}{quiz.pk}/")
    page.locator(".policy summary").click()
    page.fill("#id_policy_tries", "many")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Give a whole number from 1 to 50.")).to_be_visible()

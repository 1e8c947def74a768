"""A journey of an instructor: who is stuck, why, what went wrong, and a name for it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from course.people.models import Course
from course.work.models import Item
from tests.browser.conftest import PHONE, Site
from tests.browser.test_pages import assert_accessible
from tests.course.tracked import CHAIN, enrolled, handed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RIGHT = dict.fromkeys(CHAIN, "ok")
SLIP = {**RIGHT, "dL_dyhat": "G-sign"}
ODD = {**RIGHT, "dyhat_dh1": "=-2.5"}


@pytest.fixture
def item(demo: Course, items: dict[str, Item]) -> Item:
    """An exercise at which one is right, one stuck, and three have the same idea that nothing explains."""
    place, users = items["seed-w1"], enrolled(demo, 5)
    handed_in(users[0], place, RIGHT)
    for minute in (1, 2, 3):
        handed_in(users[1], place, SLIP, minute=minute)
    for user in users[2:]:
        handed_in(user, place, ODD)
    return place


def test_from_the_board_to_a_named_misconception(site: Site, item: Item) -> None:
    page = site.tab(as_="instructor")
    page.goto("/c/backprop/progress/")
    page.get_by_role("link", name=re.compile("^Stuck now")).click()
    rows = page.locator(".matrix tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Nr 1")
    rows.get_by_role("link", name=re.compile("stuck, 3 tries")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nr 1")
    expect(page.locator(".moments > li")).to_have_count(3)
    page.go_back()
    page.get_by_role("link", name="What goes wrong").click()
    odd = page.get_by_role("row", name=re.compile("-2.5"))
    expect(odd).to_contain_text("3")
    odd.get_by_role("link", name=re.compile("^Name it")).click()
    name_it(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Weight times weight")
    page.get_by_role("button", name="Tell them too").click()
    expect(page.get_by_role("status")).to_contain_text("3 answers have the new name.")
    expect(page.get_by_role("row", name=re.compile("Weight times weight"))).to_contain_text("3")


def name_it(page: Page) -> None:
    page.get_by_label("The formula that gives this answer").fill("w3*w4")
    page.get_by_label("A name for it, for the staff").fill("Weight times weight")
    page.get_by_label("What the student is told").fill("What is `h1` multiplied by?")
    page.get_by_role("button", name="Try it on the stored answers").click()
    expect(page.get_by_role("status")).to_contain_text("3 of 3 stored answers")
    page.get_by_role("button", name="Name it").click()


def test_the_pages_of_tracking_are_accessible_on_a_phone(site: Site, item: Item) -> None:
    page = site.tab(PHONE, as_="instructor")
    for path in ("progress/", "mistakes/", f"statistics/?item={item.pk}", "mistakes/addresses?m=G-sign"):
        assert_accessible(page, f"/c/backprop/{path}")


def test_the_board_may_be_paused(site: Site, item: Item) -> None:
    page = site.tab(as_="instructor")
    page.goto("/c/backprop/progress/")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    with page.expect_response(lambda reply: reply.request.headers.get("x-fragment") == "1") as found:
        page.get_by_role("button", name="Go on").click()
    assert found.value.status == 200
    expect(page.locator(".matrix tbody tr").first).to_be_visible()

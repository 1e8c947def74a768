"""The whole path with the real workers: sign in, lesson, the six steps, right, wrong and unreadable."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from course.work.models import Item, Result, Submission
from tests.browser.answers import EXPRESSIONS, NUMBERS, STEPS, WRONG, choose, fill, right_choices
from tests.browser.conftest import PHONE, Site
from tests.faults.conftest import Workers

pytestmark = [pytest.mark.browser, pytest.mark.workers, pytest.mark.django_db(transaction=True)]
Address = Callable[[str], str]


def check(page: Page) -> None:
    page.get_by_role("button", name="Check", exact=True).click()


def read_the_lesson(page: Page) -> None:
    """From the first step of the first page to the last of the last, with one key."""
    page.goto("/lesson/1/")
    for number in range(1, 7):
        page.wait_for_url(f"**/lesson/{number}/*")
        steps = page.locator(".beat").count()
        for _ in range(steps - 1):
            page.keyboard.press("ArrowRight")
        expect(page.locator(".beat").last).to_have_attribute("aria-current", "step")
        if number < 6:
            page.keyboard.press("ArrowRight")


def solve_all(page: Page, name: str, answers: dict[str, dict[str, str]], address: Address) -> None:
    """Answer the six steps one after the other, by the button that leads to the next."""
    page.goto(address(STEPS[0]))
    for step in STEPS:
        if step == "seed-trap":
            choose(page, right_choices(name, Item.objects.get(exercise__slug=step)))
        else:
            fill(page, answers[step])
        check(page)
        verdict = page.locator("#verdict[data-state=ok]")
        expect(verdict).to_be_visible()
        expect(verdict).to_be_focused()
        verdict.get_by_role("link").click()
    page.wait_for_url("**/c/backprop/")
    expect(page.get_by_text("6 of 6 right")).to_be_visible()


def test_a_student_reads_the_lesson_and_solves_the_six_steps_with_numbers(
    workers: Workers, site: Site, address: Address
) -> None:
    page = site.tab(as_="student")
    read_the_lesson(page)
    solve_all(page, "student", NUMBERS, address)
    assert Result.objects.filter(user__username="student", solved=True).count() == 6


def test_a_student_on_a_phone_errs_in_every_step_and_solves_them_with_expressions(
    workers: Workers, site: Site, address: Address
) -> None:
    page = site.tab(PHONE, as_="student2")
    for step, wrong in WRONG.items():
        page.goto(address(step))
        fill(page, EXPRESSIONS[step] | wrong)
        check(page)
        expect(page.locator("#verdict[data-state=bad]")).to_be_visible()
        box = next(iter(wrong))
        expect(page.locator(f"[data-box={box}]")).to_have_attribute("data-state", "bad")
    page.goto(address("seed-trap"))
    choose(page, {"s1": ["gradient-computation"], "p1": ["1"]})
    check(page)
    expect(page.locator("#verdict[data-state=bad]")).to_be_visible()
    solve_all(page, "student2", EXPRESSIONS, address)


def test_an_unreadable_answer_says_where_and_why_and_costs_no_try(
    workers: Workers, site: Site, address: Address
) -> None:
    page = site.tab(as_="student")
    page.goto(address("seed-w1"))
    fill(page, NUMBERS["seed-w1"] | {"dL_dyhat": "2*(yhat-y"})
    check(page)
    expect(page.locator("#verdict[data-state=unread]")).to_contain_text("This did not use up a try")
    row = page.locator("[data-box=dL_dyhat]")
    expect(row.locator(".echo mark")).to_have_text("(")
    row.get_by_role("button", name="Use 2*(yhat-y)").click()
    expect(page.locator("#b-dL_dyhat")).to_have_value("2*(yhat-y)")
    assert not Submission.objects.get().counts
    check(page)
    expect(page.locator("#verdict[data-state=ok]")).to_be_visible()

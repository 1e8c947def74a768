"""Every page: accessible in light and dark, nothing scrolls sideways, the strict policy holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from course.work.models import Item, Submission
from tests.browser.answers import NUMBERS, STEPS, WRONG, choose, fill
from tests.browser.conftest import DESKTOP, NARROW, PHONE, Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Address = Callable[[str], str]
LESSON = [f"/lesson/{number}/" for number in range(1, 7)]
OPEN = ["/", "/sign-in/", "/sign-up/", "/nothing-here/", *LESSON]
axe = Axe()


def assert_accessible(page: Page, path: str) -> None:
    """No violation in light or dark, and no sideways scroll."""
    page.goto(path)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = axe.run(page, options={"resultTypes": ["violations"]})
        told = [
            f"{one['id']}: {node['html'][:160]}"
            for one in found.response["violations"]
            for node in one["nodes"]
        ]
        assert not told, f"{path} ({scheme}): " + "\n".join(told)
    assert_fits(page, path)


def assert_fits(page: Page, path: str) -> None:
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{path} scrolls {wider} px sideways"


@pytest.fixture
def worked(marking_site: Site, student: Client, items: dict[str, Item]) -> Submission:
    """Something to see: a wrong, a right and an unreadable answer of the student."""
    answers = NUMBERS["seed-w1"]
    cases = {
        "seed-w1": answers | {"dyhat_dh1": "h1"},
        "seed-prediction": NUMBERS["seed-prediction"],
        "seed-w3": NUMBERS["seed-w3"] | {"dL_dyhat": "2*(yhat-y"},
    }
    for number, (step, typed) in enumerate(cases.items()):
        student.post(f"/c/backprop/i/{items[step].pk}/submit", {"key": f"key-number-{number}", **typed})
    student.post(
        f"/c/backprop/i/{items['seed-w1'].pk}/submit", {"key": "key-number-again", **answers, "dh1_dw1": "3"}
    )
    found = Submission.objects.first()
    assert found is not None
    return found


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_open_page_is_accessible(site: Site, size: tuple[int, int]) -> None:
    page = site.tab(size)
    for path in OPEN:
        assert_accessible(page, path)
    site.complaints[:] = [told for told in site.complaints if "404" not in told]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_a_student_is_accessible(
    marking_site: Site, worked: Submission, address: Address, size: tuple[int, int]
) -> None:
    page = marking_site.tab(size, as_="student")
    for path in ["/", "/c/backprop/", "/password/", "/sign-up/", *map(address, STEPS)]:
        assert_accessible(page, path)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_an_instructor_is_accessible(
    marking_site: Site, worked: Submission, size: tuple[int, int]
) -> None:
    page = marking_site.tab(size, as_="instructor")
    for path in [
        "/c/backprop/submissions/",
        f"/c/backprop/submissions/{worked.pk}/",
        "/c/backprop/submissions/?item=0",
    ]:
        assert_accessible(page, path)


def test_nothing_scrolls_sideways_at_320_pixels(
    marking_site: Site, worked: Submission, address: Address
) -> None:
    page = marking_site.tab(NARROW, as_="student")
    for path in ["/", "/c/backprop/", "/password/", *LESSON, *map(address, STEPS)]:
        page.goto(path)
        assert_fits(page, path)


def test_an_instructor_sees_what_was_typed_and_the_verdict_per_link(
    marking_site: Site, worked: Submission
) -> None:
    page = marking_site.tab(as_="instructor")
    page.goto("/c/backprop/submissions/")
    page.get_by_label("Exercise").select_option(label="How does the loss react to w₃?")
    page.get_by_role("button", name="Show").click()
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Ada Stone")
    expect(row).to_contain_text("2*(yhat-y")
    expect(row.locator(".answers .unread")).to_have_count(1)
    row.get_by_role("link").click()
    expect(page.locator("mark")).to_have_text("(")


@pytest.mark.parametrize("step", [*WRONG, "seed-trap"])
def test_each_step_can_be_answered_without_a_script(marking_site: Site, address: Address, step: str) -> None:
    page = marking_site.tab(script=False, as_="student")
    page.goto(address(step))
    expect(page.locator(".palette, #keys, #theme").first).to_be_hidden()
    if step == "seed-trap":
        choose(page, {"s1": ["gradient-computation"]})
    else:
        fill(page, NUMBERS[step] | WRONG[step])
    page.get_by_role("button", name="Check").click()
    for _ in range(10):  # a busy grader answers after the page: without a script, look again
        if page.locator("#verdict[data-state=bad]").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("#verdict[data-state=bad]")).to_be_visible()
    expect(page.locator(".fb .why").first).to_be_visible()


def test_hints_open_one_after_the_other_without_a_script(marking_site: Site, address: Address) -> None:
    page = marking_site.tab(script=False, as_="student")
    page.goto(address("seed-w1"))
    page.fill("#b-dL_dyhat", "2*(yh")
    page.get_by_role("button", name="Hint").click()
    expect(page.locator(".hint p")).to_have_count(1)
    expect(page.locator(".hint p")).to_be_visible()
    expect(page.get_by_text("Another hint after one more try")).to_be_visible()
    expect(page.locator("#b-dL_dyhat")).to_have_value("2*(yh")

"""The exercise page in use: echo, palette, keys, drafts, a lost network, and verdicts that never go stale."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from course.work.models import Draft, Submission
from tests.browser.answers import NUMBERS, fill
from tests.browser.conftest import Site
from tests.conftest import Post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Address = Callable[[str], str]
FIRST, SECOND, THIRD, PRODUCT = "#b-dL_dyhat", "#b-dyhat_dh1", "#b-dh1_dw1", "#b-grad_w1"


@pytest.fixture
def page(marking_site: Site, address: Address) -> Page:
    tab = marking_site.tab(as_="student")
    tab.goto(address("seed-w1"))
    return tab


def test_what_was_understood_is_shown_with_its_value(page: Page) -> None:
    page.fill(FIRST, "2(ŷ-y)")
    echo = page.locator("#e-dL_dyhat")
    expect(echo.locator("math mover")).to_have_count(1)
    expect(echo).to_contain_text("= −0.6")
    expect(page.locator("#live")).to_contain_text("minus y")
    page.fill(FIRST, "-0.6")
    expect(echo).to_contain_text("a number")
    page.fill(FIRST, "")
    expect(echo).to_contain_text("how L reacts to")


def test_a_box_that_builds_on_an_earlier_one_shows_its_value_too(page: Page) -> None:
    page.fill(FIRST, "2*(yhat-y)")
    page.fill(PRODUCT, "dL_dyhat*w3*x1")
    expect(page.locator("#e-grad_w1")).to_contain_text("= −0.6")
    page.fill(FIRST, "1")
    expect(page.locator("#e-grad_w1")).to_contain_text("= 1")
    page.fill(FIRST, "")
    expect(page.locator("#e-grad_w1")).not_to_contain_text("=")


def test_working_is_shown_side_by_side_and_goes_on_with_its_result(page: Page) -> None:
    page.fill(FIRST, "dL/dyhat = 2*(yhat-y) = -0.5")
    echo = page.locator("#e-dL_dyhat")
    expect(echo.locator("math")).to_have_count(2)
    expect(echo).to_contain_text("= −0.5")
    expect(page.locator("#live")).to_contain_text("close bracket equals minus 0.5")
    page.fill(PRODUCT, "dL_dyhat*w3*x1")
    expect(page.locator("#e-grad_w1")).to_contain_text("= −0.5")


def test_a_slip_is_named_at_once_and_mended_with_one_click(page: Page) -> None:
    page.fill(SECOND, "w3h")
    expect(page.locator("#e-dyhat_dh1 mark")).to_have_text("w3h")
    expect(page.locator(SECOND)).to_have_attribute("aria-invalid", "true")
    page.locator("#e-dyhat_dh1 .fix").click()
    expect(page.locator(SECOND)).to_be_focused()
    expect(page.locator(SECOND)).not_to_have_attribute("aria-invalid", "true")


def test_the_palette_inserts_at_the_caret_of_the_box_in_use(page: Page) -> None:
    page.fill(FIRST, "2*")
    page.click(".palette [data-insert='()']")
    page.click(".palette [data-insert=yhat]")
    page.click(".palette [data-insert='-']")
    page.click(".palette [data-insert=y]")
    expect(page.locator(FIRST)).to_have_value("2*(yhat-y)")
    expect(page.locator(FIRST)).to_be_focused()


def test_a_whole_step_is_answered_with_the_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    for box, typed in zip((FIRST, SECOND, THIRD, PRODUCT), ("2*(yhat-y)", "w3", "x1", "-0.6"), strict=True):
        expect(page.locator(box)).to_be_focused()
        page.keyboard.type(typed)
        if box != PRODUCT:
            page.keyboard.press("Enter")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(THIRD)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#verdict[data-state=ok]")).to_be_focused()


def test_editing_a_box_takes_its_verdict_away_and_no_other(page: Page) -> None:
    fill(page, NUMBERS["seed-w1"] | {"dL_dyhat": "0.6", "dyhat_dh1": "h1"})
    page.click("#check")
    first, second = page.locator("[data-box=dL_dyhat]"), page.locator("[data-box=dyhat_dh1]")
    expect(first).to_have_attribute("data-state", "bad")
    expect(page.locator("#net .tag[data-link='1']")).to_contain_text("✗")
    page.fill(FIRST, "-0.6")
    expect(first).to_have_attribute("data-state", "")
    expect(first.locator(".badge")).to_have_text("1")
    expect(page.locator("#net .tag[data-link='1']")).to_contain_text("1")
    expect(second).to_have_attribute("data-state", "bad")


def test_the_second_try_says_what_changed(page: Page) -> None:
    fill(page, NUMBERS["seed-w1"] | {"dL_dyhat": "0.6", "dyhat_dh1": "h1"})
    page.click("#check")
    expect(page.locator("#verdict")).to_contain_text("1 of 3 links holds")
    page.fill(SECOND, "w3")
    page.click("#check")
    expect(page.locator("#verdict")).to_contain_text("2 of 3 links hold")
    expect(page.locator("#verdict")).to_contain_text("Since attempt 1: link 2 now holds")
    expect(page.locator("#tries tbody tr")).to_have_count(2)
    expect(page.locator("#standing")).to_have_text("2 tries so far")
    expect(page.locator("#saved")).to_contain_text("Draft saved")
    expect(page.locator("#tries .moved .vh").first).to_contain_text("changed")


def test_a_link_is_lit_in_diagram_and_formula_while_its_box_is_in_use(page: Page) -> None:
    page.focus(SECOND)
    expect(page.locator("#eq .f.hot")).to_have_attribute("data-link", "2")
    expect(page.locator("#net .b.hot")).to_have_attribute("data-link", "2")
    page.locator("#eq .f[data-link='3']").click()
    expect(page.locator(THIRD)).to_be_focused()


def test_a_draft_is_kept_on_the_server_and_there_after_a_reload(page: Page) -> None:
    page.fill(FIRST, "2*(yh")
    expect(page.locator("#saved")).to_contain_text("Draft saved")
    assert Draft.objects.get().answers["dL_dyhat"] == "2*(yh"
    page.reload()
    expect(page.locator(FIRST)).to_have_value("2*(yh")


def test_a_draft_survives_a_reload_without_the_server(page: Page, marking_site: Site) -> None:
    page.route("**/draft", lambda route: route.abort())
    page.fill(FIRST, "2*(yhat")
    expect(page.locator("#saved")).to_contain_text("Draft kept on this device")
    page.reload()
    expect(page.locator(FIRST)).to_have_value("2*(yhat")
    marking_site.complaints[:] = [told for told in marking_site.complaints if "net::ERR_FAILED" not in told]


def test_a_lost_network_loses_nothing_and_doubles_nothing(page: Page, marking_site: Site) -> None:
    tried: list[str] = []

    def flaky(route: Route) -> None:
        tried.append(route.request.post_data or "")
        if len(tried) == 2:
            route.fetch()  # arrives, and the answer is lost
        if len(tried) < 3:
            route.abort()
        else:
            route.continue_()

    page.route("**/submit", flaky)
    fill(page, NUMBERS["seed-w1"])
    page.click("#check")
    expect(page.locator("#verdict")).to_contain_text("No connection")
    expect(page.locator(FIRST)).to_have_value("-0.6")
    expect(page.locator("#verdict[data-state=ok]")).to_be_visible()
    assert Submission.objects.count() == 1
    marking_site.complaints[:] = [told for told in marking_site.complaints if "net::ERR_FAILED" not in told]


def test_an_answer_without_a_verdict_yet_is_saved_and_shown_when_it_comes(
    site: Site, post: Post, address: Address
) -> None:
    page = site.tab(as_="student")
    page.goto(address("seed-w1"))
    fill(page, NUMBERS["seed-w1"])
    page.click("#check")
    expect(page.locator("#verdict[data-state=wait]")).to_contain_text("keep typing")
    post.deliver()
    expect(page.locator("#verdict[data-state=ok]")).to_be_visible()


def test_text_typed_while_the_answer_is_checked_stays(site: Site, post: Post, address: Address) -> None:
    page = site.tab(as_="student")
    page.goto(address("seed-w1"))
    fill(page, NUMBERS["seed-w1"] | {"dL_dyhat": "0.6"})
    page.click("#check")
    expect(page.locator("#verdict[data-state=wait]")).to_be_visible()
    page.fill(FIRST, "-0.6")
    post.deliver()
    expect(page.locator("#verdict[data-state=bad]")).to_be_visible()
    expect(page.locator(FIRST)).to_have_value("-0.6")
    expect(page.locator(FIRST)).to_be_focused()


def test_a_refusal_is_told_where_the_verdict_would_be(page: Page, marking_site: Site) -> None:
    page.click("#check")
    expect(page.locator("#verdict")).to_contain_text("Every box is empty")
    marking_site.complaints[:] = [told for told in marking_site.complaints if "422" not in told]


def test_new_numbers_are_offered_after_a_right_answer_and_the_old_ones_stay_reachable(page: Page) -> None:
    expect(page.get_by_role("button", name="New numbers")).to_have_count(0)
    fill(page, NUMBERS["seed-w1"])
    page.click("#check")
    page.get_by_role("button", name="New numbers").click()
    expect(page.locator(FIRST)).to_have_value("")
    page.get_by_role("navigation", name="Variants").get_by_role("link", name="1").click()
    expect(page.locator(FIRST)).to_have_value("-0.6")


def test_the_keys_are_listed_in_a_dialog(page: Page) -> None:
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("previous box")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_theme_is_kept(page: Page) -> None:
    page.get_by_role("button", name="Dark theme").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

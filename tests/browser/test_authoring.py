"""An author's way from the course page to an exercise that students get, in few clicks; and all the pages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from course.authoring import checks
from course.authoring.models import Document
from course.authoring.revisions import newest, open_document
from course.people.models import Course
from course.work.models import Item, PublishedExercise
from tests.browser.conftest import DESKTOP, NARROW, PHONE, Site
from tests.browser.test_pages import assert_accessible, assert_fits, axe
from tests.conftest import Post
from tests.course.test_authoring import BROKEN, OWN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Clicks:
    """Counts what an author has to click."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, target: Locator) -> None:
        self.count += 1
        target.click()


def test_a_first_exercise_is_published_in_three_clicks_from_a_set_of_the_bank(
    marking_site: Site, marked: Post
) -> None:
    page = marking_site.tab(as_="instructor")
    click = Clicks(page)
    page.goto("/c/backprop/")
    click(page.get_by_role("link", name="New exercise"))
    click(page.get_by_role("button", name="With momentum"))
    expect(page.locator("#state")).to_contain_text("Self-tests of revision 1")
    marked.deliver()
    click(page.get_by_role("button", name="Publish"))
    expect(page.get_by_role("heading", name="With momentum").last).to_be_visible()
    assert click.count == 3
    assert PublishedExercise.objects.filter(slug="backprop/momentum-update").count() == 1


def test_an_own_network_is_chosen_changed_checked_and_published_in_five_clicks(
    marking_site: Site, marked: Post
) -> None:
    page = marking_site.tab(as_="instructor")
    click = Clicks(page)
    page.goto("/c/backprop/")
    click(page.get_by_role("link", name="New exercise"))
    page.get_by_label("Name of the set").fill("Journey")
    page.get_by_label("Units in each layer").fill("1-1-1")
    page.get_by_label("Activation").select_option("tanh")
    for step in ("Forward pass", "Update", "Two factors"):
        page.get_by_label(step).uncheck()
    click(page.get_by_role("button", name="Write it"))
    editor = page.locator(".code .cm-content")
    expect(editor).to_contain_text("h1: tanh(z1)")
    expect(page.locator("#look")).to_contain_text("Worked answer:")

    editor.press("Control+End")
    page.keyboard.insert_text("  - {id: journey-again, step: lss}\n")
    expect(page.locator("#problems")).to_contain_text("Line 10:")
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    editor.press("Control+z")
    page.keyboard.insert_text('  - {id: journey-again, step: update, title: "What moves?"}\n')
    expect(page.locator("#problems")).to_contain_text("This text can be read.")
    expect(page.locator("#exercise")).to_contain_text("journey-again · Update")
    page.locator("#exercise").select_option("journey-again")
    expect(page.locator("#look")).to_contain_text("What moves?")
    click(page.get_by_role("button", name="Save"))
    expect(page.locator("#state-h")).to_have_text("Self-tests of revision 2")
    marked.deliver()
    expect(page.locator("#state .finding")).to_have_count(3)
    click(page.get_by_role("button", name="Publish"))
    page.wait_for_url("**/c/backprop/a/*/")
    expect(page.get_by_role("heading", name="Journey")).to_be_visible()
    assert click.count <= 5
    titles = [
        item.exercise.title for item in Item.objects.filter(assignment__title="Journey").order_by("position")
    ]
    assert titles[-1] == "What moves?"


def test_without_a_script_a_text_is_looked_at_saved_and_published(
    marking_site: Site, marked: Post, demo: Course
) -> None:
    document = open_document(demo, OWN, None, "")
    page = marking_site.tab(script=False, as_="instructor")
    page.goto(f"/c/backprop/exercises/{document.pk}/")
    page.locator("#text").fill(OWN.replace("tanh", "sigmoid"))
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#look")).to_contain_text("Worked answer:")
    expect(page.locator("#text")).to_have_value(OWN.replace("tanh", "sigmoid"))
    page.get_by_role("button", name="Save").click()
    marked.deliver()
    page.reload()
    page.get_by_label("Put it into").select_option("")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published from this revision:")).to_be_visible()


def test_the_second_of_two_authors_gets_both_texts_and_loses_none(
    marking_site: Site, marked: Post, demo: Course
) -> None:
    document = open_document(demo, OWN, None, "")
    page = marking_site.tab(as_="instructor")
    page.goto(f"/c/backprop/exercises/{document.pk}/")
    editor = page.locator(".code .cm-content")
    expect(editor).to_contain_text("tanh(z1)")
    from course.authoring.revisions import save

    save(
        document,
        OWN.replace("My own", "Theirs"),
        demo.enrolments.get(user__username="instructor").user,
        base=1,
    )
    editor.press("Control+End")
    page.keyboard.insert_text("  - {id: mine, step: prediction}\n")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Somebody has saved this")).to_be_visible()
    assert axe.run(page, options={"resultTypes": ["violations"]}).response["violations"] == []
    page.get_by_role("button", name="Save both together").click()
    expect(page.locator("#state-h")).to_have_text("Self-tests of revision 3")
    assert "name: Theirs" in newest(document).text
    assert "id: mine" in newest(document).text
    marking_site.complaints[:] = [told for told in marking_site.complaints if "409" not in told]


@pytest.fixture
def written(marking_site: Site, marked: Post, demo: Course) -> list[Document]:
    """A set that has passed, and one that cannot be read."""
    good, broken = (open_document(demo, text, None, "begun") for text in (OWN, BROKEN))
    for document in (good, broken):
        checks.begin(newest(document))
    marked.deliver()
    return [good, broken]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_an_author_is_accessible(
    marking_site: Site, written: list[Document], size: tuple[int, int]
) -> None:
    page = marking_site.tab(size, as_="instructor")
    room = "/c/backprop/exercises/"
    for path in [
        room,
        f"{room}new/",
        f"{room}import/",
        *(f"{room}{one.pk}/{way}" for one in written for way in ("", "history/", "student/?solved=1")),
    ]:
        assert_accessible(page, path)


def test_no_page_of_an_author_scrolls_sideways_at_320_pixels(
    marking_site: Site, written: list[Document]
) -> None:
    page = marking_site.tab(NARROW, as_="instructor")
    room = "/c/backprop/exercises/"
    for path in [
        room,
        f"{room}new/",
        f"{room}import/",
        f"{room}{written[0].pk}/",
        f"{room}{written[0].pk}/history/",
    ]:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert_fits(page, path)

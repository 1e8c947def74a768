"""Items and links that do not count, or count in full: looked at first, set, told, and taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from course.people.models import Entry
from course.review.models import LinkRule, Notice
from course.work.models import Item, Result, Submission
from course.work.scoring import share
from tests.conftest import Post
from tests.course.regrading import RIGHT, Browser, hand_in, pictures

ONE_WRONG = RIGHT | {"dh1_dw1": "7"}


@pytest.fixture
def item(items: dict[str, Item], browser_of: Browser, marked: Post) -> Item:
    """The student has one wrong link, the second student none."""
    found = items["seed-w1"]
    hand_in(browser_of("student"), found, ONE_WRONG, "one")
    hand_in(browser_of("student2"), found, RIGHT, "two")
    return found


@pytest.fixture
def page(item: Item) -> str:
    return f"/c/backprop/i/{item.pk}/counting"


@pytest.fixture
def instructor(browser_of: Browser) -> Client:
    return browser_of("instructor")


def reached(item: Item) -> list[tuple[str, Decimal]]:
    rows = Result.objects.filter(item=item).order_by("user__username")
    return list(rows.values_list("user__username", "points"))


def test_the_preview_changes_nothing_and_names_whose_points_change(
    instructor: Client, item: Item, page: str
) -> None:
    before = pictures()
    shown = instructor.post(page, {"box-dh1_dw1": "full", "look": ""}).content.decode()
    told = shown.partition('id="changes"')[2]
    assert "Ada Stone" in told
    assert "7.5" in told
    assert "Ben Rivers" not in told
    assert pictures() == before
    assert not LinkRule.objects.exists()


@pytest.mark.parametrize(("effect", "points"), [("full", 10), ("out", 10)])
def test_a_link_that_is_out_or_full_counts_so_for_everyone_and_taken_back_leaves_no_trace(
    instructor: Client, item: Item, page: str, effect: str, points: int
) -> None:
    before = pictures()
    instructor.post(page, {"box-dh1_dw1": effect, "set": ""})
    assert reached(item) == [("student", points), ("student2", 10)]
    assert Notice.objects.get().user.username == "student"
    instructor.post(page, {"undo": "1"})
    assert pictures() == before
    assert not LinkRule.objects.exists()


def test_what_is_handed_in_later_stands_by_the_rule_too(
    instructor: Client, browser_of: Browser, item: Item, page: str
) -> None:
    instructor.post(page, {"box-dh1_dw1": "out", "set": ""})
    late = hand_in(browser_of("student"), item, ONE_WRONG | {"dyhat_dh1": "9"}, "late")
    assert round(share(late), 6) == round(Decimal(late.points or 0) / 3, 6)
    shown = browser_of("student").get(f"/c/backprop/i/{item.pk}/").content.decode()
    assert "This does not count, for everyone." in shown
    assert "/ 3</bdi>" in shown


def test_a_discounted_item_shows_in_the_preview_and_in_the_journal(
    instructor: Client, item: Item, page: str
) -> None:
    shown = instructor.post(page, {"counts": "out", "look": ""}).content.decode()
    assert "does not count" in shown.partition('id="changes"')[2]
    instructor.post(page, {"counts": "full", "set": ""})
    item.refresh_from_db()
    assert item.counts == "full"
    entry = Entry.objects.get(what="marks.rule")
    assert (entry.about["before"], entry.about["after"]) == ("as marked", "full marks for everyone who tried")
    assert "7.5 → 10" in Notice.objects.get().words
    instructor.post(page, {"undo": "1"})
    item.refresh_from_db()
    assert item.counts == "normal"


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"counts": "odd", "set": ""}, 400, "cannot count as"),
        ({"box-dh1_dw1": "odd", "set": ""}, 400, "cannot be"),
        ({f"box-{box}": "out" for box in RIGHT} | {"set": ""}, 400, "No link would be left"),
        ({"counts": "normal", "set": ""}, 409, "counts like this already"),
        ({"undo": "1"}, 409, "never changed"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    instructor: Client, item: Item, page: str, sent: dict[str, str], status: int, words: str
) -> None:
    reply = instructor.post(page, sent)
    assert reply.status_code == status
    assert words in reply.content.decode()
    assert not LinkRule.objects.exists()
    assert Submission.objects.filter(override__isnull=False).count() == 0

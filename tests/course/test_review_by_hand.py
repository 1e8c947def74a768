"""Points by hand, and taking them back: what the person, the student and the journal see."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from course.people.models import Entry, User
from course.review.models import LinkRule, Notice, Override
from course.review.standing import BoxPoints, override_of, standing
from course.work.models import Item, Result, Submission
from course.work.scoring import share
from tests.conftest import Post

Browser = Callable[[str | None], Client]
TYPED = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "7", "grad_w1": "-8.4"}  # link 3 is wrong
BOXES = (
    BoxPoints("a", Decimal(1), Decimal(1)),
    BoxPoints("b", Decimal(0), Decimal(1)),
    BoxPoints("c", Decimal(1), Decimal(2)),
)


@pytest.fixture
def sent(student: Client, items: dict[str, Item], marked: Post) -> Submission:
    """A submission of the student's with one wrong link: 3 of 4 points, the product follows."""
    address = f"/c/backprop/i/{items['seed-w1'].pk}/"
    student.get(address)
    student.post(f"{address}submit", TYPED | {"key": "0123456789abcdef"})
    return Submission.objects.get()


@pytest.fixture
def page(sent: Submission) -> str:
    return f"/c/backprop/review/{sent.pk}/"


def give(
    browser: Client, page: str, points: str = "1", reason: str = "a typo in the task", box: str = "dh1_dw1"
) -> int:
    return browser.post(f"{page}override", {"box": box, "points": points, "reason": reason}).status_code


def test_one_who_marks_gives_points_and_the_result_follows(
    browser_of: Browser, page: str, sent: Submission
) -> None:
    assert give(browser_of("assistant"), page) == 302
    sent.refresh_from_db()
    result = Result.objects.get(user=sent.attempt.user_id, item=sent.attempt.item_id)
    assert sent.override == sent.possible == 4
    assert (share(sent), result.points, result.solved) == (1, 10, True)


def test_taking_it_back_restores_everything_as_it_was(
    browser_of: Browser, page: str, sent: Submission
) -> None:
    kept = [list(Submission.objects.order_by("pk").values()), list(Result.objects.order_by("pk").values())]
    give(browser_of("assistant"), page)
    held = Override.objects.get()
    assert browser_of("instructor").post(f"{page}withdraw", {"override": held.pk}).status_code == 302
    assert [
        list(Submission.objects.order_by("pk").values()),
        list(Result.objects.order_by("pk").values()),
    ] == kept
    held.refresh_from_db()
    assert held.withdrawn_by is not None
    assert held.withdrawn_by.username == "instructor"
    assert browser_of("assistant").post(f"{page}withdraw", {"override": held.pk}).status_code == 409


def test_the_student_reads_who_changed_it_and_why_at_the_link_and_in_the_panel(
    browser_of: Browser, student: Client, page: str, sent: Submission
) -> None:
    give(browser_of("assistant"), page, points="0.5", reason="half a <b>slip</b>")
    shown = student.get(f"/c/backprop/i/{sent.attempt.item_id}/").content.decode()
    assert shown.count("Points changed from 0 to 0.5") == 2
    assert shown.count("half a &lt;b&gt;slip&lt;/b&gt;") == 2
    assert "Tara Hill" in shown
    assert "<bdi>3.5 / 4</bdi>" in shown


def test_the_student_is_told_on_the_course_page_until_it_is_seen(
    browser_of: Browser, student: Client, page: str, sent: Submission
) -> None:
    give(browser_of("assistant"), page)
    assert "1 thing</strong> changed since you last looked" in student.get("/c/backprop/").content.decode()
    assert "a typo in the task" in student.get("/c/backprop/changed/").content.decode()
    assert "since you last looked" not in browser_of("student2").get("/c/backprop/").content.decode()
    student.post("/c/backprop/changed/")
    assert "since you last looked" not in student.get("/c/backprop/").content.decode()
    assert Notice.objects.get().seen_at is not None


def test_the_journal_says_who_when_before_after_and_why(browser_of: Browser, page: str) -> None:
    give(browser_of("assistant"), page)
    entry = Entry.objects.get(what="marks.overridden")
    assert (entry.by and entry.by.username, entry.whom and entry.whom.username) == ("assistant", "student")
    line = "gave Ada Stone 1 points (before: 0) for link 3 in"
    for place in (page, "/c/backprop/changes/"):
        assert line in browser_of("instructor").get(place).content.decode()


@pytest.mark.parametrize(
    ("points", "reason", "box", "words"),
    [
        ("2", "why", "dh1_dw1", "no number from 0 to 1"),
        ("-1", "why", "dh1_dw1", "no number from 0 to 1"),
        ("nan", "why", "dh1_dw1", "no number from 0 to 1"),
        ("0.00001", "why", "dh1_dw1", "no number from 0 to 1"),
        ("", "why", "dh1_dw1", "no number from 0 to 1"),
        ("1", "   ", "dh1_dw1", "Say why"),
        ("1", "x" * 301, "dh1_dw1", "301 characters"),
        ("1", "why", "no_box", "no box"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_loses_nothing(
    browser_of: Browser, page: str, points: str, reason: str, box: str, words: str
) -> None:
    reply = browser_of("assistant").post(f"{page}override", {"box": box, "points": points, "reason": reason})
    shown = reply.content.decode()
    assert reply.status_code == 400
    assert words in shown
    assert not Override.objects.exists()
    if box == "dh1_dw1" and reason.strip():
        assert f'value="{reason}"' in shown


def test_a_second_word_takes_the_place_of_the_first(browser_of: Browser, page: str, sent: Submission) -> None:
    for points in ("1", "0,25"):
        give(browser_of("assistant"), page, points=points)
    sent.refresh_from_db()
    assert sent.override == Decimal("3.25")
    assert Override.objects.filter(withdrawn_at__isnull=True).count() == 1


def test_a_submission_without_a_verdict_takes_no_points(
    browser_of: Browser, page: str, sent: Submission
) -> None:
    Submission.objects.update(state="failed", verdict=None, points=None, possible=None, fault="broke")
    assert give(browser_of("assistant"), page) == 409


def test_an_observer_of_the_work_reads_and_may_change_nothing(
    browser_of: Browser, page: str, person: Callable[[str], User]
) -> None:
    person("observer").enrolments.update(data=1)
    shown = browser_of("observer").get(page)
    assert shown.status_code == 200
    assert "Change the points" not in shown.content.decode()
    assert give(browser_of("observer"), page) == 403


def test_the_page_shows_the_frozen_numbers_and_what_was_typed(browser_of: Browser, page: str) -> None:
    shown = browser_of("assistant").get(page).content.decode()
    assert 'value="-8.4"' in shown
    assert "As the student saw it" in shown


def test_what_is_out_counts_on_neither_side_and_full_gives_all_but_to_whom_a_person_said_otherwise() -> None:
    said = {"b": Decimal("0.25")}
    found = standing(BOXES, {}, {"c": "out"})
    assert (found.points, found.possible) == (1, 2)
    assert override_of(BOXES, {}, {"c": "out"}) == 2  # half of the four points
    assert override_of(BOXES, {}, {"b": "full"}) == 3
    assert override_of(BOXES, said, {"b": "full"}) == Decimal("2.25")
    assert override_of(BOXES, said, {"b": "out"}) == Decimal("2.666666667")
    assert override_of(BOXES, {}, {}) is None
    assert override_of(BOXES, {"elsewhere": Decimal(1)}, {}) is None


def test_a_rule_for_a_link_stands_with_a_person_word(
    browser_of: Browser, page: str, sent: Submission
) -> None:
    LinkRule.objects.create(item_id=sent.attempt.item_id, box="grad_w1", effect="out")
    give(browser_of("assistant"), page, points="0.5")
    sent.refresh_from_db()
    assert round(share(sent), 6) == round(Decimal("2.5") / 3, 6)
